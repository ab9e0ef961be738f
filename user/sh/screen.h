// The line being edited and its picture on the terminal.
//
// S1: text[0..n) is NUL-terminated; pos is at the start of a character.
// S2: the terminal's cursor is `row` lines below the line on which the prompt began.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct line {
    char *text; // malloc
    size_t n, pos, cap;
    const char *prompt;
    int fd;
    int columns; // of the terminal
    int row;     // of the cursor, after the last drawing
};

void screen_start(struct line *l);                           // prints the prompt
void screen_refresh(struct line *l);                         // draws everything again
void screen_insert(struct line *l, const char *s, size_t n); // changes the text and draws it
void screen_end(struct line *l);                             // moves below the text
void screen_clear(struct line *l);
void screen_write(const char *s, size_t n);
int text_width(const char *s, size_t n); // in columns; escape sequences take none
size_t char_next(const struct line *l, size_t at);
size_t char_before(const struct line *l, size_t at);

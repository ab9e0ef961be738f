// Reading a line from the terminal: edited if the terminal allows it, plain if not.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// A line with its newline, malloc'ed; NULL at the end of input. `continued`: prompt with PS2.
// An interrupt raises.
char *edit_read_line(int fd, bool continued, size_t *n);

// prompt.c: $PWD and the like; the text itself where that fails
const char *expand_prompt(const char *text);

// history.c
void history_add(const char *line);
const char *history_get(int back); // 1: the last line; NULL: there is none so old

// complete.c: what could replace text[start..pos). All strings live in the scratch arena.
struct completion {
    size_t start; // where the word begins
    char *common; // what all candidates begin with, escaped for the shell; NULL: no candidate
    char **names; // to show
    size_t n;
};

struct completion complete(const char *text, size_t pos);

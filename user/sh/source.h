// Where the text of commands comes from: a string, a file, or the terminal.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { SRC_EOF = -1 };

enum source_kind {
    SRC_STRING,
    SRC_FILE,  // a descriptor of the shell's own: read in blocks
    SRC_STDIN, // shared with the commands: never read past the current line
    SRC_TTY,   // the line editor, or a plain read of the terminal
};

struct source {
    enum source_kind kind;
    int fd;
    int line;
    bool continued; // inside a command: prompt with PS2
    bool eof;
    bool seekable;
    char *buf; // malloc, except for SRC_STRING
    size_t pos, n, cap;
};

void source_string(struct source *s, const char *text, size_t n);
void source_fd(struct source *s, enum source_kind kind, int fd);
void source_close(struct source *s);
int source_peek(struct source *s, size_t ahead);
int source_get(struct source *s);
// Text that is read before the rest; false: the source is a string, and stays as it is.
bool source_insert(struct source *s, const char *text);
void source_flush(struct source *s); // forgets the rest of what was typed

// Reading a line from the terminal: edited if the terminal allows it, plain if not.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// A line with its newline, malloc'ed; NULL at the end of input. `continued`: prompt with PS2.
// An interrupt raises.
char *edit_read_line(int fd, bool continued, size_t *n);

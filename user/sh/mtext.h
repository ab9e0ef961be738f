// Marked text: what an expansion makes before it is split and matched.
//
// Each character carries marks, so that a * from a quoted string and a blank from a literal stay
// what they are without escapes. Two marks stand alone, without a character of the text.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"

typedef uint16_t mchar_t;

enum {
    MARK_QUOTED = 0x100, // no meaning for patterns
    MARK_SPLIT = 0x200,  // came from an unquoted expansion: IFS may split here
    MARK_BREAK = 0x400,  // with a blank: a field ends, between the words of "$@"
    MARK_EMPTY = 0x800,  // alone: there was a quoted string here, so the field exists
    MARK_ALONE = MARK_BREAK | MARK_EMPTY,
};

struct mtext {
    struct arena *home;
    mchar_t *v;
    size_t n, cap;
};

void mtext_add(struct mtext *t, mchar_t c);
void mtext_puts(struct mtext *t, const char *s, unsigned marks);
char *mtext_string(const struct mtext *t, size_t from, size_t to); // marks dropped
bool mchar_is(mchar_t c, char plain);                              // this character, unquoted
bool mtext_is_pattern(const mchar_t *v, size_t n);
bool pattern_match(const mchar_t *p, size_t pn, const char *s, size_t n);

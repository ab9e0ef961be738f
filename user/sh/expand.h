// Words to strings. All results live in the scratch arena. Errors (an unset variable under -u,
// ${x?}, bad arithmetic) raise.
#pragma once
#include <stdint.h>

#include "mtext.h"
#include "node.h"

struct fields {
    char **v;
    size_t n, cap;
};

void field_add(struct fields *f, char *s);

char **expand_words(const struct word *words, int *argc); // split, globbed, NULL-terminated
char *expand_string(const struct word *w);                // neither; quotes removed
char *expand_assignment(const struct word *w);            // the same, with ~ after each colon
struct mtext expand_pattern(const struct word *w);

// For the files that share the work.
void expand_parts(struct mtext *out, const struct part *part, bool split);
void expand_into(struct mtext *out, const struct word *w, bool split);
void expand_param(struct mtext *out, const struct part *part);                    // param.c
void field_split(const struct mtext *t, struct fields *f);                        // field.c
void glob_field(const struct mtext *t, size_t from, size_t to, struct fields *f); // glob.c
intmax_t arith_eval(const char *text);                                            // arith.c
char *format_int(intmax_t v); // in the scratch arena

// Field splitting: where unquoted expansions are cut at the characters of IFS.
//
// Blanks of IFS around one of its other characters belong to it; blanks alone separate too, and
// at the ends of an expansion they vanish.
#include <string.h>

#include "expand.h"
#include "sh.h"
#include "var.h"

struct splitter {
    const struct mtext *t;
    const char *ifs;
    size_t i, from;
    bool have; // the field from `from` exists, though it may be empty
    struct fields *out;
};

static bool is_separator(const struct splitter *s, mchar_t c)
{
    return (c & MARK_SPLIT) && !(c & MARK_ALONE) && (char)c && strchr(s->ifs, (char)c);
}

static bool is_blank(mchar_t c)
{
    return (char)c == ' ' || (char)c == '\t' || (char)c == '\n';
}

static void emit(struct splitter *s, size_t to)
{
    glob_field(s->t, s->from, to, s->out);
    s->have = false;
}

static void skip_ifs_blanks(struct splitter *s)
{
    while (s->i < s->t->n && is_separator(s, s->t->v[s->i]) && is_blank(s->t->v[s->i]))
        s->i++;
}

static void separator(struct splitter *s)
{
    size_t end = s->i;
    bool had = s->have;
    if (had)
        emit(s, end);
    skip_ifs_blanks(s);
    if (s->i < s->t->n && is_separator(s, s->t->v[s->i])) {
        if (!had)
            emit(s, s->i);
        s->i++;
        skip_ifs_blanks(s);
    }
    s->from = s->i;
}

void field_split(const struct mtext *t, struct fields *f)
{
    const char *ifs = var_get("IFS");
    struct splitter s = {.t = t, .ifs = ifs ? ifs : " \t\n", .out = f};
    while (s.i < t->n) {
        mchar_t c = t->v[s.i];
        if (is_separator(&s, c)) {
            separator(&s);
            continue;
        }
        if (c & MARK_BREAK) {
            if (s.have)
                emit(&s, s.i);
            s.from = s.i + 1;
        } else {
            s.have = true;
        }
        s.i++;
    }
    if (s.have)
        emit(&s, t->n);
}

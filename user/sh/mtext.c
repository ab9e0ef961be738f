// Marked text and matching it as a pattern: * ? [...], each only where it is unquoted.
#include "mtext.h"

#include <ctype.h>
#include <string.h>

void mtext_add(struct mtext *t, mchar_t c)
{
    if (t->n == t->cap)
        t->v = arena_grow(t->home, t->v, t->n, &t->cap, sizeof *t->v);
    t->v[t->n++] = c;
}

void mtext_puts(struct mtext *t, const char *s, unsigned marks)
{
    for (; *s; s++)
        mtext_add(t, (unsigned char)*s | marks);
}

char *mtext_string(const struct mtext *t, size_t from, size_t to)
{
    char *s = arena_alloc(t->home, to - from + 1), *out = s;
    for (size_t i = from; i < to; i++)
        if (!(t->v[i] & MARK_EMPTY))
            *out++ = (char)t->v[i]; // a break that splits nothing is the blank it carries
    *out = 0;
    return s;
}

bool mchar_is(mchar_t c, char plain)
{
    return !(c & (MARK_QUOTED | MARK_ALONE)) && (char)c == plain;
}

// A [ without its ] is an ordinary character: the command `[` must not read the directory.
bool mtext_is_pattern(const mchar_t *v, size_t n)
{
    bool open = false;
    for (size_t i = 0; i < n; i++) {
        if (mchar_is(v[i], '*') || mchar_is(v[i], '?') || (open && mchar_is(v[i], ']')))
            return true;
        open |= mchar_is(v[i], '[');
    }
    return false;
}

static bool class_has(const char *name, size_t n, int c)
{
    static const struct {
        const char *name;
        int (*test)(int);
    } classes[] = {
        {"alpha", isalpha}, {"digit", isdigit}, {"alnum", isalnum}, {"upper", isupper},
        {"lower", islower}, {"space", isspace}, {"blank", isblank}, {"punct", ispunct},
        {"print", isprint}, {"graph", isgraph}, {"cntrl", iscntrl}, {"xdigit", isxdigit},
    };
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strlen(classes[i].name) == n && memcmp(classes[i].name, name, n) == 0)
            return classes[i].test(c) != 0;
    return false;
}

// [:name:] at p: its length, or 0; *hit is set if c is in the class.
static size_t match_class(const mchar_t *p, size_t n, int c, bool *hit)
{
    char name[8];
    size_t len = 0;
    if (n < 4 || !mchar_is(p[0], '[') || !mchar_is(p[1], ':'))
        return 0;
    while (len < sizeof name && len + 3 < n && isalpha(p[len + 2] & 0xff)) {
        name[len] = (char)p[len + 2];
        len++;
    }
    if (len + 3 >= n || !mchar_is(p[len + 2], ':') || !mchar_is(p[len + 3], ']'))
        return 0;
    *hit |= class_has(name, len, c);
    return len + 4;
}

// The bracket expression at p (its `[`): its length, or 0 if it is not one.
static size_t match_bracket(const mchar_t *p, size_t n, int c, bool *hit)
{
    size_t i = 1;
    bool negate = n > 1 && (mchar_is(p[1], '!') || mchar_is(p[1], '^'));
    i += negate;
    *hit = false;
    for (size_t first = i; i < n && (i == first || !mchar_is(p[i], ']'));) {
        size_t len = match_class(p + i, n - i, c, hit);
        if (len) {
            i += len;
            continue;
        }
        int low = p[i] & 0xff, high = low;
        i++;
        if (i + 1 < n && mchar_is(p[i], '-') && !mchar_is(p[i + 1], ']')) {
            high = p[i + 1] & 0xff;
            i += 2;
        }
        *hit |= low <= c && c <= high;
    }
    if (i >= n)
        return 0;
    *hit ^= negate;
    return i + 1;
}

// One pattern element that is not a star: how much of the pattern it takes, 0 if c does not match.
static size_t match_one(const mchar_t *p, size_t n, int c)
{
    if (mchar_is(p[0], '?'))
        return 1;
    if (mchar_is(p[0], '[')) {
        bool hit;
        size_t len = match_bracket(p, n, c, &hit);
        if (len)
            return hit ? len : 0;
    }
    return (p[0] & 0xff) == c ? 1 : 0;
}

// A star that fails to match is retried one character further; only the last star needs it.
bool pattern_match(const mchar_t *p, size_t pn, const char *s, size_t n)
{
    size_t pi = 0, si = 0, star = (size_t)-1, star_si = 0;
    while (si < n || pi < pn) {
        size_t len = 0;
        if (pi < pn && (p[pi] & MARK_ALONE)) {
            pi++;
            continue;
        }
        if (pi < pn && mchar_is(p[pi], '*')) {
            star = pi++;
            star_si = si;
            continue;
        }
        if (pi < pn && si < n)
            len = match_one(p + pi, pn - pi, (unsigned char)s[si]);
        if (len) {
            pi += len;
            si++;
        } else if (star != (size_t)-1 && star_si < n) {
            si = ++star_si;
            pi = star + 1;
        } else {
            return false;
        }
    }
    return true;
}

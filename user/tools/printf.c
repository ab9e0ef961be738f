// printf: the format is used again while there are arguments.
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared.h"

struct args {
    int n;
    char **v;
    int status;
    bool stop; // \c was seen
};

static const char *next(struct args *a)
{
    if (a->n <= 0)
        return NULL;
    a->n--;
    return *a->v++;
}

// Everything after the number has to be nothing.
static void check(struct args *a, const char *s, const char *end)
{
    if (end != s && !*end && errno == 0)
        return;
    shared_warn("%.60s: %s", s, errno ? "numeric value out of range" : "expected numeric value");
    a->status = 1;
}

static intmax_t integer(struct args *a, bool is_signed)
{
    const char *s = next(a);
    char *end;
    if (!s || !*s)
        return 0;
    if (*s == '\'' || *s == '"')
        return (unsigned char)s[1];
    errno = 0;
    intmax_t v = is_signed ? strtoimax(s, &end, 0) : (intmax_t)strtoumax(s, &end, 0);
    check(a, s, end);
    return v;
}

static double real(struct args *a)
{
    const char *s = next(a);
    char *end;
    if (!s || !*s)
        return 0;
    errno = 0;
    double v = strtod(s, &end);
    check(a, s, end);
    return v;
}

// %b: echo's escapes; the expanded text may hold NULs, so it is written without a format unless
// it has a width.
static void put_b(struct args *a, const char *spec, const char *s)
{
    size_t n = 0;
    char *text = malloc(strlen(s) + 1);
    while (text && *s) {
        int c = (unsigned char)*s, len = 0;
        if (c == '\\')
            len = escape_scan(s[1] == '0' && s[2] >= '0' && s[2] <= '7' ? ++s + 1 : s + 1, &c);
        if (len && c < 0) {
            a->stop = true;
            break;
        }
        text[n++] = (char)c;
        s += len + 1;
    }
    if (!text)
        return;
    text[n] = 0;
    if (strcmp(spec, "%s") == 0)
        fwrite(text, 1, n, stdout);
    else
        printf(spec, text);
    free(text);
}

static void put_conversion(struct args *a, char *spec, size_t n, char conversion)
{
    const char *s;
    switch (conversion) {
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        sprintf(spec + n, "j%c", conversion);
        printf(spec, integer(a, conversion == 'd' || conversion == 'i'));
        return;
    case 'c':
        s = next(a);
        if (s && *s) {
            strcpy(spec + n, "c");
            printf(spec, *s);
        }
        return;
    case 'b':
    case 's':
        s = next(a);
        strcpy(spec + n, "s");
        conversion == 'b' ? put_b(a, spec, s ? s : "") : (void)printf(spec, s ? s : "");
        return;
    default:
        sprintf(spec + n, "%c", conversion);
        printf(spec, real(a));
    }
}

// Copies a width or precision into the spec; a star takes an argument.
static const char *copy_number(struct args *a, const char *f, char *spec, size_t *n)
{
    if (*f == '*') {
        *n += sprintf(spec + *n, "%d", (int)integer(a, true));
        return f + 1;
    }
    for (int digits = 0; isdigit((unsigned char)*f); f++)
        if (digits++ < 9)
            spec[(*n)++] = *f;
    return f;
}

// The conversion at f (after its %): returns what comes after it, NULL if it is none.
static const char *conversion(struct args *a, const char *f)
{
    char spec[48] = "%";
    size_t n = 1;
    if (*f == '%') {
        putchar('%');
        return f + 1;
    }
    for (int flags = 0; *f && strchr("-+ #0", *f); f++)
        if (flags++ < 8)
            spec[n++] = *f;
    f = copy_number(a, f, spec, &n);
    if (*f == '.') {
        spec[n++] = '.';
        f = copy_number(a, f + 1, spec, &n);
    }
    spec[n] = 0;
    if (!*f || !strchr("diouxXcbseEfFgGaA", *f)) {
        shared_warn("%%%.20s: invalid directive", f);
        a->status = 1;
        return NULL;
    }
    put_conversion(a, spec, n, *f);
    return f + 1;
}

static bool put_format(struct args *a, const char *f)
{
    while (*f && !a->stop) {
        if (*f == '%') {
            f = conversion(a, f + 1);
            if (!f)
                return false;
            continue;
        }
        int c = (unsigned char)*f, n = *f == '\\' ? escape_scan(f + 1, &c) : 0;
        if (n && c < 0)
            return false;
        if (*f == '\\' && (f[1] == '"' || f[1] == '\''))
            c = f[n = 1];
        putchar(c);
        f += n + 1;
    }
    return !a->stop;
}

int tool_printf(int argc, char **argv)
{
    int i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    if (i >= argc) {
        shared_warn("missing operand");
        return 2;
    }
    struct args a = {.n = argc - i - 1, .v = argv + i + 1};
    int before;
    do
        before = a.n;
    while (put_format(&a, argv[i]) && a.n > 0 && a.n < before);
    return a.status;
}

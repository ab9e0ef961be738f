// tr
#include <ctype.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

struct set {
    unsigned char v[4096];
    size_t n;
};

static const struct {
    const char *name;
    int (*test)(int);
} classes[] = {
    {"alpha", isalpha}, {"digit", isdigit}, {"alnum", isalnum}, {"upper", isupper},
    {"lower", islower}, {"space", isspace}, {"blank", isblank}, {"punct", ispunct},
    {"print", isprint}, {"graph", isgraph}, {"cntrl", iscntrl}, {"xdigit", isxdigit},
};

static void add(struct set *s, int c)
{
    if (s->n < sizeof s->v)
        s->v[s->n++] = (unsigned char)c;
}

// [:class:] at s: its length, or 0.
static size_t add_class(struct set *set, const char *s)
{
    const char *end = strncmp(s, "[:", 2) == 0 ? strstr(s, ":]") : NULL;
    if (!end)
        return 0;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        size_t n = strlen(classes[i].name);
        if ((size_t)(end - s - 2) != n || strncmp(s + 2, classes[i].name, n) != 0)
            continue;
        for (int c = 0; c < 256; c++)
            if (classes[i].test(c))
                add(set, c);
        return n + 4;
    }
    tool_die("invalid character class");
}

static const char *one(const char *s, int *c)
{
    *c = (unsigned char)*s;
    if (*s != '\\' || !s[1])
        return s + 1;
    int n = escape_scan(s + 1, c);
    if (n && *c >= 0)
        return s + 1 + n;
    *c = (unsigned char)s[1];
    return s + 2;
}

static void parse(struct set *set, const char *s)
{
    while (*s) {
        size_t n = add_class(set, s);
        int low, high;
        s += n;
        if (n)
            continue;
        s = one(s, &low);
        high = low;
        if (s[0] == '-' && s[1])
            s = one(s + 1, &high);
        if (high < low)
            tool_die("range out of order");
        for (int c = low; c <= high; c++)
            add(set, c);
    }
}

static void complement(struct set *set)
{
    bool in[256] = {0};
    for (size_t i = 0; i < set->n; i++)
        in[set->v[i]] = true;
    set->n = 0;
    for (int c = 0; c < 256; c++)
        if (!in[c])
            add(set, c);
}

static void mark(bool *in, const struct set *set)
{
    for (size_t i = 0; i < set->n; i++)
        in[set->v[i]] = true;
}

static int run(const bool *drop, const bool *squeeze, const unsigned char *map)
{
    int c, last = -1;
    while ((c = getchar_unlocked()) != EOF) {
        if (drop[c])
            continue;
        c = map[c];
        if (squeeze[c] && c == last)
            continue;
        putchar_unlocked(c);
        last = c;
    }
    return ferror(stdin) ? tool_error("-") : 0;
}

int tr_main(int argc, char **argv)
{
    static struct set first, second;
    static bool drop[256], squeeze[256];
    static unsigned char map[256];
    bool inverse = false, deleting = false, squeezing = false;
    int opt;
    while ((opt = getopt(argc, argv, "+cCds")) != -1) {
        if (opt == '?')
            return 1;
        inverse |= opt == 'c' || opt == 'C';
        deleting |= opt == 'd';
        squeezing |= opt == 's';
    }
    int sets = argc - optind;
    if (sets < 1 || sets > 2 || (sets == 1 && !deleting && !squeezing))
        tool_usage("[-cds] SET1 [SET2]");
    parse(&first, argv[optind]);
    if (sets == 2)
        parse(&second, argv[optind + 1]);
    if (inverse)
        complement(&first);
    for (int c = 0; c < 256; c++)
        map[c] = (unsigned char)c;
    if (sets == 2 && !deleting && !second.n)
        tool_die("the second set is empty");
    for (size_t i = 0; sets == 2 && !deleting && i < first.n; i++)
        map[first.v[i]] = second.v[i < second.n ? i : second.n - 1];
    if (deleting)
        mark(drop, &first);
    if (squeezing)
        mark(squeeze, sets == 2 ? &second : &first);
    return run(drop, squeeze, map);
}

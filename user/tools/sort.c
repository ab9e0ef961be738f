// sort: all lines in memory, pointers merged.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

struct key {
    int from, from_char, to, to_char; // fields and characters from 1; to 0: end of line
    bool numeric, reverse, fold, blanks, own;
};

struct line {
    char *s;
    size_t n;
};

static struct key keys[16], whole = {.from = 1};
static int nkeys;
static int separator = -1;
static bool unique, stable, check;
static struct line *lines;
static size_t nlines, cap;

static void add_line(char *s, size_t n)
{
    if (nlines == cap)
        lines = tool_realloc(lines, (cap = cap ? cap * 2 : 1024) * sizeof *lines);
    lines[nlines++] = (struct line){s, n};
}

static int read_lines(FILE *f, const char *name)
{
    size_t room = IO_CHUNK, n = 0, got;
    char *text = tool_realloc(NULL, room + 1);
    (void)name;
    while ((got = fread(text + n, 1, room - n, f)) > 0) {
        n += got;
        if (n == room)
            text = tool_realloc(text, (room *= 2) + 1);
    }
    text[n] = 0;
    for (size_t at = 0; at < n;) {
        char *nl = memchr(text + at, '\n', n - at);
        size_t len = nl ? (size_t)(nl - text) - at : n - at;
        text[at + len] = 0;
        add_line(text + at, len);
        at += len + 1;
    }
    return 0;
}

static const char *skip_field(const char *s, const char *end)
{
    if (separator >= 0) {
        const char *at = memchr(s, separator, end - s);
        return at ? at + 1 : end;
    }
    while (s < end && isblank((unsigned char)*s))
        s++;
    while (s < end && !isblank((unsigned char)*s))
        s++;
    return s;
}

static const char *forward(const char *s, const char *end, int n)
{
    return end - s > n ? s + n : end;
}

static const char *skip_blanks(const char *s, const char *end)
{
    while (s < end && isblank((unsigned char)*s))
        s++;
    return s;
}

static struct line cut(const struct line *l, const struct key *k)
{
    const char *end = l->s + l->n, *from = l->s, *to = end;
    for (int i = 1; i < k->from; i++)
        from = skip_field(from, end);
    if (k->blanks)
        from = skip_blanks(from, end);
    if (k->from_char > 1)
        from = forward(from, end, k->from_char - 1);
    if (k->to) {
        to = l->s;
        for (int i = 1; i < k->to + !k->to_char; i++)
            to = skip_field(to, end);
        if (k->to_char)
            to = forward(k->blanks ? skip_blanks(to, end) : to, end, k->to_char);
        else if (separator >= 0 && to > l->s && to[-1] == separator)
            to--;
    }
    return (struct line){(char *)from, to > from ? to - from : 0};
}

// An optional sign, digits, a fraction: compared without ever being converted.
static int compare_numbers(struct line a, struct line b)
{
    char *ea, *eb;
    char ca = a.s[a.n], cb = b.s[b.n];
    a.s[a.n] = 0;
    double x = strtod(a.s, &ea);
    a.s[a.n] = ca;
    b.s[b.n] = 0;
    double y = strtod(b.s, &eb);
    b.s[b.n] = cb;
    return x < y ? -1 : x > y;
}

static int compare_text(struct line a, struct line b, bool fold)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int d = 0;
    if (!fold)
        d = memcmp(a.s, b.s, n);
    for (size_t i = 0; fold && i < n && d == 0; i++)
        d = toupper((unsigned char)a.s[i]) - toupper((unsigned char)b.s[i]);
    return d ? d : a.n < b.n ? -1 : a.n > b.n;
}

static int compare_key(const struct line *a, const struct line *b, const struct key *k)
{
    bool all = k->from == 1 && k->from_char <= 1 && !k->to && !k->blanks;
    struct line ka = all ? *a : cut(a, k), kb = all ? *b : cut(b, k);
    int d = k->numeric ? compare_numbers(ka, kb) : compare_text(ka, kb, k->fold);
    return k->reverse ? -d : d;
}

static int compare_keys(const struct line *a, const struct line *b)
{
    int d = 0;
    for (int i = 0; i < nkeys && d == 0; i++)
        d = compare_key(a, b, &keys[i]);
    return d;
}

static int compare(const struct line *a, const struct line *b)
{
    int d = compare_keys(a, b);
    if (d || unique || stable)
        return d;
    d = compare_text(*a, *b, false);
    return whole.reverse ? -d : d;
}

static void merge_sort(struct line *v, struct line *tmp, size_t n)
{
    if (n < 2)
        return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(v, tmp, half);
    merge_sort(v + half, tmp, n - half);
    memcpy(tmp, v, half * sizeof *v);
    while (i < half && j < n)
        v[k++] = compare(&tmp[i], &v[j]) <= 0 ? tmp[i++] : v[j++];
    memcpy(v + k, tmp + i, (half - i) * sizeof *v);
}

static void key_flags(struct key *k, const char *s)
{
    for (; *s; s++) {
        k->own = true;
        k->numeric |= *s == 'n' || *s == 'g';
        k->reverse |= *s == 'r';
        k->fold |= *s == 'f';
        k->blanks |= *s == 'b';
        if (!strchr("ngrfb", *s))
            tool_die("invalid key option '%c'", *s);
    }
}

// F[.C][flags][,F[.C][flags]]
static void parse_key(char *s)
{
    struct key *k = &keys[nkeys++];
    if (nkeys > 15)
        tool_die("too many keys");
    k->from = (int)strtol(s, &s, 10);
    if (*s == '.')
        k->from_char = (int)strtol(s + 1, &s, 10);
    char *comma = strchr(s, ',');
    if (k->from < 1)
        tool_die("invalid key");
    if (comma) {
        char *t = comma + 1;
        *comma = 0;
        k->to = (int)strtol(t, &t, 10);
        if (*t == '.')
            k->to_char = (int)strtol(t + 1, &t, 10);
        key_flags(k, t);
    }
    key_flags(k, s);
}

static void parse(int argc, char **argv, const char **output)
{
    int opt;
    while ((opt = getopt(argc, argv, "nrufbgsck:t:o:")) != -1) {
        switch (opt) {
        case 'k':
            parse_key(optarg);
            break;
        case 't':
            separator = (unsigned char)*optarg;
            break;
        case 'o':
            *output = optarg;
            break;
        case 'u':
            unique = true;
            break;
        case 's':
            stable = true;
            break;
        case 'c':
            check = true;
            break;
        case '?':
            exit(2);
        default:
            key_flags(&whole, (char[]){(char)opt, 0});
        }
    }
    for (int i = 0; i < nkeys; i++)
        if (!keys[i].own) {
            keys[i].numeric = whole.numeric;
            keys[i].reverse = whole.reverse;
            keys[i].fold = whole.fold;
            keys[i].blanks = whole.blanks;
        }
    if (!nkeys)
        keys[nkeys++] = whole;
}

static int check_order(void)
{
    for (size_t i = 1; i < nlines; i++) {
        int d = compare(&lines[i - 1], &lines[i]);
        if (d > 0 || (unique && d == 0)) {
            shared_warn("disorder: %.300s", lines[i].s);
            return 1;
        }
    }
    return 0;
}

int sort_main(int argc, char **argv)
{
    const char *output = NULL;
    tool_trouble = 2;
    parse(argc, argv, &output);
    if (io_each(argc, argv, optind, read_lines))
        return 2;
    if (check)
        return check_order();
    if (output && !freopen(output, "w", stdout)) {
        tool_error(output);
        return 2;
    }
    struct line *tmp = tool_realloc(NULL, (nlines / 2 + 1) * sizeof *tmp);
    merge_sort(lines, tmp, nlines);
    for (size_t i = 0; i < nlines; i++) {
        if (unique && i && compare_keys(&lines[i - 1], &lines[i]) == 0)
            continue;
        fwrite(lines[i].s, 1, lines[i].n, stdout);
        putchar_unlocked('\n');
    }
    return 0;
}

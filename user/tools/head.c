// head tail
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

static struct {
    intmax_t count;
    bool bytes, from_start, all_but; // tail +N; head -n -N
    int files;
    bool quiet;
} want;

static void title(const char *name)
{
    static bool again;
    if (want.files < 2 || want.quiet)
        return;
    printf("%s==> %s <==\n", again ? "\n" : "", strcmp(name, "-") ? name : "standard input");
    again = true;
}

// -5, +5, -n 5, -n +5, -c 5.
static void parse(int argc, char **argv)
{
    int opt;
    want.count = 10;
    if (argc > 1 && (argv[1][0] == '-' || argv[1][0] == '+') && strspn(argv[1] + 1, "0123456789")
        && argv[1][1 + strspn(argv[1] + 1, "0123456789")] == 0) {
        want.count = tool_number(argv[1] + 1);
        want.from_start = argv[1][0] == '+';
        optind = 2;
    }
    while ((opt = getopt(argc, argv, "n:c:qvf")) != -1) {
        if (opt == '?')
            exit(1);
        want.quiet |= opt == 'q';
        if (opt != 'n' && opt != 'c')
            continue;
        want.bytes = opt == 'c';
        want.from_start = optarg[0] == '+';
        want.all_but = optarg[0] == '-';
        want.count = tool_size(optarg + (want.from_start || want.all_but));
    }
    want.files = argc - optind;
}

static int head(FILE *f, const char *name)
{
    intmax_t left = want.count;
    int c;
    title(name);
    while (left > 0 && (c = getc_unlocked(f)) != EOF) {
        putchar_unlocked(c);
        left -= want.bytes || c == '\n';
    }
    return 0;
}

static char *slurp(FILE *f, size_t *n)
{
    size_t cap = IO_CHUNK, got;
    char *text = tool_realloc(NULL, cap);
    *n = 0;
    while ((got = fread(text + *n, 1, cap - *n, f)) > 0) {
        *n += got;
        if (*n == cap)
            text = tool_realloc(text, cap *= 2);
    }
    return text;
}

// Where the last `count` units of the text begin.
static size_t last_units(const char *text, size_t n, intmax_t count)
{
    size_t at = n;
    if (want.bytes)
        return (uintmax_t)count < n ? n - count : 0;
    if (at && text[at - 1] == '\n')
        at--;
    while (count > 0 && at > 0)
        if (text[--at] == '\n' && --count == 0)
            return at + 1;
    return count > 0 ? 0 : n;
}

static int head_all_but(FILE *f, const char *name)
{
    size_t n;
    char *text = slurp(f, &n);
    title(name);
    fwrite(text, 1, last_units(text, n, want.count), stdout);
    free(text);
    return 0;
}

static int tail_from(FILE *f, const char *name)
{
    intmax_t skip = want.count - 1;
    int c;
    title(name);
    while (skip > 0 && (c = getc_unlocked(f)) != EOF)
        skip -= want.bytes || c == '\n';
    while ((c = getc_unlocked(f)) != EOF)
        putchar_unlocked(c);
    return 0;
}

static int tail(FILE *f, const char *name)
{
    size_t n, at;
    if (want.from_start)
        return tail_from(f, name);
    char *text = slurp(f, &n);
    title(name);
    at = last_units(text, n, want.count);
    fwrite(text + at, 1, n - at, stdout);
    free(text);
    return 0;
}

int head_main(int argc, char **argv)
{
    parse(argc, argv);
    return io_each(argc, argv, optind, want.all_but ? head_all_but : head);
}

int tail_main(int argc, char **argv)
{
    parse(argc, argv);
    return io_each(argc, argv, optind, tail);
}

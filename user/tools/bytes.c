// cmp strings seq sleep
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tool.h"
#include "tools.h"

static int compare(FILE *a, FILE *b, char **names, bool list)
{
    uintmax_t at = 0, line = 1;
    int status = 0;
    for (;;) {
        int x = getc_unlocked(a), y = getc_unlocked(b);
        at++;
        if (x == EOF || y == EOF) {
            if (x == y)
                return status;
            shared_warn("EOF on %.200s after byte %ju", names[x != EOF], at - 1);
            return 1;
        }
        if (x != y) {
            status = 1;
            if (!list)
                printf("%s %s differ: char %ju, line %ju\n", names[0], names[1], at, line);
            if (!list)
                return 1;
            printf("%ju %o %o\n", at, x, y);
        }
        line += x == '\n';
    }
}

int cmp_main(int argc, char **argv)
{
    bool silent = false, list = false;
    int opt;
    tool_trouble = 2;
    while ((opt = getopt(argc, argv, "sl")) != -1) {
        if (opt == '?')
            return 2;
        silent |= opt == 's';
        list |= opt == 'l';
    }
    if (argc - optind < 1)
        tool_usage("[-sl] FILE1 [FILE2]");
    char *names[] = {argv[optind], argc - optind > 1 ? argv[optind + 1] : "-"};
    FILE *a = io_fopen(names[0]), *b = io_fopen(names[1]);
    if (!a || !b)
        return 2;
    if (silent && (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)))
        return 2;
    if (silent)
        dup2(fileno(stderr), 2);
    return compare(a, b, names, list);
}

static intmax_t minimum = 4;

static int strings(FILE *f, const char *name)
{
    char *run = tool_alloc(minimum + 1);
    intmax_t n = 0;
    int c;
    (void)name;
    do {
        c = getc_unlocked(f);
        if (c != EOF && (isprint(c) || c == '\t')) {
            if (n < minimum)
                run[n++] = (char)c;
            else
                putchar_unlocked(c);
            if (n == minimum && run[0]) {
                fwrite(run, 1, n, stdout);
                run[0] = 0; // written
            }
            continue;
        }
        if (n == minimum)
            putchar_unlocked('\n');
        n = 0;
    } while (c != EOF);
    free(run);
    return 0;
}

int strings_main(int argc, char **argv)
{
    int opt;
    while ((opt = getopt(argc, argv, "n:a")) != -1) {
        if (opt == '?')
            return 1;
        if (opt == 'n')
            minimum = tool_number(optarg);
    }
    if (minimum < 1)
        tool_die("invalid length");
    return io_each(argc, argv, optind, strings);
}

static int decimals(const char *s)
{
    const char *dot = strchr(s, '.');
    return dot ? (int)strlen(dot + 1) : 0;
}

static double real(const char *s)
{
    char *end;
    double v = strtod(s, &end);
    if (end == s || *end)
        tool_die("%.60s: invalid number", s);
    return v;
}

static int seq_real(const char *first, const char *step, const char *last, const char *separator)
{
    double from = real(first), by = real(step), to = real(last);
    int digits = decimals(first) > decimals(step) ? decimals(first) : decimals(step);
    if (by == 0)
        tool_die("zero increment");
    uintmax_t n = 0;
    for (double v = from; by > 0 ? v <= to + by * 1e-9 : v >= to + by * 1e-9; v = from + by * n) {
        printf("%s%.*f", n ? separator : "", digits, v);
        n++;
    }
    if (n)
        putchar('\n');
    return 0;
}

static int seq_integer(intmax_t from, intmax_t by, intmax_t to, const char *separator, int width)
{
    if (by == 0)
        tool_die("zero increment");
    for (intmax_t v = from; by > 0 ? v <= to : v >= to; v += by)
        printf("%s%0*jd", v == from ? "" : separator, width, v);
    if (by > 0 ? from <= to : from >= to)
        putchar('\n');
    return 0;
}

int seq_main(int argc, char **argv)
{
    const char *separator = "\n", *first = "1", *step = "1";
    bool pad = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && isalpha((unsigned char)argv[i][1]); i++) {
        pad |= argv[i][1] == 'w';
        if (argv[i][1] == 's' && i + 1 < argc)
            separator = argv[++i];
    }
    int n = argc - i;
    if (n < 1 || n > 3)
        tool_usage("[-w] [-s SEPARATOR] [FIRST [STEP]] LAST");
    const char *last = argv[argc - 1];
    if (n > 1)
        first = argv[i];
    if (n > 2)
        step = argv[i + 1];
    if (strchr(first, '.') || strchr(step, '.') || strchr(last, '.'))
        return seq_real(first, step, last, separator);
    int width = !pad ? 0 : strlen(first) > strlen(last) ? (int)strlen(first) : (int)strlen(last);
    return seq_integer(tool_number(first), tool_number(step), tool_number(last), separator, width);
}

int sleep_main(int argc, char **argv)
{
    double total = 0;
    if (argc < 2)
        tool_usage("SECONDS...");
    for (int i = 1; i < argc; i++) {
        char *end;
        double v = strtod(argv[i], &end);
        const char *units = "smhd";
        static const int factor[] = {1, 60, 3600, 86400};
        const char *unit = *end ? strchr(units, *end) : units;
        if (end == argv[i] || v < 0 || !unit || (*end && end[1]))
            tool_die("%.60s: invalid interval", argv[i]);
        total += v * factor[unit - units];
    }
    struct timespec t = {(time_t)total, (long)((total - (time_t)total) * 1e9)};
    while (nanosleep(&t, &t) < 0 && errno == EINTR)
        continue;
    return 0;
}

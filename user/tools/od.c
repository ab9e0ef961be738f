// od hexdump: a file as numbers.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

enum { ROW = 16 };

struct format {
    char kind; // o x d u c a
    int size;
};

static struct format formats[8];
static int nformats;
static char address_base = 'o';
static intmax_t skip, limit = -1;
static bool all_rows;

static void add_format(char kind, int size)
{
    if (nformats < 8)
        formats[nformats++] = (struct format){kind, size};
}

// -t x1z, o2, d4, c: several may follow each other.
static void parse_type(const char *s)
{
    while (*s) {
        char kind = *s++;
        int size = 4;
        if (!strchr("oxduca", kind))
            tool_die("invalid type '%c'", kind);
        if (kind == 'c' || kind == 'a')
            size = 1;
        else if (isdigit((unsigned char)*s))
            size = *s++ - '0';
        if (size != 1 && size != 2 && size != 4 && size != 8)
            tool_die("invalid type size");
        add_format(kind, size);
    }
}

static void put_char(unsigned char c)
{
    static const char codes[] = "\0\a\b\t\n\v\f\r", names[] = "0abtnvfr";
    const char *at = memchr(codes, c, 8);
    if (at)
        printf("  \\%c", names[at - codes]);
    else if (isprint(c))
        printf("   %c", c);
    else
        printf(" %03o", c);
}

static void put_number(const struct format *f, uint64_t v)
{
    static const int octal[] = {[1] = 3, [2] = 6, [4] = 11, [8] = 22};
    static const int decimal[] = {[1] = 3, [2] = 5, [4] = 10, [8] = 20};
    int bits = f->size * 8;
    switch (f->kind) {
    case 'o':
        printf(" %0*jo", octal[f->size], (uintmax_t)v);
        break;
    case 'x':
        printf(" %0*jx", f->size * 2, (uintmax_t)v);
        break;
    case 'u':
        printf(" %*ju", decimal[f->size], (uintmax_t)v);
        break;
    default:
        printf(" %*jd", decimal[f->size] + 1, (intmax_t)(v << (64 - bits)) >> (64 - bits));
    }
}

static void put_row(const struct format *f, const unsigned char *row, size_t n)
{
    for (size_t i = 0; i < n; i += f->size) {
        uint64_t v = 0;
        size_t take = n - i < (size_t)f->size ? n - i : (size_t)f->size;
        memcpy(&v, row + i, take);
        if (f->size == 1 && (f->kind == 'c' || f->kind == 'a'))
            put_char(row[i]);
        else
            put_number(f, v);
    }
    putchar('\n');
}

static void put_address(uintmax_t at)
{
    if (address_base == 'n')
        return;
    if (address_base == 'x')
        printf("%06jx", at);
    else if (address_base == 'd')
        printf("%07ju", at);
    else
        printf("%07jo", at);
}

// One row from the inputs, which are one stream. Rows equal to the one before are a star.
static size_t read_row(FILE *f, unsigned char *row)
{
    size_t want = ROW;
    if (limit >= 0 && (uintmax_t)limit < want)
        want = limit;
    size_t n = fread(row, 1, want, f);
    if (limit >= 0)
        limit -= n;
    return n;
}

static bool starred(const unsigned char *row, size_t n, bool *star)
{
    static unsigned char before[ROW];
    static bool have;
    bool same = have && n == ROW && memcmp(row, before, ROW) == 0 && !all_rows;
    memcpy(before, row, n);
    have = n == ROW;
    if (same && !*star)
        puts("*");
    *star = same;
    return same;
}

static void dump(FILE *f, void (*line)(uintmax_t at, const unsigned char *row, size_t n),
                 uintmax_t *at)
{
    unsigned char row[ROW];
    bool star = false;
    size_t n;
    while ((n = read_row(f, row)) > 0) {
        if (!starred(row, n, &star))
            line(*at, row, n);
        *at += n;
    }
}

static void od_line(uintmax_t at, const unsigned char *row, size_t n)
{
    for (int i = 0; i < nformats; i++) {
        if (i == 0)
            put_address(at);
        else if (address_base != 'n')
            printf("%7s", "");
        put_row(&formats[i], row, n);
    }
}

static void canonical_line(uintmax_t at, const unsigned char *row, size_t n)
{
    printf("%08jx ", at);
    for (size_t i = 0; i < ROW; i++) {
        if (i == 8)
            putchar(' ');
        i < n ? (void)printf(" %02x", row[i]) : (void)fputs("   ", stdout);
    }
    fputs("  |", stdout);
    for (size_t i = 0; i < n; i++)
        putchar(isprint(row[i]) ? row[i] : '.');
    puts("|");
}

static void words_line(uintmax_t at, const unsigned char *row, size_t n)
{
    struct format f = {'x', 2};
    printf("%07jx", at);
    for (size_t i = 0; i < ROW; i += 2) {
        if (i < n)
            put_number(&f, row[i] | (i + 1 < n ? row[i + 1] << 8 : 0));
        else
            fputs("     ", stdout);
    }
    putchar('\n');
}

static FILE *open_at(const char *name)
{
    FILE *f = io_fopen(name);
    for (intmax_t i = 0; f && i < skip; i++)
        if (getc(f) == EOF)
            break;
    return f;
}

static void od_option(int opt)
{
    static const struct {
        char letter;
        struct format format;
    } shorthands[] = {
        {'c', {'c', 1}}, {'x', {'x', 2}}, {'b', {'o', 1}}, {'d', {'u', 2}}, {'o', {'o', 2}},
    };
    for (size_t i = 0; i < sizeof shorthands / sizeof *shorthands; i++)
        if (shorthands[i].letter == opt)
            add_format(shorthands[i].format.kind, shorthands[i].format.size);
    if (opt == 'A')
        address_base = *optarg;
    if (opt == 't')
        parse_type(optarg);
    if (opt == 'N')
        limit = tool_size(optarg);
    if (opt == 'j')
        skip = tool_size(optarg);
    if (opt == '?')
        exit(1);
    all_rows |= opt == 'v';
}

int od_main(int argc, char **argv)
{
    int opt;
    while ((opt = getopt(argc, argv, "A:t:N:j:cxbdov")) != -1)
        od_option(opt);
    if (!nformats)
        add_format('o', 2);
    FILE *f = open_at(optind < argc ? argv[optind] : "-");
    uintmax_t at = skip;
    if (!f)
        return 1;
    dump(f, od_line, &at);
    put_address(at);
    if (address_base != 'n')
        putchar('\n');
    return ferror(f) ? tool_error(argv[optind]) : 0;
}

int hexdump_main(int argc, char **argv)
{
    int opt;
    bool canonical = false;
    while ((opt = getopt(argc, argv, "Cn:s:vx")) != -1) {
        switch (opt) {
        case 'C':
            canonical = true;
            break;
        case 'n':
            limit = tool_size(optarg);
            break;
        case 's':
            skip = tool_size(optarg);
            break;
        case 'v':
            all_rows = true;
            break;
        case 'x':
            break;
        default:
            return 1;
        }
    }
    FILE *f = open_at(optind < argc ? argv[optind] : "-");
    uintmax_t at = skip;
    if (!f)
        return 1;
    dump(f, canonical ? canonical_line : words_line, &at);
    if (at > (uintmax_t)skip)
        printf(canonical ? "%08jx\n" : "%07jx\n", at);
    return 0;
}

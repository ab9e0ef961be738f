// cut
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

struct range {
    long from, to;
};

static struct range ranges[64];
static int nranges;
static bool fields, only_delimited;
static char delimiter = '\t';

static void parse_list(char *list)
{
    for (char *item = strtok(list, ","); item; item = strtok(NULL, ",")) {
        struct range r = {1, 0x7fffffff};
        char *dash = strchr(item, '-');
        if (nranges == 64 || (dash == item && !dash[1]))
            tool_die("bad list");
        if (dash != item)
            r.from = r.to = strtol(item, NULL, 10);
        if (dash)
            r.to = dash[1] ? strtol(dash + 1, NULL, 10) : 0x7fffffff;
        if (r.from < 1 || r.to < r.from)
            tool_die("bad list");
        ranges[nranges++] = r;
    }
}

static bool chosen(long i)
{
    for (int k = 0; k < nranges; k++)
        if (ranges[k].from <= i && i <= ranges[k].to)
            return true;
    return false;
}

static void cut_fields(char *line, size_t n)
{
    bool any = false;
    char *end = line + n;
    if (!memchr(line, delimiter, n)) {
        if (!only_delimited)
            puts(line);
        return;
    }
    for (long i = 1; line <= end; i++) {
        char *next = memchr(line, delimiter, end - line);
        next = next ? next : end;
        if (chosen(i)) {
            if (any)
                putchar(delimiter);
            any = true;
            fwrite(line, 1, next - line, stdout);
        }
        line = next + 1;
    }
    putchar('\n');
}

static int cut_file(FILE *f, const char *name)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    (void)name;
    while ((n = getline(&line, &cap, f)) >= 0) {
        if (n && line[n - 1] == '\n')
            line[--n] = 0;
        if (fields) {
            cut_fields(line, n);
            continue;
        }
        for (ssize_t i = 0; i < n; i++)
            if (chosen(i + 1))
                putchar(line[i]);
        putchar('\n');
    }
    free(line);
    return 0;
}

int cut_main(int argc, char **argv)
{
    int opt;
    while ((opt = getopt(argc, argv, "b:c:f:d:sn")) != -1) {
        switch (opt) {
        case 'f':
            fields = true; // falls through
        case 'b':
        case 'c':
            parse_list(optarg);
            break;
        case 'd':
            delimiter = *optarg;
            break;
        case 's':
            only_delimited = true;
            break;
        case 'n':
            break;
        default:
            return 1;
        }
    }
    if (!nranges)
        tool_usage("-c LIST | -f LIST [-d CHAR] [-s] [FILE]...");
    return io_each(argc, argv, optind, cut_file);
}

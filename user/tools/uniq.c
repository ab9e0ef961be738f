// uniq
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tool.h"
#include "tools.h"

static bool count, repeated, single, fold;

static void print(const char *line, uintmax_t times)
{
    if ((repeated && times < 2) || (single && times > 1))
        return;
    if (count)
        printf("%7ju ", times);
    puts(line);
}

static char *read_line(FILE *f)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = getline(&line, &cap, f);
    if (n < 0) {
        free(line);
        return NULL;
    }
    if (n && line[n - 1] == '\n')
        line[n - 1] = 0;
    return line;
}

static void filter(FILE *f)
{
    char *held = read_line(f), *line;
    uintmax_t times = 1;
    if (!held)
        return;
    while ((line = read_line(f))) {
        if ((fold ? strcasecmp : strcmp)(held, line) == 0) {
            times++;
            free(line);
            continue;
        }
        print(held, times);
        free(held);
        held = line;
        times = 1;
    }
    print(held, times);
    free(held);
}

int uniq_main(int argc, char **argv)
{
    int opt;
    while ((opt = getopt(argc, argv, "cdui")) != -1) {
        if (opt == '?')
            return 1;
        count |= opt == 'c';
        repeated |= opt == 'd';
        single |= opt == 'u';
        fold |= opt == 'i';
    }
    FILE *f = io_fopen(optind < argc ? argv[optind] : "-");
    if (!f)
        return 1;
    if (optind + 1 < argc && !freopen(argv[optind + 1], "w", stdout))
        return tool_error(argv[optind + 1]);
    filter(f);
    io_fclose(f);
    return 0;
}

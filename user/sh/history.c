// The last lines typed, in a ring.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "edit.h"
#include "mem.h"

enum { KEPT = 200 };

static char *ring[KEPT];
static unsigned count; // of all lines ever added

const char *history_get(int back)
{
    if (back < 1 || (unsigned)back > count || back > KEPT)
        return NULL;
    return ring[(count - back) % KEPT];
}

void history_add(const char *line)
{
    const char *last = history_get(1);
    if (!line[strspn(line, " \t")] || (last && strcmp(last, line) == 0))
        return;
    free(ring[count % KEPT]);
    ring[count++ % KEPT] = xstrdup(line);
}

int builtin_history(int argc, char **argv)
{
    int n = count < KEPT ? (int)count : KEPT;
    if (argc > 1 && atoi(argv[1]) < n) // the last so many
        n = atoi(argv[1]);
    for (int back = n; back >= 1; back--) {
        const char *line = history_get(back);
        printf("%5u  %s\n", count - (unsigned)back + 1, line ? line : "");
    }
    return 0;
}

// The last lines typed, in a ring.
#include <stdlib.h>
#include <string.h>

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

/* Runs the unit tests of a server: all, or those whose names contain the argument. */
#include "story.h"

#include <stdio.h>

static u32 passed, failed;
static char why[256];

void expect_equal(s64 is, s64 wanted, const char *what, u32 line)
{
    if (is != wanted && !*why)
        snprintf(why, sizeof(why), "line %u: %s is %ld (0x%lx), not %ld (0x%lx)", line, what, is,
                 (u64)is, wanted, (u64)wanted);
}

static void run(const struct story *s)
{
    *why = 0;
    fprintf(stderr, "running %s\n", s->name); /* should it not come back */
    sim_restore();
    s->run();
    sim_end();
    passed += !*why;
    failed += *why != 0;
    printf(*why ? "FAIL %s: %s\n" : "ok %s\n", s->name, why);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    sim_make();
    sim_keep();
    for (const struct story *s = stories; s->name; s++)
        if (argc < 2 || strstr(s->name, argv[1]))
            run(s);
    for (const struct story *s = stories_rare; s && s->name; s++)
        if (argc < 2 || strstr(s->name, argv[1]))
            run(s);
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}

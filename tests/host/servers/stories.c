/* Runs the unit tests of a server: all, or those whose names contain the argument. */
#include "story.h"

#include <setjmp.h>
#include <stdio.h>

static u32 passed, failed;
static char why[256];
static jmp_buf over;
bool story_lenient;

void expect_equal(s64 is, s64 wanted, const char *what, u32 line)
{
    if (is != wanted && !*why && !story_lenient)
        snprintf(why, sizeof(why), "line %u: %s is %ld (0x%lx), not %ld (0x%lx)", line, what, is,
                 (u64)is, wanted, (u64)wanted);
}

void story_needs(bool it)
{
    if (!it && story_lenient)
        longjmp(over, 1);
}

void story_play(const struct story *s)
{
    *why = 0;
    sim_restore();
    if (!setjmp(over))
        s->run();
    sim_end();
}

static void run(const struct story *s)
{
    fprintf(stderr, "running %s\n", s->name); /* should it not come back */
    story_play(s);
    passed += !*why;
    failed += *why != 0;
    printf(*why ? "FAIL %s: %s\n" : "ok %s\n", s->name, why);
    if (!s->once && story_lacking && story_lacking(s)) {
        passed++;
        printf("ok %s/lacking\n", s->name);
    }
    fflush(stdout);
}

static void run_all(const struct story *s, const char *only)
{
    for (; s && s->name; s++)
        if (strstr(s->name, only))
            run(s);
}

int main(int argc, char **argv)
{
    const char *only = argc < 2 ? "" : argv[1];

    sim_make();
    sim_keep();
    run_all(stories, only);
    run_all(stories_rare, only);
    run_all(stories_more, only);
    run_all(stories_others, only);
    run_all(stories_of_all, only);
    run_all(stories_lib, only);
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}

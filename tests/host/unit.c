/* Runs the unit tests: all, or those whose names contain the argument. */
#include "tests/host/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct unit *const tables[] = {
    units_message, units_reply, units_thread, units_memory,  units_pairs, units_copies,
    units_tables,  units_rare,  units_frames, units_upcalls, units_mint,  units_odd};
static u32 passed, failed;
static char why[256];

void expect_equal(s64 is, s64 wanted, const char *what, u32 line)
{
    if (is != wanted && !*why)
        snprintf(why, sizeof(why), "line %u: %s is %ld (0x%lx), not %ld (0x%lx)", line, what, is,
                 (u64)is, wanted, (u64)wanted);
}

static void begin(const char *name)
{
    *why = 0;
    fprintf(stderr, "running %s%s\n", host_lean ? "lean/" : "", name); /* should it not come back */
    host_restore();
    host_panics = false;
}

static void end(const char *name)
{
    const char *way = host_lean ? "lean/" : "";

    host_check();
    passed += !*why;
    failed += *why != 0;
    if (*why)
        printf("FAIL %s%s: %s\n", way, name, why);
    else
        printf("ok %s%s\n", way, name);
    fflush(stdout);
}

static void unit_run(const struct unit *u)
{
    begin(u->name);
    u->run();
    end(u->name);
}

static void method_run(const struct method_case *m)
{
    struct ask a = m->ask;
    struct told told;

    begin(m->name);
    for (u32 i = 0; i < 6; i++)
        if (a.word[i] >= F(0) && a.word[i] < F(2 * FRAMES))
            a.word[i] = a.word[i] - F(0) + frames_first;
    told = ask(a);
    EXPECT(hart.current, side[A]);
    EXPECT(told.error, m->error);
    if (m->word != ANYTHING)
        EXPECT(told.word[0], m->word);
    end(m->name);
}

static void boot_run(const struct boot_case *b)
{
    int status = 1;

    fflush(stdout);
    if (!fork()) {
        host_panics = true;
        host_other_machine = b->change;
        host_boot();
        b->check();
        if (*why)
            printf("FAIL %s: %s\n", b->name, why);
        exit(*why != 0);
    }
    wait(&status);
    passed += !status;
    failed += status != 0;
    printf(status ? "FAIL %s: its process ended with %d\n" : "ok %s\n", b->name, status);
}

static void run_all(int argc, char **argv)
{
    for (u32 i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        for (const struct unit *u = tables[i]; u->name; u++)
            if (argc < 2 || strstr(u->name, argv[1]))
                unit_run(u);
    for (const struct method_case *m = method_cases; m->name; m++)
        if (argc < 2 || strstr(m->name, argv[1]))
            method_run(m);
}

int main(int argc, char **argv)
{
    for (const struct boot_case *b = boot_cases; b->name; b++)
        if (argc < 2 || strstr(b->name, argv[1]))
            boot_run(b);
    world_make();
    run_all(argc, argv);
    host_lean = true; /* the same, where assembler leaves the rest to C */
    run_all(argc, argv);
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}

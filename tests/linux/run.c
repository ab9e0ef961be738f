// Running tests: a process, a group, a directory and a deadline for each of them.
#include "run.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEADLINE_SECONDS = 60 };

const char *current_test = "linuxtest";

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path) < 0 ? 0 : 0;
}

static void remove_tree(const char *path)
{
    nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static _Noreturn void run_test(const struct test *test, const char *directory)
{
    struct rlimit no_core = {0, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &no_core);
    setpgid(0, 0);
    umask(022);
    alarm(DEADLINE_SECONDS);
    if (mkdir(directory, 0755) < 0 || chdir(directory) < 0 || chmod(".", 0755) < 0)
        give_up(directory);
    test->run();
    _exit(0);
}

// Whatever the test left behind, it goes: its group's processes, and its files.
static int run_isolated(const struct test *test, const char *directory)
{
    int status = -1;
    current_test = test->name;
    pid_t pid = fork();
    if (pid == 0)
        run_test(test, directory);
    if (pid > 0 && waitpid(pid, &status, 0) == pid)
        kill(-pid, SIGKILL);
    if (status != 0)
        say("ended with %s", status == -1 ? "no process" : status_text(status));
    remove_tree(directory);
    return status != 0;
}

int noun_run(const struct noun *noun, const char *only)
{
    char top[] = "/tmp/linuxtest.XXXXXX", directory[64];
    int failed = 0;
    if (!mkdtemp(top) || chmod(top, 0755) < 0)
        give_up(top);
    snprintf(directory, sizeof directory, "%s/t", top);
    for (const struct test *t = noun->tests; t->name; t++)
        if (!only || strcmp(only, t->name) == 0)
            failed += run_isolated(t, directory);
    remove_tree(top);
    return failed;
}

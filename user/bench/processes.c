// Processes that come and go: fork, exec without and with a C library, wait.
#include "bench.h"
#include "calls.h"

static double fork_wait(long n)
{
    for (long i = 0; i < n; i++) {
        int status;
        long pid = do_fork();
        if (pid == 0)
            do_exit(0);
        check(pid > 0 && do_wait(pid, &status) == pid);
    }
    return n;
}

// This program again: `-X` ends at its first instruction (entry.S), `-x` in main.
static double exec_wait(long n, const char *how)
{
    const char *arguments[] = {own_path, how, 0};
    for (long i = 0; i < n; i++) {
        int status = -1;
        long pid = do_fork();
        if (pid == 0) {
            CALL(execve, (long)own_path, (long)arguments, (long)own_environment);
            do_exit(127);
        }
        check(pid > 0 && do_wait(pid, &status) == pid && status == 0);
    }
    return n;
}

static double exec_bare(long n)
{
    return exec_wait(n, "-X");
}

static double exec_libc(long n)
{
    return exec_wait(n, "-x");
}

const struct test process_tests[] = {
    {"fork", "fork+exit+wait", 100, 15, 0, fork_wait, 0},
    {"exec", "fork+exec+exit+wait, no libc", 50, 15, 0, exec_bare, 0},
    {"execlibc", "fork+exec+exit+wait, libc start", 50, 15, 0, exec_libc, 0},
    {0},
};

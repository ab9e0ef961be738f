// Signals to oneself.
#include "bench.h"
#include "calls.h"

enum { USR1 = 10, SET_LEN = 8 };

// As the kernel takes it: riscv64 has no sa_restorer.
struct kernel_sigaction {
    void (*handler)(int);
    unsigned long flags, mask;
};

static volatile long caught;

static void on_usr1(int signal)
{
    (void)signal;
    caught++;
}

static int install(void)
{
    const struct kernel_sigaction action = {on_usr1, 0, 0};
    return CALL(rt_sigaction, USR1, (long)&action, 0, SET_LEN);
}

static void remove_handler(void)
{
    const struct kernel_sigaction action = {0};
    CALL(rt_sigaction, USR1, (long)&action, 0, SET_LEN);
}

static double install_often(long n)
{
    for (long i = 0; i < n; i++)
        check(install() == 0);
    return n;
}

static double kill_self(long n)
{
    long pid = CALL(getpid), before = caught;
    for (long i = 0; i < n; i++)
        CALL(kill, pid, USR1);
    check(caught - before == n);
    return n;
}

const struct test signal_tests[] = {
    {"sigaction", "install handler", 2000, 15, 0, install_often, remove_handler},
    {"sigkill", "kill(self)+handler+return", 2000, 15, install, kill_self, remove_handler},
    {0},
};

// What a program may try against the system, as user 1000, one case in a child with a deadline:
//
//     hostile CASE      prints how the child ended: "exit N", "signal N"; an alarm
//                       ends a case that does not
//
// Nothing here asserts: the shell that goes on afterwards, and the runner's counters, do.
#define _GNU_SOURCE // syscall, MAP_ANONYMOUS
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KERNEL 0xffffffff80000000ul
#define DIRECT_MAP 0xffffffc080000000ul
#define LAST_CALL 600
#define DEADLINE_S 20

static void null(void)
{
    *(volatile int *)NULL = 1;
}

static void wild(void)
{
    *(volatile int *)DIRECT_MAP = 1;
}

static void jump(void)
{
    ((void (*)(void))KERNEL)();
}

// These end the case, wait for good, or begin something: each has a test of its own.
static int is_left_out(long number)
{
    static const long left_out[] = {
        SYS_exit,
        SYS_exit_group,
        SYS_rt_sigreturn,
        SYS_clone,
        435 /* clone3 */,
        SYS_rt_sigsuspend,
        SYS_pselect6,
        SYS_ppoll,
        SYS_epoll_pwait,
        SYS_nanosleep,
        SYS_clock_nanosleep,
        SYS_rt_sigtimedwait,
        SYS_futex,
        SYS_read,
        SYS_readv,
        SYS_pread64,
        SYS_wait4,
        SYS_waitid,
        SYS_kill,
        SYS_restart_syscall,
    };
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (left_out[i] == number)
            return 1;
    return 0;
}

static void calls(void)
{
    static const unsigned long bad[] = {0, 1, ~0ul, KERNEL, 0x3fffffffff, ~0ul >> 1, 4096, 3};
    for (long n = 0; n <= LAST_CALL; n++)
        for (int v = 0; v < 8 && !is_left_out(n); v++)
            syscall(n, bad[v], bad[(v + n) % 8], bad[(v * 3 + 1) % 8], bad[(v * 5 + 2) % 8],
                    bad[(v + 3) % 8], bad[(v + 7) % 8]);
}

// A native call of that operation (ipc/abi/message.h) with words made from `word`.
static void native_call(long operation, long slot, long word)
{
    register long a0 asm("a0") = word;
    register long a1 asm("a1") = word * 3;
    register long a2 asm("a2") = -1;
    register long a3 asm("a3") = word;
    register long t0 asm("t0") = word & 0xfff;
    register long t1 asm("t1") = word * 7;
    register long t2 asm("t2") = 100;
    register long t3 asm("t3") = word;
    register long a6 asm("a6") = slot;
    register long a7 asm("a7") = operation;
    asm volatile("ecall"
                 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(t0), "+r"(t1), "+r"(t2), "+r"(t3),
                   "+r"(a6), "+r"(a7)
                 :
                 : "memory", "a4", "a5", "t4", "t5", "t6", "ra", "s0", "s1", "s2", "s3", "s4", "s5",
                   "s6", "s7", "s8", "s9", "s10", "s11"); // recv keeps sp, gp and tp
}

static void native(void)
{
    srand(1);
    for (long slot = 8180; slot < 8230; slot++)
        for (int i = 0; i < 200; i++)
            native_call(-4096 + rand() % 5, slot, rand() * (long)rand());
    for (long slot = 0; slot < 200; slot++)
        for (int i = 0; i < 20; i++)
            native_call(-4096, slot, rand());
}

static void memory(void)
{
    for (;;) {
        char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p != MAP_FAILED)
            memset(p, 1, 1 << 20);
    }
}

static void bomb(void)
{
    for (;;)
        fork();
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"null", null},     {"wild", wild},     {"jump", jump}, {"calls", calls},
    {"native", native}, {"memory", memory}, {"bomb", bomb},
};

static void child(void (*run)(void))
{
    setpgid(0, 0);
    if (setgid(1000) < 0 || setuid(1000) < 0)
        _exit(99);
    alarm(DEADLINE_S);
    run();
    _exit(0);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(cases[i].name, argv[1]) != 0)
            continue;
        pid_t pid = fork();
        if (pid == 0)
            child(cases[i].run);
        int status = 0;
        waitpid(pid, &status, 0);
        kill(-pid, SIGKILL);
        if (WIFSIGNALED(status))
            printf("signal %d\n", WTERMSIG(status));
        else
            printf("exit %d\n", WEXITSTATUS(status));
        return 0;
    }
    return 2;
}

// What a program may try against the system, as user 1000 or, with -r, as root, one case in a
// child with a deadline:
//
//     hostile [-r] CASE     prints how the child ended: "exit N", "signal N"; an alarm
//                           ends a case that does not
//
// Nothing here asserts: the shell that goes on afterwards, and the runner's counters, do.
#define _GNU_SOURCE // syscall, MAP_ANONYMOUS
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define KERNEL 0xffffffff80000000ul
#define DIRECT_MAP 0xffffffc080000000ul
#define LAST_CALL 600
#define DEADLINE_S 20
#define BOMB_S 3
#define TABLES 10
#define MOMENT_US 3000 // for a call that may wait for good

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

// These may wait for good, end their caller or change it: each in a child of its own.
static const long in_child[] = {
    SYS_exit,    SYS_exit_group, SYS_rt_sigreturn,    SYS_clone,    435 /* clone3 */,
    SYS_futex,   SYS_nanosleep,  SYS_clock_nanosleep, SYS_pselect6, SYS_ppoll,
    SYS_read,    SYS_readv,      SYS_rt_sigtimedwait, SYS_pread64,  SYS_rt_sigsuspend,
    SYS_wait4,   SYS_waitid,     SYS_restart_syscall, SYS_execve,   SYS_epoll_pwait,
    SYS_preadv,  SYS_tkill,      SYS_setitimer,       SYS_fcntl,    SYS_brk,
    SYS_munmap,  SYS_mremap,     SYS_rt_sigprocmask,  SYS_mprotect, SYS_rt_sigaction,
    SYS_madvise, SYS_mmap,
};
// Signals to whoever has a small number, perhaps to all: a case of its own. As root also what ends
// the machine.
static const long kept_back[] = {SYS_kill, SYS_reboot, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo};

static int is_one_of(const long *numbers, size_t count, long number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return 1;
    return 0;
}

static int is_for_child(long n)
{
    return is_one_of(in_child, sizeof in_child / sizeof in_child[0], n);
}

static int is_kept_back(long n)
{
    size_t count = getuid() == 0 ? sizeof kept_back / sizeof kept_back[0] : 1;
    return is_one_of(kept_back, count, n);
}

static void one_call(long n, int v)
{
    static const unsigned long bad[] = {0, 1, ~0ul, KERNEL, 0x3fffffffff, ~0ul >> 1, 4096, 3};
    syscall(n, bad[v], bad[(v + n) % 8], bad[(v * 3 + 1) % 8], bad[(v * 5 + 2) % 8],
            bad[(v + 3) % 8], bad[(v + 7) % 8]);
}

static void calls(void)
{
    for (long n = 0; n <= LAST_CALL; n++)
        for (int v = 0; v < 8; v++)
            if (!is_for_child(n) && !is_kept_back(n))
                one_call(n, v);
}

// What the child begins is in the case's group, and ends with it.
static void waits(void)
{
    const struct itimerval moment = {.it_value.tv_usec = MOMENT_US};
    for (long n = 0; n <= LAST_CALL; n++)
        for (int v = 0; v < 8 && is_for_child(n) && !is_kept_back(n); v++) {
            pid_t pid = fork();
            if (pid == 0) {
                setitimer(ITIMER_REAL, &moment, NULL);
                one_call(n, v);
                _exit(0);
            }
            waitpid(pid, NULL, 0);
        }
}

// A native call of that operation (ipc/abi/message.h) with words made from `word`.
static void native_call(long operation, long slot, long word)
{
    register long a0 asm("a0") = word;
    register long a1 asm("a1") = word * 3;
    register long a2 asm("a2") = -1;
    register long a3 asm("a3") = word;
    register long t0 asm("t0") = (word & 0xfff) | (word >> 12 & 0x1f) << 32;
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
            native_call(-2048 + rand() % 5, slot, rand() * (long)rand());
    for (long slot = 0; slot < 200; slot++)
        for (int i = 0; i < 20; i++)
            native_call(-2048, slot, rand());
}

// Fills its table, and tells how many that were.
static void fill_table(int to)
{
    long count = 0;
    while (dup(to) >= 0)
        count++;
    write(to, &count, sizeof count);
    pause();
}

// As many descriptors as the limit says for each of several, whoever came first.
static void descriptors(void)
{
    struct rlimit limit = {2048, 2048};
    int ends[2];
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || pipe(ends) < 0)
        _exit(1);
    for (int i = 0; i < TABLES; i++)
        if (fork() == 0)
            fill_table(ends[1]);
    for (int i = 0; i < TABLES; i++) {
        long count = 0;
        if (read(ends[0], &count, sizeof count) < 0 || count != (long)limit.rlim_cur - 5)
            _exit(2);
    }
}

static void everybody(void)
{
    for (int signal = 0; signal < 65; signal++)
        kill(-1, signal);
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
    alarm(BOMB_S);
    for (;;)
        fork();
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"null", null},           {"wild", wild},
    {"jump", jump},           {"calls", calls},
    {"waits", waits},         {"native", native},
    {"memory", memory},       {"bomb", bomb},
    {"everybody", everybody}, {"descriptors", descriptors},
};

static void child(void (*run)(void), int as_root)
{
    setpgid(0, 0);
    if (!as_root && (setgid(1000) < 0 || setuid(1000) < 0))
        _exit(99);
    alarm(DEADLINE_S);
    run();
    _exit(0);
}

static int run_case(void (*run)(void), int as_root)
{
    pid_t pid = fork();
    if (pid == 0)
        child(run, as_root);
    int status = 0;
    waitpid(pid, &status, 0);
    kill(-pid, SIGKILL);
    if (WIFSIGNALED(status))
        printf("signal %d\n", WTERMSIG(status));
    else
        printf("exit %d\n", WEXITSTATUS(status));
    return 0;
}

int main(int argc, char **argv)
{
    int as_root = argc == 3 && strcmp(argv[1], "-r") == 0;
    for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(cases[i].name, argv[argc - 1]) == 0)
            return run_case(cases[i].run, as_root);
    return 2;
}

// The system calls that are measured, as they leave the processor: no library is between the
// program and the ecall, so a figure is the system's cost and a few instructions of the program.
#pragma once
#include <stdint.h>

// Numbers of Linux's generic table, as riscv64 has them.
enum {
    NR_epoll_create1 = 20,
    NR_epoll_ctl = 21,
    NR_epoll_pwait = 22,
    NR_openat = 56,
    NR_close = 57,
    NR_pipe2 = 59,
    NR_read = 63,
    NR_write = 64,
    NR_pread64 = 67,
    NR_ppoll = 73,
    NR_exit = 93,
    NR_exit_group = 94,
    NR_futex = 98,
    NR_nanosleep = 101,
    NR_clock_gettime = 113,
    NR_sched_setscheduler = 119,
    NR_sched_yield = 124,
    NR_kill = 129,
    NR_rt_sigsuspend = 133,
    NR_rt_sigaction = 134,
    NR_getpid = 172,
    NR_munmap = 215,
    NR_clone = 220,
    NR_execve = 221,
    NR_mmap = 222,
    NR_wait4 = 260,
};

static inline long call6(const long number, const long words[6])
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = words[0];
    register long a1 __asm__("a1") = words[1];
    register long a2 __asm__("a2") = words[2];
    register long a3 __asm__("a3") = words[3];
    register long a4 __asm__("a4") = words[4];
    register long a5 __asm__("a5") = words[5];
    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                     : "memory");
    return a0;
}

// Words that are not given are 0. The array never reaches memory: it is gone after inlining.
#define CALL(number, ...) call6(NR_##number, (const long[6]){__VA_ARGS__})

// The few that every file needs.
static inline long do_close(long fd)
{
    return CALL(close, fd);
}

static inline long do_pipe(int ends[2])
{
    return CALL(pipe2, (long)ends);
}

static inline long do_open(const char *path, long flags)
{
    return CALL(openat, -100, (long)path, flags);
}

// fork, as the C library's without its handlers.
static inline long do_fork(void)
{
    const long sigchld = 17;
    return CALL(clone, sigchld);
}

static inline long do_wait(long pid, int *status)
{
    return CALL(wait4, pid, (long)status);
}

static inline void do_exit(long status)
{
    CALL(exit_group, status);
}

static inline int is_error(long result)
{
    return result < 0 && result > -4096;
}

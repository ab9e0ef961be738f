// Bad pointers: every call answers EFAULT, or does what fits before the bad page; nothing is lost.
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096 };

// Volatile, so that the compiler cannot know what they point at.
static char *volatile nowhere = (char *)8;
static char *volatile kernel = (char *)0xffffffff80000000;

// The last byte before a page that is not mapped, plus one.
static char *edge(void)
{
    char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(p + PAGE, PAGE);
    return p + PAGE;
}

static void paths(void)
{
    show("open", open(nowhere, O_RDONLY));
    show("open, null", syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY, 0));
    show("open, kernel's half", open(kernel, O_RDONLY));
    show("mkdir", mkdir(nowhere, 0755));
    show("unlink", unlink(nowhere));
    show("rename from", rename(nowhere, "x"));
    show("rename to", rename(".", nowhere));
    show("link", link(".", nowhere));
    show("symlink", symlink(nowhere, "x"));
    show("chdir", chdir(nowhere));
    show("access", syscall(SYS_faccessat, AT_FDCWD, nowhere, F_OK));
    show("execve", syscall(SYS_execve, nowhere, NULL, NULL));
    show("truncate", truncate(nowhere, 0));
    char *end = edge();
    memcpy(end - 4, "////", 4);
    show("a path that runs into nothing", open(end - 4, O_RDONLY));
    memcpy(end - 2, "/", 2);
    show("one that ends just before", open(end - 2, O_RDONLY) >= 0);
}

static const char *volatile constant = "constant";

static void buffers(void)
{
    int fd = make_file("f", "0123456789"), ends[2];
    make_pipe(ends);
    show("read a file", read(fd, nowhere, 5));
    show("offset stays", lseek(fd, 0, SEEK_CUR));
    show("write a file", write(fd, nowhere, 5));
    show("write a pipe", write(ends[1], nowhere, 5));
    write(ends[1], "hello", 5);
    show("read a pipe", read(ends[0], nowhere, 5));
    char text[8] = "";
    show("nothing was lost", read(ends[0], text, 8));
    say("%s", text);
    show("zero bytes", read(fd, nowhere, 0));
    show("/dev/zero", read(open("/dev/zero", O_RDONLY), nowhere, 5));
    show("/dev/null", write(open("/dev/null", O_WRONLY), nowhere, 5));
    show("into read-only memory", read(fd, (char *)constant, 3));
    show("kernel's half", read(fd, kernel, 5));
}

static void half_a_buffer(void)
{
    static char big[2 * PAGE];
    char *end = edge();
    int fd = make_file("f", ""), ends[2];
    make_pipe(ends);
    write(fd, big, sizeof big);
    lseek(fd, 0, SEEK_SET);
    show("read a file, 100 bytes fit", read(fd, end - 100, 200));
    show("offset", lseek(fd, 0, SEEK_CUR));
    // No write of half a buffer to a file: riscv64 Linux (6.12) loops in it until it is killed.
    write(ends[1], big, 1000);
    long n = read(ends[0], end - 100, 200);
    say("read a pipe: %s", n == 100 || (n == -1 && errno == EFAULT) ? "100 or EFAULT" : rc(n));
    struct iovec in[] = {{big, 10}, {nowhere, 10}};
    lseek(fd, 0, SEEK_SET);
    show("readv, second entry bad", readv(fd, in, 2));
    show("writev, second entry bad", writev(fd, in, 2));
    in[0].iov_base = nowhere;
    show("readv, first entry bad", readv(fd, in, 2));
    show("readv, array bad", syscall(SYS_readv, fd, nowhere, 2));
}

static void results(void)
{
    int fd = make_file("f", "");
    show("fstat", syscall(SYS_fstat, fd, nowhere));
    show("newfstatat", syscall(SYS_newfstatat, AT_FDCWD, "f", nowhere, 0));
    show("statx", syscall(SYS_statx, AT_FDCWD, "f", 0, STATX_SIZE, nowhere));
    show("statfs", syscall(SYS_statfs, ".", nowhere));
    show("uname", syscall(SYS_uname, nowhere));
    show("getcwd", syscall(SYS_getcwd, nowhere, 200));
    show("getdents64", syscall(SYS_getdents64, open(".", O_RDONLY), nowhere, 200));
    symlink("x", "l");
    show("readlinkat", syscall(SYS_readlinkat, AT_FDCWD, "l", nowhere, 5));
    show("clock_gettime", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, nowhere));
    show("getrusage", syscall(SYS_getrusage, RUSAGE_SELF, nowhere));
    show("prlimit64", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, nowhere));
    show("times", syscall(SYS_times, nowhere));
    show("sysinfo", syscall(SYS_sysinfo, nowhere));
    show("getrandom", syscall(SYS_getrandom, nowhere, 5, 0));
    show("getgroups", syscall(SYS_getgroups, 10, nowhere) <= 0);
    show("getresuid", syscall(SYS_getresuid, nowhere, nowhere, nowhere));
}

static void pipe_takes_nothing(void)
{
    show("pipe2", syscall(SYS_pipe2, nowhere, 0));
    show("the next descriptor", open(".", O_RDONLY));
}

static void arguments(void)
{
    show("nanosleep", syscall(SYS_nanosleep, nowhere, NULL));
    show("ppoll", syscall(SYS_ppoll, nowhere, 1, NULL, NULL, 8));
    show("ppoll, time", syscall(SYS_ppoll, NULL, 0, nowhere, NULL, 8));
    show("ppoll, mask", syscall(SYS_ppoll, NULL, 0, NULL, nowhere, 8));
    show("pselect6", syscall(SYS_pselect6, 1, nowhere, NULL, NULL, NULL, NULL));
    show("rt_sigaction", syscall(SYS_rt_sigaction, SIGUSR1, nowhere, NULL, 8));
    show("rt_sigaction, old", syscall(SYS_rt_sigaction, SIGUSR1, NULL, nowhere, 8));
    show("rt_sigprocmask", syscall(SYS_rt_sigprocmask, SIG_BLOCK, nowhere, NULL, 8));
    show("rt_sigprocmask, old", syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, nowhere, 8));
    show("rt_sigpending", syscall(SYS_rt_sigpending, nowhere, 8));
    show("rt_sigsuspend", syscall(SYS_rt_sigsuspend, nowhere, 8));
    show("rt_sigtimedwait", syscall(SYS_rt_sigtimedwait, nowhere, NULL, NULL, 8));
    show("sigaltstack", syscall(SYS_sigaltstack, nowhere, NULL));
    show("utimensat", syscall(SYS_utimensat, AT_FDCWD, ".", nowhere, 0));
    show("setitimer", syscall(SYS_setitimer, 0, nowhere, NULL));
    show("prlimit64", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nowhere, NULL));
    show("setgroups", syscall(SYS_setgroups, 2, nowhere));
    show("execve, arguments", syscall(SYS_execve, self_path, nowhere, NULL));
    char *one[] = {nowhere, NULL};
    show("execve, one argument", syscall(SYS_execve, self_path, one, NULL));
}

static void wait_loses_the_child(void)
{
    pid_t pid = fork_test();
    if (pid == 0)
        _exit(3);
    say("wait4 with a bad status: %s", rc(syscall(SYS_wait4, pid, nowhere, 0, NULL)));
    say("again: %s", rc(waitpid(pid, NULL, 0)));
}

static void set_tid_address_is_tolerant(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        syscall(SYS_set_tid_address, nowhere);
        syscall(SYS_set_robust_list, nowhere, 24);
        _exit(4);
    }
    show_child("a bad address at exit is nobody's loss", pid);
}

static void bad_stack_kills(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        handle(SIGUSR1, note, 0);
        asm volatile("mv sp, zero\n"
                     "mv a0, %0\n"
                     "li a1, 10\n"
                     "li a7, 129\n"
                     "ecall\n"
                     "li a0, 5\n"
                     "li a7, 93\n"
                     "ecall\n"
                     :
                     : "r"((long)getpid())
                     : "a0", "a1", "a7", "memory");
    }
    show_child("a signal with no stack", pid);
}

const struct test tests_efault[] = {
    {"paths", paths},
    {"buffers", buffers},
    {"half_a_buffer", half_a_buffer},
    {"results", results},
    {"pipe_takes_nothing", pipe_takes_nothing},
    {"arguments", arguments},
    {"wait_loses_the_child", wait_loses_the_child},
    {"set_tid_address_is_tolerant", set_tid_address_is_tolerant},
    {"bad_stack_kills", bad_stack_kills},
    {NULL, NULL},
};

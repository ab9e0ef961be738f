// fork and vfork: what a child copies, what it shares, and who its parent is.
#include "test.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void returns_twice(void)
{
    pid_t parent = getpid();
    pid_t pid = fork_test();
    if (pid == 0) {
        say("child: a pid of its own %d, its parent is right %d", getpid() != parent,
            getppid() == parent);
        _exit(3);
    }
    int status;
    say("parent: fork returned the child's pid: %d", waitpid(pid, &status, 0) == pid);
    say("%s", status_text(status));
}

static int global = 1;

static void memory_is_copied(void)
{
    int local = 1;
    char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *mapped = 1;
    pid_t pid = fork_test();
    if (pid == 0) {
        say("child sees %d %d %d", global, local, *mapped);
        global = local = *mapped = 2;
        mapped[4096] = 2;
        say("child changed %d %d %d %d", global, local, *mapped, mapped[4096]);
        _exit(0);
    }
    show_child("child", pid);
    say("parent still has %d %d %d %d", global, local, *mapped, mapped[4096]);
}

static void shared_memory_is_shared(void)
{
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork_test();
    if (pid == 0) {
        *shared = 42;
        _exit(0);
    }
    show_child("child", pid);
    show("the parent reads", *shared);
}

static void parent_writes_after_fork(void)
{
    int ends[2];
    char c;
    static char pages[16 * 4096];
    make_pipe(ends);
    memset(pages, 'p', sizeof pages);
    pid_t pid = fork_test();
    if (pid == 0) {
        int changed = 0;
        read(ends[0], &c, 1);
        for (size_t i = 0; i < sizeof pages; i++)
            changed += pages[i] != 'p';
        show("bytes changed in the child", changed);
        _exit(0);
    }
    memset(pages, 'x', sizeof pages);
    write(ends[1], "x", 1);
    show_child("child", pid);
}

static void attributes(void)
{
    sigset_t set;
    struct sigaction action;
    umask(031);
    signal(SIGUSR1, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR2);
    pid_t pid = fork_test();
    if (pid == 0) {
        say("umask 0%o", umask(0));
        sigaction(SIGUSR1, NULL, &action);
        say("ignored signal is ignored: %d", action.sa_handler == SIG_IGN);
        sigprocmask(SIG_BLOCK, NULL, &set);
        say("blocked signal is blocked: %d", sigismember(&set, SIGUSR2));
        sigpending(&set);
        say("pending signal is not pending: %d", !sigismember(&set, SIGUSR2));
        show("no alarm", alarm(0));
        _exit(0);
    }
    show_child("child", pid);
    say("the parent's umask stays 0%o", umask(0));
}

static void vfork_waits(void)
{
    volatile int seen = 0;
    long before = now_ms();
    pid_t pid = vfork();
    if (pid == 0) {
        usleep(50000);
        seen = 1;
        _exit(5);
    }
    say("the parent waited: %d", now_ms() - before >= 50);
    say("its memory was shared: %d", seen);
    show_child("child", pid);
}

static void clone_flags(void)
{
    long pid = syscall(SYS_clone, SIGCHLD, 0, NULL, NULL, 0);
    if (pid == 0)
        _exit(6);
    show_child("SIGCHLD", pid);
    show("CLONE_SIGHAND without CLONE_VM", syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0));
    show("CLONE_THREAD without CLONE_SIGHAND",
         syscall(SYS_clone, CLONE_THREAD | CLONE_VM, 0, 0, 0, 0));
}

static void thread_ids(void)
{
    pid_t tid = 0;
    int *address = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    say("tid is pid: %d", syscall(SYS_gettid) == getpid());
    say("set_tid_address returns it: %d", syscall(SYS_set_tid_address, &tid) == getpid());
    long pid =
        syscall(SYS_clone, CLONE_CHILD_SETTID | CLONE_PARENT_SETTID | SIGCHLD, 0, &tid, 0, address);
    if (pid == 0) {
        say("child: its own tid was stored: %d", *address == getpid());
        _exit(0);
    }
    show_child("child", pid);
    say("parent: the child's tid was stored: %d", tid == pid);
    show("robust list of a wrong length", syscall(SYS_set_robust_list, &tid, 7));
}

// Each process makes one child, 20 levels deep; each adds one to its child's exit status.
static int descend(int levels)
{
    int status;
    pid_t pid = levels > 0 ? fork_test() : -1;
    if (pid < 0)
        return 0;
    if (pid == 0)
        _exit(descend(levels - 1));
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status) + 1;
}

static void grandchildren(void)
{
    show("levels", descend(20));
}

static void many_children(void)
{
    int sum = 0, status;
    for (int i = 0; i < 50; i++)
        if (fork_test() == 0)
            _exit(i);
    for (int i = 0; i < 50; i++)
        if (wait(&status) > 0 && WIFEXITED(status))
            sum += WEXITSTATUS(status);
    show("sum of 0..49", sum);
    show("no more", wait(&status));
}

static void status_is_a_byte(void)
{
    pid_t pid = fork_test();
    if (pid == 0)
        _exit(256 + 7);
    show_child("exit(263)", pid);
    pid = fork_test();
    if (pid == 0)
        _exit(-1);
    show_child("exit(-1)", pid);
}

struct arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, more[8];
};

static long clone3_of(struct arguments args, size_t size)
{
    long pid = syscall(435, &args, size); // SYS_clone3
    if (pid == 0) {
        struct sigaction a, b;
        sigaction(SIGUSR1, NULL, &a);
        sigaction(SIGUSR2, NULL, &b);
        _exit((a.sa_handler == SIG_DFL) + 2 * (b.sa_handler == SIG_IGN));
    }
    return pid;
}

static void clone3_takes_a_structure(void)
{
    static pid_t tid;
    handle(SIGUSR1, note, 0);
    signal(SIGUSR2, SIG_IGN);
    struct arguments plain = {.exit_signal = SIGCHLD, .flags = 0x100000, .parent_tid = (long)&tid};
    long pid = clone3_of(plain, 64);
    say("its tid was told %d", pid > 0 && tid == pid);
    show_child("plain", (pid_t)pid);
    struct arguments clear = {.exit_signal = SIGCHLD, .flags = 1ull << 32};
    show_child("handlers cleared", (pid_t)clone3_of(clear, 88));
    show_child("longer, zeroes", (pid_t)clone3_of((struct arguments){.exit_signal = SIGCHLD}, 128));
}

static void clone3_refuses(void)
{
    show("too short", clone3_of((struct arguments){.exit_signal = SIGCHLD}, 56));
    show("too long", clone3_of((struct arguments){.exit_signal = SIGCHLD}, 5000));
    show("longer, not zeroes", clone3_of((struct arguments){.more[7] = 1}, 128));
    show("no structure", syscall(435, NULL, 64));
    show("signal", clone3_of((struct arguments){.exit_signal = 65}, 64));
    show("signal in flags", clone3_of((struct arguments){.flags = SIGCHLD}, 64));
    show("stack without size", clone3_of((struct arguments){.stack = 4096}, 64));
    show("size without stack", clone3_of((struct arguments){.stack_size = 4096}, 64));
    show("handlers without memory", clone3_of((struct arguments){.flags = CLONE_SIGHAND}, 64));
    show("unknown", clone3_of((struct arguments){.flags = 1ull << 40}, 64));
}

const struct test tests_fork[] = {
    {"returns_twice", returns_twice},
    {"memory_is_copied", memory_is_copied},
    {"shared_memory_is_shared", shared_memory_is_shared},
    {"parent_writes_after_fork", parent_writes_after_fork},
    {"attributes", attributes},
    {"vfork_waits", vfork_waits},
    {"clone_flags", clone_flags},
    {"thread_ids", thread_ids},
    {"grandchildren", grandchildren},
    {"many_children", many_children},
    {"status_is_a_byte", status_is_a_byte},
    {"clone3_takes_a_structure", clone3_takes_a_structure},
    {"clone3_refuses", clone3_refuses},
    {NULL, NULL},
};

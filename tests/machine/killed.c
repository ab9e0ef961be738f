// A process killed in each state that it can be in, as user 1000:
//
//     killed STATE      prints how the victim ended, and whether all that it had begun ended too
//
// A state that lasts is entered by one victim and recognised in /proc (it sleeps, it is stopped);
// one that passes (a fork, an exec, a page fault in progress) is met by killing many victims, each
// a little later than the one before.
#define _GNU_SOURCE // pipe2, syscall, unshare's kin
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_S 20
#define ROUNDS 40
#define STEP_NS 37000    // the next victim lives that much longer
#define LAST_NS 50000000 // so that every run has had as many processes at once as the one before
#define ORPHANS 16
#define TEMPORARY "/tmp/killed"

static int ends[2]; // a pipe that nobody writes to or reads from
static int console; // opened before root's rights went

static void nap(long ns)
{
    nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
}

// --- States that last ---------------------------------------------------------------------------

static void running(void)
{
    for (;;)
        __asm__ volatile("");
}

static void pipe_read(void)
{
    char byte;
    read(ends[0], &byte, 1);
}

static void pipe_write(void)
{
    static char bytes[1 << 18];
    write(ends[1], bytes, sizeof bytes);
}

static void terminal_read(void)
{
    char byte;
    read(console, &byte, 1);
}

static void fifo_open(void)
{
    mkfifo(TEMPORARY, 0600);
    open(TEMPORARY, O_RDONLY);
}

static void in_ppoll(void)
{
    struct pollfd fds[2] = {{.fd = ends[0], .events = POLLIN}, {.fd = -1}};
    ppoll(fds, 2, NULL, NULL);
}

static void in_pselect(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    select(ends[0] + 1, &set, NULL, NULL, NULL);
}

static void in_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int set = epoll_create1(0);
    epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event);
    epoll_wait(set, &event, 1, -1);
}

static void in_wait4(void)
{
    if (fork() == 0)
        for (;;)
            pause();
    wait(NULL);
}

static void in_waitid(void)
{
    siginfo_t info;
    if (fork() == 0)
        for (;;)
            pause();
    waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
}

static void in_nanosleep(void)
{
    sleep(1000);
}

static void in_futex(void)
{
    static int word;
    syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, NULL, NULL, 0);
}

static void in_sigsuspend(void)
{
    pause();
}

static void in_sigtimedwait(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigwaitinfo(&set, NULL);
}

static void stopped(void)
{
    raise(SIGSTOP);
}

static void vfork_parent(void)
{
    if (vfork() == 0)
        for (;;)
            pause();
}

static void record_lock(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(open(TEMPORARY, O_RDWR | O_CREAT, 0600), F_SETLK, &lock) == 0)
        pause();
}

static void waits_for_a_lock(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(TEMPORARY, O_RDWR | O_CREAT, 0600);
    if (fork() == 0) {
        flock(fd, LOCK_EX);
        fcntl(fd, F_SETLK, &lock);
        write(ends[1], "x", 1);
        pause();
    }
    read(ends[0], &lock, 1);
    lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fork() == 0)
        flock(open(TEMPORARY, O_RDWR), LOCK_SH);
    fcntl(fd, F_SETLKW, &lock);
}

static void in_exec_of_cat(void)
{
    dup2(ends[0], 0);
    execl("/bin/cat", "cat", (char *)NULL);
}

// --- States that pass ---------------------------------------------------------------------------

static void forking(void)
{
    for (;;) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        waitpid(pid, NULL, 0);
    }
}

static void forking_orphans(void)
{
    for (int i = 0; i < ORPHANS; i++)
        if (fork() == 0)
            _exit(0);
    pause();
}

static void vforking(void)
{
    for (;;) {
        pid_t pid = vfork();
        if (pid == 0) {
            execl("/bin/true", "true", (char *)NULL);
            _exit(1);
        }
        waitpid(pid, NULL, 0);
    }
}

static void executing(void)
{
    execl("/proc/self/exe", "killed", "exec_again", (char *)NULL);
}

static void faulting(void)
{
    for (;;) {
        char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int i = 0; p != MAP_FAILED && i < 1 << 20; i += 4096)
            p[i] = 1;
        munmap(p, 1 << 20);
    }
}

static void faulting_in_a_file(void)
{
    int fd = open("/bin/sh", O_RDONLY);
    for (;;) {
        volatile char *p = mmap(NULL, 1 << 18, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        for (int i = 0; p != MAP_FAILED && i < 1 << 18; i += 4096)
            p[i]++;
        munmap((void *)p, 1 << 18);
    }
}

static void catch (int signal)
{
    (void)signal;
}

static void handling(void)
{
    signal(SIGUSR1, catch);
    for (;;)
        raise(SIGUSR1);
}

static void piping(void)
{
    char bytes[5000];
    memset(bytes, 1, sizeof bytes);
    if (fork() == 0)
        for (;;)
            read(ends[0], bytes, sizeof bytes);
    for (;;)
        write(ends[1], bytes, sizeof bytes);
}

static void opening(void)
{
    for (;;) {
        int fd = open(TEMPORARY, O_RDWR | O_CREAT | O_TRUNC, 0600), pair[2];
        write(fd, "some bytes", 10);
        if (pipe(pair) == 0)
            close(pair[0]), close(pair[1]);
        dup2(fd, 9);
        close(fd);
        unlink(TEMPORARY);
    }
}

static void exiting(void)
{
    _exit(0);
}

// --- The killer ---------------------------------------------------------------------------------

static const struct {
    const char *name;
    void (*enter)(void);
    char lasting; // the state in /proc/PID/stat, or 0: one that passes
} states[] = {
    {"running", running, 'R'},
    {"pipe_read", pipe_read, 'S'},
    {"pipe_write", pipe_write, 'S'},
    {"terminal_read", terminal_read, 'S'},
    {"fifo_open", fifo_open, 'S'},
    {"ppoll", in_ppoll, 'S'},
    {"pselect", in_pselect, 'S'},
    {"epoll", in_epoll, 'S'},
    {"wait4", in_wait4, 'S'},
    {"waitid", in_waitid, 'S'},
    {"nanosleep", in_nanosleep, 'S'},
    {"futex", in_futex, 'S'},
    {"sigsuspend", in_sigsuspend, 'S'},
    {"sigtimedwait", in_sigtimedwait, 'S'},
    {"stopped", stopped, 'T'},
    {"vfork_parent", vfork_parent, 'S'},
    {"record_lock", record_lock, 'S'},
    {"wait_for_a_lock", waits_for_a_lock, 'S'},
    {"exec_of_cat", in_exec_of_cat, 'S'},
    {"zombie", exiting, 'Z'},
    {"fork", forking, 0},
    {"fork_of_orphans", forking_orphans, 0},
    {"vfork_and_exec", vforking, 0},
    {"exec", executing, 0},
    {"page_fault", faulting, 0},
    {"page_fault_in_a_file", faulting_in_a_file, 0},
    {"handler", handling, 0},
    {"pipe", piping, 0},
    {"open", opening, 0},
    {"exit", exiting, 0},
};

static char state_of(pid_t pid)
{
    char path[40], text[200] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    char *end = n > 0 ? strrchr(text, ')') : NULL;
    return end && end[1] ? end[2] : '?';
}

// In its own group, with a pipe of its own, and with nothing on its standard output.
static pid_t begin(void (*enter)(void))
{
    pid_t pid = fork();
    if (pid > 0)
        setpgid(pid, pid);
    if (pid != 0)
        return pid;
    setpgid(0, 0);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 1); // or an orphan would keep the shell waiting
    dup2(null, 2);
    if (pipe(ends) == 0)
        enter();
    _exit(0);
}

// Kills the group, and says how its first member ended.
static int end(pid_t pid)
{
    int status = 0;
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    unlink(TEMPORARY);
    return status;
}

static int lasting(void (*enter)(void), char state)
{
    pid_t pid = begin(enter);
    do
        nap(2000000);
    while (state_of(pid) != state);
    nap(2000000); // what it began on the way is over, too
    return end(pid);
}

static int passing(void (*enter)(void))
{
    int status = 0;
    for (int i = 0; i < ROUNDS; i++) {
        pid_t pid = begin(enter);
        nap(i < ROUNDS - 1 ? (long)i * STEP_NS : LAST_NS);
        status = end(pid);
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "exec_again") == 0)
        executing();
    console = open("/dev/console", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (getuid() == 0 && (setgid(1000) < 0 || setuid(1000) < 0))
        return 99;
    alarm(DEADLINE_S);
    for (size_t i = 0; argc == 2 && i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(states[i].name, argv[1]) != 0)
            continue;
        int status = states[i].lasting ? lasting(states[i].enter, states[i].lasting)
                                       : passing(states[i].enter);
        if (WIFSIGNALED(status))
            printf("signal %d\n", WTERMSIG(status));
        else
            printf("exit %d\n", WEXITSTATUS(status));
        return 0;
    }
    return 2;
}

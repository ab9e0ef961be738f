// Much at once, as user 1000, where one part of the system meets another's end:
//
//     storm CASE      prints how it ended; the shell that goes on and the runner's counters judge
#define _GNU_SOURCE // vfork, mmap's flags
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_S 40
#define ROUNDS 150
#define SIGNALS 20000
#define FILE_BYTES 65536
#define TEMPORARY "/tmp/storm"

static void nothing(int signal)
{
    (void)signal;
}

static void send_all(pid_t target)
{
    for (int n = 0; n < SIGNALS; n++) {
        int signal = n % 31 + 1;
        if (signal != SIGKILL && signal != SIGSTOP && signal != SIGALRM)
            kill(target, signal);
        for (volatile int wait = n % 4096; wait > 0; wait--)
            ; // somewhere else each time
    }
    _exit(0);
}

// A handler for everything, a child that sends everything, while calls of each kind go on.
static void signals(void)
{
    pid_t target = getpid();
    for (int i = 1; i < 32; i++)
        signal(i, i == SIGALRM ? SIG_DFL : nothing);
    if (fork() == 0)
        send_all(target);
    for (int i = 0; i < ROUNDS; i++) {
        int ends[2];
        char byte = 1;
        if (pipe(ends) < 0 || write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
            _exit(1);
        close(ends[0]);
        close(ends[1]);
        pid_t pid = fork();
        if (pid == 0) {
            if (i % 2)
                execl("/bin/true", "true", (char *)NULL);
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
}

static volatile sig_atomic_t handled;

static void count(int signal)
{
    (void)signal;
    handled++;
}

// Somebody sends as fast as he can, and for ever: his target gets on all the same.
static void sent_for_ever(void)
{
    pid_t target = getpid();
    signal(SIGUSR1, count);
    if (fork() == 0)
        for (;;)
            kill(target, SIGUSR1);
    for (int i = 0; i < ROUNDS || handled < ROUNDS / 10; i++) {
        pid_t pid = i % 10 == 0 ? fork() : 0;
        if (i % 10 == 0 && pid == 0)
            _exit(0);
        else if (pid > 0)
            waitpid(pid, NULL, 0);
        getppid();
    }
}

// In its parent's memory, which waits: the exec fails, and the child ends in one way or another.
static void fail_and_end(int i)
{
    static const char *const path[] = {"/nothing", "/tmp", "/etc/passwd"};
    execl(path[i % 3], "x", (char *)NULL);
    if (i % 5 == 0)
        raise(SIGKILL);
    if (i % 7 == 0)
        *(volatile int *)NULL = 1;
    _exit(3);
}

static void one_vfork(int i)
{
    pid_t pid = vfork();
    if (pid == 0)
        fail_and_end(i);
    waitpid(pid, NULL, 0);
}

static void vforks(void)
{
    for (int i = 0; i < ROUNDS; i++)
        one_vfork(i);
}

// A file gets shorter and longer under those that have it mapped.
static void truncated(void)
{
    int fd = open(TEMPORARY, O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < ROUNDS && ftruncate(fd, FILE_BYTES) == 0; i++) {
        int kind = i % 2 ? MAP_SHARED : MAP_PRIVATE;
        volatile char *p = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, kind, fd, 0);
        pid_t pid = fork();
        if (pid == 0)
            for (int at = 0;; at = (at + 4096) % FILE_BYTES)
                p[at]++;
        if (ftruncate(fd, i % 3 * 4096) < 0 || pwrite(fd, "abc", 3, 60000) != 3)
            _exit(1);
        kill(pid, i % 4 ? SIGTERM : SIGKILL);
        waitpid(pid, NULL, 0);
        munmap((void *)p, FILE_BYTES);
    }
    unlink(TEMPORARY);
}

static void look_at(const char *path)
{
    char text[1000];
    struct stat status;
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
        readlink(path, text, sizeof text);
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    while (fd >= 0 && S_ISREG(status.st_mode) && read(fd, text, sizeof text) > 0)
        ;
    close(fd);
}

static void look_below(const char *path, int depth)
{
    DIR *directory = opendir(path);
    struct dirent *e;
    while (directory && (e = readdir(directory))) {
        char name[600];
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (e->d_name[0] != '.' && e->d_type == DT_DIR && depth < 4)
            look_below(name, depth + 1);
        else if (e->d_name[0] != '.')
            look_at(name);
    }
    if (directory)
        closedir(directory);
}

// All of /proc is read while processes come and go.
static void dying(void)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;) {
            pid_t child = fork();
            if (child == 0) {
                execl("/bin/true", "true", (char *)NULL);
                _exit(1);
            }
            waitpid(-1, NULL, 0);
        }
    for (int i = 0; i < 5; i++)
        look_below("/proc", 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {{"signals", signals},
             {"sent_for_ever", sent_for_ever},
             {"vforks", vforks},
             {"truncated", truncated},
             {"dying", dying}};

static int run_case(void (*run)(void))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        if (setgid(1000) < 0 || setuid(1000) < 0)
            _exit(99);
        alarm(DEADLINE_S);
        run();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    kill(-pid, SIGKILL);
    printf("%s %d\n", WIFSIGNALED(status) ? "signal" : "exit",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return 0;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(cases[i].name, argv[1]) == 0)
            return run_case(cases[i].run);
    return 2;
}

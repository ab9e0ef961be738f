// Processes of many threads, in the situations where their ends are hard:
//
//     threads CASE      prints what it saw; the shell that goes on and the runner's counters do
//                       the rest
#define _GNU_SOURCE // pipe2, syscall, tgkill
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "threads.h"

#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define WHOLE_TABLE 2000 // more threads than any table holds

// --- What is refused ---------------------------------------------------------------------------

static void flags(void)
{
    static const unsigned long bad[] = {
        CLONE_THREAD,
        CLONE_SIGHAND,
        CLONE_THREAD | CLONE_VM,
        CLONE_THREAD | CLONE_SIGHAND,
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (syscall(SYS_clone, bad[i], 0, 0, 0, 0) != -1 || errno != EINVAL)
            printf("flags %lx: no EINVAL\n", bad[i]);
    puts("refused");
}

// As many threads as there can be, by an ordinary user; the others still can fork.
static void bomb(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        int n = 0;
        setuid(1000);
        while (n < WHOLE_TABLE && !start(&thread, wait_for_good, NULL))
            n++;
        _exit(n >= 10 && n < WHOLE_TABLE ? 7 : 1);
    }
    show_end(pid);
}

static void bomb_by_root(void)
{
    int full[2];
    char line[5];
    if (pipe(full))
        return;
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        while (!start(&thread, wait_for_good, NULL))
            ;
        write(full[1], "full\n", 5);
        pause();
    }
    write(1, line, (size_t)read(full[0], line, sizeof line));
    pid_t other = fork();
    if (other == 0)
        _exit(3);
    show_end(other);
    kill(pid, SIGKILL);
    show_end(pid);
}

// --- Ends in the middle of everything ------------------------------------------------------------

static int pipe_end[2];
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void *in_read(void *arg)
{
    char c;
    read(pipe_end[0], &c, 1);
    return arg;
}

static void *in_poll(void *arg)
{
    struct pollfd p = {pipe_end[0], POLLIN, 0};
    poll(&p, 1, -1);
    return arg;
}

static void *in_lock(void *arg)
{
    pthread_mutex_lock(&held);
    return arg;
}

static void *in_sigwait(void *arg)
{
    sigset_t set;
    int number;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sigwait(&set, &number);
    return arg;
}

static void *in_wait(void *arg)
{
    waitpid(-1, NULL, 0);
    return arg;
}

static void *in_loop(void *arg)
{
    for (;;)
        sched_yield();
    return arg;
}

static void *in_vfork(void *arg)
{
    if (vfork() == 0) {
        nap(50);
        _exit(0);
    }
    return arg;
}

// Threads in every kind of wait, and a child that they wait for.
static void crowd(void)
{
    static void *(*const waits[])(void *) = {in_read, in_poll,  in_lock, in_sigwait,
                                             in_wait, in_sleep, in_loop, in_vfork};
    pipe2(pipe_end, 0);
    pthread_mutex_lock(&held);
    if (fork() == 0)
        wait_for_good(NULL);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        start_or_end(waits[i], NULL);
    nap(20);
}

static void killed(void)
{
    for (int i = 0; i < 10; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            setpgid(0, 0);
            crowd();
            kill(0, i % 2 ? SIGKILL : SIGTERM);
            wait_for_good(NULL);
        }
        show_end(pid);
    }
}

static void *exec_echo(void *arg)
{
    execl("/bin/echo", "echo", (char *)arg, (char *)NULL);
    return NULL;
}

static void executed(void)
{
    for (int i = 0; i < 4; i++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            setpgid(0, 0);
            crowd();
            if (i == 3)
                exec_echo("by the leader");
            start_or_end(exec_echo, i ? "by another" : "without the leader");
            if (i == 0)
                syscall(SYS_exit, 0);
            wait_for_good(NULL);
        }
        show_end(pid);
        kill(-pid, SIGKILL); // what crowd() has forked
    }
}

// Every thread but one ends by itself, the leader first.
static void *end_soon(void *arg)
{
    nap((long)(intptr_t)arg);
    return NULL;
}

static void one_by_one(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 30; i++)
            start_or_end(end_soon, (void *)(intptr_t)(i * 3));
        syscall(SYS_exit, 9);
    }
    show_end(pid);
}

// --- What concerns all  ------------------------------------------------------------------

static void *tell_user(void *arg)
{
    (void)arg;
    nap(30);
    return (void *)(intptr_t)getuid();
}

static void users(void)
{
    pthread_t thread[3];
    void *user;
    for (int i = 0; i < 3; i++)
        start(&thread[i], tell_user, NULL);
    printf("%d", setuid(1000));
    for (int i = 0; i < 3; i++) {
        pthread_join(thread[i], &user);
        printf(" %ld", (long)(intptr_t)user);
    }
    puts("");
}

static void *fork_and_wait(void *arg)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(4);
    *(pid_t *)arg = pid;
    return NULL;
}

static void children(void)
{
    pid_t pid = 0;
    pthread_t thread;
    start(&thread, fork_and_wait, &pid);
    pthread_join(thread, NULL);
    show_end(pid);
    start(&thread, in_wait, NULL); // joined, or it might take system's child
    pthread_join(thread, NULL);
    printf("system: %d\n", WEXITSTATUS(system("exit 6")));
}

// A fork turns the page with the joiner's word into a copy on write.
static void *fork_often(void *arg)
{
    for (int i = 0; i < 5; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        nap(5);
        waitpid(pid, NULL, 0);
    }
    return arg;
}

static void joined_across_fork(void)
{
    pthread_t sleeper, forker;
    start(&sleeper, end_soon, (void *)60);
    start(&forker, fork_often, NULL);
    pthread_join(sleeper, NULL);
    pthread_join(forker, NULL);
    puts("joined");
}

static int tasks(void)
{
    DIR *dir = opendir("/proc/self/task");
    int n = 0;
    for (struct dirent *e; dir && (e = readdir(dir));)
        n += e->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

static int threads_told(void)
{
    char line[200];
    int n = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "Threads: %d", &n);
    if (f)
        fclose(f);
    return n;
}

static void *open_own_descriptor(void *arg)
{
    int fd = open("/dev/null", O_RDONLY);
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    printf("own descriptor: %d\n", open(path, O_RDONLY) >= 0);
    return arg;
}

static void told(void)
{
    pthread_t thread;
    printf("%d %d\n", tasks(), threads_told());
    for (int i = 0; i < 4; i++)
        start_or_end(wait_for_good, NULL);
    printf("%d %d\n", tasks(), threads_told());
    start(&thread, open_own_descriptor, NULL);
    pthread_join(thread, NULL);
    while (tasks() > 5)
        nap(1);
    printf("%d %d\n", tasks(), threads_told());
}

static void many(void)
{
    pthread_t thread[100];
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 100; i++)
            if (start(&thread[i], end_soon, (void *)(intptr_t)(i % 3)))
                puts("no thread");
        for (int i = 0; i < 100; i++)
            pthread_join(thread[i], NULL);
    }
    puts("1000 came and went");
}

static const struct thread_case cases[] = {
    {"flags", flags},   {"bomb", bomb},         {"bomb_by_root", bomb_by_root},
    {"killed", killed}, {"executed", executed}, {"one_by_one", one_by_one},
    {"users", users},   {"children", children}, {"joined_across_fork", joined_across_fork},
    {"told", told},     {"many", many},         {NULL, NULL},
};

int main(int argc, char **argv)
{
    return run_case(cases, argc, argv);
}

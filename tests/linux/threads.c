// Threads of one process: what they share, how they end, signals to one of them or to all.
#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <stdio.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static volatile long counter;

static pthread_t start(void *(*f)(void *), void *arg)
{
    pthread_t thread;
    errno = pthread_create(&thread, NULL, f, arg);
    if (errno)
        give_up("pthread_create");
    return thread;
}

static void *look_around(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char c = 0;
    say("same pid %d, own tid %d", getpid() == getpgrp(), gettid() != getpid());
    show("descriptor of the other", pread(fd, &c, 1, 0));
    close(fd);
    chdir("/");
    umask(077);
    return (void *)42;
}

static void what_they_share(void)
{
    void *result = NULL;
    char path[100], c;
    int fd = make_file("f", "text");
    pthread_t thread = start(look_around, (void *)(intptr_t)fd);
    pthread_join(thread, &result);
    show("result", (long)result);
    show("its close is everybody's", read(fd, &c, 1));
    say("its directory too: %s", getcwd(path, sizeof path));
    say("and its umask 0%o", umask(0));
}

static void *count_up(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&mutex);
        counter = counter + 1;
        if (i % 100 == 0)
            sched_yield();
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void a_mutex(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = start(count_up, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    show("4 x 2000", counter);
}

static void *hand_over(void *arg)
{
    long odd = (long)arg;
    pthread_mutex_lock(&mutex);
    while (counter < 200) {
        if (counter % 2 == odd) {
            counter = counter + 1;
            pthread_cond_broadcast(&condition);
        } else {
            pthread_cond_wait(&condition, &mutex);
        }
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void a_condition(void)
{
    pthread_t a = start(hand_over, (void *)0), b = start(hand_over, (void *)1);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    show("turns", counter);
}

static void a_condition_with_time(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec -= 1;
    pthread_mutex_lock(&mutex);
    errno = pthread_cond_timedwait(&condition, &mutex, &until);
    say("in the past: %s", rc(-1));
}

static void *sleep_for_ever(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void exit_ends_all(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        start(sleep_for_ever, NULL);
        start(sleep_for_ever, NULL);
        _exit(5);
    }
    show_child("exit_group", pid);
    pid = fork_test();
    if (pid == 0) {
        start(sleep_for_ever, NULL);
        raise(SIGTERM);
    }
    show_child("a signal", pid);
}

static void *exit_later(void *arg)
{
    sleep_ms(50);
    _exit((int)(intptr_t)arg);
}

static void leader_may_end_first(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        start(exit_later, (void *)6);
        syscall(SYS_exit, 1);
    }
    show_child("the last one decides", pid);
}

static char state_of(pid_t pid)
{
    char path[40], text[200] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY);
    read(fd, text, sizeof text - 1);
    close(fd);
    char *end = strrchr(text, ')');
    return end ? end[2] : '?';
}

static void leader_that_ended_first_is_a_zombie(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        start(sleep_for_ever, NULL);
        syscall(SYS_exit, 1);
    }
    while (state_of(pid) != 'Z')
        sleep_ms(5);
    show("nobody can wait for it", waitpid(pid, NULL, WNOHANG));
    kill(pid, SIGKILL);
    show_child("until all have ended", pid);
}

static void *exec_away(void *arg)
{
    execl(self_path, "x", "--helper", "process", (const char *)arg, "0", (char *)NULL);
    return NULL;
}

static void exec_of_one_ends_the_others(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        char text[16] = {0};
        for (int n = getpid(), i = 14; n > 0; n /= 10)
            text[i--] = (char)('0' + n % 10);
        char *first = text;
        while (!*first)
            first++;
        start(sleep_for_ever, NULL);
        pthread_join(start(exec_away, first), NULL);
        _exit(99);
    }
    show_child("and it has the leader's pid", pid);
}

static volatile pid_t handled_by;

static void who(int number)
{
    (void)number;
    handled_by = gettid();
}

static void *block_all(void *arg)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    *(volatile pid_t *)arg = gettid();
    return sleep_for_ever(arg);
}

static void signals_to_one_or_any(void)
{
    volatile pid_t tid = 0;
    sigset_t pending;
    handle(SIGUSR1, who, 0);
    start(block_all, (void *)&tid);
    while (!tid)
        sleep_ms(5);
    kill(getpid(), SIGUSR1);
    for (int i = 0; i < 400 && !handled_by; i++)
        sleep_ms(5);
    say("to the process: by who does not block %d", handled_by == getpid());
    handled_by = 0;
    syscall(SYS_tgkill, getpid(), tid, SIGUSR1);
    sleep_ms(30);
    sigpending(&pending);
    say("to the one that blocks: waits %d, is pending here %d", handled_by == 0,
        sigismember(&pending, SIGUSR1));
}

static void fork_copies_one(void)
{
    start(sleep_for_ever, NULL);
    pid_t pid = fork_test();
    if (pid == 0) {
        say("child: tid is pid %d", gettid() == getpid());
        pthread_join(start(count_up, NULL), NULL);
        _exit(counter == 2000 ? 0 : 1);
    }
    show_child("child", pid);
}

static void *own_errno(void *arg)
{
    errno = 7;
    return arg;
}

static void thread_local_memory(void)
{
    errno = 3;
    pthread_t thread = start(own_errno, NULL);
    errno = 3;
    pthread_join(thread, NULL);
    show("errno", errno);
}

static void many_threads(void)
{
    pthread_t threads[20];
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 20; i++)
            threads[i] = start(own_errno, NULL);
        for (int i = 0; i < 20; i++)
            pthread_join(threads[i], NULL);
    }
    say("100 came and went");
}

const struct test tests_threads[] = {
    {"what_they_share", what_they_share},
    {"a_mutex", a_mutex},
    {"a_condition", a_condition},
    {"a_condition_with_time", a_condition_with_time},
    {"exit_ends_all", exit_ends_all},
    {"leader_may_end_first", leader_may_end_first},
    {"leader_that_ended_first_is_a_zombie", leader_that_ended_first_is_a_zombie},
    {"exec_of_one_ends_the_others", exec_of_one_ends_the_others},
    {"signals_to_one_or_any", signals_to_one_or_any},
    {"fork_copies_one", fork_copies_one},
    {"thread_local_memory", thread_local_memory},
    {"many_threads", many_threads},
    {NULL, NULL},
};

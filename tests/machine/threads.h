// What the programs with many threads share: how threads begin, wait and end, and their cases.
#pragma once
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK_BYTES 65536

struct thread_case {
    const char *name;
    void (*run)(void);
};

static inline void nap(long ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static inline int start(pthread_t *thread, void *(*f)(void *), void *arg)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_BYTES);
    return pthread_create(thread, &small, f, arg);
}

static inline void start_or_end(void *(*f)(void *), void *arg)
{
    pthread_t thread;
    if (start(&thread, f, arg)) {
        puts("no thread");
        exit(1);
    }
}

static inline void *wait_for_good(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static inline void show_end(pid_t pid)
{
    int status = 0;
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        printf("signal %d\n", WTERMSIG(status));
    else
        printf("exit %d\n", WEXITSTATUS(status));
}

static inline void *in_sleep(void *arg)
{
    nap(1000000);
    return arg;
}

// Runs the case that the arguments name; the table ends with a case without a name.
static inline int run_case(const struct thread_case *c, int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (; argc == 2 && c->name; c++)
        if (strcmp(argv[1], c->name) == 0) {
            c->run();
            return 0;
        }
    return 2;
}

// From one thread to another: futexes between two threads, sched_yield between two processes.
#define _GNU_SOURCE // clone
#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include "bench.h"
#include "calls.h"

// --- Futexes: a turn is a word that is 1 for whoever waits for it ---

enum { FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129 };

static volatile int turn, answer, quit, thread_id;
static char thread_stack[16384] __attribute__((aligned(16)));

static void take(volatile int *word)
{
    while (!__atomic_load_n(word, __ATOMIC_ACQUIRE))
        CALL(futex, (long)word, FUTEX_WAIT_PRIVATE, 0);
    *word = 0;
}

static void give(volatile int *word)
{
    __atomic_store_n(word, 1, __ATOMIC_RELEASE);
    CALL(futex, (long)word, FUTEX_WAKE_PRIVATE, 1);
}

static int answer_turns(void *unused)
{
    (void)unused;
    for (take(&turn); !quit; take(&turn))
        give(&answer);
    CALL(exit, 0);
    return 0;
}

static int start_thread(void)
{
    const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD
                      | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
    turn = answer = quit = 0;
    thread_id = 1;
    int result =
        clone(answer_turns, thread_stack + sizeof thread_stack, flags, 0, 0, 0, &thread_id);
    return result < 0 ? -errno : 0;
}

static double take_turns(long n)
{
    for (long i = 0; i < n; i++) {
        give(&turn);
        take(&answer);
    }
    return n;
}

static void stop_thread(void)
{
    int id;
    quit = 1;
    give(&turn);
    while ((id = thread_id) != 0)
        CALL(futex, (long)&thread_id, 0, id);
}

// --- sched_yield: what counts is a switch that was seen, not a call. Each process leaves its mark
// in a page that both have; where the parent finds the child's, two switches have happened. ---

static struct shared {
    volatile long child_was_here, stop, yields;
} * shared;
static long child;

static void set_policy(long policy, int priority)
{
    CALL(sched_setscheduler, 0, policy, (long)&priority);
}

static void yield_for_ever(void)
{
    while (!shared->stop) {
        shared->child_was_here = 1;
        shared->yields++;
        CALL(sched_yield);
    }
    do_exit(0);
}

static int start_yielder(int policy)
{
    const int shared_anonymous = 0x21, priority = 1;
    long page = CALL(mmap, 0, PAGE, 3, shared_anonymous, -1, 0);
    if (is_error(page))
        return page;
    shared = (struct shared *)page;
    long error = policy ? CALL(sched_setscheduler, 0, policy, (long)&priority) : 0;
    if (error < 0)
        return error;
    child = do_fork();
    if (child == 0)
        yield_for_ever();
    if (child < 0)
        set_policy(SCHED_OTHER, 0);
    return child < 0 ? child : 0;
}

static int start_other(void)
{
    return start_yielder(SCHED_OTHER);
}

static int start_fifo(void)
{
    return start_yielder(SCHED_FIFO);
}

static double yield_often(long n)
{
    long switches = 0, yields = shared->yields;
    for (long i = 0; i < n; i++) {
        CALL(sched_yield);
        if (shared->child_was_here) {
            shared->child_was_here = 0;
            switches += 2;
        }
    }
    check(switches > 0);
    if (switches == 0)
        return 1;
    yields = n + shared->yields - yields;
    snprintf(note, sizeof note, "%.2f yields per switch", (double)yields / switches);
    return switches;
}

static void stop_yielder(void)
{
    int status;
    shared->stop = 1;
    do_wait(child, &status);
    set_policy(SCHED_OTHER, 0);
    CALL(munmap, (long)shared, PAGE);
}

const struct test switch_tests[] = {
    {"futex", "round trip, 2 threads", 1000, 15, start_thread, take_turns, stop_thread},
    {"yield", "switch, 2 processes", 4000, 15, start_other, yield_often, stop_yielder},
    {"yieldfifo", "switch, SCHED_FIFO", 4000, 15, start_fifo, yield_often, stop_yielder},
    {0},
};

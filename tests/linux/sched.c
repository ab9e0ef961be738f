// Priorities, affinity, yielding.
#include "test.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int priority(int which, int who)
{
    errno = 0;
    int result = getpriority(which, who);
    return errno ? -1 : result;
}

static void nice_values(void)
{
    show("at first", priority(PRIO_PROCESS, 0));
    show("set 5", setpriority(PRIO_PROCESS, 0, 5));
    show("now", priority(PRIO_PROCESS, 0));
    show("raw", syscall(SYS_getpriority, PRIO_PROCESS, 0));
    show("too high", setpriority(PRIO_PROCESS, 0, 100));
    show("is cut", priority(PRIO_PROCESS, 0));
    show("root may go back", setpriority(PRIO_PROCESS, 0, 0));
    show("bad kind", setpriority(9, 0, 0));
    show("nobody", setpriority(PRIO_PROCESS, 99999999, 0));
    show("nobody's", syscall(SYS_getpriority, PRIO_PROCESS, 99999999));
    setpriority(PRIO_PROCESS, 0, 7);
    pid_t pid = fork_test();
    if (pid == 0) {
        show("inherited", priority(PRIO_PROCESS, 0));
        _exit(0);
    }
    show_child("child", pid);
}

static void as_ordinary_user(void)
{
    show("lower", setpriority(PRIO_PROCESS, 0, 5));
    show("higher", setpriority(PRIO_PROCESS, 0, 0));
    show("another's", setpriority(PRIO_PROCESS, 1, 5));
}

static void of_users(void)
{
    as_user(as_ordinary_user);
}

static void affinity(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    long n = syscall(SYS_sched_getaffinity, 0, sizeof set, &set);
    say("multiple of 8: %d, at least one: %d", n > 0 && n % 8 == 0, CPU_COUNT(&set) >= 1);
    show("too small", syscall(SYS_sched_getaffinity, 0, 1, &set));
    show("nobody", syscall(SYS_sched_getaffinity, 99999999, sizeof set, &set));
    show("set to the same", sched_setaffinity(0, sizeof set, &set));
    CPU_ZERO(&set);
    show("set to none", sched_setaffinity(0, sizeof set, &set));
    say("processors %d", sysconf(_SC_NPROCESSORS_ONLN) >= 1);
}

static void yielding(void)
{
    int wrong = 0;
    pid_t pid = fork_test();
    for (int i = 0; i < 100; i++)
        wrong += sched_yield() != 0;
    if (pid == 0)
        _exit(wrong);
    show_child("child", pid);
    show("wrong", wrong);
}

static void policy(void)
{
    struct sched_param param = {.sched_priority = 9};
    show("policy", sched_getscheduler(0));
    show("parameters", sched_getparam(0, &param));
    show("priority", param.sched_priority);
    show("nobody", sched_getscheduler(99999999));
}

static void policy_shown(void)
{
    struct sched_param param = {.sched_priority = -1};
    int policy = sched_getscheduler(0);
    sched_getparam(0, &param);
    say("policy %d, priority %d", policy, param.sched_priority);
}

static int policy_set(int policy, int priority)
{
    struct sched_param param = {.sched_priority = priority};
    return syscall(SYS_sched_setscheduler, 0, policy, &param);
}

static void real_time(void)
{
    struct sched_param twenty = {.sched_priority = 20};
    show("fifo", policy_set(SCHED_FIFO, 10));
    policy_shown();
    show("priority 20", syscall(SYS_sched_setparam, 0, &twenty));
    policy_shown();
    pid_t pid = fork_test();
    if (pid == 0) {
        policy_shown();
        _exit(0);
    }
    show_child("child", pid);
    show("round robin", policy_set(SCHED_RR, 99));
    policy_shown();
    show("too high", policy_set(SCHED_RR, 100));
    show("none", policy_set(SCHED_FIFO, 0));
    show("unknown", policy_set(77, 1));
    show("other with priority", policy_set(SCHED_OTHER, 1));
    show("other", policy_set(SCHED_OTHER, 0));
    policy_shown();
    show("highest", sched_get_priority_max(SCHED_FIFO));
    show("lowest", sched_get_priority_min(SCHED_FIFO));
}

static void real_time_of_a_user(void)
{
    show("fifo", policy_set(SCHED_FIFO, 1));
    show("batch", policy_set(SCHED_BATCH, 0));
    policy_shown();
}

static void real_time_is_roots(void)
{
    as_user(real_time_of_a_user);
}

const struct test tests_sched[] = {
    {"nice_values", nice_values},
    {"of_users", of_users},
    {"affinity", affinity},
    {"yielding", yielding},
    {"policy", policy},
    {"real_time", real_time},
    {"real_time_is_roots", real_time_is_roots},
    {NULL, NULL},
};

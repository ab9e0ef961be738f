// Resource limits and usage.
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void get_and_set(void)
{
    struct rlimit limit = {100, 200}, old;
    show("set", setrlimit(RLIMIT_NOFILE, &limit));
    getrlimit(RLIMIT_NOFILE, &old);
    say("soft %ld hard %ld", (long)old.rlim_cur, (long)old.rlim_max);
    limit.rlim_cur = 300;
    show("soft above hard", setrlimit(RLIMIT_NOFILE, &limit));
    show("unknown", getrlimit(99, &old));
    show("prlimit of itself", prlimit(0, RLIMIT_NOFILE, NULL, &old));
    show("of its pid", prlimit(getpid(), RLIMIT_NOFILE, NULL, &old));
    show("of nobody", prlimit(99999999, RLIMIT_NOFILE, NULL, &old));
    pid_t pid = fork_test();
    if (pid == 0) {
        getrlimit(RLIMIT_NOFILE, &old);
        say("inherited: soft %ld hard %ld", (long)old.rlim_cur, (long)old.rlim_max);
        _exit(0);
    }
    show_child("child", pid);
}

static void as_ordinary_user(void)
{
    struct rlimit limit = {50, 100};
    show("lower", setrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_max = 200;
    show("hard higher", setrlimit(RLIMIT_NOFILE, &limit));
    limit = (struct rlimit){100, 100};
    show("soft up to hard", setrlimit(RLIMIT_NOFILE, &limit));
    struct rlimit old;
    show("another's", prlimit(1, RLIMIT_NOFILE, NULL, &old));
}

static void raising(void)
{
    as_user(as_ordinary_user);
}

static void stack_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_STACK, &limit);
    say("soft %ld KiB", (long)limit.rlim_cur / 1024);
}

static void file_size(void)
{
    struct rlimit limit = {10, RLIM_INFINITY};
    int fd = make_file("f", "");
    handle(SIGXFSZ, note, 0);
    setrlimit(RLIMIT_FSIZE, &limit);
    show("up to the limit", write(fd, "0123456789abc", 13));
    show("at the limit", write(fd, "x", 1));
    say("%s", notes ? signal_text(noted) : "no signal");
    show("truncate beyond", ftruncate(fd, 11));
    show("handled", notes);
    pid_t pid = fork_test();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_DFL);
        write(fd, "x", 1);
        _exit(0);
    }
    show_child("by default", pid);
}

static void cpu_seconds(void)
{
    struct rlimit limit = {1, 5};
    pid_t pid = fork_test();
    if (pid == 0) {
        setrlimit(RLIMIT_CPU, &limit);
        for (;;)
            continue;
    }
    show_child("one second of computing", pid);
}

static void in_few_processes(void)
{
    struct rlimit limit = {1, 1};
    setrlimit(RLIMIT_NPROC, &limit);
    show("fork", fork());
}

static void processes(void)
{
    as_user(in_few_processes);
}

static void usage(void)
{
    struct rusage usage;
    show("self", getrusage(RUSAGE_SELF, &usage));
    say("times are sane %d", usage.ru_utime.tv_sec < 60 && usage.ru_utime.tv_usec < 1000000);
    say("memory %d", usage.ru_maxrss > 0);
    show("children", getrusage(RUSAGE_CHILDREN, &usage));
    say("none yet %d", usage.ru_utime.tv_sec == 0 && usage.ru_utime.tv_usec == 0);
    show("bad", getrusage(7, &usage));
    pid_t pid = fork_test();
    if (pid == 0) {
        long start = now_ms();
        while (now_ms() - start < 100)
            continue;
        _exit(0);
    }
    show_child("child", pid);
    getrusage(RUSAGE_CHILDREN, &usage);
    say("its time is added %d", usage.ru_utime.tv_usec + usage.ru_stime.tv_usec > 10000);
}

const struct test tests_limits[] = {
    {"get_and_set", get_and_set},
    {"raising", raising},
    {"stack_limit", stack_limit},
    {"file_size", file_size},
    {"cpu_seconds", cpu_seconds},
    {"processes", processes},
    {"usage", usage},
    {NULL, NULL},
};

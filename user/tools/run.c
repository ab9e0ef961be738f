// nice time timeout setsid su: run another program under other circumstances.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "signame.h"
#include "tool.h"
#include "tools.h"

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static pid_t start(char **argv)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        tool_exec(argv);
    if (pid < 0)
        exit(tool_error("fork"));
    return pid;
}

int nice_main(int argc, char **argv)
{
    int opt, by = 10;
    while ((opt = getopt(argc, argv, "+n:")) != -1) {
        if (opt == '?')
            return 125;
        by = (int)tool_number(optarg);
    }
    errno = 0;
    if (optind == argc) {
        printf("%d\n", getpriority(PRIO_PROCESS, 0));
        return 0;
    }
    if (nice(by) == -1 && errno)
        tool_error("nice");
    tool_exec(argv + optind);
}

static void put_time(const char *name, double seconds)
{
    fprintf(stderr, "%s %.2f\n", name, seconds);
}

int time_main(int argc, char **argv)
{
    struct timespec a, b;
    struct rusage used;
    int status, i = argc > 1 && strcmp(argv[1], "-p") == 0 ? 2 : 1;
    if (i == argc)
        tool_usage("COMMAND [ARGUMENT]...");
    clock_gettime(CLOCK_MONOTONIC, &a);
    pid_t pid = start(argv + i);
    while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
        continue;
    clock_gettime(CLOCK_MONOTONIC, &b);
    put_time("real", (b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec) / 1e9);
    put_time("user", used.ru_utime.tv_sec + used.ru_utime.tv_usec / 1e6);
    put_time("sys", used.ru_stime.tv_sec + used.ru_stime.tv_usec / 1e6);
    return exit_status(status);
}

static volatile sig_atomic_t expired;
static pid_t child;
static int kill_signal = SIGTERM;

static void on_alarm(int sig)
{
    (void)sig;
    expired = 1;
    kill(child, kill_signal);
}

static double interval(const char *s)
{
    char *end;
    double v = strtod(s, &end);
    static const char units[] = "smhd";
    static const int factor[] = {1, 60, 3600, 86400};
    const char *unit = *end ? strchr(units, *end) : units;
    if (end == s || !unit || v < 0)
        tool_die("%.60s: invalid interval", s);
    return v * factor[unit - units];
}

static void set_alarm(double seconds)
{
    struct sigaction sa = {.sa_handler = on_alarm};
    struct timespec t = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    struct itimerspec it = {.it_value = t};
    timer_t timer;
    sigaction(SIGALRM, &sa, NULL);
    if (seconds > 0 && timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0)
        timer_settime(timer, 0, &it, NULL);
    else if (seconds > 0)
        alarm(seconds < 1 ? 1 : (unsigned)seconds);
}

int timeout_main(int argc, char **argv)
{
    int opt, status;
    while ((opt = getopt(argc, argv, "+s:k:")) != -1) {
        if (opt == '?')
            return 125;
        if (opt == 's')
            kill_signal = signal_number(optarg);
    }
    if (argc - optind < 2 || kill_signal < 0)
        tool_usage("[-s SIGNAL] SECONDS COMMAND [ARGUMENT]...");
    double seconds = interval(argv[optind]);
    child = start(argv + optind + 1);
    set_alarm(seconds);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (expired && kill_signal != SIGKILL)
        return 124;
    return exit_status(status);
}

int setsid_main(int argc, char **argv)
{
    if (argc < 2)
        tool_usage("COMMAND [ARGUMENT]...");
    if (getpgrp() == getpid()) {
        pid_t pid = fork(); // the leader of a group cannot start a session
        if (pid < 0)
            return tool_error("fork");
        if (pid > 0)
            return 0;
    }
    if (setsid() < 0)
        return tool_error("setsid");
    tool_exec(argv + 1);
}

// A program of that user finds himself at home.
static void become(uid_t uid)
{
    char name[32], home[256];
    user_name(uid, name);
    if (setgroups(0, NULL) < 0 || setgid(uid) < 0 || setuid(uid) < 0)
        exit(tool_error(name));
    setenv("HOME", user_home(uid, home, sizeof home), 1);
    setenv("USER", name, 1);
    setenv("LOGNAME", name, 1);
}

// su [-] [-c COMMAND] [USER]
int su_main(int argc, char **argv)
{
    char *args[] = {"/bin/sh", NULL, NULL, NULL};
    uid_t uid = 0;
    int opt;
    while ((opt = getopt(argc, argv, "c:")) != -1) {
        if (opt == '?')
            return 2;
        args[1] = "-c";
        args[2] = optarg;
    }
    bool login = optind < argc && strcmp(argv[optind], "-") == 0;
    optind += login;
    if (argc - optind > 1)
        tool_usage("[-] [-c COMMAND] [USER]");
    if (optind < argc && !user_number(argv[optind], &uid))
        tool_die("no user %.60s", argv[optind]);
    become(uid);
    if (login && chdir(getenv("HOME")) < 0)
        tool_error(getenv("HOME"));
    tool_exec(args);
}

// Waiting for signals: sigsuspend, sigtimedwait, pause, alarm and timers.
#include "test.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void block(int number, sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, number);
    sigprocmask(SIG_BLOCK, set, NULL);
}

static void kill_parent_soon(int number)
{
    if (fork_test() == 0) {
        sleep_ms(100);
        _exit(kill(getppid(), number) < 0);
    }
}

static void suspend(void)
{
    sigset_t user, none, now;
    sigemptyset(&none);
    block(SIGUSR1, &user);
    handle(SIGUSR1, note, SA_RESTART);
    raise(SIGUSR1);
    show("pending", sigsuspend(&none));
    show("handled", notes);
    kill_parent_soon(SIGUSR1);
    show("waits", sigsuspend(&none));
    show("handled", notes);
    sigprocmask(SIG_BLOCK, NULL, &now);
    show("blocked again", sigismember(&now, SIGUSR1));
    show("bad size", syscall(SYS_rt_sigsuspend, &none, 4));
}

static void suspend_skips_ignored(void)
{
    sigset_t none;
    sigemptyset(&none);
    handle(SIGALRM, note, 0);
    signal(SIGUSR2, SIG_IGN);
    kill_parent_soon(SIGUSR2);
    ualarm(400000, 400000);
    show("woken by the alarm alone", sigsuspend(&none));
    say("%s", signal_text(noted));
}

static void paused(void)
{
    handle(SIGUSR1, note, SA_RESTART);
    kill_parent_soon(SIGUSR1);
    show("pause", pause());
    show("handled", notes);
}

static void timed(void)
{
    sigset_t user;
    siginfo_t info;
    struct timespec soon = {0, 50000000}, now = {0, 0}, bad = {0, -1};
    block(SIGUSR1, &user);
    handle(SIGUSR1, note, 0);
    long before = now_ms();
    show("nothing comes", sigtimedwait(&user, &info, &soon));
    say("it took long enough: %d", now_ms() - before >= 50);
    show("at once", sigtimedwait(&user, &info, &now));
    show("bad time", sigtimedwait(&user, &info, &bad));
    raise(SIGUSR1);
    say("pending: %s", signal_text(sigtimedwait(&user, &info, &now)));
    say("code %d, from this process %d", info.si_code, info.si_pid == getpid());
    show("taken, not handled", notes);
    kill_parent_soon(SIGUSR1);
    soon.tv_sec = 20;
    say("it comes: %s", signal_text(sigtimedwait(&user, &info, &soon)));
    show("bad size", syscall(SYS_rt_sigtimedwait, &user, NULL, &now, 4));
}

static void interrupted_wait(void)
{
    sigset_t user;
    siginfo_t info;
    block(SIGUSR1, &user);
    handle(SIGALRM, note, SA_RESTART);
    ualarm(50000, 50000);
    show("another signal", sigwaitinfo(&user, &info));
    say("handled %d", notes > 0);
}

static void an_alarm(void)
{
    handle(SIGALRM, note, 0);
    alarm(0);
    show("none set", alarm(100));
    say("left %d", alarm(0) > 98);
    show("cancelled", alarm(0));
    long before = now_ms();
    alarm(1);
    pause();
    long took = now_ms() - before;
    say("came %s after a second: %d", signal_text(noted), took >= 990);
}

static void timers(void)
{
    struct itimerval once = {.it_value = {0, 50000}}, again = {{0, 20000}, {0, 20000}}, old;
    handle(SIGALRM, note, 0);
    alarm(0);
    show("setitimer", setitimer(ITIMER_REAL, &once, NULL));
    show("getitimer", getitimer(ITIMER_REAL, &old));
    say("running: %d", old.it_value.tv_usec > 0 && old.it_value.tv_usec <= 50000);
    pause();
    getitimer(ITIMER_REAL, &old);
    say("once: %d, left %ld", notes, (long)(old.it_value.tv_sec + old.it_value.tv_usec));
    setitimer(ITIMER_REAL, &again, NULL);
    while (notes < 4)
        pause();
    again = (struct itimerval){0};
    show("stop", setitimer(ITIMER_REAL, &again, &old));
    show("its interval was", old.it_interval.tv_usec);
    again.it_value.tv_usec = 1000000;
    show("bad microseconds", setitimer(ITIMER_REAL, &again, NULL));
    show("bad timer", setitimer(9, &once, NULL));
}

static void alarm_kills(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        ualarm(20000, 0);
        for (;;)
            continue;
    }
    show_child("a process that only computes", pid);
}

const struct test tests_sigwait[] = {
    {"suspend", suspend},
    {"suspend_skips_ignored", suspend_skips_ignored},
    {"paused", paused},
    {"timed", timed},
    {"interrupted_wait", interrupted_wait},
    {"an_alarm", an_alarm},
    {"timers", timers},
    {"alarm_kills", alarm_kills},
    {NULL, NULL},
};

// Calls that wait, and a signal that comes: EINTR, or the call goes on (SA_RESTART). A stop and a
// continue without a handler are never seen.
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A child that sends `first` to its parent after 50 ms, and 50 ms later writes a byte.
static pid_t disturber(int first, int out)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        sleep_ms(100);
        kill(getppid(), first);
        sleep_ms(100);
        if (out >= 0)
            write(out, "x", 1);
        _exit(4);
    }
    return pid;
}

static void reading(int flags)
{
    int ends[2];
    char c;
    make_pipe(ends);
    handle(SIGUSR1, note, flags);
    pid_t pid = disturber(SIGUSR1, ends[1]);
    show("read", read(ends[0], &c, 1));
    show("handled", notes);
    show_child("child", pid);
}

static void read_is_interrupted(void)
{
    reading(0);
}

static void read_is_restarted(void)
{
    reading(SA_RESTART);
}

static void ignored_signals_do_not_interrupt(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    signal(SIGUSR1, SIG_IGN);
    pid_t pid = disturber(SIGUSR1, ends[1]);
    show("ignored", read(ends[0], &c, 1));
    show_child("child", pid);
    signal(SIGWINCH, SIG_DFL);
    pid = disturber(SIGWINCH, ends[1]);
    show("ignored by default", read(ends[0], &c, 1));
    show_child("child", pid);
}

static void waiting(int flags)
{
    int status;
    handle(SIGUSR1, note, flags);
    pid_t pid = disturber(SIGUSR1, -1);
    show("waitpid", waitpid(pid, &status, 0) == pid ? 0 : -1);
    show("handled", notes);
    if (flags == 0)
        show_child("again", pid);
}

static void wait_is_interrupted(void)
{
    waiting(0);
}

static void wait_is_restarted(void)
{
    waiting(SA_RESTART);
}

static void partial_write(void)
{
    static char block[100000];
    int ends[2];
    make_pipe(ends);
    handle(SIGUSR1, note, SA_RESTART);
    pid_t pid = disturber(SIGUSR1, -1);
    show("what fitted, in spite of SA_RESTART", write(ends[1], block, sizeof block));
    show_child("child", pid);
    handle(SIGUSR1, note, 0);
    pid = disturber(SIGUSR1, -1);
    show("nothing fits", write(ends[1], block, 1));
    show_child("child", pid);
}

static void partial_read(void)
{
    char text[8];
    int ends[2];
    make_pipe(ends);
    write(ends[1], "abc", 3);
    show("a pipe gives what there is", read(ends[0], text, sizeof text));
}

static void sleep_is_interrupted(void)
{
    struct timespec request = {10, 0}, left = {0, 0};
    handle(SIGUSR1, note, SA_RESTART);
    pid_t pid = disturber(SIGUSR1, -1);
    show("nanosleep, in spite of SA_RESTART", nanosleep(&request, &left));
    say("left %d", left.tv_sec == 9 && left.tv_nsec > 0);
    show_child("child", pid);
    pid = disturber(SIGUSR1, -1);
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, &request, &left);
    say("clock_nanosleep: %s", error == EINTR ? "EINTR" : "another result");
    show_child("child", pid);
}

static void stop_is_not_seen(void)
{
    int ends[2], back[2], status;
    char c;
    make_pipe(ends);
    make_pipe(back);
    pid_t pid = fork_test();
    if (pid == 0) {
        struct timespec request = {0, 150000000}, left;
        show("nanosleep", nanosleep(&request, &left));
        show("read", read(ends[0], &c, 1));
        _exit(0);
    }
    for (int i = 0; i < 2; i++) {
        sleep_ms(50 + 400 * i);
        kill(pid, SIGSTOP);
        waitpid(pid, &status, WUNTRACED);
        say("%s", status_text(status));
        kill(pid, SIGCONT);
    }
    sleep_ms(100);
    write(ends[1], "x", 1);
    show_child("child", pid);
}

static void handler_of_continue(void)
{
    int ends[2], status;
    char c;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        handle(SIGCONT, note, 0);
        show("read", read(ends[0], &c, 1));
        show("handled", notes);
        _exit(0);
    }
    sleep_ms(100);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    kill(pid, SIGCONT);
    show_child("child", pid);
}

static void two_signals_at_once(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    handle(SIGUSR1, note, SA_RESTART);
    handle(SIGUSR2, note, 0);
    pid_t pid = fork_test();
    if (pid == 0) {
        sleep_ms(100);
        kill(getppid(), SIGUSR1);
        sleep_ms(100);
        kill(getppid(), SIGUSR2);
        _exit(0);
    }
    show("restarted by one, interrupted by the other", read(ends[0], &c, 1));
    show("handled", notes);
    show_child("child", pid);
}

const struct test tests_restart[] = {
    {"read_is_interrupted", read_is_interrupted},
    {"read_is_restarted", read_is_restarted},
    {"ignored_signals_do_not_interrupt", ignored_signals_do_not_interrupt},
    {"wait_is_interrupted", wait_is_interrupted},
    {"wait_is_restarted", wait_is_restarted},
    {"partial_write", partial_write},
    {"partial_read", partial_read},
    {"sleep_is_interrupted", sleep_is_interrupted},
    {"stop_is_not_seen", stop_is_not_seen},
    {"handler_of_continue", handler_of_continue},
    {"two_signals_at_once", two_signals_at_once},
    {NULL, NULL},
};

// What the tests share: saying what was seen, and small helpers (see test.h).
#include "test.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

volatile int notes, noted;

void say(const char *format, ...)
{
    char line[1024];
    int error = errno;
    int n = snprintf(line, sizeof line, "%s: ", current_test);
    va_list ap;
    va_start(ap, format);
    int m = vsnprintf(line + n, sizeof line - n - 1, format, ap);
    va_end(ap);
    n = n + m < (int)sizeof line - 1 ? n + m : (int)sizeof line - 2;
    line[n++] = '\n';
    if (write(1, line, n) != n)
        _exit(98);
    errno = error;
}

const char *rc(long result)
{
    static char texts[4][24];
    static int next;
    char *text = texts[next++ % 4];
    const char *name = result == -1 ? strerrorname_np(errno) : NULL;
    if (name)
        snprintf(text, sizeof texts[0], "%s", name);
    else
        snprintf(text, sizeof texts[0], "%ld", result);
    return text;
}

void show(const char *what, long result)
{
    say("%s: %s", what, rc(result));
}

const char *signal_text(int number)
{
    static char text[24];
    const char *name = sigabbrev_np(number);
    if (name)
        snprintf(text, sizeof text, "SIG%s", name);
    else
        snprintf(text, sizeof text, "signal %d", number);
    return text;
}

const char *status_text(int status)
{
    static char text[40];
    if (WIFEXITED(status))
        snprintf(text, sizeof text, "exit %d", WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "%s", signal_text(WTERMSIG(status)));
    else if (WIFSTOPPED(status))
        snprintf(text, sizeof text, "stopped %s", signal_text(WSTOPSIG(status)));
    else
        snprintf(text, sizeof text, WIFCONTINUED(status) ? "continued" : "status?");
    return text;
}

void show_child(const char *what, pid_t pid)
{
    int status;
    pid_t got;
    do
        got = waitpid(pid, &status, 0);
    while (got < 0 && errno == EINTR);
    say("%s: %s", what, got > 0 ? status_text(status) : rc(got));
}

pid_t fork_test(void)
{
    pid_t pid = fork();
    if (pid < 0)
        give_up("fork");
    return pid;
}

void give_up(const char *why)
{
    say("gives up: %s: %s", why, rc(-1));
    _exit(99);
}

int make_file(const char *path, const char *text)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    ssize_t len = strlen(text);
    if (fd < 0 || pwrite(fd, text, len, 0) != len)
        give_up(path);
    return fd;
}

void show_file(const char *what, const char *path)
{
    char text[61];
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : pread(fd, text, 60, 0);
    for (ssize_t i = 0; i < n; i++)
        if (text[i] == '\0')
            text[i] = '.';
    if (n >= 0)
        say("%s: \"%.*s\"", what, (int)n, text);
    else
        say("%s: %s", what, rc(-1));
    close(fd);
}

void make_pipe(int ends[2])
{
    if (pipe(ends) < 0)
        give_up("pipe");
}

void sleep_ms(int ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
}

long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void as_user(void (*f)(void))
{
    gid_t group = 1000;
    pid_t pid = fork_test();
    if (pid == 0) {
        if (setgroups(1, &group) < 0 || setgid(1000) < 0 || setuid(1000) < 0)
            give_up("becoming user 1000");
        f();
        _exit(0);
    }
    int status;
    if (waitpid(pid, &status, 0) != pid || status != 0)
        say("as user 1000: %s", status_text(status));
}

void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    if (sigaction(number, &action, NULL) < 0)
        give_up("sigaction");
}

void note(int number)
{
    notes++;
    noted = number;
}

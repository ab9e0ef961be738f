// Commands run for somebody outside the machine. The shell's standard output and standard error
// are pipes; what comes out of them goes to the console in frames (scripts/machine.py takes them
// apart):
//
//     \x01 letter length \n bytes        length in decimal
//
//     S  start: what was on the console before it does not count     (length 0)
//     O  standard output       E  standard error
//     X  the end; the bytes are the shell's status in decimal, 128 + n for signal n
//
// The end comes when the shell has ended and both pipes are closed. An orphan that keeps one open
// gets a grace.
#define _GNU_SOURCE // ppoll
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

enum { OUT, ERR, STREAMS };

#define GRACE_MS 2000
#define RUNNING (-1)

struct run {
    int console;
    struct pollfd pipe[STREAMS]; // fd is -1 once it is closed
    pid_t shell;
    int status;             // RUNNING, or as a shell would say it
    sigset_t while_waiting; // the signal mask in ppoll: SIGCHLD can come only there
};

static void raw(int console)
{
    struct termios mode;
    if (tcgetattr(console, &mode) < 0)
        return;
    cfmakeraw(&mode);
    tcsetattr(console, TCSANOW, &mode);
}

// A terminal that was started anew knows no descriptor from before.
static void console_again(struct run *run)
{
    pause_ms(PAUSE_MS);
    close(run->console);
    run->console = console_open();
    raw(run->console);
}

static void write_all(struct run *run, const char *bytes, size_t len)
{
    int tries = TRIES;
    while (len > 0) {
        ssize_t n = write(run->console, bytes, len);
        if (n < 0 && errno != EINTR && tries-- == 0)
            return;
        if (n < 0 && errno != EINTR)
            console_again(run);
        if (n > 0) {
            bytes += n;
            len -= n;
        }
    }
}

// One write for header and bytes together, as long as the terminal takes it.
static void send_frame(struct run *run, char letter, const char *bytes, size_t len)
{
    static char frame[16 + 4096];
    int header = snprintf(frame, sizeof frame, "\x01%c%zu\n", letter, len);
    memcpy(frame + header, bytes, len);
    write_all(run, frame, header + len);
}

static void drain(struct run *run, int stream)
{
    char bytes[4096];
    ssize_t n = read(run->pipe[stream].fd, bytes, sizeof bytes);
    if (n > 0)
        send_frame(run, stream == OUT ? 'O' : 'E', bytes, n);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        close(run->pipe[stream].fd);
        run->pipe[stream].fd = -1;
    }
}

static char *read_all(int fd)
{
    size_t len = 0, room = 0;
    char *text = NULL;
    ssize_t n = 0;
    do {
        len += n;
        if (room - len < 2) {
            char *more = realloc(text, room += 4096);
            if (!more)
                _exit(1);
            text = more;
        }
        n = read(fd, text + len, room - len - 1);
    } while (n > 0);
    text[len] = 0;
    return text;
}

static void become_shell(const char *commands, int out, int err, const sigset_t *mask)
{
    signal(SIGTERM, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    setsid();
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    dup2(out, 1);
    dup2(err, 2);
    if (null > 2)
        close(null);
    if (chdir("/root") == 0)
        execl(SHELL, "sh", "-c", commands, (char *)NULL);
    dprintf(2, "init: cannot start " SHELL ": %s\n", strerror(errno));
    _exit(127);
}

// EMFILE and the like at this point are a broken system: the status says so.
static void start(struct run *run, const char *commands)
{
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
        _exit(1);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    fcntl(err[0], F_SETFL, O_NONBLOCK);
    run->pipe[OUT] = (struct pollfd){.fd = out[0], .events = POLLIN};
    run->pipe[ERR] = (struct pollfd){.fd = err[0], .events = POLLIN};
    run->shell = fork();
    if (run->shell == 0)
        become_shell(commands, out[1], err[1], &run->while_waiting);
    run->status = run->shell < 0 ? 126 : RUNNING;
    close(out[1]);
    close(err[1]);
}

// Takes the status of everything that has ended; without WNOHANG, of at least one.
static void reap(struct run *run, int options)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, options)) > 0 || (pid < 0 && errno == EINTR)) {
        if (pid == run->shell)
            run->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        options = WNOHANG;
    }
    if (pid < 0 && run->status == RUNNING)
        run->status = 126; // no children, and yet never told: lost
}

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_open(const struct run *run)
{
    return run->pipe[OUT].fd >= 0 || run->pipe[ERR].fd >= 0;
}

// Waits for bytes, for the end of a child, or for the end of the grace (0: for ever).
static void wait_for_news(struct run *run, long deadline)
{
    long left = deadline ? deadline - now_ms() : 0;
    struct timespec timeout = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    int n =
        left < 0 ? 0 : ppoll(run->pipe, STREAMS, deadline ? &timeout : NULL, &run->while_waiting);
    bool blind = n < 0 && errno != EINTR; // nobody tells: look at both
    if (blind)
        pause_ms(PAUSE_MS);
    for (int stream = 0; (n > 0 || blind) && stream < STREAMS; stream++) {
        if (run->pipe[stream].fd >= 0 && (run->pipe[stream].revents || blind))
            drain(run, stream);
    }
    reap(run, WNOHANG);
}

static void on_child(int signal)
{
    (void)signal; // only to end ppoll
}

void exec_run(int commands)
{
    struct run run = {.console = console_open()};
    struct sigaction child = {.sa_handler = on_child};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &run.while_waiting);
    sigaction(SIGCHLD, &child, NULL);

    raw(run.console);
    send_frame(&run, 'S', "", 0);
    start(&run, read_all(commands));
    long deadline = 0;
    while (is_open(&run) && (!deadline || now_ms() < deadline)) {
        wait_for_news(&run, deadline);
        if (run.status != RUNNING && !deadline)
            deadline = now_ms() + GRACE_MS;
    }
    while (run.status == RUNNING)
        reap(&run, 0);
    char status[8];
    int len = snprintf(status, sizeof status, "%d", run.status);
    send_frame(&run, 'X', status, len);
    tcdrain(run.console);
}

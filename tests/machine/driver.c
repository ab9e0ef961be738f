// Runs the cases of one boot, each in a shell of its own, between markers on both output streams.
//
//     driver LIST     each line: NAME DEADLINE RUNS FILE
//
// A case with two runs is run once to warm up, its output before the mark; then once more, for
// good, between two looks at the counters in /proc/missive, each after a request to drop what
// caches hold.
// What the runner (boot.py) reads, one line each, always at the beginning of a line or after \x02:
//
//     \x02begin NAME        \x02end NAME STATUS
//     \x02kept NAME BEFORE; AFTER; CACHES BEFORE; CACHES AFTER
//
// CACHES is what the rest is kept for, and may differ: what comes next needs it.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNTERS "/proc/missive"
#define DEADLINE_PASSED 124

struct counters {
    char text[512];
    char caches[128]; // the rest, which is not compared
};

static void nap(long ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int queued(int fd, int request)
{
    int n = 0;
    return ioctl(fd, request, &n) == 0 ? n : 0;
}

// Process 1 takes what cases print from two pipes to the console, and what it waits for counts
// too: it sleeps with nothing left to do.
static bool init_waits(void)
{
    char text[200] = "";
    int console = open("/dev/console", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    int stat = open("/proc/1/stat", O_RDONLY | O_CLOEXEC);
    bool written = !queued(1, FIONREAD) && !queued(2, FIONREAD) && !queued(console, TIOCOUTQ);
    ssize_t n = read(stat, text, sizeof text - 1);
    char *end = n > 0 ? strrchr(text, ')') : NULL;
    close(stat);
    close(console);
    return written && end && strncmp(end, ") S", 3) == 0;
}

// Frames, threads, endpoints and sessions, on one line. Empty where the system does not tell.
static struct counters counters_read(void)
{
    struct counters c = {"", ""};
    for (int i = 0; i < 500 && !init_waits(); i++)
        nap(10);
    int fd = open(COUNTERS, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return c;
    if (write(fd, "drop", 4) < 0)
        dprintf(2, "driver: drop: %s\n", strerror(errno));
    close(fd);
    fd = open(COUNTERS, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, c.text, sizeof c.text - 1);
    close(fd);
    for (char *p = c.text; p < c.text + n; p++)
        if (*p == '\n')
            *p = p + 1 < c.text + n ? ',' : 0;
    char *cached = strstr(c.text, ",cached");
    if (cached) {
        *cached = 0;
        snprintf(c.caches, sizeof c.caches, "%s", cached + 1);
    }
    return c;
}

// The same, after whatever is still on its way out has gone: waits for `before` for a while, or,
// where that is empty, for two looks that agree.
static struct counters counters_settled(const struct counters *before)
{
    struct counters c = counters_read(), last = *before;
    for (int i = 0; i < 50 && strcmp(c.text, last.text); i++) {
        if (!before->text[0])
            last = c;
        nap(20);
        c = counters_read();
    }
    return c;
}

static void become_case(const char *file)
{
    setpgid(0, 0);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    close(null);
    if (chdir("/tmp") == 0)
        execl("/bin/sh", "sh", file, (char *)NULL);
    _exit(127);
}

// The status as a shell would say it.
static int run(const char *file, long deadline_s)
{
    pid_t pid = fork();
    if (pid == 0)
        become_case(file);
    if (pid < 0)
        return 126;
    long deadline = now_ms() + deadline_s * 1000;
    int status;
    for (long pause = 1; waitpid(pid, &status, WNOHANG) == 0; pause += pause < 20) {
        if (now_ms() > deadline) {
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
            return DEADLINE_PASSED;
        }
        nap(pause);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Without the C library's streams: they take a buffer from the heap, where the first mark would
// touch a new page between the two looks at the counters.
static void mark(const char *line)
{
    char text[1600];
    int len = snprintf(text, sizeof text, "\x02%s\n", line);
    for (int fd = 1; fd <= 2; fd++)
        if (write(fd, text, len) != len)
            _exit(1);
}

static void run_case(const char *name, long deadline_s, int runs, const char *file)
{
    char line[1500];
    struct counters before = {"", ""};
    if (runs > 1) {
        run(file, deadline_s);
        before = counters_settled(&before);
    }
    snprintf(line, sizeof line, "begin %s", name);
    mark(line);
    int status = run(file, deadline_s);
    snprintf(line, sizeof line, "end %s %d", name, status);
    mark(line);
    struct counters after = runs > 1 ? counters_settled(&before) : before;
    snprintf(line, sizeof line, "kept %s %s; %s; %s; %s", name, before.text, after.text,
             before.caches, after.caches);
    mark(line);
}

int main(int argc, char **argv)
{
    run_case("warm_up", 10, 2, "/dev/null"); // of this program itself: no case has that name
    FILE *list = fopen(argc > 1 ? argv[1] : "/test/list", "re");
    if (!list)
        return 1;
    char name[128], file[128];
    long deadline;
    int runs;
    while (fscanf(list, "%127s %ld %d %127s", name, &deadline, &runs, file) == 4)
        run_case(name, deadline, runs, file);
    return 0;
}

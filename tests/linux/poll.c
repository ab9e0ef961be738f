// poll: readiness, hang-up, time-outs, signals.
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void show_poll(const char *what, int fd, int events)
{
    struct pollfd p = {.fd = fd, .events = (short)events, .revents = 0x7777};
    int n = poll(&p, 1, 0);
    say("%s: %s:%s%s%s%s%s", what, rc(n), p.revents & POLLIN ? " IN" : "",
        p.revents & POLLOUT ? " OUT" : "", p.revents & POLLHUP ? " HUP" : "",
        p.revents & POLLERR ? " ERR" : "", p.revents & POLLNVAL ? " NVAL" : "");
}

static void pipe_states(void)
{
    static char block[65536];
    int ends[2];
    char c;
    make_pipe(ends);
    show_poll("empty, reader", ends[0], POLLIN);
    show_poll("empty, writer", ends[1], POLLOUT);
    show_poll("the wrong way round", ends[0], POLLOUT);
    write(ends[1], "x", 1);
    show_poll("one byte", ends[0], POLLIN);
    show_poll("not asked for", ends[0], 0);
    read(ends[0], &c, 1);
    write(ends[1], block, sizeof block);
    show_poll("full, writer", ends[1], POLLOUT);
    close(ends[1]);
    show_poll("writer gone, bytes left", ends[0], POLLIN);
    while (read(ends[0], block, sizeof block) > 0)
        continue;
    show_poll("writer gone", ends[0], POLLIN);
    show_poll("not asked for", ends[0], 0);
}

static void reader_gone(void)
{
    int ends[2];
    make_pipe(ends);
    close(ends[0]);
    show_poll("writer", ends[1], POLLOUT);
    show_poll("not asked for", ends[1], 0);
}

static void other_descriptors(void)
{
    int fd = make_file("f", "");
    show_poll("file", fd, POLLIN | POLLOUT);
    show_poll("directory", open(".", O_RDONLY), POLLIN);
    show_poll("/dev/null", open("/dev/null", O_RDWR), POLLIN | POLLOUT);
    show_poll("no descriptor", 77, POLLIN);
    show_poll("negative", -1, POLLIN);
}

static void time_outs(void)
{
    int ends[2];
    make_pipe(ends);
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    long before = now_ms();
    show("100 ms", poll(&p, 1, 100));
    say("it took long enough: %d", now_ms() - before >= 100);
    before = now_ms();
    show("nothing to watch", poll(NULL, 0, 50));
    say("it took long enough: %d", now_ms() - before >= 50);
    struct timespec bad = {0, 1000000000};
    show("bad nanoseconds", ppoll(&p, 1, &bad, NULL));
    bad = (struct timespec){-1, 0};
    show("negative", ppoll(&p, 1, &bad, NULL));
}

static void wakes_up(void)
{
    int ends[2];
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        sleep_ms(50);
        _exit(write(ends[1], "x", 1) != 1);
    }
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    show("poll", poll(&p, 1, -1));
    say("POLLIN: %d", p.revents == POLLIN);
    show_child("child", pid);
}

static void wakes_up_at_hang_up(void)
{
    int ends[2];
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        sleep_ms(50);
        _exit(0);
    }
    close(ends[1]);
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    show("poll", poll(&p, 1, -1));
    say("POLLHUP: %d", p.revents == POLLHUP);
    show_child("child", pid);
}

static void wakes_up_for_room(void)
{
    static char block[65536];
    int ends[2];
    make_pipe(ends);
    write(ends[1], block, sizeof block);
    pid_t pid = fork_test();
    if (pid == 0) {
        sleep_ms(50);
        _exit(read(ends[0], block, sizeof block) != sizeof block);
    }
    struct pollfd p = {.fd = ends[1], .events = POLLOUT};
    show("poll", poll(&p, 1, -1));
    say("POLLOUT: %d", p.revents == POLLOUT);
    show_child("child", pid);
}

static void many(void)
{
    struct pollfd p[8];
    int ends[2];
    for (int i = 0; i < 8; i++) {
        make_pipe(ends);
        p[i] = (struct pollfd){.fd = ends[0], .events = POLLIN};
        if (i % 3 == 0)
            write(ends[1], "x", 1);
    }
    p[7].fd = -1;
    show("ready", poll(p, 8, -1));
    for (int i = 0; i < 8; i++)
        say("%d: %d", i, p[i].revents);
    struct rlimit limit = {4, 4};
    setrlimit(RLIMIT_NOFILE, &limit);
    show("more than the limit of descriptors", poll(p, 8, 0));
}

static void interrupted(void)
{
    int ends[2];
    make_pipe(ends);
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    handle(SIGALRM, note, SA_RESTART);
    ualarm(50000, 50000);
    show("poll is not restarted", poll(&p, 1, -1));
    say("handled %d", notes > 0);
}

static void mask_of_ppoll(void)
{
    int ends[2];
    sigset_t none, alarm_only, now;
    make_pipe(ends);
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    sigemptyset(&none);
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGUSR1);
    sigprocmask(SIG_BLOCK, &alarm_only, NULL);
    handle(SIGUSR1, note, 0);
    raise(SIGUSR1);
    show("blocked", notes);
    show("pending and unmasked", ppoll(&p, 1, NULL, &none));
    show("handled", notes);
    sigprocmask(SIG_BLOCK, NULL, &now);
    show("blocked again", sigismember(&now, SIGUSR1));
    raise(SIGUSR1);
    struct timespec soon = {0, 1000000};
    show("still masked", ppoll(&p, 1, &soon, &alarm_only));
    show("handled", notes);
}

// One descriptor, which its own server may answer for: bad memory, times and masks all the same.
static void one_descriptor(void)
{
    int ends[2];
    sigset_t none;
    make_pipe(ends);
    write(ends[1], "x", 1);
    sigemptyset(&none);
    struct pollfd p = {.fd = ends[0], .events = POLLIN | POLLRDNORM | POLLOUT};
    struct timespec long_time = {5, 0}, bad = {0, 1000000000}, now = {0, 0};
    show("ready, five seconds", ppoll(&p, 1, &long_time, NULL));
    say("events %#x, left %d", p.revents, long_time.tv_sec >= 4);
    show("ready, for ever, with a mask", ppoll(&p, 1, NULL, &none));
    show("ready, bad time", ppoll(&p, 1, &bad, NULL));
    show("ready, no time there", syscall(SYS_ppoll, &p, 1, 8, NULL, 8));
    show("ready, no mask there", syscall(SYS_ppoll, &p, 1, &now, 8, 8));
    show("ready, bad size of the mask", syscall(SYS_ppoll, &p, 1, &now, &none, 4));
    show("nothing there", syscall(SYS_ppoll, 8, 1, &now, NULL, 8));
    char block[2 * sizeof p];
    struct pollfd *odd = (void *)(block + 3);
    memcpy(odd, &p, sizeof p);
    show("at an odd address", syscall(SYS_ppoll, odd, 1, &now, NULL, 8));
    p.fd = ends[1];
    p.events = POLLIN | POLLWRNORM;
    show("the other end", ppoll(&p, 1, &now, NULL));
    say("events %#x", p.revents);
    p.events = POLLIN;
    show("not ready now", ppoll(&p, 1, &now, NULL));
    say("events %#x", p.revents);
}

// Three wait for one pipe; one of them is killed, one interrupted, and one gets what is written.
static void several_wait(void)
{
    int ends[2];
    pid_t pid[3];
    make_pipe(ends);
    for (int i = 0; i < 3; i++) {
        pid[i] = fork_test();
        if (pid[i] == 0) {
            struct pollfd p = {.fd = ends[0], .events = POLLIN};
            handle(SIGUSR1, note, SA_RESTART);
            int n = poll(&p, 1, -1);
            _exit(n < 0 && errno == EINTR ? 10 : n * 20 + p.revents);
        }
    }
    sleep_ms(50);
    kill(pid[0], SIGKILL);
    show_child("killed", pid[0]);
    kill(pid[1], SIGUSR1);
    show_child("interrupted", pid[1]);
    write(ends[1], "x", 1);
    show_child("ready", pid[2]);
    show_poll("still there", ends[0], POLLIN);
}

const struct test tests_poll[] = {
    {"pipe_states", pipe_states},
    {"reader_gone", reader_gone},
    {"other_descriptors", other_descriptors},
    {"time_outs", time_outs},
    {"wakes_up", wakes_up},
    {"wakes_up_at_hang_up", wakes_up_at_hang_up},
    {"wakes_up_for_room", wakes_up_for_room},
    {"many", many},
    {"interrupted", interrupted},
    {"mask_of_ppoll", mask_of_ppoll},
    {"one_descriptor", one_descriptor},
    {"several_wait", several_wait},
    {NULL, NULL},
};

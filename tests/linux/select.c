// select and pselect6, and epoll as the event loops of programs use it.
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

static void readiness(void)
{
    int ends[2];
    fd_set in, out;
    struct timeval now = {0, 0};
    make_pipe(ends);
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    show("empty pipe", select(ends[1] + 1, &in, &out, NULL, &now));
    say("in %d out %d", FD_ISSET(ends[0], &in) != 0, FD_ISSET(ends[1], &out) != 0);
    write(ends[1], "x", 1);
    FD_SET(ends[0], &in);
    show("one byte", select(ends[1] + 1, &in, &out, NULL, &now));
    say("in %d out %d", FD_ISSET(ends[0], &in) != 0, FD_ISSET(ends[1], &out) != 0);
    FD_SET(ends[0], &in);
    show("below the highest", select(ends[0], &in, NULL, NULL, &now));
    close(ends[0]);
    FD_ZERO(&in);
    FD_SET(ends[0], &in);
    show("closed descriptor", select(ends[1] + 1, &in, NULL, NULL, &now));
    show("negative count", select(-1, NULL, NULL, NULL, &now));
}

static void end_of_file_is_readable(void)
{
    int ends[2];
    fd_set in;
    make_pipe(ends);
    close(ends[1]);
    FD_ZERO(&in);
    FD_SET(ends[0], &in);
    show("select", select(ends[0] + 1, &in, NULL, NULL, NULL));
}

static void time_out(void)
{
    struct timeval wait = {0, 50000}, bad = {0, -1};
    long before = now_ms();
    show("50 ms", select(0, NULL, NULL, NULL, &wait));
    say("it took long enough: %d", now_ms() - before >= 50);
    show("negative", select(0, NULL, NULL, NULL, &bad));
}

static void wakes_up(void)
{
    int ends[2];
    fd_set in;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        sleep_ms(50);
        _exit(write(ends[1], "x", 1) != 1);
    }
    FD_ZERO(&in);
    FD_SET(ends[0], &in);
    show("select", select(ends[0] + 1, &in, NULL, NULL, NULL));
    show_child("child", pid);
}

static void mask_of_pselect(void)
{
    sigset_t none, user;
    sigemptyset(&none);
    sigemptyset(&user);
    sigaddset(&user, SIGUSR1);
    sigprocmask(SIG_BLOCK, &user, NULL);
    handle(SIGUSR1, note, SA_RESTART);
    raise(SIGUSR1);
    show("pending and unmasked", pselect(0, NULL, NULL, NULL, NULL, &none));
    show("handled", notes);
}

static void epoll_levels(void)
{
    int ends[2], e = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = 42}, got[4] = {0};
    char c;
    make_pipe(ends);
    show("add", epoll_ctl(e, EPOLL_CTL_ADD, ends[0], &event));
    show("again", epoll_ctl(e, EPOLL_CTL_ADD, ends[0], &event));
    show("empty", epoll_wait(e, got, 4, 0));
    write(ends[1], "x", 1);
    show("one byte", epoll_wait(e, got, 4, -1));
    say("events %d data %d", got[0].events, got[0].data.u32);
    show("still, level triggered", epoll_wait(e, got, 4, 0));
    read(ends[0], &c, 1);
    show("taken", epoll_wait(e, got, 4, 0));
    close(ends[1]);
    show("hang-up", epoll_wait(e, got, 4, 0));
    say("events %d", got[0].events);
    show("delete", epoll_ctl(e, EPOLL_CTL_DEL, ends[0], NULL));
    show("again", epoll_ctl(e, EPOLL_CTL_DEL, ends[0], NULL));
    show("nothing watched", epoll_wait(e, got, 4, 10));
}

static void epoll_edges(void)
{
    int ends[2], e = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET}, got;
    make_pipe(ends);
    epoll_ctl(e, EPOLL_CTL_ADD, ends[0], &event);
    write(ends[1], "x", 1);
    show("an edge", epoll_wait(e, &got, 1, 0));
    show("only once", epoll_wait(e, &got, 1, 0));
    write(ends[1], "y", 1);
    show("the next", epoll_wait(e, &got, 1, 0));
    event.events = EPOLLIN | EPOLLONESHOT;
    show("modify", epoll_ctl(e, EPOLL_CTL_MOD, ends[0], &event));
    show("one shot", epoll_wait(e, &got, 1, 0));
    show("fired", epoll_wait(e, &got, 1, 0));
}

static void epoll_errors(void)
{
    int e = epoll_create1(0), fd = make_file("f", "");
    struct epoll_event event = {.events = EPOLLIN}, got;
    show("a file", epoll_ctl(e, EPOLL_CTL_ADD, fd, &event));
    show("no descriptor", epoll_ctl(e, EPOLL_CTL_ADD, 77, &event));
    show("itself", epoll_ctl(e, EPOLL_CTL_ADD, e, &event));
    show("not an epoll", epoll_ctl(fd, EPOLL_CTL_ADD, 1, &event));
    show("room for none", epoll_wait(e, &got, 0, 0));
    show("unknown flag", epoll_create1(1));
}

const struct test tests_select[] = {
    {"readiness", readiness},
    {"end_of_file_is_readable", end_of_file_is_readable},
    {"time_out", time_out},
    {"wakes_up", wakes_up},
    {"mask_of_pselect", mask_of_pselect},
    {"epoll_levels", epoll_levels},
    {"epoll_edges", epoll_edges},
    {"epoll_errors", epoll_errors},
    {NULL, NULL},
};

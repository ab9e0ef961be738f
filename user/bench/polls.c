// poll and epoll of one descriptor that has something to read; nobody waits.
#include <poll.h>
#include <sys/epoll.h>

#include "bench.h"
#include "calls.h"

static int ends[2];
static long epoll;

static int fill_pipe(void)
{
    long error = do_pipe(ends);
    return error < 0 ? error : CALL(write, ends[1], (long)buffer, 1);
}

static void close_pipe(void)
{
    do_close(ends[0]);
    do_close(ends[1]);
}

static double poll_often(long n)
{
    struct pollfd watched = {.fd = ends[0], .events = POLLIN};
    long timeout[2];
    for (long i = 0; i < n; i++) {
        timeout[0] = timeout[1] = 0;
        check(CALL(ppoll, (long)&watched, 1, (long)timeout, 0, 8) == 1);
    }
    return n;
}

static int watch_pipe(void)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7};
    long error = fill_pipe();
    if (error < 0 || (error = epoll = CALL(epoll_create1, 0)) < 0)
        return error;
    return CALL(epoll_ctl, epoll, EPOLL_CTL_ADD, ends[0], (long)&event);
}

static double epoll_often(long n)
{
    struct epoll_event event;
    for (long i = 0; i < n; i++)
        check(CALL(epoll_pwait, epoll, (long)&event, 1, 0, 0, 8) == 1);
    return n;
}

static void close_epoll(void)
{
    do_close(epoll);
    close_pipe();
}

const struct test poll_tests[] = {
    {"poll", "ppoll, 1 ready fd", 2000, 15, fill_pipe, poll_often, close_pipe},
    {"epoll", "epoll_pwait, 1 ready fd", 2000, 15, watch_pipe, epoll_often, close_epoll},
    {0},
};

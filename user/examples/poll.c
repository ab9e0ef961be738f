// poll: one process waits for several descriptors at once, and sleeps until one of them has news: a
// byte to read, the other side gone, or the end of its patience.
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

// A child that writes one byte after so many milliseconds, and ends after as many again.
static int start_child(int milliseconds)
{
    int ends[2];
    if (pipe(ends) < 0)
        die("pipe");
    if (fork_or_die() == 0) {
        close(ends[0]);
        usleep(milliseconds * 1000);
        if (write(ends[1], "x", 1) != 1)
            die("write");
        usleep(milliseconds * 1000);
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

// Takes the news of one descriptor; a pipe whose writer is gone is watched no more (fd -1).
static void news(struct pollfd *p, const char *who)
{
    char byte;
    if (p->revents & POLLIN) {
        printf("  %s: POLLIN: %zd byte\n", who, read(p->fd, &byte, 1));
    } else if (p->revents & POLLHUP) {
        printf("  %s: POLLHUP: its writer is gone\n", who);
        close(p->fd);
        p->fd = -1;
    }
}

int example_poll_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLIN}};
    printf("two children write after 600 and 200 ms, and end after as much again:\n");
    fds[0].fd = start_child(600);
    fds[1].fd = start_child(200);
    printf("  poll with a timeout of 20 ms: %d descriptors are ready\n", poll(fds, 2, 20));
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (poll(fds, 2, -1) < 0)
            die("poll");
        news(&fds[0], "the slow one");
        news(&fds[1], "the fast one");
    }
    while (wait(NULL) > 0)
        continue;
    printf("the order is that of the events, not of the descriptors\n");
    return 0;
}

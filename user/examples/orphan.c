// An orphan: a process whose parent ends first. It gets a new parent, process 1 (or a nearer
// "subreaper"), which waits for it when it ends, so that it does not stay a zombie.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

static _Noreturn void grandchild(pid_t parent)
{
    printf("  grandchild: my parent is the child\n");
    while (getppid() == parent)
        usleep(10000);
    printf("  grandchild: my parent has ended; I am an orphan, and %s adopted me\n",
           getppid() == 1 ? "process 1" : "a subreaper");
    _exit(0);
}

int example_orphan_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    int ends[2];
    char byte;
    if (pipe(ends) < 0)
        die("pipe");
    pid_t child = fork_or_die();
    if (child == 0) {
        pid_t me = getpid();
        if (fork_or_die() == 0)
            grandchild(me);
        usleep(50000);
        printf("  child: I end before my own child does\n");
        _exit(0);
    }
    waitpid(child, NULL, 0);
    // The grandchild cannot be waited for; its end of the pipe closes when it ends.
    close(ends[1]);
    if (read(ends[0], &byte, 1) != 0)
        die("read");
    printf("wait() by the grandparent: %s: only a parent can wait for a process\n",
           wait(NULL) < 0 ? "no children" : "a child?!");
    return 0;
}

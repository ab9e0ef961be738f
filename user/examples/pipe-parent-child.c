// A pipe between parent and child. Each closes the end that it does not use: the reader sees end of
// file when the last writing end is closed, and not before.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

static _Noreturn void child(int in)
{
    char text[64];
    ssize_t n;
    while ((n = read(in, text, sizeof text)) > 0)
        printf("  child: read returned %zd: %.*s\n", n, (int)n, text);
    printf("  child: read returned %zd: end of file, the last writer is gone\n", n);
    _exit(0);
}

int example_pipe_parent_child_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    int ends[2];
    if (pipe(ends) < 0)
        die("pipe");
    printf("parent: a pipe is two descriptors: bytes written to one are read from the other\n");
    if (fork_or_die() == 0) {
        close(ends[1]);
        child(ends[0]);
    }
    close(ends[0]);
    if (write(ends[1], "hello from the parent", 21) != 21)
        die("write");
    close(ends[1]);
    wait(NULL);
    printf("parent: had the child kept its copy of the writing end, it would wait for ever\n");
    return 0;
}

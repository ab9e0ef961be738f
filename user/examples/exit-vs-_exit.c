// exit() runs the atexit handlers and writes what stdio still holds, then ends the process; _exit()
// only ends it. A child made by fork holds a copy of its parent's buffer, and of its handlers.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

static void at_exit(void)
{
    printf(" [child: atexit handler]");
}

static void try(const char *how, void (*end)(int))
{
    // No newline and no fflush: the text stays in the buffer, and fork copies it.
    printf("  %-8s <parent's text>", how);
    if (fork_or_die() == 0) {
        atexit(at_exit);
        printf(" <child's text>");
        end(0);
    }
    wait(NULL);
    printf(" the parent goes on\n");
}

int example_exit_vs__exit_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("a parent prints without newline, then forks; the child prints and ends by:\n");
    try("exit():", exit);
    try("_exit():", _exit);
    printf("exit() ran the handler and wrote the buffer, so the parent's text came out twice;\n"
           "_exit() did neither: a child that shares its parent's buffers ends with it\n");
    return 0;
}

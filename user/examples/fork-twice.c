// fork twice, one after the other: how many processes? The second fork is called by both the parent
// and the child of the first one, so there are four.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

int example_fork_twice_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("one process calls fork() twice:\n");
    pid_t first = fork_or_die();
    pid_t second = fork_or_die();
    // Everyone waits for its own children before it speaks, so the lines come from the leaves up.
    while (wait(NULL) > 0)
        continue;
    printf("  pid %d, child of %d: the first fork returned %s, the second %s\n", getpid(),
           getppid(), first ? "a pid" : "0", second ? "a pid" : "0");
    if (first && second)
        printf("four lines: the second fork ran in both processes that the first one left\n");
    return 0;
}

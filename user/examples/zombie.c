// A zombie: a process that has ended and whose parent has not asked for its status yet. Nothing is
// left of it but its pid and the status; wait() takes both away.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

int example_zombie_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    struct process p = {0};
    int status;
    pid_t pid = fork_or_die();
    if (pid == 0)
        _exit(7);
    while (process_read(pid, &p) == 0 && p.state != 'Z')
        usleep(10000);
    printf("child %d has ended, nobody has waited: /proc/%d/stat says state %c, parent %s\n", pid,
           pid, p.state, p.parent == getpid() ? "me" : "not me");
    waitpid(pid, &status, 0);
    printf("wait: it exited with %d\n", WEXITSTATUS(status));
    printf("now /proc/%d/stat %s\n", pid, process_read(pid, &p) ? "does not exist" : "is there?!");
    printf("a zombie costs a pid and a few bytes; it waits to tell its parent how it ended\n");
    return 0;
}

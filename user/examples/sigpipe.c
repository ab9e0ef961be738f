// Writing into a pipe that nobody can read any more: SIGPIPE, which kills by default. That is how
// `yes | head` ends. A process that ignores the signal gets the error EPIPE instead.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

static _Noreturn void write_without_reader(void)
{
    int ends[2];
    if (pipe(ends) < 0)
        die("pipe");
    close(ends[0]);
    if (write(ends[1], "x", 1) < 0)
        printf("  child: still alive: write says: %s (%s)\n", strerror(errno),
               errno == EPIPE ? "EPIPE" : "not EPIPE?!");
    _exit(0);
}

static void try(const char *what, void (*disposition)(int))
{
    int status;
    printf("%s:\n", what);
    if (fork_or_die() == 0) {
        signal(SIGPIPE, disposition);
        write_without_reader();
    }
    wait(&status);
    if (WIFSIGNALED(status))
        printf("  parent: the child was killed by signal %d (%s)\n", WTERMSIG(status),
               strsignal(WTERMSIG(status)));
    else
        printf("  parent: the child exited with %d\n", WEXITSTATUS(status));
}

int example_sigpipe_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    try("write to a pipe without a reader, SIGPIPE as it is by default", SIG_DFL);
    try("the same with SIGPIPE ignored", SIG_IGN);
    printf("so a producer in a pipeline dies with its consumer, unless it asked not to\n");
    return 0;
}

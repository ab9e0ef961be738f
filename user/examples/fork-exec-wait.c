// fork, exec, wait: how a shell runs a command. exec replaces the program and keeps the process:
// the pid before and after is the same, and the parent gets the exit status of the new program.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

static _Noreturn void child(void)
{
    printf("  child %d: I am a copy of my parent, and become another program now\n", getpid());
    execl("/bin/sh", "sh", "-c", "echo \"  sh: my pid is $$, and I exit with 42\"; exit 42",
          (char *)NULL);
    die("/bin/sh"); // only reached if exec failed: then this program is still whole
}

int example_fork_exec_wait_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    int status;
    printf("parent %d: fork, then wait\n", getpid());
    pid_t pid = fork_or_die();
    if (pid == 0)
        child();
    if (waitpid(pid, &status, 0) != pid)
        die("waitpid");
    printf("parent: child %d exited with %d (the status word is 0x%04x)\n", pid,
           WEXITSTATUS(status), status);
    printf("exec keeps the process (pid, parent, open files) and replaces what runs in it\n");
    return 0;
}

// What linuxtest does when a test has exec'd it: `linuxtest --helper WHAT ...` says how it was
// started, or holds still to be looked at.
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static int print_arguments(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        say("argument %d \"%s\"", i, argv[i]);
    for (int i = 0; environ[i]; i++)
        say("environment %d \"%s\"", i, environ[i]);
    return 0;
}

static int print_descriptors(void)
{
    for (int fd = 0; fd < 32; fd++)
        if (fcntl(fd, F_GETFD) >= 0 && fd > 2)
            say("descriptor %d is open, offset %ld", fd, (long)lseek(fd, 0, SEEK_CUR));
    return 0;
}

static int print_signals(void)
{
    sigset_t set, pending;
    struct sigaction action;
    sigprocmask(SIG_BLOCK, NULL, &set);
    sigpending(&pending);
    for (int i = 1; i < 32; i++) {
        sigaction(i, NULL, &action);
        const char *how = action.sa_handler == SIG_DFL ? "default" : "handled";
        how = action.sa_handler == SIG_IGN ? "ignored" : how;
        if (strcmp(how, "default") != 0 || sigismember(&set, i) || sigismember(&pending, i))
            say("%s %s%s%s", signal_text(i), how, sigismember(&set, i) ? " blocked" : "",
                sigismember(&pending, i) ? " pending" : "");
    }
    return 0;
}

static int print_process(int argc, char **argv)
{
    char name[17] = "", path[256];
    prctl(PR_GET_NAME, name);
    say("name \"%s\"", name);
    if (argc > 1)
        say("same pid %d, same parent %d", atoi(argv[1]) == getpid(), atoi(argv[2]) == getppid());
    say("uid %d %d gid %d %d", getuid(), geteuid(), getgid(), getegid());
    mode_t mask = umask(0);
    say("umask 0%o, alarm left %d", mask, alarm(0) > 0);
    say("directory \"%s\"", getcwd(path, sizeof path) ? strrchr(path, '/') : "?");
    return 0;
}

static _Noreturn void hold_still(void)
{
    write(1, ".", 1);
    for (;;)
        pause();
}

int helper_main(int argc, char **argv)
{
    const char *what = argc > 0 ? argv[0] : "";
    current_test = "helper";
    if (strcmp(what, "arguments") == 0)
        return print_arguments(argc, argv);
    if (strcmp(what, "descriptors") == 0)
        return print_descriptors();
    if (strcmp(what, "signals") == 0)
        return print_signals();
    if (strcmp(what, "process") == 0)
        return print_process(argc, argv);
    if (strcmp(what, "ids") == 0) {
        show_ids();
        return 0;
    }
    if (strcmp(what, "hold") == 0)
        hold_still();
    if (strcmp(what, "exit") == 0)
        return argc > 1 ? atoi(argv[1]) : 0;
    // As the interpreter of a script: everything that the kernel put on the command line.
    return print_arguments(argc + 1, argv - 1);
}

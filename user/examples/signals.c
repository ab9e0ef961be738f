// Signals: a handler runs in the middle of whatever the process does, and then that goes on. A
// blocked signal waits. SIGCHLD tells a parent that it has something to wait for.
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

static volatile sig_atomic_t last, children;

static void on_user(int number)
{
    last = number;
}

static void on_child(int number)
{
    (void)number;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        children++;
}

static void install(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    if (sigaction(number, &action, NULL) < 0)
        die("sigaction");
}

static void show_blocking(void)
{
    sigset_t user, before;
    sigemptyset(&user);
    sigaddset(&user, SIGUSR2);
    sigprocmask(SIG_BLOCK, &user, &before);
    last = 0;
    kill(getpid(), SIGUSR2);
    kill(getpid(), SIGUSR2);
    printf("SIGUSR2 blocked and sent twice: the handler %s\n", last ? "ran?!" : "has not run");
    sigprocmask(SIG_SETMASK, &before, NULL);
    printf("unblocked: it has run%s; a signal is a mark, not a queue\n", last ? "" : "?! not");
}

static void show_child(void)
{
    sigset_t child, before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before); // or it may come before sigsuspend, and never again
    if (fork_or_die() == 0)
        _exit(0);
    while (children == 0)
        sigsuspend(&before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    printf("a child ended: SIGCHLD's handler waited for %d\n", (int)children);
}

int example_signals_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    install(SIGUSR1, on_user);
    install(SIGUSR2, on_user);
    install(SIGCHLD, on_child);
    kill(getpid(), SIGUSR1);
    printf("SIGUSR1 to myself: when kill() returns the handler has run with %s\n",
           last == SIGUSR1 ? "SIGUSR1" : "nothing?!");
    show_blocking();
    show_child();
    return 0;
}

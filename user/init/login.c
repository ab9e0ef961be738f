// The login shell on the console, and the next one when it ends.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

// A shell that ended sooner than this did not start properly: the next one waits.
#define SHORT_LIFE_S 1

static void report(const char *what, int error)
{
    char text[128];
    int n = snprintf(text, sizeof text, "init: %s%s%s\n", what, error ? ": " : "",
                     error ? strerror(error) : "");
    if (write(2, text, n) < 0)
        return;
}

// In the child: a session of its own, whose terminal is the console.
static void become_login_shell(void)
{
    signal(SIGTERM, SIG_DFL);
    setsid();
    int console = console_open();
    ioctl(console, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; fd++)
        dup2(console, fd);
    if (chdir("/root") < 0)
        report("/root", errno);
    execl(SHELL, "-sh", (char *)NULL);
    report("cannot start " SHELL, errno);
    _exit(127);
}

// Reaps whatever ends, until the shell does.
static void wait_for(pid_t shell)
{
    pid_t ended;
    do
        ended = waitpid(-1, NULL, 0);
    while (ended != shell && (ended > 0 || errno == EINTR));
}

void login_loop(void)
{
    for (;;) {
        time_t start = time(NULL);
        pid_t shell = fork();
        if (shell == 0)
            become_login_shell();
        if (shell > 0)
            wait_for(shell);
        else
            report("cannot fork", errno);
        if (time(NULL) - start <= SHORT_LIFE_S)
            sleep(1);
        report("the shell ended: here is a new one", 0);
    }
}

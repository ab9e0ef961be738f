// Process 1. With /etc/missive/exec in the root file system it runs that and powers off (exec.c),
// else it keeps a login shell on the console (login.c). It never is the shell, so that the shell
// may die of anything.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

void power_off(void)
{
    if (getpid() == 1)
        reboot(RB_POWER_OFF);
    _exit(0);
}

void pause_ms(long ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static int console_open_patiently(int flags)
{
    int fd = open("/dev/console", O_RDWR | O_NOCTTY | flags);
    for (int i = 0; fd < 0 && i < TRIES; i++) {
        pause_ms(PAUSE_MS);
        fd = open("/dev/console", O_RDWR | O_NOCTTY | flags);
    }
    return fd;
}

int console_open(void)
{
    int fd = console_open_patiently(O_CLOEXEC);
    if (fd < 0)
        _exit(1);
    return fd;
}

static void on_terminate(int signal)
{
    (void)signal;
    power_off();
}

// The numbers 0 to 2 must not be taken by what is opened later.
static void fill_standard_descriptors(void)
{
    int fd = console_open_patiently(0);
    while (fd >= 0 && fd < 2)
        fd = dup(fd);
    if (fd > 2)
        close(fd);
}

static void set_environment(void)
{
    setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
    setenv("HOME", "/root", 1);
    setenv("USER", "root", 1);
    setenv("LOGNAME", "root", 1);
    setenv("SHELL", SHELL, 1);
    setenv("TERM", "vt100", 0); // the kernel's command line may know better
}

int main(void)
{
    fill_standard_descriptors();
    set_environment();
    signal(SIGTERM, on_terminate);
    int commands = open(EXEC_FILE, O_RDONLY | O_CLOEXEC);
    if (commands < 0)
        login_loop();
    exec_run(commands);
    power_off();
}

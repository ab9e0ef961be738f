// linuxtest as process 1: what scripts/record-linux boots on a kernel with nothing else around it.
//
// The console then carries, for each noun, a line "=====BEGIN NAME", what the noun printed, and a
// line "=====END NAME STATUS". Missive's tests print the same markers from a shell, by --all.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

static void prepare(void)
{
    static const char *const directories[] = {"/proc", "/dev", "/tmp", "/bin", "/etc"};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        mkdir(directories[i], 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777");
    int console = open("/dev/console", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(console, fd);
    if (console > 2)
        close(console);
    symlink("/proc/self/fd", "/dev/fd");
    symlink("/proc/self/fd/0", "/dev/stdin");
    symlink("/proc/self/fd/1", "/dev/stdout");
    symlink("/proc/self/fd/2", "/dev/stderr");
    sethostname("missive", 7);
}

int init_main(void)
{
    prepare();
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        execl("/linuxtest", "linuxtest", "--all", (char *)NULL);
        _exit(127);
    }
    // Process 1 gets all orphans, and waits for whoever comes.
    while (wait(NULL) != pid)
        continue;
    sync();
    reboot(RB_POWER_OFF);
    return 1;
}

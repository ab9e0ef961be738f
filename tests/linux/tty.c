// What terminals answer and other files do not. (A real terminal is tested on a booted machine.)
#include "test.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void ask(const char *what, int fd)
{
    struct winsize size;
    struct termios t;
    say("%s: isatty %s, TIOCGWINSZ %s", what, rc(isatty(fd) ? 1 : -1),
        rc(ioctl(fd, TIOCGWINSZ, &size)));
    say("%s: tcsetattr %s, tcgetpgrp %s", what, rc(ioctl(fd, TCSETS, &t)), rc(tcgetpgrp(fd)));
}

static void not_terminals(void)
{
    int ends[2];
    make_pipe(ends);
    ask("pipe", ends[0]);
    ask("file", make_file("f", ""));
    ask("directory", open(".", O_RDONLY));
    ask("null", open("/dev/null", O_RDWR));
    ask("nothing", 77);
}

static void no_controlling_terminal(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        setsid();
        show("/dev/tty", open("/dev/tty", O_RDWR));
        _exit(0);
    }
    show_child("child", pid);
}

static void bytes_waiting(void)
{
    int n = -1, fd = make_file("f", "0123456789");
    show("of a file", ioctl(fd, FIONREAD, &n));
    show("bytes", n);
    lseek(fd, 4, SEEK_SET);
    ioctl(fd, FIONREAD, &n);
    show("bytes", n);
    show("of a directory", ioctl(open(".", O_RDONLY), FIONREAD, &n));
    show("of null", ioctl(open("/dev/null", O_RDWR), FIONREAD, &n));
}

static void nonblocking_by_ioctl(void)
{
    int ends[2], on = 1, off = 0;
    char c;
    make_pipe(ends);
    show("FIONBIO", ioctl(ends[0], FIONBIO, &on));
    show("read", read(ends[0], &c, 1));
    say("flag %d", (fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
    show("off", ioctl(ends[0], FIONBIO, &off));
    say("flag %d", (fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
    show("unknown", ioctl(ends[0], 0x12345678, 0));
}

const struct test tests_tty[] = {
    {"not_terminals", not_terminals},
    {"no_controlling_terminal", no_controlling_terminal},
    {"bytes_waiting", bytes_waiting},
    {"nonblocking_by_ioctl", nonblocking_by_ioctl},
    {NULL, NULL},
};

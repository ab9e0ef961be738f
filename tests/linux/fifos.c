// FIFOs: pipes with a name, and how open waits for the other side.
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static void making(void)
{
    struct stat st;
    show("mkfifo", mkfifo("p", 0666));
    stat("p", &st);
    say("fifo %d, mode 0%o, size %ld", S_ISFIFO(st.st_mode), st.st_mode & 07777, (long)st.st_size);
    show("again", mkfifo("p", 0666));
    show("in a missing directory", mkfifo("missing/p", 0666));
    show("mknod of a file", mknod("f", S_IFREG | 0600, 0));
    show("it is there", access("f", F_OK));
    show("mknod of a directory", mknod("d", S_IFDIR | 0700, 0));
    show("mknod without a type", mknod("g", 0600, 0));
}

static void opening_waits(void)
{
    mkfifo("p", 0600);
    long before = now_ms();
    pid_t pid = fork_test();
    if (pid == 0) {
        sleep_ms(50);
        int fd = open("p", O_WRONLY);
        _exit(write(fd, "hello", 5) != 5);
    }
    int fd = open("p", O_RDONLY);
    char text[8] = "";
    say("open waited: %d", now_ms() - before >= 50);
    show("read", read(fd, text, sizeof text));
    say("%s", text);
    show("end of file", read(fd, text, sizeof text));
    show_child("writer", pid);
}

static void writer_waits(void)
{
    mkfifo("p", 0600);
    long before = now_ms();
    pid_t pid = fork_test();
    if (pid == 0) {
        char text[8];
        sleep_ms(50);
        int fd = open("p", O_RDONLY);
        _exit(read(fd, text, sizeof text) != 2);
    }
    int fd = open("p", O_WRONLY);
    say("open waited: %d", now_ms() - before >= 50);
    show("write", write(fd, "ab", 2));
    show_child("reader", pid);
}

static void nonblocking_open(void)
{
    char c;
    mkfifo("p", 0600);
    show("write, nobody reads", open("p", O_WRONLY | O_NONBLOCK));
    int in = open("p", O_RDONLY | O_NONBLOCK);
    say("read: %s", in < 0 ? rc(-1) : "opened");
    show("nobody has written", read(in, &c, 1));
    int out = open("p", O_WRONLY | O_NONBLOCK);
    say("write: %s", out < 0 ? rc(-1) : "opened");
    show("empty", read(in, &c, 1));
    show("write", write(out, "x", 1));
    show("read", read(in, &c, 1));
    close(out);
    show("end of file", read(in, &c, 1));
    out = open("p", O_WRONLY);
    show("a new writer", write(out, "y", 1));
    show("and on it goes", read(in, &c, 1));
}

static void read_and_write(void)
{
    char c = 0;
    mkfifo("p", 0600);
    int fd = open("p", O_RDWR);
    say("opened without waiting: %d", fd >= 0);
    show("write", write(fd, "x", 1));
    show("read", read(fd, &c, 1));
}

static void contents_go_with_the_last_one(void)
{
    char c;
    mkfifo("p", 0600);
    int fd = open("p", O_RDWR);
    write(fd, "old", 3);
    close(fd);
    fd = open("p", O_RDONLY | O_NONBLOCK);
    show("after all closed", read(fd, &c, 1));
}

static void unlinked_while_open(void)
{
    char c;
    mkfifo("p", 0600);
    int in = open("p", O_RDONLY | O_NONBLOCK), out = open("p", O_WRONLY);
    show("unlink", unlink("p"));
    show("write", write(out, "x", 1));
    show("read", read(in, &c, 1));
    show("gone", open("p", O_RDONLY | O_NONBLOCK));
    show("seek", lseek(in, 0, SEEK_SET));
}

static void interrupted_open(void)
{
    mkfifo("p", 0600);
    handle(SIGALRM, note, 0);
    ualarm(50000, 50000);
    show("open", open("p", O_RDONLY));
    say("handled %d", notes > 0);
}

static void readers_gone(void)
{
    mkfifo("p", 0600);
    int in = open("p", O_RDONLY | O_NONBLOCK), out = open("p", O_WRONLY);
    close(in);
    signal(SIGPIPE, SIG_IGN);
    show("write", write(out, "x", 1));
    struct pollfd p = {.fd = out, .events = POLLOUT};
    show("poll", poll(&p, 1, 0));
    say("POLLERR %d", (p.revents & POLLERR) != 0);
}

const struct test tests_fifos[] = {
    {"making", making},
    {"opening_waits", opening_waits},
    {"writer_waits", writer_waits},
    {"nonblocking_open", nonblocking_open},
    {"read_and_write", read_and_write},
    {"contents_go_with_the_last_one", contents_go_with_the_last_one},
    {"unlinked_while_open", unlinked_while_open},
    {"interrupted_open", interrupted_open},
    {"readers_gone", readers_gone},
    {NULL, NULL},
};

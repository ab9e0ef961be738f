// The descriptor table: dup, fcntl, close, close-on-exec, who gets the lowest free number.
#include "test.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void lowest_free(void)
{
    int a = make_file("a", ""), b = make_file("b", ""), c = make_file("c", "");
    say("%d %d %d", a, b, c);
    close(b);
    show("open takes the gap", open("a", O_RDONLY));
    close(a);
    show("so does dup", dup(c));
    int ends[2];
    make_pipe(ends);
    say("pipe %d %d", ends[0], ends[1]);
}

static void duplicates(void)
{
    int fd = make_file("f", "text");
    show("dup", dup(fd));
    show("dup2", dup2(fd, 9));
    show("dup2 to itself", dup2(fd, fd));
    show("dup3", dup3(fd, 10, O_CLOEXEC));
    show("dup3 to itself", dup3(fd, fd, 0));
    show("dup3, unknown flag", dup3(fd, 11, O_APPEND));
    show("dup3 to a negative one", dup3(fd, -1, 0));
    show("dup3 too high", dup3(fd, 1 << 20, 0));
    show("dup of nothing", dup(77));
    show("dup2 of nothing to itself", dup2(77, 77));
    show("dup2 of nothing", dup2(77, 9));
    char c = 0;
    show("9 is still open", pread(9, &c, 1, 0));
    show("flag of dup", fcntl(4, F_GETFD));
    show("flag of dup3", fcntl(10, F_GETFD));
}

static void dup2_closes_the_target(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    int fd = make_file("f", "");
    show("dup2 over the last writer", dup2(fd, ends[1]) == ends[1]);
    show("end of file", read(ends[0], &c, 1));
}

static void closing(void)
{
    int fd = make_file("f", "");
    char c;
    show("close", close(fd));
    show("again", close(fd));
    show("read", read(fd, &c, 1));
    show("negative", close(-1));
    show("very high", close(1 << 20));
    show("high half is ignored", syscall(SYS_close, (1L << 32) | make_file("g", "")));
}

static void close_range_or_loop(void)
{
    for (int i = 10; i < 20; i++)
        dup2(1, i);
    if (syscall(SYS_close_range, 10, 19, 0) < 0)
        for (int i = 10; i < 20; i++)
            close(i);
    show("10", fcntl(10, F_GETFD));
    show("19", fcntl(19, F_GETFD));
    show("1", fcntl(1, F_GETFD));
}

static void fcntl_flags(void)
{
    int fd = make_file("f", "");
    show("F_GETFD", fcntl(fd, F_GETFD));
    show("F_SETFD", fcntl(fd, F_SETFD, FD_CLOEXEC));
    show("F_GETFD", fcntl(fd, F_GETFD));
    show("FIONCLEX", ioctl(fd, FIONCLEX));
    show("F_GETFD", fcntl(fd, F_GETFD));
    show("FIOCLEX", ioctl(fd, FIOCLEX));
    show("F_GETFD", fcntl(fd, F_GETFD));
    int other = open("f", O_RDONLY | O_CLOEXEC);
    show("O_CLOEXEC", fcntl(other, F_GETFD));
    show("F_DUPFD", fcntl(fd, F_DUPFD, 20));
    show("its flag", fcntl(20, F_GETFD));
    show("F_DUPFD_CLOEXEC", fcntl(fd, F_DUPFD_CLOEXEC, 20));
    show("its flag", fcntl(21, F_GETFD));
    show("F_DUPFD negative", fcntl(fd, F_DUPFD, -1));
    show("F_DUPFD too high", fcntl(fd, F_DUPFD, 1 << 20));
    show("unknown command", fcntl(fd, 999));
    show("no descriptor", fcntl(77, F_GETFD));
}

static void status_flags(void)
{
    int mask = O_ACCMODE | O_APPEND | O_NONBLOCK, fd = make_file("f", "ab");
    show("read and write", fcntl(fd, F_GETFL) & mask);
    int in = open("f", O_RDONLY | O_NONBLOCK), out = open("f", O_WRONLY | O_APPEND);
    say("read, nonblocking: 0%o", fcntl(in, F_GETFL) & mask);
    say("write, append: 0%o", fcntl(out, F_GETFL) & mask);
    show("F_SETFL", fcntl(out, F_SETFL, O_NONBLOCK));
    say("append is gone: 0%o", fcntl(out, F_GETFL) & mask);
    show("the access mode is not changed", fcntl(in, F_SETFL, O_RDWR));
    say("still: 0%o", fcntl(in, F_GETFL) & mask);
    int copy = dup(fd);
    fcntl(copy, F_SETFL, O_APPEND);
    say("a copy shares them: 0%o", fcntl(fd, F_GETFL) & mask);
    write(fd, "c", 1);
    show_file("and they work", "f");
}

static void table_is_full(void)
{
    struct rlimit limit = {8, 64};
    int ends[2] = {-5, -5};
    show("setrlimit", setrlimit(RLIMIT_NOFILE, &limit));
    while (dup(1) >= 0)
        continue;
    show("dup", dup(1));
    show("open", open(".", O_RDONLY));
    show("creating", open("new", O_WRONLY | O_CREAT, 0644));
    say("whether it was created: %s", access("new", F_OK) < 0 ? "no" : "yes");
    close(5);
    show("pipe with one free", pipe(ends));
    say("ends untouched: %d", ends[0] == -5 && ends[1] == -5);
    show("open takes it", open(".", O_RDONLY));
    show("dup2 to the limit", dup2(1, 8));
    show("dup2 below it", dup2(1, 7));
}

static void child_has_a_copy(void)
{
    int fd = make_file("f", "text");
    pid_t pid = fork_test();
    if (pid == 0) {
        close(fd);
        dup2(1, 30);
        _exit(0);
    }
    show_child("child closed its copy", pid);
    char c;
    show("the parent's is open", read(fd, &c, 1));
    show("the child's new one is not here", fcntl(30, F_GETFD));
}

static void locks(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = make_file("f", "text");
    show("F_SETLK", fcntl(fd, F_SETLK, &lock));
    pid_t pid = fork_test();
    if (pid == 0) {
        struct flock mine = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int again = open("f", O_RDWR);
        show("another process", fcntl(again, F_SETLK, &mine));
        fcntl(again, F_GETLK, &mine);
        say("held by its parent: %d", mine.l_pid == getppid());
        _exit(0);
    }
    show_child("child", pid);
    lock.l_type = F_UNLCK;
    show("unlock", fcntl(fd, F_SETLK, &lock));
}

const struct test tests_descriptors[] = {
    {"lowest_free", lowest_free},
    {"duplicates", duplicates},
    {"dup2_closes_the_target", dup2_closes_the_target},
    {"closing", closing},
    {"close_range_or_loop", close_range_or_loop},
    {"fcntl_flags", fcntl_flags},
    {"status_flags", status_flags},
    {"table_is_full", table_is_full},
    {"child_has_a_copy", child_has_a_copy},
    {"locks", locks},
    {NULL, NULL},
};

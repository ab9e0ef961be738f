// Pipes: bytes in order, end of file, SIGPIPE, capacity, atomic writes, blocking and not.
#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void bytes_in_order(void)
{
    int ends[2];
    char text[16] = "";
    make_pipe(ends);
    show("write", write(ends[1], "hello", 5));
    show("write", write(ends[1], "world", 5));
    show("short read", read(ends[0], text, 3));
    say("%s", text);
    show("the rest", read(ends[0], text, sizeof text));
    say("%.7s", text);
    show("read of the writing end", read(ends[1], text, 1));
    show("write to the reading end", write(ends[0], text, 1));
    show("nothing", write(ends[1], text, 0));
    show("nothing", read(ends[0], text, 0));
}

static void flags(void)
{
    int ends[2];
    show("pipe2", pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    say("close on exec %d %d", fcntl(ends[0], F_GETFD), fcntl(ends[1], F_GETFD));
    say("flags 0%o 0%o", fcntl(ends[0], F_GETFL) & ~O_LARGEFILE,
        fcntl(ends[1], F_GETFL) & ~O_LARGEFILE);
    show("unknown flag", pipe2(ends, O_APPEND));
}

static void end_of_file(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    int copy = dup(ends[1]);
    pid_t pid = fork_test();
    if (pid == 0) {
        close(copy);
        sleep_ms(50);
        _exit(write(ends[1], "x", 1) != 1);
    }
    close(ends[1]);
    close(copy);
    show("from the child", read(ends[0], &c, 1));
    show("it was the last writer", read(ends[0], &c, 1));
    show("still", read(ends[0], &c, 1));
    show_child("child", pid);
}

static void killed_writer_is_end_of_file(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0)
        pause();
    close(ends[1]);
    sleep_ms(20);
    kill(pid, SIGKILL);
    show("end of file", read(ends[0], &c, 1));
    show_child("child", pid);
}

static void no_reader(void)
{
    int ends[2];
    make_pipe(ends);
    close(ends[0]);
    handle(SIGPIPE, note, 0);
    show("write", write(ends[1], "x", 1));
    say("handled %d, %s", notes, signal_text(noted));
    show("write nothing", write(ends[1], "x", 0));
    signal(SIGPIPE, SIG_IGN);
    show("ignored", write(ends[1], "x", 1));
    signal(SIGPIPE, SIG_DFL);
    pid_t pid = fork_test();
    if (pid == 0) {
        write(ends[1], "x", 1);
        say("not reached");
    }
    show_child("by default", pid);
}

static void reader_dies_while_writer_waits(void)
{
    int ends[2];
    static char block[200000];
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        close(ends[1]);
        read(ends[0], block, 10);
        sleep_ms(50);
        _exit(0);
    }
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    ssize_t n = write(ends[1], block, sizeof block);
    say("a part was written: %d", n > 0 && n < (ssize_t)sizeof block);
    show("then", write(ends[1], block, 1));
    show_child("child", pid);
}

static void nonblocking(void)
{
    int ends[2];
    static char block[70000];
    char c;
    pipe2(ends, O_NONBLOCK);
    show("empty", read(ends[0], &c, 1));
    show("more than fits", write(ends[1], block, sizeof block));
    show("full", write(ends[1], block, 1));
    show("read one page", read(ends[0], block, 4096));
    show("room for PIPE_BUF", write(ends[1], block, PIPE_BUF));
    show("full again", write(ends[1], block, 1));
    close(ends[1]);
    long total = 0, n;
    while ((n = read(ends[0], block, sizeof block)) > 0)
        total += n;
    show("all there", total);
    show("at the end", read(ends[0], &c, 1));
}

static void writes_wait_for_room(void)
{
    int ends[2];
    static char block[200000];
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        close(ends[0]);
        for (size_t i = 0; i < sizeof block; i++)
            block[i] = (char)(i % 251);
        _exit(write(ends[1], block, sizeof block) != sizeof block);
    }
    close(ends[1]);
    long total = 0, wrong = 0, n;
    while ((n = read(ends[0], block, 3000)) > 0)
        for (long i = 0; i < n; i++, total++)
            wrong += (unsigned char)block[i] != total % 251;
    say("bytes %ld, wrong %ld", total, wrong);
    show_child("child", pid);
}

// Writes of up to PIPE_BUF bytes are never torn, however many write at once.
static void atomic_writes(void)
{
    static char record[PIPE_BUF];
    int ends[2], wrong = 0, records = 0;
    make_pipe(ends);
    for (int child = 0; child < 3; child++) {
        if (fork_test() != 0)
            continue;
        memset(record, 'a' + child, sizeof record);
        for (int i = 0; i < 40; i++)
            write(ends[1], record, sizeof record);
        _exit(0);
    }
    close(ends[1]);
    for (size_t have = 0;; have = 0) {
        ssize_t n = 0;
        while (have < sizeof record && (n = read(ends[0], record + have, sizeof record - have)) > 0)
            have += n;
        if (n <= 0)
            break;
        records++;
        for (size_t i = 1; i < sizeof record; i++)
            wrong += record[i] != record[0];
    }
    say("records %d, torn bytes %d", records, wrong);
    while (wait(NULL) > 0)
        continue;
}

static void bytes_waiting(void)
{
    int ends[2], n = -1;
    make_pipe(ends);
    show("FIONREAD", ioctl(ends[0], FIONREAD, &n));
    show("bytes", n);
    write(ends[1], "hello", 5);
    ioctl(ends[0], FIONREAD, &n);
    show("bytes", n);
}

static void vectors(void)
{
    int ends[2];
    char a[3] = "", b[8] = "";
    struct iovec out[] = {{"ab", 2}, {"cde", 3}}, in[] = {{a, 2}, {b, 7}};
    make_pipe(ends);
    show("writev", writev(ends[1], out, 2));
    show("readv", readv(ends[0], in, 2));
    say("%s %s", a, b);
}

static void through_proc(void)
{
    int ends[2];
    char c = 0;
    make_pipe(ends);
    char path[] = "/proc/self/fd/0";
    dup2(ends[0], 0);
    int again = open(path, O_RDONLY | O_NONBLOCK);
    write(ends[1], "x", 1);
    show("read by the reopened end", read(again, &c, 1));
    say("%c", c);
    show("empty", read(again, &c, 1));
    show("/dev/stdin", open("/dev/stdin", O_RDONLY) >= 0);
}

const struct test tests_pipes[] = {
    {"bytes_in_order", bytes_in_order},
    {"flags", flags},
    {"end_of_file", end_of_file},
    {"killed_writer_is_end_of_file", killed_writer_is_end_of_file},
    {"no_reader", no_reader},
    {"reader_dies_while_writer_waits", reader_dies_while_writer_waits},
    {"nonblocking", nonblocking},
    {"writes_wait_for_room", writes_wait_for_room},
    {"atomic_writes", atomic_writes},
    {"bytes_waiting", bytes_waiting},
    {"vectors", vectors},
    {"through_proc", through_proc},
    {NULL, NULL},
};

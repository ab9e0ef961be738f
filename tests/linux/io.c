// Bytes of an open file: read, write, offsets, vectors, append, holes, sync, sendfile.
#include "test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void short_reads(void)
{
    char text[32];
    int fd = make_file("f", "0123456789");
    show("less than there is", read(fd, text, 4));
    show("more than there is", read(fd, text, 32));
    show("at the end", read(fd, text, 32));
    show("nothing", read(fd, text, 0));
    show("write nothing", write(fd, text, 0));
    show("write", write(fd, "ab", 2));
    show_file("after", "f");
}

static void seeking(void)
{
    int fd = make_file("f", "0123456789");
    show("SEEK_SET 4", lseek(fd, 4, SEEK_SET));
    show("SEEK_CUR 3", lseek(fd, 3, SEEK_CUR));
    show("SEEK_CUR -7", lseek(fd, -7, SEEK_CUR));
    show("SEEK_END 0", lseek(fd, 0, SEEK_END));
    show("SEEK_END 100", lseek(fd, 100, SEEK_END));
    show("SEEK_SET -1", lseek(fd, -1, SEEK_SET));
    show("SEEK_END -11", lseek(fd, -11, SEEK_END));
    show("still", lseek(fd, 0, SEEK_CUR));
    show("whence 9", lseek(fd, 0, 9));
    show("no descriptor", lseek(77, 0, SEEK_SET));
    int ends[2];
    make_pipe(ends);
    show("pipe", lseek(ends[0], 0, SEEK_CUR));
}

static void offset_is_shared(void)
{
    char c = 0;
    int fd = make_file("f", "abcdef");
    int copy = dup(fd), other = open("f", O_RDONLY);
    read(fd, &c, 1);
    read(copy, &c, 1);
    say("dup goes on: %c", c);
    read(other, &c, 1);
    say("another open begins: %c", c);
    pid_t pid = fork_test();
    if (pid == 0) {
        read(fd, &c, 1);
        say("the child goes on: %c", c);
        _exit(0);
    }
    show_child("child", pid);
    read(fd, &c, 1);
    say("the parent after it: %c", c);
}

static void positioned(void)
{
    char text[8] = "";
    int fd = make_file("f", "0123456789");
    show("pread", pread(fd, text, 3, 6));
    say("text %s", text);
    show("pwrite", pwrite(fd, "XY", 2, 1));
    show("offset untouched", lseek(fd, 0, SEEK_CUR));
    show("pread at the end", pread(fd, text, 3, 10));
    show("pread negative", pread(fd, text, 3, -1));
    show("pwrite negative", pwrite(fd, text, 3, -1));
    show_file("after", "f");
    int ends[2];
    make_pipe(ends);
    show("pread of a pipe", pread(ends[0], text, 1, 0));
    show("pwrite to a pipe", pwrite(ends[1], text, 1, 0));
}

static void vectors(void)
{
    char a[4] = "", b[5] = "", c[8] = "";
    struct iovec in[] = {{a, 3}, {NULL, 0}, {b, 4}, {c, 7}};
    struct iovec out[] = {{"abc", 3}, {NULL, 0}, {"defghi", 6}};
    int fd = make_file("f", "");
    show("writev", writev(fd, out, 3));
    show_file("file", "f");
    lseek(fd, 0, SEEK_SET);
    show("readv", readv(fd, in, 4));
    say("%s|%s|%s", a, b, c);
    show("at the end", readv(fd, in, 4));
    show("no entries", readv(fd, in, 0));
    show("negative", syscall(SYS_readv, fd, in, -1));
    show("preadv", preadv(fd, in, 1, 5));
    say("%s", a);
    show("pwritev", pwritev(fd, out, 1, 0));
}

static void vector_limits(void)
{
    static struct iovec many[1025];
    static char bytes[1025];
    for (int i = 0; i < 1025; i++)
        many[i] = (struct iovec){&bytes[i], 1};
    memset(bytes, 'x', sizeof bytes);
    int fd = make_file("f", "");
    show("1024 entries", syscall(SYS_writev, fd, many, 1024));
    show("1025 entries", syscall(SYS_writev, fd, many, 1025));
    many[1].iov_len = (size_t)-1;
    show("a length below zero", syscall(SYS_writev, fd, many, 2));
    lseek(fd, 0, SEEK_SET);
    many[1].iov_len = 1;
    show("readv", syscall(SYS_readv, fd, many, 1024));
}

static void append(void)
{
    int fd = make_file("f", "start");
    close(fd);
    fd = open("f", O_RDWR | O_APPEND);
    int other = open("f", O_WRONLY | O_APPEND);
    show("offset at first", lseek(fd, 0, SEEK_CUR));
    write(fd, "-one", 4);
    write(other, "-two", 4);
    write(fd, "-three", 6);
    show("offset behind what was written", lseek(fd, 0, SEEK_CUR));
    lseek(fd, 0, SEEK_SET);
    write(fd, "-end", 4);
    show("pwrite appends, too", pwrite(fd, "!", 1, 0));
    show_file("file", "f");
}

static void append_by_many(void)
{
    int fd = open("f", O_WRONLY | O_CREAT | O_APPEND, 0644), bad = 0;
    for (int child = 0; child < 4; child++) {
        if (fork_test() != 0)
            continue;
        char line[8] = {'a' + child, 'a' + child, 'a' + child, 'a' + child,
                        'a' + child, 0,           0,           '\n'};
        for (int i = 0; i < 50; i++)
            write(fd, line, 8);
        _exit(0);
    }
    for (int child = 0; child < 4; child++)
        show_child("child", -1);
    struct stat st;
    fstat(fd, &st);
    show("size", st.st_size);
    int in = open("f", O_RDONLY);
    char line[8];
    while (read(in, line, 8) == 8)
        bad += line[0] != line[4] || line[7] != '\n';
    show("torn lines", bad);
}

static void sparse(void)
{
    char c = 'x';
    struct stat st;
    int fd = make_file("f", "");
    show("write at 1 MiB", pwrite(fd, "end", 3, 1 << 20));
    fstat(fd, &st);
    say("size %ld, less stored than that: %d", (long)st.st_size, st.st_blocks * 512 < st.st_size);
    show("read in the hole", pread(fd, &c, 1, 500000));
    say("byte %d", c);
    show("ftruncate to 64 MiB", ftruncate(fd, 64 << 20));
    show("read near its end", pread(fd, &c, 1, (64 << 20) - 1));
    say("byte %d", c);
    show("and at its end", pread(fd, &c, 1, 64 << 20));
}

static void shrunk_bytes_stay_away(void)
{
    char text[11] = "";
    int fd = make_file("f", "0123456789");
    ftruncate(fd, 3);
    ftruncate(fd, 10);
    show("read", pread(fd, text, 10, 0));
    say("bytes %d %d %d %d", text[2], text[3], text[4], text[9]);
}

static void big_blocks(void)
{
    static char block[100000], back[100000];
    int wrong = 0;
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)(i * 7 + i / 4096);
    int fd = make_file("f", "");
    show("write", write(fd, block, sizeof block));
    show("write again at an odd place", pwrite(fd, block, sizeof block, 4097));
    show("read", pread(fd, back, sizeof back, 4097));
    for (size_t i = 0; i < sizeof block; i++)
        wrong += block[i] != back[i];
    show("wrong bytes", wrong);
    show("size", lseek(fd, 0, SEEK_END));
    pread(fd, back, 4097, 0);
    say("the beginning is %s", memcmp(block, back, 4097) ? "wrong" : "whole");
}

static void syncing(void)
{
    int fd = make_file("f", "text"), ends[2];
    show("fsync", fsync(fd));
    show("fdatasync", fdatasync(fd));
    make_pipe(ends);
    show("fsync of a pipe", fsync(ends[0]));
    show("fsync of no descriptor", fsync(77));
    sync();
    say("sync returned");
}

// sendfile may say ENOSYS or EINVAL: whoever calls it copies by hand then.
static void sendfile_or_copy(void)
{
    char text[64];
    int in = make_file("f", "sent or copied"), out = open("g", O_WRONLY | O_CREAT, 0644);
    ssize_t n = sendfile(out, in, NULL, 64);
    if (n < 0 && (errno == ENOSYS || errno == EINVAL))
        while ((n = read(in, text, sizeof text)) > 0)
            write(out, text, n);
    show_file("copy", "g");
    show("offset of the source", lseek(in, 0, SEEK_CUR));
}

static void random_bytes(void)
{
    unsigned char a[32] = {0}, b[32] = {0};
    show("getrandom", syscall(SYS_getrandom, a, sizeof a, 0));
    show("again", syscall(SYS_getrandom, b, sizeof b, 0));
    say("they differ: %d", memcmp(a, b, sizeof a) != 0);
    show("none", syscall(SYS_getrandom, a, 0, 0));
    show("unknown flag", syscall(SYS_getrandom, a, 1, 0x100));
}

const struct test tests_io[] = {
    {"short_reads", short_reads},
    {"seeking", seeking},
    {"offset_is_shared", offset_is_shared},
    {"positioned", positioned},
    {"vectors", vectors},
    {"vector_limits", vector_limits},
    {"append", append},
    {"append_by_many", append_by_many},
    {"sparse", sparse},
    {"shrunk_bytes_stay_away", shrunk_bytes_stay_away},
    {"big_blocks", big_blocks},
    {"syncing", syncing},
    {"sendfile_or_copy", sendfile_or_copy},
    {"random_bytes", random_bytes},
    {NULL, NULL},
};

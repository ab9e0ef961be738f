// Errors that every call shares: bad descriptors, names too long, numbers that no call has.
#include "test.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void bad_descriptors(void)
{
    static const int bad[] = {-1, 77, 100000, INT_MAX, INT_MIN};
    char c;
    struct stat st;
    struct iovec vector = {&c, 1};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int fd = bad[i];
        say("%d: read %s write %s", fd, rc(read(fd, &c, 1)), rc(write(fd, &c, 1)));
        say("%d: fstat %s lseek %s", fd, rc(fstat(fd, &st)), rc(lseek(fd, 0, SEEK_SET)));
        say("%d: close %s dup %s", fd, rc(close(fd)), rc(dup(fd)));
        say("%d: readv %s fcntl %s", fd, rc(readv(fd, &vector, 1)), rc(fcntl(fd, F_GETFL)));
        say("%d: ioctl %s ftruncate %s", fd, rc(ioctl(fd, FIONREAD, &st)), rc(ftruncate(fd, 0)));
        say("%d: fchmod %s fchown %s", fd, rc(fchmod(fd, 0)), rc(fchown(fd, 0, 0)));
        say("%d: fsync %s fchdir %s", fd, rc(fsync(fd)), rc(fchdir(fd)));
        say("%d: getdents %s", fd, rc(syscall(SYS_getdents64, fd, &st, sizeof st)));
    }
}

static void long_names(void)
{
    char name[300];
    memset(name, 'n', sizeof name);
    name[255] = '\0';
    say("255 bytes: %s", open(name, O_WRONLY | O_CREAT, 0644) < 0 ? rc(-1) : "opened");
    show("there", access(name, F_OK));
    name[255] = 'n';
    name[256] = '\0';
    show("256 bytes", open(name, O_WRONLY | O_CREAT, 0644));
    show("mkdir", mkdir(name, 0755));
    show("stat", access(name, F_OK));
    show("symlink", symlink("x", name));
    show("rename", rename(".", name));
    show("unlink", unlink(name));
    show("chdir", chdir(name));
}

static void long_paths(void)
{
    static char path[5000];
    struct stat st;
    for (int i = 0; i < 4094; i += 2)
        memcpy(path + i, "./", 3);
    memcpy(path + 4094, ".", 2);
    show("4095 bytes", stat(path, &st));
    memcpy(path + 4094, "./", 3);
    show("4096 bytes", stat(path, &st));
    show("open", open(path, O_RDONLY));
    show("mkdir", mkdir(path, 0755));
    show("chdir", chdir(path));
    show("readlink", readlink(path, (char[10]){0}, 10));
    show("execve", syscall(SYS_execve, path, NULL, NULL));
    show("symlink to it", symlink(path, "l"));
    show("rename from it", rename(path, "x"));
    show("rename to it", rename(".", path));
}

static void unknown_calls(void)
{
    static const long numbers[] = {244, 600, 1000, 5000, 1L << 40, -5000};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        say("%ld: %s", numbers[i], rc(syscall(numbers[i], 1, 2, 3, 4, 5, 6)));
}

static void not_a_directory(void)
{
    struct stat st;
    close(make_file("f", ""));
    show("open", open("f/x", O_RDONLY));
    show("create", open("f/x", O_RDWR | O_CREAT, 0644));
    show("stat", stat("f/x", &st));
    show("stat f/", stat("f/", &st));
    show("stat f/.", stat("f/.", &st));
    show("mkdir", mkdir("f/x", 0755));
    show("rmdir", rmdir("f/x"));
    show("unlink", unlink("f/x"));
    show("rename from", rename("f/x", "y"));
    show("rename to", rename("f", "f/y"));
    show("link", link("f", "f/y"));
    show("symlink", symlink("f", "f/y"));
    show("chdir", chdir("f"));
    show("truncate", truncate("f/x", 0));
    show("chmod", chmod("f/x", 0));
    show("execve", syscall(SYS_execve, "f/x", NULL, NULL));
}

static void special_names(void)
{
    show("control characters", mkdir("\1\n\t\x7f", 0755));
    show("utf-8", mkdir("\xc3\xa9\xe2\x82\xac", 0755));
    show("not utf-8", mkdir("\xff\xfe", 0755));
    show("blank", mkdir(" ", 0755));
    show("three dots", mkdir("...", 0755));
    show("dot", mkdir(".", 0755));
    show("dot dot", mkdir("..", 0755));
    show("root", mkdir("/", 0755));
    show("create dot", open(".", O_WRONLY | O_CREAT, 0644));
    show("unlink dot", unlink("."));
    show("back by name", rmdir("\xff\xfe"));
}

static void bad_flags(void)
{
    int fd = make_file("f", "");
    show("poll of too many", syscall(SYS_ppoll, NULL, 1 << 25, NULL, NULL, 8));
    show("dup3", dup3(fd, 9, 1));
    show("pipe2", pipe2((int[2]){0}, 1));
    show("unlinkat", unlinkat(AT_FDCWD, "f", 1));
    show("fchownat", fchownat(AT_FDCWD, "f", 0, 0, 1));
    show("utimensat", utimensat(AT_FDCWD, "f", NULL, 1));
    show("lseek", lseek(fd, 0, 5));
    show("access mode 3 opens", open("f", 3) >= 0);
}

static void huge_lengths(void)
{
    char c = 'x';
    int fd = make_file("f", "text");
    show("read, negative length", syscall(SYS_read, fd, &c, -1L));
    show("write, negative length", syscall(SYS_write, fd, &c, -1L));
    show("offset beyond any file", pwrite(fd, &c, 1, LONG_MAX));
    show("lseek to the far end", lseek(fd, LONG_MAX, SEEK_SET) == LONG_MAX ? 1 : -1);
}

const struct test tests_errors[] = {
    {"bad_descriptors", bad_descriptors},
    {"long_names", long_names},
    {"long_paths", long_paths},
    {"unknown_calls", unknown_calls},
    {"not_a_directory", not_a_directory},
    {"special_names", special_names},
    {"bad_flags", bad_flags},
    {"huge_lengths", huge_lengths},
    {NULL, NULL},
};

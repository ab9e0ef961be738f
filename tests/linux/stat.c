// What the system says of a file: types, modes, times, statx, and the calls that change them.
#include "test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char *type_text(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "file";
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "link";
    case S_IFIFO:
        return "fifo";
    case S_IFCHR:
        return "character device";
    case S_IFSOCK:
        return "socket";
    default:
        return "other";
    }
}

static void show_stat(const char *what, int result, const struct stat *st)
{
    if (result < 0)
        show(what, result);
    else
        say("%s: %s 0%o", what, type_text(st->st_mode), st->st_mode & 07777);
}

static void types(void)
{
    struct stat st;
    int ends[2];
    make_pipe(ends);
    close(make_file("f", "text"));
    symlink("f", "link");
    mkfifo("fifo", 0600);
    show_stat("file", stat("f", &st), &st);
    show_stat("directory", stat(".", &st), &st);
    show_stat("followed link", stat("link", &st), &st);
    show_stat("link", lstat("link", &st), &st);
    show("size of a link", st.st_size);
    show_stat("fifo", stat("fifo", &st), &st);
    show_stat("pipe", fstat(ends[0], &st), &st);
    show_stat("/dev/null", stat("/dev/null", &st), &st);
    say("device %u:%u", major(st.st_rdev), minor(st.st_rdev));
}

static void stat_flags(void)
{
    struct stat st;
    int fd = make_file("f", "four"), ends[2];
    make_pipe(ends);
    show_stat("AT_EMPTY_PATH", fstatat(fd, "", &st, AT_EMPTY_PATH), &st);
    show_stat("AT_EMPTY_PATH of a pipe", fstatat(ends[0], "", &st, AT_EMPTY_PATH), &st);
    show_stat("AT_EMPTY_PATH, AT_FDCWD", fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH), &st);
    show_stat("empty path without it", fstatat(fd, "", &st, 0), &st);
    show_stat("unknown flag", fstatat(AT_FDCWD, "f", &st, 0x40000000), &st);
    show_stat("relative to a file", fstatat(fd, "x", &st, 0), &st);
    show_stat("relative to a pipe", fstatat(ends[0], "f", &st, 0), &st);
    show_stat("relative to nothing", fstatat(77, "f", &st, 0), &st);
    show_stat("absolute, relative to nothing", fstatat(77, "/dev/null", &st, 0), &st);
    show_stat("no descriptor", fstat(77, &st), &st);
}

static void extended(void)
{
    struct statx x;
    struct stat st;
    int fd = make_file("f", "0123456789");
    fstat(fd, &st);
    show("statx", statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &x));
    say("mask 0x%x, size %ld, mode 0%o", x.stx_mask & STATX_BASIC_STATS, (long)x.stx_size,
        x.stx_mode);
    say("same inode as stat's: %d", x.stx_ino == st.st_ino);
    show("by descriptor", statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &x));
    show("missing", statx(AT_FDCWD, "missing", 0, STATX_SIZE, &x));
    show("unknown flag", statx(AT_FDCWD, "f", 0x40000000, STATX_SIZE, &x));
    symlink("f", "link");
    show("link", statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &x));
    say("type %s", type_text(x.stx_mode));
}

static void change_mode(void)
{
    struct stat st;
    int fd = make_file("f", "");
    show("chmod", chmod("f", 04751));
    show_stat("mode", stat("f", &st), &st);
    show("fchmod", fchmod(fd, 0100640));
    show_stat("mode", stat("f", &st), &st);
    symlink("f", "link");
    show("through a link", fchmodat(AT_FDCWD, "link", 0600, 0));
    show_stat("mode", stat("f", &st), &st);
    show("missing", chmod("missing", 0600));
    show("no descriptor", fchmod(77, 0600));
    mkdir("d", 0755);
    show("directory", chmod("d", 01777));
    show_stat("mode", stat("d", &st), &st);
}

static void change_owner(void)
{
    struct stat st;
    int fd = make_file("f", "");
    show("chown", chown("f", 1000, 1001));
    stat("f", &st);
    say("owner %d:%d", st.st_uid, st.st_gid);
    show("only the group", fchown(fd, -1, 5));
    stat("f", &st);
    say("owner %d:%d", st.st_uid, st.st_gid);
    chmod("f", 06755);
    show("chown takes the set-id bits", chown("f", 0, 0));
    stat("f", &st);
    say("mode 0%o", st.st_mode & 07777);
    symlink("f", "link");
    show("lchown", lchown("link", 7, 8));
    lstat("link", &st);
    say("link %d:%d", st.st_uid, st.st_gid);
    stat("f", &st);
    say("file %d:%d", st.st_uid, st.st_gid);
    show("missing", chown("missing", 0, 0));
}

static void show_times(const char *path)
{
    struct stat st;
    stat(path, &st);
    say("accessed %ld.%09ld, written %ld.%09ld", st.st_atim.tv_sec, st.st_atim.tv_nsec,
        st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void set_times(void)
{
    struct timespec times[2] = {{100, 1}, {200, 999999999}};
    struct stat st;
    int fd = make_file("f", "");
    show("utimensat", utimensat(AT_FDCWD, "f", times, 0));
    show_times("f");
    times[0].tv_nsec = UTIME_OMIT;
    times[1] = (struct timespec){300, 5};
    show("only one", futimens(fd, times));
    show_times("f");
    times[1].tv_nsec = 1000000000;
    show("nanoseconds too many", utimensat(AT_FDCWD, "f", times, 0));
    show("missing", utimensat(AT_FDCWD, "missing", NULL, 0));
    show("now", utimensat(AT_FDCWD, "f", NULL, 0));
    stat("f", &st);
    say("now is later: %d", st.st_mtim.tv_sec >= 300);
    symlink("f", "link");
    times[0] = times[1] = (struct timespec){400, 0};
    show("the link's own", utimensat(AT_FDCWD, "link", times, AT_SYMLINK_NOFOLLOW));
    lstat("link", &st);
    show("time", st.st_mtim.tv_sec);
}

static void times_move(void)
{
    struct timespec old[2] = {{100, 0}, {100, 0}};
    struct stat before, after;
    int fd = make_file("f", "text");
    futimens(fd, old);
    write(fd, "x", 1);
    fstat(fd, &after);
    say("write moves mtime: %d", after.st_mtim.tv_sec > 100);
    utimensat(AT_FDCWD, ".", old, 0);
    close(make_file("new", ""));
    stat(".", &after);
    say("a new name moves the directory's: %d", after.st_mtim.tv_sec > 100);
    futimens(fd, old);
    fstat(fd, &before);
    sleep_ms(20);
    chmod("f", 0600);
    fstat(fd, &after);
    say("chmod moves mtime: %d", after.st_mtim.tv_sec > 100);
    say("chmod moves ctime: %d", after.st_ctim.tv_sec > before.st_ctim.tv_sec
                                     || after.st_ctim.tv_nsec != before.st_ctim.tv_nsec);
}

static void access_as_root(void)
{
    close(make_file("f", ""));
    chmod("f", 0);
    show("exists", access("f", F_OK));
    show("root may read and write", access("f", R_OK | W_OK));
    show("root may not execute without any x", access("f", X_OK));
    chmod("f", 001);
    show("one x is enough", access("f", X_OK));
    show("missing", access("missing", F_OK));
    show("bad mode", access("f", 64));
    show("faccessat, unknown flag", faccessat(AT_FDCWD, "f", R_OK, 0x4000));
}

static void inodes(void)
{
    struct stat a, b, c;
    close(make_file("a", ""));
    close(make_file("b", ""));
    link("a", "c");
    stat("a", &a);
    stat("b", &b);
    stat("c", &c);
    say("a and b differ: %d", a.st_ino != b.st_ino);
    say("a and its second name are one: %d", a.st_ino == c.st_ino && a.st_dev == c.st_dev);
    say("links %ld", (long)c.st_nlink);
}

const struct test tests_stat[] = {
    {"types", types},
    {"stat_flags", stat_flags},
    {"extended", extended},
    {"change_mode", change_mode},
    {"change_owner", change_owner},
    {"set_times", set_times},
    {"times_move", times_move},
    {"access_as_root", access_as_root},
    {"inodes", inodes},
    {NULL, NULL},
};

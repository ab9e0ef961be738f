// Files by name: open and its flags, creation, truncation, unlinking what is open.
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

static void show_open(const char *what, const char *path, int flags)
{
    int fd = open(path, flags, 0666);
    say("%s: %s", what, fd < 0 ? rc(-1) : "opened");
    if (fd >= 0)
        close(fd);
}

static void open_missing(void)
{
    show_open("read", "missing", O_RDONLY);
    show_open("write", "missing", O_WRONLY);
    show_open("in a missing directory", "missing/file", O_WRONLY | O_CREAT);
    show_open("empty path", "", O_RDONLY);
    show_open("empty path, O_CREAT", "", O_RDWR | O_CREAT);
}

static void open_creates(void)
{
    struct stat st;
    umask(027);
    int fd = open("new", O_WRONLY | O_CREAT, 0666);
    fstat(fd, &st);
    say("mode 0%o size %ld links %ld", st.st_mode, (long)st.st_size, (long)st.st_nlink);
    show("lowest descriptor", fd);
    umask(0);
    close(open("suid", O_WRONLY | O_CREAT, 06755));
    stat("suid", &st);
    say("mode 0%o", st.st_mode);
    show("mode 0 is open all the same", open("none", O_RDWR | O_CREAT, 0));
}

static void open_exclusive(void)
{
    show_open("first", "f", O_WRONLY | O_CREAT | O_EXCL);
    show_open("second", "f", O_WRONLY | O_CREAT | O_EXCL);
    symlink("nowhere", "dangling");
    show_open("dangling link", "dangling", O_WRONLY | O_CREAT | O_EXCL);
    show_open("through the dangling link", "dangling", O_WRONLY | O_CREAT);
    show("nowhere exists now", access("nowhere", F_OK));
    mkdir("d", 0755);
    show_open("directory", "d", O_RDONLY | O_CREAT | O_EXCL);
}

static void open_truncates(void)
{
    close(make_file("f", "contents"));
    show_open("O_TRUNC", "f", O_WRONLY | O_TRUNC);
    show_file("after", "f");
    close(make_file("g", "contents"));
    show_open("without", "g", O_WRONLY);
    show_file("after", "g");
}

static void open_directories(void)
{
    mkdir("d", 0755);
    close(make_file("f", ""));
    show_open("read", "d", O_RDONLY);
    show_open("write", "d", O_WRONLY);
    show_open("read and write", "d", O_RDWR);
    show_open("create", "d", O_RDONLY | O_CREAT);
    show_open("truncate", "d", O_RDONLY | O_TRUNC);
    show_open("O_DIRECTORY", "d", O_RDONLY | O_DIRECTORY);
    show_open("O_DIRECTORY on a file", "f", O_RDONLY | O_DIRECTORY);
}

static void open_trailing_slash(void)
{
    mkdir("d", 0755);
    close(make_file("f", ""));
    show_open("directory", "d/", O_RDONLY);
    show_open("file", "f/", O_RDONLY);
    show_open("create", "new/", O_WRONLY | O_CREAT);
    show_open("missing", "missing/", O_RDONLY);
    show_open("file as a directory", "f/x", O_RDONLY);
    show_open("file/..", "f/..", O_RDONLY);
    show_open("many slashes", "d////..//f", O_RDONLY);
}

static void open_nofollow(void)
{
    close(make_file("f", ""));
    symlink("f", "link");
    mkdir("d", 0755);
    symlink("d", "dlink");
    show_open("link", "link", O_RDONLY);
    show_open("O_NOFOLLOW", "link", O_RDONLY | O_NOFOLLOW);
    show_open("O_NOFOLLOW on a file", "f", O_RDONLY | O_NOFOLLOW);
    show_open("O_NOFOLLOW | O_DIRECTORY", "dlink", O_RDONLY | O_NOFOLLOW | O_DIRECTORY);
    show_open("O_NOFOLLOW in the middle", "dlink/../f", O_RDONLY | O_NOFOLLOW);
}

static void open_path_only(void)
{
    char c;
    close(make_file("f", "text"));
    int fd = open("f", O_PATH);
    struct stat st;
    show("opened", fd);
    show("read", read(fd, &c, 1));
    show("write", write(fd, &c, 1));
    show("fstat", fstat(fd, &st));
    say("size %ld", (long)st.st_size);
    show("close", close(fd));
}

static void access_mode_binds(void)
{
    char c = 'x';
    close(make_file("f", "text"));
    int in = open("f", O_RDONLY), out = open("f", O_WRONLY);
    show("write to a reader", write(in, &c, 1));
    show("read from a writer", read(out, &c, 1));
    show("truncate a reader", ftruncate(in, 0));
    show("truncate a writer", ftruncate(out, 2));
    show_file("left", "f");
}

static void truncate_file(void)
{
    close(make_file("f", "0123456789"));
    show("shrink", truncate("f", 4));
    show_file("shrunk", "f");
    show("grow", truncate("f", 8));
    show_file("grown", "f");
    show("negative", truncate("f", -1));
    show("missing", truncate("missing", 0));
    mkdir("d", 0755);
    show("directory", truncate("d", 0));
    show("slash", truncate("f/", 0));
    int fd = open("f", O_RDWR);
    show("ftruncate negative", ftruncate(fd, -1));
    show("ftruncate to the same", ftruncate(fd, 8));
    show("the offset stays", lseek(fd, 0, SEEK_CUR));
}

static void truncate_leaves_offset(void)
{
    int fd = make_file("f", "0123456789");
    lseek(fd, 8, SEEK_SET);
    ftruncate(fd, 2);
    show("offset", lseek(fd, 0, SEEK_CUR));
    char c;
    show("read behind the end", read(fd, &c, 1));
    show("write behind the end", write(fd, "x", 1));
    show_file("hole of zeros", "f");
}

static void unlink_of_open_file(void)
{
    char text[16] = "";
    struct stat st;
    int fd = make_file("f", "still here");
    show("unlink", unlink("f"));
    show("by name", open("f", O_RDONLY));
    show("read", pread(fd, text, sizeof text, 0));
    say("text \"%.10s\"", text);
    fstat(fd, &st);
    show("links", st.st_nlink);
    show("write", pwrite(fd, "more", 4, 10));
    close(make_file("f", "new"));
    show("a new file by that name", access("f", F_OK));
    show("the old one", pread(fd, text, sizeof text, 0));
}

static void unlink_errors(void)
{
    mkdir("d", 0755);
    close(make_file("f", ""));
    show("missing", unlink("missing"));
    show("directory", unlink("d"));
    show("slash behind a file", unlink("f/"));
    show("empty", unlink(""));
    show("file as a directory", unlink("f/x"));
    show("rmdir of a file", rmdir("f"));
    show("unknown flag", unlinkat(AT_FDCWD, "f", 0x10000));
    show("file", unlink("f"));
    show("again", unlink("f"));
}

static void null_and_zero(void)
{
    char bytes[8] = "1234567";
    int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR);
    show("write to null", write(null, bytes, 8));
    show("read from null", read(null, bytes, 8));
    show("write to zero", write(zero, bytes, 8));
    show("read from zero", read(zero, bytes, 8));
    say("bytes %d %d", bytes[0], bytes[7]);
    show("create over a device", open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0644) >= 0);
}

static void many_files(void)
{
    char name[16];
    int made = 0, found = 0, gone = 0;
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "file%d", i);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
        made += fd >= 0 && write(fd, name, i % 9) == i % 9 && close(fd) == 0;
    }
    for (int i = 0; i < 300; i++) {
        struct stat st;
        snprintf(name, sizeof name, "file%d", i);
        found += stat(name, &st) == 0 && st.st_size == i % 9;
        gone += unlink(name) == 0;
    }
    say("made %d, found %d, gone %d", made, found, gone);
}

static void file_system_status(void)
{
    struct statfs fs = {0};
    show("statfs", statfs(".", &fs));
    say("name length %ld, block size %s", (long)fs.f_namelen, fs.f_bsize >= 512 ? "sane" : "odd");
    show("missing", statfs("missing", &fs));
    int fd = make_file("f", "");
    show("fstatfs", fstatfs(fd, &fs));
    show("fstatfs of no descriptor", fstatfs(77, &fs));
}

const struct test tests_files[] = {
    {"open_missing", open_missing},
    {"open_creates", open_creates},
    {"open_exclusive", open_exclusive},
    {"open_truncates", open_truncates},
    {"open_directories", open_directories},
    {"open_trailing_slash", open_trailing_slash},
    {"open_nofollow", open_nofollow},
    {"open_path_only", open_path_only},
    {"access_mode_binds", access_mode_binds},
    {"truncate_file", truncate_file},
    {"truncate_leaves_offset", truncate_leaves_offset},
    {"unlink_of_open_file", unlink_of_open_file},
    {"unlink_errors", unlink_errors},
    {"null_and_zero", null_and_zero},
    {"many_files", many_files},
    {"file_system_status", file_system_status},
    {NULL, NULL},
};

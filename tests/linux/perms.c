// Permission bits, as user 1000 meets them.
#include "test.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_open(const char *path, int flags)
{
    int fd = open(path, flags, 0644);
    const char *how[] = {"read", "write", "read and write"};
    say("%s %s: %s", how[flags & O_ACCMODE], path, fd < 0 ? rc(-1) : "opened");
    close(fd);
}

static void open_three_ways(void)
{
    static const char *const files[] = {"root400", "root444", "root666",  "user400",
                                        "user200", "user044", "group060", "group606"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        show_open(files[i], O_RDONLY);
        show_open(files[i], O_WRONLY);
        show_open(files[i], O_RDWR);
    }
}

static void make(const char *name, mode_t mode, uid_t uid, gid_t gid)
{
    close(make_file(name, "text"));
    if (chown(name, uid, gid) < 0 || chmod(name, mode) < 0)
        give_up(name);
}

static void opening(void)
{
    make("root400", 0400, 0, 0);
    make("root444", 0444, 0, 0);
    make("root666", 0666, 0, 0);
    make("user400", 0400, 1000, 1000);
    make("user200", 0200, 1000, 1000);
    make("user044", 0044, 1000, 1000);
    make("group060", 0060, 0, 1000);
    make("group606", 0606, 0, 1000);
    as_user(open_three_ways);
    say("root:");
    open_three_ways();
}

static void in_directories(void)
{
    show_open("none/f", O_RDONLY);
    show("stat below none", access("none/f", F_OK));
    show_open("search/f", O_RDONLY);
    show_open("search", O_RDONLY | O_DIRECTORY);
    show_open("read/f", O_RDONLY);
    show_open("read", O_RDONLY | O_DIRECTORY);
    show("chdir none", chdir("none"));
    show("create in search", open("search/new", O_WRONLY | O_CREAT, 0644));
    show("mkdir in search", mkdir("search/d", 0755));
    show("unlink in search", unlink("search/f"));
    show("rename in search", rename("search/f", "search/g"));
    show("link into search", link("mine", "search/g"));
    show("symlink into search", symlink("x", "search/g"));
    show("mkfifo in search", mkfifo("search/g", 0600));
    show("create in all", open("all/new", O_WRONLY | O_CREAT, 0644) >= 0);
    show("unlink root's file in all", unlink("all/f"));
    show("write without search", open("write/new", O_WRONLY | O_CREAT, 0644));
}

static void directories(void)
{
    const struct {
        const char *name;
        mode_t mode;
    } made[] = {{"none", 0700}, {"search", 0711}, {"read", 0744}, {"all", 0777}, {"write", 0722}};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        char path[32];
        mkdir(made[i].name, 0700);
        snprintf(path, sizeof path, "%s/f", made[i].name);
        close(make_file(path, "text"));
        chmod(path, 0644);
        chmod(made[i].name, made[i].mode);
    }
    make("mine", 0644, 1000, 1000);
    as_user(in_directories);
}

static void change(void)
{
    struct stat st;
    show("chmod of root's file", chmod("root666", 0777));
    show("chmod of one's own", chmod("own", 0600));
    show("chown of one's own to another", chown("own", 1001, -1));
    show("to itself", chown("own", 1000, -1));
    show("to a group that one is in", chown("own", -1, 1000));
    show("to another group", chown("own", -1, 1001));
    show("chown of root's file", chown("root666", 1000, -1));
    show("times of root's file, now", utimensat(AT_FDCWD, "root666", NULL, 0));
    struct timespec times[2] = {{1, 0}, {1, 0}};
    show("times of root's file", utimensat(AT_FDCWD, "root666", times, 0));
    show("times of one's own", utimensat(AT_FDCWD, "own", times, 0));
    show("times of a file one may not write, now", utimensat(AT_FDCWD, "root444", NULL, 0));
    show("truncate it", truncate("root444", 0));
    show("truncate one that one may write", truncate("root666", 0));
    chmod("own", 02755);
    stat("own", &st);
    say("set-group-id stays in one's own group: 0%o", st.st_mode & 07777);
}

static void changing(void)
{
    make("root666", 0666, 0, 0);
    make("root444", 0444, 0, 0);
    make("own", 0644, 1000, 1000);
    as_user(change);
}

static void ask(void)
{
    show("r, as root400", access("root400", R_OK));
    show("f, as root400", access("root400", F_OK));
    show("x of 0644", access("root644", X_OK));
    show("r of 0644", access("root644", R_OK));
    show("w of 0644", access("root644", W_OK));
    show("x of 0711", access("root711", X_OK));
    show("x of 0755 directory", access("d", X_OK));
}

static void asking(void)
{
    make("root400", 0400, 0, 0);
    make("root644", 0644, 0, 0);
    make("root711", 0711, 0, 0);
    mkdir("d", 0755);
    as_user(ask);
    // access asks for the real ids, AT_EACCESS for the effective ones.
    pid_t pid = fork_test();
    if (pid == 0) {
        setresuid(1000, 0, 0);
        show("real user, effective root", access("root400", R_OK));
        show("AT_EACCESS", faccessat(AT_FDCWD, "root400", R_OK, AT_EACCESS));
        _exit(0);
    }
    show_child("child", pid);
}

static void in_sticky(void)
{
    show("unlink of root's file", unlink("sticky/root"));
    show("rename of root's file", rename("sticky/root", "sticky/x"));
    close(make_file("sticky/new", ""));
    show("over root's file", rename("sticky/new", "sticky/root"));
    show("unlink of one's own", unlink("sticky/own"));
    show("unlink of the new one", unlink("sticky/new"));
    show("rmdir of root's directory", rmdir("sticky/d"));
}

static void sticky(void)
{
    mkdir("sticky", 0755);
    chmod("sticky", 01777);
    make("sticky/root", 0666, 0, 0);
    make("sticky/own", 0644, 1000, 1000);
    mkdir("sticky/d", 0777);
    as_user(in_sticky);
}

static void make_inside(void)
{
    struct stat st;
    close(make_file("shared/f", ""));
    stat("shared/f", &st);
    say("file %d:%d mode 0%o", st.st_uid, st.st_gid, st.st_mode & 07777);
    mkdir("shared/d", 0755);
    stat("shared/d", &st);
    say("directory %d:%d mode 0%o", st.st_uid, st.st_gid, st.st_mode & 07777);
}

static void set_group_id_directory(void)
{
    mkdir("shared", 0755);
    chown("shared", 0, 50);
    chmod("shared", 02777);
    as_user(make_inside);
}

static void supplementary_groups_count(void)
{
    gid_t groups[2] = {7, 1000};
    make("group7", 0040, 0, 7);
    pid_t pid = fork_test();
    if (pid == 0) {
        setgroups(2, groups);
        setgid(1000);
        setuid(1000);
        show_open("group7", O_RDONLY);
        show_open("group7", O_WRONLY);
        _exit(0);
    }
    show_child("child", pid);
}

static void open_file_stays_open(void)
{
    char c;
    make("f", 0644, 0, 0);
    int fd = open("f", O_RDWR);
    chmod("f", 0);
    pid_t pid = fork_test();
    if (pid == 0) {
        setuid(1000);
        show("read what root opened", pread(fd, &c, 1, 0));
        show("write", pwrite(fd, "x", 1, 0));
        show("fchmod", fchmod(fd, 0777));
        _exit(0);
    }
    show_child("child", pid);
}

const struct test tests_perms[] = {
    {"opening", opening},
    {"directories", directories},
    {"changing", changing},
    {"asking", asking},
    {"sticky", sticky},
    {"set_group_id_directory", set_group_id_directory},
    {"supplementary_groups_count", supplementary_groups_count},
    {"open_file_stays_open", open_file_stays_open},
    {NULL, NULL},
};

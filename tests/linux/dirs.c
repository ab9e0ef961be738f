// Directories: making, removing, listing, the working directory, paths relative to a descriptor.
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void make_and_remove(void)
{
    struct stat st;
    umask(027);
    show("mkdir", mkdir("d", 0777));
    stat("d", &st);
    say("mode 0%o", st.st_mode);
    show("again", mkdir("d", 0777));
    show("in a missing one", mkdir("missing/d", 0777));
    show("slash behind", mkdir("e/", 0777));
    show("empty", mkdir("", 0777));
    close(make_file("f", ""));
    show("over a file", mkdir("f", 0777));
    show("below a file", mkdir("f/d", 0777));
    symlink("nowhere", "dangling");
    show("over a dangling link", mkdir("dangling", 0777));
    show("rmdir", rmdir("d"));
    show("again", rmdir("d"));
    show("rmdir, slash behind", rmdir("e/"));
}

static void rmdir_errors(void)
{
    mkdir("d", 0755);
    mkdir("d/e", 0755);
    close(make_file("f", ""));
    symlink("d", "link");
    show("not empty", rmdir("d"));
    show("dot", rmdir("d/e/."));
    show("dot dot", rmdir("d/e/.."));
    show("file", rmdir("f"));
    show("link", rmdir("link"));
    show("root", rmdir("/"));
    show("unlinkat without AT_REMOVEDIR", unlinkat(AT_FDCWD, "d/e", 0));
    show("unlinkat with it", unlinkat(AT_FDCWD, "d/e", AT_REMOVEDIR));
    show("on a file", unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
    show("empty now", rmdir("d"));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void listing(void)
{
    struct dirent **found;
    mkdir("d", 0755);
    mkdir("d/dir", 0755);
    close(make_file("d/file", ""));
    symlink("x", "d/link");
    mkfifo("d/pipe", 0600);
    close(make_file("d/.hidden", ""));
    int n = scandir("d", &found, NULL, by_name);
    for (int i = 0; i < n; i++)
        say("%s type %d", found[i]->d_name, found[i]->d_type);
}

static void list_errors(void)
{
    char buffer[1024];
    int fd = open(".", O_RDONLY | O_DIRECTORY), file = make_file("f", "");
    show("no room for one entry", syscall(SYS_getdents64, fd, buffer, 8));
    show("a file", syscall(SYS_getdents64, file, buffer, sizeof buffer));
    show("no descriptor", syscall(SYS_getdents64, 77, buffer, sizeof buffer));
    show("read of a directory", read(fd, buffer, sizeof buffer));
    long n = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
    say("something is there: %d, all of it in one go: %ld", n > 0,
        syscall(SYS_getdents64, fd, buffer, sizeof buffer));
    lseek(fd, 0, SEEK_SET);
    say("the same again from the beginning: %d",
        syscall(SYS_getdents64, fd, buffer, sizeof buffer) == n);
}

static void make_many(int count)
{
    char name[64];
    mkdir("many", 0755);
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "many/a_file_with_a_longer_name_%d", i);
        close(make_file(name, ""));
    }
}

static void delete_while_listing(void)
{
    struct dirent *entry;
    char path[300];
    int seen = 0, deleted = 0;
    make_many(500);
    DIR *dir = opendir("many");
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        seen++;
        snprintf(path, sizeof path, "many/%s", entry->d_name);
        deleted += unlink(path) == 0;
    }
    say("seen %d, deleted %d", seen, deleted);
    rewinddir(dir);
    for (seen = 0; readdir(dir);)
        seen++;
    show("left", seen);
    closedir(dir);
    show("rmdir", rmdir("many"));
}

static void each_name_once(void)
{
    char seen[500] = {0}, buffer[512];
    int wrong = 0, names = 0, calls = 0;
    make_many(500);
    int fd = open("many", O_RDONLY | O_DIRECTORY);
    long n;
    while ((n = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        calls++;
        for (long at = 0; at < n;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + at);
            at += entry->d_reclen;
            if (entry->d_name[0] == '.')
                continue;
            int i = atoi(strrchr(entry->d_name, '_') + 1);
            names++;
            wrong += seen[i]++;
        }
    }
    say("names %d, twice %d, more than one call: %d", names, wrong, calls > 1);
}

static void dot_and_dot_dot(void)
{
    struct stat here, up, again;
    mkdir("d", 0755);
    stat(".", &here);
    stat("d/..", &up);
    say("d/.. is here: %d", here.st_ino == up.st_ino);
    stat("d/.", &again);
    stat("d", &up);
    say("d/. is d: %d", again.st_ino == up.st_ino);
    stat("/", &up);
    stat("/..", &again);
    say("/.. is /: %d", again.st_ino == up.st_ino && again.st_dev == up.st_dev);
    stat(".", &here);
    long before = here.st_nlink;
    mkdir("e", 0755);
    stat(".", &here);
    say("one directory more is one link more: %d", here.st_nlink == before + 1);
}

static void working_directory(void)
{
    char first[256], path[256];
    getcwd(first, sizeof first);
    mkdir("d", 0755);
    mkdir("d/e", 0755);
    show("chdir", chdir("d/e"));
    getcwd(path, sizeof path);
    say("it ends with %s", path + strlen(first));
    show("up", chdir("../.."));
    say("back: %d", getcwd(path, sizeof path) && strcmp(first, path) == 0);
    symlink("d/e", "link");
    chdir("link");
    getcwd(path, sizeof path);
    say("links are resolved: %s", path + strlen(first));
    chdir(first);
    show("missing", chdir("missing"));
    close(make_file("f", ""));
    show("file", chdir("f"));
    show("empty", chdir(""));
    show("root", chdir("/"));
    say("%s", getcwd(path, sizeof path));
    show("length with NUL", syscall(SYS_getcwd, path, sizeof path));
    show("too small", syscall(SYS_getcwd, path, 1));
}

static void directory_by_descriptor(void)
{
    char before[256], path[256];
    getcwd(before, sizeof before);
    mkdir("d", 0755);
    int d = open("d", O_RDONLY | O_DIRECTORY), file = make_file("f", "");
    show("fchdir", fchdir(d));
    getcwd(path, sizeof path);
    say("now in %s", path + strlen(before));
    show("file", fchdir(file));
    show("nothing", fchdir(77));
    int made = openat(d, "new", O_WRONLY | O_CREAT, 0644);
    say("openat: %s", made < 0 ? rc(-1) : "opened");
    show("it is there", access("new", F_OK));
    show("mkdirat", mkdirat(d, "sub", 0755));
    show("unlinkat", unlinkat(d, "new", 0));
    show("relative to a file", openat(file, "x", O_RDONLY));
    show("relative to nothing", openat(77, "x", O_RDONLY));
    show("absolute path, bad descriptor", openat(77, "/dev/null", O_RDONLY) >= 0);
}

static void deep_directory(void)
{
    char path[8192];
    int depth = 0;
    while (depth < 400 && mkdir("subdirectory", 0755) == 0 && chdir("subdirectory") == 0)
        depth++;
    show("depth", depth);
    show("getcwd", syscall(SYS_getcwd, path, sizeof path));
    for (; depth > 0; depth--) {
        chdir("..");
        rmdir("subdirectory");
    }
    show("getcwd again", syscall(SYS_getcwd, path, sizeof path) > 0);
}

static void removed_directory(void)
{
    char path[256];
    mkdir("d", 0755);
    chdir("d");
    show("rmdir of the working directory", rmdir("../d"));
    show("getcwd", syscall(SYS_getcwd, path, sizeof path));
    show("create", open("f", O_WRONLY | O_CREAT, 0644));
    show("mkdir", mkdir("e", 0755));
    struct stat st;
    show("stat .", stat(".", &st));
    show("links", st.st_nlink);
    say("entries: %s", rc(open("x", O_RDONLY)));
    int fd = open(".", O_RDONLY | O_DIRECTORY);
    show("list", syscall(SYS_getdents64, fd, path, sizeof path));
    show("up and away", chdir(".."));
}

static void child_has_its_own_cwd(void)
{
    char before[256], after[256];
    getcwd(before, sizeof before);
    pid_t pid = fork_test();
    if (pid == 0)
        _exit(chdir("/") < 0);
    show_child("child did chdir", pid);
    say("the parent did not: %d", getcwd(after, sizeof after) && strcmp(before, after) == 0);
}

static void deep_paths(void)
{
    char path[4200];
    int depth = 0;
    while (depth < 100 && mkdir("d", 0755) == 0 && chdir("d") == 0)
        depth++;
    show("levels", depth);
    for (int i = 0; i < depth; i++)
        chdir("..");
    for (int i = 0; i < depth; i++)
        memcpy(path + 2 * i, "d/", 3);
    show("from the top", access(path, F_OK));
    strcat(path, "missing");
    show("and something missing", access(path, F_OK));
}

const struct test tests_dirs[] = {
    {"make_and_remove", make_and_remove},
    {"rmdir_errors", rmdir_errors},
    {"listing", listing},
    {"list_errors", list_errors},
    {"delete_while_listing", delete_while_listing},
    {"each_name_once", each_name_once},
    {"dot_and_dot_dot", dot_and_dot_dot},
    {"working_directory", working_directory},
    {"directory_by_descriptor", directory_by_descriptor},
    {"deep_directory", deep_directory},
    {"removed_directory", removed_directory},
    {"child_has_its_own_cwd", child_has_its_own_cwd},
    {"deep_paths", deep_paths},
    {NULL, NULL},
};

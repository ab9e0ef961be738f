// rename: what it replaces, what it refuses, and that it does so in one step.
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void files(void)
{
    close(make_file("a", "contents of a"));
    close(make_file("b", "contents of b"));
    show("to a new name", rename("a", "c"));
    show("old name", access("a", F_OK));
    show("over a file", rename("c", "b"));
    show_file("b", "b");
    show("old name", access("c", F_OK));
    show("missing", rename("missing", "x"));
    show("into a missing directory", rename("b", "missing/x"));
    show("to itself", rename("b", "b"));
    show("with a slash behind", rename("b", "x/"));
    show("to nothing", rename("b", ""));
}

static void directories(void)
{
    mkdir("d", 0755);
    mkdir("d/sub", 0755);
    mkdir("empty", 0755);
    close(make_file("f", ""));
    show("file over a directory", rename("f", "d"));
    show("directory over a file", rename("d", "f"));
    show("over one that is not empty", rename("empty", "d"));
    show("over an empty one", rename("d", "empty"));
    show("its contents came along", access("empty/sub", F_OK));
    show("into itself", rename("empty", "empty/sub/x"));
    show("onto its own child", rename("empty", "empty/sub"));
    show("dot", rename("empty/.", "x"));
    show("dot dot", rename("empty/sub/..", "x"));
    show("slashes behind", rename("empty/", "full/"));
    show("there", access("full/sub", F_OK));
}

static void moves_parents(void)
{
    struct stat parent, up;
    mkdir("a", 0755);
    mkdir("b", 0755);
    mkdir("a/d", 0755);
    show("move", rename("a/d", "b/d"));
    stat("b", &parent);
    stat("b/d/..", &up);
    say(".. is the new parent: %d", parent.st_ino == up.st_ino);
    show("links of the new parent", parent.st_nlink);
    stat("a", &parent);
    show("links of the old one", parent.st_nlink);
}

static void same_file(void)
{
    struct stat st;
    close(make_file("a", "text"));
    link("a", "b");
    show("two names of one file", rename("a", "b"));
    show("both stay: a", access("a", F_OK));
    show("both stay: b", access("b", F_OK));
    stat("a", &st);
    show("links", st.st_nlink);
}

static void replaced_file_lives_while_open(void)
{
    char text[8] = "";
    int fd = make_file("b", "old");
    struct stat st;
    close(make_file("a", "new"));
    show("rename", rename("a", "b"));
    show("read the old one", pread(fd, text, 3, 0));
    say("%s", text);
    fstat(fd, &st);
    show("links", st.st_nlink);
    show_file("by name", "b");
}

static void flags(void)
{
    close(make_file("a", "was a"));
    close(make_file("b", "was b"));
    show("RENAME_NOREPLACE", renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
    show("to a new name", renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE));
    show("RENAME_EXCHANGE", renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_EXCHANGE));
    show_file("b", "b");
    show_file("c", "c");
    show("with nothing", renameat2(AT_FDCWD, "c", AT_FDCWD, "x", RENAME_EXCHANGE));
    show("unknown flag", renameat2(AT_FDCWD, "c", AT_FDCWD, "x", 1 << 10));
    show("both", renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_NOREPLACE | RENAME_EXCHANGE));
}

static void links(void)
{
    struct stat st;
    close(make_file("f", "text"));
    symlink("f", "link");
    show("of a link", rename("link", "moved"));
    lstat("moved", &st);
    say("it is the link that moved: %d", S_ISLNK(st.st_mode));
    close(make_file("g", "g"));
    show("over a link", rename("g", "moved"));
    lstat("moved", &st);
    say("the link is gone: %d", S_ISREG(st.st_mode));
    show_file("its target is not", "f");
}

// A name that is replaced again and again is never missing.
static void never_missing(void)
{
    int missing = 0;
    close(make_file("f", "0"));
    pid_t pid = fork_test();
    if (pid == 0) {
        for (int i = 0; i < 200; i++) {
            close(make_file("tmp", "1"));
            rename("tmp", "f");
        }
        _exit(0);
    }
    int status;
    while (waitpid(pid, &status, WNOHANG) == 0)
        missing += access("f", F_OK) < 0;
    show("times missing", missing);
    show_file("last", "f");
}

const struct test tests_rename[] = {
    {"files", files},
    {"directories", directories},
    {"moves_parents", moves_parents},
    {"same_file", same_file},
    {"replaced_file_lives_while_open", replaced_file_lives_while_open},
    {"flags", flags},
    {"links", links},
    {"never_missing", never_missing},
    {NULL, NULL},
};

// Hard and symbolic links.
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void hard_links(void)
{
    struct stat st;
    close(make_file("a", "one file"));
    show("link", link("a", "b"));
    stat("a", &st);
    show("links", st.st_nlink);
    show("over an existing name", link("a", "b"));
    show("of something missing", link("missing", "c"));
    show("into a missing directory", link("a", "missing/c"));
    mkdir("d", 0755);
    show("of a directory", link("d", "e"));
    show("unlink the first name", unlink("a"));
    show_file("by the second", "b");
    stat("b", &st);
    show("links", st.st_nlink);
}

static void link_and_symlink(void)
{
    struct stat st;
    close(make_file("f", "text"));
    symlink("f", "sym");
    show("linkat of a symbolic link", linkat(AT_FDCWD, "sym", AT_FDCWD, "a", 0));
    lstat("a", &st);
    say("is a link: %d", S_ISLNK(st.st_mode));
    show("AT_SYMLINK_FOLLOW", linkat(AT_FDCWD, "sym", AT_FDCWD, "b", AT_SYMLINK_FOLLOW));
    lstat("b", &st);
    say("is a link: %d", S_ISLNK(st.st_mode));
    show("unknown flag", linkat(AT_FDCWD, "f", AT_FDCWD, "c", 0x10));
    int d = open(".", O_RDONLY | O_DIRECTORY);
    show("two descriptors", linkat(d, "f", d, "c", 0));
}

static void reading_links(void)
{
    char text[16] = "---------------";
    show("symlink", symlink("target/of it", "link"));
    show("readlink", readlink("link", text, sizeof text));
    say("%.16s", text);
    memset(text, '-', sizeof text);
    show("into 4 bytes", readlink("link", text, 4));
    say("%.6s", text);
    show("into none", readlinkat(AT_FDCWD, "link", text, 0));
    close(make_file("f", ""));
    show("a file", readlink("f", text, sizeof text));
    show("a directory", readlink(".", text, sizeof text));
    show("missing", readlink("missing", text, sizeof text));
    show("empty path", readlink("", text, sizeof text));
    show("over an existing name", symlink("x", "f"));
    show("empty target", symlink("", "empty"));
    show("slash behind", symlink("x", "new/"));
}

static void following(void)
{
    mkdir("d", 0755);
    close(make_file("d/f", "found"));
    symlink("d", "dlink");
    symlink("f", "d/flink");
    symlink("../d/f", "d/up");
    show_file("through a directory", "dlink/f");
    show_file("relative to the link's directory", "dlink/flink");
    show_file("and up", "d/up");
    show_file("link to a directory, as a file", "dlink");
    show("a slash follows", access("dlink/", F_OK));
    struct stat st;
    lstat("dlink/", &st);
    say("lstat with a slash: directory %d", S_ISDIR(st.st_mode));
    lstat("dlink", &st);
    say("lstat without: link %d", S_ISLNK(st.st_mode));
    show("unlink takes the link", unlink("dlink"));
    show("not the directory", access("d/f", F_OK));
}

static void loops(void)
{
    struct stat st;
    symlink("self", "self");
    symlink("b", "a");
    symlink("a", "b");
    show("self", open("self", O_RDONLY));
    show("a", open("a", O_RDONLY));
    show("below it", open("a/x", O_RDONLY));
    show("create", open("a", O_WRONLY | O_CREAT, 0644));
    show("stat", stat("a", &st));
    show("lstat", lstat("a", &st));
    show("chdir", chdir("self"));
}

static void chains(void)
{
    char from[16], to[16];
    close(make_file("link0", "end of the chain"));
    for (int i = 1; i <= 41; i++) {
        snprintf(from, sizeof from, "link%d", i);
        snprintf(to, sizeof to, "link%d", i - 1);
        symlink(to, from);
    }
    show_file("40 links", "link40");
    show("41 links", open("link41", O_RDONLY));
}

static void dangling(void)
{
    struct stat st;
    symlink("nowhere", "link");
    show("open", open("link", O_RDONLY));
    show("stat", stat("link", &st));
    show("lstat", lstat("link", &st));
    show("access", access("link", F_OK));
    show("unlink", unlink("link"));
    symlink("missing/nowhere", "link2");
    show("create through it", open("link2", O_WRONLY | O_CREAT, 0644));
}

static void long_targets(void)
{
    char target[4200], back[4200];
    memset(target, 'x', sizeof target);
    target[4095] = '\0';
    show("4095 bytes", symlink(target, "long"));
    show("read back", readlink("long", back, sizeof back));
    target[4095] = 'x';
    target[4096] = '\0';
    show("4096 bytes", symlink(target, "longer"));
}

const struct test tests_links[] = {
    {"hard_links", hard_links},
    {"link_and_symlink", link_and_symlink},
    {"reading_links", reading_links},
    {"following", following},
    {"loops", loops},
    {"chains", chains},
    {"dangling", dangling},
    {"long_targets", long_targets},
    {NULL, NULL},
};

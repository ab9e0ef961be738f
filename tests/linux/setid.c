// Files with set-user-id and set-group-id: whose rights a program gets by exec, and when none.
#include "run.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_OWNER 1001
#define FILE_GROUP 1002

static char *no_environment[] = {NULL};

// What the program says that was started so: see helper.c.
void show_ids(void)
{
    uid_t u[3];
    gid_t g[3];
    getresuid(&u[0], &u[1], &u[2]);
    getresgid(&g[0], &g[1], &g[2]);
    say("users %d %d %d groups %d %d %d", u[0], u[1], u[2], g[0], g[1], g[2]);
    say("told users %ld %ld groups %ld %ld secure %ld", getauxval(AT_UID), getauxval(AT_EUID),
        getauxval(AT_GID), getauxval(AT_EGID), getauxval(AT_SECURE));
    close(open("made", O_WRONLY | O_CREAT | O_EXCL, 0644));
    struct stat st = {0};
    stat("made", &st);
    say("its files are of %d %d", st.st_uid, st.st_gid);
    unlink("made");
    show("back", seteuid(u[0]));
    show("and forth", seteuid(u[2]));
}

static void copy_self(const char *path)
{
    int in = open(self_path, O_RDONLY), out = open(path, O_WRONLY | O_CREAT, 0755);
    struct stat st;
    char block[4096];
    ssize_t n;
    fstat(in, &st);
    while ((n = read(in, block, sizeof block)) > 0)
        write(out, block, n);
    close(in);
    close(out);
}

static void program(int uid, int gid, int mode)
{
    copy_self("program");
    chown("program", uid, gid);
    chmod("program", mode);
    chmod(".", 0777);
}

static void start(void)
{
    char *argv[] = {"program", "--helper", "ids", NULL};
    pid_t pid = fork_test();
    if (pid == 0) {
        execve("program", argv, no_environment);
        show("exec", -1);
        _exit(1);
    }
    show_child("program", pid);
}

static void of_the_user(void)
{
    program(FILE_OWNER, FILE_GROUP, 04755);
    as_user(start);
    start();
}

static void of_root(void)
{
    program(0, 0, 04755);
    as_user(start);
}

static void of_the_group(void)
{
    program(FILE_OWNER, FILE_GROUP, 02755);
    as_user(start);
}

static void of_both(void)
{
    program(FILE_OWNER, FILE_GROUP, 06711);
    as_user(start);
}

static void of_a_group_that_may_not_execute(void)
{
    program(FILE_OWNER, FILE_GROUP, 02745);
    as_user(start);
}

static void of_itself(void)
{
    program(1000, 1000, 06755);
    as_user(start);
}

static void start_without_new_rights(void)
{
    show("before", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    show("bad value", prctl(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0));
    show("bad rest", prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
    show("set", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    show("back", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    show("after", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    start();
}

static void none_for_who_wants_none(void)
{
    program(0, 0, 06755);
    as_user(start_without_new_rights);
}

static void start_script(void)
{
    char *argv[] = {"ids", NULL}; // which is what it tells the helper to do
    pid_t pid = fork_test();
    if (pid == 0) {
        execve("ids", argv, no_environment);
        show("exec", -1);
        _exit(1);
    }
    show_child("script", pid);
}

static void none_by_a_script(void)
{
    chmod(".", 0777);
    copy_self("plain");
    FILE *f = fopen("ids", "w");
    fprintf(f, "#!./plain --helper\n");
    fclose(f);
    chmod("ids", 06755);
    as_user(start_script);
}

static void fail_and_start(void)
{
    execve("broken", no_environment, no_environment);
    show("no program", -1);
    char *argv[] = {"plain", "--helper", "ids", NULL};
    execve("plain", argv, no_environment);
}

static void none_of_a_file_that_failed(void)
{
    chmod(".", 0777);
    copy_self("plain");
    close(make_file("broken", "\177ELF and no more"));
    chmod("broken", 06755);
    as_user(fail_and_start);
}

static void write_a_byte(void)
{
    int fd = open("file", O_WRONLY);
    show("write", write(fd, "x", 1));
}

static void a_write_takes_the_bits_away(void)
{
    struct stat st;
    close(make_file("file", "abc"));
    chmod("file", 06777);
    chmod(".", 0777);
    as_user(write_a_byte);
    stat("file", &st);
    say("mode 0%o", st.st_mode & 07777);
    chmod("file", 06777);
    chown("file", 5, 5);
    stat("file", &st);
    say("mode 0%o", st.st_mode & 07777);
}

const struct test tests_setid[] = {
    {"of_the_user", of_the_user},
    {"of_root", of_root},
    {"of_the_group", of_the_group},
    {"of_both", of_both},
    {"of_a_group_that_may_not_execute", of_a_group_that_may_not_execute},
    {"of_itself", of_itself},
    {"none_for_who_wants_none", none_for_who_wants_none},
    {"none_by_a_script", none_by_a_script},
    {"none_of_a_file_that_failed", none_of_a_file_that_failed},
    {"a_write_takes_the_bits_away", a_write_takes_the_bits_away},
    {NULL, NULL},
};

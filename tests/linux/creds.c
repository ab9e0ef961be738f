// Credentials: the three user ids and group ids, and who may change them to what.
#include "test.h"

#include <grp.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void show_ids(const char *what)
{
    uid_t r, e, s, gr, ge, gs;
    getresuid(&r, &e, &s);
    getresgid(&gr, &ge, &gs);
    say("%s: uid %d %d %d gid %d %d %d", what, r, e, s, gr, ge, gs);
}

static void isolated(void (*f)(void))
{
    pid_t pid = fork_test();
    if (pid == 0) {
        f();
        _exit(0);
    }
    show_child("child", pid);
}

static void at_first(void)
{
    show_ids("root");
    say("%d %d %d %d", getuid(), geteuid(), getgid(), getegid());
}

static void root_drops_all(void)
{
    show("setgid", setgid(1001));
    show("setuid", setuid(1000));
    show_ids("dropped");
    show("back", setuid(0));
    show("to another", setuid(1001));
    show("to itself", setuid(1000));
    show("setgid back", setgid(0));
}

static void root_drops_for_a_time(void)
{
    show("seteuid", seteuid(1000));
    show_ids("effective");
    show("setuid to another", setuid(1001));
    show("back", seteuid(0));
    show_ids("root");
}

static void three_ids(void)
{
    show("setresuid", setresuid(1, 2, 3));
    show_ids("three");
    show("any order of them", setresuid(3, 1, 2));
    show_ids("three");
    show("one from outside", setresuid(4, -1, -1));
    show("none changed", setresuid(-1, -1, -1));
    show("setreuid", setreuid(1, 3));
    show_ids("after");
}

static void three_groups(void)
{
    show("setresgid", setresgid(1, 2, 3));
    show_ids("three");
    show("root may still", setresgid(7, 8, 9));
    setuid(1000);
    show("others may swap", setresgid(9, 7, 8));
    show("but not invent", setresgid(1, -1, -1));
    show_ids("after");
}

static void supplementary(void)
{
    gid_t groups[4] = {10, 20, 30, 40}, got[8];
    show("setgroups", setgroups(3, groups));
    int n = getgroups(8, got);
    say("%d: %d %d %d", n, got[0], got[1], got[2]);
    show("how many", getgroups(0, NULL));
    show("too little room", getgroups(2, got));
    show("negative", syscall(SYS_getgroups, -1, got));
    show("too many", setgroups(65537, groups));
    show("none", setgroups(0, NULL));
    show("how many", getgroups(0, NULL));
    setuid(1000);
    show("not root", setgroups(1, groups));
}

static void inherited(void)
{
    gid_t groups[2] = {5, 6};
    setgroups(2, groups);
    setresgid(1, 1, 1);
    setresuid(1000, 1000, 1000);
    pid_t pid = fork_test();
    if (pid == 0) {
        show_ids("child");
        say("groups %d", getgroups(0, NULL));
        _exit(0);
    }
    show_child("fork", pid);
    pid = fork_test();
    if (pid == 0) {
        execl(self_path, "x", "--helper", "process", (char *)NULL);
        give_up("execl");
    }
    show_child("exec", pid);
}

static void exec_copies_effective_to_saved(void)
{
    setresuid(0, 1000, 0);
    show_ids("before");
    execl(self_path, "x", "--helper", "process", (char *)NULL);
    give_up("execl");
}

static void file_system_ids(void)
{
    show("setfsuid returns the old one", setfsuid(1000));
    show("and now", setfsuid(-1));
    show("setfsgid", setfsgid(1000));
    show("and now", setfsgid(-1));
    struct stat st;
    close(make_file("/tmp/linuxtest-fsuid", ""));
    stat("/tmp/linuxtest-fsuid", &st);
    say("a new file belongs to %d:%d", st.st_uid, st.st_gid);
    unlink("/tmp/linuxtest-fsuid");
}

static void new_files_belong_to_the_effective_ids(void)
{
    struct stat st;
    chmod(".", 0777);
    setegid(1001);
    seteuid(1000);
    close(make_file("f", ""));
    stat("f", &st);
    say("%d:%d", st.st_uid, st.st_gid);
}

static void run_drops_all(void)
{
    isolated(root_drops_all);
}

static void run_drops_for_a_time(void)
{
    isolated(root_drops_for_a_time);
}

static void run_three_ids(void)
{
    isolated(three_ids);
    isolated(three_groups);
}

static void run_supplementary(void)
{
    isolated(supplementary);
}

static void run_inherited(void)
{
    isolated(inherited);
    isolated(exec_copies_effective_to_saved);
}

static void run_files(void)
{
    isolated(file_system_ids);
    isolated(new_files_belong_to_the_effective_ids);
}

const struct test tests_creds[] = {
    {"at_first", at_first},
    {"root_drops_all", run_drops_all},
    {"root_drops_for_a_time", run_drops_for_a_time},
    {"three_ids", run_three_ids},
    {"supplementary", run_supplementary},
    {"inherited", run_inherited},
    {"files", run_files},
    {NULL, NULL},
};

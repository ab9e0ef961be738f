// Process groups and sessions.
#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void own_ids(void)
{
    say("leader of its group: %d", getpgrp() == getpid());
    say("getpgid(0) is the same: %d", getpgid(0) == getpgrp());
    say("session of 0 is its own: %d", getsid(0) == getsid(getpid()));
    show("group of nobody", getpgid(99999999));
    show("session of nobody", getsid(99999999));
    show("negative", getpgid(-1));
}

static void children_inherit(void)
{
    pid_t group = getpgrp(), session = getsid(0);
    pid_t pid = fork_test();
    if (pid == 0) {
        say("group %d session %d", getpgrp() == group, getsid(0) == session);
        show("setpgid(0, 0)", setpgid(0, 0));
        say("now a leader: %d", getpgrp() == getpid());
        show("back", setpgid(0, group));
        say("back: %d", getpgrp() == group);
        _exit(0);
    }
    show_child("child", pid);
}

static void of_a_child(void)
{
    pid_t a = fork_test();
    if (a == 0)
        pause();
    pid_t b = fork_test();
    if (b == 0)
        pause();
    show("child leads", setpgid(a, a));
    show("the other joins", setpgid(b, a));
    say("both: %d %d", getpgid(a) == a, getpgid(b) == a);
    show("a group that is not", setpgid(b, 99999));
    show("negative", setpgid(b, -1));
    show("not a child", setpgid(1, 0));
    show("nobody", setpgid(99999999, 0));
    show("kill the group", kill(-a, SIGTERM));
    show_child("a", a);
    show_child("b", b);
    show("the group is gone", kill(-a, 0));
}

static void after_exec(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        dup2(ends[1], 1);
        execl(self_path, "x", "--helper", "hold", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    read(ends[0], &c, 1);
    show("a child that did exec", setpgid(pid, pid));
    kill(pid, SIGKILL);
    show_child("child", pid);
}

static void new_session(void)
{
    show("a leader may not", setsid());
    pid_t group = getpgrp();
    pid_t pid = fork_test();
    if (pid == 0) {
        say("setsid returns the pid: %d", setsid() == getpid());
        say("session %d group %d", getsid(0) == getpid(), getpgrp() == getpid());
        show("again", setsid());
        show("a session's leader stays in its group", setpgid(0, 0));
        show("a group of another session", setpgid(0, group));
        _exit(0);
    }
    show_child("child", pid);
}

static void in_another_session(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        setsid();
        write(ends[1], "x", 1);
        pause();
    }
    read(ends[0], &c, 1);
    show("a leader of a session", setpgid(pid, pid));
    say("its session: %d", getsid(pid) == pid);
    show("kill its group", kill(-pid, SIGKILL));
    show_child("child", pid);
}

static void group_outlives_leader(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    pid_t leader = fork_test();
    if (leader == 0) {
        setpgid(0, 0);
        if (fork_test() == 0) {
            close(ends[0]);
            pause();
        }
        _exit(0);
    }
    close(ends[1]);
    show_child("leader", leader);
    show("the group lives", kill(-leader, 0));
    show("kill it", kill(-leader, SIGKILL));
    show("and it ends", read(ends[0], &c, 1));
}

const struct test tests_groups[] = {
    {"own_ids", own_ids},
    {"children_inherit", children_inherit},
    {"of_a_child", of_a_child},
    {"after_exec", after_exec},
    {"new_session", new_session},
    {"in_another_session", in_another_session},
    {"group_outlives_leader", group_outlives_leader},
    {NULL, NULL},
};

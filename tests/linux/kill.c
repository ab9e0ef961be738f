// kill: whom it reaches, who may send, and the signals that cannot be caught.
#include "test.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t sleeper(uid_t uid)
{
    int ends[2];
    char c;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        if (uid != 0 && setuid(uid) < 0)
            give_up("setuid");
        write(ends[1], "x", 1);
        for (;;)
            pause();
    }
    read(ends[0], &c, 1);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void targets(void)
{
    show("nobody", kill(99999999, 0));
    show("nobody, a group", kill(-99999999, 0));
    show("itself, signal 0", kill(getpid(), 0));
    show("signal 65", kill(getpid(), 65));
    show("signal -1", kill(getpid(), -1));
    show("bad signal to nobody", kill(99999999, 65));
    show("own group, signal 0", kill(0, 0));
    show("tgkill, wrong group", syscall(SYS_tgkill, 1, getpid(), 0));
    show("tgkill, nobody", syscall(SYS_tgkill, getpid(), 99999999, 0));
    show("tgkill, 0", syscall(SYS_tgkill, 0, getpid(), 0));
    show("tkill", syscall(SYS_tkill, getpid(), 0));
}

static void own_group(void)
{
    handle(SIGUSR1, note, 0);
    pid_t a = fork_test();
    if (a == 0) {
        while (notes == 0)
            pause();
        _exit(notes);
    }
    sleep_ms(50);
    show("kill(0)", kill(0, SIGUSR1));
    show("it reached the sender", notes);
    show_child("and its child", a);
}

static void not_to_catch(void)
{
    sigset_t all;
    pid_t pid = fork_test();
    if (pid == 0) {
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        for (;;)
            continue;
    }
    sleep_ms(20);
    show("SIGKILL to who blocks all and computes", kill(pid, SIGKILL));
    show_child("child", pid);
}

static pid_t theirs, mine;

static void as_user_1000(void)
{
    show("another user's, signal 0", kill(theirs, 0));
    show("another user's", kill(theirs, SIGTERM));
    show("one's own", kill(mine, 0));
    show("process 1", kill(1, SIGTERM));
    show("SIGCONT to one's own session", kill(theirs, SIGCONT));
    pid_t group = fork_test();
    if (group == 0) {
        setpgid(0, 0);
        for (;;)
            pause();
    }
    setpgid(group, group);
    show("one's own group", kill(-group, SIGTERM));
    show_child("it", group);
}

static void permissions(void)
{
    theirs = sleeper(65534);
    mine = sleeper(1000);
    as_user(as_user_1000);
    kill(theirs, SIGKILL);
    kill(mine, SIGKILL);
    show_child("theirs", theirs);
    show_child("mine", mine);
}

static void saved_id_counts(void)
{
    int ends[2];
    char c;
    make_pipe(ends);
    pid_t target = fork_test();
    if (target == 0) {
        setresuid(0, 0, 1000);
        write(ends[1], "x", 1);
        for (;;)
            pause();
    }
    read(ends[0], &c, 1);
    pid_t pid = fork_test();
    if (pid == 0) {
        setresuid(1000, 65534, 65534);
        show("real matches saved", kill(target, SIGTERM));
        _exit(0);
    }
    show_child("sender", pid);
    show_child("target", target);
}

static void continue_drops_stops(void)
{
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    sigaddset(&set, SIGCONT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTSTP);
    sigpending(&pending);
    show("TSTP pending", sigismember(&pending, SIGTSTP));
    raise(SIGCONT);
    sigpending(&pending);
    say("after CONT: TSTP %d CONT %d", sigismember(&pending, SIGTSTP),
        sigismember(&pending, SIGCONT));
    raise(SIGTSTP);
    sigpending(&pending);
    say("after TSTP: TSTP %d CONT %d", sigismember(&pending, SIGTSTP),
        sigismember(&pending, SIGCONT));
}

static void orphaned_group_is_not_stopped(void)
{
    int ends[2];
    char c = 0;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        setsid();
        if (fork_test() != 0)
            _exit(0);
        sleep_ms(30);
        raise(SIGTSTP);
        write(ends[1], "x", 1);
        _exit(0);
    }
    show_child("leader", pid);
    close(ends[1]);
    show("SIGTSTP in an orphaned group: it went on", read(ends[0], &c, 1));
}

const struct test tests_kill[] = {
    {"targets", targets},
    {"own_group", own_group},
    {"not_to_catch", not_to_catch},
    {"permissions", permissions},
    {"saved_id_counts", saved_id_counts},
    {"continue_drops_stops", continue_drops_stops},
    {"orphaned_group_is_not_stopped", orphaned_group_is_not_stopped},
    {NULL, NULL},
};

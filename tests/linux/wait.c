// wait4 and waitid: statuses, zombies, orphans, stopped and continued children.
#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child_that(void (*ends)(void))
{
    pid_t pid = fork_test();
    if (pid == 0) {
        ends();
        _exit(0);
    }
    return pid;
}

static void exit_7(void)
{
    _exit(7);
}

static void pause_for_ever(void)
{
    for (;;)
        pause();
}

static void statuses(void)
{
    int status;
    pid_t pid = child_that(exit_7);
    waitpid(pid, &status, 0);
    say("exit 7: 0x%04x", status);
    pid = child_that(pause_for_ever);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    say("SIGKILL: 0x%04x", status);
    pid = child_that(abort);
    waitpid(pid, &status, 0);
    say("abort: %s", status_text(status & 0x7f));
    pid = child_that(pause_for_ever);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    say("SIGSTOP: 0x%04x", status);
    kill(pid, SIGCONT);
    waitpid(pid, &status, WCONTINUED);
    say("SIGCONT: 0x%04x", status);
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    say("SIGTERM: 0x%04x", status);
}

static void nobody_to_wait_for(void)
{
    int status;
    show("any", wait(&status));
    show("that pid", waitpid(1, &status, 0));
    show("WNOHANG", waitpid(-1, &status, WNOHANG));
    show("group", waitpid(-77777, &status, 0));
    pid_t pid = child_that(pause_for_ever);
    show("another pid", waitpid(1, &status, WNOHANG));
    show("unknown option", waitpid(pid, &status, 0x100));
    kill(pid, SIGKILL);
    show_child("child", pid);
    show("again", waitpid(pid, &status, 0));
}

static void no_hang(void)
{
    int status = 0;
    pid_t pid = child_that(pause_for_ever);
    show("still running", waitpid(pid, &status, WNOHANG));
    show("any", waitpid(-1, &status, WNOHANG));
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, WNOHANG) == 0)
        sleep_ms(5);
    say("then %s", status_text(status));
}

static void a_zombie_stays(void)
{
    pid_t pid = child_that(exit_7);
    siginfo_t info;
    show("WNOWAIT", waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
    show("signal 0 to it", kill(pid, 0));
    show("SIGKILL to it", kill(pid, SIGKILL));
    show_child("its status is as it was", pid);
    show("now it is gone", kill(pid, 0));
}

static void grandchild_reports(int out)
{
    char adopted;
    pid_t before = getppid();
    while (getppid() == before)
        sleep_ms(5);
    adopted = getppid() == 1 ? '1' : '?';
    write(out, &adopted, 1);
    _exit(0);
}

static void orphans_go_to_process_1(void)
{
    int ends[2];
    char adopted = 0;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        if (fork_test() == 0)
            grandchild_reports(ends[1]);
        sleep_ms(20);
        _exit(0);
    }
    show_child("child", pid);
    close(ends[1]);
    show("grandchild reports", read(ends[0], &adopted, 1));
    say("parent %c", adopted);
    show("it ends", read(ends[0], &adopted, 1));
    show("it is no child of its grandparent", wait(NULL));
}

static void by_group(void)
{
    int status;
    pid_t a = child_that(exit_7), b = child_that(pause_for_ever);
    setpgid(b, b);
    show("own group", waitpid(0, &status, 0) == a);
    show("its group, WNOHANG", waitpid(-b, &status, WNOHANG));
    kill(-b, SIGTERM);
    show("its group", waitpid(-b, &status, 0) == b);
    say("%s", status_text(status));
}

static void stop_and_continue(void)
{
    int status;
    pid_t pid = child_that(pause_for_ever);
    kill(pid, SIGSTOP);
    say("waited for: %d", waitpid(pid, &status, WUNTRACED) == pid);
    say("%s", status_text(status));
    show("reported once", waitpid(pid, &status, WUNTRACED | WNOHANG));
    kill(pid, SIGTERM);
    sleep_ms(30);
    show("a stopped process does not die of SIGTERM", waitpid(pid, &status, WNOHANG));
    kill(pid, SIGCONT);
    show_child("until it is continued", pid);
    pid = child_that(pause_for_ever);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    kill(pid, SIGKILL);
    show_child("SIGKILL does not wait", pid);
}

static void continued(void)
{
    int status;
    pid_t pid = child_that(pause_for_ever);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    show("not continued", waitpid(pid, &status, WCONTINUED | WNOHANG));
    kill(pid, SIGCONT);
    waitpid(pid, &status, WCONTINUED);
    say("%s", status_text(status));
    show("reported once", waitpid(pid, &status, WCONTINUED | WNOHANG));
    kill(pid, SIGKILL);
    show_child("killed", pid);
}

static void show_info(const char *what, int result, const siginfo_t *info, pid_t pid)
{
    if (result < 0)
        show(what, result);
    else
        say("%s: code %d status %d signal %s, the child's pid %d", what, info->si_code,
            info->si_status, signal_text(info->si_signo), info->si_pid == pid);
}

static void by_waitid(void)
{
    siginfo_t info;
    pid_t pid = child_that(exit_7);
    show_info("exited", waitid(P_PID, pid, &info, WEXITED), &info, pid);
    pid = child_that(pause_for_ever);
    memset(&info, 0, sizeof info);
    show_info("WNOHANG", waitid(P_ALL, 0, &info, WEXITED | WNOHANG), &info, 0);
    kill(pid, SIGSTOP);
    show_info("stopped", waitid(P_ALL, 0, &info, WSTOPPED), &info, pid);
    kill(pid, SIGCONT);
    show_info("continued", waitid(P_PID, pid, &info, WCONTINUED), &info, pid);
    kill(pid, SIGKILL);
    show_info("killed", waitid(P_PGID, getpgrp(), &info, WEXITED), &info, pid);
    show_info("no child", waitid(P_ALL, 0, &info, WEXITED), &info, 0);
    show_info("no event asked for", waitid(P_ALL, 0, &info, WNOHANG), &info, 0);
    show_info("bad kind", waitid(99, 0, &info, WEXITED), &info, 0);
}

static void signal_of_a_child(void)
{
    siginfo_t info;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t pid = child_that(exit_7);
    show("SIGCHLD came", sigwaitinfo(&set, &info) == SIGCHLD);
    say("code %d status %d its pid %d uid %d", info.si_code, info.si_status, info.si_pid == pid,
        info.si_uid);
    show_child("child", pid);
    pid = child_that(pause_for_ever);
    kill(pid, SIGSTOP);
    sigwaitinfo(&set, &info);
    say("stopped: code %d status %d", info.si_code, info.si_status);
    kill(pid, SIGKILL);
    show_child("child", pid);
}

static void ignored_children_vanish(void)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t pid = child_that(exit_7);
    show("wait returns when it is gone", waitpid(pid, NULL, 0));
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_NOCLDWAIT};
    sigaction(SIGCHLD, &action, NULL);
    pid = child_that(exit_7);
    show("SA_NOCLDWAIT", waitpid(pid, NULL, 0));
    action.sa_flags = SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    notes = 0;
    pid = child_that(pause_for_ever);
    kill(pid, SIGSTOP);
    waitpid(pid, NULL, WUNTRACED);
    show("SA_NOCLDSTOP: no signal for a stop", notes);
    kill(pid, SIGKILL);
    show_child("child", pid);
    show("but for the end", notes);
}

static void usage_of_a_child(void)
{
    struct rusage usage;
    int status;
    pid_t pid = child_that(exit_7);
    memset(&usage, 0xff, sizeof usage);
    say("wait4: %d", wait4(pid, &status, 0, &usage) == pid);
    say("times are sane: %d", usage.ru_utime.tv_sec >= 0 && usage.ru_utime.tv_sec < 10);
}

const struct test tests_wait[] = {
    {"statuses", statuses},
    {"nobody_to_wait_for", nobody_to_wait_for},
    {"no_hang", no_hang},
    {"a_zombie_stays", a_zombie_stays},
    {"orphans_go_to_process_1", orphans_go_to_process_1},
    {"by_group", by_group},
    {"stop_and_continue", stop_and_continue},
    {"continued", continued},
    {"by_waitid", by_waitid},
    {"signal_of_a_child", signal_of_a_child},
    {"ignored_children_vanish", ignored_children_vanish},
    {"usage_of_a_child", usage_of_a_child},
    {NULL, NULL},
};

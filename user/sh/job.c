// Jobs: see job.h. The builtins on them are in jobcmd.c.
#define _GNU_SOURCE
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "jobtable.h"
#include "redir.h"
#include "sh.h"
#include "trap.h"

struct job *job_table;
static struct termios tty_modes; // the shell's, given back after a job was killed
static bool have_modes;

struct job *job_new(const char *text, bool background)
{
    struct job *j = xmalloc(sizeof *j), **tail = &job_table;
    *j = (struct job){.text = xstrdup(text ? text : ""), .background = background};
    while (*tail) {
        if ((*tail)->id >= j->id)
            j->id = (*tail)->id;
        tail = &(*tail)->next;
    }
    j->id++;
    *tail = j;
    return j;
}

void job_free(struct job *j)
{
    struct job **at = &job_table;
    while (*at && *at != j)
        at = &(*at)->next;
    if (*at)
        *at = j->next;
    free(j->procs);
    free(j->text);
    free(j);
}

void job_forget_all(void)
{
    while (job_table)
        job_free(job_table);
}

enum job_state job_state(const struct job *j)
{
    enum job_state s = JOB_DONE;
    for (int i = 0; i < j->nprocs; i++)
        if (j->procs[i].state < s)
            s = j->procs[i].state;
    return s;
}

int job_status(const struct job *j)
{
    int st = j->nprocs ? j->procs[j->nprocs - 1].status : 0;
    if (WIFSTOPPED(st))
        return 128 + WSTOPSIG(st);
    return WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
}

void job_child(const struct job *j)
{
    if (!sh.jobctl)
        return;
    pid_t group = j->group ? j->group : getpid();
    setpgid(0, group);
    if (!j->background)
        tcsetpgrp(sh.tty, group);
}

void job_add(struct job *j, pid_t pid)
{
    j->procs = xrealloc(j->procs, (j->nprocs + 1) * sizeof *j->procs);
    j->procs[j->nprocs++] = (struct proc){.pid = pid};
    if (!j->group)
        j->group = pid;
    if (sh.jobctl)
        setpgid(pid, j->group); // the child does the same: whoever comes first
}

static void become_subshell(const struct job *j)
{
    sh.top = NULL;
    sh.subshell = true;
    if (j->background && !sh.jobctl) {
        int fd = open("/dev/null", O_RDONLY);
        if (fd > 0) {
            dup2(fd, 0);
            close(fd);
        }
    }
    bool background = j->background && !sh.jobctl;
    sh.interactive = sh.jobctl = false;
    trap_subshell();
    if (background)
        trap_background_signals();
    redir_forget();
    job_forget_all();
}

pid_t job_fork(struct job *j)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        fail(2, "cannot fork: %s", error_text(errno));
    if (pid > 0) {
        job_add(j, pid);
        return pid;
    }
    job_child(j);
    become_subshell(j);
    return 0;
}

static void record(pid_t pid, int status)
{
    for (struct job *j = job_table; j; j = j->next)
        for (int i = 0; i < j->nprocs; i++)
            if (j->procs[i].pid == pid && j->procs[i].state != JOB_DONE) {
                j->procs[i].status = status;
                j->procs[i].state = WIFSTOPPED(status) ? JOB_STOPPED : JOB_DONE;
                return;
            }
}

static void record_lost(void)
{
    for (struct job *j = job_table; j; j = j->next)
        for (int i = 0; i < j->nprocs; i++)
            if (j->procs[i].state != JOB_DONE)
                j->procs[i] = (struct proc){j->procs[i].pid, 127 << 8, JOB_DONE};
}

int job_reap(bool block)
{
    int status;
    pid_t pid = waitpid(-1, &status, (block ? 0 : WNOHANG) | (sh.jobctl ? WUNTRACED : 0));
    if (pid > 0)
        record(pid, status);
    if (pid < 0 && errno == ECHILD)
        record_lost();
    return pid < 0 ? -errno : pid;
}

static void report_signal(int status)
{
    int sig = WTERMSIG(status);
    if (!WIFSIGNALED(status) || sig == SIGINT || sig == SIGPIPE)
        return;
    const char *text = sigdescr_np(sig);
    dprintf(2, "%s%s\n", text ? text : "Unknown signal", WCOREDUMP(status) ? " (core dumped)" : "");
}

static void take_terminal_back(const struct job *j)
{
    if (!sh.jobctl)
        return;
    tcsetpgrp(sh.tty, getpgrp());
    int status = j->procs[j->nprocs - 1].status;
    if (have_modes && (WIFSIGNALED(status) || WIFSTOPPED(status)))
        tcsetattr(sh.tty, TCSADRAIN, &tty_modes);
}

int job_wait(struct job *j)
{
    while (job_state(j) == JOB_RUNNING)
        job_reap(true);
    int raw = j->procs[j->nprocs - 1].status, status = job_status(j);
    take_terminal_back(j);
    if (job_state(j) == JOB_STOPPED) {
        j->background = true;
        dprintf(2, "\n[%d] + Stopped    %s\n", j->id, j->text);
        return status;
    }
    report_signal(raw);
    job_free(j);
    if (sh.interactive && WIFSIGNALED(raw) && WTERMSIG(raw) == SIGINT)
        raise_status(status);
    return status;
}

// A script that starts jobs for ever and waits for none must not grow for ever.
static void forget_finished(const struct job *keep)
{
    int done = 0;
    for (struct job *j = job_table, *next; j; j = next) {
        next = j->next;
        if (j != keep && job_state(j) == JOB_DONE && ++done > 100)
            job_free(j);
    }
}

void job_started(struct job *j)
{
    sh.bgpid = j->procs[j->nprocs - 1].pid;
    if (sh.interactive)
        dprintf(2, "[%d] %d\n", j->id, (int)sh.bgpid);
    else
        forget_finished(j);
}

void job_describe(const struct job *j, char *text, size_t n)
{
    int st = j->nprocs ? j->procs[j->nprocs - 1].status : 0;
    if (job_state(j) == JOB_RUNNING)
        snprintf(text, n, "Running");
    else if (job_state(j) == JOB_STOPPED)
        snprintf(text, n, "Stopped");
    else if (WIFSIGNALED(st))
        snprintf(text, n, "%s", sigdescr_np(WTERMSIG(st)));
    else if (WEXITSTATUS(st))
        snprintf(text, n, "Done(%d)", WEXITSTATUS(st));
    else
        snprintf(text, n, "Done");
}

void job_notify(void)
{
    char text[64];
    while (job_table && job_reap(false) > 0)
        continue;
    for (struct job *j = job_table, *next; j; j = next) {
        next = j->next;
        if (job_state(j) != JOB_DONE)
            continue;
        job_describe(j, text, sizeof text);
        dprintf(2, "[%d]   %-10s %s\n", j->id, text, j->text);
        job_free(j);
    }
}

bool job_stopped_any(void)
{
    for (struct job *j = job_table; j; j = j->next)
        if (job_state(j) == JOB_STOPPED)
            return true;
    return false;
}

// Job control needs all of: a terminal, a process group of the shell's own, and the terminal given
// to it. On a system or a console without one of them the shell does without.
void job_control_init(void)
{
    have_modes = tcgetattr(sh.tty, &tty_modes) == 0;
    pid_t owner = tcgetpgrp(sh.tty), group = getpgrp();
    if (owner < 0 || group < 0)
        return;
    for (int tries = 0; owner != group && tries < 10; tries++) {
        kill(0, SIGTTIN); // started in the background: sleep until somebody brings us forward
        owner = tcgetpgrp(sh.tty);
        group = getpgrp();
    }
    if (group != sh.pid && setpgid(0, sh.pid) < 0)
        return;
    signal(SIGTTOU, SIG_IGN);
    if (tcsetpgrp(sh.tty, sh.pid) < 0)
        return;
    sh.jobctl = true;
    sh.opt['m'] = 1;
}

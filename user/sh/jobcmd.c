// The builtins on jobs: jobs fg bg wait kill.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tools/shared.h"
#include "jobtable.h"
#include "sh.h"
#include "trap.h"

static struct job *by_pid(pid_t pid)
{
    for (struct job *j = job_table; j; j = j->next)
        for (int i = 0; i < j->nprocs; i++)
            if (j->procs[i].pid == pid)
                return j;
    return NULL;
}

static struct job *last_job(void)
{
    struct job *last = NULL;
    for (struct job *j = job_table; j; j = j->next)
        if (!last || job_state(j) == JOB_STOPPED || job_state(last) != JOB_STOPPED)
            last = j;
    return last;
}

// %n, %%, %+, %text; no argument: the current job.
static struct job *find_job(const char *spec)
{
    if (!spec || !spec[1] || strcmp(spec, "%%") == 0 || strcmp(spec, "%+") == 0)
        return last_job();
    for (struct job *j = job_table; j; j = j->next)
        if (j->id == atoi(spec + 1) || strncmp(j->text, spec + 1, strlen(spec + 1)) == 0)
            return j;
    return NULL;
}

int builtin_jobs(int argc, char **argv)
{
    bool pids_only = argc > 1 && strcmp(argv[1], "-p") == 0;
    char text[64];
    while (job_table && job_reap(false) > 0)
        continue;
    for (struct job *j = job_table, *next; j; j = next) {
        next = j->next;
        job_describe(j, text, sizeof text);
        if (pids_only)
            printf("%d\n", (int)j->group);
        else
            printf("[%d] %c %-10s %s\n", j->id, next ? ' ' : '+', text, j->text);
        if (job_state(j) == JOB_DONE)
            job_free(j);
    }
    return 0;
}

static struct job *resume(int argc, char **argv, bool background)
{
    struct job *j = find_job(argc > 1 ? argv[1] : NULL);
    if (!sh.jobctl) {
        warn("%s: no job control", argv[0]);
        return NULL;
    }
    if (!j) {
        warn("%s: no such job", argv[0]);
        return NULL;
    }
    if (background)
        printf("[%d] ", j->id);
    puts(j->text);
    fflush(stdout);
    j->background = background;
    if (!background)
        tcsetpgrp(sh.tty, j->group);
    for (int i = 0; i < j->nprocs; i++)
        if (j->procs[i].state == JOB_STOPPED)
            j->procs[i].state = JOB_RUNNING;
    kill(-j->group, SIGCONT);
    return j;
}

int builtin_fg(int argc, char **argv)
{
    struct job *j = resume(argc, argv, false);
    return j ? job_wait(j) : 2;
}

int builtin_bg(int argc, char **argv)
{
    return resume(argc, argv, true) ? 0 : 2;
}

// True if a trapped signal ended the wait.
static bool wait_until_done(struct job *j)
{
    while (job_state(j) == JOB_RUNNING)
        if (job_reap(true) == -EINTR && trap_pending())
            return true;
    return false;
}

static int wait_interrupted(void)
{
    int sig = trap_pending_signal();
    trap_poll();
    return 128 + sig;
}

static int wait_all(void)
{
    struct job *j = job_table;
    while (j) {
        if (wait_until_done(j))
            return wait_interrupted();
        struct job *next = j->next;
        if (job_state(j) == JOB_DONE)
            job_free(j);
        j = next;
    }
    return 0;
}

static int wait_one(const char *what)
{
    struct job *j = *what == '%' ? find_job(what) : by_pid(atoi(what));
    if (!j)
        return 127;
    if (wait_until_done(j))
        return wait_interrupted();
    int status = job_status(j);
    if (job_state(j) == JOB_DONE)
        job_free(j);
    return status;
}

int builtin_wait(int argc, char **argv)
{
    int status = 0;
    if (argc == 1)
        return wait_all();
    for (int i = 1; i < argc; i++)
        status = wait_one(argv[i]);
    return status;
}

// The process group of a job as kill's argument; a stopped one also has to wake up to notice.
static char *group_argument(struct job *j)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%d", sh.jobctl ? -(int)j->group : (int)j->group);
    return arena_strndup(&sh.scratch, text, n);
}

static void wake(struct job *j)
{
    if (sh.jobctl && job_state(j) == JOB_STOPPED)
        kill(-j->group, SIGCONT);
}

// Each %job becomes the number of its process group; the rest is the tool's work. The -- keeps a
// negative number in the first place from being a signal.
int builtin_kill(int argc, char **argv)
{
    char **v = arena_alloc(&sh.scratch, (argc + 2) * sizeof *v);
    struct job **jobs = arena_alloc(&sh.scratch, argc * sizeof *jobs);
    int n = 0, njobs = 0;
    v[n++] = argv[0];
    if (argc > 1 && argv[1][0] == '%')
        v[n++] = "--";
    for (int i = 1; i < argc; i++) {
        struct job *j = argv[i][0] == '%' ? find_job(argv[i]) : NULL;
        if (argv[i][0] == '%' && !j) {
            warn("kill: %.60s: no such job", argv[i]);
            return 1;
        }
        v[n++] = j ? group_argument(j) : argv[i];
        if (j)
            jobs[njobs++] = j;
    }
    v[n] = NULL;
    int status = tool_kill(n, v);
    while (njobs > 0)
        wake(jobs[--njobs]);
    return status;
}

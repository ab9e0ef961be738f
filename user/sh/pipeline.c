// What runs in a child of the shell: pipelines, subshells, background lists, $(...).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "exec.h"
#include "job.h"
#include "redir.h"
#include "trap.h"

static _Noreturn void child_run(const struct node *n)
{
    exec_node(n, true);
    shell_exit(sh.status);
}

static void move_fd(int from, int to)
{
    if (from < 0 || from == to)
        return;
    dup2(from, to);
    close(from);
}

static void make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) < 0)
        fail(2, "pipe: %s", error_text(errno));
}

// One element: reads from `in` (-1: inherited), writes to ends[1] if there is a next one.
static void start_element(struct job *j, const struct node *n, int in, const int ends[2])
{
    if (job_fork(j) > 0)
        return;
    if (ends[0] >= 0)
        close(ends[0]);
    move_fd(in, 0);
    move_fd(ends[1], 1);
    child_run(n);
}

static int start_pipeline(struct job *j, const struct node *n)
{
    int in = -1;
    for (const struct node *e = n->a; e; e = e->next) {
        int ends[2] = {-1, -1};
        if (e->next)
            make_pipe(ends);
        start_element(j, e, in, ends);
        if (in >= 0)
            close(in);
        if (e->next)
            close(ends[1]);
        in = ends[0];
    }
    return 0;
}

int exec_pipeline(const struct node *n, bool background)
{
    int status;
    sh.tested += n->negate;
    if (background || n->a->next) {
        struct job *j = job_new(n->text, background);
        start_pipeline(j, n);
        if (background) {
            job_started(j);
            return 0;
        }
        status = job_wait(j);
    } else {
        status = exec_node(n->a, false);
    }
    sh.tested -= n->negate;
    if (n->negate)
        return !status;
    exec_errexit(status);
    return status;
}

static int subshell_body(const struct node *n)
{
    struct plan *plan = redir_plan(n->redirs);
    if (!redir_apply(plan))
        return 2;
    redir_plan_close(plan);
    return exec_node(n->a, true);
}

int exec_subshell(const struct node *n, bool last)
{
    if (last && !trap_any())
        return subshell_body(n);
    struct job *j = job_new(n->text, false);
    if (job_fork(j) == 0)
        shell_exit(subshell_body(n));
    int status = job_wait(j);
    exec_errexit(status);
    return status;
}

int exec_async(const struct node *andor)
{
    const struct node *n = andor->a;
    if (!n->next && n->kind == NODE_PIPE && !n->negate) {
        struct job *j = job_new(andor->text, true);
        start_pipeline(j, n);
        job_started(j);
        return 0;
    }
    struct job *j = job_new(andor->text, true);
    if (job_fork(j) == 0) {
        struct node once = *andor;
        once.async = false;
        child_run(&once);
    }
    job_started(j);
    return 0;
}

// A substitution stays in the shell's process group: it is part of the command being built.
struct job *exec_substitution(const struct node *n, int *fd)
{
    int ends[2];
    bool jobctl = sh.jobctl;
    make_pipe(ends);
    struct job *j = job_new("", false);
    sh.jobctl = false;
    if (job_fork(j) == 0) {
        close(ends[0]);
        move_fd(ends[1], 1);
        child_run(n);
    }
    sh.jobctl = jobctl;
    close(ends[1]);
    *fd = ends[0];
    return j;
}

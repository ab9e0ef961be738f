// Simple commands: expand, find out what the name means, run it there.
//
// An external command is started by vfork: everything that may fail in the shell's terms, or that
// changes its memory, is done before it; the child only moves descriptors and execs.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builtin.h"
#include "exec.h"
#include "expand.h"
#include "job.h"
#include "redir.h"
#include "trap.h"
#include "var.h"

struct call {
    const struct node *n;
    int argc;
    char **argv;
    struct plan *plan;
    const struct builtin *builtin;
    struct func *func;
};

static const char *next_dir(const char *path, struct strbuf *b, const char *name)
{
    size_t n = strcspn(path, ":");
    b->n = 0;
    sb_mem(b, path, n);
    if (n)
        sb_putc(b, '/');
    sb_puts(b, name);
    return path[n] ? path + n + 1 : NULL;
}

char *exec_find(const char *name)
{
    struct strbuf b = {.home = &sh.scratch};
    struct stat st;
    const char *path = var_get("PATH");
    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? (char *)name : NULL;
    while (path) {
        path = next_dir(path, &b, name);
        if (stat(sb_str(&b), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111))
            return b.s;
    }
    return NULL;
}

// A file that the system does not know is a script for this shell.
static void try_exec(const char *path, char **argv, char **env)
{
    execve(path, argv, env);
    if (errno != ENOEXEC)
        return;
    int n = 0;
    while (argv[n])
        n++;
    const char *args[n + 2];
    args[0] = argv[0];
    args[1] = path;
    memcpy(args + 2, argv + 1, n * sizeof *args);
    execve("/bin/sh", (char **)args, env);
}

_Noreturn static void exec_failed(const char *name, int err)
{
    bool missing = err == ENOENT || err == ENOTDIR;
    if (missing && !strchr(name, '/'))
        warn("%.300s: not found", name);
    else
        warn("%.300s: %s", name, error_text(err));
    _exit(missing ? 127 : 126);
}

// The PATH search is a series of execve: the system looks anyway.
void exec_program(char **argv, char **env)
{
    char file[4096];
    struct strbuf b = {.s = file, .cap = sizeof file};
    const char *path = var_get("PATH");
    int err = ENOENT;
    if (strchr(argv[0], '/')) {
        try_exec(argv[0], argv, env);
        exec_failed(argv[0], errno);
    }
    while (path && *argv[0]) {
        if (strlen(path) + strlen(argv[0]) + 2 > sizeof file)
            exec_failed(argv[0], ENAMETOOLONG);
        path = next_dir(path, &b, argv[0]);
        file[b.n] = 0;
        try_exec(file, argv, env);
        if (errno != ENOENT && errno != ENOTDIR)
            err = errno;
    }
    exec_failed(argv[0], err);
}

static void assign_all(const struct assign *a, bool temporary)
{
    for (; a; a = a->next) {
        char *value = expand_assignment(a->value);
        if (temporary)
            frame_save(a->name);
        var_set(a->name, value);
        if (temporary)
            var_flag(a->name, VAR_EXPORT);
    }
}

static char **environment(const struct call *c)
{
    if (!c->n->assigns)
        return var_environment();
    frame_push(false);
    assign_all(c->n->assigns, true);
    char **env = var_environment();
    frame_pop();
    return env;
}

// Not inlined: the compiler must not keep the caller's variables in registers across vfork.
static __attribute__((noinline)) pid_t start(const struct job *j, const struct call *c, char **env)
{
    pid_t pid = vfork();
    if (pid == 0) {
        job_child(j);
        trap_exec_signals();
        if (!redir_apply(c->plan))
            _exit(2);
        exec_program(c->argv, env);
    }
    return pid;
}

static int run_external(struct call *c, bool last)
{
    char **env = environment(c);
    fflush(stdout);
    if (last && !trap_any()) {
        trap_exec_signals();
        if (!redir_apply(c->plan))
            return 2;
        exec_program(c->argv, env);
    }
    struct job *j = job_new(c->n->text ? c->n->text : c->argv[0], false);
    pid_t pid = start(j, c, env);
    if (pid < 0)
        fail(2, "cannot fork: %s", error_text(errno));
    job_add(j, pid);
    return job_wait(j);
}

static int call_inside(struct call *c)
{
    if (c->func)
        return func_call(c->func, c->argc, c->argv);
    return builtin_run(c->builtin, c->argc, c->argv);
}

// Functions and builtins: in this process, with redirections and assignments undone afterwards,
// except that a special builtin keeps its assignments and `exec` its redirections.
static int run_inside(struct call *c)
{
    struct fdsave *before = sh.saves;
    bool special = c->builtin && c->builtin->special;
    bool keep = c->builtin && builtin_is_exec(c->builtin);
    if (keep ? !redir_apply(c->plan) : !redir_apply_saving(c->plan)) {
        redir_undo(before);
        if (special)
            raise_status(2);
        return 2;
    }
    bool temporary = !special && c->n->assigns;
    if (temporary)
        frame_push(false);
    assign_all(c->n->assigns, temporary);
    int status = call_inside(c);
    if (temporary)
        frame_pop();
    redir_undo(before);
    return status;
}

static int run_assignments(struct call *c)
{
    struct fdsave *before = sh.saves;
    sh.last_subst = 0;
    for (const struct assign *a = c->n->assigns; a; a = a->next)
        var_set(a->name, expand_assignment(a->value));
    bool ok = redir_apply_saving(c->plan);
    redir_undo(before);
    return ok ? sh.last_subst : 2;
}

static void trace(const struct call *c)
{
    struct strbuf b = {.home = &sh.scratch};
    const char *ps4 = var_get("PS4");
    sb_puts(&b, ps4 ? ps4 : "");
    for (const struct assign *a = c->n->assigns; a; a = a->next) {
        sb_puts(&b, a->name);
        sb_putc(&b, '=');
        sb_puts(&b, expand_assignment(a->value));
        sb_putc(&b, a->next || c->argc ? ' ' : '\n');
    }
    for (int i = 0; i < c->argc; i++) {
        sb_puts(&b, c->argv[i]);
        sb_putc(&b, i + 1 < c->argc ? ' ' : '\n');
    }
    if (write(2, b.s, b.n) < 0)
        return;
}

static int run(struct call *c, bool last)
{
    if (c->argc == 0)
        return run_assignments(c);
    c->builtin = builtin_find(c->argv[0]);
    if (!c->builtin || !c->builtin->special)
        c->func = func_find(c->argv[0]);
    if (c->builtin || c->func)
        return run_inside(c);
    return run_external(c, last);
}

int exec_simple(const struct node *n, bool last)
{
    struct mark m = arena_mark(&sh.scratch);
    struct call c = {.n = n};
    sh.line = n->line;
    sh.last_subst = 0;
    c.argv = expand_words(n->words, &c.argc);
    c.plan = redir_plan(n->redirs);
    if (sh.opt['x'])
        trace(&c);
    int status = run(&c, last);
    redir_plan_close(c.plan);
    arena_release(&sh.scratch, m);
    if (!sh.skip)
        exec_errexit(status);
    return status;
}

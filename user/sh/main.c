// sh: start, the reading loop, and where a raise lands in an interactive shell.
//
//   sh [-options] [script [args]]    sh -c commands [name [args]]    sh -s [args]
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "edit.h"
#include "exec.h"
#include "job.h"
#include "parser.h"
#include "redir.h"
#include "trap.h"
#include "var.h"

struct shell sh = {.tty = -1};

static bool only_blanks_left(struct source *s)
{
    if (s->kind != SRC_STRING)
        return false;
    for (size_t i = s->pos; i < s->n; i++)
        if (!strchr(" \t\n", s->buf[i]))
            return false;
    return true;
}

// Reads and runs complete commands until the end, or until break, return and the like go further
// out. With `last`, the shell exits after it.
static int run_source(struct source *src, bool last)
{
    struct parser p;
    struct node *n;
    int status = 0;
    for (;;) {
        struct arena *a = arena_new();
        trap_poll();
        if (src->kind == SRC_TTY)
            job_notify();
        parser_init(&p, src, a);
        bool more = parse_complete(&p, &n);
        if (n && !sh.opt['n'])
            status = exec_node(n, last && only_blanks_left(src));
        arena_drop(a);
        if (!more || sh.skip)
            return status;
    }
}

int shell_run_string(const char *text, const char *what)
{
    struct source src;
    int line = sh.line;
    (void)what;
    stack_guard();
    source_string(&src, text, strlen(text));
    int status = run_source(&src, false);
    sh.line = line;
    return status;
}

int shell_run_file(int fd, bool shared)
{
    struct source src;
    stack_guard();
    source_fd(&src, shared ? SRC_STDIN : SRC_FILE, fd);
    int status = run_source(&src, false);
    source_close(&src);
    return status;
}

static void unwind(struct source *src)
{
    redir_undo(NULL);
    while (sh.frame)
        frame_pop();
    sh.skip = SKIP_NONE;
    sh.loops = sh.functions = sh.tested = 0;
    arena_release(&sh.scratch, (struct mark){NULL, 0});
    source_flush(src);
}

static void take_terminal(void)
{
    sh.tty = fcntl(0, F_DUPFD_CLOEXEC, 10);
    if (sh.tty < 0)
        sh.tty = 0;
    job_control_init();
    trap_interactive(sh.jobctl);
}

// Ctrl-D at the prompt ends the shell, unless jobs are stopped: then only the second one does.
static _Noreturn void interactive_loop(void)
{
    static struct source src;
    static jmp_buf top;
    take_terminal();
    source_fd(&src, SRC_TTY, 0);
    if (setjmp(top)) {
        unwind(&src);
        if (sh.status == 130 && write(2, "\n", 1) < 0)
            sh.status = 2;
    }
    sh.top = &top;
    for (int warned = 0;; warned = 1) {
        run_source(&src, false);
        if (!job_stopped_any() || warned)
            break;
        warn("You have stopped jobs.");
        src.eof = false;
    }
    if (write(2, "\n", 1) < 0)
        shell_exit(2);
    shell_exit(sh.status);
}

static int open_script(const char *name)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        int err = errno;
        warn("cannot open %.300s: %s", name, error_text(err));
        _exit(err == ENOENT || err == ENOTDIR ? 127 : 126);
    }
    return redir_move_high(fd);
}

static _Noreturn void run_commands(const char *text)
{
    struct source src;
    source_string(&src, text, strlen(text));
    run_source(&src, true);
    shell_exit(sh.status);
}

static _Noreturn void run_stdin(void)
{
    bool tty = isatty(0);
    sh.interactive = sh.opt['i'] || (tty && isatty(2));
    sh.opt['i'] = sh.interactive;
    sh.opt['s'] = 1;
    if (sh.interactive)
        interactive_loop();
    shell_run_file(0, true);
    shell_exit(sh.status);
}

int main(int argc, char **argv)
{
    extern char **environ;
    static char buffer[4096];
    bool end;
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    sh.arg0 = argv[0] ? argv[0] : "sh";
    sh.pid = getpid();
    var_init(environ);
    dir_init();
    int i = option_parse(argc, argv, 1, &end);
    const char *text = NULL;
    if (sh.opt['c']) {
        if (i >= argc)
            fail(2, "-c requires an argument");
        text = argv[i++];
    }
    int script = !text && !sh.opt['s'] && i < argc ? open_script(argv[i]) : -1;
    if (i < argc && (text || script >= 0))
        sh.arg0 = argv[i++];
    sh.params = (struct params){argc > i ? argc - i : 0, argv + i, NULL};
    if (text)
        run_commands(text);
    if (script < 0)
        run_stdin();
    shell_run_file(script, false);
    shell_exit(sh.status);
}

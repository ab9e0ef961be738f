// Builtins that change what runs next.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin.h"
#include "exec.h"
#include "job.h"
#include "redir.h"
#include "trap.h"
#include "var.h"

int builtin_true(int argc, char **argv)
{
    (void)argc, (void)argv;
    return 0;
}

int builtin_false(int argc, char **argv)
{
    (void)argc, (void)argv;
    return 1;
}

// The optional number of exit, return, break, shift.
static int number_argument(int argc, char **argv, int otherwise)
{
    if (argc < 2)
        return otherwise;
    if (!*argv[1] || argv[1][strspn(argv[1], "0123456789")])
        fail(2, "%s: Illegal number: %.60s", argv[0], argv[1]);
    return atoi(argv[1]);
}

// break and continue
int builtin_break(int argc, char **argv)
{
    int n = number_argument(argc, argv, 1);
    if (n == 0)
        fail(2, "%s: Illegal number: 0", argv[0]);
    if (!sh.loops)
        return 0;
    sh.skip_count = n < sh.loops ? n : sh.loops;
    sh.skip = argv[0][0] == 'b' ? SKIP_BREAK : SKIP_CONTINUE;
    return 0;
}

int builtin_return(int argc, char **argv)
{
    int status = number_argument(argc, argv, sh.status);
    if (!sh.functions)
        shell_exit(status); // at the top of a script: as exit
    sh.skip = SKIP_RETURN;
    return status;
}

int builtin_exit(int argc, char **argv)
{
    static bool warned;
    int status = number_argument(argc, argv, sh.status);
    if (sh.interactive && job_stopped_any() && !warned) {
        warned = true;
        warn("You have stopped jobs.");
        return 1;
    }
    shell_exit(status);
}

int builtin_shift(int argc, char **argv)
{
    int n = number_argument(argc, argv, 1);
    if (n > sh.params.n)
        fail(2, "shift: can't shift that many");
    sh.params.n -= n;
    sh.params.v += n;
    return 0;
}

int builtin_eval(int argc, char **argv)
{
    struct strbuf b = {.home = &sh.scratch};
    for (int i = 1; i < argc; i++) {
        if (i > 1)
            sb_putc(&b, ' ');
        sb_puts(&b, argv[i]);
    }
    return shell_run_string(sb_str(&b), "eval");
}

// Without a slash the file is looked for along PATH, where it need not be executable.
static int open_sourced(const char *name)
{
    const char *path = var_get("PATH");
    if (strchr(name, '/') || !path)
        return open(name, O_RDONLY | O_CLOEXEC);
    for (;;) {
        struct strbuf b = {.home = &sh.scratch};
        size_t n = strcspn(path, ":");
        sb_mem(&b, path, n);
        sb_puts(&b, n ? "/" : "");
        sb_puts(&b, name);
        int fd = open(sb_str(&b), O_RDONLY | O_CLOEXEC);
        if (fd >= 0 || !path[n])
            return fd;
        path += n + 1;
    }
}

int builtin_dot(int argc, char **argv)
{
    if (argc < 2)
        return 0;
    int fd = open_sourced(argv[1]);
    if (fd < 0)
        fail(2, ".: cannot open %.300s: %s", argv[1], error_text(errno));
    sh.functions++;
    int status = shell_run_file(redir_move_high(fd), false);
    sh.functions--;
    if (sh.skip == SKIP_RETURN)
        sh.skip = SKIP_NONE;
    return status;
}

int builtin_exec(int argc, char **argv)
{
    int i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    if (i >= argc)
        return 0;
    trap_exec_signals();
    exec_program(argv + i, var_environment());
}

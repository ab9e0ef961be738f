// type and command: what a name means, and running it past the functions.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "builtin.h"
#include "exec.h"
#include "job.h"
#include "trap.h"
#include "var.h"

static bool is_keyword(const char *name)
{
    static const char *const words[] = {"if",   "then", "else", "elif",  "fi",    "do",
                                        "done", "case", "esac", "while", "until", "for",
                                        "{",    "}",    "!",    "in"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

// The sentence of `type`, or the word of `command -v`.
static int describe(const char *name, bool brief)
{
    const struct builtin *b = builtin_find(name);
    const char *what = NULL, *path;
    if (is_keyword(name))
        what = "is a shell keyword";
    else if (b && b->special)
        what = "is a special shell builtin";
    else if (func_find(name))
        what = "is a shell function";
    else if (b)
        what = "is a shell builtin";
    if (what) {
        brief ? puts(name) : printf("%s %s\n", name, what);
        return 0;
    }
    path = exec_find(name);
    if (path) {
        brief ? puts(path) : printf("%s is %s\n", name, path);
        return 0;
    }
    if (!brief)
        printf("%s: not found\n", name);
    return 127;
}

int builtin_type(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc; i++)
        if (describe(argv[i], false))
            status = 127;
    return status;
}

static int run_program(char **argv)
{
    char **env = var_environment();
    struct job *j = job_new(argv[0], false);
    fflush(stdout);
    pid_t pid = vfork();
    if (pid == 0) {
        job_child(j);
        trap_exec_signals();
        exec_program(argv, env);
    }
    if (pid < 0)
        fail(2, "cannot fork: %s", error_text(errno));
    job_add(j, pid);
    return job_wait(j);
}

int builtin_command(int argc, char **argv)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        bool brief = argv[i][1] == 'v';
        if ((brief || argv[i][1] == 'V') && i + 1 < argc)
            return describe(argv[i + 1], brief);
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
    }
    if (i >= argc)
        return 0;
    const struct builtin *b = builtin_find(argv[i]);
    return b ? b->run(argc - i, argv + i) : run_program(argv + i);
}

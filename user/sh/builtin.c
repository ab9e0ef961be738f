// The table of builtins. Those that are tools too (echo, test, printf, kill) are the tools' own
// code.
#include "builtin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../tools/shared.h"
#include "job.h"
#include "sh.h"
#include "trap.h"

static int echo(int argc, char **argv)
{
    return tool_echo_escapes(argc, argv);
}

static const struct builtin table[] = {
    {":", builtin_true, true},
    {".", builtin_dot, true},
    {"[", tool_test, false},
    {"alias", builtin_alias, false},
    {"bg", builtin_bg, false},
    {"break", builtin_break, true},
    {"cd", builtin_cd, false},
    {"command", builtin_command, false},
    {"continue", builtin_break, true},
    {"echo", echo, false},
    {"eval", builtin_eval, true},
    {"exec", builtin_exec, true},
    {"exit", builtin_exit, true},
    {"export", builtin_export, true},
    {"false", builtin_false, false},
    {"fg", builtin_fg, false},
    {"history", builtin_history, false},
    {"jobs", builtin_jobs, false},
    {"kill", builtin_kill, false},
    {"local", builtin_local, false},
    {"printf", tool_printf, false},
    {"pwd", builtin_pwd, false},
    {"read", builtin_read, false},
    {"readonly", builtin_export, true},
    {"return", builtin_return, true},
    {"set", builtin_set, true},
    {"shift", builtin_shift, true},
    {"test", tool_test, false},
    {"trap", builtin_trap, true},
    {"true", builtin_true, false},
    {"type", builtin_type, false},
    {"umask", builtin_umask, false},
    {"unalias", builtin_unalias, false},
    {"unset", builtin_unset, true},
    {"wait", builtin_wait, false},
};

enum { COUNT = sizeof table / sizeof *table };

const struct builtin *builtin_find(const char *name)
{
    for (int i = 0; i < COUNT; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

const char *builtin_name(int i)
{
    return i < COUNT ? table[i].name : NULL;
}

bool builtin_is_special(const char *name)
{
    const struct builtin *b = builtin_find(name);
    return b && b->special;
}

bool builtin_is_exec(const struct builtin *b)
{
    return b->run == builtin_exec;
}

// Output is buffered for one builtin only: nothing is ever pending when the shell forks.
int builtin_run(const struct builtin *b, int argc, char **argv)
{
    shared_name = argv[0];
    int status = b->run(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno != EPIPE)
        warn("%s: write error: %s", argv[0], error_text(errno));
    clearerr(stdout);
    return status ? status : 1;
}

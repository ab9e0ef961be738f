// Builtins on variables: export readonly unset local.
#include <stdio.h>
#include <string.h>

#include "builtin.h"
#include "exec.h"
#include "parser.h"
#include "var.h"

static void print_value(const char *s)
{
    putchar('\'');
    for (; *s; s++)
        *s == '\'' ? fputs("'\"'\"'", stdout) : putchar(*s);
    putchar('\'');
}

void var_print_all(const char *prefix, unsigned flag)
{
    int n;
    struct var **all = var_sorted(&n);
    for (int i = 0; i < n; i++) {
        if ((flag && !(all[i]->flags & flag)) || (!flag && !all[i]->value))
            continue;
        printf("%s%s", prefix, all[i]->name);
        if (all[i]->value) {
            putchar('=');
            print_value(all[i]->value);
        }
        putchar('\n');
    }
}

// NAME or NAME=value: the name is cut off in place; returns the value or NULL.
static char *split_assignment(const char *command, char *arg)
{
    size_t n = name_length(arg);
    if (!n || (arg[n] && arg[n] != '='))
        fail(2, "%s: %.60s: bad variable name", command, arg);
    if (!arg[n])
        return NULL;
    arg[n] = 0;
    return arg + n + 1;
}

// export and readonly
int builtin_export(int argc, char **argv)
{
    unsigned flag = argv[0][0] == 'e' ? VAR_EXPORT : VAR_READONLY;
    int i = 1;
    if (argc == 1 || strcmp(argv[1], "-p") == 0) {
        var_print_all(flag == VAR_EXPORT ? "export " : "readonly ", flag);
        return 0;
    }
    if (strcmp(argv[1], "--") == 0)
        i++;
    for (; i < argc; i++) {
        char *value = split_assignment(argv[0], argv[i]);
        if (value)
            var_set(argv[i], value);
        var_flag(argv[i], flag);
    }
    return 0;
}

int builtin_unset(int argc, char **argv)
{
    int i = 1, status = 0;
    bool functions = false;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++)
        functions = argv[i][1] == 'f';
    for (; i < argc; i++) {
        if (functions) {
            func_unset(argv[i]);
        } else if (!var_unset(argv[i])) {
            warn("unset: %.60s: is read only", argv[i]);
            status = 2;
        }
    }
    if (status)
        raise_status(status);
    return status;
}

int builtin_local(int argc, char **argv)
{
    if (!sh.functions)
        fail(2, "local: not in a function");
    for (int i = 1; i < argc; i++) {
        char *value = split_assignment("local", argv[i]);
        frame_save_local(argv[i]);
        if (value)
            var_set(argv[i], value);
    }
    return 0;
}

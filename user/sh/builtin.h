// The builtin commands: one table.
#pragma once
#include <stdbool.h>

struct builtin {
    const char *name;
    int (*run)(int argc, char **argv);
    bool special; // POSIX: keeps assignments, and its errors end a script
};

const struct builtin *builtin_find(const char *name);
bool builtin_is_special(const char *name);
bool builtin_is_exec(const struct builtin *b);
int builtin_run(const struct builtin *b, int argc, char **argv);
const char *builtin_name(int i); // for completion; NULL at the end

// flow.c
int builtin_break(int argc, char **argv);
int builtin_return(int argc, char **argv);
int builtin_exit(int argc, char **argv);
int builtin_eval(int argc, char **argv);
int builtin_dot(int argc, char **argv);
int builtin_exec(int argc, char **argv);
int builtin_true(int argc, char **argv);
int builtin_false(int argc, char **argv);
// varcmd.c
int builtin_export(int argc, char **argv);
int builtin_unset(int argc, char **argv);
int builtin_local(int argc, char **argv);
int builtin_shift(int argc, char **argv);
int builtin_read(int argc, char **argv);
// option.c
int builtin_set(int argc, char **argv);
int option_parse(int argc, char **argv, int i, bool *end); // leading -abc; index of the rest
// dir.c
int builtin_cd(int argc, char **argv);
int builtin_pwd(int argc, char **argv);
int builtin_umask(int argc, char **argv);
void dir_init(void);
// alias.c
int builtin_alias(int argc, char **argv);
int builtin_unalias(int argc, char **argv);
// history.c
int builtin_history(int argc, char **argv);
// which.c
int builtin_type(int argc, char **argv);
int builtin_command(int argc, char **argv);

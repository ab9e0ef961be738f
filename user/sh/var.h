// Variables, the environment, and what a function call or a temporary assignment hides.
//
// V1: a variable's value is malloc'ed and owned by its entry; NULL means unset.
// V2: a frame's saved values are put back exactly once, by frame_pop, also after a raise.
#pragma once
#include <stdbool.h>

#include "sh.h"

enum { VAR_EXPORT = 1, VAR_READONLY = 2 };

struct var {
    struct var *next;
    char *value;
    unsigned flags;
    char name[];
};

const char *var_get(const char *name);             // NULL if unset
void var_set(const char *name, const char *value); // raises if read-only
bool var_unset(const char *name);                  // false if read-only
void var_flag(const char *name, unsigned flag);
struct var *var_find(const char *name);
void var_init(char **envp);
char **var_environment(void); // for execve, in the scratch arena
struct var **var_sorted(int *n);

void frame_push(bool with_params);
void frame_pop(void);
void frame_save(const char *name);                     // this variable comes back at frame_pop
void frame_save_local(const char *name);               // at the end of the current function
void var_print_all(const char *prefix, unsigned flag); // varcmd.c; flag 0: all that are set
void params_set(int argc, char **argv);                // copies

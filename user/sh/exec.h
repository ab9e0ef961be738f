// Running the tree.
//
// `last` means that the caller exits with the result at once: an external command may then replace
// the shell instead of being its child.
#pragma once
#include "node.h"
#include "sh.h"

int exec_node(const struct node *n, bool last);           // also sets sh.status
int exec_simple(const struct node *n, bool last);         // command.c
int exec_pipeline(const struct node *n, bool background); // pipeline.c
int exec_subshell(const struct node *n, bool last);
int exec_async(const struct node *andor);
struct job *exec_substitution(const struct node *n, int *fd); // its output comes from *fd
void exec_errexit(int status);                                // -e

// command.c
_Noreturn void exec_program(char **argv, char **env); // does not return; 126 or 127 on failure
char *exec_find(const char *name);                    // along PATH, in the scratch; NULL

// func.c
struct func;
void func_define(const struct node *definition);
bool func_unset(const char *name);
struct func *func_find(const char *name);
int func_call(struct func *f, int argc, char **argv);

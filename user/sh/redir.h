// Redirections: first planned (words expanded, here-documents fed), then applied, maybe undone.
#pragma once
#include <stdbool.h>

#include "node.h"

struct fdsave;

struct plan {
    struct plan *next;
    enum redir_op op;
    int fd;
    int from;   // REDIR_DUP and REDIR_HERE: the descriptor to copy, -1: close fd
    char *path; // the others
};

struct plan *redir_plan(const struct redir *r); // raises if a word cannot be expanded
void redir_plan_close(struct plan *p);          // the shell's ends of here-documents
// For good (in a child, or for `exec`), or so that redir_undo can put it back. False: reported.
bool redir_apply(const struct plan *p);
bool redir_apply_saving(const struct plan *p);
void redir_undo(struct fdsave *until);
void redir_forget(void);     // in a fork: nothing will be undone
int redir_move_high(int fd); // out of the way of the numbers that scripts use, close-on-exec

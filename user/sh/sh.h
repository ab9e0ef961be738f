// The state of the shell and the ways to fail.
//
// One struct holds all that outlives a command. Errors come in two kinds: a command that fails has
// a status; a command that cannot go on (syntax, bad expansion, interrupt) raises, which unwinds to
// the prompt of an interactive shell and ends any other.
//
// I1: while top is NULL nobody catches a raise: it exits. Every forked child is in that state.
// I2: frames and saves are chained from here, so that a raise can undo them.
#pragma once
#include <setjmp.h>
#include <stdbool.h>
#include <sys/types.h>

#include "mem.h"

struct frame;
struct fdsave;

enum skip { SKIP_NONE, SKIP_BREAK, SKIP_CONTINUE, SKIP_RETURN };

struct params { // $1 ...
    int n;
    char **v;
    void *base; // to free, or NULL if the words belong to the caller's scratch
};

struct shell {
    int status;     // $?
    int last_subst; // status of the last command substitution, for `x=$(...)`
    pid_t pid;      // $$
    pid_t bgpid;    // $!, 0: none
    char *arg0;     // $0
    char opt[128];  // set -e and friends, by letter
    struct params params;
    struct frame *frame;  // innermost function call or temporary environment
    struct fdsave *saves; // innermost undone redirection
    enum skip skip;       // break, continue, return on its way
    int skip_count;       // loops still to leave
    int loops;            // loops around the current command in this function
    int functions;        // function calls and sourced files around it: `return` is legal
    int tested;           // conditions around it: -e does not apply
    int line;             // of the current command, for messages
    bool interactive;
    bool jobctl;   // process groups and tcsetpgrp work
    bool subshell; // a fork of the shell
    int tty;       // descriptor of the terminal, -1: none
    jmp_buf *top;  // catches a raise
    struct arena scratch;
};

extern struct shell sh;

void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void raise_status(int status);
_Noreturn void fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void shell_exit(int status); // runs the EXIT trap
void stack_guard(void);                // raises when recursion has eaten the stack
const char *error_text(int err);
int shell_run_string(const char *text, const char *what); // eval, traps, -c
int shell_run_file(int fd, bool line_at_a_time);          // scripts, `.`, stdin

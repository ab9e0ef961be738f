// What job.c and the job builtins share: the table itself.
#pragma once
#include <stddef.h>

#include "job.h"

struct proc {
    pid_t pid;
    int status; // as wait4 gave it
    enum job_state state;
};

struct job {
    struct job *next; // in order of id
    int id;
    pid_t group;
    bool background;
    int nprocs;
    struct proc *procs;
    char *text;
};

extern struct job *job_table;

enum job_state job_state(const struct job *j);
int job_status(const struct job *j);
void job_free(struct job *j);
int job_reap(bool block); // pid, 0: nothing, or a negative errno
void job_describe(const struct job *j, char *text, size_t n);

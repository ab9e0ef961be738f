// Jobs: the processes of a pipeline, and who owns the terminal.
//
// J1: every child that will be waited for is in exactly one job; other children (writers of
//     here-documents) are reaped and forgotten.
// J2: only reap() calls wait4, so that no status is lost, whoever waits for what.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

enum job_state { JOB_RUNNING, JOB_STOPPED, JOB_DONE };

struct job;

struct job *job_new(const char *text, bool background);
pid_t job_fork(struct job *j); // 0 in the child, which is then a subshell; raises on failure
void job_add(struct job *j, pid_t pid); // a child made otherwise, in the parent
void job_child(const struct job *j);    // its side of joining: process group and terminal
int job_wait(struct job *j);            // the foreground job: status of its last process
void job_started(struct job *j);        // the background job: $!, and a line at a terminal
void job_notify(void);                  // before a prompt: what finished since
void job_forget_all(void);              // in a subshell
void job_control_init(void);
bool job_stopped_any(void);

int builtin_jobs(int argc, char **argv);
int builtin_fg(int argc, char **argv);
int builtin_bg(int argc, char **argv);
int builtin_wait(int argc, char **argv);
int builtin_kill(int argc, char **argv);

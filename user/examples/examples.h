// What the examples share: their entry points, which main.c calls by name, and two small helpers.
#pragma once
#include <sys/types.h>

int example_fork_twice_main(int argc, char **argv);
int example_fork_exec_wait_main(int argc, char **argv);
int example_exit_vs__exit_main(int argc, char **argv);
int example_pipe_parent_child_main(int argc, char **argv);
int example_fifo_strangers_main(int argc, char **argv);
int example_sigpipe_main(int argc, char **argv);
int example_sparse_mmap_main(int argc, char **argv);
int example_cow_main(int argc, char **argv);
int example_zombie_main(int argc, char **argv);
int example_orphan_main(int argc, char **argv);
int example_process_tree_main(int argc, char **argv);
int example_signals_main(int argc, char **argv);
int example_poll_main(int argc, char **argv);

// Prints "WHAT: reason" and ends the process with status 1.
_Noreturn void die(const char *what);

// fork() that does not fail: dies instead.
pid_t fork_or_die(void);

// One process as /proc/PID/stat tells it (see proc.c).
struct process {
    pid_t pid, parent;
    char state; // R running, S sleeping, Z zombie, T stopped
    char name[32];
};

// Reads /proc/PID/stat. Returns 0, or -1 if there is no such process (any more).
int process_read(pid_t pid, struct process *p);

// The number that stands behind KEY ("VmRSS:") in FILE ("/proc/self/status"), or -1: most are KiB.
long proc_number(const char *file, const char *key);

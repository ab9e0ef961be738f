// What every test file sees: how a test says what it saw, and the helpers that most of them need.
//
// A noun (files, pipes, ...) is a table of tests; a test is a function that prints lines. Each test
// runs in a process, a process group and an empty directory of its own (its working directory), as
// root, with umask 022, and is killed when it takes too long. What it prints must be the same on
// every kernel and in every run: no pids, times or addresses, or masked by tests/linux/filter.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct test {
    const char *name;
    void (*run)(void);
};

// Prints "TEST: text\n" with one write, so that lines of several processes never mix.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Says "WHAT: RESULT", where the result of a system call is a number or, if it is -1, errno's name.
void show(const char *what, long result);

// The same text as a string, good until the fourth call after this one.
const char *rc(long result);

// A wait status in words: "exit 3", "SIGKILL", "stopped SIGTSTP", "continued".
const char *status_text(int status);

// "SIGUSR1" for 10; "signal N" for what has no name.
const char *signal_text(int number);

// Says "WHAT: the process's status in words", after waiting for that child (any child: -1).
void show_child(const char *what, pid_t pid);

// fork() that ends the test if it fails, with a message.
pid_t fork_test(void);

// Says why, with errno, and ends this process with status 99.
_Noreturn void give_up(const char *why);

// Creates or replaces a file with that text; open for reading and writing, offset 0.
int make_file(const char *path, const char *text);

// Says "WHAT: contents" of a file from its beginning, at most 60 bytes, NULs printed as '.'.
void show_file(const char *what, const char *path);

// pipe() that cannot fail.
void make_pipe(int ends[2]);

void sleep_ms(int ms);
long now_ms(void); // CLOCK_MONOTONIC

// Runs f in a child whose user, group and only supplementary group is 1000, and waits for it.
void as_user(void (*f)(void));

// Installs a handler with these flags (SA_RESTART, ...) and an empty mask.
void handle(int number, void (*handler)(int), int flags);

// Counts the signals that note() handled; `noted` is the last one's number.
void note(int number);
extern volatile int notes, noted;

// The path of this program, for tests that exec it, and what it does then (see helper.c).
extern const char *self_path;
int helper_main(int argc, char **argv);

extern const struct test tests_files[], tests_io[], tests_descriptors[], tests_dirs[],
    tests_links[], tests_rename[], tests_pipes[], tests_fifos[], tests_poll[], tests_select[],
    tests_fork[], tests_wait[], tests_exec[], tests_script[], tests_groups[], tests_signals[],
    tests_sigwait[], tests_restart[], tests_sigaltstack[], tests_kill[], tests_creds[],
    tests_perms[], tests_memory[], tests_protect[], tests_filemap[], tests_time[], tests_limits[],
    tests_proc[], tests_procfiles[], tests_errors[], tests_efault[], tests_uname[], tests_tty[],
    tests_sched[], tests_stat[], tests_threads[], tests_futex[], tests_locks[], tests_setid[];

// The tools that are builtins of the shell too. They never exit and never leave output behind a
// failed write: the caller flushes stdout and reports.
#pragma once

extern const char *shared_name; // of the running tool, for messages

void shared_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int tool_echo(int argc, char **argv);         // escapes only with -e
int tool_echo_escapes(int argc, char **argv); // always, as POSIX's shells on Unix do
int tool_printf(int argc, char **argv);
int tool_test(int argc, char **argv); // also [
int tool_kill(int argc, char **argv);

// A backslash escape at s (after the backslash): *c is the character, -1 for \c (stop here).
// Returns how many characters it took; 0: not an escape.
int escape_scan(const char *s, int *c);

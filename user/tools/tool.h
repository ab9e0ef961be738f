// What every tool uses: messages, memory, whole reads and writes, inputs named on a command line.
//
// A tool is a function NAME_main(argc, argv) that returns the exit status; main() flushes stdout
// afterwards and turns a failed write into status 1, silently if the reader went away.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#include "shared.h"

enum { IO_CHUNK = 65536 };

int tool_error(const char *thing); // "tool: thing: strerror(errno)"; returns 1
_Noreturn void tool_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void tool_usage(const char *usage);
extern int tool_trouble; // the status of both: 1, but 2 where 1 means something else
const char *tool_strerror(int err);
void *tool_alloc(size_t n);
void *tool_realloc(void *p, size_t n);
char *tool_strdup(const char *s);
char *path_join(const char *dir, const char *name); // malloc'ed
const char *path_base(const char *path);            // after the last slash
intmax_t tool_number(const char *text);             // decimal, or dies
intmax_t tool_size(const char *text);               // with a suffix k, K, M, G, b; or dies
_Noreturn void tool_exec(char **argv);              // along PATH; 126 or 127
char *human_size(uintmax_t bytes, char *buffer);    // 4.0K, 12M; buffer: 16 bytes

// io.c
ssize_t io_read(int fd, void *buf, size_t n);     // restarted after EINTR
bool io_write(int fd, const void *buf, size_t n); // all of it
bool io_copy(int from, const char *name, int to); // to the end; reports what fails
int io_open(const char *name);                    // "-" is standard input; reports
FILE *io_fopen(const char *name);
void io_fclose(FILE *f);
char *io_read_file(const char *path, size_t *n); // small files of /proc; NULL: errno
int io_each(int argc, char **argv, int i, int (*fn)(FILE *f, const char *name)); // no names: "-"

// dir.c
char **dir_children(const char *path, size_t *n); // paths of all but . and ..; NULL: errno
void dir_free(char **children, size_t n);

// user.c
const char *user_name(uid_t uid, char *buffer); // buffer: 32 bytes; the number if unnamed
const char *user_home(uid_t uid, char *buffer, size_t size); // "/" if nobody knows
const char *group_name(gid_t gid, char *buffer);
bool user_number(const char *text, uid_t *uid); // a name or a number
bool group_number(const char *text, gid_t *gid);

// mode.c
bool ask_is_directory(const char *path); // follows links
void mode_string(mode_t mode, char text[11]);
bool mode_parse(const char *text, mode_t old, bool directory, mode_t *mode);

// The examples' front door: one static binary with many names, so that libc is stored once.
//
// The name that the program was started by (a symbolic link in /examples) chooses the example;
// `examples NAME` does the same, `examples --list` prints all names.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examples.h"

struct example {
    const char *name;
    int (*main)(int argc, char **argv);
};

static const struct example examples[] = {
    {"fork-twice", example_fork_twice_main},
    {"fork-exec-wait", example_fork_exec_wait_main},
    {"exit-vs-_exit", example_exit_vs__exit_main},
    {"pipe-parent-child", example_pipe_parent_child_main},
    {"fifo-strangers", example_fifo_strangers_main},
    {"sigpipe", example_sigpipe_main},
    {"sparse-mmap", example_sparse_mmap_main},
    {"cow", example_cow_main},
    {"zombie", example_zombie_main},
    {"orphan", example_orphan_main},
    {"process-tree", example_process_tree_main},
    {"signals", example_signals_main},
    {"poll", example_poll_main},
};
enum { NUM_EXAMPLES = sizeof examples / sizeof *examples };

void die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

pid_t fork_or_die(void)
{
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    return pid;
}

static const struct example *find(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (int i = 0; i < NUM_EXAMPLES; i++)
        if (strcmp(examples[i].name, name) == 0)
            return &examples[i];
    return NULL;
}

static int list(void)
{
    for (int i = 0; i < NUM_EXAMPLES; i++)
        puts(examples[i].name);
    return 0;
}

int main(int argc, char **argv)
{
    const struct example *e = argc > 0 ? find(argv[0]) : NULL;
    if (!e && argc > 1 && strcmp(argv[1], "--list") == 0)
        return list();
    if (!e && argc > 1) {
        argc--;
        argv++;
        e = find(argv[0]);
    }
    if (!e) {
        fprintf(stderr, "usage: examples --list | examples NAME [ARGUMENT...]\n");
        return 2;
    }
    // A whole line leaves at once, even into a pipe: fork would copy what waits in the buffer.
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    return e->main(argc, argv);
}

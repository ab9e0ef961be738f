// A tree of processes, built with fork and printed from what anyone can read in /proc/*/stat: each
// process names its parent, and that is all it takes.
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

enum { MAX_PROCESSES = 256, DEPTH = 2 };

static struct process table[MAX_PROCESSES];
static int count;

static void read_table(void)
{
    struct dirent *entry;
    DIR *dir = opendir("/proc");
    if (!dir)
        die("/proc");
    while (count < MAX_PROCESSES && (entry = readdir(dir)))
        if (isdigit(entry->d_name[0]) && process_read(atoi(entry->d_name), &table[count]) == 0)
            count++;
    closedir(dir);
}

static void print_tree(pid_t root, int depth)
{
    for (int i = 0; i < count; i++)
        if (table[i].pid == root)
            printf("%*s%s %d (%c)\n", 4 * depth, "", table[i].name, root, table[i].state);
    for (int i = 0; i < count; i++)
        if (table[i].parent == root)
            print_tree(table[i].pid, depth + 1);
}

// Makes two children for each process down to DEPTH, each of which says that it is there by a byte
// into `ready` and then lives until the last writing end of `stop` is closed.
static void grow(int depth, char *name, int ready, const int stop[2])
{
    char byte = 0;
    for (int i = 0; depth < DEPTH && i < 2; i++) {
        if (fork_or_die() != 0)
            continue;
        name[strlen(name)] = (char)('1' + i);
        prctl(PR_SET_NAME, name);
        grow(depth + 1, name, ready, stop);
        close(stop[1]);
        if (write(ready, &byte, 1) != 1 || read(stop[0], &byte, 1) != 0)
            die("pipe");
        while (wait(NULL) > 0)
            continue;
        _exit(0);
    }
}

int example_process_tree_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    int ready[2], stop[2], processes = 6;
    char name[16] = "tree-", byte;
    if (pipe(ready) < 0 || pipe(stop) < 0)
        die("pipe");
    grow(0, name, ready[1], stop);
    for (int i = 0; i < processes; i++)
        if (read(ready[0], &byte, 1) != 1)
            die("read");
    read_table();
    print_tree(getpid(), 0);
    close(stop[1]);
    while (wait(NULL) > 0)
        continue;
    printf("%d processes below this one: each line's parent is the line above with less indent\n",
           processes);
    return 0;
}

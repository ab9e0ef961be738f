// What ls.c collects and lsprint.c prints.
#pragma once
#include <sys/stat.h>

#include "tool.h"

struct entry {
    char *name, *path;
    struct stat st; // zero unless an option needs it
};

struct entries {
    struct entry *v;
    size_t n, cap;
};

struct ls_options {
    bool lng, numeric, all, almost_all, columns, recursive, directory, inode, human, by_time;
    bool by_size, reverse, classify, blocks, printed;
};

extern struct ls_options ls;

void ls_print(const struct entries *list, bool directory);

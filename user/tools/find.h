// What find.c walks and findexpr.c judges.
#pragma once
#include <sys/stat.h>

#include "tool.h"

struct found {
    const char *path, *name;
    int depth;
    struct stat st;
    bool prune; // set by -prune: do not look below
};

struct find_options {
    int min_depth, max_depth;
    bool depth_first; // children before their directory
};

extern struct find_options find;

void find_parse(int argc, char **argv); // dies of a bad expression
bool find_matches(struct found *f);     // and does what the expression says
int find_finish(void);                  // runs what -exec {} + has collected; 1 if any failed

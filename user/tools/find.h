// What find.c walks, findexpr.c parses and findeval.c judges.
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

enum kind {
    AND,
    OR,
    NOT,
    NAME,
    PATH,
    TYPE,
    SIZE,
    MTIME,
    NEWER,
    EMPTY,
    PERM,
    USER,
    PRINT,
    PRINT0,
    EXEC,
    DELETE,
    PRUNE,
    TRUE
};

struct expr {
    enum kind kind;
    struct expr *a, *b;
    const char *text;
    bool fold; // -iname
    int sign;  // of a number: -1 less, 0 equal, 1 more
    intmax_t number;
    intmax_t unit;
    struct timespec time;
    char **command; // EXEC
    int words;
    bool many; // EXEC ... {} +
    char **pending;
    int npending;
};

enum { MANY = 500 }; // paths for one -exec {} +

extern struct expr *find_root;

void find_parse(int argc, char **argv); // dies of a bad expression
// findeval.c
bool find_matches(struct found *f); // and does what the expression says
int find_finish(void);              // runs what -exec {} + has collected; 1 if any failed

// What the runner (main.c, run.c) and the harness know of each other.
#pragma once
#include "test.h"

struct noun {
    const char *name;
    const struct test *tests; // ended by a test without a name
};

extern const struct noun nouns[]; // ended by a noun without a name
extern const char *current_test;  // goes before every line

// Runs all tests of the noun, or the one with that name, each in a process of its own. Returns how
// many did not end with exit 0 (they say so, too).
int noun_run(const struct noun *noun, const char *only);

void show_ids(void); // setid.c, in a program that was started by its file's bits

// Process 1 of a machine that does nothing else: mounts what the tests need, runs all of them
// between markers on the console, and powers off.
int init_main(void);

// What a measurement is, and what the files of this program share.
//
// An operation belongs to the file of its noun, which exports its tests as a table; main.c runs the
// tables, measure.c one test: set-up, two batches that do not count, then the batches whose median
// is the figure. The loop around the operation is not taken off: test `empty` says what it costs.
#pragma once
#include <stdint.h>

struct test {
    const char *name;
    const char *unit;
    long count;              // operations in a batch
    int batches;             // that are timed
    int (*set_up)(void);     // negative: an errno, and the test is left out. May be NULL
    double (*batch)(long);   // gives how many operations it did
    void (*tear_down)(void); // may be NULL
};

// Each ended by a test without a name.
extern const struct test file_tests[], pipe_tests[], process_tests[], memory_tests[],
    signal_tests[], switch_tests[], poll_tests[];

enum { PAGE = 4096, BUFFER_LEN = 65536 };

// main.c: how this program was started, for the tests that execute it again.
extern const char *own_path;
extern char *const *own_environment;

// measure.c
extern char buffer[BUFFER_LEN];
extern char note[64]; // a test may say more about its figure here
extern int failed;    // an operation inside a batch went wrong: there is no figure
void measure(const struct test *test, int batches, long divisor);

// In every batch, so it is an instruction or two.
static inline void check(int worked)
{
    if (!worked)
        failed = 1;
}

// work.c: gives the command's status
int work(const char *name, const char *command);

// counter.c
int counter_choose(const char *name); // 0: there is none of this name. NULL: whatever works here
void counter_set_tick(long instructions);
const char *counter_name(void);
uint64_t counter_read(void);

// load.c: what the system is to carry while the tests run. Negative: an errno.
struct load {
    long processes;   // suspended
    long descriptors; // open
    long megabytes;   // touched memory of this process
    long readers;     // processes that wait in read of one pipe
};
int load_put(const struct load *load);
void load_take_off(void);

// One test: set-up, warm-up, timed batches, and the line that tells median, minimum and maximum.
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

enum { WARM_UPS = 2, MOST_BATCHES = 101 };

char buffer[BUFFER_LEN];
char note[64];
int failed;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

// Fills cost with the instructions for one operation, a value for each batch.
static void run_batches(const struct test *test, int batches, long count, double *cost)
{
    for (int i = -WARM_UPS; i < batches && !failed; i++) {
        uint64_t start = counter_read();
        double done = test->batch(count);
        uint64_t end = counter_read();
        if (i >= 0)
            cost[i] = (double)(end - start) / done;
    }
    qsort(cost, batches, sizeof *cost, compare);
}

// Small figures are of bytes; scripts/counting_table.py finds by them how many there were.
static void print_figure(const struct test *test, int batches, long count, const double *cost)
{
    int digits = cost[0] < 10 ? 5 : 2;
    printf("%-10s %12.*f %12.*f %12.*f  %3d x %-8ld %s%s%s\n", test->name, digits,
           cost[batches / 2], digits, cost[0], digits, cost[batches - 1], batches, count,
           test->unit, note[0] ? "; " : "", note);
}

void measure(const struct test *test, int batches, long divisor)
{
    double cost[MOST_BATCHES] = {0};
    long count = test->count / divisor > 0 ? test->count / divisor : 1;
    if (batches < 1)
        batches = test->batches;
    if (batches > MOST_BATCHES)
        batches = MOST_BATCHES;

    failed = 0;
    note[0] = '\0';
    int ready = test->set_up ? test->set_up() : 0;
    if (ready < 0) {
        printf("%-10s SKIP errno %d\n", test->name, -ready);
        fflush(stdout);
        return;
    }
    run_batches(test, batches, count, cost);
    if (test->tear_down)
        test->tear_down();
    if (failed)
        printf("%-10s FAIL\n", test->name);
    else
        print_figure(test, batches, count, cost);
    fflush(stdout);
}

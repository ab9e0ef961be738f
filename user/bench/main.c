// bench: instructions for each operation of a system that has Linux's calls.
//
// Made for QEMU's -icount shift=0 on one hart, where the figures repeat to the instruction.
// usage: bench [-l] [-c instret|cycle|time|clock] [-k instructions-per-tick] [-b batches]
//              [-d divisor] [-p processes] [-f descriptors] [-m megabytes] [-r readers] [test ...]
//        bench [-c counter] -w name command
// -d makes batches smaller, -p to -r put a load on the system, -l lists the tests, -w measures a
// command of the shell.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

const char *own_path;
char *const *own_environment;

static const struct test *const tables[] = {file_tests,   pipe_tests,   process_tests, memory_tests,
                                            signal_tests, switch_tests, poll_tests};
enum { TABLES = sizeof tables / sizeof tables[0] };

struct options {
    int batches, list;
    long divisor, tick;
    const char *counter, *work;
    struct load load;
    char **tests; // ended by NULL; none: all
};

// Returns 0 if there is anything that it does not know.
static int parse(int argc, char **argv, struct options *options)
{
    int letter;
    while ((letter = getopt(argc, argv, "lc:k:b:d:p:f:m:r:w:")) != -1) {
        switch (letter) {
        case 'l':
            options->list = 1;
            break;
        case 'c':
            options->counter = optarg;
            break;
        case 'k':
            options->tick = atol(optarg);
            break;
        case 'b':
            options->batches = atoi(optarg);
            break;
        case 'd':
            options->divisor = atol(optarg);
            break;
        case 'p':
            options->load.processes = atol(optarg);
            break;
        case 'f':
            options->load.descriptors = atol(optarg);
            break;
        case 'm':
            options->load.megabytes = atol(optarg);
            break;
        case 'r':
            options->load.readers = atol(optarg);
            break;
        case 'w':
            options->work = optarg;
            break;
        default:
            return 0;
        }
    }
    options->tests = argv + optind;
    return options->divisor > 0 && options->tick > 0 && (!options->work || *options->tests);
}

static int is_wanted(const struct test *test, char **names)
{
    if (!*names)
        return 1;
    for (; *names; names++)
        if (strcmp(test->name, *names) == 0)
            return 1;
    return 0;
}

static void list_tests(void)
{
    for (int i = 0; i < TABLES; i++)
        for (const struct test *test = tables[i]; test->name; test++)
            printf("%-10s %s\n", test->name, test->unit);
}

static void run_tests(const struct options *options)
{
    printf("# counter %s; instructions per unit\n", counter_name());
    printf("# %-8s %12s %12s %12s  batches x N  unit\n", "test", "median", "min", "max");
    for (int i = 0; i < TABLES; i++)
        for (const struct test *test = tables[i]; test->name; test++)
            if (is_wanted(test, options->tests))
                measure(test, options->batches, options->divisor);
}

int main(int argc, char **argv, char **environment)
{
    struct options options = {.divisor = 1, .tick = 100};
    if (argc == 2 && strcmp(argv[1], "-x") == 0)
        return 0; // test `execlibc`
    own_path = argv[0];
    own_environment = environment;
    if (!parse(argc, argv, &options) || !counter_choose(options.counter)) {
        fprintf(stderr, "bench: see the head of user/bench/main.c for its options\n");
        return 2;
    }
    if (options.list) {
        list_tests();
        return 0;
    }
    counter_set_tick(options.tick);
    if (options.work)
        return work(options.work, *options.tests);
    int loaded = load_put(&options.load);
    if (loaded < 0)
        fprintf(stderr, "bench: the load could not be put on: %s\n", strerror(-loaded));
    else
        run_tests(&options);
    load_take_off();
    return loaded < 0;
}

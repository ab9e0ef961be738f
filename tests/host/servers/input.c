/*
 * What a fuzzer does with each input: the world as it was kept, what the bytes say, and the end.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static u64 most; /* messages of a run */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *limit = getenv("HOST_OPERATIONS");

    (void)argc, (void)argv;
    most = limit ? strtoull(limit, 0, 10) : ~0ull;
    sim_make();
    sim_keep();
    return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    sim_restore();
    fuzz_begin(data, size);
    fuzz_run();
    sim_end();
    if (sim_messages >= most) {
        fprintf(stderr, "%lu operations\n", sim_messages);
        _exit(0); /* the rest of the time would go into reports */
    }
    return 0;
}

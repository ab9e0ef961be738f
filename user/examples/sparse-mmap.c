// An address space is a promise, memory is what was touched: 8 GiB are mapped, on a machine that
// may have far less, and only the pages that are written take up memory.
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "examples.h"

enum { TOUCHES = 64 };
#define SIZE (8UL << 30)

static void show(const char *when)
{
    printf("  %-28s VmSize %9ld KiB   VmRSS %6ld KiB\n", when,
           proc_number("/proc/self/status", "VmSize:"), proc_number("/proc/self/status", "VmRSS:"));
}

int example_sparse_mmap_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    long page = sysconf(_SC_PAGESIZE);
    show("at start");
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED)
        die("mmap");
    show("8 GiB mapped");
    for (int i = 0; i < TOUCHES; i++)
        p[i * (SIZE / TOUCHES)] = 1;
    show("64 pages of it written");
    long sum = 0;
    for (int i = 0; i < TOUCHES; i++)
        sum += p[i * (SIZE / TOUCHES)] + p[i * (SIZE / TOUCHES) + 2 * page];
    printf("  each byte written reads 1, each byte never written reads 0: the sum is %ld\n", sum);
    munmap(p, SIZE);
    show("unmapped");
    printf("mapping costs addresses; a page costs memory from its first touch on (64 x %ld KiB)\n",
           page / 1024);
    return 0;
}

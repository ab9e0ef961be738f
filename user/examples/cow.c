// Copy on write: fork shares every page between parent and child, and copies one only when somebody
// writes to it. The evidence: the same addresses in both, page faults counted by getrusage(), and
// the machine's free memory, which does not fall at fork but at the child's writes.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

#define SIZE (16UL << 20)

static void show(const char *when)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("  %-32s MemFree %8ld KiB, this process's page faults %5ld\n", when,
           proc_number("/proc/meminfo", "MemFree:"), usage.ru_minflt);
}

// The line of /proc/self/maps that holds the address.
static void show_mapping(const char *who, const void *p)
{
    char line[256];
    uintptr_t start, end;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &start, &end) != 2)
            continue;
        if (start <= (uintptr_t)p && (uintptr_t)p < end)
            printf("  %-32s %.41s\n", who, line);
    }
    if (f)
        fclose(f);
}

static _Noreturn void child(volatile char *p)
{
    long sum = 0;
    show_mapping("child: the same addresses:", (const void *)p);
    show("child: nothing touched yet");
    for (size_t i = 0; i < SIZE; i += 4096)
        sum += p[i];
    show(sum == SIZE / 4096 ? "child: has read all pages" : "child: WRONG CONTENTS");
    for (size_t i = 0; i < SIZE; i += 4096)
        p[i] = 2;
    show("child: has written all pages");
    _exit(0);
}

int example_cow_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        die("mmap");
    memset(p, 1, SIZE);
    show_mapping("parent: 16 MiB, all written:", p);
    show("parent: before fork");
    if (fork_or_die() == 0)
        child(p);
    wait(NULL);
    show("parent: the child is gone");
    printf("the parent still reads %d: the child's %lu writes went to copies of its own,\n"
           "made one page at a time, each by the fault that the first write raised\n",
           p[0], SIZE / 4096);
    return 0;
}

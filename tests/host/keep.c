/*
 * The state of everything, kept and brought back, so that each test and each input of a fuzzer
 * begins with the same machine.  The kernel's variables are those between the files first.c and
 * last.c of the link (host.mk); copies are made where no sanitizer looks, for they cross red zones.
 */
#include "tests/host/host.h"

#include "kernel/pool.h"
#include "kernel/sched.h"
#include "kernel/timer.h"

#include <stdlib.h>

extern char kernel_data_first[], kernel_data_last[], kernel_bss_first[], kernel_bss_last[];

static struct range {
    void *at, *copy;
    u64 bytes;
} ranges[12];
static u32 nranges;

static void move(void *to, const void *from, u64 bytes)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
}

static void range_add(void *at, u64 bytes)
{
    ranges[nranges++] = (struct range){at, malloc(bytes), bytes};
}

static bool between(const void *first, const void *p, const void *last)
{
    return (u64)first < (u64)p && (u64)p < (u64)last;
}

static void ranges_find(void)
{
    if (!between(kernel_bss_first, &hart, kernel_bss_last)
        || !between(kernel_bss_first, &pools, kernel_bss_last))
        host_broken("the kernel's variables are not where they should be");
    range_add(kernel_data_first, (u64)(kernel_data_last - kernel_data_first));
    range_add(kernel_bss_first, (u64)(kernel_bss_last - kernel_bss_first));
    range_add(host_ram, HOST_RAM_BYTES);
    range_add(&host_time, sizeof(host_time));
    range_add(&host_cycles, sizeof(host_cycles));
    range_add(&host_deadline, sizeof(host_deadline));
    range_add(&host_enabled, sizeof(host_enabled));
    range_add(&host_claimed, sizeof(host_claimed));
    range_add(&host_off, sizeof(host_off));
    range_add(&host_fpu, sizeof(host_fpu));
}

void host_keep(void)
{
    if (!nranges)
        ranges_find();
    for (u32 i = 0; i < nranges; i++)
        move(ranges[i].copy, ranges[i].at, ranges[i].bytes);
}

void host_restore(void)
{
    for (u32 i = 0; i < nranges; i++)
        move(ranges[i].at, ranges[i].copy, ranges[i].bytes);
    tlb_forget();
}

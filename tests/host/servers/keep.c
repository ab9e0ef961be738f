/*
 * The state of a server and of its world, kept and brought back. The server's variables are those
 * between tests/host/first.c and last.c of the link; copies are made where no sanitizer looks.
 */
#include "sim.h"

#include <stdlib.h>

extern char kernel_data_first[], kernel_data_last[], kernel_bss_first[], kernel_bss_last[];

static struct range {
    void *at, *copy;
    u64 bytes;
} ranges[12];
static u32 nranges, nalso;

static void move(void *to, const void *from, u64 bytes)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
}

static void keep(void *at, u64 bytes)
{
    struct range *r = &ranges[nranges++];

    *r = (struct range){at, malloc(bytes), bytes};
    move(r->copy, at, bytes);
}

/* What it holds is copied when all is. */
void sim_keep_also(void *at, u64 bytes)
{
    ranges[nranges++] = (struct range){at, malloc(bytes), bytes};
    nalso = nranges;
}

void *world_state(u64 bytes)
{
    void *state = calloc(1, bytes);

    sim_keep_also(state, bytes);
    return state;
}

void sim_keep(void)
{
    for (u32 i = 0; i < nalso; i++)
        move(ranges[i].copy, ranges[i].at, ranges[i].bytes);
    keep(kernel_data_first, (u64)(kernel_data_last - kernel_data_first));
    keep(kernel_bss_first, (u64)(kernel_bss_last - kernel_bss_first));
    sim_heap_keep();
    world_kept();
}

void sim_restore(void)
{
    for (u32 i = 0; i < nranges; i++)
        move(ranges[i].at, ranges[i].copy, ranges[i].bytes);
    sim_heap_restore();
    world_restored();
}

/* Who has no heap, and nothing elsewhere. */
__attribute__((weak)) void sim_heap_keep(void) {}

__attribute__((weak)) void sim_heap_restore(void) {}

__attribute__((weak)) void world_kept(void) {}

__attribute__((weak)) void world_restored(void) {}

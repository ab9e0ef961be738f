/*
 * Memory of a server under test, in place of servers/lib/heap.c: nothing is used twice in one
 * test, so that whoever uses what was freed is found, and red zones lie between objects.
 *
 * The arena is a row of blocks; what is no block's payload is poisoned. It is kept, and brought
 * back, with what lived then.
 */
#include "sim.h"

#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ARENA_BYTES (64ul << 20)
#define ZONE 32ul

enum block_state { BLOCK_LIVE = 0x11fe, BLOCK_FREE = 0xf5ee };

struct block {
    u64 bytes; /* of the payload */
    const struct slab *slab;
    u64 state; /* enum block_state */
    u64 pad;
};
_Static_assert(sizeof(struct block) == ZONE, "a red zone");

static u8 *arena;
static u64 used, kept_used;
static u64 live, kept_live;
static u8 *kept;

static void move(void *to, const void *from, u64 bytes)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
}

static void arena_make(void)
{
    arena = mmap((void *)0x200000000000, ARENA_BYTES, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (arena == MAP_FAILED)
        sim_broken("no memory for the arena");
    ASAN_POISON_MEMORY_REGION(arena, ARENA_BYTES);
}

static void *take(u64 bytes, u64 aligned, const struct slab *slab)
{
    u64 at = ((used + ZONE + aligned - 1) & ~(aligned - 1)) - ZONE;
    struct block *b;

    if (!arena)
        arena_make();
    if (sim.heap_left == 0 || sim_lacks(LACK_HEAP) || at + 2 * ZONE + bytes > ARENA_BYTES)
        return 0;
    sim.heap_left -= sim.heap_left > 0;
    for (; used < at; used += ZONE) { /* what is left out is a row of empty blocks */
        ASAN_UNPOISON_MEMORY_REGION(arena + used, ZONE);
        *(struct block *)(arena + used) = (struct block){.state = BLOCK_FREE};
        ASAN_POISON_MEMORY_REGION(arena + used, ZONE);
    }
    b = (void *)(arena + at);
    ASAN_UNPOISON_MEMORY_REGION(b, ZONE + bytes);
    *b = (struct block){.bytes = bytes, .slab = slab, .state = BLOCK_LIVE};
    ASAN_POISON_MEMORY_REGION(b, ZONE);
    used = (at + ZONE + bytes + ZONE - 1) & ~(ZONE - 1);
    return b + 1;
}

__attribute__((weak)) void *heap_pages(u64 npages)
{
    void *p = take(npages * PAGE_SIZE, PAGE_SIZE, 0);

    return p ? memset(p, 0, npages * PAGE_SIZE) : 0;
}

u64 slabs_live(void)
{
    return live;
}

void *slab_take(struct slab *s)
{
    void *p = take(s->size, ZONE, s);

    if (!p)
        return 0;
    s->used++;
    live++;
    return memset(p, 0xa5, s->size);
}

void *slab_alloc(struct slab *s)
{
    void *p = slab_take(s);

    return p ? memset(p, 0, s->size) : 0;
}

void slab_free(struct slab *s, void *p)
{
    struct block *b = (struct block *)p - 1;

    ASAN_UNPOISON_MEMORY_REGION(b, ZONE);
    if (b->state != BLOCK_LIVE || b->slab != s)
        sim_broken("%p is freed %s", p, b->state == BLOCK_FREE ? "twice" : "where it is not from");
    b->state = BLOCK_FREE;
    ASAN_POISON_MEMORY_REGION(b, ZONE + b->bytes);
    s->used--;
    live--;
}

void sim_heap_tell(void)
{
    for (u64 at = 0; at < used;) {
        struct block b;

        move(&b, arena + at, sizeof(b));
        if (b.state == BLOCK_LIVE && b.slab && at >= kept_used)
            fprintf(stderr, "%lu bytes live at %p\n", b.bytes, (void *)(arena + at + ZONE));
        at = (at + ZONE + b.bytes + ZONE - 1) & ~(ZONE - 1);
    }
}

void sim_heap_keep(void)
{
    if (!arena)
        arena_make();
    kept = malloc(used + 1);
    kept_used = used;
    kept_live = live;
    move(kept, arena, used);
}

/* The payload of what was freed since is readable again. */
void sim_heap_restore(void)
{
    ASAN_POISON_MEMORY_REGION(arena, used);
    move(arena, kept, kept_used);
    used = kept_used;
    live = kept_live;
    for (u64 at = 0; at < used;) {
        struct block b;

        move(&b, arena + at, sizeof(b));
        if (b.state == BLOCK_LIVE)
            ASAN_UNPOISON_MEMORY_REGION(arena + at + ZONE, b.bytes);
        at = (at + ZONE + b.bytes + ZONE - 1) & ~(ZONE - 1);
    }
}

/* What the unit tests of memory share. */
#pragma once

#include "story.h"

#include "ipc/proto/memory.h"
#include "servers/memory/memory_server.h"
#include "world_memory.h"

#define AT 0x100000ull
#define BRK 214
#define MUNMAP 215
#define MREMAP 216
#define MMAP 222
#define MPROTECT 226
#define MSYNC 227
#define MINCORE 232
#define MADVISE 233
#define PRIVATE 0x22
#define SHARED 0x21
#define FIXED 0x10
#define RW 3

static inline struct aspace *pages_of(u32 client)
{
    return aspace_of(sim_object_in(space_find(sim_entry(client)->space)->aspace));
}

static inline struct page *page_at(u32 client, u64 address)
{
    struct aspace *a = pages_of(client);

    for (u32 i = 0; i < a->n; i++)
        if (a->page[i].va == address >> PAGE_SHIFT)
            return &a->page[i];
    return 0;
}

static inline struct page *page_there(u32 client, u64 address)
{
    struct page *p = page_at(client, address);

    story_needs(p);
    return p;
}

/* A thread touches that address: the pager's answer. */
static inline s64 touch(u32 client, u64 address, enum fault_cause cause)
{
    struct sim_caller *c = sim_caller_make(client, KIND_FAULT);

    c->label = (s32)cause;
    c->word[0] = address;
    c->word[2] = 1;
    sim_caller_send(c, &sim.object[sim.cspace[client].fixed[FIXED_MEMORY].object - 1]);
    sim_serve();
    last = c;
    return c->state == CALLER_DONE ? (c->result < 0 ? c->result : 0) : WAITS;
}

#define ASKS(id, label, ...) server_asks(id, label, (const u64[6]){__VA_ARGS__})

static inline u64 mapped(u32 client, u64 len, u64 flags)
{
    s64 at = CALL(client, MMAP, AT, len, RW, flags | FIXED, ~0ull, 0);

    EXPECT(at, AT);
    return AT;
}

/* Frames and address spaces of the memory server's world. */
#pragma once

#include "sim.h"

#define RAM_FIRST 0x80000ull
#define RAM_PAGES 640u /* of the first range; the second lies behind a gap */
#define RAM2_FIRST 0x90000ull
#define RAM2_PAGES 128u
#define RAMS (RAM_PAGES + RAM2_PAGES)
#define ARCHIVE_PAGES 24u /* the first of RAM */
#define ASPACES 32u
#define ASPACE_PAGES 1024u
#define OWN_HEAP_PAGES 512u

struct frame {
    u32 count;
    bool pinned, kernel;
    bool stale; /* holds what a former owner left */
};

struct page {
    u64 va; /* page number */
    u32 frame, rights;
};

struct aspace {
    u32 object; /* 1 + index, 0: free */
    u32 n;
    struct page page[ASPACE_PAGES]; /* sorted */
};

struct memory_world {
    struct frame frame[RAMS];
    struct aspace aspace[ASPACES];
    struct {
        u64 id;
        u32 object; /* its Address space, 1 + index */
    } space[ASPACES];
    s64 tables_left; /* pages until one more table is needed; negative: never */
    u64 base_live, base_spaces;
};
extern struct memory_world *w;

struct frame *frame_find(u64 frame); /* 0: none of RAM */
struct aspace *aspace_of(const struct sim_object *o);
s64 aspace_method(struct sim_object *o, struct method_call *m);
s64 memory_method(struct sim_object *o, slot_t slot, struct method_call *m);
s64 aspace_map_run(struct sim_object *o, const u64 word[4], const u64 *frames, u32 flags,
                   u64 *done);
s64 server_asks(u32 id, s32 label, const u64 word[6]); /* and its caller is `asked` */
extern struct sim_caller *asked;
u64 world_space(u64 badge); /* index of the space that a session names, ASPACES: none */

/*
 * The memory server: what its files share.
 *
 * Reading order: frames.c (who has which frame), mapping.c (what the kernel is asked
 * for), radix.c, regions.c (what a program may touch where), spaces.c, objects.c,
 * faults.c (where pages come from), linux.c and remap.c (Linux calls), native.c (calls
 * by servers), waiting.c (out of frames).
 *
 * F1: every frame that is ours has exactly one use; the counts of all uses add up.
 * F2: a frame in use by a space is mapped at least once; its last unmapping frees it.
 * F3: a frame of an object is pinned: it outlives its mappings.
 * R1: the regions of a space are sorted and do not overlap.
 * R2: a page is mapped in a space only inside a region.
 */
#pragma once

#include "ipc/proto/memory.h"
#include "servers/lib/server.h"

/* --- frames.c ------------------------------------------------------------------------ */

enum frame_use {
	USE_OTHER,   /* not ours: kernel, root, images */
	USE_ARCHIVE, /* boot archive and overlay, as long as no object has them */
	USE_FREE,
	USE_SPACE,
	USE_OBJECT,
	USE_HEAP, /* of this and other servers */
	USE_POOL,
	FRAME_USES
};

/* What a frame is wanted for. */
enum frame_state {
	FRAME_ZEROED, /* reads as zero once it is pinned */
	FRAME_RAW,    /* the kernel clears it, or copies into it, when it takes it into use */
};

void frames_init(const struct start_info *start);
/* A frame, or FRAME_NONE; spaces and objects leave a reserve for tables. */
frame_t frame_take(enum frame_use use, enum frame_state state);
/* At most n raw frames for spaces or objects; how many there were. */
u64 frames_take_raw(enum frame_use use, frame_t *frames, u64 n);
void frame_free(frame_t frame); /* was mapped or pinned before */
void frames_free(const frame_t *frames, u64 n);
void frame_unused(frame_t frame); /* was never mapped since it was taken */
enum frame_use frame_use_of(frame_t frame);
/* Frames that come to us, or whose use changes. */
void frame_set_use(frame_t frame, enum frame_use use);
u64 frames_count(enum frame_use use);
u64 frames_total(void);
bool frames_short(u64 npages);      /* fewer than that above the reserve */
slot_t frame_memory(frame_t frame); /* slot of the Memory that covers it; SLOT_NONE */
bool frames_check(void);            /* F1 */

/* --- mapping.c ----------------------------------------------------------------------- */

/* Maps n frames from va on.  With an error nothing stays mapped. */
s32 map_frames(slot_t aspace, u64 va, const frame_t *frames, u64 n, u32 rights);
/* Puts a frame where another is mapped; a frame that is free now is freed. */
s32 map_replace(slot_t aspace, u64 va, frame_t frame, u32 rights);
/* Unmaps, and frees the frames that nobody uses any more. */
u64 unmap_pages(slot_t aspace, u64 va, u64 npages); /* of several: tables that there are */
void protect_pages(slot_t aspace, u64 va, u64 npages, u32 rights, bool set);
/* Copy on write: a page that is there becomes the space's own, or, where nothing is, a copy of
 * the model is mapped (FRAME_NONE: ENOENT). */
s32 own_page(slot_t aspace, u64 va, frame_t model, u32 rights);
s32 share_pages(slot_t from, slot_t to, u64 va, u64 npages, bool cow);
struct page_state {
	frame_t frame; /* FRAME_NONE: nothing is mapped */
	u32 rights;
	u64 count;
};
struct page_state page_query(slot_t aspace, u64 va);
#define QUERY_MAX 512u
/* How many pages are mapped there; *first, if there is one: its address. */
u64 range_query(slot_t aspace, u64 va, u64 npages, u64 *first);
/* frame << 8 | rights of n pages (<= QUERY_MAX); valid until the next query. */
const u64 *pages_query(slot_t aspace, u64 va, u64 n);
void frame_clear_tail(frame_t frame, u64 from);
s64 mint(u64 badge); /* a session without closed message */

/* --- radix.c ------------------------------------------------------------------------- */

/* Sparse array of words; 0 is "nothing there". */
struct radix {
	u64 *root;
	u32 height;
};
u64 radix_get(const struct radix *r, u64 index);
/* The values of the RADIX_FAN indices around one, from their multiple on; 0: there are none. */
#define RADIX_FAN 16u
const u64 *radix_around(const struct radix *r, u64 index);
bool radix_set(struct radix *r, u64 index, u64 value); /* false: no memory (never for 0) */
/* The first index from `from` on that has a value, ~0 if there is none. */
u64 radix_next(const struct radix *r, u64 from);

/* --- ids.c --------------------------------------------------------------------------- */

/* Ids are index and generation: a stale one finds nothing. */
struct id_entry {
	void *object;
	u32 generation, next_free;
};
#define ID_CHUNK 256u
#define ID_CHUNKS 64u
struct id_table {
	struct id_entry *chunk[ID_CHUNKS];
	u32 nchunks;
	u32 first_free; /* 1 + index */
	u32 alive;
};
u64 id_take(struct id_table *t, void *object); /* 0: none left */
void *id_find(const struct id_table *t, u64 id);
void *id_next(const struct id_table *t, u32 *index); /* from *index on; 0 at the end */
void id_release(struct id_table *t, u64 id);

/* --- regions.c ----------------------------------------------------------------------- */

struct space;
struct object;

struct region {
	u64 start, end;
	u64 page;                   /* of the object, at start */
	struct object *object;      /* 0: anonymous and private */
	struct region *next, *prev; /* of the same object */
	struct space *space;
	u8 rights, most; /* enum access: now, and what mprotect may give */
	bool shared;
	u8 kind;      /* enum region_kind */
	bool touched; /* false: none of its pages was ever there */
	bool forked;  /* private pages may be there without the right to write */
	bool uneven;  /* pages may be there without rights that the region gives */
	u8 run;       /* pages that were made one behind the other, the last ones ... */
	u64 walk;     /* ... up to here */
};

/* Index of the first region that ends above the address. */
u32 region_index(const struct space *s, u64 address);
struct region *region_find(const struct space *s, u64 address);
/* Adds a region (the place is free), joined with its neighbours where they are alike; but anonymous
 * memory that was never touched stays apart from what was, until the array is full. */
s32 region_insert(struct space *s, const struct region *r);
/* Splits so that [start, end) holds whole regions: indices *from .. *to. ENOMEM */
s32 regions_isolate(struct space *s, u64 start, u64 end, u32 *from, u32 *to);
void regions_remove(struct space *s, u32 from, u32 to);
void regions_join(struct space *s, u64 start, u64 end);
s32 regions_copy(struct space *to, const struct space *from);
void regions_free(struct space *s);
bool range_is_free(const struct space *s, u64 start, u64 end);
bool range_is_full(const struct space *s, u64 start, u64 end); /* no hole */
/* Highest free place for that many bytes, or at the hint; 0 if there is none. */
u64 gap_find(const struct space *s, u64 hint, u64 len);

/* --- spaces.c ------------------------------------------------------------------------ */

struct space {
	u64 id;
	slot_t aspace;
	u32 tag;
	struct region **region;
	u32 nregions, size_class;
	u64 brk_start, brk;
	u64 mapped; /* pages of all regions */
	u64 faults;
	u64 limit_space, limit_data; /* bytes */
};
#define SPACE_LOWEST 0x10000ull

struct space *space_find(u64 id);
struct space *space_next(u32 *index);
u64 spaces_alive(void);
struct space *space_create(u32 tag);
s32 space_fork(struct space *parent, struct space *child);
u64 space_empty(struct space *s); /* how many page tables it has */
s32 space_destroy(struct space *s);
u64 space_resident(const struct space *s, u64 start, u64 end);
void space_unmap_pages(const struct space *s, u64 start, u64 end);
s32 space_unmap(struct space *s, u64 start, u64 end);
/* What a program gets for these rights: the hardware has no write without read. */
u32 page_rights(u32 rights);

/* --- objects.c ----------------------------------------------------------------------- */

struct object {
	u64 id;
	u64 cookie;
	u64 size; /* bytes; pages behind them are refused */
	u64 npages;
	u64 address, range; /* in its owner: where, pages; 0: none */
	u32 owner;          /* enum server_id, 0: nobody (shared anonymous memory) */
	u32 nregions;
	bool destroyed;
	struct radix pages; /* frame << 1 | mapped in the owner; 0: a hole */
	struct region *regions;
};

#define OBJECT_FRAME(word) ((word) >> 1) /* a hole: 0, which is no frame of RAM that is ours */

struct object *object_find(u64 id);
struct object *object_make(u32 owner, u64 cookie, u64 size);
void objects_disown(u32 owner);        /* that server has begun anew */
void object_release(struct object *o); /* gone if it is destroyed and nobody maps it */
void object_link(struct object *o, struct region *r);
void object_unlink(struct region *r);
frame_t object_frame(const struct object *o, u64 page); /* FRAME_NONE: a hole */
s32 object_fill(struct object *o, u64 page);            /* a hole gets a zeroed frame. ENOMEM */
s32 object_adopt(struct object *o, u64 page, frame_t frame);
void object_cut(struct object *o, u64 size);
s32 object_attach(struct object *o, u64 npages);
s32 object_hold(struct object *o, u64 page); /* it is there: shows it to the owner */

/* --- faults.c ------------------------------------------------------------------------ */

s64 memory_fault(struct request *q, struct answer *a);
void fault_undo(struct request *q, struct answer *a);
/* Makes one page present; with an answer the last step may be left to the reply.
 * EFAULT, EACCES, EIO, ENOMEM */
s32 page_make(struct space *s, u64 va, u32 access, struct answer *a);

/* --- servers.c ----------------------------------------------------------------------- */

#define RANGE_CLASSES 26u
struct free_range {
	struct free_range *next;
	u64 address;
};
struct server_memory {
	slot_t aspace;                          /* 0: not adopted */
	u64 heap;                               /* end of its heap */
	u64 objects, objects_end;               /* end of its object ranges, and of their room */
	struct free_range *free[RANGE_CLASSES]; /* given back, 1 << index pages each */
};
struct server_memory *server_find(u64 badge); /* 0: no server's session */
struct server_memory *server_of(u32 id);
u64 range_take(struct server_memory *m, u64 *npages); /* rounds up; 0: none */
void range_free(struct server_memory *m, u64 address, u64 npages);
operation_fn native_adopt, native_donate, native_heap, native_stats, native_drop, native_reset;

/* --- linux.c, remap.c, native.c, object_calls.c -------------------------------------- */

#define BADGE_SPACE (1ull << 60)  /* | space id */
#define BADGE_OBJECT (2ull << 60) /* | access << 56 | object id */
#define BADGE_ID(badge) ((badge) & ((1ull << 48) - 1))
#define BADGE_KIND(badge) ((badge) & (15ull << 60))
#define BADGE_ACCESS(badge) ((u32)((badge) >> 56 & 7))

operation_fn linux_brk, linux_mmap, linux_munmap, linux_mprotect, linux_madvise, linux_msync,
	linux_mlock, linux_mincore, linux_mremap, linux_flush_icache;
operation_fn native_space_create, native_space_fork, native_space_session, native_space_destroy,
	native_space_empty, native_space_present, native_space_map, native_space_unmap,
	native_space_commit, native_space_limit, native_space_info, native_space_regions,
	native_space_largest;
operation_fn native_object_create, native_object_attach, native_object_hold, native_object_resize,
	native_object_adopt, native_object_session, native_object_info, native_object_destroy;

struct space *caller_space(const struct request *q); /* of a routed call */
bool pages_are_too_many(const struct space *s, u64 len, u32 rights, u32 flags);
#define LINUX_MAP_SHARED 0x1u
#define LINUX_MAP_PRIVATE 0x2u
#define LINUX_MAP_TYPE 0xfu
#define LINUX_MAP_FIXED 0x10u
#define LINUX_MAP_ANONYMOUS 0x20u
#define LINUX_MAP_NORESERVE 0x4000u
#define LINUX_MAP_FIXED_NOREPLACE 0x100000u

/* --- check.c ------------------------------------------------------------------------- */

void books_check(void); /* debug builds: now and then, panics */

/* --- waiting.c ----------------------------------------------------------------------- */

s64 wait_for_frames(struct request *q);
extern struct waiting *waiting_first;
void waiting_retry_all(void);
static inline void waiting_retry(void) /* frames came free */
{
	if (waiting_first)
		waiting_retry_all();
}
void waiting_forget(slot_t reply);
void waiting_interrupted(slot_t reply);

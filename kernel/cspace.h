/*
 * Capability spaces: the table of what a program or server holds.
 *
 * One page holds everything but the ordinary slots: the index of slot pages,
 * the bitmap of used slots with one bit of summary for each page, and the fixed
 * slots.  Slot pages come from the space's pool when a slot in them is first used.
 *   C1: used bit set iff the slot names an object (a reserved one included)
 *   C2: full bit set iff all used bits of that page are set
 *   C3: descriptors are the slots below `limit`
 *   C4: room iff cspace_has_room()
 */
#pragma once

#include "ipc/abi/route.h"
#include "kernel/object.h"
#include "kernel/thread.h"

#define SLOTS_ALL (SLOT_FIXED + SLOTS_FIXED)

struct cspace {
	struct object object;
	u32 limit;
	u32 owner;            /* own frame, as in struct slot */
	u64 full;             /* summary: bit i = slot page i has no free slot */
	frame_t routes_frame; /* kernel uses of ROUTE_FRAMES frames from here; 0: none */
	const struct route *routes;
	u16 destroy_at; /* page of slots */
	u16 npages;     /* of slots */
	bool room;      /* so that nobody has to look for the lowest free descriptor */
	struct slot *page[SLOT_PAGES];
	u64 used[SLOT_FIXED / 64];
	struct slot fixed[SLOTS_FIXED];
};
_Static_assert(sizeof(struct cspace) <= PAGE_SIZE - 64, "one page with its head");

err_t cspace_init(struct cspace *c);
/* Empties it in chunks: METHOD_AGAIN while not done. */
err_t cspace_destroy(struct cspace *c);

/* The slot, whether empty or not; 0 if there is no such number or page. */
static inline struct slot *cspace_find(struct cspace *c, slot_t n)
{
	struct slot *page;

	if (!c || c->object.dead)
		return 0;
	if (n >= SLOT_FIXED)
		return n < SLOTS_ALL ? &c->fixed[n - SLOT_FIXED] : 0;
	page = c->page[n / SLOTS_PER_PAGE];
	return page ? &page[n % SLOTS_PER_PAGE] : 0;
}
/* The same, and adds the page if it is missing: 0 also if the pool is empty. */
struct slot *cspace_slot(struct cspace *c, slot_t n);
/* The object that slot n names; 0 if empty, reserved or dead. */
static inline struct object *cspace_object(struct cspace *c, slot_t n)
{
	const struct slot *s = cspace_find(c, n);
	struct object *o = s ? s->object : 0;

	return o && !o->dead && !(s->flags & SLOT_RESERVED) ? o : 0;
}
/* The same, if it is of that type. */
static inline void *cspace_named(struct cspace *c, slot_t n, enum object_type type)
{
	struct object *o = cspace_object(c, n);

	return o && o->type == type ? o : 0;
}
/* Lowest free slot in [from, to), or SLOT_NONE. */
slot_t cspace_lowest_free(struct cspace *c, slot_t from, slot_t to);
/* The lowest free descriptor has a page, and is not among the last ones where the limit is no
 * multiple of 64: those are looked for. */
bool cspace_has_room(struct cspace *c);
/* A free slot for a new capability: n itself, or for SLOT_ANY the lowest free one from the limit
 * on.  0 if n is used (EBUSY), invalid or there is no memory. */
struct slot *cspace_free_slot(struct cspace *c, slot_t n);
/* The descriptor that the program means by an argument; 0: EBADF. */
struct slot *cspace_descriptor(struct cspace *c, u64 argument);
/* Lowest free descriptor, its page present; 0: EMFILE. */
struct slot *cspace_free_descriptor(struct cspace *c);
/* Why there was none: EMFILE, or ENOMEM (the pool has no page for it). */
err_t cspace_no_descriptor(struct cspace *c);
/* dup, dup3 and close as Linux has them: descriptor or negative errno. */
s64 cspace_dup(struct cspace *c, u64 from);
s64 cspace_dup3(struct cspace *c, u64 from, u64 to, u64 flags);
s64 cspace_close(struct cspace *c, u64 descriptor);
/* The used slots of a page have changed. */
void cspace_mark_page(struct cspace *c, u32 page);

method_fn cspace_method_put, cspace_method_fetch, cspace_method_delete, cspace_method_clone,
	cspace_method_identify, cspace_method_limit, cspace_method_flags, cspace_method_close_exec,
	cspace_method_routes, cspace_method_next;

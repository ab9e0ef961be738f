/*
 * Memory objects: pages that several spaces map, and that their server sees too.
 *
 * Pages are found by a radix tree; each is pinned, so that it outlives its
 * mappings.  The owner (fs for a file) sees those that it asked for in a range of
 * its own address space; an object without an owner is shared anonymous memory.
 */
#include "servers/memory/memory_server.h"

#define SHOWN 1ull /* in the radix word: mapped in the owner's range */

static struct slab objects = {.size = sizeof(struct object)};
static struct id_table table;

struct object *object_find(u64 id)
{
	struct object *o = id_find(&table, id);

	return o && !o->destroyed ? o : 0;
}

struct object *object_make(u32 owner, u64 cookie, u64 size)
{
	struct object *o = slab_alloc(&objects);

	if (!o)
		return 0;
	o->id = id_take(&table, o);
	if (!o->id) {
		slab_free(&objects, o);
		return 0;
	}
	o->owner = owner;
	o->cookie = cookie;
	o->size = size;
	return o;
}

void object_link(struct object *o, struct region *r)
{
	r->prev = 0;
	r->next = o->regions;
	if (r->next)
		r->next->prev = r;
	o->regions = r;
	o->nregions++;
}

void object_unlink(struct region *r)
{
	struct object *o = r->object;

	if (r->next)
		r->next->prev = r->prev;
	if (r->prev)
		r->prev->next = r->next;
	else
		o->regions = r->next;
	o->nregions--;
	object_release(o);
}

/* --- Pages --------------------------------------------------------------------------- */

frame_t object_frame(const struct object *o, u64 page)
{
	u64 word = radix_get(&o->pages, page);

	return word ? word >> 1 : FRAME_NONE;
}

static s32 page_set(struct object *o, u64 page, frame_t frame)
{
	if (!radix_set(&o->pages, page, frame << 1))
		return -ENOMEM;
	call1(frame_memory(frame), MEMORY_PIN, frame);
	frame_set_use(frame, USE_OBJECT);
	o->npages++;
	return 0;
}

s32 object_fill(struct object *o, u64 page)
{
	frame_t frame;

	if (object_frame(o, page) != FRAME_NONE)
		return 0;
	frame = frame_take(USE_OBJECT, FRAME_ZEROED);
	if (frame == FRAME_NONE)
		return -ENOMEM;
	if (page_set(o, page, frame)) {
		frame_unused(frame);
		return -ENOMEM;
	}
	return 0;
}

s32 object_adopt(struct object *o, u64 page, frame_t frame)
{
	if (frame_use_of(frame) != USE_ARCHIVE)
		return -EINVAL;
	if (object_frame(o, page) != FRAME_NONE)
		return -EEXIST;
	return page_set(o, page, frame);
}

/* The page goes; a frame of the archive, which fs maps, is the archive's again. */
static void page_drop(struct object *o, u64 page)
{
	frame_t frame = object_frame(o, page);

	radix_set(&o->pages, page, 0);
	o->npages--;
	if (call1(frame_memory(frame), MEMORY_UNPIN, frame) == 1)
		frame_free(frame);
	else
		frame_set_use(frame, USE_ARCHIVE);
}

/* Takes [start, end) of r, in pages of the object, out of its space. */
static void region_unmap(struct region *r, u64 from)
{
	u64 behind = r->page + ((r->end - r->start) >> PAGE_SHIFT);

	if (from >= behind)
		return;
	if (from < r->page)
		from = r->page;
	space_unmap_pages(r->space, r->start + (from - r->page) * PAGE_SIZE, r->end);
}

static void pages_drop(struct object *o, u64 from)
{
	u64 page = radix_next(&o->pages, from);

	if (o->address && from < o->range)
		unmap_pages(server_of(o->owner)->aspace, o->address + from * PAGE_SIZE,
			    o->range - from);
	for (; page != ~0ull; page = radix_next(&o->pages, page + 1))
		page_drop(o, page);
}

void object_cut(struct object *o, u64 size)
{
	u64 npages = (size + PAGE_MASK) >> PAGE_SHIFT;
	frame_t last = size & PAGE_MASK ? object_frame(o, size >> PAGE_SHIFT) : FRAME_NONE;

	if (size < o->size) {
		for (struct region *r = o->regions; r; r = r->next)
			region_unmap(r, npages);
		pages_drop(o, npages);
		if (last != FRAME_NONE)
			frame_clear_tail(last, size & PAGE_MASK);
	}
	o->size = size;
}

void object_release(struct object *o)
{
	if (o->nregions || !o->destroyed)
		return;
	pages_drop(o, 0);
	if (o->address)
		range_free(server_of(o->owner), o->address, o->range);
	id_release(&table, o->id);
	slab_free(&objects, o);
}

void objects_disown(u32 owner)
{
	u32 index = 0;
	struct object *o;

	while ((o = id_next(&table, &index))) {
		if (o->owner != owner)
			continue;
		if (o->address)
			unmap_pages(server_of(owner)->aspace, o->address, o->range);
		o->address = 0;
		o->owner = 0;
		o->destroyed = true;
		object_release(o);
	}
}

/* --- In the owner's address space ---------------------------------------------------- */

s32 object_hold(struct object *o, u64 page)
{
	u64 word = radix_get(&o->pages, page);
	frame_t frame = word >> 1;
	s32 error;

	if (word & SHOWN || !o->address)
		return 0;
	error = map_frames(server_of(o->owner)->aspace, o->address + page * PAGE_SIZE, &frame, 1,
			   ACCESS_READ | ACCESS_WRITE);
	if (!error)
		radix_set(&o->pages, page, word | SHOWN); /* it has a node already */
	return error;
}

/* What was shown in the old range is shown in the new one. */
static s32 pages_show(struct object *o)
{
	u64 page = radix_next(&o->pages, 0);
	s32 error = 0;

	for (; !error && page != ~0ull; page = radix_next(&o->pages, page + 1)) {
		u64 word = radix_get(&o->pages, page);
		radix_set(&o->pages, page, word & ~SHOWN);
		if (word & SHOWN)
			error = object_hold(o, page);
	}
	return error;
}

s32 object_attach(struct object *o, u64 npages)
{
	struct server_memory *m = server_of(o->owner);
	u64 old = o->address, old_range = o->range;
	u64 address = range_take(m, &npages);

	if (!address)
		return -ENOMEM;
	if (old)
		unmap_pages(m->aspace, old, old_range);
	o->address = address;
	o->range = npages;
	if (old)
		range_free(m, old, old_range);
	return old ? pages_show(o) : 0;
}

/*
 * Spaces: a program's address space, its regions and what is resident in it.
 *
 * The kernel's tables alone say which pages are there.
 */
#include "servers/memory/memory_server.h"

static struct slab spaces = {.size = sizeof(struct space)};
static struct id_table table;

struct space *space_find(u64 id)
{
	return id_find(&table, id);
}

struct space *space_next(u32 *index)
{
	return id_next(&table, index);
}

u64 spaces_alive(void)
{
	return table.alive;
}

u32 page_rights(u32 rights)
{
	return rights & ACCESS_WRITE ? rights | ACCESS_READ : rights;
}

/* --- What is resident ---------------------------------------------------------------- */

u64 space_resident(const struct space *s, u64 start, u64 end)
{
	u64 first;

	return range_query(s->aspace, start, (end - start) >> PAGE_SHIFT, &first);
}

void space_unmap_pages(const struct space *s, u64 start, u64 end)
{
	unmap_pages(s->aspace, start, (end - start) >> PAGE_SHIFT);
}

s32 space_unmap(struct space *s, u64 start, u64 end)
{
	u32 from, to;
	s32 error = regions_isolate(s, start, end, &from, &to);
	bool touched = false;

	if (error)
		return error;
	for (u32 i = from; i < to; i++)
		touched |= s->region[i]->touched;
	if (touched)
		space_unmap_pages(s, s->region[from]->start, s->region[to - 1]->end);
	regions_remove(s, from, to);
	return 0;
}

/* --- Life ---------------------------------------------------------------------------- */

struct space *space_create(u32 tag)
{
	struct space *s = slab_alloc(&spaces);
	s64 aspace;

	if (!s)
		return 0;
	s->id = id_take(&table, s);
	aspace = s->id ? object_create(OBJECT_ASPACE, 0, 0, 0, SLOT_NONE) : -ENOMEM;
	if (aspace < 0) {
		if (s->id)
			id_release(&table, s->id);
		slab_free(&spaces, s);
		return 0;
	}
	s->aspace = (slot_t)aspace;
	s->tag = tag;
	s->limit_space = s->limit_data = ~0ull;
	return s;
}

/* Neighbours that are all private or all shared go in one piece, holes included. */
static s32 share_all(const struct space *from, struct space *to)
{
	u32 first = 0, last;
	s32 error = 0;

	for (; !error && first < from->nregions; first = last) {
		struct region *const *r = from->region;
		for (last = first + 1; last < from->nregions; last++)
			if (r[last]->shared != r[first]->shared)
				break;
		error = share_pages(from->aspace, to->aspace, r[first]->start,
				    (r[last - 1]->end - r[first]->start) >> PAGE_SHIFT,
				    !r[first]->shared);
	}
	return error;
}

s32 space_fork(struct space *parent, struct space *child)
{
	s32 error = regions_copy(child, parent);

	if (!error)
		error = share_all(parent, child);
	child->brk_start = parent->brk_start;
	child->brk = parent->brk;
	child->limit_space = parent->limit_space;
	child->limit_data = parent->limit_data;
	return error;
}

u64 space_empty(struct space *s)
{
	u64 tables = unmap_pages(s->aspace, 0, USER_END >> PAGE_SHIFT);

	regions_free(s);
	s->tag = 0;
	s->faults = 0;
	return tables;
}

s32 space_destroy(struct space *s)
{
	s32 error;

	space_empty(s);
	error = (s32)call_cap(SERVER_POOL, POOL_RECLAIM, s->aspace, 0);
	if (error < 0)
		return error;
	id_release(&table, s->id);
	slab_free(&spaces, s);
	return 0;
}

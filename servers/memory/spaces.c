/*
 * Spaces: a program's address space, its regions and what is resident in it.
 *
 * Resident pages are counted for each block of 2 MiB, so that unmapping, forking
 * and telling cost what is touched, not what is reserved.
 */
#include "servers/memory/memory_server.h"

#define BLOCK (1ull << BLOCK_SHIFT)

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

bool space_note(struct space *s, u64 va, s64 delta)
{
	u64 block = va >> BLOCK_SHIFT;

	if (!radix_set(&s->blocks, block, radix_get(&s->blocks, block) + (u64)delta))
		return false;
	s->resident += (u64)delta;
	return true;
}

static u64 count_pages(const struct space *s, u64 start, u64 end)
{
	u64 n = (end - start) >> PAGE_SHIFT, present = 0;
	const u64 *state = pages_query(s->aspace, start, n);

	for (u64 i = 0; i < n; i++)
		present += state[i] != 0;
	return present;
}

/* Resident pages of the first block with any in [*at, end); *at goes behind that block. */
static u64 count_block(const struct space *s, u64 *at, u64 end)
{
	u64 block = radix_next(&s->blocks, *at >> BLOCK_SHIFT), start, stop;

	if (block == ~0ull || block << BLOCK_SHIFT >= end) {
		*at = end;
		return 0;
	}
	start = block << BLOCK_SHIFT > *at ? block << BLOCK_SHIFT : *at;
	stop = (block + 1) << BLOCK_SHIFT;
	*at = stop < end ? stop : end;
	if (start == block << BLOCK_SHIFT && *at == stop)
		return radix_get(&s->blocks, block);
	return count_pages(s, start, *at);
}

u64 space_resident(const struct space *s, u64 start, u64 end)
{
	u64 n = 0;

	while (start < end)
		n += count_block(s, &start, end);
	return n;
}

void space_unmap_pages(struct space *s, u64 start, u64 end)
{
	u64 at = start;

	while (at < end) {
		u64 n = count_block(s, &at, end);
		if (n)
			space_note(s, at - 1, -(s64)n);
	}
	unmap_pages(s->aspace, start, (end - start) >> PAGE_SHIFT);
}

s32 space_unmap(struct space *s, u64 start, u64 end)
{
	u32 from, to;
	s32 error = regions_isolate(s, start, end, &from, &to);

	if (error)
		return error;
	if (from < to)
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

static s32 blocks_copy(struct space *to, const struct space *from)
{
	u64 block = radix_next(&from->blocks, 0);

	for (; block != ~0ull; block = radix_next(&from->blocks, block + 1))
		if (!radix_set(&to->blocks, block, radix_get(&from->blocks, block)))
			return -ENOMEM;
	to->resident = from->resident;
	return 0;
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
		error = blocks_copy(child, parent);
	if (!error)
		error = share_all(parent, child);
	child->brk_start = parent->brk_start;
	child->brk = parent->brk;
	child->limit_space = parent->limit_space;
	child->limit_data = parent->limit_data;
	return error;
}

static void blocks_free(struct space *s)
{
	u64 block;

	while ((block = radix_next(&s->blocks, 0)) != ~0ull)
		radix_set(&s->blocks, block, 0);
	s->resident = 0;
}

s32 space_destroy(struct space *s)
{
	s32 error;

	if (s->nregions)
		unmap_pages(s->aspace, 0, USER_END >> PAGE_SHIFT);
	blocks_free(s);
	regions_free(s);
	error = (s32)call_cap(SERVER_POOL, POOL_RECLAIM, s->aspace, 0);
	if (error < 0)
		return error;
	slot_delete(s->aspace);
	id_release(&table, s->id);
	slab_free(&spaces, s);
	return 0;
}

/*
 * Tables from ids to things: an id is generation << 16 | index, and never 0.
 */
#include "servers/memory/memory_server.h"

static struct id_entry *entry_at(const struct id_table *t, u32 index)
{
	if (index >= t->nchunks * ID_CHUNK)
		return 0;
	return &t->chunk[index / ID_CHUNK][index % ID_CHUNK];
}

static bool grow(struct id_table *t)
{
	u64 bytes = ID_CHUNK * sizeof(struct id_entry);
	u32 first = t->nchunks * ID_CHUNK;
	struct id_entry *chunk;

	if (t->nchunks == ID_CHUNKS)
		return false;
	chunk = heap_pages((bytes + PAGE_MASK) >> PAGE_SHIFT);
	if (!chunk)
		return false;
	for (u32 i = ID_CHUNK; i-- > 0;) {
		chunk[i] = (struct id_entry){.generation = 1, .next_free = t->first_free};
		t->first_free = first + i + 1;
	}
	t->chunk[t->nchunks++] = chunk;
	return true;
}

u64 id_take(struct id_table *t, void *object)
{
	struct id_entry *e;
	u32 index;

	if (!t->first_free && !grow(t))
		return 0;
	index = t->first_free - 1;
	e = entry_at(t, index);
	t->first_free = e->next_free;
	e->object = object;
	t->alive++;
	return (u64)e->generation << 16 | index;
}

void *id_find(const struct id_table *t, u64 id)
{
	const struct id_entry *e = entry_at(t, id & 0xffff);

	return e && e->generation == id >> 16 ? e->object : 0;
}

void *id_next(const struct id_table *t, u32 *index)
{
	const struct id_entry *e;

	while ((e = entry_at(t, *index)) != 0) {
		(*index)++;
		if (e->object)
			return e->object;
	}
	return 0;
}

void id_release(struct id_table *t, u64 id)
{
	u32 index = id & 0xffff;
	struct id_entry *e = entry_at(t, index);

	e->object = 0;
	e->generation++;
	e->next_free = t->first_free;
	t->first_free = index + 1;
	t->alive--;
}

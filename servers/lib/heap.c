/*
 * Memory of a server: pages from the memory server, cut into objects of one size.
 *
 * Pages never go back; a slab keeps what is freed on its list for the next one.
 */
#include "ipc/proto/memory.h"
#include "servers/lib/server.h"

__attribute__((weak)) void *heap_pages(u64 npages)
{
	s64 at = call1(SERVER_TO + SERVER_ID_MEMORY, MEM_HEAP, npages);

	return at > 0 ? server_pointer((u64)at) : 0;
}

static u64 live;

u64 slabs_live(void)
{
	return live;
}

/* Objects larger than a page get pages of their own; npages is the least that holds one. */
static bool slab_grow(struct slab *s)
{
	u64 bytes = (s->size + PAGE_MASK) & ~PAGE_MASK;
	u8 *page = heap_pages(bytes >> PAGE_SHIFT);

	if (!page)
		return false;
	for (u64 at = 0; at + s->size <= bytes; at += s->size) {
		*(void **)(page + at) = s->free;
		s->free = page + at;
	}
	return true;
}

void *slab_take(struct slab *s)
{
	void **p = s->free;

	if (!p && slab_grow(s))
		p = s->free;
	if (!p)
		return 0;
	s->free = *p;
	s->used++;
	live++;
	return p;
}

void *slab_alloc(struct slab *s)
{
	void *p = slab_take(s);

	return p ? memset(p, 0, s->size) : 0;
}

void slab_free(struct slab *s, void *p)
{
	*(void **)p = s->free;
	s->free = p;
	s->used--;
	live--;
}

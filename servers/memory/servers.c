/*
 * The other servers: their heaps, their ranges for objects, and pages for their pools.
 *
 * Root hands over each server's address space; from then on its heap grows upwards
 * without gaps.  Object ranges are powers of two, so that a freed one fits the next.
 */
#include "servers/memory/memory_server.h"

#define HEAP_MOST 65536u /* pages in one request */
#define DONATE_MOST 256u

static struct server_memory servers[SERVER_IDS];
static struct slab range_slab = {.size = sizeof(struct free_range)};

struct server_memory *server_of(u32 id)
{
	return &servers[id];
}

struct server_memory *server_find(u64 badge)
{
	u64 id = badge - SERVER_BADGE;

	return id < SERVER_IDS ? &servers[id] : 0;
}

/* --- Ranges -------------------------------------------------------------------------- */

static u32 range_class(u64 npages)
{
	u32 class = 0;

	while (class < RANGE_CLASSES && 1ull << class < npages)
		class ++;
	return class;
}

u64 range_take(struct server_memory *m, u64 *npages)
{
	u32 class = range_class(*npages);
	struct free_range *f;
	u64 address;

	if (class >= RANGE_CLASSES)
		return 0;
	*npages = 1ull << class;
	f = m->free[class];
	if (f) {
		m->free[class] = f->next;
		address = f->address;
		slab_free(&range_slab, f);
		return address;
	}
	if (*npages * PAGE_SIZE > m->objects_end - m->objects)
		return 0;
	address = m->objects;
	m->objects += *npages * PAGE_SIZE;
	return address;
}

void range_free(struct server_memory *m, u64 address, u64 npages)
{
	struct free_range *f = slab_alloc(&range_slab);
	u32 class = range_class(npages);

	if (!f)
		return; /* an address range less to reuse */
	*f = (struct free_range){.next = m->free[class], .address = address};
	m->free[class] = f;
}

/* --- Heaps --------------------------------------------------------------------------- */

static u64 heap_grow(struct server_memory *m, u64 npages)
{
	u64 start = m->heap;

	for (u64 i = 0; i < npages; i++, m->heap += PAGE_SIZE) {
		frame_t frame = frame_take(USE_HEAP, FRAME_RAW);
		if (frame == FRAME_NONE)
			break;
		if (map_frames(m->aspace, m->heap, &frame, 1,
			       ACCESS_READ | ACCESS_WRITE | MAP_ZERO)) {
			frame_unused(frame);
			break;
		}
	}
	if (m->heap == start + npages * PAGE_SIZE)
		return start;
	unmap_pages(m->aspace, start, (m->heap - start) >> PAGE_SHIFT);
	m->heap = start;
	return 0;
}

/* The library's way to more memory of its own. */
void *heap_pages(u64 npages)
{
	u64 start = heap_grow(&servers[SERVER_ID_MEMORY], npages);

	return start ? server_pointer(start) : 0;
}

s64 native_heap(struct request *q, struct answer *a)
{
	struct server_memory *m = server_find(q->badge);
	u64 address;

	(void)a;
	if (!m->aspace)
		return -EPERM;
	if (!q->word[0] || q->word[0] > HEAP_MOST)
		return -EINVAL;
	if (frames_short(q->word[0]))
		return -ENOMEM;
	address = heap_grow(m, q->word[0]);
	return address ? (s64)address : -ENOMEM;
}

/* --- Root's and everybody's ---------------------------------------------------------- */

s64 native_adopt(struct request *q, struct answer *a)
{
	struct server_memory *m = server_find(SERVER_BADGE + q->word[0]);
	s64 session;

	if (q->badge != SERVER_BADGE + SERVER_ID_ROOT || !m || q->cap == SLOT_NONE)
		return -EPERM;
	session = mint(SERVER_BADGE + q->word[0]);
	if (session < 0)
		return session;
	*m = (struct server_memory){.aspace = q->cap,
				    .heap = server_address(q->word[1], SERVER_HEAP),
				    .objects = server_address(q->word[1], SERVER_OBJECTS),
				    .objects_end = server_address(q->word[1], SERVER_OBJECTS_END)};
	q->cap = SLOT_NONE; /* kept */
	a->flags = MSG_SEND | MSG_MOVE;
	a->cap = (slot_t)session;
	return 0;
}

static s64 donate(slot_t pool, u64 npages)
{
	for (u64 i = 0; i < npages; i++) {
		frame_t frame = frame_take(USE_POOL, FRAME_RAW);
		u64 word[4] = {frame, 1};
		s64 error = -ENOMEM;
		if (frame != FRAME_NONE)
			error = call_cap(pool, POOL_DONATE, frame_memory(frame), word);
		if (error < 0 && frame != FRAME_NONE)
			frame_unused(frame);
		if (error < 0)
			return i ? 0 : error;
	}
	return 0;
}

s64 native_donate(struct request *q, struct answer *a)
{
	(void)a;
	if (q->cap == SLOT_NONE || q->word[0] > DONATE_MOST)
		return -EINVAL;
	return donate(q->cap, q->word[0]);
}

s64 native_stats(struct request *q, struct answer *a)
{
	u64 pool_free = pages_kept();

	(void)q;
	a->word[1] = frames_count(USE_FREE) + pool_free;
	a->word[2] = frames_count(USE_OBJECT);
	a->word[3] = frames_count(USE_SPACE);
	a->word[4] = frames_count(USE_POOL) - (pool_free < frames_count(USE_POOL) ? pool_free : 0);
	a->word[5] = spaces_alive();
	return (s64)frames_total();
}

/* Nothing is kept that nobody uses: free frames are dirty, empty nodes go at once. */
s64 native_drop(struct request *q, struct answer *a)
{
	(void)q;
	(void)a;
	waiting_retry();
	call0(SERVER_MACHINE, MACHINE_CHECK); /* ENOSYS in a release build */
	return 0;
}

static void ranges_forget(struct server_memory *m)
{
	for (u32 class = 0; class < RANGE_CLASSES; class ++)
		while (m->free[class]) {
			struct free_range *f = m->free[class];
			m->free[class] = f->next;
			slab_free(&range_slab, f);
		}
	m->objects = SERVER_OBJECTS;
}

s64 native_reset(struct request *q, struct answer *a)
{
	struct server_memory *m = server_find(q->badge);

	(void)a;
	if (!m || !m->aspace)
		return -EPERM;
	objects_disown((u32)(q->badge - SERVER_BADGE));
	ranges_forget(m);
	unmap_pages(m->aspace, SERVER_HEAP, (m->heap - SERVER_HEAP) >> PAGE_SHIFT);
	m->heap = SERVER_HEAP;
	waiting_retry();
	return 0;
}

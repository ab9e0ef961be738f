/*
 * Pools: see pool.h.  A page holds objects of one type; an empty one is a free page
 * again.  A capability space has a page for itself.
 */
#include "kernel/pool.h"
#include "ipc/endpoint.h"
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/cspace.h"
#include "kernel/ledger.h"
#include "kernel/memory.h"
#include "kernel/print.h"
#include "kernel/timer.h"

#define POISON 0xa5

void *memset(void *to, int byte, size_t len);

static const u16 sizes[OBJECT_TYPES] = {
	[OBJECT_POOL] = sizeof(struct pool),
	[OBJECT_MEMORY] = sizeof(struct memory),
	[OBJECT_ASPACE] = sizeof(struct aspace),
	[OBJECT_CSPACE] = PAGE_SIZE - POOL_FIRST_OBJECT,
	[OBJECT_THREAD] = sizeof(struct thread),
	[OBJECT_ENDPOINT] = sizeof(struct endpoint),
	[OBJECT_SESSION] = sizeof(struct session),
	[OBJECT_NOTIFICATION] = sizeof(struct notification),
	[OBJECT_TIMER] = sizeof(struct timer),
	[OBJECT_INTERRUPT] = sizeof(struct interrupt),
	[OBJECT_REPLY] = sizeof(struct reply),
	[OBJECT_MACHINE] = sizeof(struct object),
};
/* What an object's life leaves to be cleared for the next one, where that is not all. */
static const u16 dirty[OBJECT_TYPES] = {[OBJECT_CSPACE] = offsetof(struct cspace, page)};
_Static_assert(sizeof(struct cspace) <= PAGE_SIZE - POOL_FIRST_OBJECT, "one page");
_Static_assert(sizeof(struct thread) <= PAGE_SIZE - POOL_FIRST_OBJECT, "one page");
_Static_assert(sizeof(struct pool_page) <= POOL_FIRST_OBJECT, "head");

struct pool *pools;
static struct pool first_pool;
static u64 alive[OBJECT_TYPES];

/* --- Pages -------------------------------------------------------------------------- */

static bool __attribute__((unused)) page_is_zero(const u64 *page)
{
	u64 any = 0;

	for (u32 i = 0; i < PAGE_SIZE / sizeof *page; i++)
		any |= page[i];
	return !any;
}

static void page_push(struct pool *p, void *page)
{
	*(void **)page = p->free_page;
	p->free_page = page;
	p->nfree++;
}

err_t pool_donate(struct pool *p, frame_t frame)
{
	const struct ledger_entry *e = ledger_find(frame);
	err_t err;

	if (!e)
		return -EINVAL;
	if (e->count)
		return -EBUSY;
	err = ledger_use(frame, FRAME_KERNEL);
	if (err)
		return err;
	p->npages++;
	page_push(p, arch_direct(frame << PAGE_SHIFT));
	return 0;
}

struct pool *pool_boot(frame_t first, u64 npages)
{
	struct pool *p = &first_pool;

	object_init(&p->object, OBJECT_POOL, 0);
	p->types = POOL_ALL_TYPES;
	p->ceiling = PRIORITIES - 1;
	p->trusted = true;
	p->next = pools;
	pools = p;
	for (u64 i = 0; i < npages; i++)
		PANIC_IF(pool_donate(p, first + i));
	return p;
}

static void page_put(struct pool *p, void *page)
{
	arch_page_clear(page);
	page_push(p, page);
}

/* Gives up an empty page of objects that was kept. */
static bool spare_drop(struct pool *p)
{
	for (u32 type = 0; type < OBJECT_TYPES; type++) {
		struct pool_page *page = p->spare[type];

		if (!page)
			continue;
		p->spare[type] = 0;
		p->nspare--;
		page_put(p, page);
		return true;
	}
	return false;
}

void *pool_page_get(struct pool *p)
{
	void *page;

	if (!p->free_page && !spare_drop(p))
		return 0;
	page = p->free_page;
	p->free_page = *(void **)page;
	*(void **)page = 0;
	p->nfree--;
	return page;
}

void pool_page_put_zero(struct pool *p, void *page)
{
	ASSERT(page_is_zero(page));
	page_push(p, page);
}

/* --- Pages of objects ----------------------------------------------------------------- */

static struct pool_page *page_of(const void *p)
{
	return (void *)((uintptr_t)p & ~(uintptr_t)PAGE_MASK);
}

static void partial_insert(struct pool_page *page)
{
	list_add(&page->pool->partial[page->type], &page->partial);
}

static void page_insert(struct pool_page *page)
{
	list_add(&page->pool->pages, &page->all);
	page->pool->nreplies += page->type == OBJECT_REPLY;
	partial_insert(page);
}

static void page_release(struct pool_page *page)
{
	struct pool *p = page->pool;

	list_remove(&page->partial);
	list_remove(&page->all);
	p->nreplies -= page->type == OBJECT_REPLY;
	if (p->spare[page->type]) {
		page_put(p, page);
		return;
	}
	p->spare[page->type] = page;
	p->nspare++;
}

static struct pool_page *page_make(struct pool *p, enum object_type type)
{
	struct pool_page *page = p->spare[type];

	if (page) {
		p->spare[type] = 0;
		p->nspare--;
		page_insert(page);
		return page;
	}
	page = pool_page_get(p);
	if (!page)
		return 0;
	page->pool = p;
	page->type = (u16)type;
	page->size = sizes[type];
	page->capacity = (u16)((PAGE_SIZE - POOL_FIRST_OBJECT) / page->size);
	for (u32 i = page->capacity; i-- > 0;) {
		void **o = (void *)((u8 *)page + POOL_FIRST_OBJECT + i * page->size);

		*o = page->free;
		page->free = o;
	}
	page_insert(page);
	return page;
}

/* --- Objects ---------------------------------------------------------------------------- */

struct object *pool_object_get(struct pool *p, enum object_type type)
{
	struct pool_page *page = p->partial[type] ? page_of(p->partial[type]) : page_make(p, type);
	struct object *o;

	ASSERT(sizes[type]);
	if (!page)
		return 0;
	o = page->free;
	page->free = *(void **)page->free;
	if (++page->used == page->capacity)
		list_remove(&page->partial);
	memset(o, 0, dirty[type] && !DEBUG_BUILD ? dirty[type] : page->size);
	object_init(o, type, p);
	p->nobjects++;
	alive[type]++;
	return o;
}

static void pool_unlist(const struct pool *p)
{
	struct pool **at = &pools;

	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
}

void pool_object_put(struct object *o)
{
	struct pool_page *page = page_of(o);

	ASSERT(!o->ring && o->pool == page->pool && o->type == page->type);
	if (o->type == OBJECT_POOL)
		pool_unlist((struct pool *)(void *)o);
	page->pool->nobjects--;
	alive[page->type]--;
	if (DEBUG_BUILD)
		memset(o, POISON, page->size);
	*(void **)o = page->free;
	page->free = o;
	if (page->used-- == page->capacity)
		partial_insert(page);
	if (!page->used)
		page_release(page);
}

u64 pool_count(enum object_type type)
{
	return alive[type];
}

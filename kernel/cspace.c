/*
 * Capability spaces: see cspace.h.
 */
#include "kernel/cspace.h"
#include "kernel/arch.h"
#include "kernel/bits.h"
#include "kernel/ledger.h"
#include "kernel/method.h"
#include "kernel/pool.h"

#define DESTROY_WORDS 16u /* words of the bitmap: 64 slots each */

/* n (a multiple of four) empty slots, from number `index` on, of the table with frame `owner`, or
 * of none. */
static void slots_init(struct slot *s, u32 n, u32 index, u32 owner)
{
	struct slot first = {.index = (u16)index, .owner = owner}, step = {.index = 1};
	u64 place = first.place;

	for (struct slot *end = s + n; s < end; s += 4) {
		s[0].place = place, place += step.place;
		s[1].place = place, place += step.place;
		s[2].place = place, place += step.place;
		s[3].place = place, place += step.place;
	}
}

/* Empty slots become zeroed memory. */
static void slots_clear(struct slot *s, u32 n)
{
#pragma GCC unroll 8
	for (struct slot *end = s + n; s < end; s++)
		s->place = 0;
}

err_t cspace_init(struct cspace *c)
{
	c->owner = (u32)(arch_physical(c) >> PAGE_SHIFT);
	slots_init(c->fixed, SLOTS_FIXED, SLOT_FIXED, 0);
	return 0;
}

/* --- Bookkeeping ------------------------------------------------------------------------ */

void cspace_mark_page(struct cspace *c, u32 page)
{
	bool full = (c->used[2 * page] & c->used[2 * page + 1]) == ~0ull;

	c->full = (c->full & ~(1ull << page)) | (u64)full << page;
	c->room = cspace_has_room(c);
}

bool cspace_has_room(struct cspace *c)
{
	slot_t n = 0; /* mostly the first word has it */

	if (c->used[0] == ~0ull || c->limit < 64)
		n = cspace_lowest_free(c, 0, c->limit & ~63u);
	return n != SLOT_NONE && c->page[n / SLOTS_PER_PAGE];
}

slot_t cspace_lowest_free(struct cspace *c, slot_t from, slot_t to)
{
	slot_t n = from;
	u64 pages;

	while (n < to && n < SLOT_FIXED && (pages = ~c->full >> n / SLOTS_PER_PAGE)) {
		u64 word = ~c->used[n / 64] >> n % 64;

		if (!(pages & 1)) { /* all full pages from here on at once */
			n = (n / SLOTS_PER_PAGE + lowest_bit(pages)) * SLOTS_PER_PAGE;
		} else if (word) {
			n += lowest_bit(word);
			return n < to ? n : SLOT_NONE;
		} else {
			n = (n | 63) + 1;
		}
	}
	return SLOT_NONE;
}

/* --- Lookup -------------------------------------------------------------------------------- */

static __attribute__((noinline)) struct slot *page_add(struct cspace *c, slot_t n)
{
	u32 i = n / SLOTS_PER_PAGE;

	c->page[i] = pool_page_get(c->object.pool);
	if (!c->page[i])
		return 0;
	c->npages++;
	slots_init(c->page[i], SLOTS_PER_PAGE, i * SLOTS_PER_PAGE, c->owner);
	c->room = c->room || cspace_has_room(c);
	return cspace_find(c, n);
}

struct slot *cspace_slot(struct cspace *c, slot_t n)
{
	struct slot *s = cspace_find(c, n);

	return s || !c || c->object.dead || n >= SLOT_FIXED ? s : page_add(c, n);
}

struct slot *cspace_free_slot(struct cspace *c, slot_t n)
{
	struct slot *s = cspace_find(c, n);

	if (s)
		return s->object ? 0 : s;
	if (c && n == SLOT_ANY)
		n = cspace_lowest_free(c, c->limit, SLOT_FIXED);
	s = cspace_slot(c, n);
	return s && !s->object ? s : 0;
}

struct slot *cspace_descriptor(struct cspace *c, u64 argument)
{
	u32 n = (u32)argument;

	return c && n < c->limit && cspace_object(c, n) ? cspace_find(c, n) : 0;
}

struct slot *cspace_free_descriptor(struct cspace *c)
{
	if (c && c->room && ~c->used[0])
		return &c->page[0][lowest_bit(~c->used[0])];
	return c ? cspace_slot(c, cspace_lowest_free(c, 0, c->limit)) : 0;
}

err_t cspace_no_descriptor(struct cspace *c)
{
	return cspace_lowest_free(c, 0, c->limit) == SLOT_NONE ? -EMFILE : -ENOMEM;
}

/* --- dup, dup3, close ---------------------------------------------------------------------- */

s64 cspace_dup(struct cspace *c, u64 from)
{
	struct slot *s = cspace_descriptor(c, from), *to;

	if (!s)
		return -EBADF;
	to = cspace_free_descriptor(c);
	if (!to)
		return cspace_no_descriptor(c);
	slot_set(to, s->object, 0);
	return to->index;
}

s64 cspace_dup3(struct cspace *c, u64 from, u64 to, u64 flags)
{
	struct slot *s = cspace_descriptor(c, from), *d;

	if ((u32)flags & ~ROUTE_O_CLOEXEC || (u32)from == (u32)to)
		return -EINVAL;
	if (!s || (u32)to >= c->limit)
		return -EBADF;
	d = cspace_slot(c, (u32)to);
	if (!d)
		return -ENOMEM;
	if (d->flags & SLOT_RESERVED)
		return -EBUSY;
	slot_replace(d, s->object, (u32)flags ? SLOT_CLOEXEC : 0);
	return d->index;
}

s64 cspace_close(struct cspace *c, u64 descriptor)
{
	u32 n = (u32)descriptor;
	struct slot *s = c && n < c->limit ? cspace_find(c, n) : 0;

	if (!s || !s->object || s->flags & SLOT_RESERVED)
		return -EBADF;
	slot_clear(s);
	return 0;
}

/* --- Destruction ----------------------------------------------------------------------------- */

static void routes_drop(struct cspace *c)
{
	for (u32 i = 0; c->routes_frame && i < ROUTE_FRAMES; i++)
		ledger_release(c->routes_frame + i);
	c->routes_frame = 0;
	c->routes = 0;
}

static inline void slot_end(struct slot *s)
{
	if (slot_leave(s))
		return;
	slot_drop(s);
	s->place = 0;
}

/* Slots of one word of the bitmap become zeroed memory; a full one needs no look at its bits. */
static void destroy_word(struct cspace *c, u32 n)
{
	struct slot *s = &c->page[n / SLOTS_PER_PAGE][n % SLOTS_PER_PAGE], *first = s;
	u64 bits = c->used[n / 64];

	if (bits == ~0ull) {
#pragma GCC unroll 4
		for (; s < first + 64; s++)
			slot_end(s);
	} else {
		for (; bits; bits >>= 1, s++)
			if (bits & 1 && !slot_leave(s))
				slot_drop(s);
		slots_clear(first, 64);
	}
	c->used[n / 64] = 0;
}

/* Empties a page of slots and gives it back; false: no budget for one more word of slots. */
static bool destroy_page(struct cspace *c, u32 page, u32 *words)
{
	for (u32 n = page * SLOTS_PER_PAGE; n < (page + 1) * SLOTS_PER_PAGE; n += 64) {
		if (c->used[n / 64] && !(*words)--) {
			*words = 0;
			return false;
		}
		destroy_word(c, n);
	}
	pool_page_put_zero(c->object.pool, c->page[page]);
	c->page[page] = 0;
	c->npages--;
	return true;
}

err_t cspace_destroy(struct cspace *c)
{
	u32 words = DESTROY_WORDS;

	for (; c->npages; c->destroy_at++)
		if (c->page[c->destroy_at] && !destroy_page(c, c->destroy_at, &words))
			return METHOD_AGAIN;
	for (struct slot *s = c->fixed; s < &c->fixed[SLOTS_FIXED]; s++)
		if (s->object)
			slot_drop(s);
	routes_drop(c);
	return 0;
}

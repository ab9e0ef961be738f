/*
 * The page ledger: what every frame of RAM is, and how often it is used so.
 *
 * The one idea: a frame changes its type only while nothing uses it, and is clear
 * when it does; so what user page tables can reach is never a page table or an
 * object of the kernel.  Relies on nothing but the direct map.
 */
#include "kernel/ledger.h"
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/cspace.h"
#include "kernel/print.h"

struct ledger_range ledger_ranges[BOOT_RANGES];
static struct ledger_range *const ranges = ledger_ranges;
static u32 nranges;

void ledger_add(frame_t first, u64 npages, struct ledger_entry *storage)
{
	PANIC_IF(nranges == BOOT_RANGES);
	ranges[nranges++] = (struct ledger_range){first, npages, storage};
}

struct ledger_entry *ledger_find_other(frame_t frame)
{
	for (const struct ledger_range *r = ranges; r < ranges + nranges; r++)
		if (frame - r->first < r->npages)
			return &r->entries[frame - r->first];
	return 0;
}

bool ledger_covers(frame_t first, u64 npages)
{
	for (const struct ledger_range *r = ranges; r < ranges + nranges; r++)
		if (first - r->first < r->npages && npages <= r->npages - (first - r->first))
			return true;
	return false;
}

err_t ledger_use(frame_t frame, enum frame_type type)
{
	struct ledger_entry *e = ledger_find(frame);

	if (!e)
		return -EINVAL;
	if (e->type != type) {
		if (e->count)
			return -EBUSY;
		if (!e->zero)
			arch_page_clear(arch_direct(frame << PAGE_SHIFT));
		e->type = type;
	}
	if (e->count == LEDGER_COUNT_MAX)
		return -EOVERFLOW;
	e->zero = 0;
	e->count++;
	return 0;
}

bool ledger_release(frame_t frame)
{
	struct ledger_entry *e = ledger_find(frame);

	ASSERT(e && e->count && e->type != FRAME_FREE);
	if (--e->count)
		return false;
	if (e->type != FRAME_USER)
		e->type = FRAME_FREE;
	return true;
}

void ledger_reserve(frame_t frame)
{
	struct ledger_entry *e = ledger_find(frame);

	if (e)
		*e = (struct ledger_entry){.count = 1, .type = FRAME_KERNEL, .pinned = 1};
}

void ledger_retype(frame_t frame, enum frame_type from, enum frame_type to)
{
	struct ledger_entry *e = ledger_find(frame);

	ASSERT(e && e->type == from && !e->pinned);
	(void)from;
	*e = (struct ledger_entry){.count = 1, .type = to};
	if (to == FRAME_TABLE)
		e->first = 511; /* and last 0: nothing is in use */
}

/* --- Checks (debug builds) -------------------------------------------------------- */

u64 ledger_count_type(enum frame_type type)
{
	u64 n = 0;

	for (const struct ledger_range *r = ranges; r < ranges + nranges; r++)
		for (u64 i = 0; i < r->npages; i++) {
			const struct ledger_entry *e = &r->entries[i];

			n += e->type == type && !(type == FRAME_KERNEL && e->pinned);
		}
	return n;
}

u32 ledger_account(frame_t frame, enum frame_type type, s32 delta)
{
	struct ledger_entry *e = ledger_find(frame);

	if (!e || e->type != type)
		return 1;
	if (type == FRAME_TABLE)
		e->uses += (u32)delta;
	else
		e->count += (u32)delta;
	return 0;
}

/* Uses of user frames by the kernel itself: the route table of the space in a pool's page. */
static u32 account_routes(struct pool_page *page, s32 delta)
{
	const struct cspace *c = (struct cspace *)(void *)((u8 *)page + POOL_FIRST_OBJECT);
	u32 wrong = 0;

	if (page->type != OBJECT_CSPACE || !page->used || !c->routes_frame)
		return 0;
	for (u32 i = 0; i < ROUTE_FRAMES; i++)
		wrong += ledger_account(c->routes_frame + i, FRAME_USER, delta);
	return wrong;
}

static u32 account_all(s32 delta)
{
	u32 wrong = 0;

	for (const struct pool *p = pools; p; p = p->next)
		for (struct pool_page *page = p->pages; page; page = page->next)
			wrong += account_routes(page, delta);
	for (struct aspace *a = aspaces; a; a = a->next)
		wrong += aspace_account(a, delta);
	return wrong;
}

/* With every use taken away that can be found, only the pins are left. */
static u32 check_rest(void)
{
	u32 wrong = 0;

	for (const struct ledger_range *r = ranges; r < ranges + nranges; r++)
		for (u64 i = 0; i < r->npages; i++) {
			const struct ledger_entry *e = &r->entries[i];
			u32 rest = e->type == FRAME_KERNEL ? 1 : e->pinned;

			wrong += (e->type == FRAME_TABLE ? e->uses : e->count) != rest;
		}
	return wrong;
}

err_t ledger_check(void)
{
	u64 owned = 0;
	u32 wrong = account_all(-1);

	wrong += check_rest();
	account_all(1);
	for (const struct pool *p = pools; p; p = p->next)
		owned += p->npages;
	wrong += owned != ledger_count_type(FRAME_KERNEL) + ledger_count_type(FRAME_TABLE);
	return (err_t)wrong;
}

/*
 * The page ledger: what every frame of RAM is, and how often it is used so.
 *
 * The one idea: a frame changes its type only while nothing uses it, and is clear
 * when it does; so what user page tables can reach is never a page table or an
 * object of the kernel.  Relies on nothing but the direct map.
 */
#include "kernel/ledger.h"
#include "kernel/arch.h"
#include "kernel/print.h"

struct ledger_range ledger_ranges[BOOT_RANGES];
static u32 nranges;

void ledger_add(frame_t first, u64 npages, struct ledger_entry *storage)
{
	PANIC_IF(nranges == BOOT_RANGES);
	ledger_ranges[nranges++] = (struct ledger_range){first, npages, storage};
}

struct ledger_entry *ledger_find_other(frame_t frame)
{
	for (const struct ledger_range *r = ledger_ranges; r < &ledger_ranges[nranges]; r++)
		if (frame - r->first < r->npages)
			return &r->entries[frame - r->first];
	return 0;
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

	ASSERT(e && e->count && e->type == FRAME_USER);
	return !--e->count;
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

/*
 * An address space's life: its tables, its identifier, and the walks that the
 * other files of it share.
 *
 * An address space keeps its identifier for life, so a switch never flushes.  Those
 * that find none left, and all on harts that have none, share number 0 and are
 * flushed at each switch to them.
 */
#include "kernel/aspace.h"
#include "kernel/arch.h"
#include "kernel/ledger.h"
#include "kernel/sched.h"

#define SPAN_2M (1ul << 21)
#define SPAN_1G (1ul << 30)
#define STRETCH_COST 16 /* in entries: finding a leaf table */
#define ROOTS (USER_END / SPAN_1G)

/* --- Tables ------------------------------------------------------------------------ */

static u64 *table_get(struct aspace *a)
{
	void *page = pool_page_get(a->object.pool);

	if (!page)
		return 0;
	ledger_retype(arch_physical(page) >> PAGE_SHIFT, FRAME_KERNEL, FRAME_TABLE);
	a->ntables++;
	return page;
}

/* The table is all zero again. */
static void table_put(struct aspace *a, u64 *table)
{
	ledger_retype(arch_physical(table) >> PAGE_SHIFT, FRAME_TABLE, FRAME_KERNEL);
	pool_page_put_zero(a->object.pool, table);
	a->ntables--;
}

static u64 *table_of(u64 pte)
{
	return arch_direct(arch_pte_frame(pte) << PAGE_SHIFT);
}

u64 *aspace_table(struct aspace *a, u64 va)
{
	u64 entry = a->root[arch_table_index(va, 2)];

	if (!entry)
		return 0;
	entry = table_of(entry)[arch_table_index(va, 1)];
	return entry ? table_of(entry) : 0;
}

/* What is known of a table's entries (L5). */
static struct ledger_entry *bounds(const u64 *table)
{
	return ledger_find(arch_physical(table) >> PAGE_SHIFT);
}

void aspace_table_note(const u64 *table, u32 first, u32 last)
{
	struct ledger_entry *b = bounds(table);

	if (first < b->first)
		b->first = first & 511;
	if (last > b->last)
		b->last = last & 511;
}

void aspace_table_emptied(const u64 *table, u32 first, u32 behind)
{
	struct ledger_entry *b = bounds(table);

	if (first <= b->first && behind > b->last) {
		b->first = 511;
		b->last = 0;
	} else if (first <= b->first && behind > b->first) {
		b->first = behind & 511;
	} else if (behind > b->last && first <= b->last) {
		b->last = (first - 1) & 511;
	}
}

static u64 *middle_make(struct aspace *a, u32 i)
{
	u64 *table;

	if (a->root[i])
		return table_of(a->root[i]);
	table = table_get(a);
	if (!table)
		return 0;
	a->root[i] = arch_pte_table(arch_physical(table));
	a->roots[i / 64] |= 1ull << i % 64;
	return table;
}

u64 *aspace_table_make(struct aspace *a, u64 va)
{
	u64 *middle = middle_make(a, arch_table_index(va, 2)), *table;
	u32 i = arch_table_index(va, 1);

	if (!middle)
		return 0;
	if (middle[i])
		return table_of(middle[i]);
	table = table_get(a);
	if (!table)
		return 0;
	middle[i] = arch_pte_table(arch_physical(table));
	aspace_table_note(middle, i, i);
	return table;
}

bool aspace_range_ok(u64 va, u64 npages)
{
	return !(va & PAGE_MASK) && va <= USER_END && npages <= (USER_END - va) >> PAGE_SHIFT;
}

u8 *aspace_page_walk(struct aspace *a, u64 va, u32 rights)
{
	u64 entry, page = va >> PAGE_SHIFT;
	struct seen *s = &a->seen[rights != ACCESS_READ][page % SEEN_PAGES];

	if (va >= USER_END)
		return 0;
	if (aspace_placed(a))
		return arch_direct(va & ~PAGE_MASK);
	entry = a->root[arch_table_index(va, 2)];
	if (!entry)
		return 0;
	entry = table_of(entry)[arch_table_index(va, 1)];
	if (!entry)
		return 0;
	entry = table_of(entry)[arch_table_index(va, 0)];
	if (!arch_pte_allows(entry, rights))
		return 0;
	s->page = page;
	s->at = arch_direct(arch_pte_frame(entry) << PAGE_SHIFT);
	return s->at;
}

static void forget_seen(struct aspace *a)
{
	for (u32 i = 0; i < SEEN_PAGES; i++)
		a->seen[0][i].page = a->seen[1][i].page = ~0ull;
}

/* --- Walks --------------------------------------------------------------------------- */

u32 aspace_entry_next(const u64 *table, u32 first, u32 behind)
{
	while (first + 8 <= behind) {
		const u64 *t = &table[first];

		if (t[0] | t[1] | t[2] | t[3] | t[4] | t[5] | t[6] | t[7])
			break;
		first += 8;
	}
	while (first < behind && !table[first])
		first++;
	return first;
}

/* The first root entry from i on that is in use, or ROOTS. */
static u32 root_next(const struct aspace *a, u32 i)
{
	for (; i < ROOTS; i = (i | 63) + 1) {
		u64 word = a->roots[i / 64] >> i % 64;

		if (word)
			return i + lowest_bit(word);
	}
	return ROOTS;
}

/* The first leaf table at or behind w->va, which goes there; 0: none before the end. */
static u64 *leaf_table_next(struct aspace_walk *w)
{
	while (w->va < w->end) {
		u32 i = root_next(w->aspace, arch_table_index(w->va, 2)), j;
		u64 at = i * SPAN_1G;
		const u64 *middle;
		const struct ledger_entry *b;

		if (at >= w->end)
			break;
		middle = table_of(w->aspace->root[i]);
		b = bounds(middle);
		j = at < w->va ? arch_table_index(w->va, 1) : 0;
		j = aspace_entry_next(middle, j < b->first ? b->first : j, b->last + 1u);
		at += j * SPAN_2M;
		if (at > w->va)
			w->va = at;
		if (j <= b->last)
			return w->va < w->end ? table_of(middle[j]) : 0;
		w->va = (i + 1) * SPAN_1G;
	}
	return 0;
}

bool aspace_stretch(struct aspace_walk *w)
{
	while (w->budget > 0 && (w->table = leaf_table_next(w)) != 0) {
		const struct ledger_entry *b = bounds(w->table);
		u64 left;

		w->base = w->va & ~(SPAN_2M - 1);
		left = (w->end - w->base) >> PAGE_SHIFT;
		w->next = left < 512 ? w->end : w->base + SPAN_2M;
		w->first = arch_table_index(w->va, 0);
		if (w->first < b->first)
			w->first = b->first;
		w->behind = left <= b->last ? (u32)left : b->last + 1u;
		w->budget -= STRETCH_COST;
		if (w->first < w->behind)
			return true;
		w->va = w->next;
	}
	if (w->budget > 0)
		w->va = w->end;
	return false;
}

void aspace_walked(struct aspace_walk *w, u32 i)
{
	w->budget -= (s64)i - w->first;
	w->va = i < w->behind ? w->base + i * PAGE_SIZE : w->next;
}

/* --- Life ---------------------------------------------------------------------------- */

err_t aspace_init(struct aspace *a)
{
	a->root = table_get(a);
	if (!a->root)
		return -ENOMEM;
	forget_seen(a);
	a->root_pa = arch_physical(a->root);
	arch_root_init(a->root);
	a->identifier = arch_identifier_take();
	a->satp = arch_satp(a->root_pa, a->identifier);
	a->satp_tagged = a->identifier ? a->satp : 0;
	return 0;
}

/* Frees the leaf tables, which are empty (A3), of one middle table, and that.  False: no more
 * budget. */
static bool middle_destroy(struct aspace *a, u32 i, u32 *budget)
{
	u64 *middle = table_of(a->root[i]);
	const struct ledger_entry *b = bounds(middle);

	for (u32 j = b->first; j <= b->last; j++) {
		j = aspace_entry_next(middle, j, b->last + 1u);
		if (j > b->last)
			break;
		if (!*budget)
			return false;
		--*budget;
		table_put(a, table_of(middle[j]));
		middle[j] = 0;
	}
	table_put(a, middle);
	a->root[i] = 0;
	a->roots[i / 64] &= ~(1ull << i % 64);
	return true;
}

err_t aspace_destroy(struct aspace *a)
{
	u32 budget = METHOD_CHUNK;

	if (a->npages)
		return -EBUSY;
	if (!a->root)
		return 0;
	if (hart.aspace == a)
		aspace_leave();
	aspace_flush(a, 0, ~0ul); /* the hart may keep pointers to tables, too */
	for (u32 i = root_next(a, 0); i < ROOTS; i = root_next(a, i))
		if (!middle_destroy(a, i, &budget))
			return METHOD_AGAIN;
	arch_root_clear(a->root);
	table_put(a, a->root);
	a->root = 0;
	arch_identifier_drop(a->identifier);
	return 0;
}

/* --- Switching and flushes ------------------------------------------------------------ */

void aspace_leave(void)
{
	hart.aspace = 0;
	arch_aspace_none();
}

bool aspace_quiet(struct aspace *a)
{
	if (hart.aspace == a && !placed_away())
		return false;
	aspace_flush(a, 0, ~0ul);
	return true;
}

void aspace_flush(struct aspace *a, u64 va, u64 npages)
{
	forget_seen(a);
	if (aspace_placed(a))
		placed_flush(a, va, npages);
	if (!a->identifier && hart.aspace != a)
		return; /* the switch away has flushed it */
	if (npages > FLUSH_PAGES)
		arch_flush_aspace(a->identifier);
	else
		for (; npages; npages--, va += PAGE_SIZE)
			arch_flush_page(a->identifier, va);
}

/*
 * An address space's life: its tables, its identifier, and the walks that the
 * other files of it share.
 *
 * Identifiers are dealt out in generations: an address space gets one when it runs
 * and has none of this generation; when all are used, everything is flushed and a
 * new generation begins.  So a switch never flushes, nor does destruction.
 */
#include "kernel/aspace.h"
#include "kernel/arch.h"
#include "kernel/ledger.h"
#include "kernel/print.h"
#include "kernel/sched.h"

#define FLUSH_PAGES 8u /* more than these are flushed at one blow */
#define SPAN_2M (1ul << 21)
#define SPAN_1G (1ul << 30)
#define UNITS (USER_END / SPAN_2M) /* of destroy_at */

struct aspace *aspaces;
static u32 generation = 1;
static u32 next_identifier = 1;

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

static void table_put(struct aspace *a, u64 *table)
{
	ledger_retype(arch_physical(table) >> PAGE_SHIFT, FRAME_TABLE, FRAME_KERNEL);
	pool_page_put(a->object.pool, table);
	a->ntables--;
}

static u64 *table_of(u64 pte)
{
	return arch_direct(arch_pte_frame(pte) << PAGE_SHIFT);
}

u64 *aspace_table(struct aspace *a, u64 va, u64 *skip)
{
	u64 entry = a->root[arch_table_index(va, 2)];

	*skip = SPAN_1G;
	if (!entry)
		return 0;
	*skip = SPAN_2M;
	entry = table_of(entry)[arch_table_index(va, 1)];
	return entry ? table_of(entry) : 0;
}

static u64 *table_below(struct aspace *a, u64 *entry)
{
	u64 *table;

	if (*entry)
		return table_of(*entry);
	table = table_get(a);
	if (table)
		*entry = arch_pte_table(arch_physical(table));
	return table;
}

u64 *aspace_table_make(struct aspace *a, u64 va)
{
	u64 *middle = table_below(a, &a->root[arch_table_index(va, 2)]);

	return middle ? table_below(a, &middle[arch_table_index(va, 1)]) : 0;
}

bool aspace_range_ok(u64 va, u64 npages)
{
	return !(va & PAGE_MASK) && va <= USER_END && npages <= (USER_END - va) >> PAGE_SHIFT;
}

u8 *aspace_page(struct aspace *a, u64 va, u32 rights)
{
	u64 skip, pte;
	u64 *table;

	if (!a || va >= USER_END)
		return 0;
	table = aspace_table(a, va, &skip);
	if (!table)
		return 0;
	pte = table[arch_table_index(va, 0)];
	if (!arch_pte_present(pte) || rights & ~arch_pte_rights(pte) || arch_pte_is_device(pte))
		return 0;
	return arch_direct(arch_pte_frame(pte) << PAGE_SHIFT);
}

u64 *aspace_next(struct aspace_walk *w, u64 *va)
{
	u64 skip;

	while (w->va < w->end && w->budget) {
		u32 i = arch_table_index(w->va, 0);

		w->budget--;
		if (!w->table || i == 0)
			w->table = aspace_table(w->aspace, w->va, &skip);
		if (!w->table) {
			w->va = (w->va / skip + 1) * skip;
			continue;
		}
		*va = w->va;
		w->va += PAGE_SIZE;
		if (arch_pte_present(w->table[i]))
			return &w->table[i];
	}
	if (w->va > w->end)
		w->va = w->end;
	return 0;
}

/* --- Life ---------------------------------------------------------------------------- */

err_t aspace_init(struct aspace *a)
{
	a->root = table_get(a);
	if (!a->root)
		return -ENOMEM;
	a->root_pa = arch_physical(a->root);
	arch_root_init(a->root);
	a->next = aspaces;
	if (aspaces)
		aspaces->prev = a;
	aspaces = a;
	return 0;
}

static void unlist(struct aspace *a)
{
	if (a->next)
		a->next->prev = a->prev;
	if (a->prev)
		a->prev->next = a->next;
	else
		aspaces = a->next;
}

/* Frees what lies below one unit (2 MiB) of destroy_at and steps on; what it cost. */
static u32 destroy_step(struct aspace *a)
{
	u64 *root = &a->root[a->destroy_at >> 9], *middle;
	u64 entry;

	if (!*root) {
		a->destroy_at = ((a->destroy_at >> 9) + 1) << 9;
		return 1;
	}
	middle = table_of(*root);
	entry = middle[a->destroy_at & 511];
	middle[a->destroy_at & 511] = 0;
	if (entry)
		table_put(a, table_of(entry));
	if ((++a->destroy_at & 511) == 0) {
		table_put(a, middle);
		*root = 0;
	}
	return entry ? 8 : 1;
}

err_t aspace_destroy(struct aspace *a)
{
	u32 budget = 8 * METHOD_CHUNK;

	if (a->npages)
		return -EBUSY;
	if (!a->root)
		return 0;
	if (hart.aspace == a)
		aspace_use(0);
	if (a->destroy_at == 0)
		aspace_flush(a, 0, ~0ul); /* the hart may keep pointers to tables, too */
	while (a->destroy_at < UNITS) {
		u32 cost = destroy_step(a);

		if (cost >= budget)
			return METHOD_AGAIN;
		budget -= cost;
	}
	table_put(a, a->root);
	a->root = 0;
	unlist(a);
	return 0;
}

/* --- Identifiers and flushes ---------------------------------------------------------- */

static void identifier_renew(struct aspace *a)
{
	u32 n = arch_identifiers();

	if (n && next_identifier >= n) {
		generation++;
		next_identifier = 1;
		arch_flush_all();
	}
	a->identifier = n ? next_identifier++ : 0;
	a->generation = generation;
}

void aspace_use(struct aspace *a)
{
	hart.aspace = a;
	if (!a) {
		arch_aspace_use(0, 0);
		return;
	}
	if (a->generation != generation)
		identifier_renew(a);
	arch_aspace_use(a->root_pa, a->identifier);
}

void aspace_flush(struct aspace *a, u64 va, u64 npages)
{
	if (a->generation != generation)
		return; /* no hart has anything of it */
	if (!a->identifier && hart.aspace != a)
		return; /* the switch away has flushed it */
	if (npages > FLUSH_PAGES) {
		arch_flush_aspace(a->identifier);
		return;
	}
	for (; npages; npages--, va += PAGE_SIZE)
		arch_flush_page(a->identifier, va);
}

/* --- Checks (debug builds) --------------------------------------------------------------- */

static u32 account_table(u64 entry, s32 delta)
{
	return ledger_account(arch_pte_frame(entry), FRAME_TABLE, delta);
}

static u32 account_leaves(const u64 *table, s32 delta, u64 *npages)
{
	u32 wrong = 0;

	for (u32 i = 0; i < 512; i++) {
		if (!table[i])
			continue;
		++*npages;
		if (!arch_pte_is_device(table[i]))
			wrong += ledger_account(arch_pte_frame(table[i]), FRAME_USER, delta);
	}
	return wrong;
}

u32 aspace_account(struct aspace *a, s32 delta)
{
	u64 npages = 0, ntables = 1;
	u32 wrong = account_table(arch_pte_table(a->root_pa), delta);

	for (u32 i = 0; i < 256; i++) {
		if (!a->root[i])
			continue;
		wrong += account_table(a->root[i], delta);
		ntables++;
		for (u32 j = 0; j < 512; j++) {
			u64 entry = table_of(a->root[i])[j];

			if (!entry)
				continue;
			wrong += account_table(entry, delta);
			wrong += account_leaves(table_of(entry), delta, &npages);
			ntables++;
		}
	}
	return wrong + (npages != a->npages) + (ntables != a->ntables);
}

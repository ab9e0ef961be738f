/*
 * What is mapped where: one page, how much of a range, or a range into the caller's window.
 */
#include "kernel/aspace.h"
#include "kernel/arch.h"
#include "kernel/ledger.h"

static u64 chunk[METHOD_CHUNK]; /* under the kernel lock */

err_t aspace_progress(struct invocation *v, u64 va, u64 end, u64 reported)
{
	if (va >= end)
		return 0;
	v->in[0] = va;
	v->in[1] = (end - va) >> PAGE_SHIFT | reported << 32;
	return METHOD_AGAIN;
}

static u64 entry_at(struct aspace *a, u64 va)
{
	const u64 *table = aspace_table(a, va);

	return table ? table[arch_table_index(va, 0)] : 0;
}

static err_t query_page(struct invocation *v)
{
	u64 pte = entry_at(v->aspace, v->in[0]);
	const struct ledger_entry *e = pte ? ledger_find(arch_pte_frame(pte)) : 0;

	v->out[0] = pte ? arch_pte_frame(pte) : FRAME_NONE;
	v->out[1] = arch_pte_rights(pte);
	v->out[2] = e ? e->count : 0;
	return 0;
}

/* Counts what is mapped in a range; in[2] is the first such address, if an earlier chunk met it. */
static err_t query_range(struct invocation *v)
{
	u64 va = v->in[0], n = v->in[1] >> 32, first = v->in[2];
	struct aspace_walk w = {.aspace = v->aspace,
				.va = va,
				.end = va + (u32)v->in[1] * PAGE_SIZE,
				.budget = ASPACE_BUDGET};

	while (aspace_stretch(&w)) {
		u32 i = aspace_entry_next(w.table, w.first, w.behind);

		if (!n && i < w.behind)
			first = w.base + i * PAGE_SIZE;
		for (; i < w.behind; i++)
			n += w.table[i] != 0;
		aspace_walked(&w, i);
	}
	v->out[0] = n;
	v->out[1] = v->in[2] = first;
	return aspace_progress(v, w.va, w.end, n);
}

err_t aspace_method_query(struct invocation *v)
{
	u64 va = v->in[0], done = v->in[1] >> 32, npages = (u32)v->in[1];
	u32 n = (u32)min_u64(min_u64(npages, v->window_len / 8), METHOD_CHUNK);

	if (!aspace_range_ok(va, npages ? npages : 1))
		return -EINVAL;
	if (!v->window)
		return npages ? query_range(v) : query_page(v);
	for (u32 i = 0; i < n; i++) {
		u64 pte = entry_at(v->aspace, va + i * PAGE_SIZE);

		chunk[i] = pte ? arch_pte_frame(pte) << 8 | arch_pte_rights(pte) : 0;
	}
	if (aspace_copy_out(thread_aspace(v->caller), v->window, chunk, n * 8ul) != n * 8ul)
		return -EFAULT;
	v->out[0] = done + n;
	if (n == npages || n == v->window_len / 8)
		return 0;
	method_window_advance(v, n);
	return aspace_progress(v, va + n * PAGE_SIZE, va + npages * PAGE_SIZE, done + n);
}

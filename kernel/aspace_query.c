/*
 * What is mapped where: one page, or a range into the caller's window by chunks.
 */
#include "kernel/aspace.h"
#include "kernel/arch.h"
#include "kernel/ledger.h"

static u64 chunk[METHOD_CHUNK]; /* under the kernel lock */

static struct aspace *invoked(const struct invocation *v)
{
	return (struct aspace *)(void *)v->object;
}

static u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

err_t aspace_progress(struct invocation *v, u64 va, u64 end, u64 reported)
{
	if (va >= end)
		return 0;
	v->frame->a0 = va;
	v->frame->a1 = (end - va) >> PAGE_SHIFT | reported << 32;
	return METHOD_AGAIN;
}

static u64 entry_at(struct aspace *a, u64 va)
{
	u64 skip;
	const u64 *table = aspace_table(a, va, &skip);

	return table ? table[arch_table_index(va, 0)] : 0;
}

static err_t query_page(struct invocation *v)
{
	u64 pte = entry_at(invoked(v), v->in[0]);
	const struct ledger_entry *e = pte ? ledger_find(arch_pte_frame(pte)) : 0;

	v->out[0] = pte ? arch_pte_frame(pte) : FRAME_NONE;
	v->out[1] = arch_pte_rights(pte);
	v->out[2] = e ? e->count : 0;
	return 0;
}

err_t aspace_method_query(struct invocation *v)
{
	u64 va = v->in[0], done = v->in[1] >> 32, npages = (u32)v->in[1];
	u32 n = (u32)min_u64(min_u64(npages, v->window_len / 8), METHOD_CHUNK);

	if (!aspace_range_ok(va, v->window ? npages : 1))
		return -EINVAL;
	if (!v->window)
		return query_page(v);
	for (u32 i = 0; i < n; i++) {
		u64 pte = entry_at(invoked(v), va + i * PAGE_SIZE);

		chunk[i] = pte ? arch_pte_frame(pte) << 8 | arch_pte_rights(pte) : 0;
	}
	if (aspace_copy_out(thread_aspace(v->caller), v->window, chunk, n * 8ul) != n * 8ul)
		return -EFAULT;
	v->out[0] = done + n;
	if (n == npages || n == v->window_len / 8)
		return 0;
	v->frame->t1 += n * 8ul;
	v->frame->t2 -= n * 8ul;
	return aspace_progress(v, va + n * PAGE_SIZE, va + npages * PAGE_SIZE, done + n);
}

/*
 * The only code that touches user memory: page by page, each found by a walk in
 * software and reached through the direct map.  A copy never waits and never
 * faults: it stops at the first page that a program there may not touch so.
 */
#include "kernel/aspace.h"
#include "kernel/arch.h"

void *memcpy(void *to, const void *from, size_t len);

/* Where va lies in the direct map, or 0; *n becomes no more than what is left of its page. */
static inline u8 *place(struct aspace *a, u64 va, u32 rights, u64 *n)
{
	u8 *page = aspace_page(a, va, rights);

	*n = min_u64(*n, PAGE_SIZE - (va & PAGE_MASK));
	return page ? page + (va & PAGE_MASK) : 0;
}

u64 aspace_copy_in(struct aspace *a, u64 va, void *to, u64 len)
{
	const u8 *from;
	u64 done = 0;

	for (u64 n = len; n && (from = place(a, va + done, ACCESS_READ, &n)); n = len - done) {
		memcpy((u8 *)to + done, from, n);
		done += n;
	}
	return done;
}

u64 aspace_copy_out(struct aspace *a, u64 va, const void *from, u64 len)
{
	u8 *to;
	u64 done = 0;

	for (u64 n = len; n && (to = place(a, va + done, ACCESS_WRITE, &n)); n = len - done) {
		memcpy(to, (const u8 *)from + done, n);
		done += n;
	}
	return done;
}

u64 aspace_copy(struct user_place to, struct user_place from, u64 len, bool *at_source)
{
	u64 done = 0;

	*at_source = false;
	for (u64 n = len; n; n = len - done) {
		const u8 *f = place(from.aspace, from.va + done, ACCESS_READ, &n);
		u8 *t = f ? place(to.aspace, to.va + done, ACCESS_WRITE, &n) : 0;

		*at_source = !f;
		if (!t)
			break;
		memcpy(t, f, n);
		done += n;
	}
	return done;
}

u64 aspace_copy_string(struct user_place to, struct user_place from, u64 max, bool *found)
{
	u64 done = 0;

	*found = false;
	for (u64 n = max; n && !*found; n = max - done) {
		const u8 *f = place(from.aspace, from.va + done, ACCESS_READ, &n);
		u8 *t = f ? place(to.aspace, to.va + done, ACCESS_WRITE, &n) : 0;

		if (!t)
			break;
		done += arch_string_copy(t, f, n, found);
	}
	return done;
}

/* --- Methods ---------------------------------------------------------------------------- */

/* Between the address space invoked and the caller's window. */
err_t aspace_method_copy(struct invocation *v)
{
	bool read = method_label(v) == ASPACE_READ, at_source;
	struct user_place there = {(void *)v->object, v->in[0]};
	struct user_place here = {thread_aspace(v->caller), v->window};
	u64 len = min_u64(v->window_len, COPY_MAX);

	v->out[0] = read ? aspace_copy(here, there, len, &at_source)
			 : aspace_copy(there, here, len, &at_source);
	return len && !v->out[0] && at_source != read ? -EFAULT : 0;
}

err_t aspace_method_cas(struct invocation *v)
{
	u64 va = v->in[0];
	u8 *page = va & 3 ? 0 : aspace_page(v->aspace, va, ACCESS_READ | ACCESS_WRITE);
	u32 old = (u32)v->in[1];

	if (!page)
		return -EFAULT;
	__atomic_compare_exchange_n((u32 *)(void *)(page + (va & PAGE_MASK)), &old, (u32)v->in[2],
				    false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	v->out[0] = old;
	return 0;
}

err_t aspace_method_fence(struct invocation *v)
{
	(void)v;
	arch_instruction_fence();
	return 0;
}

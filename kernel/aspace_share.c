/*
 * Sharing: fork in one operation.  Every page of a range is mapped in another
 * address space too, and write-protected in both if it is to be copied on write.
 */
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/ledger.h"
#include "kernel/print.h"

#define COUNT_LIMIT (LEDGER_COUNT_MAX - 1)

struct sharing {
	struct aspace_walk walk;
	struct aspace *to;
	bool cow, protected; /* asked for; done to some page */
};

/* One use more of a page that is to be mapped a second time; device memory has no count. */
static inline err_t use_again(struct ledger_range ram, u64 pte)
{
	frame_t at = arch_pte_frame(pte) - ram.first;
	struct ledger_entry *e;

	if (at < ram.npages)
		e = &ram.entries[at];
	else if (!(e = ledger_find_other(arch_pte_frame(pte))))
		return 0;
	ASSERT(e->type == FRAME_USER && e->count && !e->zero);
	if (e->word << 4 >= COUNT_LIMIT << 4)
		return -EOVERFLOW;
	e->word++;
	return 0;
}

/* Copies the stretch from entry *i on; *i: how far it came.  This loop is what fork costs for a
 * page. */
static err_t share_entries(struct sharing *s, u64 *to, u32 *i)
{
	const struct ledger_range ram = ledger_ranges[0];
	u64 *table = s->walk.table, *from = &table[*i], *end = &table[s->walk.behind];
	u64 *start = from, taken = s->cow ? ~arch_pte_protect(~0ull) : 0; /* bits that go */
	u64 gaps = 0;
	bool protected = false;
	err_t err = 0;

	for (to += *i; from < end; from++, to++) {
		u64 pte = *from;

		if (!pte) {
			u32 at = (u32)(from - table);
			u32 gap = aspace_entry_next(table, at, s->walk.behind) - at;

			gaps += gap;
			from += gap - 1;
			to += gap - 1;
			continue;
		}
		err = *to ? -EEXIST : use_again(ram, pte);
		if (err)
			break;
		if (pte & taken && !arch_pte_is_device(pte)) {
			*from = pte = pte & ~taken;
			protected = true;
		}
		*to = pte;
	}
	s->protected |= protected;
	s->to->npages += (u64)(from - start) - gaps;
	*i = (u32)(from - table);
	return err;
}

static err_t share_stretch(struct sharing *s)
{
	struct aspace_walk *w = &s->walk;
	u32 i = aspace_entry_next(w->table, w->first, w->behind), first = i;
	u64 *table;
	err_t err = 0;

	if (i < w->behind) {
		table = aspace_table_make(s->to, w->base);
		err = table ? share_entries(s, table, &i) : -ENOMEM;
		if (i > first)
			aspace_table_note(table, first, i - 1);
	}
	aspace_walked(w, i);
	return err;
}

err_t aspace_method_share(struct invocation *v)
{
	struct aspace *a = v->aspace;
	u64 from = v->in[0], npages = (u32)v->in[1], done;
	struct sharing s = {.walk = {.aspace = a, .va = from, .budget = ASPACE_BUDGET},
			    .cow = v->in[2] & SHARE_COW};
	err_t err;

	s.to = method_sent(v, OBJECT_ASPACE, &err);
	if (!s.to)
		return err;
	s.walk.end = from + npages * PAGE_SIZE;
	if (!aspace_range_ok(from, v->in[1]) || s.to == a || v->in[2] & ~(u64)SHARE_COW)
		return -EINVAL;
	while (!err && aspace_stretch(&s.walk))
		err = share_stretch(&s);
	done = (s.walk.va - from) >> PAGE_SHIFT;
	if (s.protected)
		aspace_flush(a, from, done);
	aspace_flush(s.to, from, done);
	v->out[0] = s.walk.va;
	return err ? err : aspace_progress(v, s.walk.va, s.walk.end, 0);
}

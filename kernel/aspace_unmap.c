/*
 * Unmapping: entries go, then translations, then counts (A5); the frames that
 * nobody uses any more are told to the caller.
 */
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/ledger.h"

#define UNMAP_CHUNK 256u

/* The chunk under way (under the kernel lock): old entries, frames that came free. */
static u64 old[UNMAP_CHUNK];
static u64 freed[UNMAP_CHUNK];

/* Is the part of the caller's window writable that a chunk's report may need? */
static bool window_writable(struct invocation *v, u64 nwords)
{
	struct aspace *caller = thread_aspace(v->caller);

	return !nwords
	       || (!(v->window & 7) && aspace_page(caller, v->window, ACCESS_WRITE)
		   && aspace_page(caller, v->window + nwords * 8 - 1, ACCESS_WRITE));
}

/* What an unmap does in one kernel entry. */
struct unmapping {
	struct aspace_walk walk;
	bool quiet;      /* no translation is left: counts may fall at once (A5) */
	u32 n;           /* pages unmapped */
	u32 nold, nzero; /* entries in `old` whose counts are to fall; frames in `freed` */
	u32 room;        /* for frames */
};

/* One use less of the page; whoever had the last one gets its number. */
static inline u64 *unmap_release(struct ledger_range ram, u64 pte, u64 *to)
{
	frame_t at = arch_pte_frame(pte) - ram.first;
	struct ledger_entry *e;

	if (at < ram.npages)
		e = &ram.entries[at];
	else if (!(e = ledger_find_other(arch_pte_frame(pte))))
		return to; /* device memory */
	if (ledger_release_user(e))
		*to++ = arch_pte_frame(pte);
	return to;
}

/* Empties the stretch as far as there is room; how far it came.  This loop is what exit costs
 * for a page. */
static u32 unmap_stretch(struct unmapping *u)
{
	const struct ledger_range ram = ledger_ranges[0];
	u64 *table = u->walk.table, *start = &table[u->walk.first], *pte = start;
	u64 *end = &table[u->walk.behind], *to = &freed[u->nzero], *full = &freed[u->room];
	u64 gaps = 0;

	for (; pte < end && to < full; pte++) {
		u64 was = *pte;

		if (!was) {
			u32 at = (u32)(pte - table);
			u32 gap = aspace_entry_next(table, at, u->walk.behind) - at;

			gaps += gap;
			pte += gap - 1;
			continue;
		}
		*pte = 0;
		to = unmap_release(ram, was, to);
	}
	u->n += (u32)(pte - start) - (u32)gaps;
	u->nzero = (u32)(to - freed);
	return (u32)(pte - table);
}

/* The same, but counts fall later. */
static u32 unmap_note(struct unmapping *u)
{
	u32 i = u->walk.first;

	for (; i < u->walk.behind && u->nold < u->room; i++) {
		if (!u->walk.table[i])
			continue;
		old[u->nold++] = u->walk.table[i];
		u->walk.table[i] = 0;
		u->n++;
	}
	return i;
}

/* Few pages of a space that may run are flushed one by one, and its identifier stays. */
static void unmap_range(struct unmapping *u)
{
	struct aspace_walk *w = &u->walk;
	u64 from = w->va, *to = freed; /* of the counts that fall later */

	u->quiet = (w->end - from) >> PAGE_SHIFT > FLUSH_PAGES && aspace_quiet(w->aspace);
	while (u->nzero < u->room && u->nold < u->room && aspace_stretch(w)) {
		u32 i = u->quiet ? unmap_stretch(u) : unmap_note(u);

		aspace_table_emptied(w->table, w->first, i);
		aspace_walked(w, i);
	}
	w->aspace->npages -= u->n;
	if (u->nold)
		aspace_flush(w->aspace, from, (w->va - from) >> PAGE_SHIFT);
	for (u32 i = 0; i < u->nold; i++)
		to = unmap_release(ledger_ranges[0], old[i], to);
	u->nzero += (u32)(to - freed);
}

/* One page, without a window: its frame comes back in a register.  What is known of the table's
 * entries stays as it is: true, if not the most that could be known. */
static err_t unmap_one(struct invocation *v)
{
	struct aspace *a = v->aspace;
	u64 va = v->in[0], was;
	u64 *table = aspace_table(a, va), *pte;

	v->out[0] = va + PAGE_SIZE;
	v->out[2] = FRAME_NONE;
	pte = table ? &table[arch_table_index(va, 0)] : 0;
	if (!pte || !*pte)
		return 0;
	was = *pte;
	*pte = 0;
	a->npages--;
	aspace_flush(a, va, 1);
	if (unmap_release(ledger_ranges[0], was, freed) != freed)
		v->out[2] = freed[0];
	return 0;
}

err_t aspace_method_unmap(struct invocation *v)
{
	u64 npages = (u32)v->in[1], reported = v->in[1] >> 32;
	u64 room = v->window ? min_u64(v->window_len / 8, UNMAP_CHUNK) : UNMAP_CHUNK;
	struct unmapping u = {.walk = {.aspace = v->aspace,
				       .va = v->in[0],
				       .end = v->in[0] + npages * PAGE_SIZE,
				       .budget = ASPACE_BUDGET},
			      .room = (u32)room};

	if (!aspace_range_ok(v->in[0], npages))
		return -EINVAL;
	if (npages == 1 && !v->window)
		return unmap_one(v);
	if (v->window && !window_writable(v, room))
		return -EFAULT;
	unmap_range(&u);
	if (v->window) {
		aspace_copy_out(thread_aspace(v->caller), v->window, freed, u.nzero * 8ul);
		reported += u.nzero;
	}
	v->out[0] = u.walk.va;
	v->out[1] = reported;
	v->out[2] = v->aspace->ntables;
	if (u.walk.va >= u.walk.end || (v->window && v->window_len / 8 == u.nzero))
		return 0;
	if (v->window)
		method_window_advance(v, u.nzero);
	return aspace_progress(v, u.walk.va, u.walk.end, reported);
}

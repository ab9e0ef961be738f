/*
 * Methods that change a page table, on ranges of any size: each kernel entry does
 * one chunk, leaves its progress in the caller's registers (which come back as
 * untrusted as they were), and the caller's ecall is executed again.
 *
 * A chunk is: check all of it, then change the entries, then flush, and only then
 * let counts fall (A5).
 */
#include "kernel/aspace.h"
#include "kernel/arch.h"
#include "kernel/boot.h"
#include "kernel/ledger.h"
#include "kernel/memory.h"

#define COUNT_LIMIT (LEDGER_COUNT_MAX - METHOD_CHUNK)
#define ALL_RIGHTS (ACCESS_READ | ACCESS_WRITE | ACCESS_EXEC)

/* The chunk under way (under the kernel lock): new frames, old entries. */
static u64 fresh[METHOD_CHUNK];
static u64 old[METHOD_CHUNK];

struct mapping {
	struct aspace *aspace;
	u64 va;
	u32 rights; /* and enum map_right */
	bool device, replace;
};

static bool rights_ok(u64 rights)
{
	return (rights & ~(u64)ALL_RIGHTS) == 0;
}

static bool map_rights_ok(u64 rights)
{
	return rights_ok(rights & ~(u64)(MAP_ZERO | MAP_KEEP));
}

/* May this frame be mapped once more (A2)? */
static inline err_t frame_ok(struct ledger_range ram, frame_t frame, bool device)
{
	const struct ledger_entry *e;

	if (device)
		return boot_closed(frame, 1) ? -EINVAL : 0;
	e = ledger_find_from(ram, frame);
	if (!e)
		return -EINVAL;
	if (e->type != FRAME_USER && e->count)
		return -EBUSY;
	return e->count < COUNT_LIMIT ? 0 : -EOVERFLOW;
}

/* --- Map ---------------------------------------------------------------------------------- */

/* How many of n pages from va on lie in one leaf table. */
static u32 in_table(u64 va, u32 n)
{
	u32 room = 512 - arch_table_index(va, 0);

	return n < room ? n : room;
}

/* Checks fresh[done ..] as far as one leaf table reaches, n at most; *done: how many are good. */
static err_t map_check(const struct mapping *m, u32 *done, u32 n)
{
	const struct ledger_range ram = ledger_ranges[0];
	u64 va = m->va + *done * PAGE_SIZE;
	u64 *table = aspace_table_make(m->aspace, va), *pte;
	u32 i = *done, end = i + in_table(va, n - i);
	bool device = m->device, occupied = m->replace || m->rights & MAP_KEEP;
	err_t err = 0;

	if (!table)
		return -ENOMEM;
	for (pte = &table[arch_table_index(va, 0)]; i < end && !err; pte++, i++) {
		err = frame_ok(ram, fresh[i], device);
		if (!occupied && *pte)
			err = -EEXIST;
	}
	*done = i - (err != 0);
	return err;
}

/* Checks the first n of `fresh`; *fit out: how many can be mapped, all or (out of memory) some. */
static err_t map_check_all(const struct mapping *m, u32 n, u32 *fit)
{
	err_t err = 0;

	*fit = 0;
	while (*fit < n && !err)
		err = map_check(m, fit, n);
	if (err && err != -ENOMEM)
		*fit = 0;
	return err;
}

/* The first use of a frame: cleared if it comes from another type, or if that is asked for. */
static void first_use(struct ledger_entry *e, frame_t frame, bool zero)
{
	if (!e->zero && (zero || e->type != FRAME_USER))
		arch_page_clear(arch_direct(frame << PAGE_SHIFT));
	*e = (struct ledger_entry){.count = 1, .type = FRAME_USER};
}

static inline void frame_use(struct ledger_range ram, frame_t frame, bool zero)
{
	struct ledger_entry *e = ledger_find_from(ram, frame);

	if (e->count)
		e->word++; /* checked */
	else
		first_use(e, frame, zero);
}

/* Sets the entries of fresh[i .. i + n), which lie in one leaf table. */
static void map_stretch(const struct mapping *m, u32 i, u32 n)
{
	const struct ledger_range ram = ledger_ranges[0];
	bool device = m->device, zero = m->rights & MAP_ZERO, keep = m->rights & MAP_KEEP;
	u64 va = m->va + i * PAGE_SIZE, npages = 0;
	u64 bits = arch_pte_leaf(0, m->rights & ALL_RIGHTS, device);
	u64 *table = aspace_table(m->aspace, va);
	u32 at = arch_table_index(va, 0);

	for (u64 *pte = &table[at]; pte < &table[at + n]; pte++, i++) {
		u64 was = *pte;

		if (was && keep)
			continue;
		if (!device)
			frame_use(ram, fresh[i], zero);
		old[i] = was;
		npages += !was;
		*pte = bits | arch_pte_leaf(fresh[i], 0, false);
	}
	m->aspace->npages += npages;
	aspace_table_note(table, at, at + n - 1);
}

/* Maps the first n of `fresh`.  Returns the frame replaced last whose count fell to zero. */
static frame_t map_commit(const struct mapping *m, u32 n)
{
	frame_t zero = FRAME_NONE;

	for (u32 i = 0, part; i < n; i += part) {
		part = in_table(m->va + i * PAGE_SIZE, n - i);
		map_stretch(m, i, part);
	}
	aspace_flush(m->aspace, m->va, n);
	for (u32 i = 0; m->replace && i < n; i++) {
		if (!old[i] || arch_pte_is_device(old[i]))
			continue;
		if (ledger_release(arch_pte_frame(old[i])))
			zero = arch_pte_frame(old[i]);
	}
	return zero;
}

/* One page: what most faults need. */
static err_t map_one(const struct mapping *m, frame_t frame)
{
	const struct ledger_range ram = ledger_ranges[0];
	u64 *table = aspace_table_make(m->aspace, m->va);
	u32 at = arch_table_index(m->va, 0);
	err_t err;

	if (!table)
		return -ENOMEM;
	if (table[at])
		return m->rights & MAP_KEEP ? 0 : -EEXIST;
	err = frame_ok(ram, frame, m->device);
	if (err)
		return err;
	if (!m->device)
		frame_use(ram, frame, m->rights & MAP_ZERO);
	table[at] = arch_pte_leaf(frame, m->rights & ALL_RIGHTS, m->device);
	m->aspace->npages++;
	aspace_table_note(table, at, at);
	aspace_flush(m->aspace, m->va, 1);
	return 0;
}

/* A run of frames from va on, as far as one leaf table reaches, where nothing is mapped yet: what a
 * fault on a file needs.  *done: how far it came; what lies before an error stays mapped. */
static err_t map_around(const struct mapping *m, frame_t first, u32 *done, u32 n)
{
	const struct ledger_range ram = ledger_ranges[0];
	bool device = m->device, zero = m->rights & MAP_ZERO;
	u64 va = m->va + *done * PAGE_SIZE, bits = arch_pte_leaf(0, m->rights & ALL_RIGHTS, device);
	u64 *table = aspace_table_make(m->aspace, va), npages = 0;
	u32 at = arch_table_index(va, 0), i = at, end = at + in_table(va, n - *done);
	err_t err = 0;

	if (!table)
		return -ENOMEM;
	for (frame_t frame = first + *done; i < end; i++, frame++) {
		if (table[i])
			continue;
		err = frame_ok(ram, frame, device);
		if (err)
			break;
		if (!device)
			frame_use(ram, frame, zero);
		table[i] = bits | arch_pte_leaf(frame, 0, false);
		npages++;
	}
	m->aspace->npages += npages;
	if (i > at)
		aspace_table_note(table, at, i - 1);
	aspace_flush(m->aspace, va, i - at);
	*done += i - at;
	return err;
}

err_t aspace_map_run(struct aspace *a, u64 va, frame_t first, u64 npages, u32 rights)
{
	struct mapping m = {a, va, rights, !ledger_find(first), false};
	u32 fit;
	err_t err;

	if (!aspace_range_ok(va, npages) || npages > MAP_RUN_MAX || !map_rights_ok(rights))
		return -EINVAL;
	if (npages == 1)
		return map_one(&m, first);
	if (rights & MAP_KEEP) {
		for (fit = 0, err = 0; fit < npages && !err;)
			err = map_around(&m, first, &fit, (u32)npages);
		return err;
	}
	for (u32 i = 0; i < npages; i++)
		fresh[i] = first + i;
	err = map_check_all(&m, (u32)npages, &fit);
	if (!err)
		map_commit(&m, fit);
	return err;
}

/* The chunk's frames to `fresh`: from the caller's window, or a run. */
static err_t map_fetch(struct invocation *v, const struct memory *memory, u32 n)
{
	struct aspace *caller = thread_aspace(v->caller);
	u64 len = n * sizeof fresh[0];

	if (!v->window_len)
		for (u32 i = 0; i < n; i++)
			fresh[i] = v->in[1] + i;
	else if (aspace_copy_in(caller, v->window, fresh, len) != len)
		return -EFAULT;
	for (u32 i = 0; i < n; i++)
		if (!memory_covers(memory, fresh[i], 1))
			return -EINVAL;
	return 0;
}

static err_t map_advance(struct invocation *v, u32 n)
{
	v->in[0] += n * PAGE_SIZE;
	v->in[2] -= n;
	if (v->window_len)
		method_window_advance(v, n);
	else
		v->in[1] += n;
	return METHOD_AGAIN;
}

err_t aspace_method_map(struct invocation *v)
{
	u64 va = v->in[0], npages = v->in[2];
	u32 n = (u32)min_u64(npages, METHOD_CHUNK), fit = 0;
	struct mapping m;
	frame_t zero;
	err_t err;
	const struct memory *memory = method_sent(v, OBJECT_MEMORY, &err);

	if (!memory)
		return err;
	if (!aspace_range_ok(va, npages) || !map_rights_ok(v->in[3])
	    || v->in[4] & ~(u64)MAP_REPLACE)
		return -EINVAL;
	if (v->in[4] & MAP_REPLACE && v->in[3] & MAP_KEEP)
		return -EINVAL;
	if (v->window_len && v->window_len / sizeof fresh[0] < npages)
		return -EINVAL;
	m = (struct mapping){v->aspace, va, (u32)v->in[3], memory->device, v->in[4] & MAP_REPLACE};
	err = map_fetch(v, memory, n);
	if (!err)
		err = map_check_all(&m, n, &fit);
	zero = map_commit(&m, fit);
	v->out[0] = va + fit * PAGE_SIZE;
	v->out[1] = npages == 1 ? zero : FRAME_NONE;
	return err || n == npages ? err : map_advance(v, n);
}

/* --- Protect ------------------------------------------------------------------------------ */

/* One stretch; true if an entry changed. */
static bool protect_stretch(struct aspace_walk *w, u32 rights, bool set)
{
	bool changed = false;

	for (u32 i = w->first; i < w->behind; i++) {
		u64 before = w->table[i];
		u32 keep = set ? ALL_RIGHTS : arch_pte_rights(before);

		if (!before)
			continue;
		w->table[i] = arch_pte_leaf(arch_pte_frame(before), rights & keep,
					    arch_pte_is_device(before));
		changed |= w->table[i] != before;
	}
	aspace_walked(w, w->behind);
	return changed;
}

err_t aspace_method_protect(struct invocation *v)
{
	u64 npages = (u32)v->in[1];
	struct aspace_walk w = {.aspace = v->aspace,
				.va = v->in[0],
				.end = v->in[0] + npages * PAGE_SIZE,
				.budget = ASPACE_BUDGET};
	bool changed = false;

	if (!aspace_range_ok(v->in[0], v->in[1]) || !rights_ok(v->in[2]) || v->in[3] > 1)
		return -EINVAL;
	while (aspace_stretch(&w))
		changed |= protect_stretch(&w, (u32)v->in[2], v->in[3]);
	if (changed)
		aspace_flush(w.aspace, v->in[0], (w.va - v->in[0]) >> PAGE_SHIFT);
	v->out[0] = w.va;
	return aspace_progress(v, w.va, w.end, 0);
}

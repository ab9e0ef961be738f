/*
 * Copy on write, in one operation: a page that a program may write becomes its own.
 */
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/ledger.h"
#include "kernel/memory.h"

struct owning {
	struct aspace *aspace;
	u64 va;
	u64 *pte; /* entry for va */
	const struct memory *memory;
	frame_t frame, model; /* for the copy; what is copied if nothing is mapped */
	u32 rights;
};

/* The new frame: RAM, used by nobody, and no kernel's. */
static err_t frame_check(const struct owning *o)
{
	const struct ledger_entry *e = ledger_find(o->frame);

	if (!e || o->memory->device || !memory_covers(o->memory, o->frame, 1))
		return -EINVAL;
	return e->count || (e->type != FRAME_USER && e->type != FRAME_FREE) ? -EBUSY : 0;
}

static err_t model_check(const struct owning *o)
{
	const struct ledger_entry *e = ledger_find(o->model);

	if (o->model == FRAME_NONE)
		return -ENOENT;
	if (!e || !memory_covers(o->memory, o->model, 1) || o->model == o->frame)
		return -EINVAL;
	return e->type == FRAME_USER ? 0 : -EBUSY;
}

/* The frame is overwritten whole, so that it need not be cleared before it changes its type. */
static void copy_and_map(const struct owning *o, frame_t from)
{
	struct ledger_entry *e = ledger_find(o->frame);

	arch_page_copy(arch_direct(o->frame << PAGE_SHIFT), arch_direct(from << PAGE_SHIFT));
	*e = (struct ledger_entry){.count = 1, .type = FRAME_USER};
	*o->pte = arch_pte_leaf(o->frame, o->rights, false);
}

static err_t own_absent(const struct owning *o)
{
	err_t err = model_check(o);
	u32 at = arch_table_index(o->va, 0);

	if (err)
		return err;
	copy_and_map(o, o->model);
	aspace_table_note(o->pte - at, at, at);
	o->aspace->npages++;
	aspace_flush(o->aspace, o->va, 1);
	return 0;
}

/* *unused: the new frame was not needed. */
static err_t own_present(const struct owning *o, bool *unused)
{
	frame_t old = arch_pte_frame(*o->pte);

	if (arch_pte_is_device(*o->pte) || old == o->frame)
		return -EINVAL;
	*unused = ledger_find(old)->count == 1;
	if (*unused)
		*o->pte = arch_pte_leaf(old, o->rights, false);
	else
		copy_and_map(o, old);
	aspace_flush(o->aspace, o->va, 1);
	if (!*unused)
		(void)ledger_release(old); /* others have it: it is not free now */
	return 0;
}

err_t aspace_method_own(struct invocation *v)
{
	struct owning o = {.aspace = v->aspace,
			   .va = v->in[0],
			   .frame = v->in[1],
			   .model = v->in[3],
			   .rights = (u32)v->in[2]};
	bool unused = false;
	u64 *table;
	err_t err;

	o.memory = method_sent(v, OBJECT_MEMORY, &err);
	if (!o.memory)
		return err;
	if (!aspace_range_ok(o.va, 1) || v->in[2] & ~7ull)
		return -EINVAL;
	err = frame_check(&o);
	if (err)
		return err;
	table = aspace_table_make(o.aspace, o.va);
	if (!table)
		return -ENOMEM;
	o.pte = &table[arch_table_index(o.va, 0)];
	err = *o.pte ? own_present(&o, &unused) : own_absent(&o);
	v->out[0] = unused;
	return err;
}

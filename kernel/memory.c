/*
 * Memory: what a capability to physical pages allows.  Whatever it covers, only
 * free and user frames are ever touched: the ledger decides.
 */
#include "kernel/memory.h"
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/boot.h"
#include "kernel/ledger.h"

#define CLEAR_CHUNK (METHOD_CHUNK / 4) /* a page costs as much as many entries */

/* A frame that is covered, RAM, and free or user; else 0, and why. */
static struct ledger_entry *plain_frame(const struct invocation *v, frame_t frame, err_t *err)
{
	struct ledger_entry *e = 0;

	*err = -EINVAL;
	if (!v->memory->device && memory_covers(v->memory, frame, 1))
		e = ledger_find(frame);
	if (e && e->type != FRAME_USER && e->type != FRAME_FREE) {
		*err = -EBUSY;
		return 0;
	}
	return e;
}

err_t memory_method_derive(struct invocation *v)
{
	const struct memory *m = v->memory;
	struct memory *part;
	struct slot *slot;
	err_t err;
	struct pool *pool = method_sent(v, OBJECT_POOL, &err);

	if (!pool)
		return err;
	if (!v->in[1] || !memory_covers(m, v->in[0], v->in[1]))
		return -EINVAL;
	if (m->device && boot_closed(v->in[0], v->in[1]))
		return -EINVAL;
	if (!(pool->types & 1u << OBJECT_MEMORY))
		return -EPERM;
	err = method_receive_slot(v, &slot);
	if (err)
		return err;
	part = (struct memory *)(void *)pool_object_get(pool, OBJECT_MEMORY);
	if (!part)
		return -ENOMEM;
	part->first = v->in[0];
	part->npages = v->in[1];
	part->device = m->device;
	method_receive(v, slot, &part->object);
	return 0;
}

err_t memory_method_clear(struct invocation *v)
{
	u64 n = v->in[1] < CLEAR_CHUNK ? v->in[1] : CLEAR_CHUNK;
	struct ledger_entry *e;
	err_t err;

	if (!memory_covers(v->memory, v->in[0], v->in[1]))
		return -EINVAL;
	for (u64 i = 0; i < n; i++) {
		e = plain_frame(v, v->in[0] + i, &err);
		if (!e)
			return err;
		if (!e->zero)
			arch_page_clear(arch_direct((v->in[0] + i) << PAGE_SHIFT));
		e->zero = !e->count;
	}
	return method_advance(v, n);
}

err_t memory_method_copy(struct invocation *v)
{
	err_t err;
	struct ledger_entry *to = plain_frame(v, v->in[0], &err);

	if (!to || !plain_frame(v, v->in[1], &err))
		return err;
	arch_page_copy(arch_direct(v->in[0] << PAGE_SHIFT), arch_direct(v->in[1] << PAGE_SHIFT));
	to->zero = 0;
	return 0;
}

err_t memory_method_pin(struct invocation *v)
{
	err_t err;
	struct ledger_entry *e = plain_frame(v, v->in[0], &err);

	if (!e)
		return err;
	if (e->pinned)
		return -EBUSY;
	err = ledger_use(v->in[0], FRAME_USER);
	if (!err)
		e->pinned = 1;
	return err;
}

err_t memory_method_unpin(struct invocation *v)
{
	err_t err;
	struct ledger_entry *e = plain_frame(v, v->in[0], &err);

	if (!e)
		return err;
	if (!e->pinned)
		return -EINVAL;
	e->pinned = 0;
	v->out[0] = ledger_release(v->in[0]);
	return 0;
}

err_t memory_method_query(struct invocation *v)
{
	const struct ledger_entry *e = 0;

	if (!v->memory->device && memory_covers(v->memory, v->in[0], 1))
		e = ledger_find(v->in[0]);
	if (!e)
		return -EINVAL;
	v->out[0] = e->type == FRAME_TABLE ? e->uses : e->count;
	v->out[1] = e->type;
	v->out[2] = e->pinned;
	return 0;
}

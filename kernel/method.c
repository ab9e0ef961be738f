/* Messages that the kernel answers: from a label to a function, and its result to registers. */
#include "kernel/method.h"

#include "ipc/abi/message.h"
#include "ipc/endpoint.h"
#include "kernel/aspace.h"
#include "kernel/check.h"
#include "kernel/cspace.h"
#include "placed/hooks.h"
#include "kernel/print.h"
#include "kernel/timer.h"
#include "kernel/trap.h"

#define METHODS 17 /* as many as the type with most of them has */
/* By type and label. */
static method_fn *const methods[OBJECT_TYPES][METHODS] = {
	[OBJECT_POOL] = {pool_method_donate, pool_method_create, pool_method_reclaim,
			 pool_method_stats},
	[OBJECT_MEMORY] = {memory_method_derive, memory_method_clear, memory_method_copy,
			   memory_method_pin, memory_method_unpin, memory_method_query},
	[OBJECT_ASPACE] = {aspace_method_map, aspace_method_unmap, aspace_method_protect,
			   aspace_method_share, aspace_method_query, aspace_method_copy,
			   aspace_method_copy, aspace_method_cas, aspace_method_fence,
			   aspace_method_own},
	[OBJECT_CSPACE] = {cspace_method_put, cspace_method_put, cspace_method_fetch,
			   cspace_method_delete, cspace_method_clone, cspace_method_identify,
			   cspace_method_limit, cspace_method_flags, cspace_method_close_exec,
			   cspace_method_routes, cspace_method_next},
	[OBJECT_THREAD] = {thread_method_configure, thread_method_registers,
			   thread_method_registers, thread_method_start, thread_method_stop,
			   thread_method_interrupt, thread_method_times},
	[OBJECT_ENDPOINT] = {endpoint_method_mint, endpoint_method_restart},
	[OBJECT_NOTIFICATION] = {notification_method_signal, notification_method_bind},
	[OBJECT_TIMER] = {timer_method_set, timer_method_set},
	[OBJECT_INTERRUPT] = {interrupt_method_bind, interrupt_method_ack},
	[OBJECT_REPLY] = {reply_method_copy_window, reply_method_copy_window, reply_method_copy,
			  reply_method_window, reply_method_give, reply_method_take_back,
			  reply_method_take, reply_method_badge, reply_method_registers,
			  reply_method_registers, reply_method_forward, reply_method_call,
			  reply_method_copy_memory, reply_method_copy_memory, reply_method_clear,
			  reply_method_push, reply_method_pop},
	[OBJECT_MACHINE] = {machine_method_end, machine_method_end, machine_method_print,
			    DEBUG_BUILD ? machine_method_check : 0,
			    DEBUG_BUILD ? machine_method_paths : 0,
			    DEBUG_BUILD ? machine_method_state : 0,
			    PLACED_BUILD ? placed_method : 0},
};

void *method_object(struct invocation *v, slot_t slot, enum object_type type, err_t *err)
{
	void *o = cspace_named(thread_cspace(v->caller), slot, type);

	if (!o) {
		*err = -EBADF;
		return 0;
	}
	*err = 0;
	return o;
}

void *method_sent(struct invocation *v, enum object_type type, err_t *err)
{
	*err = -EINVAL;
	return method_flags(v) & MSG_SEND ? method_object(v, method_sent_slot(v), type, err) : 0;
}

err_t method_receive_slot(struct invocation *v, struct slot **s)
{
	struct cspace *c = thread_cspace(v->caller);

	slot_t n = (slot_t)(v->caller->frame.t3 >> 32);

	if (!(method_flags(v) & MSG_RECEIVE))
		return -EINVAL;
	*s = cspace_free_slot(c, n);
	if (*s)
		return 0;
	return cspace_find(c, n) ? -EBUSY : -ENOMEM; /* in use, or no page to be in */
}

void method_receive(struct invocation *v, struct slot *s, struct object *o)
{
	slot_set(s, o, 0);
	v->received = s->index;
}

err_t method_advance(struct invocation *v, u64 n)
{
	if (n == v->in[1])
		return 0;
	v->in[0] += n;
	v->in[1] -= n;
	return METHOD_AGAIN;
}

err_t trap_method(struct invocation *v)
{
	const struct object *o = v->object;
	u64 n = (u64)method_label(v) - ((u64)o->type << 8) - 1;
	method_fn *fn = n < METHODS ? methods[o->type][n] : 0;

	return !fn ? -ENOSYS : o->type == OBJECT_REPLY ? reply_invoke(v, fn) : fn(v);
}

static void settle(const struct invocation *v, err_t err)
{
	struct trap_frame *f = &v->caller->frame;

	if (err == METHOD_AGAIN)
		f->pc -= 4;
	if (err > 0)
		return;
	f->t0 = (u64)(s64)err;
	f->t3 = (u64)v->received;
	for (u32 i = 0; i < 6; i++)
		f->a[i] = v->out[i];
}

struct thread *trap_method_end(const struct invocation *v, err_t err)
{
	settle(v, err);
	return trap_finish();
}

void method_invoke(struct thread *t, struct object *o)
{
	struct invocation v = {.caller = t,
			       .in = t->frame.a,
			       .object = o,
			       .window = t->frame.t1,
			       .window_len = t->frame.t2,
			       .received = -1};

	settle(&v, trap_method(&v));
}

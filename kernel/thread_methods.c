/* Messages to a thread: configure, registers, start, stop, interrupt, times. */
#include "ipc/endpoint.h"
#include "kernel/account.h"
#include "kernel/aspace.h"
#include "kernel/method.h"
#include "kernel/pool.h"

/* An object named in an own slot, or 0 for SLOT_NONE. */
static err_t part(struct invocation *v, u64 slot, enum object_type type, struct object **o)
{
	err_t err = 0;

	*o = (slot_t)slot == SLOT_NONE ? 0 : method_object(v, (slot_t)slot, type, &err);
	return err;
}

static void replace(struct slot *s, struct object *o)
{
	if (o)
		slot_replace(s, o, 0);
}

err_t thread_method_configure(struct invocation *v)
{
	struct thread *t = v->thread;
	struct object *aspace, *cspace, *pager, *handler;
	err_t err = part(v, v->in[2], OBJECT_ASPACE, &aspace);

	if (err || (err = part(v, v->in[3], OBJECT_CSPACE, &cspace))
	    || (err = part(v, v->in[4], OBJECT_SESSION, &pager))
	    || (err = part(v, v->in[5], OBJECT_SESSION, &handler)))
		return err;
	if (t->state != THREAD_NEW && t->state != THREAD_WAITING && !t->stopped)
		return -EBUSY;
	if (v->in[0] > t->object.pool->ceiling || v->in[0] >= PRIORITIES)
		return -EPERM;
	/* commit */
	replace(&t->aspace_slot, aspace);
	replace(&t->cspace_slot, cspace);
	if (t->serves)
		endpoint_unknown(
			t->serves); /* another table may have other things in these slots */
	t->armed = 0;
	replace(&t->pager_slot, pager);
	replace(&t->handler_slot, handler);
	t->priority = (u8)v->in[0];
	t->tag = v->in[1];
	return 0;
}

/* Too large for the kernel stack; under the kernel lock. */
static struct thread_registers buffer;

err_t thread_registers_copy(struct thread *t, struct invocation *v, bool write)
{
	struct aspace *own = thread_aspace(v->caller);
	u64 size = sizeof(buffer), done;

	if (v->window_len < size)
		return -EFAULT;
	if (!write)
		thread_registers_get(t, &buffer);
	done = write ? aspace_copy_in(own, v->window, &buffer, size)
		     : aspace_copy_out(own, v->window, &buffer, size);
	if (done != size)
		return -EFAULT;
	if (write)
		thread_registers_set(t, &buffer);
	return 0;
}

/* What a running thread has is in its registers, not in its frame. */
err_t thread_method_registers(struct invocation *v)
{
	bool write = method_label(v) == THREAD_WRITE;

	if (v->thread->state == THREAD_RUNNING)
		return -EBUSY;
	return thread_registers_copy(v->thread, v, write);
}

err_t thread_method_start(struct invocation *v)
{
	struct thread *t = v->thread;
	bool was_stopped = t->stopped;

	if (!thread_aspace(t) || !thread_cspace(t))
		return -EINVAL;
	t->stopped = false;
	if (t->state == THREAD_NEW || (t->state == THREAD_READY && was_stopped))
		thread_ready(t);
	return 0;
}

err_t thread_method_stop(struct invocation *v)
{
	struct thread *t = v->thread;

	if (t->state == THREAD_READY && !t->stopped)
		sched_remove(t);
	t->stopped = true;
	t->armed = 0;
	return 0;
}

err_t thread_method_interrupt(struct invocation *v)
{
	thread_interrupt(v->thread);
	return 0;
}

/* Badge of the session that it waits at, 0 if it waits for none. */
static u64 waits_for(const struct thread *t)
{
	return t->call_session ? t->call_session->badge : 0;
}

err_t thread_method_times(struct invocation *v)
{
	struct thread *t = v->thread;

	account_settle();
	v->out[0] = t->user_ticks;
	v->out[1] = t->server_ticks;
	v->out[2] = t->busy_since ? t->busy_last - t->busy_since : 0;
	v->out[3] = t->state;
	v->out[4] = waits_for(t);
	v->out[5] = t->switches;
	return 0;
}

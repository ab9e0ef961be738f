/*
 * What a server does with a Reply that it holds: copies through the caller's
 * windows, gives and takes descriptors, reads its registers (trusted), passes it on.
 */
#include "ipc/fault.h"
#include "ipc/window.h"
#include "kernel/cspace.h"
#include "kernel/method.h"
#include "kernel/sched.h"

static err_t reply_held(struct reply *r, bool trusted)
{
	if (r->state == REPLY_DEAD)
		return -ESRCH;
	if (r->state == REPLY_IDLE)
		return -EINVAL;
	if (trusted && (!r->endpoint->trusted || r->caller->call_kind == CALL_NATIVE))
		return -EPERM;
	return 0;
}

static void reply_stopped(struct reply *r, const struct window_copy *w)
{
	if (w->stop != COPY_PAGE)
		return;
	r->stop_access = w->out ? FAULT_WRITE : FAULT_READ;
	r->stop_address = w->stop_address;
	r->stop_len = w->len - w->done;
}

static err_t copy_window(struct invocation *v, bool out)
{
	struct reply *r = (void *)v->object;
	err_t err = reply_held(r, false);
	struct window_copy w = {
		.index = (u32)v->in[0],
		.offset = v->in[1],
		.out = out,
		.aspace = thread_aspace(v->caller),
		.address = v->window,
		.len = v->window_len,
	};

	if (err)
		return err;
	w.caller = r->caller;
	if (v->in[0] > 1
	    || !(w.caller->window[w.index].access & (out ? ACCESS_WRITE : ACCESS_READ)))
		return -EINVAL;
	window_copy(&w);
	reply_stopped(r, &w);
	v->out[0] = w.done;
	v->out[1] = w.stop;
	return 0;
}

err_t reply_method_copy_in(struct invocation *v)
{
	return copy_window(v, false);
}

err_t reply_method_copy_out(struct invocation *v)
{
	return copy_window(v, true);
}

/* From the sent Reply's window into this one's: piece by piece of the source. */
err_t reply_method_copy(struct invocation *v)
{
	struct reply *to = (void *)v->object, *from;
	struct object *o;
	u64 address, array, len = v->in[4] > COPY_MAX ? COPY_MAX : v->in[4];
	err_t err = reply_held(to, false);

	if (err || (err = method_sent(v, OBJECT_REPLY, &o)))
		return err;
	from = (void *)o;
	if ((err = reply_held(from, false)))
		return err;
	if (v->in[0] > 1 || v->in[2] > 1 || !(to->caller->window[v->in[0]].access & ACCESS_WRITE)
	    || !(from->caller->window[v->in[2]].access & ACCESS_READ))
		return -EINVAL;
	v->out[1] = COPY_DONE;
	for (u32 i = 0; v->out[0] < len; i++) {
		struct window_copy w = {
			.caller = to->caller,
			.index = (u32)v->in[0],
			.offset = v->in[1] + v->out[0],
			.out = true,
			.aspace = thread_aspace(from->caller),
		};
		u64 piece = window_piece(from->caller, (u32)v->in[2], v->in[3] + v->out[0],
					 &address, &array);
		if (i == IOVEC_MAX_PER_COPY) {
			v->out[1] = COPY_LIMIT;
			return 0;
		}
		if (!piece) {
			v->out[1] = array ? COPY_PAGE_OTHER : COPY_WINDOW_END;
			from->stop_access = array ? FAULT_READ : 0;
			from->stop_address = array;
			from->stop_len = 16;
			return 0;
		}
		w.address = address;
		w.len = piece < len - v->out[0] ? piece : len - v->out[0];
		window_copy(&w);
		v->out[0] += w.done;
		if (w.stop == COPY_OWN_PAGE) {
			from->stop_access = FAULT_READ;
			from->stop_address = address + w.done;
			from->stop_len = w.len - w.done;
			v->out[1] = COPY_PAGE_OTHER;
			return 0;
		}
		reply_stopped(to, &w);
		if (w.stop != COPY_DONE && w.stop != COPY_LIMIT) {
			v->out[1] = w.stop;
			return 0;
		}
	}
	if (len < v->in[4])
		v->out[1] = COPY_LIMIT;
	return 0;
}

err_t reply_method_window(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	err_t err = reply_held(r, false);

	if (err)
		return err;
	if (v->in[0] > 1)
		return -EINVAL;
	v->out[0] = window_bytes(r->caller, (u32)v->in[0]);
	v->out[1] = r->caller->window[v->in[0]].access;
	return 0;
}

err_t reply_method_give(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	err_t err = reply_held(r, false);
	struct object *o;
	struct slot *s;

	if (err || (err = method_sent(v, OBJECT_SESSION, &o)))
		return err;
	if (r->caller->call_kind != CALL_ROUTED)
		return -EINVAL;
	if (r->ngiven == REPLY_GIVES || !(s = cspace_free_descriptor(thread_cspace(r->caller))))
		return -EMFILE;
	slot_set(s, o, (u8)(SLOT_RESERVED | (v->in[0] & SLOT_CLOEXEC)));
	r->given[r->ngiven++] = s->index;
	r->cap_moved = true;
	v->out[0] = s->index;
	return 0;
}

err_t reply_method_take_back(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	err_t err = reply_held(r, false);

	if (!err)
		reply_settle_gives(r, false);
	return err;
}

/* The session in a descriptor (or fixed slot) of the caller. */
static struct session *caller_session(struct reply *r, u64 n)
{
	struct cspace *c = thread_cspace(r->caller);
	struct object *o = 0;

	if (c && (u32)n >= SLOT_FIXED)
		o = cspace_object(c, (slot_t)n);
	else if (c && cspace_descriptor(c, n))
		o = cspace_descriptor(c, n)->object;
	return o && o->type == OBJECT_SESSION ? (void *)o : 0;
}

err_t reply_method_take(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	const struct thread *c = r->caller;
	bool may = c && c->call_kind == CALL_ROUTED && (c->route_flags & ROUTE_MAY_TAKE);
	err_t err = reply_held(r, !may);
	struct slot *slot;
	struct session *s;

	if (err || (err = method_receive_slot(v, &slot)))
		return err;
	s = caller_session(r, v->in[0]);
	if (!s)
		return -EBADF;
	method_receive(v, slot, &s->object);
	return 0;
}

err_t reply_method_badge(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	err_t err = reply_held(r, true);
	struct session *s;

	if (err)
		return err;
	s = caller_session(r, v->in[0]);
	if (!s)
		return -EBADF;
	if (s->endpoint != r->endpoint)
		return -EXDEV;
	v->out[0] = s->badge;
	return 0;
}

/* Between user memory and a frame; too large for the kernel stack. Under the kernel lock. */
static struct thread_registers regs;

err_t reply_method_read_registers(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	err_t err = reply_held(r, true);

	if (err)
		return err;
	thread_registers_get(r->caller, &regs);
	if (v->window_len < sizeof(regs)
	    || aspace_copy_out(thread_aspace(v->caller), v->window, &regs, sizeof(regs))
		       != sizeof(regs))
		return -EFAULT;
	return 0;
}

err_t reply_method_write_registers(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	err_t err = reply_held(r, true);

	if (err)
		return err;
	if (v->window_len < sizeof(regs)
	    || aspace_copy_in(thread_aspace(v->caller), v->window, &regs, sizeof(regs))
		       != sizeof(regs))
		return -EFAULT;
	thread_registers_set(r->caller, &regs);
	return 0;
}

/* The session to forward through, by own slot or by the caller's descriptor. */
static err_t forward_target(struct invocation *v, struct reply *r, struct session **s)
{
	struct object *o;

	if (v->in[0] == 1) {
		err_t err = reply_held(r, true);
		if (err)
			return err;
		*s = caller_session(r, v->in[1]);
	} else {
		o = cspace_object(thread_cspace(v->caller), (slot_t)v->in[1]);
		*s = o && o->type == OBJECT_SESSION ? (void *)o : 0;
	}
	if (!*s)
		return -EBADF;
	return (*s)->endpoint ? 0 : -EIO;
}

err_t reply_method_forward(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	struct thread *c = r->caller;
	struct object *o = 0;
	struct session *s, *old;
	err_t err = reply_held(r, false);

	if (err || (err = forward_target(v, r, &s)))
		return err;
	if (v->flags & MSG_SEND) {
		o = cspace_object(thread_cspace(v->caller), v->sent);
		if (!o || o->type == OBJECT_REPLY)
			return -EBADF;
	}
	/* commit */
	reply_settle_gives(r, false);
	reply_unbind(r);
	old = c->call_session;
	session_use(s);
	c->call_session = s;
	session_release(old);
	if (o)
		slot_set(&c->carried, o, 0);
	if (c->call_kind == CALL_NATIVE) {
		c->forwarded = true;
		for (u32 i = 0; i < 4; i++)
			c->native_words[i] = v->in[2 + i];
		c->native_words[4] = 0;
	}
	if (c->marked && (c->call_kind == CALL_NATIVE || c->call_kind == CALL_ROUTED))
		call_again(c);
	else
		endpoint_post(c);
	return 0;
}

err_t reply_method_call(struct invocation *v)
{
	struct reply *r = (void *)v->object;
	struct thread *t = v->caller;
	err_t err = reply_held(r, true);
	struct session *s;

	if (err)
		return err;
	s = caller_session(r, v->in[0]);
	if (!s)
		return -EBADF;
	if (!s->endpoint)
		return -EIO;
	if (s->endpoint->rank >= t->rank)
		return -EDEADLK;
	t->native_words[0] = (u64)(s64)(s32)v->in[1];
	for (u32 i = 0; i < 4; i++)
		t->native_words[1 + i] = v->in[2 + i];
	t->call_kind = CALL_NATIVE;
	t->forwarded = true;
	window_native(t, 0, 0);
	endpoint_send(t, s);
	return METHOD_DONE;
}

static err_t copy_memory(struct invocation *v, bool write)
{
	struct reply *r = (void *)v->object;
	err_t err = reply_held(r, true);
	struct user_place own = {thread_aspace(v->caller), v->window}, user;
	u64 len = v->window_len > COPY_MAX ? COPY_MAX : v->window_len;
	bool at_source;

	if (err)
		return err;
	len = window_range(r->caller, v->in[0], len);
	user = (struct user_place){thread_aspace(r->caller), v->in[0]};
	v->out[0] = write ? aspace_copy(user, own, len, &at_source)
			  : aspace_copy(own, user, len, &at_source);
	if (v->out[0] < len && at_source != write) {
		r->stop_access = write ? FAULT_WRITE : FAULT_READ;
		r->stop_address = v->in[0] + v->out[0];
		r->stop_len = len - v->out[0];
	}
	return 0;
}

err_t reply_method_read_memory(struct invocation *v)
{
	return copy_memory(v, false);
}

err_t reply_method_write_memory(struct invocation *v)
{
	return copy_memory(v, true);
}

err_t reply_method_clear(struct invocation *v)
{
	struct reply *r = (void *)v->object;

	if (r->state != REPLY_DEAD)
		return -EINVAL;
	reply_unbind(r);
	return 0;
}

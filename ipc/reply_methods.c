/*
 * What a server does with a Reply that it holds: copies through the caller's
 * windows, gives and takes descriptors, reads its registers (trusted), passes it on.
 */
#include "ipc/window.h"
#include "kernel/cspace.h"
#include "kernel/method.h"

#define BIT(label) (1u << ((label)&0xff))
/* What only a trusted holder of a program's call or fault may do. */
#define TRUSTED                                                                                 \
	(BIT(REPLY_BADGE) | BIT(REPLY_READ_REGISTERS) | BIT(REPLY_WRITE_REGISTERS)              \
	 | BIT(REPLY_CALL) | BIT(REPLY_READ_MEMORY) | BIT(REPLY_WRITE_MEMORY) | BIT(REPLY_PUSH) \
	 | BIT(REPLY_POP))

static bool trusted(const struct reply *r)
{
	return r->endpoint->trusted && r->caller->call_kind != CALL_NATIVE;
}

/* Every method but clear finds a Reply whose caller waits. */
err_t reply_invoke(struct invocation *v, method_fn *fn)
{
	const struct reply *r = v->reply;
	enum method label = method_label(v);

	if (label == REPLY_CLEAR)
		return r->state == REPLY_DEAD ? fn(v) : -EINVAL;
	if (reply_bound(r))
		return reply_bound(r);
	return (TRUSTED & BIT(label)) && !trusted(r) ? -EPERM : fn(v);
}

/* The page that a RETRY is to fault in. */
static void stopped_at(struct reply *r, enum fault_cause access, u64 address, u64 len)
{
	r->stop_access = (u8)access;
	r->stop_address = address;
	r->stop_len = len;
}

void reply_stopped(struct reply *r, const struct window_copy *w)
{
	if (w->stop == COPY_PAGE)
		stopped_at(r, w->out ? FAULT_WRITE : FAULT_READ, w->stop_address, w->len - w->done);
}

/* The usual case of copy_window: all of it in one go, or nothing is settled. */
static bool copy_plain(struct invocation *v, bool out)
{
	struct thread *c = v->reply->caller;
	u64 len = v->window_len;
	struct user_place own = {thread_aspace(v->caller), v->window};
	struct user_place user = {
		thread_aspace(c),
		window_plain(c, (u32)v->in[0], out ? ACCESS_WRITE : ACCESS_READ, v->in[1], len)};
	bool at_source;

	if (!user.va
	    || (out ? aspace_copy(user, own, len, &at_source)
		    : aspace_copy(own, user, len, &at_source))
		       != len)
		return false;
	v->out[0] = len; /* out[1]: COPY_DONE */
	return true;
}

err_t reply_method_copy_window(struct invocation *v)
{
	bool out = method_label(v) == REPLY_COPY_OUT;
	struct reply *r = v->reply;
	struct window_copy w = {
		.caller = r->caller,
		.index = (u32)v->in[0],
		.offset = v->in[1],
		.out = out,
		.aspace = thread_aspace(v->caller),
		.address = v->window,
		.len = v->window_len,
	};

	if (v->in[0] > 1)
		return -EINVAL;
	if (copy_plain(v, out))
		return 0;
	if (!(window_of(w.caller, w.index)->access & (out ? ACCESS_WRITE : ACCESS_READ)))
		return -EINVAL;
	window_copy(&w);
	reply_stopped(r, &w);
	v->out[0] = w.done;
	v->out[1] = w.stop;
	return 0;
}

/* From the sent Reply's window into this one's: piece by piece of the source. */
err_t reply_method_copy(struct invocation *v)
{
	u64 address, array, len = v->in[4] > COPY_MAX ? COPY_MAX : v->in[4];
	err_t err;
	struct reply *to = v->reply, *from = method_sent(v, OBJECT_REPLY, &err);

	if (!from)
		return err;
	err = reply_bound(from);
	if (err)
		return err;
	if (v->in[0] > 1 || v->in[2] > 1)
		return -EINVAL;
	if (!(window_of(to->caller, (u32)v->in[0])->access & ACCESS_WRITE)
	    || !(window_of(from->caller, (u32)v->in[2])->access & ACCESS_READ))
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
			stopped_at(from, array ? FAULT_READ : 0, array, 16);
			return 0;
		}
		w.address = address;
		w.len = piece < len - v->out[0] ? piece : len - v->out[0];
		window_copy(&w);
		v->out[0] += w.done;
		if (w.stop == COPY_OWN_PAGE) {
			stopped_at(from, FAULT_READ, address + w.done, w.len - w.done);
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
	struct reply *r = v->reply;

	if (v->in[0] > 1)
		return -EINVAL;
	v->out[0] = window_bytes(r->caller, (u32)v->in[0]);
	v->out[1] = window_of(r->caller, (u32)v->in[0])->access;
	return 0;
}

err_t reply_method_give(struct invocation *v)
{
	struct reply *r = v->reply;
	struct slot *s;
	err_t err;
	struct object *o = method_sent(v, OBJECT_SESSION, &err);

	if (!o)
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
	reply_settle_gives(v->reply, false);
	return 0;
}

/* The session in a descriptor (or fixed slot) of the caller. */
static struct session *caller_session(struct reply *r, u64 n)
{
	struct cspace *c = thread_cspace(r->caller);

	if (!c || ((u32)n >= c->limit && (u32)n < SLOT_FIXED))
		return 0;
	return cspace_named(c, (slot_t)n, OBJECT_SESSION);
}

err_t reply_method_take(struct invocation *v)
{
	struct reply *r = v->reply;
	const struct thread *c = r->caller;
	bool may = c->call_kind == CALL_ROUTED && (c->route_flags & ROUTE_MAY_TAKE);
	struct slot *slot;
	struct session *s;
	err_t err = may || trusted(r) ? method_receive_slot(v, &slot) : -EPERM;

	if (err)
		return err;
	s = caller_session(r, v->in[0]);
	if (!s)
		return -EBADF;
	method_receive(v, slot, &s->object);
	return 0;
}

err_t reply_method_badge(struct invocation *v)
{
	struct reply *r = v->reply;
	struct session *s = caller_session(r, v->in[0]);

	if (!s)
		return -EBADF;
	if (s->endpoint != r->endpoint)
		return -EXDEV;
	v->out[0] = s->badge;
	return 0;
}

err_t reply_method_registers(struct invocation *v)
{
	return thread_registers_copy(v->reply->caller, v, method_label(v) == REPLY_WRITE_REGISTERS);
}

/* The session to forward through, by own slot, by the caller's descriptor or by its route. */
static err_t forward_target(struct invocation *v, struct reply *r, struct session **s)
{
	if (v->in[0] == 1) {
		if (!trusted(r))
			return -EPERM;
		*s = caller_session(r, v->in[1]);
	} else if (v->in[0] == 2) {
		*s = route_other(r->caller);
	} else {
		*s = cspace_named(thread_cspace(v->caller), (slot_t)v->in[1], OBJECT_SESSION);
	}
	return !*s ? -EBADF : (*s)->endpoint ? 0 : -EIO;
}

err_t reply_method_forward(struct invocation *v)
{
	struct reply *r = v->reply;
	struct thread *c = r->caller;
	struct object *o = 0;
	struct session *s, *old;
	err_t err = forward_target(v, r, &s);

	if (err)
		return err;
	if (method_flags(v) & MSG_SEND) {
		o = cspace_object(thread_cspace(v->caller), method_sent_slot(v));
		if (!o || o->type == OBJECT_REPLY)
			return -EBADF;
	}
	/* commit */
	reply_settle_gives(r, false);
	reply_unbind(r);
	old = c->call_session;
	s->object.uses++;
	c->call_session = s;
	session_release(old);
	if (o)
		slot_set(&c->carried, o, 0);
	if (c->call_kind == CALL_NATIVE) {
		window_of(c, 0); /* as the caller gave it */
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
	struct reply *r = v->reply;
	struct thread *t = v->caller;
	struct session *s = caller_session(r, v->in[0]);

	if (!s)
		return -EBADF;
	if (!s->endpoint)
		return -EIO;
	if (s->endpoint->rank >= t->rank)
		return -EDEADLK;
	t->native_words[0] = (u64)(s64)(s32)v->in[1];
	for (u32 i = 0; i < 4; i++)
		t->native_words[1 + i] = v->in[2 + i];
	call_begin(t, CALL_NATIVE);
	t->forwarded = true;
	endpoint_send(t, s);
	return METHOD_DONE;
}

err_t reply_method_copy_memory(struct invocation *v)
{
	bool write = method_label(v) == REPLY_WRITE_MEMORY, at_source;
	struct reply *r = v->reply;
	struct user_place own = {thread_aspace(v->caller), v->window};
	struct user_place user = {thread_aspace(r->caller), v->in[0]};
	u64 most = v->window_len > COPY_MAX ? COPY_MAX : v->window_len;
	u64 len = window_range(r->caller, v->in[0], most);

	v->out[0] = write ? aspace_copy(user, own, len, &at_source)
			  : aspace_copy(own, user, len, &at_source);
	if (v->out[0] < len && at_source != write)
		stopped_at(r, write ? FAULT_WRITE : FAULT_READ, v->in[0] + v->out[0],
			   len - v->out[0]);
	return 0;
}

err_t reply_method_clear(struct invocation *v)
{
	reply_unbind(v->reply);
	return 0;
}

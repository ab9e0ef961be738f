/*
 * The five system calls: call, reply, recv, reply_recv (yield is the
 * scheduler's).  Fetch, validate all, the commit line, act.
 */
#include "ipc/abi/message.h"
#include "ipc/fault.h"
#include "ipc/window.h"
#include "kernel/cspace.h"
#include "kernel/memory.h"
#include "kernel/sched.h"
#include "kernel/trap.h"

static void call_error(struct thread *t, err_t error)
{
	t->frame.t0 = (u64)(s64)error;
	t->frame.t3 = ~0ull;
}

static void pass(struct slot *to, struct slot *from, u32 flags)
{
	if (flags & MSG_MOVE)
		slot_move(to, from);
	else
		slot_set(to, from->object, 0);
}

/* The capability that goes along is kept in the thread until it is delivered. */
static err_t carry(struct thread *t, u32 flags, slot_t n)
{
	struct object *o;

	if (!(flags & MSG_SEND))
		return 0;
	o = cspace_object(thread_cspace(t), n);
	if (!o || o->type == OBJECT_REPLY)
		return -EBADF;
	pass(&t->carried, cspace_find(thread_cspace(t), n), flags);
	return 0;
}

/* What it does not keep is zero even if nothing is sent: the fast path may have looked at it. */
static void call_session(struct thread *t, struct session *s)
{
	u32 flags = (u32)(t->frame.t0 >> 32);
	err_t err = 0;

	if (s->object.dead || !s->endpoint)
		err = -EIO;
	else if (s->endpoint->rank >= t->rank)
		err = -EDEADLK;
	else
		err = carry(t, flags, (slot_t)t->frame.t3);
	if (err) {
		reply_native(t, err, 0, SLOT_NONE);
		return;
	}
	call_begin(t, CALL_NATIVE);
	endpoint_send(t, s);
}

void message_call(struct thread *t)
{
	struct slot *s = cspace_find(thread_cspace(t), (slot_t)t->frame.a6);
	struct object *o = s && !(s->flags & SLOT_RESERVED) ? s->object : 0;

	if (!o)
		call_error(t, -EBADF);
	else if (o->type == OBJECT_SESSION)
		call_session(t, (struct session *)(void *)o);
	else if (o->dead)
		call_error(t, -ESRCH);
	else
		method_invoke(t, o);
}

/* --- Replying ------------------------------------------------------------- */

/* The slot that t sends, if its capability may be sent. */
static inline struct slot *sendable(struct thread *t)
{
	struct slot *s = cspace_find(thread_cspace(t), (slot_t)t->frame.t3);
	const struct object *o = s ? s->object : 0;

	return o && !o->dead && o->type != OBJECT_REPLY && !(s->flags & SLOT_RESERVED) ? s : 0;
}

static u8 cloexec_wanted(const struct thread *c)
{
	return c->route_cap < 6 && c->frame.a[c->route_cap] & ROUTE_O_CLOEXEC ? SLOT_CLOEXEC : 0;
}

/* MSG_MINT: its descriptor, or an error. */
static s64 reply_session(struct thread *r, struct reply *p)
{
	struct thread *c = p->caller;
	struct slot *to;
	struct session *s;

	if ((r->frame.t0 >> 32 & ~(u64)MSG_RECEIVE) != MSG_MINT || c->call_kind != CALL_ROUTED
	    || c->route_flags & ROUTE_CAP_FIXED)
		return -EINVAL;
	to = cspace_free_descriptor(thread_cspace(c));
	if (!to)
		return -EMFILE;
	s = session_make(p->endpoint, r->frame.t6);
	if (!s)
		return -ENOMEM;
	slot_set(to, &s->object, cloexec_wanted(c));
	return to->index;
}

/* A capability of the reply goes to the caller: its slot or descriptor, or an error. */
static s64 reply_capability(struct slot *from, struct thread *c, u32 flags)
{
	struct cspace *to = thread_cspace(c);
	struct slot *s;
	bool fixed = c->call_kind == CALL_ROUTED && (c->route_flags & ROUTE_CAP_FIXED);
	u8 cloexec = 0;

	if (!from || !to)
		return -EBADF;
	if (fixed) {
		s = c->route_cap < SLOTS_FIXED ? &to->fixed[c->route_cap] : 0;
		if (s == from)
			return 0; /* a space that two threads share: it is there */
		if (s && s->object)
			slot_clear(s);
	} else if (c->call_kind == CALL_ROUTED) {
		s = cspace_free_descriptor(to);
		cloexec = cloexec_wanted(c);
	} else {
		if (c->call_kind != CALL_NATIVE || !((c->frame.t0 >> 32) & MSG_RECEIVE))
			return -EINVAL;
		s = cspace_free_slot(to, (slot_t)(c->frame.t3 >> 32));
	}
	if (!s)
		return -EMFILE;
	pass(s, from, flags);
	s->flags = cloexec;
	return fixed ? 0 : s->index;
}

/* Copy into the caller's first out window; *done bytes, 0 or the error. */
static err_t reply_copy(struct thread *r, struct reply *p, u64 word[2])
{
	s32 i = window_first(p->caller, ACCESS_WRITE);
	struct window_copy w = {
		.caller = p->caller,
		.index = (u32)i,
		.out = true,
		.aspace = thread_aspace(r),
		.address = r->frame.t5,
		.len = r->frame.t6,
	};

	if (!w.len)
		return 0;
	if (i < 0)
		return -EFAULT;
	window_copy(&w);
	word[0] = w.done;
	word[1] = w.stop;
	if (w.stop == COPY_PAGE)
		reply_stopped(p, &w);
	return w.stop == COPY_DONE ? 0 : -EFAULT;
}

static err_t reply_map(struct thread *r, struct reply *p)
{
	struct memory *m = cspace_named(thread_cspace(r), (slot_t)r->frame.t3, OBJECT_MEMORY);
	struct trap_frame *f = &r->frame;

	if (!m || !p->endpoint->trusted
	    || (p->caller->call_kind != CALL_PAGER && p->caller->call_kind != CALL_HANDLER))
		return -EPERM;
	if (!thread_aspace(p->caller))
		return -ESRCH;
	if (!f->a2 || f->a2 > MAP_RUN_MAX || !memory_covers(m, f->a1, f->a2))
		return -EINVAL;
	return aspace_map_run(thread_aspace(p->caller), f->a0, f->a1, f->a2, (u32)f->a3);
}

/* Into the first out window, if nothing is the matter with it: 0, a native caller's slot none. */
static s64 copy_plain(struct thread *caller, struct thread *server, u64 from, u64 len)
{
	bool native = caller->call_kind == CALL_NATIVE;
	u32 i = !native && !(caller->spec[0].access & ACCESS_WRITE);
	struct user_place to = {thread_aspace(caller),
				window_plain(caller, i, ACCESS_WRITE, 0, len)};
	struct user_place own = {thread_aspace(server), from};
	bool at_source;

	if (!to.va || aspace_copy(to, own, len, &at_source) != len)
		return -EFAULT;
	return native ? SLOT_NONE : 0;
}

/* Replacing a capability changes what the fast path has looked at: what waits at the endpoint. */
static bool replaces(const struct thread *c)
{
	const struct cspace *to = thread_cspace(c);

	return !to
	       || (c->route_flags & ROUTE_CAP_FIXED && c->route_cap < SLOTS_FIXED
		   && to->fixed[c->route_cap].object);
}

/* To a native caller or receiver: the slot there, or -2. */
static inline s64 give(struct slot *from, const struct thread *r, u32 flags)
{
	struct cspace *to = (void *)r->cspace_slot.object; /* looked at there */
	struct slot *s = 0;

	if ((u32)(r->frame.t0 >> 32) & MSG_RECEIVE)
		s = cspace_free_slot(to, (slot_t)(r->frame.t3 >> 32));
	if (!s)
		return -2;
	pass(s, from, flags);
	s->flags = 0;
	return s->index;
}

s64 trap_reply_action(struct thread *server, struct reply *p)
{
	const struct trap_frame *f = &server->frame;
	u32 flags = (u32)(f->t0 >> 32) & ~(u32)MSG_RECEIVE;
	enum call_kind kind = p->caller->call_kind;
	struct slot *from;

	if (flags == MSG_COPY && (kind == CALL_ROUTED || kind == CALL_NATIVE))
		return copy_plain(p->caller, server, f->t5, f->t6);
	if (flags == MSG_MAP && kind == CALL_PAGER)
		return reply_map(server, p);
	if (flags & MSG_MINT)
		return reply_session(server, p);
	from = (flags & ~(u32)MSG_MOVE) == MSG_SEND ? sendable(server) : 0;
	/* nor may it be what has been looked at: what the server serves, or the call's session */
	if (!from || from->object->type == OBJECT_ENDPOINT
	    || from->object == &p->caller->call_session->object)
		return -EINVAL;
	if (kind == CALL_NATIVE)
		return give(from, p->caller, flags);
	return kind == CALL_ROUTED && !replaces(p->caller)
		       ? reply_capability(from, p->caller, flags)
		       : -EINVAL;
}

s64 trap_send(struct thread *t, struct thread *r)
{
	u32 flags = (u32)(t->frame.t0 >> 32);
	struct slot *from;

	if (!(flags & MSG_SEND))
		return -1;
	from = sendable(t);
	return from ? give(from, r, flags) : -2;
}

static void reply_retry(struct reply *p)
{
	struct thread *c = p->caller;
	enum call_kind kind = c->call_kind;
	enum fault_cause cause = p->stop_access;
	u64 address = p->stop_address, len = p->stop_len;

	reply_settle_gives(p, false);
	if (!cause) {
		reply_end(p, -EFAULT, 0, SLOT_NONE);
		return;
	}
	reply_unbind(p);
	call_finish(c);
	fault_retry(c, kind, cause, address, len);
}

/* The Reply that r answers, or 0. */
static struct reply *reply_named(struct thread *r, err_t *err)
{
	struct reply *p = cspace_named(thread_cspace(r), (slot_t)r->frame.t1, OBJECT_REPLY);

	*err = p ? reply_bound(p) : -EBADF;
	return *err ? 0 : p;
}

/* Everything that may fail; word[0..1] tell of the copy, *slot of the capability. */
static err_t reply_actions(struct thread *r, struct reply *p, u64 word[2], s64 *slot)
{
	u32 flags = (u32)(r->frame.t0 >> 32);
	err_t err = 0;

	*slot = SLOT_NONE;
	if ((flags & (MSG_COPY | MSG_ALSO)) == MSG_COPY)
		err = reply_copy(r, p, word);
	if (!err && (flags & MSG_MAP))
		err = reply_map(r, p);
	if (!err && (flags & (MSG_SEND | MSG_MINT))) {
		*slot = flags & MSG_MINT ? reply_session(r, p)
					 : reply_capability(sendable(r), p->caller, flags);
		err = *slot < 0 ? (err_t)*slot : 0;
	}
	return err;
}

static err_t reply_do(struct thread *r, u64 word[2])
{
	s32 label = (s32)r->frame.t0;
	u32 flags = (u32)(r->frame.t0 >> 32);
	s64 slot = SLOT_NONE;
	err_t err;
	struct reply *p = reply_named(r, &err), *second = 0;
	u64 answer[6];

	if (p && flags & MSG_ALSO)
		second = reply_second(r, p, &err);
	if (!err && label != -ERETRY)
		err = reply_actions(r, p, word, &slot);
	if (err)
		return err;
	/* commit */
	for (u32 i = 0; i < 6; i++)
		answer[i] = r->frame.a[i];
	if (slot != SLOT_NONE && p->caller->call_kind == CALL_ROUTED)
		answer[0] = (u64)slot;
	if (label == -ERETRY)
		reply_retry(p);
	else
		reply_end(p, label, answer, (slot_t)slot);
	if (second)
		reply_end(second, 0, (const u64[6]){r->frame.t6}, SLOT_NONE);
	return 0;
}

void message_reply(struct thread *t)
{
	u64 word[2] = {0, 0};
	err_t err = thread_cspace(t) ? reply_do(t, word) : -EBADF;

	t->frame.t0 = (u64)(s64)err;
	t->frame.a0 = word[0];
	t->frame.a1 = word[1];
}

void message_recv(struct thread *t)
{
	struct cspace *c = thread_cspace(t);
	struct object *o = c ? cspace_object(c, (slot_t)t->frame.a6) : 0;
	struct notification *n = (void *)o;

	t->busy_since = 0;
	if (o && o->type == OBJECT_ENDPOINT) {
		endpoint_receive(t, (struct endpoint *)(void *)o, (slot_t)t->frame.a6);
	} else if (o && o->type == OBJECT_NOTIFICATION && !n->waiter) {
		if (n->bits) {
			deliver_bits(t, n);
			return;
		}
		n->waiter = t;
		t->awaited = n;
		t->state = THREAD_RECEIVING;
	} else {
		deliver_error(t, o ? -EBUSY : -EBADF);
	}
}

void message_reply_recv(struct thread *t)
{
	u64 word[2] = {0, 0};
	err_t err = thread_cspace(t) ? reply_do(t, word) : -EBADF;

	if (err) {
		deliver_error(t, err);
		t->frame.t0 = KIND_FAILED;
		t->frame.a0 = word[0];
		t->frame.a1 = word[1];
		return;
	}
	message_recv(t);
}

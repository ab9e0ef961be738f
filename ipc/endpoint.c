/*
 * Endpoints: queues of callers and notices, and who gets the next message.
 * Callers are first in, first out; notices and notification bits come before
 * them, at most once between two callers.
 */
#include "ipc/endpoint.h"
#include "kernel/cspace.h"
#include "kernel/method.h"
#include "kernel/pool.h"
#include "kernel/print.h"
#include "kernel/sched.h"

void endpoint_pending(struct endpoint *e)
{
	const struct notification *n = e->server ? e->server->notification : 0;

	e->pending = e->senders || e->notices || (n && n->bits);
}

static void sender_append(struct endpoint *e, struct thread *t)
{
	e->pending = true;
	t->next = 0;
	t->prev = e->senders_tail;
	if (e->senders_tail)
		e->senders_tail->next = t;
	else
		e->senders = t;
	e->senders_tail = t;
	t->queue = e;
}

static void sender_remove(struct endpoint *e, struct thread *t)
{
	if (t->prev)
		t->prev->next = t->next;
	else
		e->senders = t->next;
	if (t->next)
		t->next->prev = t->prev;
	else
		e->senders_tail = t->prev;
	t->next = t->prev = 0;
	t->queue = 0;
	endpoint_pending(e);
}

/* The idle Reply that a receiver named, or 0: then it takes only notices. */
static struct reply *receiver_reply(struct thread *r)
{
	slot_t n = (slot_t)r->frame.t2;
	struct reply *p = n == SLOT_NONE ? 0 : cspace_named(thread_cspace(r), n, OBJECT_REPLY);

	if (!p || p->state != REPLY_IDLE)
		return 0;
	p->slot = n;
	return p;
}

void endpoint_post(struct thread *t)
{
	struct endpoint *e = t->call_session->endpoint;
	struct thread *r;
	struct reply *p;

	if (!e) {
		call_complete(t, -EIO, 0, SLOT_NONE);
		return;
	}
	r = e->receiver;
	p = !r ? 0 : r->armed ? r->armed : receiver_reply(r);
	if (p) {
		e->receiver = 0;
		e->notice_last = false;
		deliver_call(r, p, t);
		thread_ready(r);
		return;
	}
	t->state = THREAD_SENDING;
	sender_append(e, t);
}

void endpoint_send(struct thread *t, struct session *s)
{
	s->object.uses++;
	t->call_session = s;
	endpoint_post(t);
}

void call_finish(struct thread *t)
{
	struct session *s = t->call_session;

	if (t->carried.object)
		slot_clear(&t->carried);
	t->call_kind = CALL_NONE;
	t->call_session = 0;
	t->forwarded = false;
	if (s)
		session_release(s);
}

/* A capability that was moved into the message lies in its slot again, if that is free. */
static void carried_return(struct thread *t)
{
	bool moved = t->call_kind == CALL_NATIVE && !t->forwarded && (t->frame.t0 >> 32 & MSG_MOVE);
	struct slot *s = moved ? cspace_slot(thread_cspace(t), (slot_t)t->frame.t3) : 0;

	if (s && !s->object && t->carried.object)
		slot_move(s, &t->carried);
}

void call_again(struct thread *t)
{
	carried_return(t);
	if (t->call_kind == CALL_NATIVE) { /* its registers were not kept: its stub repeats it */
		call_complete(t, -ERESTARTNOINTR, 0, SLOT_NONE);
		return;
	}
	call_finish(t);
	t->frame.pc -= 4;
	thread_ready(t);
}

void endpoint_withdraw(struct thread *t)
{
	ASSERT(t->state == THREAD_SENDING);
	sender_remove(t->queue, t);
}

void endpoint_notice(struct endpoint *e, struct notice *n, enum message_kind kind)
{
	struct thread *r = e->receiver;
	bool queued = n->kind;

	n->kind = (u8)kind;
	if (queued)
		return;
	if (r) {
		e->receiver = 0;
		e->notice_last = true;
		deliver_notice(r, n);
		thread_ready(r);
		return;
	}
	n->next = 0;
	if (e->notices_tail)
		e->notices_tail->next = n;
	else
		e->notices = n;
	e->notices_tail = n;
	e->pending = true;
}

void endpoint_notice_drop(struct endpoint *e, struct notice *n)
{
	struct notice **p = &e->notices, *before = 0;

	if (!n->kind)
		return;
	while (*p && *p != n) {
		before = *p;
		p = &(*p)->next;
	}
	ASSERT(*p == n);
	*p = n->next;
	if (e->notices_tail == n)
		e->notices_tail = before;
	n->kind = 0;
	endpoint_pending(e);
}

static bool receive_notice(struct thread *r, struct endpoint *e)
{
	struct notice *n = e->notices;

	if (r->notification && r->notification->bits) {
		deliver_bits(r, r->notification);
		endpoint_pending(e);
	} else if (n) {
		e->notices = n->next;
		if (!e->notices)
			e->notices_tail = 0;
		endpoint_pending(e);
		deliver_notice(r, n);
	} else {
		return false;
	}
	e->notice_last = true;
	return true;
}

static bool receive_call(struct thread *r, struct endpoint *e)
{
	struct reply *p = e->senders ? receiver_reply(r) : 0;
	struct thread *t = e->senders;

	if (!p)
		return false;
	sender_remove(e, t);
	deliver_call(r, p, t);
	e->notice_last = false;
	return true;
}

void endpoint_unknown(struct endpoint *e)
{
	if (e->server)
		e->server->serves = 0;
	if (e->receiver)
		e->receiver->armed = 0;
	e->server = 0;
}

/* r is the server of e from now on, and named it by slot n. */
static void serve(struct thread *r, struct endpoint *e, slot_t n)
{
	if (r->endpoint_slot.object != &e->object) {
		slot_clear(&r->endpoint_slot);
		slot_set(&r->endpoint_slot, &e->object, 0);
	}
	if (e->server != r) {
		endpoint_unknown(e);
		e->last = 0;
		e->server = r;
		endpoint_pending(e);
	}
	r->serves = e;
	r->receives = n;
	r->rank = e->rank;
}

/* The next caller may be delivered without a look at r's slots. */
static struct reply *receiver_arm(struct thread *r, struct endpoint *e)
{
	struct reply *p = r->rare ? 0 : receiver_reply(r);

	return p && p->endpoint == e ? p : 0;
}

void endpoint_receive(struct thread *r, struct endpoint *e, slot_t n)
{
	bool turn = e->notice_last;

	if (e->receiver) {
		deliver_error(r, -EBUSY);
		return;
	}
	serve(r, e, n);
	if (turn && receive_call(r, e))
		return;
	if (receive_notice(r, e))
		return;
	if (!turn && receive_call(r, e))
		return;
	e->receiver = r;
	r->armed = receiver_arm(r, e);
	r->state = THREAD_RECEIVING;
}

/* One step of emptying: false when nothing is left. */
static bool destroy_step(struct endpoint *e, u64 *given_up)
{
	if (e->senders) {
		struct thread *t = e->senders;
		sender_remove(e, t);
		call_complete(t, -EIO, 0, SLOT_NONE);
		++*given_up;
	} else if (e->replies) {
		struct reply *p = reply_of_link(e->replies);
		*given_up += p->caller != 0;
		reply_end(p, -EIO, 0, SLOT_NONE);
		reply_unlink(p);
	} else if (e->sessions) {
		struct session *s = session_of_link(e->sessions);
		endpoint_notice_drop(e, &s->notice);
		session_kill(s);
	} else {
		return false;
	}
	return true;
}

static void receiver_wake(struct endpoint *e)
{
	struct thread *r = e->receiver;

	e->receiver = 0;
	if (!r)
		return;
	deliver_error(r, -ESRCH);
	thread_ready(r);
}

err_t endpoint_destroy(struct endpoint *e)
{
	u64 given_up = 0;

	endpoint_unknown(e); /* nobody waits at it any more */
	receiver_wake(e);
	for (u32 i = 0; i < METHOD_CHUNK; i++)
		if (!destroy_step(e, &given_up))
			return 0;
	return METHOD_AGAIN;
}

err_t endpoint_method_mint(struct invocation *v)
{
	struct session *s;
	struct slot *slot;
	err_t err = method_receive_slot(v, &slot);

	if (err)
		return err;
	s = session_make(v->endpoint, v->in[0]);
	if (!s)
		return -ENOMEM;
	s->no_closed = v->in[1] & SESSION_NO_CLOSED;
	method_receive(v, slot, &s->object);
	return 0;
}

/* A received call after its server's death: again if it repeats safely, else EIO. */
static void restart_reply(struct endpoint *e, struct reply *p, u64 *given_up)
{
	struct thread *t = p->caller;
	bool again = p->state == REPLY_BOUND && t->call_kind == CALL_ROUTED
		     && (t->route_flags & ROUTE_REPEATS) && !p->cap_moved;

	if (again && e->last == p)
		again = ++t->deaths < 2;
	if (!again) {
		*given_up += t != 0;
		reply_end(p, -EIO, 0, SLOT_NONE);
		reply_unlink(p);
		return;
	}
	reply_settle_gives(p, false);
	reply_unbind(p);
	reply_unlink(p);
	if (t->marked) { /* the interrupted message died with the server */
		call_again(t);
		return;
	}
	t->state = THREAD_SENDING;
	sender_append(e, t);
}

static bool restart_step(struct endpoint *e, enum restart_mode mode, u64 *given_up)
{
	if (mode == RESTART_FAIL)
		return destroy_step(e, given_up);
	if (!e->replies)
		return false;
	restart_reply(e, reply_of_link(e->replies), given_up);
	return true;
}

err_t endpoint_method_restart(struct invocation *v)
{
	struct endpoint *e = v->endpoint;

	if (v->in[0] > RESTART_FAIL)
		return -EINVAL;
	receiver_wake(e);
	v->out[1] = v->in[1];
	for (u32 i = 0; i < METHOD_CHUNK; i++)
		if (!restart_step(e, (enum restart_mode)v->in[0], &v->out[1]))
			return 0;
	v->in[1] = v->out[1];
	return METHOD_AGAIN;
}

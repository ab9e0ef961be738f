/*
 * The usual reply_recv and recv of a server in the kernel, with fewer steps than ipc/ takes.
 *
 * The one idea: as on the fast path, what a server says each time is remembered (its endpoint,
 * the Reply that received last), and anything rare is left to the slow path untouched.
 */
#include "arch_placed.h"
#include "ipc/abi/message.h"
#include "ipc/endpoint.h"
#include "kernel/cspace.h"
#include "kernel/sched.h"
#include "kernel/trap.h"
#include "placed/placed.h"

#define PASSES (MSG_ALSO | MSG_COPY | MSG_PASS)
#define FLAGS(frame) ((u32)((frame)->t0 >> 32) & ~(u32)MSG_RECEIVE)

/* The Reply that t names for the next message, if it has received by it before and nothing waits at
 * its endpoint. */
static struct reply *usual_reply(const struct thread *t)
{
	const struct endpoint *e = t->serves;
	struct reply *r = e ? e->last : 0;
	slot_t n = (slot_t)t->frame.t2;

	if (!e || e->pending || t->rare || t->receives != (slot_t)t->frame.a6)
		return 0;
	if (!r || r->slot != n)
		r = cspace_named(thread_cspace(t), n, OBJECT_REPLY);
	return r && r->endpoint == e ? r : 0;
}

static void wait_here(struct thread *t, struct reply *r)
{
	t->serves->receiver = t;
	t->armed = r;
	t->call = 0;
	t->state = THREAD_RECEIVING;
	t->busy_since = 0;
}

bool placed_recv(struct thread *t)
{
	struct reply *r = usual_reply(t);

	if (!r || r->bound)
		return false;
	wait_here(t, r);
	return true;
}

/* Of a routed call, which goes on. */
static void answer_routed(struct reply *r, struct thread *c, s64 result)
{
	r->bound = REPLY_IDLE;
	r->caller = 0;
	c->reply = 0;
	c->call_session->object.uses--;
	c->call_session = 0;
	c->call = 0;
	c->frame.a0 = (u64)result;
	c->in_call = true;
	thread_ready(c);
}

bool placed_reply_recv(struct thread *t)
{
	const struct trap_frame *f = &t->frame;
	struct reply *r = f->t1 == f->t2 ? usual_reply(t) : 0;
	struct thread *c = r ? r->caller : 0;
	s32 label = (s32)f->t0;
	s64 done = SLOT_NONE, result = label < 0 ? label : (s64)f->a0;
	struct reply *second = 0;
	err_t err;
	bool routed = c && c->call_kind == CALL_ROUTED;

	if (!c || r->bound != REPLY_BOUND || r->notice.kind || c->carried.object
	    || c->call_session->object.uses < 2 || label < (routed ? -ERROR_MOST : 0))
		return false;
	if (FLAGS(f) & MSG_ALSO) {
		second = FLAGS(f) & ~(u32)PASSES ? 0 : reply_second(t, r, &err);
		if (!second || err)
			return false;
	} else if (FLAGS(f)) {
		done = label < 0 ? -EINVAL : trap_reply_action(t, r);
		if (done < 0)
			return false;
		if (FLAGS(f) & (MSG_SEND | MSG_MINT))
			result = done;
		else
			done = SLOT_NONE;
	}
	/* commit */
	if (routed)
		answer_routed(r, c, result);
	else
		reply_end(r, label, f->a, (slot_t)done);
	if (second)
		reply_end(second, 0, (const u64[6]){f->t6}, SLOT_NONE);
	if (t->serves->pending)
		message_recv(t);
	else
		wait_here(t, r);
	return true;
}

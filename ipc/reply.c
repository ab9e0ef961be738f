/*
 * Replies: idle, bound to a caller that waits, or dead.  Nobody but its holder
 * can end the caller's wait, and the caller's death leaves it dead, never empty.
 */
#include "ipc/endpoint.h"
#include "ipc/fault.h"
#include "kernel/cspace.h"
#include "kernel/print.h"
#include "kernel/sched.h"

void reply_bind(struct reply *r, struct endpoint *e, struct thread *caller)
{
	ASSERT(r->state == REPLY_IDLE);
	if (r->endpoint != e) {
		reply_unlink(r);
		r->endpoint = e;
		list_add(&e->replies, &r->link);
	}
	r->bound = REPLY_BOUND;
	r->caller = caller;
	e->last = r;
	caller->reply = r;
	caller->state = THREAD_WAITING;
}

void reply_unlink(struct reply *r)
{
	struct endpoint *e = r->endpoint;

	ASSERT(r->state == REPLY_IDLE);
	if (!e)
		return;
	if (e->receiver && e->receiver->armed == r)
		e->receiver->armed = 0;
	list_remove(&r->link);
	if (e->last == r)
		e->last = 0;
	r->endpoint = 0;
}

void reply_unbind(struct reply *r)
{
	endpoint_notice_drop(r->endpoint, &r->notice);
	if (r->caller)
		r->caller->reply = 0;
	r->caller = 0;
	r->bound = REPLY_IDLE;
}

void reply_abandon(struct reply *r)
{
	struct thread *t = r->caller;

	reply_settle_gives(r, false);
	t->reply = 0;
	r->caller = 0;
	r->bound = REPLY_DEAD;
	call_finish(t);
	endpoint_notice(r->endpoint, &r->notice, KIND_ABANDONED);
}

void reply_settle_gives(struct reply *r, bool keep)
{
	struct cspace *c = r->caller ? thread_cspace(r->caller) : 0;

	for (u32 i = 0; c && i < r->ngiven; i++) {
		struct slot *s = cspace_find(c, r->given[i]);
		if (!s || !s->object || !(s->flags & SLOT_RESERVED))
			continue;
		if (keep) {
			s->flags &= (u8)~SLOT_RESERVED;
			s->callable = true;
		} else {
			slot_clear(s);
		}
	}
	r->ngiven = 0;
}

err_t reply_destroy(struct reply *r)
{
	if (r->state == REPLY_BOUND)
		reply_end(r, -EIO, 0, SLOT_NONE);
	else if (r->state == REPLY_DEAD)
		reply_unbind(r);
	reply_unlink(r);
	return 0;
}

void reply_end(struct reply *r, s32 label, const u64 word[6], slot_t received)
{
	struct thread *t = r->caller;

	reply_settle_gives(r, label >= 0);
	reply_unbind(r);
	if (t)
		call_complete(t, label, word, received);
}

static bool restart_code(s32 label)
{
	return label == -ERESTARTSYS || label == -ERESTARTNOINTR || label == -ERESTARTNOHAND
	       || label == -ERESTART_RESTARTBLOCK;
}

static void complete_routed(struct thread *c, s32 label, u64 result)
{
	if (restart_code(label) && !c->marked) {
		c->frame.pc -= 4;
		c->frame.a0 = c->original_a0;
	} else {
		c->frame.a0 = label < 0 ? (u64)(s64)label : result;
		c->in_call = true;
	}
	thread_ready(c);
}

void reply_native(struct thread *c, s32 label, const u64 word[6], slot_t received)
{
	struct trap_frame *f = &c->frame;
	u64 sp = f->sp, gp = f->gp, tp = f->tp;

	for (u32 i = 0; i < 31; i++)
		f->x[i] = 0;
	f->sp = sp;
	f->gp = gp;
	f->tp = tp;
	for (u32 i = 0; word && i < 6; i++)
		f->a[i] = word[i];
	f->t0 = (u64)(s64)label;
	f->t3 = (u64)(s64)(s32)received;
}

void call_complete(struct thread *c, s32 label, const u64 word[6], slot_t received)
{
	enum call_kind kind = c->call_kind;

	call_finish(c);
	switch (kind) {
	case CALL_NATIVE:
		reply_native(c, label, word, received);
		thread_ready(c);
		break;
	case CALL_ROUTED:
		complete_routed(c, label, word ? word[0] : 0);
		break;
	case CALL_PAGER:
	case CALL_HANDLER:
		c->call_kind = kind;
		fault_answered(c, label);
		break;
	case CALL_NONE:
		thread_ready(c);
		break;
	}
}

/*
 * What a receiver sees: registers of a thread that waits in recv, written when
 * its message comes.  The parameters of its recv are still in its frame.
 */
#include "ipc/window.h"
#include "kernel/cspace.h"
#include "kernel/print.h"

static void frame_delivery(struct thread *r, enum message_kind kind, u64 label, u64 badge)
{
	struct trap_frame *f = &r->frame;

	f->t0 = kind;
	f->a7 = label;
	f->a6 = badge;
	f->t1 = f->t2 = f->t4 = f->t5 = f->t6 = 0;
	f->t3 = ~0ull;
	f->ra = f->s0 = f->s1 = 0;
	f->s2 = f->s3 = f->s4 = f->s5 = f->s6 = f->s7 = f->s8 = f->s9 = f->s10 = f->s11 = 0;
	f->a0 = f->a1 = f->a2 = f->a3 = f->a4 = f->a5 = 0;
}

/* First bytes of the first in window (and window_second) go into r's buffer: how many. */
static u64 deliver_buffer(struct thread *r, struct thread *t, u64 buffer)
{
	s32 i = buffer ? window_first(t, ACCESS_READ) : -1;
	struct window_copy w = {
		.caller = t,
		.index = (u32)i,
		.aspace = thread_aspace(r),
		.address = buffer & ~PAGE_MASK,
		.len = buffer_size(buffer),
	};
	u8 kind;

	if (i < 0 || !thread_aspace(t) || !thread_aspace(r))
		return 0;
	kind = t->call_kind == CALL_ROUTED ? window_of(t, w.index)->kind : WINDOW_CONST;
	if (!buffer_wanted(buffer, kind))
		return 0;
	window_copy(&w);
	if (t->call_kind != CALL_ROUTED)
		return w.done;
	return window_second(t, (struct user_place){w.aspace, w.address}, buffer_size(buffer),
			     w.done);
}

/* The capability that t sent goes where r accepts one. */
static slot_t deliver_capability(struct thread *r, struct thread *t, struct reply *reply, slot_t n)
{
	struct slot *s = 0;

	if (!t->carried.object)
		return SLOT_NONE;
	if (n != SLOT_NONE && !t->carried.object->dead)
		s = cspace_free_slot(thread_cspace(r), n);
	if (!s) {
		slot_clear(&t->carried);
		return SLOT_NONE;
	}
	slot_move(s, &t->carried);
	s->flags = 0;
	reply->cap_moved = true;
	return s->index;
}

static void words_fault(struct trap_frame *f, const struct thread *t)
{
	f->a7 = t->fault_cause;
	f->a0 = t->fault_address;
	f->a1 = t->frame.pc;
	f->a2 = t->fault_len;
	f->a3 = (u64)(s64)t->fault_refusal;
}

static void words_call(struct trap_frame *f, struct thread *t)
{
	if (t->forwarded) {
		f->a7 = t->native_words[0];
		f->a0 = t->native_words[1];
		f->a1 = t->native_words[2];
		f->a2 = t->native_words[3];
		f->a3 = t->native_words[4];
		return;
	}
	f->a0 = t->call_kind == CALL_ROUTED ? t->original_a0 : t->frame.a0;
	f->a1 = t->frame.a1;
	f->a2 = t->frame.a2;
	f->a3 = t->frame.a3;
	f->a4 = t->frame.a4;
	f->a5 = t->frame.a5;
	f->a7 = t->call_kind == CALL_ROUTED ? t->frame.a7 : (u64)(s64)(s32)t->frame.t0;
}

void deliver_call(struct thread *r, struct reply *reply, struct thread *t)
{
	static const u8 kinds[] = {
		[CALL_NATIVE] = KIND_NATIVE,
		[CALL_ROUTED] = KIND_ROUTED,
		[CALL_PAGER] = KIND_FAULT,
		[CALL_HANDLER] = KIND_FAULT,
	};
	u64 buffer = r->frame.t4;
	bool accepts = r->frame.t0 >> 32 & MSG_RECEIVE;
	slot_t accepted = accepts ? (slot_t)(r->frame.t3 >> 32) : SLOT_NONE;
	bool call = t->call_kind == CALL_NATIVE || t->call_kind == CALL_ROUTED;

	ASSERT(t->call_session->endpoint);
	reply_bind(reply, t->call_session->endpoint, t);
	frame_delivery(r, kinds[t->call_kind], 0, t->call_session->badge);
	if (call)
		words_call(&r->frame, t);
	else
		words_fault(&r->frame, t);
	r->frame.t1 = t->tag;
	r->frame.t3 = (u64)(s64)(s32)deliver_capability(r, t, reply, accepted);
	if (call) {
		r->frame.t2 = window_bytes(t, 0);
		if (r->frame.t2 || t->call_kind == CALL_ROUTED)
			r->frame.t4 = deliver_buffer(r, t, buffer);
	}
}

void deliver_notice(struct thread *r, struct notice *n)
{
	u8 kind = n->kind;

	n->kind = 0;
	if (kind == KIND_CLOSED) {
		struct session *s = (void *)((u8 *)n - offsetof(struct session, notice));
		frame_delivery(r, KIND_CLOSED, 0, s->badge);
		r->frame.a0 = s->badge;
		session_free(s);
	} else {
		struct reply *p = (void *)((u8 *)n - offsetof(struct reply, notice));
		frame_delivery(r, kind, 0, 0);
		r->frame.a0 = p->slot;
	}
}

void deliver_bits(struct thread *r, struct notification *n)
{
	frame_delivery(r, KIND_NOTIFICATION, 0, 0);
	r->frame.a0 = n->bits;
	n->bits = 0;
}

void deliver_error(struct thread *r, err_t error)
{
	frame_delivery(r, KIND_ERROR, (u64)(s64)error, 0);
}

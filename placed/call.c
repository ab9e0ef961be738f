/*
 * Calls that servers in the kernel make.
 *
 * The one idea: a call of another server in the kernel runs that server at once, above the
 * caller's stack frame, until the call is answered; calls go down the ranks only, so no server
 * is ever entered twice.  The usual one, of a server that waits, is a function call like
 * those of programs (arch/riscv/placed/called.S).  Whoever else was woken meanwhile is queued.
 */
#include "ipc/abi/placed.h"
#include "ipc/endpoint.h"
#include "ipc/window.h"
#include "kernel/arch.h"
#include "kernel/cspace.h"
#include "kernel/print.h"
#include "kernel/sched.h"
#include "kernel/trap.h"
#include "placed/placed.h"

void *memcpy(void *to, const void *from, size_t len);

/* The thread woken first goes where the others went: its waker goes on. */
static void settle(void)
{
	struct thread *t = hart.handoff;

	if (!t)
		return;
	thread_ready(t); /* behind the others of its queue: hart.handoff is taken */
	hart.handoff = 0;
}

static void goes_on(struct thread *t)
{
	t->call = 0; /* RUNNING */
	hart.current = t;
}

/* --- Calls of servers --------------------------------------------------------------------- */

/* Who is to answer the call that t waits with. */
static struct thread *server_of(const struct thread *t)
{
	const struct endpoint *e = t->reply ? t->reply->endpoint : t->call_session->endpoint;

	return placed_of_rank(e->rank);
}

static void call_wait(struct thread *t)
{
	while (t->state == THREAD_SENDING || t->state == THREAD_WAITING) {
		struct thread *s = server_of(t);

		PANIC_IF(!s || s->state != THREAD_READY); /* the call is not prompt */
		sched_remove(s);
		goes_on(s);
		placed_step(s);
		if (s->state == THREAD_RUNNING)
			thread_ready(s); /* it has another message */
	}
	if (t->state == THREAD_READY)
		sched_remove(t);
	goes_on(t);
}

/* --- By the registers ------------------------------------------------------------------------------ */

static void call(struct thread *t)
{
	struct trap_frame *f = &t->frame;
	u64 pc = f->pc;

	f->t1 = placed_own(f->t1);
	for (;;) {
		message_call(t);
		if (f->pc == pc)
			break;
		f->pc = pc; /* a chunk is done: the next */
	}
	call_wait(t);
}

void placed_call(void)
{
	struct thread *t = hart.current;

	if ((s64)t->frame.a7 == OP_REPLY) {
		t->frame.t5 = placed_own(t->frame.t5);
		message_reply(t);
	} else {
		call(t);
	}
	settle();
}

/* --- Without them --- */

struct words {
	u64 word[6];
};

static inline void words_copy(u64 to[6], const u64 from[6])
{
	*(struct words *)(void *)to = *(const struct words *)(const void *)from;
}

/* What t's thread waits for is answered by what lies in its registers. */
static s64 call_end(struct thread *t, struct placed_method *m, u64 word[6])
{
	s32 label;

	call_wait(t);
	settle();
	label = (s32)t->frame.t0;
	if (label == -ERETRY || label == -ERESTARTNOINTR)
		return label; /* the same again */
	words_copy(word, t->frame.a);
	m->slots = t->frame.t3;
	return label;
}

/* The first bytes of t's window are in the buffer of server b: how many. */
static u64 bytes_in(const struct placed_method *m, const struct placed_server *p, u64 buffer)
{
	u64 len = buffer_wanted(buffer, WINDOW_CONST) ? min_u64(m->len, buffer_size(buffer)) : 0;

	if (len)
		memcpy((u8 *)(u64)p->request.data, (const void *)m->window, len);
	return len;
}

static s64 call_nested(struct thread *t, struct session *s, struct placed_method *m, u64 word[6])
{
	struct endpoint *e = s->endpoint;
	struct thread *b = e ? e->receiver : 0;
	struct placed_server *p = b ? (void *)b->frame.pc : 0;
	struct placed_request *q = &p->request;
	s32 label;

	if ((s64)p >= 0 || !b->armed || e->rank >= t->rank || m->label >> 32 & ~(u64)MSG_RECEIVE)
		return PLACED_NOT_HERE;
	e->notice_last = false;
	words_copy(q->word, word);
	q->badge = s->badge;
	q->label = (s32)m->label;
	q->kind = KIND_NATIVE;
	q->tag = (u32)t->tag;
	q->window_len = m->len;
	q->data_len = bytes_in(m, p, b->frame.t4);
	placed_called = (struct placed_called){.caller = t, .session = s, .kind = CALL_NATIVE};
	hart.current = b;
	if (!p->native(&label)) {
		if (b->state == THREAD_RUNNING)
			thread_ready(b);
		return call_end(t, m, word);
	}
	placed_called.caller = 0;
	placed_called.kind = CALL_NONE;
	hart.current = t;
	q->kind = KIND_ROUTED;
	words_copy(word, p->answer.word);
	m->slots = ~0ull;
	return label;
}

static s64 call_method(struct thread *t, struct object *o, struct placed_method *m, u64 word[6])
{
	struct invocation v;
	err_t err;

	do {
		v = (struct invocation){.caller = t,
					.in = word,
					.object = o,
					.window = t->frame.t1,
					.window_len = t->frame.t2,
					.received = -1};
		err = trap_method(&v);
	} while (err == METHOD_AGAIN);
	if (err > 0)
		return call_end(t, m, word);
	settle();
	m->slots = (u64)v.received;
	words_copy(word, v.out);
	return err;
}

s64 placed_invoke(slot_t n, struct placed_method *m, u64 word[6])
{
	struct trap_frame *f = (void *)placed_registers();
	struct thread *t = hart.current;
	struct slot *s = cspace_find(thread_cspace(t), n);
	struct object *o = s && !(s->flags & SLOT_RESERVED) ? s->object : 0;

	if (!o || o->dead)
		return PLACED_NOT_HERE;
	f->t0 = m->label;
	f->t1 = placed_own(m->window);
	f->t2 = m->len;
	f->t3 = m->slots;
	if (o->type == OBJECT_SESSION)
		return call_nested(t, (struct session *)(void *)o, m, word);
	return call_method(t, o, m, word);
}

/* --- Page faults ------------------------------------------------------------------------- */

void placed_page_fault(struct thread *c, struct thread *b, struct session *s,
		       enum fault_cause cause, u64 address)
{
	struct placed_server *p = (void *)b->frame.pc;
	struct placed_request *q = &p->request;
	s32 label;

	c->fault_cause = (u8)cause;
	c->fault_address = address;
	c->fault_len = 1;
	c->fault_refusal = 0;
	*q = (struct placed_request){.word = {address, c->frame.pc, 1},
				     .badge = s->badge,
				     .label = (s32)cause,
				     .kind = KIND_FAULT,
				     .tag = (u32)c->tag,
				     .reply = q->reply,
				     .cap = SLOT_NONE,
				     .data = q->data};
	s->endpoint->notice_last = false;
	placed_called = (struct placed_called){.caller = c, .session = s, .kind = CALL_PAGER};
	hart.current = b;
	hart.serving_since = arch_cycles();
	p->native(&label);
}

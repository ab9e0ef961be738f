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

/* t calls, or faults, through s: known as that of a routed call (arch/riscv/placed/called.S). */
static inline void called_begin(struct thread *t, struct session *s, enum call_kind kind)
{
	placed_called.caller = (u64)t;
	placed_called.session = s;
	placed_called.route = 0;
	placed_called.call = THREAD_WAITING | (u64)kind << 8;
}

static inline void called_over(void)
{
	placed_called.caller = 0;
	placed_called.call = THREAD_WAITING | (u64)CALL_ROUTED << 8;
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
		placed_called.depth++;
		placed_step(s);
		placed_called.depth--;
		if (s->state == THREAD_RUNNING)
			thread_ready(s); /* it has another message */
	}
	if (t->state == THREAD_READY)
		sched_remove(t);
	goes_on(t);
}

/* What t waits for, if it does, is answered by what lies in its registers. */
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

/* As in user mode; the rest of its registers is filled already. */
static __attribute__((noinline)) s64 call_sent(struct thread *t, slot_t n, struct placed_method *m,
					       u64 word[6])
{
	struct trap_frame *f = &t->frame;
	u64 pc = f->pc;

	words_copy(f->a, word);
	f->a6 = n;
	message_call(t);
	for (; f->pc != pc; message_call(t))
		f->pc = pc; /* a chunk is done: the next */
	return call_end(t, m, word);
}

/* The first bytes of its window are in the server's buffer: how many. */
static inline u64 bytes_in(const struct placed_method *m, const struct placed_server *p)
{
	u64 len = buffer_wanted(p->buffer, WINDOW_CONST) ? min_u64(m->len, buffer_size(p->buffer))
							 : 0;

	if (len)
		memcpy((u8 *)(u64)p->other.data, (const void *)m->window, len);
	return len;
}

/* b's request of t: it lies where it looks for it. */
static inline void request_fill(struct placed_server *p, const struct thread *t, u64 badge,
				const struct placed_method *m, const u64 word[6])
{
	struct placed_request *q = &p->other;

	words_copy(q->word, word);
	q->badge = badge;
	q->label = (s32)m->label;
	q->kind = KIND_NATIVE;
	q->tag = (u32)t->tag;
	q->reply = p->request.reply;
	q->cap = SLOT_NONE;
	q->window_len = m->len;
	q->data_len = bytes_in(m, p);
}

/* Does the server of s wait for such a call? */
static inline bool is_usual(const struct thread *t, const struct session *s, u64 label)
{
	const struct endpoint *e = s->endpoint;
	const struct thread *b = e ? e->receiver : 0;

	return b && (s64)b->frame.pc < 0 && b->armed && e->rank < t->rank
	       && !(label >> 32 & ~(u64)MSG_RECEIVE);
}

static s64 call_session(struct thread *t, struct session *s, struct placed_method *m, u64 word[6])
{
	struct thread *b = s->endpoint->receiver;
	struct placed_server *p = (void *)b->frame.pc;
	bool answered;
	s32 label;

	s->endpoint->notice_last = false;
	request_fill(p, t, s->badge, m, word);
	called_begin(t, s, CALL_NATIVE);
	placed_called.depth++;
	hart.current = b;
	answered = p->native(&label);
	placed_called.depth--;
	if (!answered) {
		if (b->state == THREAD_RUNNING)
			thread_ready(b);
		return call_end(t, m, word);
	}
	called_over();
	hart.current = t;
	words_copy(word, p->answer.word);
	m->slots = p->answer.label_flags >> 32 & MSG_SEND ? p->answer.cap : ~0ull;
	return label;
}

/* The session that REPLY_CALL of r names, if the usual call will do. */
static struct session *called_through(const struct thread *t, const struct reply *r, u64 n)
{
	struct cspace *c = r->bound == REPLY_BOUND ? thread_cspace(r->caller) : 0;
	struct session *s;

	if (!c || !r->endpoint->trusted || r->caller->call_kind == CALL_NATIVE
	    || (u32)n >= c->limit)
		return 0;
	s = cspace_named(c, (slot_t)n, OBJECT_SESSION);
	return s && is_usual(t, s, 0) ? s : 0;
}

static s64 call_through(struct thread *t, struct session *s, struct placed_method *m, u64 word[6])
{
	m->label = (u32)word[1];
	m->len = t->frame.t1 = t->frame.t2 = 0;
	word[0] = word[2];
	word[1] = word[3];
	word[2] = word[4];
	word[3] = word[5];
	word[4] = word[5] = 0;
	return call_session(t, s, m, word);
}

static inline err_t method(struct invocation *v, struct thread *t, struct object *o, u64 word[6])
{
	*v = (struct invocation){.caller = t,
				 .in = word,
				 .object = o,
				 .window = t->frame.t1,
				 .window_len = t->frame.t2,
				 .received = -1};
	return trap_method(v);
}

/* A chunk is done: the next. */
static __attribute__((noinline)) err_t method_again(struct invocation *v)
{
	return method(v, v->caller, v->object, v->in);
}

static __attribute__((noinline)) s64 call_method(struct thread *t, struct object *o,
						 struct placed_method *m, u64 word[6])
{
	struct invocation v;
	err_t err = method(&v, t, o, word);

	while (err == METHOD_AGAIN)
		err = method_again(&v);
	if (err > 0)
		return call_end(v.caller, m, word);
	settle();
	m->slots = (u64)v.received;
	words_copy(word, v.out);
	return err;
}

s64 placed_invoke(slot_t n, struct placed_method *m, u64 word[6])
{
	struct thread *t = hart.current;
	struct trap_frame *f = &t->frame;
	struct slot *s = cspace_find(thread_cspace(t), n);
	struct object *o = s && !(s->flags & SLOT_RESERVED) ? s->object : 0;
	struct session *through;

	placed_ask();
	f->t0 = m->label;
	f->t1 = placed_own(m->window);
	f->t2 = m->len;
	f->t3 = m->slots;
	if (!o || o->dead || (o->type == OBJECT_SESSION && !is_usual(t, (void *)o, m->label)))
		return call_sent(t, n, m, word);
	if (o->type == OBJECT_SESSION)
		return call_session(t, (void *)o, m, word);
	if (m->label == REPLY_CALL && o->type == OBJECT_REPLY
	    && (through = called_through(t, (void *)o, word[0])))
		return call_through(t, through, m, word);
	return call_method(t, o, m, word);
}

/* --- Reply alone ------------------------------------------------------------------------- */

void placed_reply(void)
{
	struct thread *t = hart.current;

	t->frame.t5 = placed_own(t->frame.t5);
	message_reply(t);
	settle();
}

/* --- Page faults ------------------------------------------------------------------------- */

void placed_page_fault(struct thread *c, struct thread *b, struct session *s,
		       enum fault_cause cause, u64 address)
{
	struct placed_server *p = (void *)b->frame.pc;

	c->fault_cause = (u8)cause;
	c->fault_address = address;
	c->fault_len = 1;
	c->fault_refusal = 0;
	p->other = (struct placed_request){.word = {address, c->frame.pc, 1},
					   .badge = s->badge,
					   .label = (s32)cause,
					   .kind = KIND_FAULT,
					   .tag = (u32)c->tag,
					   .reply = p->request.reply,
					   .cap = SLOT_NONE,
					   .data = p->other.data};
	s->endpoint->notice_last = false;
	called_begin(c, s, CALL_PAGER);
	hart.current = b;
	hart.serving_since = arch_cycles();
	p->answer = (struct placed_answer){0};
	p->end(&p->other, &p->answer, p->fault(&p->other, &p->answer));
	called_over();
}

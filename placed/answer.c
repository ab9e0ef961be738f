/*
 * Between a function call and a message: what came as the one becomes the other when its server
 * asks the kernel for something, and is the one again if it only has a number to answer.
 *
 * The one idea: the usual replies are those of the fast path (arch/riscv/placed/called.S goes
 * there); here is what it has not.
 */
#include "ipc/abi/message.h"
#include "ipc/abi/placed.h"
#include "ipc/endpoint.h"
#include "ipc/window.h"
#include "kernel/arch.h"
#include "kernel/cspace.h"
#include "kernel/queue.h"
#include "kernel/sched.h"
#include "kernel/trap.h"
#include "placed/placed.h"

void *memcpy(void *to, const void *from, size_t len);

struct placed_called placed_called = {.call = THREAD_WAITING | CALL_ROUTED << 8};

struct placed_registers *placed_registers(void)
{
	placed_ask();
	return (void *)&hart.current->frame;
}

const struct placed_registers *placed_message(void)
{
	return (void *)&hart.current->frame;
}

/* May c, for which t has worked at e, go on at once? */
static inline bool goes_on(const struct thread *t, const struct endpoint *e, const struct thread *c)
{
	if (e->pending || t->rare || c->marked || c->stopped || c->cut
	    || c->call_session->object.uses < 2)
		return false;
	return c->call_kind == CALL_NATIVE
	       || (c->priority >= hart.barrier && hart.aspace
		   && &hart.aspace->object == c->aspace_slot.object);
}

/* What t's recv always says, whatever its calls have left there. */
static inline void waits_by(struct thread *t, const struct reply *r)
{
	const struct placed_server *p = (void *)t->frame.pc;

	t->frame.t0 = (u64)MSG_RECEIVE << 32;
	t->frame.t2 = r->slot;
	t->frame.t3 = SLOT_NONE | (u64)SLOT_ANY << 32;
	t->frame.t4 = p->buffer;
}

/* Reply r's caller goes on, its server waits by it again. */
static inline void answered(struct thread *t, struct reply *r)
{
	struct thread *c = r->caller;

	r->bound = REPLY_IDLE;
	r->caller = 0;
	c->reply = 0;
	c->call_session->object.uses--;
	c->call_session = 0;
	c->call = 0; /* RUNNING */
	waits_by(t, r);
	t->serves->receiver = t;
	t->armed = r;
	t->call = THREAD_RECEIVING;
	t->busy_since = 0;
}

/* Into c's first out window.  What has been copied when a page is found to be absent, is copied
 * again. */
static bool bytes_out(struct thread *c, const u8 *from, u64 len)
{
	u64 va = window_plain(c, !(c->spec[0].access & ACCESS_WRITE), ACCESS_WRITE, 0, len), n;
	u8 *page;

	for (; va && len; len -= n, va += n, from += n) {
		n = min_u64(len, PAGE_SIZE - (va & PAGE_MASK));
		page = aspace_page(thread_aspace(c), va, ACCESS_WRITE);
		if (!page)
			return false;
		memcpy(page + (va & PAGE_MASK), from, n);
	}
	return va;
}

/* What t's reply by r would do first. */
static bool act(struct thread *t, struct reply *r, struct placed_answer *a)
{
	struct trap_frame *f = &t->frame;
	s64 done;

	if (a->label_flags << 1 >> 33 == MSG_COPY && r->caller->call_kind == CALL_ROUTED)
		return bytes_out(r->caller, a->copy, a->copy_len);
	if (a->label_flags >> 32 & MSG_MAP)
		words_copy(f->a, a->word);
	f->t0 = a->label_flags << 1 >> 1;
	f->t3 = a->cap;
	f->t5 = placed_own((u64)a->copy);
	f->t6 = a->copy_len;
	done = trap_reply_action(t, r);
	if (done < 0)
		return false;
	if (a->label_flags >> 32 & (MSG_SEND | MSG_MINT))
		*(r->caller->call_kind == CALL_NATIVE ? &a->cap : &a->word[0]) = (u64)done;
	return true;
}

static __attribute__((noinline)) bool answered_with(struct thread *t, struct reply *r,
						    struct placed_answer *a)
{
	bool done = act(t, r, a);

	if (done)
		answered(t, r);
	return done;
}

/* The same for c, which nobody has seen: as if it were written down meanwhile. */
static __attribute__((noinline)) bool unseen_with(struct thread *t, struct thread *c,
						  struct placed_answer *a)
{
	struct reply *r = t->armed;
	bool done;

	c->call = placed_called.call | ((u32)placed_called.route & ~0xffffu);
	c->call_session = placed_called.session;
	r->caller = c;
	done = act(t, r, a);
	r->caller = 0;
	c->call_session = 0;
	c->call = 0;
	waits_by(t, r);
	return done;
}

bool placed_answered(struct placed_answer *a)
{
	struct thread *t = hart.current, *c = (void *)placed_called.caller;
	struct endpoint *e = t->serves;
	bool flags = a->label_flags << 1 >> 33;
	struct reply *r;

	if (c && !(placed_called.caller & CALLED_ALSO))
		return !flags || unseen_with(t, c, a);
	placed_ask();
	r = e ? e->last : 0;
	if (!r || r->bound != REPLY_BOUND || !goes_on(t, e, r->caller))
		return false;
	if (flags)
		return answered_with(t, r, a);
	/* commit */
	answered(t, r);
	return true;
}

/* Where the first len bytes of c's window lie, a buffer in one page; 0: it is not so simple. */
static inline u8 *simple_bytes(const struct thread *c, enum access access, u64 len)
{
	const struct window_spec *s = &c->spec[0];
	u64 va = c->frame.a1;
	u8 *page;

	if (s->kind != WINDOW_BUFFER || s->access != access || s->arg != 1 || s->len_arg != 2
	    || len > c->frame.a2 || len > PAGE_SIZE - (va & PAGE_MASK))
		return 0;
	page = aspace_page(thread_aspace(c), va, access);
	return page ? page + (va & PAGE_MASK) : 0;
}

/* From one whose call is written down nowhere to one that waits: all of them? */
static bool pass(struct thread *to, struct thread *from, u64 len)
{
	u8 *t = simple_bytes(to, ACCESS_WRITE, len);
	const u8 *f = t ? simple_bytes(from, ACCESS_READ, len) : 0;
	bool all;

	if (f) {
		memcpy(t, f, len);
		return true;
	}
	from->call_kind = CALL_ROUTED; /* as if */
	all = trap_pass(to, from, len);
	from->call_kind = CALL_NONE;
	return all;
}

static inline void result(struct thread *c, u64 number)
{
	c->frame.a0 = number;
	c->in_call = true;
}

/* d, which had waited by r, goes first: as behind a reply. */
static __attribute__((noreturn)) void goes_first(struct thread *t, struct thread *c,
						 struct thread *d, struct reply *r)
{
	placed_called.caller = 0;
	t->armed = r;
	t->frame.t2 = r->slot;
	queue_push(c, false);
	thread_ready(d);
	arch_resume(trap_finish());
}

bool placed_second(slot_t n, u64 number, u32 flags)
{
	struct thread *t = hart.current, *c = (void *)(placed_called.caller & ~(u64)CALLED_ALSO);
	struct reply *r = cspace_named(thread_cspace(t), n, OBJECT_REPLY);
	struct thread *d = r ? r->caller : 0;

	if (!c || !d || r->bound != REPLY_BOUND || t->serves->pending || t->rare
	    || d->call_kind != CALL_ROUTED || d->marked || d->stopped || d->cut
	    || d->call_session->object.uses < 2 || d->priority > c->priority
	    || (flags && !pass(d, c, number)))
		return false;
	/* commit */
	r->bound = REPLY_IDLE;
	r->caller = 0;
	d->reply = 0;
	d->call_session->object.uses--;
	d->call_session = 0;
	d->call = 0;
	result(d, number);
	if (flags == MSG_COPY) {
		result(c, number);
		goes_first(t, c, d, r);
	}
	queue_push(d, false);
	return true;
}

bool placed_bytes(const void *from, u64 len)
{
	struct thread *c = (void *)placed_called.caller;
	bool all;

	c->call_kind = CALL_ROUTED; /* as if */
	all = bytes_out(c, from, len);
	c->call_kind = CALL_NONE;
	return all;
}

/* Of t, for which another server waits. */
void placed_exchange_nested(struct thread *t)
{
	if ((s64)t->frame.a7 == OP_RECV)
		message_recv(t);
	else
		message_reply_recv(t);
}

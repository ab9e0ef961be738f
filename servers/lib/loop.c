/*
 * The one loop of every server: receive, dispatch, send exactly one reply.
 *
 * The one idea: the reply and the next receive are one system call, and what it brings goes
 * from the registers straight into the request that the operation sees.  The Reply
 * just answered is the one for the next message, so that the kernel's fast path takes both.
 * The request is a copy that nobody else can change; kept Replies are those of replies.h.
 * A reply that the kernel refuses comes back as KIND_FAILED with the caller still held: the
 * operation undoes, and the caller gets the error.  In the kernel (docs/placement.md)
 * exchange does not come back: the loop begins again when something has come.
 */
#include "door.h"
#include "servers/lib/faults.h"
#include "servers/lib/linux.h"
#include "servers/lib/method.h"
#include "servers/lib/notices.h"
#include "servers/lib/operations.h"
#include "servers/lib/poll.h"
#include "servers/lib/replies.h"

#define MINT_PAGES 4 /* for the pool, when it has no room for a session */

static const struct server *server;
static u64 buffer; /* of deliveries: address | log2 of its size, 0: none */
/* In the kernel: what is being answered, by what, and the second Reply that went along. */
static struct request *current;
static struct answer *kept;
static slot_t sent_along;

/* --- Registers ------------------------------------------------------------------------ */

static inline __attribute__((always_inline)) void request_fill(struct request *q,
							       const struct delivery *d)
{
	q->word[0] = d->word[0];
	q->word[1] = d->word[1];
	q->word[2] = d->word[2];
	q->word[3] = d->word[3];
	q->word[4] = d->word[4];
	q->word[5] = d->word[5];
	q->badge = d->badge;
	q->label = (s32)d->label;
	q->kind = (u32)d->kind;
	q->tag = (u32)d->tag;
	q->cap = (slot_t)d->cap;
	q->window_len = d->window_len;
	q->data_len = d->delivered;
}

/* Here and below: false if nothing is there. */
static inline __attribute__((always_inline)) bool receive_here(struct request *q)
{
	struct delivery d = {0};

	if (__builtin_expect(second.reply != SLOT_NONE, 0))
		second_flush();
	if (__builtin_expect(q->reply == SLOT_NONE, 1))
		q->reply = reply_take();
	reply_current = q->reply;
	if (!door_exchange(&(struct receipt){OP_RECV, q->reply, buffer, 0, 0}, &d))
		return false;
	request_fill(q, &d);
	return true;
}

/* The same for those who return. */
static __attribute__((noinline)) bool receive(struct request *q)
{
	return receive_here(q);
}

/* --- Replies that did not happen ------------------------------------------------------- */

static bool answer_full(struct request *q, struct answer *a, s64 result);

/* The reply did not happen: undo, answer why.  If that fails too, the caller is dead. */
static __attribute__((noinline)) bool answer_failed(struct request *q, struct answer *a,
						    struct failure f)
{
	s64 result;

	if (a->flags & MSG_MINT && f.label == -ENOMEM && pool_feed(MINT_PAGES) >= 0)
		return answer_full(q, a, (s64)a->word[0]);
	result = reply_cut(server, q, f);

	if (!result) {
		result = reply_failure(f.label, f.stop);
		if (server->undo)
			server->undo(q, a);
	}
	*a = (struct answer){.word = {(u64)result}, .label = result < 0 ? (s32)result : 0};
	if (msg_reply(q->reply, a) < 0)
		reply_reset(q->reply);
	return receive(q);
}

/* What came in: a request or a notice, or that nothing could be answered. */
static inline __attribute__((always_inline)) bool arrived(struct request *q, struct answer *a,
							  const struct delivery *d)
{
	if (d->kind == KIND_FAILED)
		return answer_failed(q, a, (struct failure){(s32)d->label, d->word[0], d->word[1]});
	request_fill(q, d);
	return true;
}

/* --- One turn -------------------------------------------------------------------------- */

/* Anything, for which no register is loaded. */
static inline __attribute__((always_inline)) u64 whatever(void)
{
	u64 x;

	__asm__ volatile("" : "=r"(x));
	return x;
}

/* In the kernel door_exchange does not come back: `second` has gone along, unless this fails. */
static inline __attribute__((always_inline)) bool exchange(const struct receipt *x,
							   struct delivery *d, slot_t also)
{
	if (DOOR_ENDS) {
		second.reply = SLOT_NONE;
		sent_along = also;
	}
	if (!door_exchange(x, d))
		return false;
	if (DOOR_ENDS)
		second.reply = also; /* it did */
	return true;
}

/* Of a routed call: a number, not negative, and bytes if the flags are MSG_COPY, a session if they
 * are MSG_MINT.  Other words, and where there is neither address and length, are nobody's. */
static inline __attribute__((always_inline)) bool answer_routed(struct request *q, struct answer *a,
								s64 result, u64 flags)
{
	struct delivery d = {
		.word = {(u64)result, whatever(), whatever(), whatever(), whatever(), whatever()}};

	d.label = (s64)(flags << 32);
	a->word[0] = (u64)result;
	return exchange(&(struct receipt){OP_REPLY_RECV, q->reply, buffer,
					  flags ? a->copy : (void *)whatever(),
					  flags ? a->copy_len : whatever()},
			&d, SLOT_NONE)
	       && arrived(q, a, &d);
}

/* A fault's reply has no room for a result: its words are those of MSG_MAP. */
static inline __attribute__((always_inline)) bool answer_full(struct request *q, struct answer *a,
							      s64 result)
{
	struct delivery d = {.cap = a->cap};

	second_flush();
	if (!(a->flags & ANSWER_FILLED))
		a->label = result < 0 ? (s32)result : 0;
	if (q->kind != KIND_FAULT && !(a->flags & ANSWER_FILLED))
		a->word[0] = (u64)result;
	d.word[0] = a->word[0];
	d.word[1] = a->word[1];
	d.word[2] = a->word[2];
	d.word[3] = a->word[3];
	d.word[4] = a->word[4];
	d.word[5] = a->word[5];
	d.label = (s64)((u32)a->label | (u64)(a->flags & ~ANSWER_FILLED) << 32);
	return exchange(&(struct receipt){OP_REPLY_RECV, q->reply, buffer, a->copy, a->copy_len},
			&d, SLOT_NONE)
	       && arrived(q, a, &d);
}

/* The second answer did not go along, so neither was given: the first alone, behind it; or, where
 * bytes were to be passed, the operation comes again. */
static __attribute__((noinline)) bool second_failed(struct request *q, struct answer *a)
{
	if (second.flags) {
		server->not_passed(second_undo(q));
		return true;
	}
	a->flags = 0;
	return answer_full(q, a, (s64)a->word[0]);
}

/* With the one of a Reply that was kept. */
static inline __attribute__((always_inline)) bool answer_both(struct request *q, struct answer *a,
							      s64 result)
{
	struct delivery d = {.word = {(u64)result}};
	bool more;

	d.label = (s64)((result < 0 ? (u32)result : 0) | (u64)(second.flags | MSG_ALSO) << 32);
	a->word[0] = (u64)result;
	more = exchange(&(struct receipt){OP_REPLY_RECV, q->reply, buffer,
					  (const void *)(u64)second.reply, second.number},
			&d, second.reply);
	if (more && d.kind == KIND_FAILED)
		return second_failed(q, a);
	second.reply = SLOT_NONE;
	if (more)
		request_fill(q, &d);
	return more;
}

static inline __attribute__((always_inline)) s64 operate(operation_fn *fn, struct request *q,
							 struct answer *a)
{
	s64 result;

	if (!DEBUG_BUILD)
		return fn(q, a);
	fault_point();
	result = fn(q, a);
	return reply_current == q->reply && fault_loses_reply() ? LATER : result;
}

/* Is this what a routed call mostly is answered with: a number, and at most bytes?  Who keeps or
 * loses q->reply says so with a negative one. */
static inline __attribute__((always_inline)) bool usual(const struct request *q,
							const struct answer *a, s64 result)
{
	if (DEBUG_BUILD && result >= 0 && reply_current != q->reply)
		server_panic("%s: %d answered twice\n", server->name, q->label);
	return result >= 0 && second.reply == SLOT_NONE
	       && (!a->flags || a->flags == MSG_COPY || a->flags == MSG_MINT);
}

static inline __attribute__((always_inline)) bool answer(struct request *q, struct answer *a,
							 s64 result)
{
	if (result == GONE && method1(q->reply, REPLY_CLEAR, 0) >= 0)
		return receive_here(q); /* without its abandoned message */
	if (result == LATER || result == GONE)
		reply_keep(q->reply);
	if (reply_current != q->reply) {
		q->reply = SLOT_NONE;
		return receive_here(q);
	}
	if (q->kind == KIND_ROUTED && a->flags == 0 && second.reply != SLOT_NONE)
		return answer_both(q, a, result);
	return answer_full(q, a, result);
}

/* Serves, answers and receives, while something is there: in user mode for ever, so nothing that it
 * needs again lies in a register that a call might lose. */
static void serve(struct request *q)
{
	struct answer own = {0}, *a = DOOR_ENDS ? kept : &own;
	bool more = true;

	while (more) {
		s64 result;
		if (q->kind
		    == KIND_ROUTED) { /* its number the kernel has found in the route table */
			a->label = 0;
			a->flags = 0;
			result = operate(operations.routed[(u32)q->label % ROUTES], q, a);
			if (!usual(q, a, result))
				more = answer(q, a, result);
			else if (!a->flags)
				more = answer_routed(q, a, result, 0);
			else if (a->flags == MSG_COPY)
				more = answer_routed(q, a, result, MSG_COPY);
			else
				more = answer_routed(q, a, result, MSG_MINT);
		} else if (is_request(q, a)) {
			result = operate(operation_of(q), q, a);
			more = answer(q, a, result);
		} else {
			notice_serve(server, q);
			more = receive_here(q);
		}
	}
}

static __attribute__((noinline)) void called_end(struct request *q, struct answer *a, s64 result)
{
	current = q;
	if (DOOR_ENDS && answer(q, a, result))
		serve(q);
}

/* With the one of a Reply that was kept: q->reply, if it goes first. */
static bool called_both(const struct request *q)
{
	slot_t other = second.reply;

	second.reply = SLOT_NONE;
	if (door_second(second.flags == MSG_COPY ? q->reply : other, second.number, second.flags))
		return true;
	second.reply = other;
	return false;
}

__attribute__((noinline)) s64 server_called_more(struct request *q, struct answer *a, s64 result)
{
	if (result == LATER) {
		reply_keep(q->reply);
		q->reply = SLOT_NONE;
		receive_here(q);
	} else if (second.reply != SLOT_NONE && reply_current == q->reply && !a->flags
		   && result >= 0 && called_both(q)) {
		return result;
	} else {
		called_end(q, a, result);
	}
	return 0;
}

s64 server_called_end(struct request *q, struct answer *a, s64 result)
{
	bool filled = a->flags & ANSWER_FILLED, fault = q->kind == KIND_FAULT;

	if (result <= -ERESTARTSYS || !reply_is_alone(q)
	    || ((a->flags || fault) && (filled ? a->label : result) < 0))
		return server_called_more(q, a, result);
	if (!filled && !fault)
		a->word[0] = (u64)result;
	return door_answered(a) ? (s64)a->word[0] : server_called_more(q, a, result);
}

s64 server_operate(struct request *q, struct answer *a)
{
	operation_fn *fn = q->kind == KIND_ROUTED ? operations.routed[(u32)q->label % ROUTES]
						  : operation_of(q);

	return DOOR_ENDS ? operate(fn, q, a) : -ENOSYS;
}

static __attribute__((noinline)) void resume_notice(struct request *q)
{
	notice_serve(server, q);
	if (receive_here(q))
		serve(q);
}

static __attribute__((noinline)) void resume_failed(struct request *q)
{
	struct delivery d;

	door_received(&d);
	second.reply = sent_along;
	if (sent_along == SLOT_NONE ? arrived(q, kept, &d) : second_failed(q, kept))
		serve(q);
}

void server_resume(struct request *q)
{
	u64 kind = door_kind();
	struct delivery d;

	if (!DOOR_ENDS)
		return;
	if (kind == KIND_FAILED) {
		resume_failed(current);
		return;
	}
	current = q;
	q->reply = reply_current;
	if (kind > KIND_FAULT) { /* of which a notice has no more */
		door_received(&d);
		q->word[0] = d.word[0];
		q->badge = d.badge;
		q->kind = (u32)kind;
		resume_notice(q);
	} else {
		door_received(&d);
		request_fill(q, &d);
		serve(q);
	}
}

static void begin(const struct server *s, struct request *q)
{
	server = s;
	operations_index(s);
	replies_init(s->replies);
	if (DEBUG_BUILD)
		fault_choose(s->name);
	if (s->buffer_shift) {
		q->data = heap_pages(1ul << ((s->buffer_shift & BUFFER_SHIFT) - PAGE_SHIFT));
		if (!q->data)
			server_panic("%s: no memory for its buffer\n", s->name);
		buffer = (u64)q->data | s->buffer_shift;
	}
	kept = door_serves(buffer);
}

void server_run(const struct server *s)
{
	struct request q = {.reply = SLOT_NONE};

	begin(s, &q);
	if (receive(&q))
		serve(&q);
	door_wait();
}

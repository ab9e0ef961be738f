/*
 * The one loop of every server: receive, dispatch, send exactly one reply.
 *
 * The one idea: the reply and the next receive are one system call, and what it brings goes
 * from the registers straight into the request that the operation sees.  The Reply
 * just answered is the one for the next message, so that the kernel's fast path takes both.
 * The request is a copy that nobody else can change; kept Replies are those of replies.h.
 * A reply that the kernel refuses comes back as KIND_FAILED with the caller still held: the
 * operation undoes, and the caller gets the error.  In the kernel (docs/placement.md)
 * exchange may find nothing to receive: then the loop ends, and begins again when something
 * has come.
 */
#include "door.h"
#include "servers/lib/faults.h"
#include "servers/lib/linux.h"
#include "servers/lib/method.h"
#include "servers/lib/operations.h"
#include "servers/lib/poll.h"
#include "servers/lib/replies.h"

#define MINT_PAGES 4 /* for the pool, when it has no room for a session */

static const struct server *server;
static u64 buffer; /* of deliveries: address | log2 of its size, 0: none */

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

/* In the kernel: what came while the server waited. */
static __attribute__((noinline)) bool resume(struct request *q)
{
	struct delivery d;

	q->reply = reply_current;
	q->data = (const u8 *)(buffer & ~PAGE_MASK);
	door_received(&d);
	request_fill(q, &d);
	return true;
}

/* --- Replies that did not happen ------------------------------------------------------- */

/* Why, and how far its copy came. */
struct failure {
	s32 label;
	u64 done, stop; /* enum copy_stop */
};

/* Bytes that a read has got although not all of them fit; 0: it is to be undone. */
static s64 answer_cut(const struct request *q, struct failure f)
{
	bool reads = q->label == LINUX_read || q->label == LINUX_readv || q->label == LINUX_pread64
		     || q->label == LINUX_preadv;

	if (!server->cut || q->kind != KIND_ROUTED || !reads
	    || reply_failure(f.label, f.stop) != -EFAULT || !f.done)
		return 0;
	server->cut(q, f.done);
	return (s64)f.done;
}

static bool answer_full(struct request *q, struct answer *a, s64 result);

/* The reply did not happen: undo, answer why.  If that fails too, the caller is dead. */
static __attribute__((noinline)) bool answer_failed(struct request *q, struct answer *a,
						    struct failure f)
{
	s64 result;

	if (a->flags & MSG_MINT && f.label == -ENOMEM && pool_feed(MINT_PAGES) >= 0)
		return answer_full(q, a, (s64)a->word[0]);
	result = answer_cut(q, f);

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

/* Of a routed call: a number, not negative, and bytes if the flags are MSG_COPY, a session if they
 * are MSG_MINT.  Other words, and where there is neither address and length, are nobody's. */
static inline __attribute__((always_inline)) bool answer_routed(struct request *q, struct answer *a,
								s64 result, u64 flags)
{
	struct delivery d = {
		.word = {(u64)result, whatever(), whatever(), whatever(), whatever(), whatever()}};

	d.label = (s64)(flags << 32);
	a->word[0] = (u64)result;
	return door_exchange(&(struct receipt){OP_REPLY_RECV, q->reply, buffer,
					       flags ? a->copy : (void *)whatever(),
					       flags ? a->copy_len : whatever()},
			     &d)
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
	return door_exchange(
		       &(struct receipt){OP_REPLY_RECV, q->reply, buffer, a->copy, a->copy_len}, &d)
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
	more = door_exchange(&(struct receipt){OP_REPLY_RECV, q->reply, buffer,
					       (const void *)(u64)second.reply, second.number},
			     &d);
	if (more && d.kind == KIND_FAILED)
		return second_failed(q, a);
	second.reply = SLOT_NONE;
	if (more)
		request_fill(q, &d);
	return more;
}

static void reply_abandoned(slot_t reply)
{
	if (!reply_is_held(reply))
		return;
	poll_one_abandoned(reply);
	if (server->abandoned)
		server->abandoned(reply);
	reply_reset(reply);
	reply_release(reply);
}

/* A message without a caller; the Reply that was ready for one still is. */
static void notice_serve(struct request *q)
{
	const struct server *s = server;

	reply_current = SLOT_NONE;
	switch ((enum message_kind)q->kind) {
	case KIND_INTERRUPTED:
		if (reply_is_held((slot_t)q->word[0]) && !poll_one_interrupted((slot_t)q->word[0])
		    && s->interrupted)
			s->interrupted((slot_t)q->word[0]);
		break;
	case KIND_ABANDONED:
		reply_abandoned((slot_t)q->word[0]);
		break;
	case KIND_CLOSED:
		if (s->closed)
			s->closed(q->badge);
		break;
	case KIND_NOTIFICATION:
		if (s->notified)
			s->notified(q->word[0]);
		break;
	case KIND_NATIVE:
	case KIND_ROUTED:
	case KIND_FAULT:
	case KIND_ERROR:
	case KIND_FAILED:
	default:
		server_panic("%s: receive failed: %d\n", s->name, q->label);
	}
}

/* What a message that is no routed call may find in its answer is zero. */
static bool is_request(const struct request *q, struct answer *a)
{
	if (q->kind != KIND_NATIVE && q->kind != KIND_FAULT)
		return false;
	*a = (struct answer){0};
	return true;
}

/* Of what is no routed call. */
static operation_fn *operation_of(const struct request *q)
{
	u32 label = (u32)q->label, own = label - operations.native_first;

	if (q->kind == KIND_FAULT)
		return server->fault ? server->fault : op_unknown;
	if (label - DESCRIPTOR_FIRST < DESCRIPTOR_MAX)
		return operations.descriptor[label - DESCRIPTOR_FIRST];
	return own < NATIVE_MAX ? operations.native[own] : op_unknown;
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
	struct answer a = {0};
	bool more = true;

	while (more) {
		s64 result;
		if (q->kind
		    == KIND_ROUTED) { /* its number the kernel has found in the route table */
			a.label = 0;
			a.flags = 0;
			result = operate(operations.routed[(u32)q->label % ROUTES], q, &a);
			if (!usual(q, &a, result))
				more = answer(q, &a, result);
			else if (!a.flags)
				more = answer_routed(q, &a, result, 0);
			else if (a.flags == MSG_COPY)
				more = answer_routed(q, &a, result, MSG_COPY);
			else
				more = answer_routed(q, &a, result, MSG_MINT);
		} else if (is_request(q, &a)) {
			result = operate(operation_of(q), q, &a);
			more = answer(q, &a, result);
		} else {
			notice_serve(q);
			more = receive_here(q);
		}
	}
}

void server_called_end(struct request *q, struct answer *a, s64 result)
{
	if (DOOR_ENDS && answer(q, a, result))
		serve(q);
}

s64 server_operate(struct request *q, struct answer *a)
{
	operation_fn *fn = q->kind == KIND_ROUTED ? operations.routed[(u32)q->label % ROUTES]
						  : operation_of(q);

	return DOOR_ENDS ? operate(fn, q, a) : -ENOSYS;
}

static void begin(const struct server *s, struct request *q)
{
	server = s;
	operations_index(s);
	door_serves(operations.routed);
	replies_init(s->replies);
	if (DEBUG_BUILD)
		fault_choose(s->name);
	if (s->buffer_shift) {
		q->data = heap_pages(1ul << ((s->buffer_shift & BUFFER_SHIFT) - PAGE_SHIFT));
		if (!q->data)
			server_panic("%s: no memory for its buffer\n", s->name);
		buffer = (u64)q->data | s->buffer_shift;
	}
}

void server_run(const struct server *s)
{
	struct request q = {.reply = SLOT_NONE};

	if (!DOOR_ENDS || s)
		begin(s, &q);
	if (DOOR_ENDS && !s ? resume(&q) : receive(&q))
		serve(&q);
	door_wait();
}

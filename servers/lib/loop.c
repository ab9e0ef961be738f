/*
 * The one loop of every server: receive, dispatch, send exactly one reply.
 *
 * The one idea: the reply and the next receive are one system call, so a request
 * costs its server two kernel entries.  Operations are found in dense arrays of
 * indices, built at the start from the server's two tables.  The request is what
 * the kernel delivered, which nobody else can change; kept Replies are those of
 * replies.h.  A reply that the kernel refuses comes back as KIND_FAILED with the
 * caller still held: the operation undoes, and the caller gets the error.
 */
#include "ipc/abi/route.h"
#include "ipc/proto/descriptor.h"
#include "servers/lib/linux.h"
#include "servers/lib/replies.h"
#include "servers/lib/serve.h"

#define NATIVE_FIRST 0x1000 /* numbers of a server's own operations: n * NATIVE_FIRST + i */
#define NATIVE_MAX 64
#define DESCRIPTOR_FIRST FD_POLL
#define DESCRIPTOR_MAX 16

static struct {
	const struct server *server;
	struct receive next;
	s32 native_first;
	u8 routed[ROUTES]; /* 1 + index into server->routed, 0: none */
	u8 descriptor[DESCRIPTOR_MAX];
	u8 native[NATIVE_MAX];
} loop;

static void routed_index(const struct operation *table)
{
	for (u32 i = 0; table && table[i].fn && i < 255; i++)
		if (table[i].number < ROUTES)
			loop.routed[table[i].number] = (u8)(i + 1);
}

static void native_index(const struct operation *table)
{
	for (u32 i = 0; table && table[i].fn && i < 255; i++) {
		u32 number = table[i].number;
		u32 n = number % NATIVE_FIRST;
		if (number >= DESCRIPTOR_FIRST && number < DESCRIPTOR_FIRST + DESCRIPTOR_MAX) {
			loop.descriptor[number - DESCRIPTOR_FIRST] = (u8)(i + 1);
		} else if (number >= NATIVE_FIRST && n < NATIVE_MAX) {
			loop.native_first = (s32)(number - n);
			loop.native[n] = (u8)(i + 1);
		} else {
			server_panic("operation %s has a bad number\n", table[i].name);
		}
	}
}

static operation_fn *native_find(s32 label)
{
	u32 n = (u32)label - DESCRIPTOR_FIRST;
	u32 i = 0;

	if (n < DESCRIPTOR_MAX)
		i = loop.descriptor[n];
	n = (u32)(label - loop.native_first);
	if (i == 0 && n < NATIVE_MAX)
		i = loop.native[n];
	return i ? loop.server->native[i - 1].fn : 0;
}

static operation_fn *operation_find(const struct request *q)
{
	u32 i;

	if (q->kind == KIND_FAULT)
		return loop.server->fault;
	if (q->kind == KIND_NATIVE)
		return native_find(q->label);
	i = (u32)q->label < ROUTES ? loop.routed[q->label] : 0;
	return i ? loop.server->routed[i - 1].fn : 0;
}

/* A fault's reply has no room for a result: its words are those of MSG_MAP. */
static void answer_result(const struct request *q, struct answer *a, s64 result)
{
	a->label = result < 0 ? (s32)result : 0;
	if (q->kind != KIND_FAULT)
		a->word[0] = (u64)result;
}

static void receive_next(struct delivery *d)
{
	if (loop.next.reply == SLOT_NONE || reply_is_held(loop.next.reply))
		loop.next.reply = reply_take();
	msg_recv(&loop.next, d);
}

/* Bytes that a read has got although not all of them fit; 0: it is to be undone. */
static s64 answer_cut(const struct request *q, const struct delivery *d)
{
	bool reads = q->label == LINUX_read || q->label == LINUX_readv || q->label == LINUX_pread64
		     || q->label == LINUX_preadv;

	if (!loop.server->cut || q->kind != KIND_ROUTED || !reads
	    || reply_failure((s32)d->label, d->word[1]) != -EFAULT || !d->word[0])
		return 0;
	loop.server->cut(q, d->word[0]);
	return (s64)d->word[0];
}

/* The reply did not happen: undo, answer why.  If that fails too, the caller is dead. */
static void answer_failed(struct request *q, struct answer *a, struct delivery *d)
{
	s64 result = answer_cut(q, d);

	if (!result) {
		result = reply_failure((s32)d->label, d->word[1]);
		if (loop.server->undo)
			loop.server->undo(q, a);
	}
	*a = (struct answer){.word = {(u64)result}, .label = result < 0 ? (s32)result : 0};
	if (msg_reply(q->reply, a) < 0)
		reply_reset(q->reply);
	reply_unhold(q->reply);
	receive_next(d);
}

static inline void answer_and_receive(struct request *q, struct answer *a, struct delivery *d)
{
	reply_unhold(q->reply);
	msg_serve_inline(q->reply, a, &loop.next, d);
	if (d->kind == KIND_FAILED) {
		reply_hold(q->reply);
		answer_failed(q, a, d);
	}
}

/* Serves the request; the next message goes to *d. */
__attribute__((always_inline)) static inline void request_serve(struct request *q,
								struct delivery *d)
{
	struct answer a = {0};
	operation_fn *operation;
	s64 result;

	q->reply = loop.next.reply;
	q->data = loop.next.buffer;
	reply_hold(q->reply);
	operation = operation_find(q);
	if (!operation && q->cap != SLOT_NONE)
		slot_delete(q->cap);
	result = operation ? operation(q, &a) : -ENOSYS;
	if (result == LATER || !reply_is_held(q->reply)) {
		loop.next.reply = SLOT_NONE;
		receive_next(d);
		return;
	}
	answer_result(q, &a, result);
	answer_and_receive(q, &a, d);
}

static void reply_abandoned(slot_t reply)
{
	if (!reply_is_held(reply))
		return;
	if (loop.server->abandoned)
		loop.server->abandoned(reply);
	reply_reset(reply);
	reply_release(reply);
}

static void notice_serve(struct delivery *d)
{
	const struct server *s = loop.server;

	switch ((enum message_kind)d->kind) {
	case KIND_INTERRUPTED:
		if (s->interrupted && reply_is_held((slot_t)d->word[0]))
			s->interrupted((slot_t)d->word[0]);
		break;
	case KIND_ABANDONED:
		reply_abandoned((slot_t)d->word[0]);
		break;
	case KIND_CLOSED:
		if (s->closed)
			s->closed(d->badge);
		break;
	case KIND_NOTIFICATION:
		if (s->notified)
			s->notified(d->word[0]);
		break;
	case KIND_NATIVE:
	case KIND_ROUTED:
	case KIND_FAULT:
	case KIND_ERROR:
	case KIND_FAILED:
	default:
		server_panic("%s: receive failed: %d\n", s->name, (s32)d->label);
	}
}

/* What is received while a request is answered must not lie where that request lies. */
union incoming {
	struct delivery d;
	struct request q;
};

/* Serves the message and leaves the next one in *next. */
__attribute__((always_inline)) static inline void message_serve(union incoming *m,
								union incoming *next)
{
	if (m->d.kind == KIND_ROUTED || m->d.kind == KIND_NATIVE || m->d.kind == KIND_FAULT) {
		request_serve(&m->q, &next->d);
		return;
	}
	notice_serve(&m->d);
	receive_next(&next->d);
}

void server_run(const struct server *s)
{
	static union incoming a, b;

	loop.server = s;
	routed_index(s->routed);
	native_index(s->native);
	replies_init(s->replies);
	loop.next = (struct receive){.endpoint = SERVER_ENDPOINT,
				     .reply = SLOT_NONE,
				     .cap = SLOT_ANY,
				     .buffer_shift = s->buffer_shift};
	if (s->buffer_shift) {
		loop.next.buffer = heap_pages(1ul << (s->buffer_shift - PAGE_SHIFT));
		if (!loop.next.buffer)
			server_panic("%s: no memory for its buffer\n", s->name);
	}
	receive_next(&a.d);
	for (;;) {
		message_serve(&a, &b);
		message_serve(&b, &a);
	}
}

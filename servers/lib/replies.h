/*
 * The Replies of a server: which are idle, which hold a caller.
 *
 * Private to servers/lib.  Reply i lies in slot SERVER_REPLY + i.
 * R1: a Reply is created when the first message needs it, at most `limit` of them.
 * R2: the kernel has bound Reply i to a caller (who may be dead since) iff reply_held[i], or it is
 *     that of the request being served: reply_current.
 * R3: an idle Reply is on the free list, or it is reply_current: named in the next receive.
 * R4: `second` is a Reply whose answer goes along with the next one of the loop.  It counts as
 *     answered, so it is on the free list; but nobody takes one from there until it has gone.
 */
#pragma once

#include "servers/lib/linux.h"
#include "servers/lib/server.h"

#define REPLIES_MAX (SERVER_FREE - SERVER_REPLY)

extern u16 reply_list[REPLIES_MAX]; /* the free list */
extern bool reply_held[REPLIES_MAX];

/* What the next request's caller, or that of the one being served, is bound to; SLOT_NONE
 * while no request is served, and once the operation has lost it or kept it. */
extern slot_t reply_current;

struct second {
	slot_t reply; /* SLOT_NONE: there is none */
	u32 flags;    /* MSG_PASS or MSG_COPY: bytes go from caller to caller first; or 0 */
	u64 number;   /* of them, and the result */
};
extern struct second second;
/* It is answered now, by itself; not if its flags want bytes to be passed. */
void second_flush(void);
/* The kernel has refused to pass the bytes: all is as it was before answer_pass(), whose Reply
 * this returns. */
slot_t second_undo(struct request *q);

void replies_init(u32 limit);
slot_t reply_create(void);
/* An idle Reply for the next receive, or SLOT_NONE when all hold callers. */
static inline __attribute__((always_inline)) slot_t reply_take(void)
{
	struct reply_counts *c = &reply_counts;

	return c->nfree > 0 ? (slot_t)(SERVER_REPLY + reply_list[--c->nfree]) : reply_create();
}
/* The current Reply keeps its caller, who is answered later. */
static inline void reply_keep(slot_t reply)
{
	if (reply != reply_current)
		return;
	reply_held[reply - SERVER_REPLY] = true;
	reply_current = SLOT_NONE;
}
/* The Reply lost its caller: back to the free list. */
void reply_release(slot_t reply);
bool reply_is_held(slot_t reply);
/* Whatever state the kernel has it in: idle afterwards (the bookkeeping stays). */
void reply_reset(slot_t reply);
/* The error that a caller gets whose reply failed with that label and stop. */
s32 reply_failure(s32 label, u64 stop);
/* Why, and how far its copy came. */
struct failure {
	s32 label;
	u64 done, stop; /* enum copy_stop */
};
/* Bytes that a read has got although not all of them fit; 0: it is to be undone. */
static inline s64 reply_cut(const struct server *s, const struct request *q, struct failure f)
{
	bool reads = q->label == LINUX_read || q->label == LINUX_readv || q->label == LINUX_pread64
		     || q->label == LINUX_preadv;

	if (!s->cut || q->kind != KIND_ROUTED || !reads || reply_failure(f.label, f.stop) != -EFAULT
	    || !f.done)
		return 0;
	s->cut(q, f.done);
	return (s64)f.done;
}
/* Nobody but q's caller waits for an answer of the loop, if even that does. */
static inline bool reply_is_alone(const struct request *q)
{
	return reply_current == q->reply && second.reply == SLOT_NONE;
}

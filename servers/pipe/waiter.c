/*
 * Callers whose Reply is kept: in a list of their pipe, and found by their Reply.
 */
#include "servers/pipe/pipe_server.h"

_Static_assert(SERVER_REPLY + WAITERS_MAX <= SERVER_FREE, "each has a slot");
static struct waiter waiters[WAITERS_MAX]; /* one that waits has a list */

static inline struct waiter *add(struct waiter_list *l, struct end *e, const struct request *q,
				 u64 len)
{
	struct waiter *w = &waiters[q->reply - SERVER_REPLY], *last = l->last;

	w->next = 0;
	w->prev = last;
	w->list = l;
	w->end = e;
	w->reply = q->reply;
	w->tag = q->tag;
	w->label = q->label;
	w->len = len;
	w->done = 0;
	l->last = w;
	if (last)
		last->next = w;
	else
		l->first = w;
	return w;
}

static __attribute__((noinline)) struct waiter *add_if_spare(struct waiter_list *l, struct end *e,
							     const struct request *q, u64 len)
{
	return replies_free() ? add(l, e, q, len) : 0;
}

struct waiter *waiter_add(struct waiter_list *l, struct end *e, const struct request *q, u64 len)
{
	if (q->reply - SERVER_REPLY >= WAITERS_MAX)
		return 0;
	return reply_counts.nfree ? add(l, e, q, len) : add_if_spare(l, e, q, len);
}

s64 waiter_wait(struct waiter_list *l, struct end *e, const struct request *q, u64 len)
{
	return waiter_add(l, e, q, len) ? LATER : -EAGAIN;
}

struct waiter *waiter_of(slot_t reply)
{
	u32 i = reply - SERVER_REPLY;

	return i < WAITERS_MAX && waiters[i].list ? &waiters[i] : 0;
}

/* As if it had never been removed. */
void waiter_restore(slot_t reply)
{
	struct waiter *w = &waiters[reply - SERVER_REPLY];
	struct waiter_list *l = &w->end->pipe->readers;

	w->list = l;
	w->prev = 0;
	w->next = l->first;
	if (w->next)
		w->next->prev = w;
	else
		l->last = w;
	l->first = w;
}

void waiter_answer(struct waiter *w, s64 result)
{
	slot_t reply = w->reply;

	waiter_remove(w);
	answer_later(reply, result);
}

/* A copy between two callers says only that one is dead; this one's abandoned message is
 * still to come, and finds no waiter then. */
bool waiter_drop_dead(struct waiter *w)
{
	if (call1(w->reply, REPLY_WINDOW, 0) != -ESRCH)
		return false;
	waiter_remove(w);
	return true;
}

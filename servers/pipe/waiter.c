/*
 * Callers whose Reply is kept: in a list of their pipe, and found by their Reply.
 */
#include "servers/pipe/pipe_server.h"

_Static_assert(SERVER_REPLY + WAITERS_MAX <= SERVER_FREE, "each has a slot");
static struct waiter waiters[WAITERS_MAX]; /* one that waits has a list */

/* 0: no Reply is left for others, the caller gets EAGAIN. */
struct waiter *waiter_add(struct waiter_list *l, struct end *e, const struct request *q, u64 len)
{
	u32 i = q->reply - SERVER_REPLY;
	struct waiter *w;

	if (i >= WAITERS_MAX || replies_free() == 0)
		return 0;
	w = &waiters[i];
	*w = (struct waiter){.prev = l->last,
			     .list = l,
			     .end = e,
			     .reply = q->reply,
			     .tag = q->tag,
			     .label = q->label,
			     .len = len};
	if (w->prev)
		w->prev->next = w;
	else
		l->first = w;
	l->last = w;
	return w;
}

struct waiter *waiter_of(slot_t reply)
{
	u32 i = reply - SERVER_REPLY;

	return i < WAITERS_MAX && waiters[i].list ? &waiters[i] : 0;
}

void waiter_remove(struct waiter *w)
{
	struct waiter_list *l = w->list;

	if (w->prev)
		w->prev->next = w->next;
	else
		l->first = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		l->last = w->prev;
	w->list = 0;
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

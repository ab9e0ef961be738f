/*
 * Callers whose Reply is kept: in a list of their pipe, and found by their Reply.
 */
#include "servers/pipe/pipe_server.h"

_Static_assert(SERVER_REPLY + WAITERS_MAX <= SERVER_FREE, "each has a slot");
static struct waiter waiters[WAITERS_MAX]; /* one that waits has a list */

struct waiter *waiter_add(struct waiter_list *l, struct end *e, const struct request *q, u64 len)
{
	u32 i = q->reply - SERVER_REPLY;
	struct waiter *w = &waiters[i], *last = l->last;

	if (i >= WAITERS_MAX || replies_free() == 0)
		return 0;
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

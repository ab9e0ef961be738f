/*
 * Callers whose Reply is kept: in a list of their pipe, and found by their Reply.
 */
#include "servers/pipe/pipe_server.h"

static struct slab slab = {.size = sizeof(struct waiter)};
static struct waiter *by_reply[WAITERS_MAX];

/* 0: no Reply or no memory is left, the caller gets EAGAIN. */
struct waiter *waiter_add(struct waiter_list *l, struct end *e, const struct request *q, u64 len)
{
	u32 i = q->reply - SERVER_REPLY;
	struct waiter *w;

	if (i >= WAITERS_MAX || replies_free() == 0)
		return 0;
	w = slab_take(&slab);
	if (!w)
		return 0;
	*w = (struct waiter){.prev = l->last,
			     .list = l,
			     .end = e,
			     .reply = q->reply,
			     .tag = q->tag,
			     .label = q->label,
			     .len = len};
	by_reply[i] = w;
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

	return i < WAITERS_MAX ? by_reply[i] : 0;
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
	by_reply[w->reply - SERVER_REPLY] = 0;
	slab_free(&slab, w);
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

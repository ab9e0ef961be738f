/*
 * ppoll of one descriptor, which the kernel routes to its server: asked and answered there.
 *
 * Who waits without a time is kept until his session has one of his events.  What is not plain
 * (a signal mask, memory that is not there, a bad time) and what waits for a time is event's:
 * the call is forwarded as if it had gone there at once.  If nothing waited, the time that is
 * left is all of it, so the program's timespec stays as it is.
 */
#include "servers/lib/poll.h"

#include "servers/lib/descriptor.h"
#include "servers/lib/linux.h"

#define NANOSECONDS 1000000000ll

#define OTHERS_REPLIES 16u /* are left for calls of other kinds */

operation_fn *poll_asks;
struct watch_list *poll_asked;

/* Who waits for events of one session. */
struct poll_caller {
	struct poll_caller *next;               /* of the session */
	struct poll_caller *next_all, **to_all; /* of all */
	struct watch_list *list;
	struct item item;
	slot_t reply;
};

static struct slab slab = {.size = sizeof(struct poll_caller)};
static struct poll_caller *all;

/* --- Waiting -------------------------------------------------------------------------- */

static struct poll_caller *find(slot_t reply)
{
	struct poll_caller *c = all;

	while (c && c->reply != reply)
		c = c->next_all;
	return c;
}

/* False: there is no room. */
static bool keep(struct watch_list *list, const struct item *item, slot_t reply)
{
	struct poll_caller *c = replies_free() > OTHERS_REPLIES ? slab_take(&slab) : 0;

	if (!c)
		return false;
	*c = (struct poll_caller){.next = list->callers,
				  .next_all = all,
				  .to_all = &all,
				  .list = list,
				  .item = *item};
	c->reply = reply;
	list->callers = c;
	if (all)
		all->to_all = &c->next_all;
	all = c;
	return true;
}

static void drop(struct poll_caller *c)
{
	struct poll_caller **at = &c->list->callers;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	*c->to_all = c->next_all;
	if (c->next_all)
		c->next_all->to_all = c->to_all;
	slab_free(&slab, c);
}

void poll_one_wake(struct watch_list *list, u32 ready)
{
	static struct item item;
	struct poll_caller *c = list->callers, *next;

	for (; c; c = next) {
		struct answer a = {.flags = MSG_COPY, .copy = &item, .copy_len = sizeof(item)};
		slot_t reply = c->reply;
		next = c->next;
		item = c->item;
		item.revents = item_told(&item, ready);
		if (!item.revents)
			continue;
		drop(c);
		answer_later_with(reply, 1, &a);
	}
}

void poll_one_clear(struct watch_list *list)
{
	while (list->callers)
		drop(list->callers);
}

bool poll_one_interrupted(slot_t reply)
{
	struct poll_caller *c = find(reply);

	if (!c)
		return false;
	drop(c);
	answer_later(reply, -ERESTARTNOHAND);
	return true;
}

void poll_one_abandoned(slot_t reply)
{
	struct poll_caller *c = find(reply);

	if (c)
		drop(c);
}

/* --- Asking --------------------------------------------------------------------------- */

struct one {
	struct item item;
	struct linux_timespec time; /* if there is one */
};

static bool is_plain(const struct request *q)
{
	const struct one *one = (const void *)q->data;

	if (q->window_len != sizeof(struct item) || q->word[3])
		return false;
	if (!q->word[2])
		return q->data_len == sizeof(struct item);
	return q->data_len == sizeof(*one) && one->time.seconds >= 0
	       && (u64)one->time.nanoseconds < NANOSECONDS;
}

s64 poll_one(struct request *q, struct answer *a)
{
	static struct item item; /* goes with the answer */
	const struct one *one = (const void *)q->data;
	bool waits;

	if (!is_plain(q))
		return reply_forward_other(q);
	waits = !q->word[2] || one->time.seconds || one->time.nanoseconds;
	item = one->item;
	q->word[0] = item_asks(&item);
	q->word[1] = 0;
	poll_asked = 0;
	item.revents = item_told(&item, poll_asks(q, a));
	if (!item.revents && !q->word[2] && poll_asked && keep(poll_asked, &item, q->reply))
		return LATER;
	if (!item.revents && waits)
		return reply_forward_other(q);
	a->flags = MSG_COPY;
	a->copy = &item;
	a->copy_len = sizeof(item);
	return item.revents != 0;
}

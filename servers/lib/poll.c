/*
 * ppoll of one descriptor, which the kernel routes to its server: asked and answered there.
 *
 * Whatever is not plain (a signal mask, memory that is not there, a bad time) and what has to wait
 * is event's: the call is forwarded as if it had gone there at once.  If nothing waited, the
 * time that is left is all of it, so the program's timespec stays as it is.
 */
#include "servers/lib/poll.h"

#include "servers/lib/linux.h"

#define NANOSECONDS 1000000000ll

operation_fn *poll_asks;

struct one {
	struct item item;
	struct linux_timespec time; /* if there is one */
};

static bool is_plain(const struct request *q, const struct linux_timespec *t)
{
	if (q->window_len != sizeof(struct item) || q->word[3])
		return false;
	if (!q->word[2])
		return q->data_len == sizeof(struct item);
	return q->data_len == sizeof(struct one) && t->seconds >= 0
	       && (u64)t->nanoseconds < NANOSECONDS;
}

s64 poll_one(struct request *q, struct answer *a)
{
	static struct item item; /* goes with the answer */
	const struct one *one = (const void *)q->data;
	bool waits;

	if (!is_plain(q, &one->time))
		return reply_forward_other(q);
	waits = !q->word[2] || one->time.seconds || one->time.nanoseconds;
	item = one->item;
	q->word[0] = item_asks(&item);
	q->word[1] = 0;
	item.revents = item_told(&item, poll_asks(q, a));
	if (!item.revents && waits)
		return reply_forward_other(q);
	a->flags = MSG_COPY;
	a->copy = &item;
	a->copy_len = sizeof(item);
	return item.revents != 0;
}

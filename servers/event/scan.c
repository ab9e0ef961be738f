/*
 * Readiness: a question to each descriptor's server, through the caller's table.
 *
 * A descriptor whose server knows no FD_POLL (or ranks too high to be asked) is
 * always ready, as a regular file is.
 */
#include "servers/event/event_server.h"

#define ALWAYS_READY (POLLIN | POLLOUT)

u64 cookie_of(const struct poll *p, u32 i)
{
	return (p->badge & (BADGE_OWN - 1)) << COOKIE_SHIFT | i;
}

static s64 ask(const struct poll *p, s32 label, u32 i, u64 cookie)
{
	const struct item *item = &p->item[i];
	u32 events = item->events;
	struct message m = {.word = {(u32)item->fd, (u64)label, 0, cookie}, .label = REPLY_CALL};
	s32 error;

	events |= events & POLLRDNORM ? POLLIN : 0;
	events |= events & POLLWRNORM ? POLLOUT : 0;
	m.word[2] = events;
	error = msg_call(p->reply, &m);
	return error < 0 ? error : (s64)m.word[0];
}

static u32 ready_of(s64 answer)
{
	switch (answer) {
	case -EBADF:
		return POLLNVAL;
	case -ENOSYS:
	case -EDEADLK:
		return ALWAYS_READY;
	default:
		return answer < 0 ? POLLERR : (u32)answer;
	}
}

static u16 revents_of(u32 ready, u32 events)
{
	if (ready & POLLIN)
		ready |= POLLRDNORM;
	if (ready & POLLOUT)
		ready |= POLLWRNORM;
	return (u16)(ready & (events | POLLERR | POLLHUP | POLLNVAL));
}

bool scan_one(struct poll *p, u32 i, bool watch)
{
	struct item *item = &p->item[i];
	s64 answer;

	item->revents = 0;
	if (item->fd < 0)
		return false;
	answer = ask(p, FD_POLL, i, watch ? cookie_of(p, i) : 0);
	item->revents = revents_of(ready_of(answer), item->events);
	p->watches = p->watches || watch;
	return item_result(p, item) > 0;
}

u32 item_result(const struct poll *p, const struct item *item)
{
	if (p->is_select)
		return select_bits(item);
	return item->revents != 0;
}

/* Once one is ready nobody needs to be watched any more. */
u32 scan_all(struct poll *p, bool watch)
{
	u32 ready = 0;

	for (u32 i = 0; i < p->nitems; i++)
		ready += scan_one(p, i, watch && ready == 0);
	return ready;
}

void scan_forget(struct poll *p)
{
	if (!p->watches)
		return;
	p->watches = false;
	for (u32 i = 0; i < p->nitems; i++)
		if (p->item[i].fd >= 0)
			ask(p, FD_UNPOLL, i, cookie_of(p, i));
}

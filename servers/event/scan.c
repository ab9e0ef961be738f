/*
 * Readiness: a question to each descriptor's server, through the caller's table.
 */
#include "servers/event/event_server.h"

u64 cookie_for(u64 badge, u32 i)
{
	return (badge & (BADGE_OWN - 1)) << COOKIE_SHIFT | i;
}

/* An operation of descriptor.h, with words 0 and 1, on the caller's descriptor. */
s64 descriptor_ask(slot_t reply, s32 fd, s32 label, const u64 word[2])
{
	s64 result;

	do
		result = call_through_once(reply, (u32)fd, label, word[0], word[1]);
	while (result == -ERETRY || result == -ERESTARTNOINTR);
	return result;
}

static s64 ask(const struct poll *p, s32 label, u32 i, u64 cookie)
{
	const struct item *item = &p->item[i];

	return descriptor_ask(p->caller.reply, item->fd, label, (u64[2]){item_asks(item), cookie});
}

bool scan_one(struct poll *p, u32 i, bool watch)
{
	struct item *item = &p->item[i];
	s64 answer;

	item->revents = 0;
	if (item->fd < 0)
		return false;
	answer = ask(p, FD_POLL, i, watch ? cookie_for(p->badge, i) : 0);
	item->revents = item_told(item, answer);
	p->watches = p->watches || watch;
	return item_result(p, item) > 0;
}

u32 item_result(const struct poll *p, const struct item *item)
{
	if (p->kind == POLL_SELECT)
		return select_bits(item);
	return item->revents != 0;
}

/* Once one is ready nobody needs to be watched any more. */
u32 scan_all(struct poll *p, bool watch)
{
	u32 ready = 0;

	if (p->kind == POLL_EPOLL)
		return epoll_scan(p);
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
			ask(p, FD_UNPOLL, i, cookie_for(p->badge, i));
}

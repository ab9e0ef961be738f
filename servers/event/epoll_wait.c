/*
 * What is ready in an epoll: asked of those that are not armed, told to one caller.
 *
 * Level triggered: an item that is not ready leaves its cookie and is armed; one that
 * is ready is asked again the next time.  Edge triggered: its cookie is always with
 * its server, and it is asked only when that came back.  Nothing is taken off an
 * item (edge, one shot) before the caller has the events.
 */
#include "servers/event/event_server.h"

#define EPOLLONESHOT 0x40000000u
#define EPOLLET 0x80000000u
#define EVENTS_MASK 0xffffu

struct told {
	u32 events, pad;
	u64 data;
};

/* The last scan's answer, and whose items are in it. */
static struct told told[EPOLL_EVENTS_MAX];
static u32 told_item[EPOLL_EVENTS_MAX];
static u32 ntold;
static struct epoll *told_of;

/* Events of the item that hold now (its cookie is left where the kind of item says so), or an
 * error; -EBADF: the descriptor is closed. */
s64 item_ask(struct epoll *e, slot_t reply, u32 i)
{
	struct epoll_item *item = &e->item[i];
	bool edge = item->events & EPOLLET;
	u64 word[2] = {(item->events & EVENTS_MASK) | (edge ? FD_POLL_EDGE : 0),
		       cookie_for(e->badge, i)};
	s64 ready = descriptor_ask(reply, item->fd, FD_POLL, word);

	item->armed = ready >= 0 && (edge || ready == 0);
	return ready < 0 ? ready : ready & ((item->events & EVENTS_MASK) | POLLERR | POLLHUP);
}

void epoll_woken(struct epoll *e, u32 i)
{
	e->item[i].armed = false;
	e->item[i].pending = true;
}

static bool item_is_due(const struct epoll_item *item)
{
	if (item->fd == NO_FD || item->disabled)
		return false;
	return item->events & EPOLLET ? item->pending : !item->armed;
}

static void item_scan(struct epoll *e, slot_t reply, u32 i)
{
	struct epoll_item *item = &e->item[i];
	s64 ready = item_ask(e, reply, i);

	if (ready == -EBADF)
		item->fd = NO_FD;
	if (ready <= 0) {
		item->pending = false;
		return;
	}
	told_item[ntold] = i;
	told[ntold++] = (struct told){.events = (u32)ready, .data = item->data};
}

/* Fills the answer for that caller: how many events. */
u32 epoll_scan(struct poll *p)
{
	struct epoll *e = p->epoll;
	u32 max = p->nfds < EPOLL_EVENTS_MAX ? p->nfds : EPOLL_EVENTS_MAX;

	ntold = 0;
	told_of = e;
	for (u32 i = 0; i < e->used && ntold < max; i++)
		if (item_is_due(&e->item[i]))
			item_scan(e, p->caller.reply, i);
	return ntold;
}

s64 epoll_tell(struct poll *p, struct answer *a)
{
	u64 len = ntold * sizeof(told[0]);
	s32 error = a || !ntold ? 0 : window_out_all(p->caller.reply, 0, 0, told, len);

	if (error < 0)
		return error;
	for (u32 k = 0; k < ntold; k++) {
		struct epoll_item *item = &told_of->item[told_item[k]];
		item->pending = false;
		item->disabled = item->events & EPOLLONESHOT;
	}
	return a && ntold ? copy_answer(a, ntold, told, len) : (s64)ntold;
}

/* The answer just given did not reach its caller. */
void epoll_untell(void)
{
	for (u32 k = 0; k < ntold; k++) {
		struct epoll_item *item = &told_of->item[told_item[k]];
		item->pending = true;
		item->disabled = false;
	}
}

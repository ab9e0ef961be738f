/*
 * Epolls: sets of descriptors that stay between calls.
 *
 * An item is a descriptor's number and what is wanted of it.  Its server is asked
 * through the table of whoever calls epoll_ctl or epoll_pwait; an item whose
 * descriptor is closed when it is asked goes silently, as in Linux.
 */
#include "servers/event/event_server.h"

#define SMALL_ITEMS 16u
#define LARGE_ITEMS 512u
#define FLAGS_SETTABLE LINUX_O_NONBLOCK
#define EPOLLS_PER_USER_SHARE (POLLS_MAX / 2)

enum { CTL_ADD = 1, CTL_DEL, CTL_MOD };

struct epoll_event {
	u32 events, pad;
	u64 data;
};

static struct slab slab = {.size = sizeof(struct epoll)};
static struct slab small = {.size = SMALL_ITEMS * sizeof(struct epoll_item)};
static struct slab large = {.size = LARGE_ITEMS * sizeof(struct epoll_item)};

static struct slab *slab_for(u32 nitems)
{
	return nitems == SMALL_ITEMS ? &small : &large;
}

static struct epoll_item *items_alloc(u32 nitems)
{
	struct epoll_item *item = slab_alloc(slab_for(nitems));

	for (u32 i = 0; item && i < nitems; i++)
		item[i].fd = NO_FD;
	return item;
}

static void epoll_free(struct epoll *e)
{
	if (e->item)
		slab_free(slab_for(e->nitems), e->item);
	if (e->badge)
		event_badge_release(e->badge);
	slab_free(&slab, e);
}

/* Who is not root leaves half of the table to polls and others. */
static struct epoll *epoll_alloc(u32 tag)
{
	const struct process_entry *who = caller_entry(tag);
	bool full = slab.used >= EPOLLS_PER_USER_SHARE && who && who->euid != 0;
	struct epoll *e = full ? 0 : slab_alloc(&slab);

	if (!e)
		return 0;
	e->kind = EPOLL;
	e->flags = LINUX_O_RDWR;
	e->nitems = SMALL_ITEMS;
	e->item = items_alloc(SMALL_ITEMS);
	e->badge = e->item ? event_badge_take(e) : 0;
	if (e->badge)
		return e;
	epoll_free(e);
	return 0;
}

s64 epoll_create1(struct request *q, struct answer *a)
{
	struct epoll *e;

	if (q->word[0] & ~(u64)LINUX_O_CLOEXEC)
		return -EINVAL;
	e = epoll_alloc(q->tag);
	return e ? session_answer(a, e->badge) : -ENOMEM;
}

/* Nobody waits on it: a call that waits would use the session. */
void epoll_closed(u64 badge)
{
	struct epoll *e = epoll_find(badge);

	if (e)
		epoll_free(e);
}

static struct epoll_item *item_find(struct epoll *e, s32 fd)
{
	for (u32 i = 0; i < e->used; i++)
		if (e->item[i].fd == fd)
			return &e->item[i];
	return 0;
}

static struct epoll_item *item_new(struct epoll *e)
{
	struct epoll_item *free = item_find(e, NO_FD), *more;

	if (free)
		return free;
	if (e->used < e->nitems)
		return &e->item[e->used++];
	if (e->nitems == LARGE_ITEMS)
		return 0;
	more = items_alloc(LARGE_ITEMS);
	if (!more)
		return 0;
	memcpy(more, e->item, e->nitems * sizeof(*more));
	slab_free(&small, e->item);
	e->item = more;
	e->nitems = LARGE_ITEMS;
	return &e->item[e->used++];
}

static s64 item_set(struct epoll *e, struct epoll_item *item, const struct request *q,
		    const struct epoll_event *event)
{
	s64 answer;

	*item = (struct epoll_item){
		.fd = (s32)q->word[2], .events = event->events, .data = event->data};
	answer = item_ask(e, q->reply, (u32)(item - e->item));
	if (answer < 0) {
		item->fd = NO_FD;
		return answer == -ENOSYS ? -EPERM : answer;
	}
	item->pending = answer > 0;
	if (item->pending)
		poll_cookie(cookie_for(e->badge, (u32)(item - e->item)));
	return 0;
}

static s64 ctl_add(struct epoll *e, const struct request *q, const struct epoll_event *event)
{
	struct epoll_item *item;
	s64 kind = descriptor_ask(q->reply, (s32)q->word[2], FD_NAME, (u64[2]){0, 0});

	if (kind == FD_FILE)
		return -EPERM;
	item = item_new(e);
	return item ? item_set(e, item, q, event) : -ENOSPC;
}

static s64 ctl_delete(struct epoll *e, struct epoll_item *item, const struct request *q)
{
	u64 cookie = cookie_for(e->badge, (u32)(item - e->item));

	descriptor_ask(q->reply, item->fd, FD_UNPOLL, (u64[2]){0, cookie});
	item->fd = NO_FD;
	return 0;
}

s64 epoll_ctl(struct request *q, struct answer *a)
{
	struct epoll *e = epoll_find(q->badge);
	struct caller caller = caller_of(q);
	struct epoll_event event = {0};
	s32 fd = (s32)q->word[2];
	struct epoll_item *item;
	s32 error = 0;

	(void)a;
	if (!e)
		return -EINVAL;
	if (q->word[1] != CTL_DEL)
		error = caller_read(&caller, q->word[3], &event, sizeof(event));
	if (error < 0)
		return error;
	if (fd < 0 || descriptor_ask(q->reply, fd, FD_POLL, (u64[2]){0, 0}) == -EBADF)
		return -EBADF;
	if (fd == (s32)q->word[0])
		return -EINVAL;
	item = item_find(e, fd);
	switch (q->word[1]) {
	case CTL_ADD:
		return item ? -EEXIST : ctl_add(e, q, &event);
	case CTL_DEL:
		return item ? ctl_delete(e, item, q) : -ENOENT;
	case CTL_MOD:
		return item ? item_set(e, item, q, &event) : -ENOENT;
	default:
		return -EINVAL;
	}
}

s64 epoll_fcntl(struct request *q, struct answer *a)
{
	struct epoll *e = epoll_find(q->badge);

	(void)a;
	if (!e)
		return -EBADF;
	return fcntl_flags(q, &e->flags, FLAGS_SETTABLE);
}

s64 epoll_stat(struct request *q, struct answer *a)
{
	struct linux_stat st = {.nlink = 1, .mode = 0600, .blksize = PAGE_SIZE};

	if (!epoll_find(q->badge))
		return -EBADF;
	st.dev = LINUX_DEV(0, 15);
	st.ino = 1;
	return stat_answer(q, a, &st);
}

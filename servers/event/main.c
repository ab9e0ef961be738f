/*
 * The event server: ppoll, pselect6 and epoll over descriptors of any servers.
 *
 * Reading order: event_server.h, poll.c (life of a call), scan.c (how a server is
 * asked), select.c, caller.c, epoll.c, epoll_wait.c.  Its endpoint is trusted: it calls through the
 * descriptors of the caller whose Reply it holds.
 */
#include "servers/event/event_server.h"

/* The time of a ppoll, if it came behind the items. */
static const struct linux_timespec *time_of(const struct poll *p, const struct request *q)
{
	u64 len = p->nitems * sizeof(struct item);

	return p->kind == POLL_PPOLL && q->data_len == len + sizeof(struct linux_timespec)
		       ? (const void *)(q->data + len)
		       : 0;
}

static s64 begin(struct poll *p, const struct request *q, struct answer *a, const u64 mask[2])
{
	s64 error = deadline_from(p, q->word[p->kind == POLL_SELECT ? 4 : 2], time_of(p, q));

	if (error == 0)
		error = mask_set(p, mask[0], mask[1]);
	if (error == 0)
		return poll_run(p, a);
	poll_destroy(p);
	return error;
}

/* The items of a ppoll: mostly they came with the request. */
static s32 items_read(const struct request *q, struct poll *p)
{
	u64 len = p->nitems * sizeof(struct item);

	if (q->data_len < len)
		return window_in_all(q->reply, 0, 0, p->item, len);
	items_copy(p->item, (const void *)q->data, p->nitems);
	return 0;
}

static s64 event_ppoll(struct request *q, struct answer *a)
{
	const struct process_entry *who = caller_entry(q->tag);
	u64 limit = who && who->nofile < ITEMS_MAX ? who->nofile : ITEMS_MAX;
	u32 nitems = (u32)q->word[1];
	struct poll *p;
	s32 error;

	if (nitems > limit)
		return -EINVAL;
	p = poll_create(q, nitems);
	if (!p)
		return -ENOMEM;
	error = items_read(q, p);
	if (error == 0)
		return begin(p, q, a, &q->word[3]);
	poll_destroy(p);
	return error;
}

static s64 event_pselect6(struct request *q, struct answer *a)
{
	struct caller caller = caller_of(q);
	u64 mask[2] = {0, 0}; /* address and size of the signal mask */
	struct poll *p;
	s64 error = 0;
	u32 nitems;

	if (q->word[5])
		error = caller_read(&caller, q->word[5], mask, sizeof(mask));
	if (error < 0)
		return error;
	nitems = select_items(q, &error);
	if (error < 0)
		return error;
	p = poll_create(q, nitems);
	if (!p)
		return -ENOMEM;
	select_begin(p, q);
	return begin(p, q, a, mask);
}

static s64 event_epoll_pwait(struct request *q, struct answer *a)
{
	struct epoll *e = epoll_find(q->badge);
	struct poll *p;
	s32 error;

	if (!e || (s32)q->word[2] <= 0)
		return -EINVAL;
	p = poll_create(q, 0);
	if (!p)
		return -ENOMEM;
	p->epoll = e;
	p->nfds = (u32)q->word[2];
	deadline_ms(p, (s32)q->word[3]);
	error = mask_set(p, q->word[4], q->word[5]);
	if (error == 0)
		return poll_run(p, a);
	poll_destroy(p);
	return error;
}

static const struct operation routed[] = {
	{LINUX_ppoll, "ppoll", event_ppoll},
	{LINUX_pselect6, "pselect6", event_pselect6},
	{LINUX_epoll_create1, "epoll_create1", epoll_create1},
	{LINUX_epoll_ctl, "epoll_ctl", epoll_ctl},
	{LINUX_epoll_pwait, "epoll_pwait", event_epoll_pwait},
	{LINUX_fcntl, "fcntl", epoll_fcntl},
	{LINUX_fstat, "fstat", epoll_stat},
	{LINUX_newfstatat, "newfstatat", epoll_stat},
	{LINUX_statx, "statx", epoll_stat},
	{LINUX_lseek, "lseek", refuse_seek},
	{LINUX_read, "read", refuse_invalid},
	{LINUX_readv, "readv", refuse_invalid},
	{LINUX_write, "write", refuse_invalid},
	{LINUX_writev, "writev", refuse_invalid},
	{0},
};

/* Bit i: the server with that id has cookies on its ready list. */
static void event_notified(u64 bits)
{
	if (bits & NOTIFY_TIMER)
		poll_timeout();
	for (u32 id = 0; id < SERVER_IDS; id++) {
		s64 cookie = bits >> id & 1;
		while (cookie > 0) {
			cookie = call0(SERVER_TO + id, FD_POLL_NEXT);
			if (cookie > 0)
				poll_cookie((u64)cookie);
		}
	}
}

static void event_undo(struct request *q, struct answer *a)
{
	if (q->kind == KIND_ROUTED && q->label == LINUX_epoll_pwait && a->flags & MSG_COPY)
		epoll_untell();
	if (a->flags & MSG_MINT)
		epoll_closed(a->copy_len);
}

static const struct server event_server = {
	.name = "event",
	.routed = routed,
	.interrupted = poll_interrupted,
	.abandoned = poll_abandoned,
	.closed = epoll_closed,
	.undo = event_undo,
	.notified = event_notified,
	.replies = POLLS_MAX,
	.buffer_shift = PAGE_SHIFT,
};

void server_main(const struct start_info *start)
{
	descriptor_init(start);
	timebase_hz = start->timebase_hz;
	server_run(&event_server);
}

/*
 * The pipe server: pipes and FIFOs, bytes between two sessions.
 *
 * Reading order: pipe_server.h, then open.c (how ends come to be), write.c and
 * read.c (how bytes move), pipe.c (what a close means).  Relies on process for
 * SIGPIPE and on the process table for who calls.
 */
#include "servers/pipe/pipe_server.h"

static const struct operation routed[] = {
	{LINUX_pipe2, "pipe2", pipe_pipe2},
	{LINUX_read, "read", pipe_read},
	{LINUX_readv, "readv", pipe_read},
	{LINUX_write, "write", pipe_write},
	{LINUX_writev, "writev", pipe_write},
	{LINUX_openat, "openat", pipe_openat},
	{LINUX_fcntl, "fcntl", pipe_fcntl},
	{LINUX_ioctl, "ioctl", pipe_ioctl},
	{LINUX_fstat, "fstat", pipe_stat},
	{LINUX_newfstatat, "newfstatat", pipe_stat},
	{LINUX_statx, "statx", pipe_stat},
	{LINUX_fchmod, "fchmod", pipe_chmod},
	{LINUX_fchown, "fchown", pipe_chown},
	/* What a stream of bytes has no use for. */
	STREAM_REFUSALS(REFUSAL_ROW)
	/* The end. */
	{0},
};

static const struct operation native[] = {
	{PIPE_FIFO, "fifo", pipe_fifo},     {PIPE_STATS, "stats", pipe_stats},
	{PIPE_DROP, "drop", pipe_drop},     {FD_POLL, "poll", pipe_poll},
	{FD_UNPOLL, "unpoll", pipe_unpoll}, {FD_POLL_NEXT, "poll_next", watch_next},
	{FD_NAME, "name", pipe_name},       {0},
};

/* Takes the waiter away; a writer that goes may make room for the one behind it. */
static void waiter_forget(struct waiter *w)
{
	struct pipe *p = w->end->pipe;

	if (w->label == LINUX_openat) {
		open_forget(w);
		return;
	}
	waiter_remove(w);
	writers_refill(p);
}

static void pipe_interrupted(slot_t reply)
{
	struct waiter *w = waiter_of(reply);
	u64 done = w ? w->done : 0;

	if (!w)
		return;
	waiter_forget(w);
	answer_later(reply, done ? (s64)done : -ERESTARTSYS);
}

static void pipe_abandoned(slot_t reply)
{
	struct waiter *w = waiter_of(reply);

	if (w)
		waiter_forget(w);
}

static void pipe_closed(u64 badge)
{
	struct end *e = end_find(badge);

	if (e)
		end_destroy(e);
}

static void pipe_undo(struct request *q, struct answer *a)
{
	if (q->label == LINUX_read && q->kind == KIND_ROUTED)
		read_undo(q, a);
	else
		open_undo(q, a);
}

static const struct server pipe_server = {
	.name = "pipe",
	.routed = routed,
	.native = native,
	.interrupted = pipe_interrupted,
	.abandoned = pipe_abandoned,
	.closed = pipe_closed,
	.undo = pipe_undo,
	.not_passed = write_not_passed,
	.replies = WAITERS_MAX,
	.buffer_shift = PAGE_SHIFT | BUFFER_NO_DATA,
};

void server_main(const struct start_info *start)
{
	descriptor_init(start);
	account_init(start->total_pages);
	server_run(&pipe_server);
}

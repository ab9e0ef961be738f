/*
 * read and readv of a pipe, and what a read makes room for.
 *
 * The one idea: bytes come from the ring first, and when it is empty straight out
 * of the window of a writer that waits: copied once.  Nothing is consumed before
 * the reader has it; a small read is copied by the reply itself, and read_undo
 * puts the bytes back if that fails.
 */
#include "servers/pipe/pipe_server.h"

/* The whole read lies in one piece of one page that it does not empty, and nobody waits for
 * the room: then the reply copies, and there is nothing else to do. */
static bool reply_can_copy(const struct pipe *p, const struct request *q, u32 len)
{
	return q->label == LINUX_read && !p->writers.first && ring_space(p) >= PIPE_BUF
	       && (p->head & PAGE_MASK) + len < PAGE_SIZE;
}

static __attribute__((noinline)) s64 read_ring(struct pipe *p, const struct request *q,
					       struct answer *a, u64 len)
{
	u32 n = len < p->count ? (u32)len : p->count;
	s64 moved;

	if (reply_can_copy(p, q, n)) {
		const u8 *from = p->page[p->head >> PAGE_SHIFT] + (p->head & PAGE_MASK);
		ring_drop_later(p, n);
		return copy_answer(a, n, from, n);
	}
	moved = ring_copy_out(p, q->reply, 0, n);
	if (moved > 0) {
		ring_drop(p, (u32)moved);
		writers_refill(p);
		pipe_wake_watches(p);
	}
	return moved;
}

void read_undo(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);

	if (e && (a->flags & MSG_COPY))
		ring_restore(e->pipe, (u32)a->word[0]);
}

/* Nothing moved from the waiting writer: its fault (it is answered, the reader goes on: 0)
 * or the reader's (the error). */
static s64 direct_failed(const struct request *q, struct waiter *w, s64 n, enum copy_stop stop)
{
	if (n < 0)
		return waiter_drop_dead(w) ? 0 : n;
	if (stop == COPY_PAGE)
		return -ERETRY;
	if (stop == COPY_PAGE_OTHER) {
		waiter_answer(w, w->done ? (s64)w->done : -ERETRY);
		return 0;
	}
	if (window_length(w->reply, 0) > w->done && window_length(q->reply, 0) == 0)
		return -EFAULT;
	waiter_answer(w, w->done ? (s64)w->done : -EFAULT);
	return 0;
}

/* From the window of the first writer that waits. */
static s64 read_direct(struct pipe *p, const struct request *q, u64 len)
{
	struct waiter *w = p->writers.first;
	u64 left = w->len - w->done;
	enum copy_stop stop;
	s64 n = window_copy(&(struct window_at){q->reply, 0, 0},
			    &(struct window_at){w->reply, 0, w->done}, len < left ? len : left,
			    &stop);

	if (n > 0 && stop == COPY_PAGE)
		return -ERETRY;
	if (n <= 0)
		return direct_failed(q, w, n, stop);
	w->done += (u64)n;
	if (w->done == w->len)
		waiter_answer(w, (s64)w->len);
	writers_refill(p);
	pipe_wake_watches(p);
	return n;
}

/* The ring is empty, but writers wait. */
static __attribute__((noinline)) s64 read_writers(struct end *e, struct request *q,
						  struct answer *a, u64 len)
{
	struct pipe *p = e->pipe;
	s64 n = 0;

	while (p->writers.first && n == 0 && p->count == 0)
		n = read_direct(p, q, len);
	if (n != 0 || p->nwriters == 0)
		return n;
	if (p->count > 0)
		return read_ring(p, q, a, len);
	if (e->flags & LINUX_O_NONBLOCK)
		return -EAGAIN;
	return waiter_wait(&p->readers, e, q, len);
}

static inline s64 read_len(struct end *e, struct request *q, struct answer *a, s64 len)
{
	struct pipe *p = e->pipe;

	if (len <= 0)
		return len;
	if (p->count > 0)
		return read_ring(p, q, a, (u64)len);
	if (p->writers.first)
		return read_writers(e, q, a, (u64)len);
	if (p->nwriters == 0)
		return 0;
	if (e->flags & LINUX_O_NONBLOCK)
		return -EAGAIN;
	return waiter_wait(&p->readers, e, q, (u64)len);
}

static __attribute__((noinline)) s64 read_vector(struct end *e, struct request *q, struct answer *a)
{
	return read_len(e, q, a, transfer_length(q, ACCESS_WRITE));
}

s64 pipe_read(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);

	if (!e || !end_reads(e))
		return -EBADF;
	if (transfer_is_vector(q))
		return read_vector(e, q, a);
	return read_len(e, q, a, transfer_length(q, ACCESS_WRITE));
}

/* The last writer is gone. */
void readers_end_of_file(struct pipe *p)
{
	while (p->readers.first)
		waiter_answer(p->readers.first, 0);
}

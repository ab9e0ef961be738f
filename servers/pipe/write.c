/*
 * write and writev of a pipe.
 *
 * The one idea: readers that wait are served straight from the writer's window;
 * the rest goes into the ring, and what does not fit waits in the caller's
 * memory.  Up to PIPE_BUF bytes go in one piece or not yet.  Where something was
 * given away before a copy stops, the answer is the short count.
 */
#include "ipc/proto/process.h"
#include "servers/pipe/pipe_server.h"

#define STOPPED (1ll << 62) /* beside a count: a copy stopped behind those bytes */
#define MUCH 512            /* bytes, for which a copy costs more than a switch */

static s64 broken_pipe(u32 tag)
{
	call2(SERVER_TO + SERVER_ID_PROCESS, PROC_SIGNAL, tag, LINUX_SIGPIPE);
	return -EPIPE;
}

/* Nothing usable came to the reader: its fault (answered; 0 bytes given) or the writer's. */
static s64 give_failed(const struct request *q, u64 done, struct waiter *w, s64 n,
		       enum copy_stop stop)
{
	if (n < 0)
		return waiter_drop_dead(w) ? 0 : n;
	if (stop == COPY_PAGE_OTHER)
		return -ERETRY;
	if (stop == COPY_WINDOW_END && window_length(q->reply, 0) <= done)
		return -EFAULT;
	waiter_answer(w, stop == COPY_PAGE ? -ERETRY : -EFAULT);
	return 0;
}

/* To the first reader that waits, from byte `done` of the request on: bytes given. */
static s64 give_reader(struct waiter *w, struct request *q, u64 done, u64 len)
{
	enum copy_stop stop;
	s64 n = window_copy(&(struct window_at){w->reply, 0, 0},
			    &(struct window_at){q->reply, 0, done},
			    w->len < len - done ? w->len : len - done, &stop);

	if (n <= 0 || stop == COPY_PAGE || (stop == COPY_PAGE_OTHER && done == 0))
		return give_failed(q, done, w, n, stop);
	waiter_answer(w, n);
	return n;
}

/* Into the ring, from byte `done` on: bytes, 0 if it must wait. */
static s64 write_ring(struct pipe *p, const struct request *q, u64 done, u64 len)
{
	u32 left = len - done < p->capacity ? (u32)(len - done) : p->capacity;

	if (len - done <= PIPE_BUF && ring_prepare(p, left) < left)
		return 0;
	return ring_fill(p, q->reply, done, left);
}

static __attribute__((noinline)) s64 write_now(struct pipe *p, struct request *q, u64 len)
{
	u64 done = 0;
	s64 n = 0;

	while (done < len && p->readers.first && n >= 0) {
		n = give_reader(p->readers.first, q, done, len);
		if (n > 0)
			done += (u64)n;
	}
	if (n >= 0 && done < len)
		n = write_ring(p, q, done, len);
	if (n < 0)
		return done ? (s64)done | STOPPED : n;
	return (s64)(done < len ? done + (u64)n : done);
}

static bool refused; /* the pass that this write began with */

void write_not_passed(slot_t kept)
{
	refused = true;
	waiter_restore(kept);
}

/* What is left to say of a write that moved `done` bytes, or failed. */
static s64 write_end(struct end *e, const struct request *q, s64 done, u64 len)
{
	struct waiter *w;

	if (done < 0 || (u64)done == len)
		return done;
	if (done & STOPPED)
		return done & ~STOPPED;
	if (e->flags & LINUX_O_NONBLOCK)
		return done ? done : -EAGAIN;
	w = waiter_add(&e->pipe->writers, e, q, len);
	if (!w)
		return done ? done : -EAGAIN;
	w->done = (u64)done;
	return LATER;
}

static __attribute__((noinline)) s64 write_len(struct end *e, struct request *q, s64 len)
{
	struct pipe *p = e->pipe;
	s64 done = 0;

	if (len <= 0)
		return len;
	if (p->nreaders == 0)
		return broken_pipe(q->tag);
	refused = false;
	if (!p->writers.first && !p->readers.first)
		done = ring_fill_quick(p, q->reply, (u64)len);
	if (!p->writers.first && done == 0)
		done = write_now(p, q, (u64)len);
	if (done > 0 && p->count > 0)
		pipe_wake_watches(p);
	return done == len ? len : write_end(e, q, done, (u64)len);
}

static __attribute__((noinline)) s64 write_vector(struct end *e, struct request *q)
{
	return write_len(e, q, transfer_length(q, ACCESS_READ));
}

/* To a reader who waits for so much, all of it goes with the answer to both.  Where it is much, the
 * reader runs next: it will ask again before the writer has more, and that is then copied
 * once too. */
s64 pipe_write(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);
	struct waiter *w;
	s64 len;

	(void)a;
	if (!e || !end_writes(e))
		return -EBADF;
	if (transfer_is_vector(q))
		return write_vector(e, q);
	len = transfer_length(q, ACCESS_READ);
	w = e->pipe->readers.first;
	if (!w || len <= 0 || w->len < (u64)len || len > (s64)COPY_MAX || w->label != LINUX_read
	    || refused)
		return write_len(e, q, len);
	waiter_remove(w);
	return answer_pass(q, w->reply, (u64)len,
			   len >= MUCH && ((u64)len == w->len || len >= (s64)PIPE_BUF));
}

/* Room to take more of the first waiting writer: all of it, or the ring is half empty. */
static bool refill_pays(const struct pipe *p, const struct waiter *w)
{
	u64 left = w->len - w->done;

	return left <= ring_space(p) || (w->len > PIPE_BUF && p->count <= p->capacity / 2);
}

/* After bytes were read: the next ones from writers that wait. */
void writers_refill(struct pipe *p)
{
	while (p->writers.first && refill_pays(p, p->writers.first)) {
		struct waiter *w = p->writers.first;
		u64 left = w->len - w->done;
		s64 n = 0;

		if (left > PIPE_BUF || ring_prepare(p, (u32)left) == left)
			n = ring_fill(p, w->reply, w->done, left);
		if (n == 0)
			return;
		if (n > 0)
			w->done += (u64)n;
		if (n < 0)
			waiter_answer(w, w->done ? (s64)w->done : n);
		else if (w->done == w->len)
			waiter_answer(w, (s64)w->len);
	}
}

/* The last reader is gone. */
void writers_broken(struct pipe *p)
{
	while (p->writers.first) {
		struct waiter *w = p->writers.first;
		s64 error = broken_pipe(w->tag);
		waiter_answer(w, w->done ? (s64)w->done : error);
	}
}

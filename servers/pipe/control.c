/*
 * What else can be asked of a pipe: flags, size, status, readiness, name.
 */
#include "ipc/proto/process_table.h"
#include "servers/pipe/pipe_server.h"

#define FLAGS_SETTABLE (LINUX_O_NONBLOCK | LINUX_O_APPEND)

/* F_SETPIPE_SZ: rounded up to a power of two of pages; a ring in use keeps its size. */
static s64 capacity_set(struct pipe *p, u64 wanted)
{
	u32 capacity = PAGE_SIZE;

	if (wanted > PIPE_PAGES * PAGE_SIZE)
		return -EPERM;
	while (capacity < wanted)
		capacity *= 2;
	if (capacity == p->capacity)
		return capacity;
	if (p->count > 0)
		return -EBUSY;
	ring_clear(p);
	p->capacity = capacity;
	writers_refill(p);
	pipe_wake_watches(p);
	return capacity;
}

s64 pipe_fcntl(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);

	(void)a;
	if (!e)
		return -EBADF;
	switch (q->word[1]) {
	case LINUX_F_GETPIPE_SZ:
		return e->pipe->capacity;
	case LINUX_F_SETPIPE_SZ:
		return capacity_set(e->pipe, (u32)q->word[2]);
	default:
		return fcntl_flags(q, &e->flags, FLAGS_SETTABLE);
	}
}

static s64 nonblock_set(struct end *e, const struct request *q)
{
	s32 on;
	s32 error = window_in_all(q->reply, 0, 0, &on, sizeof(on));

	if (error < 0)
		return error;
	e->flags = on ? e->flags | LINUX_O_NONBLOCK : e->flags & ~(u32)LINUX_O_NONBLOCK;
	return 0;
}

s64 pipe_ioctl(struct request *q, struct answer *a)
{
	static s32 bytes;
	struct end *e = end_find(q->badge);

	if (!e)
		return -EBADF;
	switch ((u32)q->word[1]) {
	case LINUX_FIONREAD:
		bytes = (s32)e->pipe->count;
		return copy_answer(a, 0, &bytes, sizeof(bytes));
	case LINUX_FIONBIO:
		return nonblock_set(e, q);
	default:
		return -ENOTTY;
	}
}

s64 pipe_stat(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);
	struct linux_stat st = {.nlink = 1, .blksize = PAGE_SIZE};

	if (!e)
		return -EBADF;
	st.dev = LINUX_DEV(0, 14);
	st.ino = e->pipe->ino;
	st.mode = LINUX_S_IFIFO | e->pipe->mode;
	st.uid = e->pipe->uid;
	st.gid = e->pipe->gid;
	return stat_answer(q, a, &st);
}

s64 pipe_chmod(struct request *q, struct answer *a)
{
	const struct process_entry *who = caller_entry(q->tag);
	struct end *e = end_find(q->badge);

	(void)a;
	if (!e || !who)
		return -EBADF;
	if (who->fsuid != 0 && who->fsuid != e->pipe->uid)
		return -EPERM;
	e->pipe->mode = (u32)q->word[1] & 07777;
	return 0;
}

s64 pipe_chown(struct request *q, struct answer *a)
{
	const struct process_entry *who = caller_entry(q->tag);
	struct end *e = end_find(q->badge);

	(void)a;
	if (!e || !who)
		return -EBADF;
	if (who->fsuid != 0)
		return -EPERM;
	if ((u32)q->word[1] != ~0u)
		e->pipe->uid = (u32)q->word[1];
	if ((u32)q->word[2] != ~0u)
		e->pipe->gid = (u32)q->word[2];
	return 0;
}

s64 pipe_poll(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);

	(void)a;
	return e ? watch_poll(&e->watches, q, pipe_ready(e)) : -EBADF;
}

s64 pipe_unpoll(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);

	(void)a;
	return e ? watch_forget(&e->watches, q) : -EBADF;
}

s64 pipe_name(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);

	if (!e)
		return -EBADF;
	a->word[1] = e->pipe->ino;
	return FD_PIPE;
}

s64 pipe_stats(struct request *q, struct answer *a)
{
	(void)q;
	a->word[1] = ring_bytes_held();
	a->word[2] = slabs_live();
	a->word[3] = pages_kept();
	return (s64)pipes_alive();
}

/* Free pages cannot go back to memory: there is nothing to drop. */
s64 pipe_drop(struct request *q, struct answer *a)
{
	(void)q;
	(void)a;
	return 0;
}

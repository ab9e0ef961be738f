/*
 * New ends: pipe2, opens of a FIFO, and opens through /proc/self/fd.
 *
 * The one idea: an open of a FIFO counts as a reader or writer at once, and its
 * caller waits until the other side has been there, however briefly.  A session
 * is minted for its answer and moved with it, so nothing of it stays here.
 */
#include "ipc/proto/process_table.h"
#include "servers/pipe/pipe_server.h"

#define OPEN_KEPT (LINUX_O_ACCMODE | LINUX_O_NONBLOCK | LINUX_O_APPEND)

static s64 end_answer(struct end *e, struct answer *a)
{
	s64 slot = end_session(e);

	if (slot < 0)
		return slot;
	a->cap = (slot_t)slot;
	a->flags = MSG_SEND | MSG_MOVE;
	return 0;
}

/* The capability was not moved: with it the end goes (its closed message). */
void open_undo(struct request *q, struct answer *a)
{
	(void)q;
	if (a->flags & MSG_SEND)
		slot_delete(a->cap);
}

static s64 end_give(const struct request *q, struct end *e)
{
	u64 word[4] = {q->word[1] & LINUX_O_CLOEXEC ? SLOT_CLOEXEC : 0};
	s64 slot = end_session(e);
	s64 descriptor;

	if (slot < 0)
		return slot;
	descriptor = call_cap(q->reply, REPLY_GIVE, (slot_t)slot, word);
	slot_delete((slot_t)slot);
	return descriptor;
}

static s64 pipe_give(const struct request *q, struct answer *a, struct pipe *p)
{
	static s32 descriptor[2];
	u32 flags = (u32)q->word[1] & LINUX_O_NONBLOCK;

	for (u32 i = 0; i < 2; i++) {
		struct end *e = end_create(p, END_PIPE, flags | (i ? LINUX_O_WRONLY : 0));
		s64 given = e ? end_give(q, e) : -ENFILE;
		if (given < 0)
			return given;
		descriptor[i] = (s32)given;
	}
	return copy_answer(a, 0, descriptor, sizeof(descriptor));
}

/* What was given is taken back by the kernel when the answer is an error. */
s64 pipe_pipe2(struct request *q, struct answer *a)
{
	const struct process_entry *who = caller_entry(q->tag);
	struct pipe *p;
	s64 result;

	if (q->word[1] & ~(u64)(LINUX_O_CLOEXEC | LINUX_O_NONBLOCK))
		return -EINVAL;
	p = pipe_create(who ? who->fsuid : 0, who ? who->fsgid : 0);
	if (!p)
		return -ENFILE;
	result = pipe_give(q, a, p);
	pipe_release(p);
	return result;
}

static bool open_is_complete(const struct end *e)
{
	return (!end_reads(e) || e->pipe->nwriters > 0)
	       && (!end_writes(e) || e->pipe->nreaders > 0);
}

static void open_complete(struct waiter *w)
{
	struct answer a = {0};
	slot_t reply = w->reply;
	s64 error = end_answer(w->end, &a);

	waiter_remove(w);
	if (error < 0)
		answer_later(reply, error);
	else if (answer_later_with(reply, 0, &a) < 0)
		slot_delete(a.cap);
}

/* Someone came: every open that waited for him is answered. */
static void opens_complete(struct pipe *p)
{
	struct waiter *w = p->opens.first;

	p->references++;
	while (w) {
		struct waiter *next = w->next;
		if (open_is_complete(w->end))
			open_complete(w);
		w = next;
	}
	pipe_release(p);
}

void open_forget(struct waiter *w)
{
	struct end *e = w->end;

	waiter_remove(w);
	end_destroy(e);
}

static s64 end_open(struct request *q, struct answer *a, struct pipe *p)
{
	u32 flags = (u32)q->word[2] & OPEN_KEPT;
	u32 access = flags & LINUX_O_ACCMODE;
	bool waits = !(flags & LINUX_O_NONBLOCK) && access != LINUX_O_RDWR && p->is_fifo;
	struct end *e;

	if (access == LINUX_O_ACCMODE)
		return -EINVAL;
	if (access == LINUX_O_WRONLY && !waits && p->is_fifo && p->nreaders == 0)
		return -ENXIO;
	e = end_create(p, END_PIPE, flags | LINUX_O_LARGEFILE);
	if (!e)
		return -ENFILE;
	if (p->is_fifo && p->nwriters == 0)
		e->writers_before = p->writers_ever;
	opens_complete(p);
	if (!waits || open_is_complete(e))
		return end_answer(e, a);
	if (waiter_add(&p->opens, e, q, 0))
		return LATER;
	end_destroy(e);
	return -ENFILE;
}

static bool may_open(const struct pipe *p, u32 tag)
{
	const struct process_entry *who = caller_entry(tag);

	return p->is_fifo || !who || who->fsuid == 0 || who->fsuid == p->uid;
}

/* Of a FIFO's handle fs has checked the permission; of an end it is checked here. */
s64 pipe_openat(struct request *q, struct answer *a)
{
	struct end *e = end_find(q->badge);

	if (!e)
		return -EBADF;
	return may_open(e->pipe, q->tag) ? end_open(q, a, e->pipe) : -EACCES;
}

s64 pipe_fifo(struct request *q, struct answer *a)
{
	struct pipe *p;
	struct end *e;
	s64 result;

	if (caller_is_program(q))
		return -EPERM;
	p = pipe_create((u32)q->word[2], (u32)(q->word[2] >> 32));
	if (!p)
		return -ENFILE;
	p->is_fifo = true;
	p->ino = q->word[0];
	p->mode = (u32)q->word[1] & 07777;
	e = end_create(p, END_FIFO, 0);
	result = e ? end_answer(e, a) : -ENFILE;
	pipe_release(p);
	return result;
}

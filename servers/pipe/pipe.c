/*
 * Pipes: how many read, how many write, and what follows when nobody does.
 *
 * The one idea: the last writer's session that is closed wakes every reader with
 * end of file, the last reader's wakes every writer with EPIPE.  A close, an exit
 * and a killed process are the same message here.
 */
#include "servers/pipe/pipe_server.h"

static struct slab slab = {.size = sizeof(struct pipe)};
static u64 next_ino = 1;

u64 pipes_alive(void)
{
	return slab.used;
}

struct pipe *pipe_create(u32 uid, u32 gid)
{
	struct account *account = account_get(uid);
	struct pipe *p = account ? slab_alloc(&slab) : 0;

	if (!p)
		return 0;
	p->account = account;
	p->ino = next_ino++;
	p->mode = 0600;
	p->uid = uid;
	p->gid = gid;
	p->capacity = PIPE_PAGES * PAGE_SIZE;
	p->references = 1;
	return p;
}

void pipe_release(struct pipe *p)
{
	if (--p->references > 0)
		return;
	ring_clear(p);
	slab_free(&slab, p);
}

void pipe_end_added(struct pipe *p, struct end *e)
{
	e->next_end = p->ends;
	p->ends = e;
	p->references++;
	p->nreaders += end_reads(e);
	p->nwriters += end_writes(e);
	p->writers_ever += end_writes(e);
}

/* The reference stays: the caller gives it back. */
void pipe_end_removed(struct pipe *p, struct end *e)
{
	struct end **at = &p->ends;

	while (*at != e)
		at = &(*at)->next_end;
	*at = e->next_end;
	p->nreaders -= end_reads(e);
	p->nwriters -= end_writes(e);
	if (p->nreaders == 0)
		writers_broken(p);
	if (p->nwriters == 0)
		readers_end_of_file(p);
	if (p->nreaders == 0 && p->nwriters == 0)
		ring_clear(p);
	pipe_wake_watches(p);
}

/* As Linux's pipe_poll: POLLOUT while a whole page is free, POLLHUP when there are no writers
 * any more, POLLERR without readers. */
u32 pipe_ready(const struct end *e)
{
	const struct pipe *p = e->pipe;
	u32 ready = 0;

	if (end_reads(e)) {
		if (p->count > 0 || p->writers.first)
			ready |= POLLIN;
		if (p->nwriters == 0 && p->writers_ever != e->writers_before)
			ready |= POLLHUP;
	}
	if (end_writes(e)) {
		if (ring_space(p) >= PIPE_BUF && !p->writers.first)
			ready |= POLLOUT;
		if (p->nreaders == 0)
			ready |= POLLERR;
	}
	return ready;
}

void pipe_wake_watches(struct pipe *p)
{
	for (struct end *e = p->ends; e; e = e->next_end)
		if (watch_any(&e->watches))
			watch_wake(&e->watches, pipe_ready(e));
}

/*
 * Ends: one for each session, found by its badge.
 *
 * The one idea: the badge is an index and a generation, so a badge that outlived
 * its end (a closed message that was sent twice, a restart) finds nothing.
 */
#include "servers/pipe/pipe_server.h"

#define BADGE_SHIFT 16

static struct slab slab = {.size = sizeof(struct end)};
static struct end *ends[ENDS_MAX];
static u64 generation[ENDS_MAX];
static u32 search; /* where the search for a free index goes on */

static u32 index_take(void)
{
	for (u32 i = 0; i < ENDS_MAX; i++) {
		u32 at = (search + i) % ENDS_MAX;
		if (!ends[at]) {
			search = at + 1;
			return at;
		}
	}
	return ENDS_MAX;
}

struct end *end_find(u64 badge)
{
	struct end *e = ends[(badge & 0xffff) % ENDS_MAX];

	return e && e->badge == badge ? e : 0;
}

struct end *end_create(struct pipe *p, u32 kind, u32 flags)
{
	u32 at = index_take();
	struct end *e;

	if (at == ENDS_MAX || !account_take_end(p->account))
		return 0;
	e = slab_alloc(&slab);
	if (!e) {
		account_give_end(p->account);
		return 0;
	}
	e->pipe = p;
	e->kind = kind;
	e->flags = flags;
	e->badge = ++generation[at] << BADGE_SHIFT | at;
	ends[at] = e;
	pipe_end_added(p, e);
	return e;
}

void end_destroy(struct end *e)
{
	struct pipe *p = e->pipe;

	ends[e->badge & 0xffff] = 0;
	watch_clear(&e->watches);
	account_give_end(p->account);
	pipe_end_removed(p, e);
	slab_free(&slab, e);
	pipe_release(p);
}

s64 end_session(struct end *e)
{
	s64 slot = session_mint(e->badge);

	if (slot < 0)
		end_destroy(e);
	return slot;
}

bool end_reads(const struct end *e)
{
	return e->kind == END_PIPE && (e->flags & LINUX_O_ACCMODE) != LINUX_O_WRONLY;
}

bool end_writes(const struct end *e)
{
	return e->kind == END_PIPE && (e->flags & LINUX_O_ACCMODE) != LINUX_O_RDONLY;
}

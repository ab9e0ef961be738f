/*
 * Ends: one for each session, found by its badge.
 *
 * The badge is an index and a generation, so one that outlived its end (a closed
 * message sent twice, a restart) finds nothing.
 */
#include "servers/pipe/pipe_server.h"

static struct slab slab = {.size = sizeof(struct end)};
static struct badge_entry entries[ENDS_MAX];
struct badge_table ends = {.entry = entries, .size = ENDS_MAX};

static struct end *end_alloc(void)
{
	struct end *e = slab_alloc(&slab);

	if (!e)
		return 0;
	e->badge = badge_take(&ends, e);
	if (e->badge)
		return e;
	slab_free(&slab, e);
	return 0;
}

struct end *end_create(struct pipe *p, u32 kind, u32 flags)
{
	struct end *e;

	if (!account_take_end(p->account))
		return 0;
	e = end_alloc();
	if (!e) {
		account_give_end(p->account);
		return 0;
	}
	e->pipe = p;
	e->kind = kind;
	e->flags = flags;
	pipe_end_added(p, e);
	return e;
}

void end_destroy(struct end *e)
{
	struct pipe *p = e->pipe;

	badge_release(&ends, e->badge);
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

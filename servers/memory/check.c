/*
 * The memory server's own books, checked in debug builds after what servers ask.
 */
#include "servers/memory/memory_server.h"

#ifdef MISSIVE_DEBUG
static const bool checking = true;
#else
static const bool checking = false;
#endif
#define EVERY 16u /* operations: a check looks at every frame */

/* R1, and that the regions' pages add up. */
static bool space_is_sound(const struct space *s)
{
	u64 mapped = 0;

	for (u32 i = 0; i < s->nregions; i++) {
		const struct region *r = s->region[i];
		if (r->start >= r->end || r->space != s || r->rights & ~r->most)
			return false;
		if (i && s->region[i - 1]->end > r->start)
			return false;
		mapped += (r->end - r->start) >> PAGE_SHIFT;
	}
	return mapped == s->mapped;
}

void books_check(void)
{
	static u32 operations;
	const struct space *s;
	u32 index = 0;

	if (!checking || ++operations % EVERY)
		return;
	if (!frames_check())
		server_panic("memory: the counts of frames do not add up\n");
	while ((s = space_next(&index)) != 0)
		if (!space_is_sound(s))
			server_panic("memory: the books of space %lx are wrong\n", s->id);
}

/*
 * Badges of a server's own sessions: index and generation, checked when they come back.
 *
 * B1: a badge is BADGE_OWN | generation << BADGE_SHIFT | index; those that root hands out
 *     (SERVER_BADGE + rank) are smaller than BADGE_OWN.
 * B2: badge_find gives an object only for the badge under which it is in the table now.
 * B3: a server that root started anew gives badges that its former life did not.
 */
#pragma once

#include "ipc/abi/types.h"

#define BADGE_SHIFT 16
#define BADGE_OWN (1ull << 48) /* and 32 bits of generation: 8 of lives, 24 of uses */
#define BADGE_LIFE_SHIFT 24

struct badge_entry {
	void *object; /* 0: free */
	u32 generation;
};

struct badge_table {
	struct badge_entry *entry;
	u32 size; /* at most 1 << BADGE_SHIFT */
	u32 next; /* where the search for a free one goes on */
};

/* Once, before the first badge: how often this server has been started anew. */
void badge_life(u64 restarts);
/* A badge for the object, 0 when the table is full. */
u64 badge_take(struct badge_table *t, void *object);
static inline void *badge_find(const struct badge_table *t, u64 badge)
{
	u64 at = badge & ((1ull << BADGE_SHIFT) - 1);
	u64 high = badge >> BADGE_SHIFT;

	if (at >= t->size || high != (BADGE_OWN >> BADGE_SHIFT | t->entry[at].generation))
		return 0;
	return t->entry[at].object;
}
void badge_release(struct badge_table *t, u64 badge);

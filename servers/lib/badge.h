/*
 * Badges of a server's own sessions: index and generation, checked when they come back.
 *
 * B1: a badge is generation << BADGE_SHIFT | index with generation >= 1, so it is never
 *     below BADGE_OWN; smaller badges are the sessions that root hands out.
 * B2: badge_find gives an object only for the badge under which it is in the table now.
 */
#pragma once

#include "ipc/abi/types.h"

#define BADGE_SHIFT 16
#define BADGE_OWN (1ull << BADGE_SHIFT)

struct badge_entry {
	void *object; /* 0: free */
	u64 generation;
};

struct badge_table {
	struct badge_entry *entry;
	u32 size; /* at most 1 << BADGE_SHIFT */
	u32 next; /* where the search for a free one goes on */
};

/* A badge for the object, 0 when the table is full. */
u64 badge_take(struct badge_table *t, void *object);
void *badge_find(const struct badge_table *t, u64 badge);
void badge_release(struct badge_table *t, u64 badge);

/*
 * The table behind badges: see badge.h.
 */
#include "servers/lib/badge.h"

u64 badge_take(struct badge_table *t, void *object)
{
	for (u32 i = 0; i < t->size; i++) {
		u32 at = (t->next + i) % t->size;
		struct badge_entry *e = &t->entry[at];
		if (e->object)
			continue;
		e->object = object;
		t->next = at + 1;
		e->generation++;
		return BADGE_OWN | (u64)e->generation << BADGE_SHIFT | at;
	}
	return 0;
}

void badge_release(struct badge_table *t, u64 badge)
{
	if (badge_find(t, badge))
		t->entry[badge & ((1ull << BADGE_SHIFT) - 1)].object = 0;
}

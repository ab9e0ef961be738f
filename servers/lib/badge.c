/*
 * The table behind badges: see badge.h.
 */
#include "servers/lib/badge.h"

static u32 life;

void badge_life(u64 restarts)
{
	life = (u32)restarts << BADGE_LIFE_SHIFT;
}

u64 badge_take(struct badge_table *t, void *object)
{
	for (u32 i = 0; i < t->size; i++) {
		u32 at = (t->next + i) % t->size;
		struct badge_entry *e = &t->entry[at];
		if (e->object)
			continue;
		e->object = object;
		t->next = at + 1;
		e->generation = life | ((e->generation + 1) & ((1u << BADGE_LIFE_SHIFT) - 1));
		return BADGE_OWN | (u64)e->generation << BADGE_SHIFT | at;
	}
	return 0;
}

void badge_release(struct badge_table *t, u64 badge)
{
	if (badge_find(t, badge))
		t->entry[badge & ((1ull << BADGE_SHIFT) - 1)].object = 0;
}

/*
 * Objects and capabilities.
 *
 * Every object begins with struct object.  A slot names an object; all slots
 * that name it form a ring, so deletion is O(1) and destruction finds them all.
 *   O1: slot->object == 0 iff the slot is empty
 *   O2: every slot that names o lies in o's ring, and no other does
 *   O3: a dead object is found by no lookup
 *   O4: an object lies in exactly one pool, which counts it
 */
#pragma once

#include "ipc/abi/error.h"
#include "ipc/abi/object.h"

struct pool;

struct object {
	u8 type; /* enum object_type */
	bool dead;
	u16 pad;
	u32 uses; /* session: capabilities and unanswered calls; others: capabilities */
	struct slot *ring;
	struct pool *pool; /* that pays */
};

struct slot {
	struct object *object;
	union {
		struct {
			u8 flags; /* enum slot_flag, and SLOT_RESERVED while a give waits for its
			           * reply */
			bool callable; /* names a session and is not reserved */
			u16 index; /* in its capability space (fixed slots: from SLOT_FIXED on) */
			u32 owner; /* frame of that; 0: the slot lies inside an object */
		};
		u16 marks; /* flags and callable */
		u64 place; /* all of it, without flags that of an empty slot */
	};
	struct slot *next, *prev; /* ring */
};
_Static_assert(sizeof(struct slot) == 32, "128 slots a page");
#define SLOT_RESERVED 0x80

/* Names object from an empty slot; counts. */
void slot_set(struct slot *s, struct object *o, u8 flags);
/* The same for o, which s names, in a table that marks its used slots itself. */
static inline void slot_join(struct slot *empty, struct slot *s, struct object *o)
{
	struct slot *next = s->next;

	empty->object = o;
	empty->marks = s->marks;
	empty->next = next;
	empty->prev = s;
	next->prev = empty;
	s->next = empty;
	o->uses++;
}
/* The other way, for a session that has other names: with them, it keeps a use.  All of the slot is
 * zero then.  False: it is none, or its ring begins here. */
static inline bool slot_leave(struct slot *s)
{
	struct slot *next = s->next, *prev = s->prev;
	struct object *o = s->object;

	if (o->ring == s || !s->callable)
		return false;
	prev->next = next;
	next->prev = prev;
	o->uses--;
	*s = (struct slot){0};
	return true;
}
/* Empties a slot; the last use of a session queues its closed message. */
void slot_clear(struct slot *s);
/* The same in a table whose marks are of no use any more. */
void slot_drop(struct slot *s);
/* Names object from a slot that may name another; what that was goes first. */
void slot_replace(struct slot *s, struct object *o, u8 flags);
/* to (empty) becomes what from was, which is empty then. */
void slot_move(struct slot *to, struct slot *from);
/* Empties at most `budget` slots that name o, `last` (or 0) as the last one of all; true when
 * none is left. */
bool object_unname(struct object *o, struct slot *last, u32 budget);

static inline void object_init(struct object *o, enum object_type type, struct pool *pool)
{
	o->type = (u8)type;
	o->dead = false;
	o->uses = 0;
	o->ring = 0;
	o->pool = pool;
}

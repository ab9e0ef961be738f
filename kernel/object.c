/* Slots and rings: naming an object, O(1) deletion, finding every name of it. */
#include "ipc/endpoint.h"
#include "kernel/arch.h"
#include "kernel/cspace.h"
#include "kernel/pool.h"
#include "kernel/print.h"

static void ring_insert(struct slot *s, struct object *o)
{
	if (!o->ring) {
		o->ring = s->next = s->prev = s;
		return;
	}
	s->next = o->ring;
	s->prev = o->ring->prev;
	s->prev->next = s;
	o->ring->prev = s;
}

static void ring_remove(struct slot *s)
{
	struct object *o = s->object;

	if (s->next == s) {
		o->ring = 0;
	} else {
		s->prev->next = s->next;
		s->next->prev = s->prev;
		if (o->ring == s)
			o->ring = s->next;
	}
	s->next = s->prev = 0;
}

static void ring_replace(struct slot *to, struct slot *from)
{
	struct slot *next = from->next, *prev = from->prev;

	to->next = to->prev = to;
	if (next != from) {
		to->next = next;
		to->prev = prev;
		next->prev = prev->next = to;
	}
	if (from->object->ring == from)
		from->object->ring = to;
	from->next = from->prev = 0;
}

/* C1: the table of s, if it has one, knows whether it is in use. */
static inline void mark(const struct slot *s, bool used)
{
	struct cspace *c;
	u32 n = s->index;
	u64 was, bit = 1ull << n % 64;

	if (!s->owner)
		return;
	c = (void *)((u8 *)arch_direct((paddr_t)s->owner << PAGE_SHIFT) + POOL_FIRST_OBJECT);
	was = c->used[n / 64];
	c->used[n / 64] = used ? was | bit : was & ~bit;
	if ((used ? was | bit : was) == ~0ull)
		cspace_mark_page(c, n / SLOTS_PER_PAGE);
}

void slot_set(struct slot *s, struct object *o, u8 flags)
{
	ASSERT(!s->object && !o->dead);
	s->object = o;
	s->flags = flags;
	s->callable = o->type == OBJECT_SESSION && !(flags & SLOT_RESERVED);
	ring_insert(s, o);
	o->uses++;
	mark(s, true);
}

/* What is remembered of slots, to spare a look at them, ends with the slot. */
static void slot_forget(struct object *o)
{
	const struct reply *r = (void *)o;

	if (o->type == OBJECT_ENDPOINT)
		endpoint_unknown((struct endpoint *)(void *)o);
	else if (o->type == OBJECT_REPLY && r->endpoint)
		endpoint_unknown(r->endpoint);
}

void slot_drop(struct slot *s)
{
	struct object *o = s->object;

	ring_remove(s);
	s->object = 0;
	s->marks = 0;
	slot_forget(o);
	if (o->type == OBJECT_SESSION && o->uses == 1) {
		session_release((struct session *)(void *)o);
	} else if (--o->uses == 0 && o->type == OBJECT_REPLY && !o->dead) {
		reply_destroy((struct reply *)(void *)o); /* it has no other name */
		pool_object_put(o);
	}
}

void slot_clear(struct slot *s)
{
	if (!s->object)
		return;
	mark(s, false);
	slot_drop(s);
}

void slot_replace(struct slot *s, struct object *o, u8 flags)
{
	slot_clear(s);
	slot_set(s, o, flags);
}

void slot_move(struct slot *to, struct slot *from)
{
	struct object *o = from->object;

	ASSERT(o && !to->object);
	to->object = o;
	to->marks = from->marks;
	ring_replace(to, from);
	from->object = 0;
	from->marks = 0;
	mark(to, true);
	mark(from, false);
	slot_forget(o);
}

/* A slot of a thread that loses its address space: waiting in recv, it is not switched to. */
static void thread_disarm(const struct slot *s)
{
	struct pool_page *page = (void *)((u64)s & ~PAGE_MASK);
	u64 n = ((u64)s - (u64)page - POOL_FIRST_OBJECT) / page->size;

	if (page->type == OBJECT_THREAD)
		((struct thread *)(void *)((u8 *)page + POOL_FIRST_OBJECT + n * page->size))
			->armed = 0;
}

bool object_unname(struct object *o, struct slot *last, u32 budget)
{
	while (o->ring && budget--) {
		struct slot *s = o->ring;
		if (s == last && s->next != s)
			s = s->next;
		if (o->type == OBJECT_ASPACE && !s->owner)
			thread_disarm(s);
		slot_clear(s);
	}
	return !o->ring;
}

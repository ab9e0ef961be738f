/*
 * What servers ask about memory objects: MEM_OBJECT_*.
 *
 * A server sees and changes the objects that it made, and no others.
 */
#include "servers/memory/memory_server.h"

#define PAGES_MOST (1ull << 40)

static struct object *asked(const struct request *q, s64 *error)
{
	struct object *o = object_find(q->word[0]);

	if (o && o->owner != q->badge - SERVER_BADGE)
		o = 0;
	*error = o ? 0 : -ESRCH;
	return o;
}

s64 native_object_create(struct request *q, struct answer *a)
{
	struct server_memory *m = server_find(q->badge);
	struct object *o;
	s32 error = 0;

	if (!m->aspace)
		return -EPERM;
	o = object_make((u32)(q->badge - SERVER_BADGE), q->word[0], 0);
	if (!o)
		return -ENOMEM;
	if (q->word[1])
		error = object_attach(o, q->word[1]);
	if (error) {
		o->destroyed = true;
		object_release(o);
		return error;
	}
	a->word[1] = o->address;
	return (s64)o->id;
}

s64 native_object_attach(struct request *q, struct answer *a)
{
	s64 error;
	struct object *o = asked(q, &error);

	if (error)
		return error;
	if (q->word[1] > o->range)
		error = object_attach(o, q->word[1]);
	a->word[1] = o->address;
	return error;
}

/* Makes pages from `first` on and shows them; stops at an error. */
static s64 hold_write(struct object *o, u64 first, u64 npages)
{
	s64 error = 0;

	for (u64 i = 0; i < npages && !error; i++) {
		error = object_fill(o, first + i);
		if (!error)
			error = object_hold(o, first + i);
	}
	return error;
}

static s64 hold_read(struct object *o, u64 first, u64 npages, u64 *holes)
{
	u64 n = 0, next;

	for (; n < npages && object_frame(o, first + n) != FRAME_NONE; n++) {
		s64 error = object_hold(o, first + n);
		if (error)
			return error;
	}
	next = radix_next(&o->pages, first + n);
	*holes = next - (first + n) < npages - n ? next - (first + n) : npages - n;
	return (s64)n;
}

s64 native_object_hold(struct request *q, struct answer *a)
{
	s64 error;
	struct object *o = asked(q, &error);
	u64 first = q->word[1], npages = q->word[2];

	if (error)
		return error;
	if (first > PAGES_MOST || npages > PAGES_MOST)
		return -EINVAL;
	if (!o->address || first + npages > o->range)
		return -EINVAL;
	if (q->word[3] & ACCESS_WRITE)
		return hold_write(o, first, npages);
	return hold_read(o, first, npages, &a->word[1]);
}

s64 native_object_resize(struct request *q, struct answer *a)
{
	s64 error;
	struct object *o = asked(q, &error);

	(void)a;
	if (error)
		return error;
	if (q->word[1] >> PAGE_SHIFT > PAGES_MOST)
		return -EFBIG;
	object_cut(o, q->word[1]);
	waiting_retry();
	return 0;
}

s64 native_object_adopt(struct request *q, struct answer *a)
{
	s64 error;
	struct object *o = asked(q, &error);
	u64 first = q->word[1], npages = q->word[3];

	(void)a;
	if (error)
		return error;
	if (q->badge != SERVER_BADGE + SERVER_ID_FS)
		return -EPERM;
	if (first > PAGES_MOST || npages > PAGES_MOST)
		return -EINVAL;
	for (u64 i = 0; i < npages && !error; i++)
		error = object_adopt(o, first + i, q->word[2] + i);
	if (!error && o->size < (first + npages) * PAGE_SIZE)
		o->size = (first + npages) * PAGE_SIZE;
	return error;
}

s64 native_object_session(struct request *q, struct answer *a)
{
	s64 error = 0, slot;
	struct object *o = q->word[0] ? asked(q, &error) : 0;

	if (error)
		return error;
	slot = mint(BADGE_OBJECT | (q->word[1] & 7) << 56 | (o ? o->id : 0));
	if (slot < 0)
		return slot;
	a->flags = MSG_SEND | MSG_MOVE;
	a->cap = (slot_t)slot;
	return 0;
}

s64 native_object_info(struct request *q, struct answer *a)
{
	s64 error;
	struct object *o = asked(q, &error);

	if (error)
		return error;
	a->word[1] = o->nregions;
	return (s64)o->npages;
}

s64 native_object_destroy(struct request *q, struct answer *a)
{
	s64 error;
	struct object *o = asked(q, &error);

	(void)a;
	if (error)
		return error;
	o->destroyed = true;
	object_release(o);
	waiting_retry();
	return 0;
}

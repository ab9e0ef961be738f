/*
 * Methods of capability spaces (ipc/abi/object.h).
 */
#include "ipc/endpoint.h"
#include "kernel/arch.h"
#include "kernel/cspace.h"
#include "kernel/ledger.h"
#include "kernel/memory.h"
#include "kernel/method.h"

static bool visible(const struct slot *s)
{
	return s && s->object && !(s->flags & SLOT_RESERVED);
}

static slot_t slot_number(u64 word)
{
	return word < SLOTS_ALL ? (slot_t)word : SLOT_NONE;
}

/* The free slot there that a0 (and a2) mean. */
static err_t free_slot(const struct invocation *v, struct slot **s)
{
	struct cspace *c = v->cspace;
	u64 n = (u32)v->in[0];

	if (n == SLOT_ANY) {
		u32 end = v->in[2] < c->limit ? c->limit : SLOT_FIXED;

		n = v->in[2] < SLOT_FIXED ? cspace_lowest_free(c, (slot_t)v->in[2], end)
					  : SLOT_NONE;
		if (n == SLOT_NONE)
			return -EMFILE;
	}
	if (n >= SLOTS_ALL)
		return -EINVAL;
	*s = cspace_slot(c, (slot_t)n);
	return !*s ? -ENOMEM : (*s)->object ? -EBUSY : 0;
}

err_t cspace_method_put(struct invocation *v)
{
	struct cspace *own = thread_cspace(v->caller);
	slot_t n = slot_number(v->in[1]);
	struct object *o = cspace_object(own, n);
	struct slot *to;
	err_t err;

	if (!o || o->type == OBJECT_REPLY)
		return o ? -EPERM : -EBADF;
	err = free_slot(v, &to);
	if (err)
		return err;
	if (method_label(v) == CSPACE_MOVE)
		slot_move(to, cspace_find(own, n));
	else
		slot_set(to, o, 0);
	v->out[0] = to->index;
	return 0;
}

err_t cspace_method_fetch(struct invocation *v)
{
	struct object *o = cspace_object(v->cspace, slot_number(v->in[0]));
	struct slot *slot;
	err_t err;

	if (!o || o->type == OBJECT_REPLY)
		return o ? -EPERM : -EBADF;
	err = method_receive_slot(v, &slot);
	if (err)
		return err;
	method_receive(v, slot, o);
	return 0;
}

err_t cspace_method_delete(struct invocation *v)
{
	u64 left = v->in[1] ? v->in[1] : 1;
	u64 n = left < METHOD_CHUNK ? left : METHOD_CHUNK, first = v->in[0];

	if (first >= SLOTS_ALL || left > SLOTS_ALL - first)
		return -EINVAL;
	if (n < left) { /* before the caller's own space may change */
		v->in[0] += n;
		v->in[1] -= n;
	}
	for (u64 i = 0; i < n; i++) {
		struct slot *s = cspace_find(v->cspace, (slot_t)(first + i));

		if (visible(s))
			slot_clear(s);
	}
	return n < left ? METHOD_AGAIN : 0;
}

/* --- Routes and clone -------------------------------------------------------------------- */

static err_t routes_take(struct cspace *c, frame_t first)
{
	frame_t old = c->routes_frame;

	for (u32 i = 0; i < ROUTE_FRAMES; i++) {
		err_t err = ledger_use(first + i, FRAME_USER);

		if (!err)
			continue;
		while (i-- > 0)
			ledger_release(first + i);
		return err;
	}
	for (u32 i = 0; old && i < ROUTE_FRAMES; i++)
		ledger_release(old + i);
	c->routes_frame = first;
	c->routes = arch_direct(first << PAGE_SHIFT);
	return 0;
}

err_t cspace_method_routes(struct invocation *v)
{
	err_t err;
	const struct memory *m = method_sent(v, OBJECT_MEMORY, &err);

	if (!m)
		return err;
	if (m->device || !memory_covers(m, v->in[0], ROUTE_FRAMES))
		return -EINVAL;
	return routes_take(v->cspace, v->in[0]);
}

static err_t clone_slot(struct cspace *to, struct slot *s)
{
	struct slot *d;

	if (!visible(s) || s->object->dead || s->object->type == OBJECT_REPLY)
		return 0;
	d = cspace_slot(to, s->index);
	if (!d)
		return -ENOMEM;
	if (d->flags & SLOT_RESERVED)
		return -EBUSY;
	slot_replace(d, s->object, s->flags);
	return 0;
}

static err_t clone_fixed(struct cspace *to, struct cspace *from, u32 mask)
{
	err_t err = 0;

	for (u32 i = 0; i < SLOTS_FIXED && !err; i++)
		if (mask >> i & 1)
			err = clone_slot(to, &from->fixed[i]);
	return err;
}

/* s is no session that is seen and alive; its bit, if nothing is: then d stays empty. */
__attribute__((noinline, cold)) static u64 clone_rare(struct slot *d, struct slot *s, u64 n)
{
	if (!visible(s) || s->object->dead || s->object->type == OBJECT_REPLY)
		return 1ull << n;
	slot_join(d, s, s->object);
	return 0;
}

/* The used slot s, of those from `first` on, into d, which is empty. */
static inline u64 clone_used(struct slot *d, struct slot *s, const struct slot *first)
{
	struct object *o = s->object;

	if (__builtin_expect(s->callable <= o->dead, 0))
		return clone_rare(d, s, (u64)(s - first));
	slot_join(d, s, o);
	return 0;
}

/* The used slots of `bits` from slot n on, into a table that has none of them.  These loops are
 * what fork costs for a descriptor; a full word needs no look at its bits. */
static void clone_bits(struct cspace *to, struct cspace *from, u32 n, u64 bits)
{
	struct slot *s = cspace_find(from, n), *d = cspace_find(to, n), *first = s;
	u64 empty = 0;

	to->used[n / 64] = bits;
	if (bits == ~0ull) {
#pragma GCC unroll 4
		for (; s < first + 64; s++, d++)
			empty |= clone_used(d, s, first);
	} else {
		for (; bits; bits >>= 1, s++, d++)
			if (bits & 1)
				empty |= clone_used(d, s, first);
	}
	to->used[n / 64] &= ~empty;
	if ((to->used[n / 64] & to->used[n / 64 ^ 1]) == ~0ull)
		to->full |= 1ull << n / SLOTS_PER_PAGE;
}

/* The rest of a word of the bitmap of used slots, from slot n on: those below the limit. */
static inline u64 used_bits(const struct cspace *c, u64 n)
{
	u64 bits = c->used[n / 64] >> n % 64, below = c->limit - n;

	return below < 64 ? bits & ((1ull << below) - 1) : bits;
}

static err_t clone_word(struct cspace *to, struct cspace *from, u32 n)
{
	u64 bits = used_bits(from, n);
	err_t err = 0;

	if (!bits)
		return 0;
	if (!to->used[n / 64]) {
		if (!to->page[n / SLOTS_PER_PAGE] && !cspace_slot(to, n))
			return -ENOMEM;
		clone_bits(to, from, n, bits);
		return 0;
	}
	for (; bits && !err; bits >>= 1, n++)
		if (bits & 1)
			err = clone_slot(to, cspace_find(from, n));
	return err;
}

/* The words of the bitmap that one entry looks at, and of those how many with slots in use. */
#define CLONE_WORDS 64u
#define CLONE_USED 16u

err_t cspace_method_clone(struct invocation *v)
{
	u32 at = (u32)(v->in[1] & ~63ull), words = CLONE_WORDS, used = CLONE_USED;
	err_t err;
	struct cspace *from = v->cspace, *to = method_sent(v, OBJECT_CSPACE, &err);

	if (!to)
		return err;
	if (to == from || v->in[2] > SLOT_FIXED)
		return -EINVAL;
	if (!at) {
		to->limit = from->limit;
		err = from->routes_frame ? routes_take(to, from->routes_frame) : 0;
	}
	if (v->in[2]) {
		to->limit = (u32)v->in[2];
		at = from->limit;
	}
	for (; at < from->limit && words && used && !err; at += 64, words--) {
		used -= from->used[at / 64] != 0;
		err = clone_word(to, from, at);
	}
	to->room = cspace_has_room(to);
	if (err)
		return err;
	if (at >= from->limit)
		return clone_fixed(to, from, (u32)v->in[0]);
	v->in[1] = at;
	return METHOD_AGAIN;
}

/* --- Questions and flags ------------------------------------------------------------------ */

err_t cspace_method_identify(struct invocation *v)
{
	slot_t n = slot_number(v->in[0]);
	struct object *o = cspace_object(v->cspace, n);
	const struct session *s = (const struct session *)(void *)o;

	if (!o)
		return n == SLOT_NONE ? -EINVAL : 0;
	v->out[0] = o->type;
	v->out[1] = cspace_find(v->cspace, n)->flags;
	if (o->type != OBJECT_SESSION || !s->endpoint)
		return 0;
	v->out[2] = s->endpoint == thread_endpoint(v->caller) ? s->badge : 0;
	v->out[3] = s->endpoint->rank;
	return 0;
}

err_t cspace_method_limit(struct invocation *v)
{
	v->out[0] = v->cspace->limit;
	v->out[1] = v->cspace->npages;
	if (v->in[0] == ~0ull)
		return 0;
	if (v->in[0] > SLOT_FIXED)
		return -EINVAL;
	v->cspace->limit = (u32)v->in[0];
	v->cspace->room = cspace_has_room(v->cspace);
	return 0;
}

err_t cspace_method_flags(struct invocation *v)
{
	struct slot *s = cspace_find(v->cspace, slot_number(v->in[0]));

	if (!visible(s))
		return -EBADF;
	v->out[0] = s->flags;
	s->flags &= (u8) ~(v->in[1] & SLOT_CLOEXEC);
	s->flags |= v->in[2] & SLOT_CLOEXEC;
	return 0;
}

/* First visible slot at or above n below the limit, or the limit. */
static u64 next_used(struct cspace *c, u64 n)
{
	for (u64 bits; n < c->limit; n = bits ? n + 1 : (n | 63) + 1) {
		bits = c->used[n / 64] >> n % 64;
		if (bits & 1 && visible(cspace_find(c, (slot_t)n)))
			return n;
	}
	return c->limit;
}

/* One entry looks at so many words with slots in use, or closes what there is of one. */
#define CLOSE_WORDS 16u

err_t cspace_method_close_exec(struct invocation *v)
{
	struct cspace *c = v->cspace;
	u32 words = CLOSE_WORDS;
	u64 *n = &v->in[0];

	for (; *n < c->limit && words; *n = (*n | 63) + 1) {
		struct slot *s = cspace_find(c, (slot_t)*n);
		u64 bits = used_bits(c, *n);

		for (words -= bits != 0; bits; bits >>= 1, s++)
			if (bits & 1 && s->flags & SLOT_CLOEXEC && visible(s)) {
				slot_clear(s);
				words = 0;
			}
	}
	return *n < c->limit ? METHOD_AGAIN : 0;
}

err_t cspace_method_next(struct invocation *v)
{
	u64 n = next_used(v->cspace, v->in[0]);

	v->out[0] = v->in[0] < v->cspace->limit && n < v->cspace->limit ? n : SLOT_NONE;
	return 0;
}

/*
 * Methods of pools: giving pages, making and destroying objects.
 */
#include "ipc/endpoint.h"
#include "kernel/aspace.h"
#include "kernel/cspace.h"
#include "kernel/memory.h"
#include "kernel/pool.h"
#include "kernel/sched.h"
#include "kernel/timer.h"

#define DONATE_CHUNK (METHOD_CHUNK / 4) /* pages that are cleared */

err_t pool_method_donate(struct invocation *v)
{
	u64 n = v->in[1] < DONATE_CHUNK ? v->in[1] : DONATE_CHUNK;
	err_t err;
	const struct memory *m = method_sent(v, OBJECT_MEMORY, &err);

	if (!m)
		return err;
	if (m->device || !memory_covers(m, v->in[0], v->in[1]))
		return -EINVAL;
	for (u64 i = 0; i < n; i++) {
		err = pool_donate(v->pool, v->in[0] + i);
		if (err)
			return err;
	}
	return method_advance(v, n);
}

err_t pool_method_stats(struct invocation *v)
{
	v->out[0] = v->pool->npages;
	v->out[1] = v->pool->nfree + v->pool->nspare;
	v->out[2] = pool_count(OBJECT_THREAD);
	v->out[3] = pool_count(OBJECT_ENDPOINT);
	v->out[4] = pool_count(OBJECT_SESSION);
	v->out[5] = v->pool->nreplies;
	return 0;
}

/* --- Creation ---------------------------------------------------------------------------- */

static err_t init_pool(const struct invocation *v, struct pool *p)
{
	if (v->in[3] & ~(u64)ENDPOINT_TRUSTED)
		return -EINVAL;
	if ((v->in[3] && !v->pool->trusted) || v->in[1] & ~(u64)v->pool->types
	    || v->in[2] > v->pool->ceiling)
		return -EPERM;
	p->types = (u32)v->in[1];
	p->ceiling = (u32)v->in[2];
	p->trusted = v->in[3];
	p->next = pools;
	pools = p;
	return 0;
}

static err_t init_endpoint(const struct invocation *v, struct endpoint *e)
{
	if (v->in[1] >= RANK_MAX || v->in[2] & ~(u64)ENDPOINT_TRUSTED)
		return -EINVAL;
	if (v->in[2] && !v->pool->trusted)
		return -EPERM;
	e->rank = (u8)v->in[1];
	e->trusted = v->in[2];
	return 0;
}

static err_t init_timer(struct invocation *v, struct timer *t)
{
	err_t err;
	struct object *sent = method_sent(v, OBJECT_NOTIFICATION, &err);

	if (!sent)
		return err;
	t->bits = v->in[1];
	slot_set(&t->notification, sent, 0);
	return 0;
}

/* Checks the arguments of that type; an object that cannot be made as asked for is given back. */
static err_t init(struct invocation *v, void *o)
{
	switch (v->in[0]) {
	case OBJECT_POOL:
		return init_pool(v, o);
	case OBJECT_ENDPOINT:
		return init_endpoint(v, o);
	case OBJECT_TIMER:
		return init_timer(v, o);
	case OBJECT_INTERRUPT:
		return interrupt_init(o, v->in[1]);
	case OBJECT_ASPACE:
		return aspace_init(o);
	case OBJECT_CSPACE:
		return cspace_init(o);
	case OBJECT_THREAD:
		thread_init(o);
		return 0;
	default:
		return 0;
	}
}

/* All but those that derive, mint or boot make. */
#define CREATED                                                             \
	(POOL_ALL_TYPES                                                     \
	 & ~(1u << OBJECT_NONE | 1u << OBJECT_MEMORY | 1u << OBJECT_SESSION \
	     | 1u << OBJECT_MACHINE))

err_t pool_method_create(struct invocation *v)
{
	struct object *o;
	struct slot *slot;
	err_t err;

	if (v->in[0] >= OBJECT_TYPES || !(CREATED & 1u << v->in[0]))
		return -EINVAL;
	if (!(v->pool->types & 1u << v->in[0]))
		return -EPERM;
	err = method_receive_slot(v, &slot);
	if (err)
		return err;
	o = pool_object_get(v->pool, (enum object_type)v->in[0]);
	if (!o)
		return -ENOMEM;
	err = init(v, o);
	if (err) {
		pool_object_put(o);
		return err;
	}
	method_receive(v, slot, o);
	return 0;
}

/* --- Destruction -------------------------------------------------------------------------- */

/* One step; with nothing left to do, nothing is done. */
static err_t destroy(void *o)
{
	const struct pool *p = o;
	struct timer *t = o;

	switch (((struct object *)o)->type) {
	case OBJECT_POOL:
		return p->nobjects || p->npages ? -EBUSY : 0;
	case OBJECT_ASPACE:
		return aspace_destroy(o);
	case OBJECT_CSPACE:
		return cspace_destroy(o);
	case OBJECT_THREAD:
		thread_destroy(o);
		return 0;
	case OBJECT_ENDPOINT:
		return endpoint_destroy(o);
	case OBJECT_NOTIFICATION:
		notification_destroy(o);
		return 0;
	case OBJECT_TIMER:
		timer_cancel(t);
		slot_clear(&t->notification);
		return 0;
	case OBJECT_INTERRUPT:
		interrupt_destroy(o);
		return 0;
	case OBJECT_REPLY:
		return reply_destroy(o);
	default:
		return 0;
	}
}

/* The object in the caller's own slot, dead or not. */
static struct slot *victim_slot(const struct invocation *v)
{
	struct slot *s = cspace_find(thread_cspace(v->caller), method_sent_slot(v));

	return s && s->object && !(s->flags & SLOT_RESERVED) ? s : 0;
}

err_t pool_method_reclaim(struct invocation *v)
{
	struct slot *own = method_sent_slot(v) == SLOT_NONE ? 0 : victim_slot(v);
	struct object *o = own ? own->object : 0;
	err_t err;

	if (!o)
		return -EBADF;
	if (o->pool != v->pool || o->type == OBJECT_SESSION)
		return -EINVAL;
	if (o == &v->caller->object || o == v->caller->cspace_slot.object)
		return -EBUSY;
	if (!o->dead)
		sched_dying(1);
	o->dead = true;
	err = destroy(o);
	if (err == -EBUSY) {
		o->dead = false;
		sched_dying(-1);
	}
	if (err)
		return err;
	if (!object_unname(o, own, METHOD_CHUNK))
		return METHOD_AGAIN;
	pool_object_put(o);
	sched_dying(-1);
	return 0;
}

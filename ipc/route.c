/*
 * Routes: the kernel knows no Linux call by name.  A number is looked up in
 * the table of the caller's capability space; every field is checked when used.
 */
#include "ipc/fault.h"
#include "ipc/window.h"
#include "kernel/aspace.h"
#include "kernel/cspace.h"
#include "kernel/queue.h"

static void route_result(struct thread *t, s64 result)
{
	t->frame.a0 = (u64)result;
}

/* No page for the descriptor: the handler feeds the pool, and the call is executed again. */
static void route_table_result(struct thread *t, s64 result)
{
	if (result != -ENOMEM) {
		route_result(t, result);
		return;
	}
	t->frame.pc -= 4;
	fault_report(t, FAULT_SLOTS, 0, 1);
}

static struct session *session_of(struct slot *s)
{
	return s && s->callable ? (void *)s->object : 0;
}

static struct session *route_fixed(struct cspace *c, u8 n)
{
	return session_of(&c->fixed[n % SLOTS_FIXED]);
}

static s64 set_cloexec(struct cspace *c, u64 descriptor, bool on)
{
	struct slot *s = cspace_descriptor(c, descriptor);

	if (!s)
		return -EBADF;
	s->flags = on ? SLOT_CLOEXEC : 0;
	return 0;
}

/* The calls that are the kernel's own: true if it was one. */
static bool route_own(struct thread *t, struct cspace *c, enum route_kind kind)
{
	struct trap_frame *f = &t->frame;

	switch (kind) {
	case ROUTE_CLOSE:
		route_result(t, cspace_close(c, f->a0));
		if (hart.handoff && hart.handoff->priority > t->priority)
			queue_push(t, true); /* the session's server works for it */
		break;
	case ROUTE_DUP:
		route_table_result(t, cspace_dup(c, f->a0));
		break;
	case ROUTE_DUP3:
		route_table_result(t, cspace_dup3(c, f->a0, f->a1, f->a2));
		break;
	case ROUTE_SET_CLOEXEC:
	case ROUTE_CLEAR_CLOEXEC:
		route_result(t, set_cloexec(c, f->a0, kind == ROUTE_SET_CLOEXEC));
		break;
	case ROUTE_YIELD:
		route_result(t, 0);
		queue_push(t, false);
		break;
	case ROUTE_NONE:
	case ROUTE_FIXED:
	case ROUTE_DESCRIPTOR:
	case ROUTE_DESCRIPTOR_OR_FIXED:
	case ROUTE_DESCRIPTOR_AT:
	case ROUTE_KINDS:
		return false;
	}
	return true;
}

/* What t's call goes by: its route, and kind and slot, which are the alternative's if the route's
 * test says so. */
struct routed {
	const struct route *route;
	u8 kind, slot;
};

static struct session *route_session(struct thread *t, struct cspace *c, struct routed r)
{
	u64 at = argument(t, r.route->arg);
	u32 n = (u32)at;
	struct session *s = 0;

	if (r.kind == ROUTE_DESCRIPTOR_AT
	    && aspace_copy_in(thread_aspace(t), at, &n, sizeof(n)) != sizeof(n))
		n = SLOT_NONE;
	if (r.kind != ROUTE_FIXED && n < c->limit)
		s = session_of(cspace_find(c, n)); /* a dead one, too: that is EIO */
	if (s && r.kind == ROUTE_DESCRIPTOR_AT && (s->object.dead || !s->endpoint))
		s = 0;
	if (!s && r.kind != ROUTE_DESCRIPTOR)
		s = route_fixed(c, r.slot);
	return s;
}

static void route_send(struct thread *t, const struct route *r, struct session *s)
{
	call_begin(t, CALL_ROUTED);
	t->route_flags = r->flags;
	t->route_cap = r->cap_arg;
	t->original_a0 = t->frame.a0;
	t->spec[0] = r->window[0];
	t->spec[1] = r->window[1];
	endpoint_send(t, s);
}

/* ROUTE_NONE: there is none. */
static struct routed route_of(const struct thread *t, const struct cspace *c)
{
	const struct route *r;

	if (!c || !c->routes || t->frame.a7 >= ROUTES)
		return (struct routed){0};
	r = &c->routes[t->frame.a7];
	if (r->flags & ROUTE_HAS_TEST && (argument(t, r->test_arg) & r->test_mask) == r->test_value)
		return (struct routed){r, r->alt_kind, r->alt_slot};
	return (struct routed){r, r->kind, r->slot};
}

struct session *route_other(struct thread *t)
{
	struct cspace *c = thread_cspace(t);
	struct routed r = route_of(t, c);

	return t->call_kind == CALL_ROUTED && r.kind == ROUTE_DESCRIPTOR_AT ? route_fixed(c, r.slot)
									    : 0;
}

void route_call(struct thread *t)
{
	struct cspace *c = thread_cspace(t);
	struct routed r = route_of(t, c);
	struct session *s;

	if (r.kind == ROUTE_NONE || r.kind >= ROUTE_KINDS) {
		route_result(t, -ENOSYS);
		return;
	}
	if (route_own(t, c, r.kind))
		return;
	s = route_session(t, c, r);
	if (!s)
		route_result(t, r.kind == ROUTE_FIXED ? -ENOSYS : -EBADF);
	else if (s->object.dead)
		route_result(t, -EIO);
	else if ((r.route->flags & ROUTE_NEEDS_DESCRIPTOR) && !cspace_free_descriptor(c))
		route_table_result(t, cspace_no_descriptor(c));
	else
		route_send(t, r.route, s);
}

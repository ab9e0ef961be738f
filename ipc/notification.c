/* Notifications: 64 bits that can be set and waited for. */
#include "ipc/endpoint.h"
#include "kernel/method.h"
#include "kernel/sched.h"

static struct thread *waiter_take(struct notification *n)
{
	struct thread *r = n->waiter;

	n->waiter = 0;
	if (r)
		r->awaited = 0;
	return r;
}

/* The thread that it is bound to, if that waits at its endpoint. */
static struct thread *bound_take(struct notification *n)
{
	struct thread *b = n->bound;
	struct endpoint *e = b ? thread_endpoint(b) : 0;

	if (!e || e->receiver != b)
		return 0;
	e->receiver = 0;
	e->notice_last = true;
	return b;
}

void notification_signal(struct notification *n, u64 bits)
{
	struct thread *r;

	n->bits |= bits;
	if (!n->bits)
		return;
	r = waiter_take(n);
	if (!r)
		r = bound_take(n);
	if (!r) {
		if (n->bound && thread_endpoint(n->bound))
			endpoint_pending(thread_endpoint(n->bound));
		return;
	}
	deliver_bits(r, n);
	thread_ready(r);
}

void notification_destroy(struct notification *n)
{
	struct thread *r = waiter_take(n);

	if (r) {
		deliver_error(r, -ESRCH);
		thread_ready(r);
	}
	if (n->bound)
		n->bound->notification = 0;
	n->bound = 0;
}

err_t notification_method_signal(struct invocation *v)
{
	notification_signal(v->notification, v->in[0]);
	return 0;
}

err_t notification_method_bind(struct invocation *v)
{
	struct notification *n = v->notification;
	err_t err;
	struct thread *t = method_sent(v, OBJECT_THREAD, &err);

	if (!t)
		return err;
	if (n->bound || t->notification)
		return -EBUSY;
	n->bound = t;
	t->notification = n;
	notification_signal(n, 0); /* bits that came before */
	return 0;
}

/* Notifications: 64 bits that can be set and waited for. */
#include "ipc/endpoint.h"
#include "kernel/method.h"
#include "kernel/sched.h"

static void notification_deliver(struct thread *r, struct notification *n)
{
	deliver_bits(r, n);
	thread_ready(r);
}

void notification_signal(struct notification *n, u64 bits)
{
	struct thread *b = n->bound;

	n->bits |= bits;
	if (!n->bits)
		return;
	if (n->waiter) {
		struct thread *r = n->waiter;
		n->waiter = 0;
		notification_deliver(r, n);
	} else if (b && b->state == THREAD_RECEIVING && b->endpoint &&
		   b->endpoint->receiver == b) {
		b->endpoint->receiver = 0;
		b->endpoint->notice_last = true;
		notification_deliver(b, n);
	}
}

void notification_destroy(struct notification *n)
{
	if (n->waiter) {
		deliver_error(n->waiter, -ESRCH);
		thread_ready(n->waiter);
		n->waiter = 0;
	}
	if (n->bound)
		n->bound->notification = 0;
	n->bound = 0;
}

err_t notification_method_signal(struct invocation *v)
{
	notification_signal((struct notification *)(void *)v->object, v->in[0]);
	return 0;
}

err_t notification_method_bind(struct invocation *v)
{
	struct notification *n = (void *)v->object;
	struct object *o;
	err_t err = method_sent(v, OBJECT_THREAD, &o);
	struct thread *t = (void *)o;

	if (err)
		return err;
	if (n->bound || t->notification)
		return -EBUSY;
	n->bound = t;
	t->notification = n;
	return 0;
}

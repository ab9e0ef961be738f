/* Timers in one sorted list, interrupts in a table by source. */
#include "kernel/timer.h"

#include "ipc/endpoint.h"
#include "kernel/arch.h"
#include "kernel/method.h"
#include "kernel/sched.h"
#include "kernel/trap.h"

#define SOURCES 256u

static struct timer *armed;
static struct interrupt *sources[SOURCES];

void timer_program(void)
{
	u64 next = armed ? armed->deadline : ~0ull;

	if (hart.slice_end < next && hart.ready)
		next = hart.slice_end;
	if (hart.clock && hart.clock <= next)
		return; /* too early costs one interrupt, setting it at every change costs more */
	hart.clock = next;
	arch_timer_set(next);
}

void timer_cancel(struct timer *t)
{
	struct timer **p = &armed;

	if (!t->armed)
		return;
	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	t->armed = false;
}

static void timer_insert(struct timer *t)
{
	struct timer **p = &armed;

	while (*p && (*p)->deadline <= t->deadline)
		p = &(*p)->next;
	t->next = *p;
	*p = t;
	t->armed = true;
	timer_program();
}

static void signal_slot(const struct slot *s, u64 bits)
{
	if (s->object && !s->object->dead)
		notification_signal((struct notification *)(void *)s->object, bits);
}

void timer_expire(u64 now)
{
	hart.clock = 0; /* what is left after a chunk rings at once */
	for (u32 i = 0; i < METHOD_CHUNK && armed && armed->deadline <= now; i++) {
		struct timer *t = armed;
		timer_cancel(t);
		signal_slot(&t->notification, t->bits);
	}
	timer_program();
}

err_t timer_method_set(struct invocation *v)
{
	timer_cancel(v->timer);
	if (method_label(v) == TIMER_ARM) {
		v->timer->deadline = v->in[0];
		timer_insert(v->timer);
	}
	return 0;
}

err_t interrupt_init(struct interrupt *i, u64 source)
{
	if (!source || source >= SOURCES || source >= arch_interrupt_sources())
		return -EINVAL;
	if (sources[source])
		return -EBUSY;
	sources[source] = i;
	i->source = (u32)source;
	return 0;
}

void interrupt_destroy(struct interrupt *i)
{
	sources[i->source] = 0;
	slot_clear(&i->notification);
	if (i->pending)
		arch_interrupt_complete(i->source);
	i->pending = false;
}

void trap_interrupt(u32 source)
{
	struct interrupt *i = source < SOURCES ? sources[source] : 0;

	if (!i)
		return;
	i->pending = true;
	signal_slot(&i->notification, i->bits);
}

err_t interrupt_method_bind(struct invocation *v)
{
	struct interrupt *i = v->interrupt;
	err_t err;
	struct object *o = method_sent(v, OBJECT_NOTIFICATION, &err);

	if (!o)
		return err;
	slot_replace(&i->notification, o, 0);
	i->bits = v->in[0];
	i->pending = false;
	arch_interrupt_enable(i->source);
	arch_interrupt_complete(i->source); /* one that came while nobody had it */
	return 0;
}

err_t interrupt_method_ack(struct invocation *v)
{
	struct interrupt *i = v->interrupt;

	if (i->pending)
		arch_interrupt_complete(i->source);
	i->pending = false;
	return 0;
}

/*
 * Run queues: first in, first out for each priority, and the barrier, which tells the highest of
 * them to whoever wants to switch without a look at them.
 */
#include "kernel/queue.h"

#include "kernel/arch.h"
#include "kernel/print.h"
#include "kernel/timer.h"

void queue_push(struct thread *t, bool front)
{
	struct run_queue *q = &hart.queues[t->priority];

	ASSERT(!t->next && !t->prev);
	t->state = THREAD_READY;
	t->preempted = front;
	if (!q->head) {
		q->head = q->tail = t;
		hart.ready |= 1ull << t->priority;
	} else if (front) {
		t->next = q->head;
		q->head = q->head->prev = t;
	} else {
		t->prev = q->tail;
		q->tail = q->tail->next = t;
	}
	if (t->priority > hart.top) {
		hart.top = t->priority;
		barrier_set();
	}
	if (hart.slice_end < hart.clock) /* somebody waits for it now */
		timer_program();
}

static inline void take(struct thread *t)
{
	struct run_queue *q = &hart.queues[t->priority];

	*(t->prev ? &t->prev->next : &q->head) = t->next;
	*(t->next ? &t->next->prev : &q->tail) = t->prev;
	t->next = t->prev = 0;
	if (q->head)
		return;
	hart.ready &= ~(1ull << t->priority);
	hart.top = hart.ready ? arch_highest_bit(hart.ready) : -1;
	barrier_set();
}

void sched_remove(struct thread *t)
{
	if (hart.handoff == t)
		hart.handoff = 0;
	else if (!t->stopped || t->prev || hart.queues[t->priority].head == t)
		take(t);
}

struct thread *queue_pop(void)
{
	struct thread *t = hart.ready ? hart.queues[hart.top].head : 0;

	if (t)
		take(t);
	return t;
}

/*
 * The scheduler: who runs next is decided once, at the kernel's exit.  A thread
 * woken by a message is the hand-over's candidate and passes the queues.
 */
#include "kernel/sched.h"

#include "ipc/fault.h"
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/print.h"
#include "kernel/timer.h"
#include "kernel/trap.h"

struct hart hart;

static struct {
	struct thread *head, *tail;
} queues[PRIORITIES];
static u64 ready;

void sched_init(void)
{
	hart.slice_end = ~0ull;
}

static void queue_push(struct thread *t, bool front)
{
	u8 p = t->priority;

	t->next = front ? queues[p].head : 0;
	t->prev = front ? 0 : queues[p].tail;
	if (t->next)
		t->next->prev = t;
	else
		queues[p].tail = t;
	if (t->prev)
		t->prev->next = t;
	else
		queues[p].head = t;
	ready |= 1ull << p;
}

void sched_remove(struct thread *t)
{
	u8 p = t->priority;

	if (hart.handoff == t) {
		hart.handoff = 0;
		return;
	}
	if (t->stopped && !t->prev && queues[p].head != t)
		return;
	if (t->prev)
		t->prev->next = t->next;
	else
		queues[p].head = t->next;
	if (t->next)
		t->next->prev = t->prev;
	else
		queues[p].tail = t->prev;
	t->next = t->prev = 0;
	if (!queues[p].head)
		ready &= ~(1ull << p);
}

void thread_ready(struct thread *t)
{
	t->state = THREAD_READY;
	if (t->stopped)
		return;
	if (!hart.handoff)
		hart.handoff = t;
	else
		queue_push(t, false);
}

void thread_block(struct thread *t, enum thread_state state)
{
	t->state = (u8)state;
}

void sched_yield(struct thread *t)
{
	t->state = THREAD_READY;
	queue_push(t, false);
}

static struct thread *queue_pop(void)
{
	struct thread *t;

	if (!ready)
		return 0;
	t = queues[63 - __builtin_clzll(ready)].head;
	sched_remove(t);
	return t;
}

static s32 top_priority(void)
{
	return ready ? 63 - __builtin_clzll(ready) : -1;
}

/* The best of the running thread, the hand-over and the queues; losers are queued. */
static struct thread *choose(void)
{
	struct thread *c = hart.current, *h = hart.handoff;

	if (c && c->state != THREAD_RUNNING)
		c = 0;
	if (c && c->stopped) {
		c->state = THREAD_READY;
		c = 0;
	}
	hart.handoff = 0;
	if (c && h && h->priority <= c->priority) {
		queue_push(h, false);
		h = 0;
	}
	if (c && (h || top_priority() > c->priority)) {
		c->state = THREAD_READY;
		queue_push(c, true);
		c = 0;
	}
	if (h && top_priority() > h->priority) {
		queue_push(h, true);
		h = 0;
	}
	hart.current = 0;
	return c ? c : h ? h : queue_pop();
}

/* The slice is over: a program goes behind the others of its priority. */
static struct thread *rotate(struct thread *t)
{
	if (!hart.slice_over || t->rank != RANK_MAX)
		return t;
	hart.slice_over = false;
	if (!(ready & 1ull << t->priority))
		return t;
	t->state = THREAD_READY;
	queue_push(t, false);
	return queue_pop();
}

static void idle(void)
{
	if (hart.aspace)
		aspace_use(0);
	timer_program();
	arch_wait();
	arch_poll_interrupts();
}

static void run(struct thread *t)
{
	t->state = THREAD_RUNNING;
	t->in_call = false;
	hart.current = t;
	if (hart.aspace != thread_aspace(t))
		aspace_use(thread_aspace(t));
	timer_program();
}

struct thread *trap_finish(void)
{
	for (;;) {
		struct thread *t = choose();
		if (!t) {
			idle();
			continue;
		}
		t = rotate(t);
		if (!t->marked || !t->handler_slot.object) {
			run(t);
			return t;
		}
		t->state = THREAD_RUNNING;
		hart.current = t;
		fault_marked(t);
	}
}

bool sched_check(void)
{
	for (u32 p = 0; p < PRIORITIES; p++) {
		if ((queues[p].head != 0) != ((ready >> p) & 1))
			return false;
		for (struct thread *t = queues[p].head; t; t = t->next)
			if (t->state != THREAD_READY || t->priority != p)
				return false;
	}
	return true;
}

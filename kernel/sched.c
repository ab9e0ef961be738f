/*
 * The scheduler: who runs next is decided once, at the kernel's exit.  A thread
 * woken by a message is the hand-over's candidate and passes the queues.
 *
 * The slice is the hart's: it goes on through hand-overs, servers and preemptions,
 * and begins anew only with a program whose turn in its queue has come.  So threads
 * that wake each other share one slice, and their peers get the next.
 */
#include "kernel/sched.h"

#include "ipc/fault.h"
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/check.h"
#include "kernel/print.h"
#include "kernel/timer.h"
#include "kernel/trap.h"

struct hart hart;

static struct {
	struct thread *head, *tail;
} queues[PRIORITIES];
static u64 ready;
static u64 slice_ticks;

void sched_init(u64 timebase_hz)
{
	hart.slice_end = ~0ull;
	slice_ticks = timebase_hz * SLICE_MS / 1000;
}

static bool is_server(const struct thread *t)
{
	return t->rank != RANK_MAX;
}

/* --- Queues ------------------------------------------------------------------------------ */

static void queue_push(struct thread *t, bool front)
{
	u8 p = t->priority;

	t->preempted = front;
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

static bool has_peers(const struct thread *t)
{
	return ready >> t->priority & 1;
}

/* --- The slice ----------------------------------------------------------------------------- */

/* Unarmed: only somebody who waits for it makes it end. */
static void slice_renew(void)
{
	hart.slice_over = false;
	hart.slice_end = ~0ull;
}

/* The slice is over: a program goes behind the others of its priority.  Without others it
 * stays over, for a program that has some. */
static struct thread *rotate(struct thread *t)
{
	if (!hart.slice_over || is_server(t) || !has_peers(t))
		return t;
	t->state = THREAD_READY;
	queue_push(t, false);
	slice_renew();
	return queue_pop();
}

/* --- Accounting ---------------------------------------------------------------------------- */

void sched_account(void)
{
	u64 now = arch_time(), ticks = now - hart.since;
	struct thread *t = hart.accounted;

	hart.since = now;
	if (!t)
		return;
	t->user_ticks += ticks;
	if (is_server(t) && hart.payer)
		hart.payer->server_ticks += ticks;
}

/* From now on the time is t's; a server that was called works for the caller's payer. */
static void account_switch(struct thread *t, bool called)
{
	hart.accounted = t;
	t->switches++;
	if (!is_server(t))
		hart.payer = t;
	else if (!called)
		hart.payer = 0;
}

void sched_forget(const struct thread *t)
{
	if (hart.accounted == t)
		hart.accounted = 0;
	if (hart.payer == t)
		hart.payer = 0;
}

/* --- Who is next ------------------------------------------------------------------------------ */

static void preempt(struct thread *t)
{
	t->state = THREAD_READY;
	queue_push(t, true);
}

static struct thread *take_queued(void)
{
	struct thread *t = queue_pop();

	if (t && !is_server(t) && !t->preempted)
		slice_renew();
	return t;
}

/* The best of the running thread, the hand-over and the queues; losers are queued.  *called: the
 * thread that ran waits, and has handed over. */
static struct thread *choose(bool *called)
{
	struct thread *c = hart.current, *h = hart.handoff;

	hart.current = hart.handoff = 0;
	if (c && c->state != THREAD_RUNNING)
		c = 0;
	if (c && c->stopped) {
		c->state = THREAD_READY;
		c = 0;
	}
	*called = h && !c;
	if (c && h && h->priority <= c->priority) {
		queue_push(h, false);
		h = 0;
	}
	if (c && (h || top_priority() > c->priority)) {
		preempt(c);
		c = 0;
	}
	if (h && top_priority() > h->priority) {
		preempt(h);
		h = 0;
		*called = false;
	}
	return c ? c : h ? h : take_queued();
}

/* It would only fault, at every instruction: it stops until somebody starts it. */
static void hold(struct thread *t)
{
	t->stopped = true;
	t->state = THREAD_READY;
}

static void idle(void)
{
	if (hart.accounted)
		sched_account();
	hart.accounted = hart.payer = 0;
	slice_renew();
	if (hart.aspace)
		aspace_use(0);
	timer_program();
	arch_wait();
	arch_poll_interrupts();
}

/* The clock is read at a switch, when a slice is armed, and after a recv: not else. */
static void run(struct thread *t, bool called)
{
	bool arm = hart.slice_end == ~0ull && has_peers(t) && !is_server(t);

	t->state = THREAD_RUNNING;
	t->in_call = false;
	hart.current = t;
	if (t != hart.accounted || arm || !t->received_at)
		sched_account();
	if (t != hart.accounted)
		account_switch(t, called);
	if (!t->received_at)
		t->received_at = hart.since;
	if (arm)
		hart.slice_end = hart.since + slice_ticks;
	if (hart.aspace != thread_aspace(t))
		aspace_use(thread_aspace(t));
	timer_program();
}

struct thread *trap_finish(void)
{
	bool called;

	if (DEBUG_BUILD)
		check_entry();
	for (;;) {
		struct thread *t = choose(&called);
		if (!t) {
			idle();
			continue;
		}
		t = rotate(t);
		if (t->marked && t->handler_slot.object) {
			t->state = THREAD_RUNNING;
			hart.current = t;
			fault_marked(t);
		} else if (!thread_aspace(t)) {
			hold(t);
		} else {
			run(t, called);
			return t;
		}
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

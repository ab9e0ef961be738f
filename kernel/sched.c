/*
 * The scheduler: who runs next is decided once, at the kernel's exit.  A thread
 * woken by a message is the hand-over's candidate and passes the queues.
 *
 * The slice is the hart's: it goes on through hand-overs, servers and preemptions,
 * and begins anew only with a program whose turn in its queue has come.  So threads
 * that wake each other share one slice, and their peers get the next.
 */
#include "kernel/sched.h"

#include "ipc/endpoint.h"
#include "ipc/fault.h"
#include "kernel/account.h"
#include "kernel/check.h"
#include "kernel/print.h"
#include "kernel/queue.h"
#include "kernel/timer.h"
#include "kernel/trap.h"

struct hart hart __attribute__((aligned(256))); /* the fast path names its fields by one base */

void sched_init(u64 timebase_hz)
{
	hart.slice_end = hart.clock = ~0ull, hart.top = -1;
	hart.slice_ticks = timebase_hz * SLICE_MS / 1000;
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

void sched_slice_over(void)
{
	hart.slice_over = true;
	hart.slice_end = ~0ull;
	barrier_set();
}

void sched_dying(s32 delta)
{
	hart.dying += (u32)delta;
	barrier_set();
}

/* --- The slice ----------------------------------------------------------------------------- */

/* The program that runs next begins a new one. */
static void slice_renew(void)
{
	hart.slice_end = ~0ull;
	if (hart.slice_over) {
		hart.slice_over = false;
		barrier_set();
	}
}

/* The slice is over: a program goes behind the others of its priority. */
static struct thread *rotate(struct thread *t)
{
	if (!hart.slice_over || thread_is_server(t))
		return t;
	if (!(hart.ready >> t->priority & 1)) {
		account_settle(); /* the new one counts from now */
		slice_renew();
		return t;
	}
	queue_push(t, false);
	slice_renew();
	return queue_pop();
}

/* A server that has to wait although it works: the watch for loops wants to know that. */
static void note_busy(struct thread *t)
{
	if (!thread_is_server(t))
		return;
	t->busy_last = arch_time();
	if (!t->busy_since)
		t->busy_since = t->busy_last;
}

/* --- Who is next ------------------------------------------------------------------------------ */

static struct thread *take_queued(void)
{
	struct thread *t = queue_pop();

	if (t && !thread_is_server(t) && !t->preempted)
		slice_renew();
	return t;
}

/* The best of the running thread, the hand-over and the queues; losers are queued.  *goes_on: it
 * is the thread that ran, or the one to which that has handed over and for which it waits. */
static struct thread *choose(bool *goes_on)
{
	struct thread *c = hart.current, *h = hart.handoff;

	hart.current = hart.handoff = 0;
	if (c && c->state != THREAD_RUNNING)
		c = 0;
	if (c && c->stopped) {
		c->state = THREAD_READY;
		c = 0;
	}
	*goes_on = c || h;
	if (c && h && h->priority <= c->priority) {
		queue_push(h, false);
		h = 0;
	}
	if (c && (h || hart.top > c->priority)) {
		note_busy(c);
		queue_push(c, true);
		c = 0;
		*goes_on = false;
	}
	if (h && hart.top > h->priority) {
		queue_push(h, true);
		h = 0;
	}
	if (c || h)
		return c ? c : h;
	*goes_on = false;
	return take_queued();
}

/* It would only fault, at every instruction: it stops until somebody starts it. */
static void hold(struct thread *t)
{
	t->stopped = true;
	t->state = THREAD_READY;
}

static void idle(void)
{
	account_pay(0);
	slice_renew();
	if (hart.aspace)
		aspace_leave();
	arch_wait();
	arch_poll_interrupts();
}

/* The clock need not ring while nobody waits for the slice's end (queue_push). */
static void slice_begin(const struct thread *t)
{
	if (hart.slice_end != ~0ull || thread_is_server(t))
		return;
	hart.slice_end = hart.since + hart.slice_ticks;
	if (hart.ready && hart.slice_end < hart.clock)
		timer_program();
}

/* It has one: nobody runs without. */
static void space_use(const struct thread *t)
{
	struct aspace *a = (void *)t->aspace_slot.object;

	if (hart.aspace == a)
		return;
	hart.aspace = a;
	arch_aspace_use(a->satp, a->identifier);
}

void trap_reply_pays(struct thread *c)
{
	if (!thread_is_server(c))
		account_pay(c);
	if (!hart.serving_since) /* the path counts the server's cycles from there */
		hart.serving_since = arch_cycles();
	slice_begin(c);
}

static struct thread *run(struct thread *t, bool goes_on)
{
	t->call = 0; /* RUNNING */
	t->in_call = false;
	hart.current = t;
	account_run(t, goes_on);
	slice_begin(t);
	if (placed_thread(t))
		return placed_turn(t);
	space_use(t);
	return t;
}

/* What most entries end with: the thread goes on, or waits and has handed over, and nothing
 * that is ready or rare has a say in it.  Else 0. */
static struct thread *finish_usual(void)
{
	struct thread *c = hart.current, *h = hart.handoff, *t = h;

	if (c && c->state == THREAD_RUNNING)
		t = h ? 0 : c;
	if (!t || t->marked || t->stopped || t->priority < hart.barrier || !t->aspace_slot.object)
		return 0;
	if (t == c && hart.aspace == thread_aspace(t))
		return t;
	hart.handoff = 0;
	return run(t, true);
}

__attribute__((noinline)) static struct thread *finish_any(void)
{
	bool goes_on;

	for (;;) {
		struct thread *t = choose(&goes_on);

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
			return run(t, goes_on);
		}
	}
}

struct thread *trap_finish(void)
{
	struct thread *t;

	if (DEBUG_BUILD)
		check_entry();
	t = finish_usual();
	return t ? t : finish_any();
}

struct thread *trap_waits(void)
{
	struct thread *t = hart.ready ? hart.queues[hart.top].head : 0;

	if (DEBUG_BUILD)
		check_entry();
	if (!t || hart.barrier != hart.top || t->marked || thread_is_server(t)
	    || !t->aspace_slot.object)
		return finish_any();
	queue_pop();
	if (!t->preempted)
		hart.slice_end = ~0ull;
	return run(t, false);
}

static __attribute__((noinline)) struct thread *yield_timed(struct thread *n)
{
	timer_program();
	space_use(n);
	return n;
}

static __attribute__((noinline)) struct thread *yield_any(struct thread *t)
{
	queue_push(t, false);
	return trap_finish();
}

/* Mostly to the next program of the same priority, with nothing rare about either. */
struct thread *trap_yield(struct thread *t)
{
	struct run_queue *q = &hart.queues[t->priority];
	struct thread *n = q->head, *next;

	if (DEBUG_BUILD)
		check_entry();
	if (!n || hart.barrier != t->priority || n->marked || !n->aspace_slot.object
	    || thread_is_server(t) || thread_is_server(n) || !account_program(n))
		return yield_any(t);
	next = n->next; /* n has no previous one, and t is in no queue */
	q->head = next ? next : t;
	if (next) {
		n->next = 0;
		next->prev = 0;
		t->prev = q->tail;
		t->prev->next = t;
	}
	q->tail = t;
	t->state = THREAD_READY;
	t->preempted = false;
	n->call = 0; /* RUNNING */
	n->in_call = false;
	hart.current = n;
	hart.slice_end = hart.since + hart.slice_ticks;
	if (hart.slice_end < hart.clock)
		return yield_timed(n);
	space_use(n);
	return n;
}

struct woken trap_wake(struct thread *t, struct notification *n, u64 bits)
{
	struct thread *r = n->waiter;
	struct woken w = {r, n->bits | bits};

	n->waiter = 0;
	n->bits = 0;
	r->awaited = 0;
	note_busy(t);
	queue_push(t, true);
	r->call = 0; /* RUNNING */
	hart.current = r;
	if (thread_is_server(r) || !account_program(r))
		account_run(r, false);
	slice_begin(r);
	space_use(r);
	return w;
}

/*
 * The door of servers in the kernel: what an ecall does in user mode, as functions.
 *
 * The one idea: the thread of such a server is an ordinary one whose code runs here, so
 * the five operations are those of ipc/.  A call of another server in the kernel runs that
 * server at once, above the caller's stack frame, until the call is answered; calls go down the
 * ranks only, so no server is ever entered twice.  Whoever else was woken meanwhile is queued.
 */
#include "ipc/abi/placed.h"
#include "ipc/endpoint.h"
#include "kernel/arch.h"
#include "kernel/print.h"
#include "kernel/sched.h"
#include "placed/placed.h"

#define HALF (USER_END - 1)

_Static_assert(offsetof(struct placed_registers, x) == offsetof(struct trap_frame, x), "x");

struct placed_registers *placed_registers(void)
{
	return (void *)&hart.current->frame;
}

/* Own memory, as the server's Address space counts. */
static u64 own(u64 address)
{
	return address & HALF;
}

/* The thread woken first goes where the others went: its waker goes on. */
static void settle(void)
{
	struct thread *t = hart.handoff;

	if (!t)
		return;
	thread_ready(t); /* behind the others of its queue: hart.handoff is taken */
	hart.handoff = 0;
}

static void goes_on(struct thread *t)
{
	t->call = 0; /* RUNNING */
	hart.current = t;
}

/* --- Calls of servers --------------------------------------------------------------------- */

/* Who is to answer the call that t waits with. */
static struct thread *server_of(const struct thread *t)
{
	const struct endpoint *e = t->reply ? t->reply->endpoint : t->call_session->endpoint;

	return placed_of_rank(e->rank);
}

static void call_wait(struct thread *t)
{
	while (t->state == THREAD_SENDING || t->state == THREAD_WAITING) {
		struct thread *s = server_of(t);

		PANIC_IF(!s || s->state != THREAD_READY); /* the call is not prompt */
		sched_remove(s);
		goes_on(s);
		placed_step(s);
		if (s->state == THREAD_RUNNING)
			thread_ready(s); /* it has another message */
	}
	if (t->state == THREAD_READY)
		sched_remove(t);
	goes_on(t);
}

/* --- Methods ------------------------------------------------------------------------------ */

static void call(struct thread *t)
{
	struct trap_frame *f = &t->frame;
	u64 pc = f->pc;

	f->t1 = own(f->t1);
	for (;;) {
		message_call(t);
		if (f->pc == pc)
			break;
		f->pc = pc; /* a chunk is done: the next */
	}
	call_wait(t);
}

void placed_call(void)
{
	struct thread *t = hart.current;

	if ((s64)t->frame.a7 == OP_REPLY) {
		t->frame.t5 = own(t->frame.t5);
		message_reply(t);
	} else {
		call(t);
	}
	settle();
}

void placed_print(const char *text, u64 len)
{
	for (u64 i = 0; i < len; i++)
		arch_print_char(text[i]);
}

/* --- The loop ------------------------------------------------------------------------------ */

bool placed_exchange(void)
{
	struct thread *t = hart.current;
	struct trap_frame *f = &t->frame;

	f->t4 = own(f->t4);
	f->t5 = own(f->t5);
	if ((s64)f->a7 == OP_RECV) {
		message_recv(t);
		return false;
	}
	message_reply_recv(t);
	return t->state == THREAD_RUNNING && f->t0 == KIND_FAILED;
}

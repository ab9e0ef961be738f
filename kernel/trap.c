/* Each cause of a trap, as the portable kernel sees it. */
#include "kernel/trap.h"

#include "ipc/abi/message.h"
#include "ipc/endpoint.h"
#include "ipc/fault.h"
#include "kernel/arch.h"
#include "kernel/method.h"
#include "kernel/queue.h"
#include "kernel/timer.h"

/* A refused copy's page concerns the next call alone. */
static void cut_settle(struct thread *t)
{
	if (!t->cut_next) {
		t->cut_at = CUT_NOWHERE;
		t->cut = false;
	}
	t->cut_next = false;
}

struct thread *trap_reply(struct thread *t)
{
	message_reply(t);
	return trap_finish();
}

struct thread *trap_recv(struct thread *t)
{
	if (t->cut)
		cut_settle(t);
	message_recv(t);
	return trap_finish();
}

/* What neither a method nor a reply keeps: the fast path has used it. */
static void forget(struct thread *t)
{
	t->frame.t4 = t->frame.t5 = t->frame.t6 = 0;
}

void trap_call(struct thread *t)
{
	t->frame.pc += 4;
	cut_settle(t);
	switch ((s64)t->frame.a7) {
	case OP_CALL:
		message_call(t);
		forget(t);
		break;
	case OP_REPLY:
		message_reply(t);
		forget(t);
		break;
	case OP_RECV:
		message_recv(t);
		break;
	case OP_REPLY_RECV:
		message_reply_recv(t);
		break;
	case OP_YIELD:
		queue_push(t, false);
		break;
	default:
		route_call(t);
		break;
	}
}

void trap_page_fault(struct thread *t, enum fault_cause cause, u64 address)
{
	fault_report(t, cause, address, 1);
}

/* The first use of the FPU looks like an illegal instruction: taken, and executed again. */
void trap_exception(struct thread *t, enum fault_cause cause, u64 address)
{
	if (cause == FAULT_ILLEGAL && hart.fpu_owner != t)
		thread_fpu_take(t);
	else
		fault_report(t, cause, address, 1);
}

void trap_timer(void)
{
	u64 now = arch_time();

	if (now >= hart.slice_end)
		sched_slice_over();
	timer_expire(now);
}

/*
 * Faults and marks become messages: page faults to the thread's pager, what it
 * refuses and everything else to its handler.  A thread that has neither stops.
 */
#include "ipc/fault.h"
#include "kernel/sched.h"

static struct session *session_in(const struct slot *s)
{
	return s->callable ? slot_alive(s) : 0;
}

static void fault_send(struct thread *t, enum call_kind kind, struct session *s)
{
	if (!s) {
		t->stopped = true;
		t->state = THREAD_READY;
		return;
	}
	call_begin(t, kind);
	endpoint_send(t, s);
}

static bool is_page_fault(enum fault_cause cause)
{
	return cause == FAULT_READ || cause == FAULT_WRITE || cause == FAULT_EXEC;
}

void fault_report(struct thread *t, enum fault_cause cause, u64 address, u64 len)
{
	struct session *pager = session_in(&t->pager_slot);

	t->fault_cause = (u8)cause;
	t->fault_address = address;
	t->fault_len = len;
	t->fault_refusal = 0;
	if (is_page_fault(cause) && pager)
		fault_send(t, CALL_PAGER, pager);
	else
		fault_send(t, CALL_HANDLER, session_in(&t->handler_slot));
}

void fault_marked(struct thread *t)
{
	t->marked = false;
	fault_report(t, FAULT_MARKED, t->in_call ? t->frame.a0 : 0, 0);
}

void fault_retry(struct thread *t, enum call_kind kind, enum fault_cause cause, u64 address,
		 u64 len)
{
	if (kind == CALL_ROUTED) {
		t->frame.pc -= 4;
		t->retry_fault = true;
	} else if (kind == CALL_NATIVE) { /* its registers were not kept: its stub repeats it */
		reply_native(t, -ERETRY, 0, SLOT_NONE);
		t->retry_fault = true;
	} else if (t->fault_cause == FAULT_MARKED) {
		t->marked = true;
	} /* any other instruction faults again by itself */
	fault_report(t, cause, address, len);
}

/* The pager refused: a copy's call is repeated with its window cut; else the handler decides,
 * as it does if there are no frames: that says nothing of the page. */
static void fault_refused(struct thread *t, s32 label)
{
	if (t->retry_fault && label != -ENOMEM) {
		t->retry_fault = false;
		t->cut = t->cut_next = true;
		t->cut_at = t->fault_address & ~PAGE_MASK;
		thread_ready(t);
		return;
	}
	t->fault_refusal = label;
	fault_send(t, CALL_HANDLER, session_in(&t->handler_slot));
}

void fault_answered(struct thread *t, s32 label)
{
	enum call_kind kind = t->call_kind;

	t->call_kind = CALL_NONE;
	if (label < 0 && kind == CALL_PAGER) {
		fault_refused(t, label);
		return;
	}
	t->retry_fault = false;
	if (label < 0)
		t->stopped = true;
	thread_ready(t);
}

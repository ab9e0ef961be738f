/* Threads: what they hold, how they leave what they wait for, their registers and FPU state. */
#include "kernel/thread.h"

#include "ipc/endpoint.h"
#include "kernel/account.h"
#include "kernel/arch.h"
#include "kernel/sched.h"

void thread_init(struct thread *t)
{
	t->state = THREAD_NEW;
	t->rank = RANK_MAX;
	t->cut_at = CUT_NOWHERE;
	arch_frame_init(&t->frame);
}

static void receiving_leave(struct thread *t)
{
	struct endpoint *e = thread_endpoint(t);

	if (e && e->receiver == t)
		e->receiver = 0;
	if (t->awaited)
		t->awaited->waiter = 0;
	t->awaited = 0;
}

/* Takes the thread out of whatever it waits for: queues, Replies (abandoned message). */
static void thread_leave(struct thread *t)
{
	switch ((enum thread_state)t->state) {
	case THREAD_READY:
		sched_remove(t);
		break;
	case THREAD_SENDING:
		endpoint_withdraw(t);
		call_finish(t);
		break;
	case THREAD_WAITING:
		reply_abandon(t->reply);
		break;
	case THREAD_RECEIVING:
		receiving_leave(t);
		break;
	case THREAD_NEW:
	case THREAD_RUNNING:
	case THREAD_DEAD:
		break;
	}
}

void thread_destroy(struct thread *t)
{
	thread_leave(t);
	account_forget(t);
	t->state = THREAD_DEAD;
	slot_clear(&t->aspace_slot);
	slot_clear(&t->cspace_slot);
	slot_clear(&t->pager_slot);
	slot_clear(&t->handler_slot);
	slot_clear(&t->carried);
	slot_clear(&t->endpoint_slot);
	thread_fpu_forget(t);
	if (t->notification && t->notification->bound == t)
		t->notification->bound = 0;
	t->notification = 0;
}

static bool waits_for_program_call(const struct thread *t)
{
	return t->call_kind == CALL_ROUTED || t->call_kind == CALL_NATIVE;
}

/* Nobody has received its call or its page fault: it does that again, after its handler. */
static void withdraw(struct thread *t)
{
	endpoint_withdraw(t);
	if (waits_for_program_call(t)) {
		call_again(t);
		return;
	}
	call_finish(t);
	t->retry_fault = false;
	thread_ready(t);
}

void thread_interrupt(struct thread *t)
{
	t->marked = true;
	t->armed = 0;
	if (t->state == THREAD_SENDING && t->call_kind != CALL_HANDLER) {
		withdraw(t);
	} else if (t->state == THREAD_WAITING && waits_for_program_call(t)) {
		if (!t->reply->notice.kind)
			endpoint_notice(t->reply->endpoint, &t->reply->notice, KIND_INTERRUPTED);
	}
}

void thread_fpu_sync(struct thread *t)
{
	if (hart.fpu_owner == t)
		arch_fpu_save(t);
}

void thread_fpu_forget(struct thread *t)
{
	if (hart.fpu_owner == t) {
		arch_fpu_disable(t);
		t->fpu_on = false;
		hart.fpu_owner = 0;
	}
}

void thread_fpu_take(struct thread *t)
{
	if (hart.fpu_owner) {
		arch_fpu_save(hart.fpu_owner);
		thread_fpu_forget(hart.fpu_owner);
	}
	arch_fpu_load(t);
	t->fpu_on = true;
	hart.fpu_owner = t;
	t->fpu_used = true;
}

void thread_registers_get(struct thread *t, struct thread_registers *r)
{
	thread_fpu_sync(t);
	r->pc = t->frame.pc;
	for (u32 i = 0; i < 31; i++)
		r->x[i] = t->frame.x[i];
	r->original_a0 = t->original_a0;
	r->flags = (t->in_call ? REGS_IN_CALL : 0) | REGS_FLOAT;
	r->fcsr = t->fpu.fcsr;
	for (u32 i = 0; i < 32; i++)
		r->f[i] = t->fpu.f[i];
}

void thread_registers_set(struct thread *t, const struct thread_registers *r)
{
	t->frame.pc = r->pc;
	for (u32 i = 0; i < 31; i++)
		t->frame.x[i] = r->x[i];
	t->in_call = false;
	if (!(r->flags & REGS_FLOAT))
		return;
	thread_fpu_forget(t);
	t->fpu.fcsr = r->fcsr;
	for (u32 i = 0; i < 32; i++)
		t->fpu.f[i] = r->f[i];
	t->fpu_used = true;
}

/*
 * The handler of every program's thread: faults, and marked threads with signals.
 *
 * A thread that is marked, or that faulted beyond the pager's help, is here instead of
 * in user mode, its registers in reach.  Answering lets it go on; keeping the Reply is
 * what "stopped" is.
 */
#include "servers/process/process_server.h"

#define CALL_RESTART 128u /* restart_syscall */
#define TABLE_PAGES 8     /* that the pool is fed with when a table of descriptors grows */

enum fault_code {
	SEGV_MAPERR = 1,
	SEGV_ACCERR,
	ILL_ILLOPC = 1,
	TRAP_BRKPT = 1,
	BUS_ADRALN = 1,
	BUS_ADRERR
};

/* --- Restart of a call that was interrupted ----------------------------------------------- */

static struct thread_registers registers;

static void registers_get(slot_t reply)
{
	call_data(reply, REPLY_READ_REGISTERS, 0, &registers, sizeof(registers));
}

/* It is in no call any more. */
static void registers_put(slot_t reply)
{
	call_data(reply, REPLY_WRITE_REGISTERS, 0, &registers, sizeof(registers));
}

static bool asks_restart(s64 result)
{
	return result < 0
	       && (result == -ERESTARTSYS || result == -ERESTARTNOINTR || result == -ERESTARTNOHAND
		   || result == -ERESTART_RESTARTBLOCK);
}

static void again(struct thread_registers *r)
{
	r->x[REG_A0] = r->original_a0;
	r->pc -= 4;
}

/* act: of the handler that runs first, 0 if none does. */
static void restart(slot_t reply, s64 result, const struct action *act)
{
	if (!asks_restart(result))
		return;
	registers_get(reply);
	if (!(registers.flags & REGS_IN_CALL))
		return;
	if (!act && result == -ERESTART_RESTARTBLOCK)
		registers.x[REG_A7] = CALL_RESTART;
	if (!act || result == -ERESTARTNOINTR
	    || (result == -ERESTARTSYS && act->flags & SA_RESTART))
		again(&registers);
	else
		registers.x[REG_A0] = (u64)-EINTR;
	registers_put(reply);
}

/* rt_sigreturn came last: what looks like a result is none. */
static s64 no_result(struct process *p, slot_t reply, s64 result)
{
	if (!p->no_restart)
		return result;
	p->no_restart = false;
	if (!asks_restart(result))
		return result;
	registers_get(reply);
	registers_put(reply);
	return 0;
}

/* --- Stop and continue -------------------------------------------------------------------- */

/* result: as signals_deliver is told when it goes on. */
static s64 hold(struct process *p, slot_t reply, s64 result)
{
	p->e->state = PROCESS_STOPPED;
	p->wait_word[0] = (u64)result;
	return wait_hold(p, WAIT_STOPPED, reply);
}

/* The others are held as they come here; none of them enters user mode before that. */
static s64 stop(struct process *p, slot_t reply, u32 number, s64 result)
{
	struct process *leader = p->leader;

	leader->e->state = PROCESS_STOPPED;
	leader->stop_signal = (u8)number;
	leader->stop_news = true;
	leader->continue_news = false;
	hold(p, reply, result);
	for (struct process *m = leader; m; m = m->next_member)
		if (m->thread != SLOT_NONE && m->wait != WAIT_STOPPED)
			call0(m->thread, THREAD_INTERRUPT);
	parent_tell(leader, CLD_STOPPED, (s32)number);
	return LATER;
}

/* False: the process has ended by that, or stopped again. */
static bool resume(struct process *p)
{
	slot_t reply = p->reply;
	s64 result;

	wait_forget(p);
	result = signals_deliver(p, reply, (s64)p->wait_word[0]);
	if (result == LATER)
		return false;
	answer_later(reply, result > 0 ? result : 0); /* a fault's has no result */
	return true;
}

void process_continue(struct process *leader)
{
	struct process *m, *next;

	for (m = leader; m; m = m->next_member)
		m->e->state = PROCESS_RUNNING;
	leader->stop_news = false;
	leader->continue_news = true;
	parent_tell(leader, CLD_CONTINUED, LINUX_SIGCONT);
	for (m = leader; m; m = next) {
		next = m->next_member;
		if (m->wait == WAIT_STOPPED && !resume(m))
			return;
	}
}

/* --- Delivery ----------------------------------------------------------------------------- */

/* The next signal that does something, or 0. */
static struct signal *signal_next(struct process *p, enum signal_effect *effect)
{
	struct signal *s;

	while ((s = signal_take(p, ~p->e->blocked))) {
		*effect = signal_effect(p, (u32)s->number);
		if (*effect == EFFECT_STOP && s->number != LINUX_SIGSTOP
		    && p->leader->e->orphaned_group)
			*effect = EFFECT_IGNORE; /* nobody is there to continue it */
		if (*effect != EFFECT_IGNORE)
			return s;
		signal_free(s);
	}
	return 0;
}

/* A frame for the signal.  Inline: one of its callers is what most signals come to. */
static inline __attribute__((always_inline)) s32 handle(struct process *p, slot_t reply,
							const struct signal *s, s64 result)
{
	const struct action *act = action_of(p, (u32)s->number);
	u64 mask = act->mask | (act->flags & SA_NODEFER ? 0 : SIGNAL_BIT(s->number));

	if (result < 0)
		restart(reply, result, act);
	if (frame_push(p, reply, act, s, result) < 0)
		return -EFAULT;
	p->restore_blocked = false;
	p->e->blocked |= mask & ~(SIGNAL_BIT(LINUX_SIGKILL) | SIGNAL_BIT(LINUX_SIGSTOP));
	if (act->flags & SA_RESETHAND) {
		struct action plain = *act;
		plain.handler = ACTION_DEFAULT;
		action_set(p, (u32)s->number, &plain);
	}
	return 0;
}

static void deliver_none(struct process *p, slot_t reply, s64 result)
{
	restart(reply, result, 0);
	if (p->restore_blocked)
		p->e->blocked = p->saved_blocked;
	p->restore_blocked = false;
}

/* All that may be delivered: what the thread goes on with, or LATER. */
static s64 deliver_all(struct process *p, slot_t reply, s64 result)
{
	enum signal_effect effect = EFFECT_IGNORE;
	bool handled = false;
	struct signal *s;

	while ((s = signal_next(p, &effect))) {
		s32 number = s->number;
		bool runs = effect == EFFECT_HANDLER && handle(p, reply, s, result) == 0;
		signal_free(s);
		if (effect == EFFECT_STOP)
			return stop(p, reply, (u32)number, result);
		if (!runs) {
			process_exit(p, effect == EFFECT_HANDLER ? LINUX_SIGSEGV : number);
			return LATER;
		}
		handled = true;
		result = number;
	}
	if (!handled)
		deliver_none(p, reply, result);
	return result;
}

s64 signals_deliver(struct process *p, slot_t reply, s64 result)
{
	result = deliver_all(p, reply, no_result(p, reply, result));
	if (result == LATER)
		return LATER;
	if (p->e->blocked & *p->leader->shared.mask && p->leader->next_member)
		signals_retarget(p->leader);
	if (signals_ready(p)) /* the old mask lets through what the call's own kept off */
		return signals_deliver(p, reply, asks_restart(result) ? 0 : result);
	return result;
}

s64 signal_handle(struct process *p, slot_t reply, const struct signal *s)
{
	if (handle(p, reply, s, 0) == 0)
		return s->number;
	process_exit(p, LINUX_SIGSEGV);
	return LATER;
}

s64 signals_in_call(struct process *p, slot_t reply, s64 result)
{
	u64 ready = signals_ready(p);

	signals_self(0);
	if (!ready)
		return result;
	if (!(ready & ~p->leader->e->caught))
		return signals_deliver(p, reply, result);
	call0(p->thread, THREAD_INTERRUPT); /* it may stop or end: there */
	return result;
}

/* --- Faults ------------------------------------------------------------------------------- */

static void fault_signal(const struct request *q, struct signal *s)
{
	s->field[0] = q->word[0];
	switch ((enum fault_cause)q->label) {
	case FAULT_ILLEGAL:
		*s = (struct signal){
			.number = LINUX_SIGILL, .code = ILL_ILLOPC, .field = {q->word[1]}};
		break;
	case FAULT_BREAKPOINT:
		*s = (struct signal){
			.number = LINUX_SIGTRAP, .code = TRAP_BRKPT, .field = {q->word[1]}};
		break;
	case FAULT_MISALIGNED:
		s->number = LINUX_SIGBUS;
		s->code = BUS_ADRALN;
		break;
	case FAULT_READ:
	case FAULT_WRITE:
	case FAULT_EXEC:
	case FAULT_MARKED:
	case FAULT_SLOTS:
	default:
		s->number = (s64)q->word[3] == -EIO ? LINUX_SIGBUS : LINUX_SIGSEGV;
		s->code = (s64)q->word[3] == -EIO      ? BUS_ADRERR
			  : (s64)q->word[3] == -EACCES ? SEGV_ACCERR
						       : SEGV_MAPERR;
	}
}

/* Capability spaces are from this server's pool.  Without memory the call ends with ENFILE. */
static s64 slots_feed(slot_t reply)
{
	static struct thread_registers r;

	if (pool_feed(TABLE_PAGES) == 0
	    || call_data(reply, REPLY_READ_REGISTERS, 0, &r, sizeof(r)) < 0)
		return 0;
	r.x[REG_A0] = (u64)-ENFILE;
	r.pc += 4;
	call_data(reply, REPLY_WRITE_REGISTERS, 0, &r, sizeof(r));
	return 0;
}

s64 process_fault(struct request *q, struct answer *a)
{
	struct process *p = process_find(q->tag);
	struct signal s = {0};

	(void)a;
	if (!p)
		return -EINVAL;
	if (q->label == FAULT_SLOTS)
		return slots_feed(q->reply);
	if (p->loads_for) {
		if (q->label == FAULT_MARKED)
			return 0;
		exec_abort(p->loads_for, -ENOEXEC); /* a file that the loader stumbled over */
		return LATER;
	}
	if (q->label == FAULT_MARKED && p->leader->e->state == PROCESS_STOPPED)
		return hold(p, q->reply, (s64)q->word[0]);
	if (q->label == FAULT_MARKED)
		return signals_deliver(p, q->reply, (s64)q->word[0]) == LATER ? LATER : 0;
	fault_signal(q, &s);
	signal_force(p, &s);
	if (signal_effect(p, (u32)s.number) == EFFECT_HANDLER)
		return signals_deliver(p, q->reply, 0) == LATER ? LATER : 0;
	process_exit(p, s.number);
	return LATER;
}

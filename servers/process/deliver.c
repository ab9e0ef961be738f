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

static void again(struct thread_registers *r)
{
	r->x[REG_A0] = r->original_a0;
	r->pc -= 4;
}

/* act: of the handler that runs first, 0 if none does. */
static void restart(struct thread_registers *r, const struct action *act)
{
	s64 result = (s64)r->x[REG_A0];

	if (!(r->flags & REGS_IN_CALL))
		return;
	r->flags &= ~(u64)REGS_IN_CALL;
	if (result != -ERESTARTSYS && result != -ERESTARTNOINTR && result != -ERESTARTNOHAND
	    && result != -ERESTART_RESTARTBLOCK)
		return;
	if (!act && result == -ERESTART_RESTARTBLOCK)
		r->x[REG_A7] = CALL_RESTART;
	if (!act || result == -ERESTARTNOINTR
	    || (result == -ERESTARTSYS && act->flags & SA_RESTART))
		again(r);
	else
		r->x[REG_A0] = (u64)-EINTR;
}

/* --- Stop and continue -------------------------------------------------------------------- */

static s64 hold(struct process *p, slot_t reply)
{
	p->e->state = PROCESS_STOPPED;
	return wait_hold(p, WAIT_STOPPED, reply);
}

/* The others are held as they come here; none of them enters user mode before that. */
static s64 stop(struct process *p, slot_t reply, u32 number)
{
	struct process *leader = p->leader;

	leader->e->state = PROCESS_STOPPED;
	leader->stop_signal = (u8)number;
	leader->stop_news = true;
	leader->continue_news = false;
	hold(p, reply);
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

	wait_forget(p);
	if (signals_deliver(p, reply) == LATER)
		return false;
	answer_later(reply, 0);
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

static struct thread_registers registers;

static void registers_put(slot_t reply)
{
	call_data(reply, REPLY_WRITE_REGISTERS, 0, &registers, sizeof(registers));
}

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

/* A frame for the signal; the action is a copy, SA_RESETHAND changes the table. */
static s32 handle(struct process *p, const struct signal *s)
{
	struct action act = *action_of(p, (u32)s->number), plain = act;
	u64 mask = act.mask | (act.flags & SA_NODEFER ? 0 : SIGNAL_BIT(s->number));

	restart(&registers, &act);
	if (act.flags & SA_RESETHAND) {
		plain.handler = ACTION_DEFAULT;
		action_set(p, (u32)s->number, &plain);
	}
	if (frame_push(p, &registers, &act, s) < 0)
		return -EFAULT;
	p->restore_blocked = false;
	p->e->blocked |= mask & ~(SIGNAL_BIT(LINUX_SIGKILL) | SIGNAL_BIT(LINUX_SIGSTOP));
	return 0;
}

/* One signal: 0 if the thread may go on for it, LATER if it is gone. */
static s64 deliver_one(struct process *p, const struct signal *s, enum signal_effect effect)
{
	if (effect == EFFECT_HANDLER && handle(p, s) == 0)
		return 0;
	process_exit(p, effect == EFFECT_HANDLER ? LINUX_SIGSEGV : s->number);
	return LATER;
}

static void deliver_none(struct process *p)
{
	restart(&registers, 0);
	if (p->restore_blocked)
		p->e->blocked = p->saved_blocked;
	p->restore_blocked = false;
}

s64 signals_deliver(struct process *p, slot_t reply)
{
	enum signal_effect effect = EFFECT_IGNORE;
	bool handled = false;
	struct signal *s;

	call_data(reply, REPLY_READ_REGISTERS, 0, &registers, sizeof(registers));
	if (p->no_restart)
		registers.flags &= ~(u64)REGS_IN_CALL;
	p->no_restart = false;
	while ((s = signal_next(p, &effect))) {
		u32 number = (u32)s->number;
		s64 result = effect == EFFECT_STOP ? 0 : deliver_one(p, s, effect);
		signal_free(s);
		if (result == LATER)
			return LATER;
		if (effect == EFFECT_STOP) {
			if (!(registers.flags & REGS_IN_CALL)) /* else: as they were */
				registers_put(reply);
			return stop(p, reply, number);
		}
		handled = true;
	}
	if (!handled)
		deliver_none(p);
	registers_put(reply);
	if (p->e->blocked & *p->leader->shared.mask && p->leader->next_member)
		signals_retarget(p->leader);
	if (signals_ready(p)) /* the old mask lets through what the call's own kept off */
		return signals_deliver(p, reply);
	return 0;
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
	if (q->label == FAULT_MARKED)
		return p->leader->e->state == PROCESS_STOPPED ? hold(p, q->reply)
							      : signals_deliver(p, q->reply);
	fault_signal(q, &s);
	signal_force(p, &s);
	if (signal_effect(p, (u32)s.number) == EFFECT_HANDLER)
		return signals_deliver(p, q->reply);
	process_exit(p, s.number);
	return LATER;
}

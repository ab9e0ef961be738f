/*
 * Signals, from who sends to the target's queue.
 *
 * What is ignored is dropped here, what ends the process ends it here; all else is
 * queued, and a thread that does not block it is marked, so that the kernel brings it to
 * its handler (deliver.c) before it enters user mode again.
 */
#include "servers/lib/method.h"
#include "servers/process/process_server.h"

#define STOP_SIGNALS                                                                       \
	(SIGNAL_BIT(LINUX_SIGSTOP) | SIGNAL_BIT(LINUX_SIGTSTP) | SIGNAL_BIT(LINUX_SIGTTIN) \
	 | SIGNAL_BIT(LINUX_SIGTTOU))
#define IGNORED_SIGNALS                                                                   \
	(SIGNAL_BIT(LINUX_SIGCHLD) | SIGNAL_BIT(LINUX_SIGCONT) | SIGNAL_BIT(LINUX_SIGURG) \
	 | SIGNAL_BIT(LINUX_SIGWINCH))
#define NEVER_BLOCKED (SIGNAL_BIT(LINUX_SIGKILL) | SIGNAL_BIT(LINUX_SIGSTOP))

enum signal_effect signal_effect(const struct process *p, u32 number)
{
	u64 handler = action_of(p, number)->handler;

	if (handler == ACTION_IGNORE)
		return EFFECT_IGNORE;
	if (handler != ACTION_DEFAULT)
		return EFFECT_HANDLER;
	if (SIGNAL_BIT(number) & IGNORED_SIGNALS || p->e->pid == 1)
		return EFFECT_IGNORE; /* nothing by default happens to process 1 */
	return SIGNAL_BIT(number) & STOP_SIGNALS ? EFFECT_STOP : EFFECT_END;
}

u64 signals_pending_anywhere(const struct process *p)
{
	u64 mask = *p->leader->shared.mask;

	for (const struct process *m = p->leader; m; m = m->next_member)
		mask |= *m->own.mask;
	return mask;
}

void signals_discard(struct process *p, u64 mask)
{
	pending_discard(&p->leader->shared, mask);
	for (struct process *m = p->leader; m; m = m->next_member)
		pending_discard(&m->own, mask);
}

/* --- Who takes it ----------------------------------------------------------------------------- */

static bool awaits(const struct process *p, u32 number)
{
	return p->wait == WAIT_SIGNAL && p->wait_word[0] & SIGNAL_BIT(number);
}

static bool takes(const struct process *p, u32 number)
{
	return p->thread != SLOT_NONE
	       && (!(p->e->blocked & SIGNAL_BIT(number)) || awaits(p, number));
}

/* Of all threads the first that does not keep it off. */
static struct process *taker(struct process *leader, u32 number)
{
	struct process *m = leader;

	while (m && !takes(m, number))
		m = m->next_member;
	return m;
}

/* Whose call is being served, and sees to its signals when that is done. */
static const struct process *self;

void signals_self(const struct process *p)
{
	self = p;
}

bool signal_at_once(const struct process *p, u32 number)
{
	const struct process_entry *e = p->e;
	u64 now = e->caught & ~e->blocked & ~(STOP_SIGNALS | SIGNAL_BIT(LINUX_SIGCONT));

	return p->leader == p && number - 1 < SIGNALS && now >> (number - 1) & 1
	       && !signals_ready(p) && e->state == PROCESS_RUNNING && !p->doomed;
}

static void wake(struct process *p, u32 number)
{
	struct signal *s;

	if (awaits(p, number)) {
		s = signal_take(p, p->wait_word[0]);
		if (s)
			signal_waited(p, s);
	} else if (p->wait != WAIT_STOPPED && p != self) {
		method1(p->thread, THREAD_INTERRUPT, 0);
	}
}

/* A thread that was woken for them is gone or keeps them off now: others see to what is left. */
void signals_retarget(struct process *leader)
{
	for (u64 left = *leader->shared.mask; left; left &= left - 1) {
		u32 number = 1 + (u32)__builtin_ctzll(left);
		struct process *p = taker(leader, number);
		if (p)
			wake(p, number);
	}
}

bool signals_blocked_set(struct process *p, u64 mask)
{
	bool ready;

	p->e->blocked = mask & ~NEVER_BLOCKED;
	ready = signals_ready(p) != 0;
	if (ready)
		method1(p->thread, THREAD_INTERRUPT, 0);
	if (p->e->blocked & *p->leader->shared.mask && p->leader->next_member)
		signals_retarget(p->leader);
	return ready;
}

/* --- Sending ------------------------------------------------------------------------------ */

/* Stop and continue cancel each other, even where they are blocked or ignored. */
static void cancel_opposite(struct process *leader, u32 number)
{
	if (SIGNAL_BIT(number) & STOP_SIGNALS)
		signals_discard(leader, SIGNAL_BIT(LINUX_SIGCONT));
	if (number != LINUX_SIGCONT)
		return;
	signals_discard(leader, STOP_SIGNALS);
	leader->stop_news = false;
}

/* only: the one thread that it is for, or 0; one that has ended keeps none.  What it does is done
 * to the whole process. */
static void post(struct process *leader, struct process *only, const struct signal *s)
{
	u32 number = (u32)s->number;
	bool stopped = leader->e->state == PROCESS_STOPPED, kept_off;
	enum signal_effect effect;
	struct process *p;

	if (!is_alive(leader) || leader->doomed || !leader->actions)
		return;
	effect = signal_effect(leader, number);
	if (number == LINUX_SIGKILL && effect == EFFECT_END) {
		process_exit(leader, LINUX_SIGKILL);
		return;
	}
	cancel_opposite(leader, number);
	p = !only ? taker(leader, number) : takes(only, number) ? only : 0;
	kept_off = !p || awaits(p, number);
	if (effect == EFFECT_END && !kept_off && !stopped) {
		process_exit(leader, (s32)number);
		return;
	}
	if ((effect != EFFECT_IGNORE || kept_off) && (!only || only->thread != SLOT_NONE)) {
		pending_add(only ? &only->own : &leader->shared, s, false);
		if (p)
			wake(p, number);
	}
	if (number == LINUX_SIGCONT && stopped)
		process_continue(leader);
}

void signal_send(struct process *p, const struct signal *s)
{
	post(p->leader, 0, s);
}

void signal_send_thread(struct process *p, const struct signal *s)
{
	post(p->leader, p, s);
}

void signal_raise(struct process *p, u32 number, s32 code)
{
	struct signal s = {.number = (s32)number, .code = code};

	signal_send(p, &s);
}

/* A fault's signal: if it cannot be caught now, it ends the process. */
void signal_force(struct process *p, const struct signal *s)
{
	struct action act = *action_of(p, (u32)s->number);

	if (act.handler == ACTION_IGNORE || p->e->blocked & SIGNAL_BIT(s->number))
		act.handler = ACTION_DEFAULT;
	p->e->blocked &= ~SIGNAL_BIT(s->number);
	action_set(p, (u32)s->number, &act);
	pending_add(&p->own, s, true);
}

u32 group_signal(u32 pgid, const struct signal *s)
{
	struct process *p;
	u32 index = 0, n = 0;

	while ((p = leader_next(&index))) {
		if (!is_alive(p) || p->e->pgid != pgid)
			continue;
		n++;
		if (s->number)
			signal_send(p, s);
	}
	return n;
}

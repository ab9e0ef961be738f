/*
 * Signals, from who sends to the target's queue.
 *
 * What is ignored is dropped here, what ends the process ends it here; all else is
 * queued, and the thread is marked, so that the kernel brings it to its handler
 * (deliver.c) before it enters user mode again.
 */
#include "servers/process/process_server.h"

#define PENDING_MAX 64u /* queued for one process */
#define STOP_SIGNALS                                                                       \
	(SIGNAL_BIT(LINUX_SIGSTOP) | SIGNAL_BIT(LINUX_SIGTSTP) | SIGNAL_BIT(LINUX_SIGTTIN) \
	 | SIGNAL_BIT(LINUX_SIGTTOU))
#define IGNORED_SIGNALS                                                                   \
	(SIGNAL_BIT(LINUX_SIGCHLD) | SIGNAL_BIT(LINUX_SIGCONT) | SIGNAL_BIT(LINUX_SIGURG) \
	 | SIGNAL_BIT(LINUX_SIGWINCH))
#define NEVER_BLOCKED (SIGNAL_BIT(LINUX_SIGKILL) | SIGNAL_BIT(LINUX_SIGSTOP))
#define FIRST_REAL_TIME 32u

static struct slab slab = {.size = sizeof(struct signal)};

enum signal_effect signal_effect(const struct process *p, u32 number)
{
	u64 handler = p->actions->of[number - 1].handler;

	if (handler == ACTION_IGNORE)
		return EFFECT_IGNORE;
	if (handler != ACTION_DEFAULT)
		return EFFECT_HANDLER;
	if (SIGNAL_BIT(number) & IGNORED_SIGNALS || p->e->pid == 1)
		return EFFECT_IGNORE; /* nothing by default happens to process 1 */
	return SIGNAL_BIT(number) & STOP_SIGNALS ? EFFECT_STOP : EFFECT_END;
}

void signals_noted(struct process *p)
{
	u64 ignored = 0, caught = 0;

	for (u32 n = 1; n <= SIGNALS; n++) {
		enum signal_effect effect = signal_effect(p, n);
		bool said = p->actions->of[n - 1].handler == ACTION_IGNORE || p->e->pid == 1;
		if (effect == EFFECT_IGNORE && said)
			ignored |= SIGNAL_BIT(n);
		else if (effect == EFFECT_HANDLER)
			caught |= SIGNAL_BIT(n);
	}
	p->e->ignored = ignored;
	p->e->caught = caught;
}

u64 signals_ready(const struct process *p)
{
	return p->e->pending & ~p->e->blocked;
}

void signals_blocked_set(struct process *p, u64 mask)
{
	p->e->blocked = mask & ~NEVER_BLOCKED;
	if (signals_ready(p))
		call0(p->thread, THREAD_INTERRUPT);
}

/* --- The queue ---------------------------------------------------------------------------- */

static void pending_note(struct process *p)
{
	p->e->pending = 0;
	for (const struct signal *s = p->queue; s; s = s->next)
		p->e->pending |= SIGNAL_BIT(s->number);
}

/* At the end, or with `first` at the front. */
static void queue_add(struct process *p, const struct signal *s, bool first)
{
	struct signal **at = &p->queue, *new;

	if ((u32)s->number < FIRST_REAL_TIME && p->e->pending & SIGNAL_BIT(s->number))
		return;
	new = p->queued < PENDING_MAX || first ? slab_alloc(&slab) : 0;
	if (!new)
		return;
	*new = *s;
	while (*at && !first)
		at = &(*at)->next;
	new->next = *at;
	*at = new;
	p->queued++;
	p->e->pending |= SIGNAL_BIT(s->number);
}

static struct signal *queue_remove(struct process *p, struct signal **at)
{
	struct signal *s = *at;

	*at = s->next;
	p->queued--;
	pending_note(p);
	return s;
}

void signal_free(struct signal *s)
{
	slab_free(&slab, s);
}

void signal_discard(struct process *p, u64 mask)
{
	struct signal **at = &p->queue;

	if (!(p->e->pending & mask))
		return;
	while (*at) {
		if (SIGNAL_BIT((*at)->number) & mask)
			signal_free(queue_remove(p, at));
		else
			at = &(*at)->next;
	}
}

/* Signals of a fault go first, then the lowest number. */
struct signal *signal_take(struct process *p, u64 mask)
{
	struct signal **best = 0;

	for (struct signal **at = &p->queue; *at; at = &(*at)->next) {
		if (!(SIGNAL_BIT((*at)->number) & mask))
			continue;
		if ((*at)->code > 0 && (*at)->number != LINUX_SIGCHLD)
			return queue_remove(p, at);
		if (!best || (*at)->number < (*best)->number)
			best = at;
	}
	return best ? queue_remove(p, best) : 0;
}

/* --- Sending ------------------------------------------------------------------------------ */

/* Stop and continue cancel each other, even where they are blocked or ignored. */
static void cancel_opposite(struct process *p, u32 number)
{
	if (SIGNAL_BIT(number) & STOP_SIGNALS)
		signal_discard(p, SIGNAL_BIT(LINUX_SIGCONT));
	if (number != LINUX_SIGCONT)
		return;
	signal_discard(p, STOP_SIGNALS);
	p->stop_news = false;
}

static void wake(struct process *p, u32 number)
{
	struct signal *s;

	if (p->wait == WAIT_SIGNAL && p->wait_word[0] & SIGNAL_BIT(number)) {
		s = signal_take(p, p->wait_word[0]);
		if (s)
			signal_waited(p, s);
	} else if (!(p->e->blocked & SIGNAL_BIT(number)) && p->wait != WAIT_STOPPED) {
		call0(p->thread, THREAD_INTERRUPT);
	}
}

void signal_send(struct process *p, const struct signal *s)
{
	u32 number = (u32)s->number;
	enum signal_effect effect;
	bool blocked, stopped = p->wait == WAIT_STOPPED;

	if (!is_alive(p) || p->doomed || !p->actions)
		return;
	effect = signal_effect(p, number);
	if (number == LINUX_SIGKILL && effect == EFFECT_END) {
		process_exit(p, LINUX_SIGKILL);
		return;
	}
	cancel_opposite(p, number);
	blocked = p->e->blocked & SIGNAL_BIT(number)
		  || (p->wait == WAIT_SIGNAL && p->wait_word[0] & SIGNAL_BIT(number));
	if (effect == EFFECT_END && !blocked && !stopped) {
		process_exit(p, (s32)number);
		return;
	}
	if (effect != EFFECT_IGNORE || blocked) {
		queue_add(p, s, false);
		wake(p, number);
	}
	if (number == LINUX_SIGCONT && stopped)
		process_continue(p);
}

void signal_raise(struct process *p, u32 number, s32 code)
{
	struct signal s = {.number = (s32)number, .code = code};

	signal_send(p, &s);
}

/* A fault's signal: if it cannot be caught now, it ends the process. */
void signal_force(struct process *p, const struct signal *s)
{
	struct action *act = &p->actions->of[s->number - 1];

	if (act->handler == ACTION_IGNORE || p->e->blocked & SIGNAL_BIT(s->number))
		act->handler = ACTION_DEFAULT;
	p->e->blocked &= ~SIGNAL_BIT(s->number);
	signals_noted(p);
	queue_add(p, s, true);
}

u32 group_signal(u32 pgid, const struct signal *s)
{
	struct process *p;
	u32 index = 0, n = 0;

	while ((p = process_next(&index))) {
		if (!is_alive(p) || p->e->pgid != pgid)
			continue;
		n++;
		if (s->number)
			signal_send(p, s);
	}
	return n;
}

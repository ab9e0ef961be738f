/*
 * What a process does about each signal.
 *
 * Parent and child share one table until one of them changes it.  That must not fail
 * then, so there are as many tables as processes: fork sees to it.
 */
#include "servers/process/process_server.h"

static struct slab slab = {.size = sizeof(struct actions)};
static struct actions *idle; /* linked by `next`; one for each process that shares another's */

static bool table_reserve(void)
{
	struct actions *a = slab_take(&slab);

	if (!a)
		return false;
	a->next = idle;
	idle = a;
	return true;
}

static struct actions *table_take(void)
{
	struct actions *a = idle;

	idle = a->next;
	a->next = 0;
	a->users = 1;
	return a;
}

struct actions *actions_new(void)
{
	struct actions *a = table_reserve() ? table_take() : 0;

	if (!a)
		return 0;
	memset(a->of, 0, sizeof(a->of));
	a->set = 0;
	return a;
}

struct actions *actions_share(struct actions *from)
{
	if (!table_reserve())
		return 0;
	from->users++;
	return from;
}

void actions_free(struct actions *a)
{
	if (!a)
		return;
	if (--a->users > 0) {
		a = idle; /* the one that was kept for this process */
		idle = a->next;
	}
	slab_free(&slab, a);
}

/* The process's table is its own from now on. */
static __attribute__((noinline)) struct actions *actions_own(struct process *p)
{
	struct actions *shared = p->leader->actions, *a;

	if (shared->users == 1)
		return shared;
	a = table_take();
	memcpy(a->of, shared->of, sizeof(a->of));
	a->set = shared->set;
	shared->users--;
	return p->leader->actions = a;
}

static inline u64 with(u64 mask, u64 bit, bool on)
{
	return on ? mask | bit : mask & ~bit;
}

/* In the table for other servers; by default nothing is ignored, but for process 1. */
static inline void note(const struct process *p, u32 number, u64 handler)
{
	struct process_entry *e = p->leader->e;
	u64 bit = SIGNAL_BIT(number);
	bool ignored = handler == ACTION_IGNORE || (handler == ACTION_DEFAULT && e->pid == 1);

	e->caught = with(e->caught, bit, handler > ACTION_IGNORE);
	e->ignored = with(e->ignored, bit, ignored);
}

static inline void set(struct process *p, struct actions *a, u32 number, const struct action *new)
{
	struct action *act = &a->of[number - 1];

	act->handler = new->handler;
	act->flags = new->flags;
	act->mask = new->mask & ~(SIGNAL_BIT(LINUX_SIGKILL) | SIGNAL_BIT(LINUX_SIGSTOP));
	a->set = with(a->set, SIGNAL_BIT(number), act->handler | act->flags | act->mask);
	note(p, number, act->handler);
}

static __attribute__((noinline)) s64 set_for_all(struct process *p, u32 number,
						 const struct action *new)
{
	set(p, actions_own(p), number, new);
	members_note(p->leader);
	return 0;
}

/* Mostly the table is its own, and it has one thread. */
s64 action_set(struct process *p, u32 number, const struct action *new)
{
	const struct process *leader = p->leader;

	if (leader->actions->users != 1 || leader->next_member)
		return set_for_all(p, number, new);
	set(p, leader->actions, number, new);
	return 0;
}

/* Handlers of the old image are gone; what was ignored stays so. */
void actions_reset(struct process *p)
{
	p->leader->e->ignored = p->leader->e->caught =
		0; /* what init's child has of it may be init's */
	for (u32 n = 1; n <= SIGNALS && p->leader->actions->set >> (n - 1); n++) {
		struct action plain = {0};
		if (!(p->leader->actions->set & SIGNAL_BIT(n)))
			continue;
		if (action_of(p, n)->handler == ACTION_IGNORE)
			plain.handler = ACTION_IGNORE;
		action_set(p, n, &plain);
	}
	for (u32 n = 1; n <= SIGNALS && p->e->pid == 1; n++)
		note(p, n, action_of(p, n)->handler);
}

/*
 * Pending signals: a queue for each thread, and one for what a process as a whole got.
 *
 * A queue keeps the mask of what is in it in the process table, where servers read it.
 * Standard signals are in a queue once, real-time ones as often as they were sent.
 */
#include "servers/process/process_server.h"

#define PENDING_MAX 64u /* in one queue */
#define FIRST_REAL_TIME 32u

static struct slab slab = {.size = sizeof(struct signal)};

void signal_free(struct signal *s)
{
	slab_free(&slab, s);
}

/* At the end, or with `first` at the front: then there is always room. */
void pending_add(struct pending *q, const struct signal *s, bool first)
{
	struct signal **at = &q->first, *new;

	if ((u32)s->number < FIRST_REAL_TIME && *q->mask & SIGNAL_BIT(s->number))
		return;
	new = q->count < PENDING_MAX || first ? slab_alloc(&slab) : 0;
	if (!new)
		return;
	*new = *s;
	while (*at && !first)
		at = &(*at)->next;
	new->next = *at;
	*at = new;
	q->count++;
	*q->mask |= SIGNAL_BIT(s->number);
}

static struct signal *remove(struct pending *q, struct signal **at)
{
	struct signal *s = *at;

	*at = s->next;
	q->count--;
	*q->mask = 0;
	for (const struct signal *o = q->first; o; o = o->next)
		*q->mask |= SIGNAL_BIT(o->number);
	return s;
}

void pending_discard(struct pending *q, u64 mask)
{
	struct signal **at = &q->first;

	while (*at && *q->mask & mask) {
		if (SIGNAL_BIT((*at)->number) & mask)
			signal_free(remove(q, at));
		else
			at = &(*at)->next;
	}
}

/* Signals of a fault go first, then the lowest number. */
static struct signal *take(struct pending *q, u64 mask)
{
	struct signal **best = 0;

	for (struct signal **at = &q->first; *at; at = &(*at)->next) {
		if (!(SIGNAL_BIT((*at)->number) & mask))
			continue;
		if ((*at)->code > 0 && (*at)->number != LINUX_SIGCHLD)
			return remove(q, at);
		if (!best || (*at)->number < (*best)->number)
			best = at;
	}
	return best ? remove(q, best) : 0;
}

/* What was sent to the thread itself goes first. */
struct signal *signal_take(struct process *p, u64 mask)
{
	struct signal *s = take(&p->own, mask);

	return s ? s : take(&p->leader->shared, mask);
}

void pending_move(struct pending *to, struct pending *from)
{
	to->first = from->first;
	to->count = from->count;
	*to->mask = *from->mask;
	from->first = 0;
	from->count = 0;
	*from->mask = 0;
}

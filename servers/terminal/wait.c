/*
 * Calls that wait: tried again, first come first served, when something happened.
 *
 * The one idea: a waiting call is its request and how far it is.  The function that
 * tried it when it came tries it again, so there is one piece of code for both.
 */
#include "servers/terminal/terminal_server.h"

struct waiter_list readers = {.try = read_try};
struct waiter_list writers = {.try = write_try};
struct waiter_list drainers = {.try = drain_try};

static struct slab slab = {.size = sizeof(struct waiter)};
static u64 armed = NEVER;

static void append(struct waiter_list *l, struct waiter *w)
{
	struct waiter **at = &l->first;

	while (*at)
		at = &(*at)->next;
	w->next = 0;
	*at = w;
}

/* The result of a call that comes now, or LATER. */
s64 waiter_start(struct waiter_list *l, struct waiter *w, struct answer *a)
{
	bool nonblock = w->file->flags & LINUX_O_NONBLOCK;
	s64 result = l->first ? LATER : l->try(w, a);
	struct waiter *kept;

	if (result != LATER)
		return result;
	if (nonblock || replies_free() == 0)
		return w->done ? (s64)w->done : -EAGAIN;
	kept = slab_alloc(&slab);
	if (!kept)
		return w->done ? (s64)w->done : -ENOMEM;
	*kept = *w;
	kept->q.data_len = 0;
	append(l, kept);
	waiters_arm();
	return LATER;
}

void waiters_retry(struct waiter_list *l)
{
	while (l->first) {
		struct waiter *w = l->first;
		struct answer a = {0};
		s64 result = l->try(w, &a);
		s32 failed;

		if (result == LATER)
			break;
		l->first = w->next;
		failed = answer_later_with(w->q.reply, result, &a);
		if (l == &readers && !failed)
			read_commit();
		slab_free(&slab, w);
	}
	waiters_arm();
}

static bool take(struct waiter_list *l, slot_t reply, u64 *done)
{
	for (struct waiter **at = &l->first; *at; at = &(*at)->next) {
		struct waiter *w = *at;
		if (w->q.reply != reply)
			continue;
		*at = w->next;
		*done = w->done;
		slab_free(&slab, w);
		return true;
	}
	return false;
}

/* Whoever waits with that Reply does no longer; false: nobody did. */
bool waiter_forget(slot_t reply, u64 *done)
{
	*done = 0;
	return take(&readers, reply, done) || take(&writers, reply, done)
	       || take(&drainers, reply, done);
}

bool waiters_any(const struct waiter_list *l)
{
	return l->first != 0;
}

/* Only the first reader is served, so only its time runs. */
void waiters_arm(void)
{
	u64 deadline = readers.first ? readers.first->deadline : NEVER;

	if (deadline == armed)
		return;
	armed = deadline;
	timer_arm(deadline);
}

void waiters_timeout(void)
{
	armed = NEVER;
	waiters_retry(&readers);
}

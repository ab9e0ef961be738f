/*
 * Callers that wait for a lock: F_SETLKW and flock, their Replies kept.
 *
 * The one idea: whoever waits longest is asked first, whenever a lock has gone: by a call, a
 * close, or the end of a process, of which process tells by one bit if it ever had locks.
 * Who waits holds nothing yet, so an interrupted or dead caller is merely forgotten.
 */
#include "servers/fs/lock.h"
#include "servers/lib/replies.h"

#define CHAIN_MAX 10 /* Linux looks no further either */

struct waiter {
	struct waiter *next;
	struct inode *inode; /* lives: the unanswered call keeps the session */
	slot_t reply;
	struct lock want;
};

static struct slab slab = {.size = sizeof(struct waiter)};
static struct waiter *first;

static void waiter_remove(struct waiter **at)
{
	struct waiter *w = *at;

	*at = w->next;
	slab_free(&slab, w);
}

static const struct waiter *waiter_of_owner(u64 owner)
{
	const struct waiter *w = first;

	while (w && w->want.owner != owner)
		w = w->next;
	return w;
}

/* Each of the chain waits for the next, and the last for who asks: none would ever go on. */
static bool is_circle(const struct lock *want, const struct lock *bar)
{
	for (int i = 0; i < CHAIN_MAX && bar && lock_is_of_process(bar); i++) {
		const struct waiter *w = waiter_of_owner(bar->owner);
		if (!w)
			return false;
		bar = lock_against(w->inode, &w->want);
		if (bar && bar->owner == want->owner)
			return true;
	}
	return false;
}

s64 lock_wait(const struct request *q, struct inode *i, const struct lock *want)
{
	struct waiter **at = &first, *w;

	if (lock_is_of_process(want) && is_circle(want, lock_against(i, want)))
		return -EDEADLK;
	w = replies_free() ? slab_alloc(&slab) : 0;
	if (!w)
		return -ENOLCK;
	*w = (struct waiter){.inode = i, .reply = q->reply, .want = *want};
	while (*at)
		at = &(*at)->next;
	*at = w;
	return LATER;
}

void lock_waiters_serve(const struct inode *i)
{
	for (struct waiter **at = &first; *at;) {
		struct waiter *w = *at;
		slot_t reply = w->reply;
		if ((i && w->inode != i) || lock_against(w->inode, &w->want)) {
			at = &w->next;
			continue;
		}
		s32 error = lock_change(w->inode, &w->want);
		waiter_remove(at);
		answer_later(reply, error);
	}
}

static bool waiter_forget(slot_t reply)
{
	for (struct waiter **at = &first; *at; at = &(*at)->next)
		if ((*at)->reply == reply) {
			waiter_remove(at);
			return true;
		}
	return false;
}

void lock_interrupted(slot_t reply)
{
	if (waiter_forget(reply))
		answer_later(reply, -ERESTARTSYS);
}

void lock_abandoned(slot_t reply)
{
	waiter_forget(reply);
}

void locks_notified(u64 bits)
{
	(void)bits;
	lock_waiters_serve(0);
}

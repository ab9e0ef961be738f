/*
 * Faults that wait for a frame: no fault fails because memory is full.
 *
 * The caller's Reply is kept, process is told (it ends the largest program), and
 * every fault that waits is tried again when frames came free.
 */
#include "servers/memory/memory_server.h"

#define REPLIES_KEPT_FREE 8 /* for the calls that make room */

struct waiting {
	struct request q;
	struct waiting *next;
};

static struct slab slab = {.size = (sizeof(struct waiting) + 7) & ~7u};
struct waiting *waiting_first;

static void tell_process(void)
{
	call1(SERVER_OUT_OF_MEMORY, NOTIFICATION_SIGNAL, NOTIFY_MEMORY);
}

s64 wait_for_frames(struct request *q)
{
	struct waiting *w = replies_free() > REPLIES_KEPT_FREE ? slab_alloc(&slab) : 0;

	tell_process();
	if (!w)
		return 0; /* it faults again, at the priority of programs */
	w->q = *q;
	w->next = waiting_first;
	waiting_first = w;
	return LATER;
}

/* Takes the waiter of that Reply out of the list. */
static bool take(slot_t reply)
{
	struct waiting **at = &waiting_first, *w;

	while (*at && (*at)->q.reply != reply)
		at = &(*at)->next;
	w = *at;
	if (!w)
		return false;
	*at = w->next;
	slab_free(&slab, w);
	return true;
}

void waiting_forget(slot_t reply)
{
	take(reply);
}

/* It goes to its handler before it runs again, so "go on" is the right answer. */
void waiting_interrupted(slot_t reply)
{
	if (take(reply))
		answer_later(reply, 0);
}

/* Each one faults again: if there is still nothing, it comes back and waits. */
void waiting_retry_all(void)
{
	while (waiting_first && !frames_short(1)) {
		slot_t reply = waiting_first->q.reply;
		take(reply);
		answer_later(reply, 0);
	}
	if (waiting_first)
		tell_process();
}

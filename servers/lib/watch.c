/*
 * Readiness: who waits for which session of this server to become ready.
 *
 * The one idea: a watch fires once.  It moves from its session's list to the
 * server's ready list and event is told by one bit; event takes the cookies
 * from there in O(1), and asks again where it still wants to know.
 * A session that is watched too often fires its oldest watch early: live ones are
 * fewer, so that one was left by a caller who died, and event forgets its cookie.
 */
#include "ipc/proto/descriptor.h"
#include "ipc/proto/memory.h"
#include "ipc/proto/process_table.h"
#include "servers/lib/descriptor.h"
#include "servers/lib/method.h"
#include "servers/lib/poll.h"

#define WATCHES_PER_SESSION PROCESS_MAX

static struct slab watches = {.size = sizeof(struct watch)};
static struct watch *ready_first;
static struct watch *ready_last;
static u64 own_bit;
const void *caller_table;

void descriptor_init(const struct start_info *start)
{
	badge_life(start->restarts);
	if (start->restarts)
		call0(SERVER_TO + SERVER_ID_MEMORY, MEM_RESET);
	own_bit = 1ull << start->id;
	caller_table = start->table_pages ? (const void *)server_at(SERVER_TABLE) : 0;
}

bool caller_is_program(const struct request *q)
{
	return caller_entry(q->tag) != 0;
}

static void ready_append(struct watch *w)
{
	w->next = 0;
	if (ready_first)
		ready_last->next = w;
	else
		ready_first = w;
	ready_last = w;
}

static void ready_signal(void)
{
	method1(SERVER_EVENT_NOTIFY, NOTIFICATION_SIGNAL, own_bit);
}

static struct watch *watch_find(struct watch_list *list, u64 cookie)
{
	struct watch *w = list->first;

	while (w && w->cookie != cookie)
		w = w->next;
	return w;
}

/* New watches go to the front, so the last is the oldest. */
static void oldest_fire(struct watch_list *list)
{
	struct watch **at = &list->first;

	while (*at && (*at)->next)
		at = &(*at)->next;
	if (!*at)
		return;
	ready_append(*at);
	*at = 0;
	list->count--;
	ready_signal();
}

static struct watch *watch_create(struct watch_list *list, u64 cookie)
{
	struct watch *w = slab_alloc(&watches);

	if (!w)
		return 0;
	if (list->count == WATCHES_PER_SESSION)
		oldest_fire(list);
	w->cookie = cookie;
	w->next = list->first;
	list->first = w;
	list->count++;
	return w;
}

/* A program could leave cookies without end; only event leaves any. */
s64 watch_poll(struct watch_list *list, const struct request *q, u32 ready)
{
	u32 events = ((u32)q->word[0] & ~FD_POLL_EDGE) | POLLERR | POLLHUP;
	bool edge = q->word[0] & FD_POLL_EDGE;
	struct watch *w;

	poll_asked = list;
	if (q->word[1] == 0 || (!edge && (ready & events)))
		return ready & events;
	if (caller_is_program(q))
		return -EPERM;
	w = watch_find(list, q->word[1]);
	if (!w)
		w = watch_create(list, q->word[1]);
	if (!w)
		return -ENOMEM;
	w->events = events;
	return ready & events;
}

void watch_wake(struct watch_list *list, u32 ready)
{
	struct watch **at = &list->first;
	bool fired = false;

	while (*at) {
		struct watch *w = *at;
		if (!(w->events & ready)) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		list->count--;
		ready_append(w);
		fired = true;
	}
	if (fired)
		ready_signal();
	if (list->callers)
		poll_one_wake(list, ready);
}

/* A watch that has fired stays on the ready list: event does not know its cookie by then. */
s64 watch_forget(struct watch_list *list, const struct request *q)
{
	struct watch **at = &list->first;

	for (; *at; at = &(*at)->next) {
		struct watch *w = *at;
		if (w->cookie != q->word[1])
			continue;
		*at = w->next;
		list->count--;
		slab_free(&watches, w);
		break;
	}
	return 0;
}

void watch_clear(struct watch_list *list)
{
	while (list->first) {
		struct watch *w = list->first;
		list->first = w->next;
		slab_free(&watches, w);
	}
	list->count = 0;
	poll_one_clear(list);
}

s64 watch_next(struct request *q, struct answer *a)
{
	struct watch *w = ready_first;
	u64 cookie;

	(void)a;
	if (caller_is_program(q))
		return -EPERM;
	if (!w)
		return 0;
	ready_first = w->next;
	cookie = w->cookie;
	slab_free(&watches, w);
	return (s64)cookie;
}

/*
 * Polls: ask everybody; if nobody is ready, wait for a cookie, a deadline or a signal.
 *
 * The one idea: who waits holds only the caller's Reply and its cookies' badge.
 * A cookie leads to one question, a yes to asking all once more, and the answer.
 */
#include "servers/event/event_server.h"

#define MEDIUM_ITEMS 512u
#define LARGE_POLLS 16u /* at once */

u64 timebase_hz;

static struct slab slab = {.size = sizeof(struct poll)};
static struct slab medium = {.size = MEDIUM_ITEMS * sizeof(struct item)};
static struct slab large = {.size = ITEMS_MAX * sizeof(struct item)};
static struct badge_entry entries[POLLS_MAX];
static struct badge_table table = {.entry = entries, .size = POLLS_MAX};
static struct poll *waiting;
static u64 armed = NEVER;

u64 event_badge_take(void *object)
{
	return badge_take(&table, object);
}

void event_badge_release(u64 badge)
{
	badge_release(&table, badge);
}

struct epoll *epoll_find(u64 badge)
{
	struct epoll *e = badge_find(&table, badge);

	return e && e->kind == EPOLL ? e : 0;
}

static struct slab *slab_for(u32 nitems)
{
	return nitems <= MEDIUM_ITEMS ? &medium : &large;
}

static u32 kind_of(s32 label)
{
	return label == LINUX_ppoll      ? POLL_PPOLL
	       : label == LINUX_pselect6 ? POLL_SELECT
					 : POLL_EPOLL;
}

static struct item *items_alloc(struct poll *p)
{
	struct slab *s = slab_for(p->nitems);

	if (p->nitems <= FEW_ITEMS)
		return p->few;
	return s == &large && s->used >= LARGE_POLLS ? 0 : slab_take(s);
}

/* Its items are not cleared: the caller fills all of them. */
struct poll *poll_create(const struct request *q, u32 nitems)
{
	struct poll *p = slab_take(&slab);

	if (!p)
		return 0;
	p->kind = kind_of(q->label);
	p->next = 0;
	p->badge = 0;
	p->caller = caller_of(q);
	p->masked = p->watches = false;
	p->deadline = NEVER;
	p->time_at = 0;
	p->nitems = nitems;
	p->epoll = 0;
	p->item = items_alloc(p);
	if (p->item)
		return p;
	slab_free(&slab, p);
	return 0;
}

void poll_destroy(struct poll *p)
{
	if (p->badge)
		badge_release(&table, p->badge);
	if (p->nitems > FEW_ITEMS)
		slab_free(slab_for(p->nitems), p->item);
	slab_free(&slab, p);
}

/* Its cookies can be given away: 0, or no badge is left. */
static s32 poll_register(struct poll *p)
{
	if (p->kind != POLL_EPOLL)
		p->badge = badge_take(&table, p);
	return p->kind == POLL_EPOLL || p->badge ? 0 : -ENOMEM;
}

static s32 poll_refuse(struct poll *p, s32 error)
{
	scan_forget(p);
	mask_restore(p);
	poll_destroy(p);
	return error;
}

static void timer_update(void)
{
	u64 deadline = waiting ? waiting->deadline : NEVER;

	if (deadline == armed)
		return;
	armed = deadline;
	timer_arm(deadline);
}

static void wait_begin(struct poll *p)
{
	struct poll **at = &waiting;

	while (*at && (*at)->deadline <= p->deadline)
		at = &(*at)->next;
	p->next = *at;
	*at = p;
	timer_update();
}

static void wait_end(struct poll *p)
{
	struct poll **at = &waiting;

	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
	timer_update();
}

/* Few results go with the answer `a` of the call being served, and must outlive the poll. */
static s64 results_write(struct poll *p, u32 ready, struct answer *a)
{
	static struct item few[FEW_ITEMS];
	u64 len = p->nitems * sizeof(struct item);
	s32 error = 0;

	if (p->kind == POLL_SELECT)
		return select_finish(p);
	if (p->kind == POLL_EPOLL)
		return epoll_tell(p, a);
	if (a && p->nitems <= FEW_ITEMS) {
		items_copy(few, p->item, p->nitems);
		return copy_answer(a, ready, few, len);
	}
	if (p->nitems)
		error = window_out_all(p->caller.reply, 0, 0, p->item, len);
	return error < 0 ? error : (s64)ready;
}

/* The poll is over with so many ready; it is destroyed. */
static s64 finish(struct poll *p, u32 ready, struct answer *a)
{
	s64 result;

	scan_forget(p);
	mask_restore(p);
	result = results_write(p, ready, a);
	if (result >= 0)
		time_left_write(p);
	poll_destroy(p);
	return result;
}

static void finish_later(struct poll *p, u32 ready)
{
	slot_t reply = p->caller.reply;

	wait_end(p);
	answer_later(reply, finish(p, ready, 0));
}

s64 poll_run(struct poll *p, struct answer *a)
{
	bool waits = p->deadline > time_now();
	u32 ready;

	if (waits && poll_register(p) < 0)
		return poll_refuse(p, -ENOMEM);
	ready = scan_all(p, waits);
	if (ready || !waits)
		return finish(p, ready, a);
	if (replies_free() == 0)
		return poll_refuse(p, -EAGAIN);
	wait_begin(p);
	return LATER;
}

/* The first that waits on the epoll and finds something is answered. */
static void epoll_cookie(struct epoll *e, u32 i)
{
	struct poll *p = waiting;

	if (i >= e->nitems)
		return;
	epoll_woken(e, i);
	while (p) {
		u32 ready = p->epoll == e ? epoll_scan(p) : 0;
		if (ready) {
			finish_later(p, ready);
			return;
		}
		p = p->next;
	}
}

void poll_cookie(u64 cookie)
{
	u64 badge = BADGE_OWN | cookie >> COOKIE_SHIFT;
	struct poll *p = badge_find(&table, badge);
	u32 i = (u32)cookie & (ITEMS_MAX - 1);

	if (p && p->kind == EPOLL) {
		epoll_cookie(epoll_find(badge), i);
		return;
	}
	if (!p || i >= p->nitems || !scan_one(p, i, true))
		return;
	finish_later(p, scan_all(p, false));
}

void poll_timeout(void)
{
	u64 now = time_now();

	armed = NEVER;
	while (waiting && waiting->deadline <= now)
		finish_later(waiting, scan_all(waiting, false));
	timer_update();
}

static struct poll *waiting_find(slot_t reply)
{
	struct poll *p = waiting;

	while (p && p->caller.reply != reply)
		p = p->next;
	return p;
}

/* The mask stays replaced: process restores it when the handler's frame has saved it. */
void poll_interrupted(slot_t reply)
{
	struct poll *p = waiting_find(reply);
	s64 result;

	if (!p)
		return;
	wait_end(p);
	scan_forget(p);
	time_left_write(p);
	result = p->kind == POLL_EPOLL ? -EINTR : -ERESTARTNOHAND;
	poll_destroy(p);
	answer_later(reply, result);
}

/* Its cookies cannot be taken back through a table that is gone: they find nothing. */
void poll_abandoned(slot_t reply)
{
	struct poll *p = waiting_find(reply);

	if (!p)
		return;
	wait_end(p);
	poll_destroy(p);
}

/*
 * Deaths: a server that faults, or works too long without a recv, is started anew.
 *
 * A fault arrives as a message to root, which is the handler of every server's
 * thread.  Against loops root wakes by its timer at the highest priority, and sees
 * how much a server has worked since its last recv.  What comes back is the pristine
 * image, a new thread, and the endpoint with its queued callers.
 */
#include "servers/root/root.h"

#define WATCH_PER_SECOND 4
#define DEATHS 4u         /* so many ... */
#define DEATH_SECONDS 60u /* ... in this time: root gives it up */

static const char *const causes[] = {
	"unknown fault",       "read fault", "write fault", "execute fault",
	"illegal instruction", "breakpoint", "misaligned",  "marked",
};

/* --- Restart ------------------------------------------------------------------------- */

/* Objects that the dead server made for itself, in its slots from SERVER_REPLY on. */
static void objects_reclaim(const struct server_record *s)
{
	slot_t at = SERVER_REPLY;

	call1(s->cspace, CSPACE_LIMIT, SLOT_FIXED);
	while ((at = (slot_t)call1(s->cspace, CSPACE_NEXT, at)) < SLOT_FIXED) {
		struct message m = {.word = {at},
				    .label = CSPACE_FETCH,
				    .flags = MSG_RECEIVE,
				    .receive = SLOT_ANY};
		if (msg_call(s->cspace, &m) >= 0) {
			call_cap(s->pool, POOL_RECLAIM, m.receive, 0);
			slot_delete(m.receive);
		}
		call2(s->cspace, CSPACE_DELETE, at, 1);
		at++;
	}
	call1(s->cspace, CSPACE_LIMIT, SERVER_FREE);
}

static void memory_reset(const struct server_record *s)
{
	call2(frames_memory(s->data_first), MEMORY_CLEAR, s->data_first, s->data_pages);
	image_load(s);
}

static void thread_end(const struct server_record *s)
{
	call0(s->thread, THREAD_STOP);
	call_cap(SERVER_POOL, POOL_RECLAIM, s->thread, 0);
	slot_delete(s->thread);
}

static void restart(struct server_record *s)
{
	thread_end(s);
	call2(s->cspace, CSPACE_DELETE, SERVER_THREAD, 1);
	call0(s->timer, TIMER_CANCEL);
	call1(s->endpoint, ENDPOINT_RESTART,
	      s->entry->restart == POLICY_REQUEUE ? RESTART_REQUEUE : RESTART_FAIL);
	objects_reclaim(s);
	memory_reset(s);
	make_thread(s);
	call2(s->cspace, CSPACE_COPY, SERVER_THREAD, s->thread);
	start_again(s);
}

/* Whoever calls it from now on gets EIO. */
static void stay_away(struct server_record *s)
{
	server_print("root: %s died %u times: it stays away\n", s->entry->name, s->deaths);
	thread_end(s);
	call_cap(s->pool, POOL_RECLAIM, s->endpoint, 0);
	slot_delete(s->endpoint);
	s->away = true;
}

/* Notes one more death; true if there were too many of late. */
static bool death_note(struct server_record *s)
{
	u64 now = time_now();
	u64 oldest = s->death[s->deaths % DEATHS];

	s->death[s->deaths++ % DEATHS] = now;
	return s->deaths > DEATHS && now - oldest < DEATH_SECONDS * boot->timebase_hz;
}

static void server_died(struct server_record *s)
{
	if (s->entry->restart == POLICY_NEVER || !s->image.data)
		root_fail("the system ends with", s->entry->name, 0);
	if (death_note(s)) {
		stay_away(s);
		return;
	}
	server_print("root: %s starts again\n", s->entry->name);
	restart(s);
}

s64 watch_fault(struct request *q, struct answer *a)
{
	u64 id = q->badge - SERVER_BADGE;
	u32 cause = (u32)q->label;

	(void)a;
	if (id >= SERVER_IDS || !servers[id].entry || servers[id].away)
		return -EINVAL;
	if (cause >= sizeof(causes) / sizeof(causes[0]))
		cause = 0;
	server_print("root: %s died: %s at %lx, pc %lx\n", servers[id].entry->name, causes[cause],
		     q->word[0], q->word[1]);
	server_died(&servers[id]);
	return LATER; /* its thread is gone: the Reply is abandoned */
}

/* --- Loops --------------------------------------------------------------------------- */

/* True if the server has worked beyond its limit since one and the same recv. */
static bool loops(struct server_record *s)
{
	struct message m = {.label = THREAD_TIMES};
	u64 limit = s->entry->limit * (boot->timebase_hz / 1000);

	if (!limit || msg_call(s->thread, &m) < 0)
		return false;
	return m.word[3] == THREAD_READY && m.word[2] > limit;
}

static void watch_arm(void)
{
	timer_arm(time_now() + boot->timebase_hz / WATCH_PER_SECOND);
}

void watch_notified(u64 bits)
{
	(void)bits;
	for (u32 id = 0; id < SERVER_IDS; id++) {
		struct server_record *s = &servers[id];
		if (!s->entry || s->away || !loops(s))
			continue;
		server_print("root: %s works for too long without a recv\n", s->entry->name);
		server_died(s);
	}
	watch_arm();
}

void watch_begin(void)
{
	watch_arm();
}

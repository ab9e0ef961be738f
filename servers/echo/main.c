/*
 * The echo server: the smallest server that shows each part of one.
 *
 * Three operations: an answer in words (ECHO_WORDS), in the caller's memory
 * (ECHO_BYTES), and one that comes later (ECHO_AFTER), with what can happen to a
 * caller meanwhile.  The whole protocol is ipc/proto/echo.h; how this came to be
 * built and started is docs/add-a-server.md.
 */
#include "ipc/proto/echo.h"
#include "servers/lib/server.h"

#define SLEEPERS_MAX 16u
#define BADGES 64u
#define NEVER (~0ull)

static struct sleeper {
	slot_t reply; /* SLOT_NONE: free */
	u64 deadline;
} sleepers[SLEEPERS_MAX];

static u64 requests[BADGES];

static s64 echo_words(struct request *q, struct answer *a)
{
	for (int i = 1; i < 4; i++)
		a->word[i] = q->word[i];
	return (s64)++requests[q->badge % BADGES];
}

/* q->data is a private copy of the first bytes of the window: the caller cannot change it. */
static s64 echo_bytes(struct request *q, struct answer *a)
{
	static u8 bytes[ECHO_MAX];

	for (u64 i = 0; i < q->data_len; i++) {
		u8 c = q->data[i];
		bytes[i] = c >= 'a' && c <= 'z' ? (u8)(c - 'a' + 'A') : c;
	}
	a->flags = MSG_COPY;
	a->copy = bytes;
	a->copy_len = q->data_len;
	return (s64)q->data_len;
}

static struct sleeper *sleeper_find(slot_t reply)
{
	for (u32 i = 0; i < SLEEPERS_MAX; i++)
		if (sleepers[i].reply == reply)
			return &sleepers[i];
	return 0;
}

static void timer_update(void)
{
	u64 first = NEVER;

	for (u32 i = 0; i < SLEEPERS_MAX; i++)
		if (sleepers[i].reply != SLOT_NONE && sleepers[i].deadline < first)
			first = sleepers[i].deadline;
	timer_arm(first);
}

/* The Reply is kept, the loop goes on: this is all that waiting is. */
static s64 echo_after(struct request *q, struct answer *a)
{
	struct sleeper *s = sleeper_find(SLOT_NONE);

	(void)a;
	if (!s || replies_free() == 0)
		return -EAGAIN;
	s->reply = q->reply;
	s->deadline = time_now() + (q->word[0] < NEVER / 2 ? q->word[0] : NEVER / 2);
	timer_update();
	return LATER;
}

static void sleeper_end(struct sleeper *s)
{
	s->reply = SLOT_NONE;
	timer_update();
}

static void echo_notified(u64 bits)
{
	if (!(bits & NOTIFY_TIMER))
		return;
	for (u32 i = 0; i < SLEEPERS_MAX; i++) {
		slot_t reply = sleepers[i].reply;
		if (reply == SLOT_NONE || sleepers[i].deadline > time_now())
			continue;
		sleeper_end(&sleepers[i]);
		answer_later(reply, 0);
	}
	timer_update();
}

/* The caller got a signal: it wants its answer now. */
static void echo_interrupted(slot_t reply)
{
	struct sleeper *s = sleeper_find(reply);

	if (!s)
		return;
	sleeper_end(s);
	answer_later(reply, -EINTR);
}

/* The caller died: there is nobody to answer. */
static void echo_abandoned(slot_t reply)
{
	struct sleeper *s = sleeper_find(reply);

	if (s)
		sleeper_end(s);
}

/* The last capability of the session went: the next one with that badge begins at 0. */
static void echo_closed(u64 badge)
{
	requests[badge % BADGES] = 0;
}

static const struct operation native[] = {
	{ECHO_WORDS, "words", echo_words},
	{ECHO_BYTES, "bytes", echo_bytes},
	{ECHO_AFTER, "after", echo_after},
	{0},
};

static const struct server echo_server = {
	.name = "echo",
	.native = native,
	.interrupted = echo_interrupted,
	.abandoned = echo_abandoned,
	.closed = echo_closed,
	.notified = echo_notified,
	.replies = 1 + SLEEPERS_MAX,
	.buffer_shift = PAGE_SHIFT,
};

void server_main(const struct start_info *start)
{
	(void)start;
	for (u32 i = 0; i < SLEEPERS_MAX; i++)
		sleepers[i].reply = SLOT_NONE;
	server_run(&echo_server);
}

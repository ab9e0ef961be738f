/*
 * The echo server: the smallest server that shows each part of one.
 *
 * Three operations: an answer in words (ECHO_WORDS), in the caller's memory
 * (ECHO_BYTES), and one that comes later (ECHO_AFTER), with what can happen to a
 * caller meanwhile; and the open of /dev/echo, by which programs get their sessions.
 * The whole protocol is ipc/proto/echo.h; how this came to be built and started is
 * docs/add-a-server.md.
 */
#include "ipc/proto/echo.h"
#include "servers/lib/badge.h"
#include "servers/lib/linux.h"
#include "servers/lib/server.h"

#define SLEEPERS_MAX 16u
#define CLIENTS_MAX 64u
#define NEVER (~0ull)

static struct sleeper {
	slot_t reply; /* SLOT_NONE: free */
	u64 deadline;
} sleepers[SLEEPERS_MAX];

/* A program that has opened /dev/echo. */
static struct client {
	u64 badge; /* 0: free */
	u64 requests;
} clients[CLIENTS_MAX];

static struct client others; /* sessions that root gave */
static struct badge_entry entries[CLIENTS_MAX];
static struct badge_table table = {.entry = entries, .size = CLIENTS_MAX};

static struct client *client_find(u64 badge)
{
	struct client *c = badge_find(&table, badge);

	return c ? c : &others;
}

static void client_end(struct client *c)
{
	badge_release(&table, c->badge);
	*c = (struct client){0};
}

static struct client *client_make(void)
{
	struct client *c = clients;

	while (c < clients + CLIENTS_MAX && c->badge)
		c++;
	if (c == clients + CLIENTS_MAX)
		return 0;
	c->badge = badge_take(&table, c);
	return c;
}

/* openat, forwarded by fs: the answer carries a session, which becomes the descriptor. */
static s64 echo_open(struct request *q, struct answer *a)
{
	struct client *c = client_make();
	s64 slot = c ? session_mint(c->badge) : -ENFILE;

	(void)q;
	if (slot < 0) {
		if (c)
			client_end(c);
		return slot;
	}
	a->flags = MSG_SEND | MSG_MOVE;
	a->cap = (slot_t)slot;
	return 0;
}

/* The answer could not be sent: without the capability the session is closed. */
static void echo_undo(struct request *q, struct answer *a)
{
	(void)q;
	if (a->flags & MSG_SEND)
		slot_delete(a->cap);
}

static s64 echo_words(struct request *q, struct answer *a)
{
	for (int i = 1; i < 4; i++)
		a->word[i] = q->word[i];
	return (s64)++client_find(q->badge)->requests;
}

/* A copy of the bytes first, which the caller cannot change. If their page is not there yet,
 * -ERETRY has the kernel bring it, and the call comes again. */
static s64 echo_bytes(struct request *q, struct answer *a)
{
	static u8 bytes[ECHO_MAX];
	u64 len = q->window_len < ECHO_MAX ? q->window_len : ECHO_MAX;
	s64 n = window_in(q->reply, 0, 0, bytes, len);

	if (n < 0)
		return n;
	for (s64 i = 0; i < n; i++)
		if (bytes[i] >= 'a' && bytes[i] <= 'z')
			bytes[i] = (u8)(bytes[i] - 'a' + 'A');
	a->flags = MSG_COPY;
	a->copy = bytes;
	a->copy_len = (u64)n;
	return n;
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

/* The last capability of the session went: by close, exit or kill. */
static void echo_closed(u64 badge)
{
	struct client *c = badge_find(&table, badge);

	if (c)
		client_end(c);
}

static const struct operation routed[] = {
	{LINUX_openat, "openat", echo_open},
	{0},
};

static const struct operation native[] = {
	{ECHO_WORDS, "words", echo_words},
	{ECHO_BYTES, "bytes", echo_bytes},
	{ECHO_AFTER, "after", echo_after},
	{0},
};

static const struct server echo_server = {
	.name = "echo",
	.routed = routed,
	.native = native,
	.interrupted = echo_interrupted,
	.abandoned = echo_abandoned,
	.closed = echo_closed,
	.notified = echo_notified,
	.undo = echo_undo,
	.replies = 1 + SLEEPERS_MAX,
};

void server_main(const struct start_info *start)
{
	(void)start;
	for (u32 i = 0; i < SLEEPERS_MAX; i++)
		sleepers[i].reply = SLOT_NONE;
	server_run(&echo_server);
}

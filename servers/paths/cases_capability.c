/* Capabilities that go along with native calls and replies. */
#include "servers/paths/paths.h"

static void sends(u32 flags, slot_t sent)
{
	the.call.x[T0] = (u64)flags << 32 | 5;
	the.call.x[T3] = (u64)SLOT_EMPTY << 32 | sent;
}

static void accepts(slot_t slot)
{
	the.receive.x[T0] = (u64)MSG_RECEIVE << 32;
	the.answer.x[T0] |= (u64)MSG_RECEIVE << 32;
	the.receive.x[T3] = the.answer.x[T3] = (u64)slot << 32;
}

static void copied(void)
{
	sends(MSG_SEND, SLOT_GIFT);
	accepts(SLOT_EMPTY);
}

static void moved(void)
{
	sends(MSG_SEND | MSG_MOVE, SLOT_GIFT);
	accepts(SLOT_ANY);
}

static void not_accepted(void)
{
	sends(MSG_SEND, SLOT_GIFT);
}

static void moved_not_accepted(void)
{
	sends(MSG_SEND | MSG_MOVE, SLOT_GIFT);
}

static void slot_taken(void)
{
	copied();
	accepts(SLOT_NOTE);
}

static void nothing_there(void)
{
	copied();
	the.call.x[T3] = SLOT_EMPTY;
}

static void move_without_send(void)
{
	copied();
	sends(MSG_MOVE, SLOT_GIFT);
}

static void receive_only(void)
{
	sends(MSG_RECEIVE, SLOT_GIFT);
}

static void session_of_the_call(void)
{
	copied();
	sends(MSG_SEND | MSG_MOVE, SLOT_SESSION);
}

static void endpoint_of_the_call(void)
{
	copied();
	sends(MSG_SEND | MSG_MOVE, SLOT_ENDPOINT);
	the.calls = 2;
}

static void answers(u32 flags, slot_t sent)
{
	sends(MSG_RECEIVE, 0);
	the.answer.x[T0] = (u64)flags << 32 | 3;
	the.answer.x[T3] = sent;
}

static void reply_copied(void)
{
	answers(MSG_SEND, SLOT_GIFT);
}

static void reply_moved(void)
{
	answers(MSG_SEND | MSG_MOVE, SLOT_SPARE);
}

static void reply_unwanted(void)
{
	answers(MSG_SEND, SLOT_GIFT);
	the.call.x[T0] = 5;
}

static void reply_nothing_there(void)
{
	answers(MSG_SEND, SLOT_EMPTY);
}

static void reply_slot_taken(void)
{
	answers(MSG_SEND, SLOT_GIFT);
	the.call.x[T3] = (u64)SLOT_NOTE << 32;
}

static void reply_its_endpoint(void)
{
	answers(MSG_SEND | MSG_MOVE, SLOT_ENDPOINT);
}

static void reply_the_session(void)
{
	answers(MSG_SEND, SLOT_SESSION);
}

static void both_ways(void)
{
	sends(MSG_SEND | MSG_MOVE | MSG_RECEIVE, SLOT_GIFT);
	accepts(SLOT_EMPTY);
	the.answer.x[T0] = (u64)(MSG_SEND | MSG_MOVE | MSG_RECEIVE) << 32;
	the.answer.x[T3] = (u64)SLOT_EMPTY << 32 | SLOT_EMPTY;
	the.call.x[T3] = (u64)SLOT_GIFT << 32 | SLOT_GIFT;
	the.calls = 3;
}

const struct test_case capability_cases[] = {
	{"call_copies_a_capability", 2, copied},
	{"call_moves_a_capability", 2, moved},
	{"call_capability_not_accepted", 1, not_accepted},
	{"call_moved_not_accepted", 1, moved_not_accepted},
	{"call_capability_slot_taken", 1, slot_taken},
	{"call_capability_empty", 0, nothing_there},
	{"call_move_without_send", 2, move_without_send},
	{"call_accepts_none_comes", 2, receive_only},
	{"call_moves_its_session", 2, session_of_the_call},
	{"call_moves_the_endpoint", 1, endpoint_of_the_call},
	{"reply_copies_a_capability", 2, reply_copied},
	{"reply_moves_a_capability", 2, reply_moved},
	{"reply_capability_unwanted", 1, reply_unwanted},
	{"reply_capability_empty", 1, reply_nothing_there},
	{"reply_capability_slot_taken", 1, reply_slot_taken},
	{"reply_moves_its_endpoint", 1, reply_its_endpoint},
	{"reply_sends_the_session", 1, reply_the_session},
	{"capability_both_ways", 6, both_ways},
	{0, 0, 0},
};

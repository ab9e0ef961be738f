/* Routed calls: capabilities in the reply, and given before it. */
#include "servers/paths/paths.h"

#define CLOEXEC_ARGUMENT 4

static void reply_sends(u32 flags, slot_t slot)
{
	case_routed();
	the.answer.x[T0] = (u64)flags << 32;
	the.answer.x[T3] = slot;
}

static void capability_copied(void)
{
	reply_sends(MSG_SEND, SLOT_GIFT);
}

static void capability_moved(void)
{
	reply_sends(MSG_SEND | MSG_MOVE, SLOT_SPARE);
}

static void capability_cloexec(void)
{
	reply_sends(MSG_SEND, SLOT_SPARE);
	the.route.cap_arg = CLOEXEC_ARGUMENT;
	the.call.x[A0 + CLOEXEC_ARGUMENT] = ROUTE_O_CLOEXEC;
}

static void give_two(u32 n)
{
	if (!n) {
		sending(SLOT_REPLY, REPLY_GIVE, SLOT_SPARE, 0);
		sending(SLOT_REPLY, REPLY_GIVE, SLOT_SPARE, SLOT_CLOEXEC);
	}
}

/* --- A session that is made with the reply --- */

static void minted(void)
{
	reply_sends(MSG_MINT, SLOT_EMPTY);
	the.answer.x[T6] = SPARE_BADGE + 1;
}

static void minted_cloexec(void)
{
	minted();
	the.route.cap_arg = CLOEXEC_ARGUMENT;
	the.call.x[A0 + CLOEXEC_ARGUMENT] = ROUTE_O_CLOEXEC;
}

static void minted_table_full(void)
{
	minted();
	the.before_call = fill_table;
}

static void minted_fixed(void)
{
	minted();
	the.route.flags = ROUTE_CAP_FIXED;
	the.route.cap_arg = 5;
}

static void minted_and_sent(void)
{
	minted();
	the.answer.x[T0] |= (u64)MSG_SEND << 32;
	the.answer.x[T3] = SLOT_SPARE;
}

static void minted_and_copied(void)
{
	minted();
	the.answer.x[T0] |= (u64)MSG_COPY << 32;
}

static void minted_and_given(void)
{
	minted();
	the.before_answer = give_two;
}

static void minted_for_native(void)
{
	the.answer.x[T0] = (u64)MSG_MINT << 32;
}

/* --- Nothing to send --- */

static void capability_empty(void)
{
	reply_sends(MSG_SEND, SLOT_EMPTY);
}

static void capability_reply(void)
{
	reply_sends(MSG_SEND, SLOT_REPLY);
}

static void capability_table_full(void)
{
	capability_copied();
	the.before_call = fill_table;
}

static void capability_fixed_free(void)
{
	reply_sends(MSG_SEND, SLOT_SPARE);
	the.route.flags = ROUTE_CAP_FIXED;
	the.route.cap_arg = 5;
}

static void drop_others(void)
{
	on(SLOT_OF_CSPACE + SERVER, CSPACE_COPY, SLOT_EMPTY, SLOT_SESSION);
	on(SLOT_OF_CSPACE + CLIENT, CSPACE_DELETE, SLOT_SESSION, 1);
}

static void capability_fixed_taken(void)
{
	capability_fixed_free();
	the.route.cap_arg = 0;
	the.calls = 2;
	the.before_call = drop_others;
}

/* The last use of a session of the same endpoint goes with what stood there. */
static void put_spare(void)
{
	on(SLOT_OF_CSPACE + CLIENT, CSPACE_DELETE, FIXED + 1, 1);
}

static void spare_goes(u32 n)
{
	if (!n) {
		on(SLOT_OF_CSPACE + CLIENT, CSPACE_MOVE, FIXED + 1, SLOT_SPARE);
	}
}

static void capability_fixed_last_use(void)
{
	reply_sends(MSG_SEND, SLOT_GIFT);
	the.route.flags = ROUTE_CAP_FIXED;
	the.route.cap_arg = 1;
	the.before_call = put_spare;
	the.before_answer = spare_goes;
}

static void capability_of_the_call(void)
{
	reply_sends(MSG_SEND, SLOT_SESSION);
}

static void capability_endpoint_moved(void)
{
	reply_sends(MSG_SEND | MSG_MOVE, SLOT_ENDPOINT);
}

static void given(void)
{
	case_routed();
	the.before_answer = give_two;
}

static void given_then_error(void)
{
	case_result_negative();
	the.before_answer = give_two;
}

/* A descriptor that is reserved until the reply, and a call meanwhile. */
static void call_given(void)
{
	static struct exchange x;

	fill(&x, 0xdd);
	x.x[A7] = NUMBER;
	x.x[A0] = 0;
	step_call(OTHER, &x);
	park();
}

static void descriptor_reserved(void)
{
	case_descriptor();
	the.before_answer = give_two;
	the.run[OTHER] = call_given;
}

const struct test_case given_cases[] = {
	{"descriptor_reserved", 1, descriptor_reserved},
	{"capability_copied_to_routed", 2, capability_copied},
	{"capability_moved_to_routed", 2, capability_moved},
	{"capability_cloexec", 2, capability_cloexec},
	{"capability_empty_to_routed", 1, capability_empty},
	{"capability_reply_to_routed", 1, capability_reply},
	{"capability_table_full", 1, capability_table_full},
	{"capability_fixed_free", 2, capability_fixed_free},
	{"capability_fixed_taken", 2, capability_fixed_taken},
	{"capability_fixed_last_use", 1, capability_fixed_last_use},
	{"capability_of_the_call", 1, capability_of_the_call},
	{"capability_endpoint_moved", 1, capability_endpoint_moved},
	{"minted", 2, minted},
	{"minted_cloexec", 2, minted_cloexec},
	{"minted_table_full", 1, minted_table_full},
	{"minted_fixed", 1, minted_fixed},
	{"minted_and_sent", 1, minted_and_sent},
	{"minted_and_copied", 1, minted_and_copied},
	{"minted_and_given", 1, minted_and_given},
	{"minted_for_native", 1, minted_for_native},
	{"given", 1, given},
	{"given_then_error", 1, given_then_error},
	{0, 0, 0},
};

/* Routed calls: kinds of routes, descriptors, tests, results, capabilities in the reply. */
#include "servers/paths/paths.h"

#define CLOEXEC_ARGUMENT 4

static void routed(void)
{
	the.routed = true;
	the.call.x[A7] = NUMBER;
}

static void fixed_none(void)
{
	routed();
	the.route.slot = 9;
}

static void fixed_behind(void)
{
	routed();
	the.route.slot = 40;
}

static void number_without_route(void)
{
	routed();
	the.call.x[A7] = NUMBER + 1;
}

static void number_behind(void)
{
	routed();
	the.call.x[A7] = 512;
}

static void number_high_bits(void)
{
	routed();
	the.call.x[A7] = NUMBER | 1ull << 32;
}

static void no_table(void)
{
	the.call.x[A7] = NUMBER;
}

static void descriptor(void)
{
	routed();
	the.route.kind = ROUTE_DESCRIPTOR;
	the.call.x[A0] = DESCRIPTOR;
}

static void descriptor_high_bits(void)
{
	descriptor();
	the.call.x[A0] |= 1ull << 32;
}

static void descriptor_other_argument(void)
{
	descriptor();
	the.route.arg = 3;
	the.call.x[A3] = DESCRIPTOR;
}

static void descriptor_no_argument(void)
{
	descriptor();
	the.route.arg = 7;
	the.call.x[A5] = DESCRIPTOR;
}

static void descriptor_closed(void)
{
	descriptor();
	the.call.x[A0] = 7;
}

static void descriptor_beyond(void)
{
	descriptor();
	the.call.x[A0] = SLOT_SESSION;
}

static void descriptor_no_session(void)
{
	descriptor();
	the.call.x[A0] = NOT_A_SESSION;
}

static void descriptor_or_fixed(void)
{
	descriptor();
	the.route.kind = ROUTE_DESCRIPTOR_OR_FIXED;
	the.call.x[A0] = (u32)-100;
}

static void kind_unknown(void)
{
	routed();
	the.route.kind = 77;
}

static void own_dup(void)
{
	descriptor();
	the.route.kind = ROUTE_DUP;
}

static void own_close(void)
{
	descriptor();
	the.route.kind = ROUTE_CLOSE;
}

static void own_yield(void)
{
	routed();
	the.route.kind = ROUTE_YIELD;
}

static void test_holds(void)
{
	routed();
	the.route.flags = ROUTE_HAS_TEST;
	the.route.alt_kind = ROUTE_DESCRIPTOR;
	the.route.test_arg = 2;
	the.route.test_mask = 0xff00;
	the.route.test_value = 0x1200;
	the.call.x[A2] = 0xfff1234;
	the.call.x[A0] = DESCRIPTOR;
}

static void test_fails(void)
{
	test_holds();
	the.call.x[A2] = 0x1334;
}

static void test_to_own(void)
{
	test_holds();
	the.route.alt_kind = ROUTE_SET_CLOEXEC;
}

static void test_to_none(void)
{
	test_holds();
	the.route.alt_kind = ROUTE_NONE;
}

static void test_no_argument(void)
{
	test_holds();
	the.route.test_arg = 9;
}

static void needs_descriptor(void)
{
	routed();
	the.route.flags = ROUTE_NEEDS_DESCRIPTOR;
}

static void fill_table(void)
{
	for (u32 i = 0; i < LIMIT; i++)
		on(SLOT_OF_CSPACE + CLIENT, CSPACE_COPY, i, SLOT_SESSION);
}

static void needs_descriptor_full(void)
{
	needs_descriptor();
	the.before_call = fill_table;
}

static void small_table(void)
{
	on(SLOT_OF_CSPACE + CLIENT, CSPACE_LIMIT, 20, 0);
}

static void needs_descriptor_small_table(void)
{
	needs_descriptor();
	the.before_call = small_table;
}

/* --- Results --- */

static void result_negative(void)
{
	routed();
	the.answer.x[T0] = (u32)-ENOENT;
}

static void result_restart(void)
{
	routed();
	the.answer.x[T0] = (u32)-ERESTARTSYS;
}

static void retry_no_page(void)
{
	routed();
	the.answer.x[T0] = (u32)-ERETRY;
}

static void three_calls(void)
{
	routed();
	the.calls = 3;
}

static void floating(void)
{
	float_use(0x4010000000000000ull);
}

static void caller_owns_fpu(void)
{
	three_calls();
	the.before_call = floating;
}

static void mark_client(u32 n)
{
	if (!n)
		on(SLOT_OF_THREAD + CLIENT, THREAD_INTERRUPT, 0, 0);
}

static void caller_marked(void)
{
	routed();
	the.handled = true;
	the.run[OTHER] = other_serves;
	the.before_answer = mark_client;
}

/* --- Capabilities --- */

static void reply_sends(u32 flags, slot_t slot)
{
	routed();
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

static void give_two(u32 n)
{
	if (!n) {
		sending(SLOT_REPLY, REPLY_GIVE, SLOT_SPARE, 0);
		sending(SLOT_REPLY, REPLY_GIVE, SLOT_SPARE, SLOT_CLOEXEC);
	}
}

static void given(void)
{
	routed();
	the.before_answer = give_two;
}

static void given_then_error(void)
{
	result_negative();
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
	descriptor();
	the.before_answer = give_two;
	the.run[OTHER] = call_given;
}

const struct test_case routed_cases[] = {
	{"routed", 2, routed},
	{"routed_three_calls", 6, three_calls},
	{"routed_fixed_none", 0, fixed_none},
	{"routed_fixed_behind", 0, fixed_behind},
	{"routed_number_without_route", 0, number_without_route},
	{"routed_number_behind", 0, number_behind},
	{"routed_number_high_bits", 0, number_high_bits},
	{"routed_no_table", 0, no_table},
	{"descriptor", 2, descriptor},
	{"descriptor_high_bits", 2, descriptor_high_bits},
	{"descriptor_other_argument", 2, descriptor_other_argument},
	{"descriptor_no_argument", 1, descriptor_no_argument},
	{"descriptor_closed", 0, descriptor_closed},
	{"descriptor_beyond_the_limit", 0, descriptor_beyond},
	{"descriptor_no_session", 0, descriptor_no_session},
	{"descriptor_or_fixed", 1, descriptor_or_fixed},
	{"descriptor_reserved", 1, descriptor_reserved},
	{"route_kind_unknown", 0, kind_unknown},
	{"route_dup", 0, own_dup},
	{"route_close", 0, own_close},
	{"route_yield", 0, own_yield},
	{"test_holds", 2, test_holds},
	{"test_fails", 2, test_fails},
	{"test_to_own", 0, test_to_own},
	{"test_to_none", 0, test_to_none},
	{"test_no_argument", 1, test_no_argument},
	{"needs_descriptor", 2, needs_descriptor},
	{"needs_descriptor_full", 0, needs_descriptor_full},
	{"needs_descriptor_small_table", 1, needs_descriptor_small_table},
	{"result_negative", 1, result_negative},
	{"result_restart", 9, result_restart},
	{"retry_without_a_page", 1, retry_no_page},
	{"routed_caller_owns_fpu", 6, caller_owns_fpu},
	{"routed_caller_marked", 1, caller_marked},
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
	{"given", 1, given},
	{"given_then_error", 1, given_then_error},
	{0, 0, 0},
};

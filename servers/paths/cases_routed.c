/* Routed calls: kinds of routes, descriptors, tests, results. */
#include "servers/paths/paths.h"

void case_routed(void)
{
	the.routed = true;
	the.call.x[A7] = NUMBER;
}

static void fixed_modulo(void)
{
	case_routed();
	the.route.slot += 32;
}

static void fixed_none(void)
{
	case_routed();
	the.route.slot = 9;
}

static void fixed_behind(void)
{
	case_routed();
	the.route.slot = 32 + 8;
}

static void number_without_route(void)
{
	case_routed();
	the.call.x[A7] = NUMBER + 1;
}

static void number_behind(void)
{
	case_routed();
	the.call.x[A7] = 512;
}

static void number_high_bits(void)
{
	case_routed();
	the.call.x[A7] = NUMBER | 1ull << 32;
}

static void no_table(void)
{
	the.call.x[A7] = NUMBER;
}

void case_descriptor(void)
{
	case_routed();
	the.route.kind = ROUTE_DESCRIPTOR;
	the.call.x[A0] = DESCRIPTOR;
}

static void descriptor_high_bits(void)
{
	case_descriptor();
	the.call.x[A0] |= 1ull << 32;
}

static void descriptor_other_argument(void)
{
	case_descriptor();
	the.route.arg = 3;
	the.call.x[A3] = DESCRIPTOR;
}

static void descriptor_argument_modulo(void)
{
	case_descriptor();
	the.route.arg = 8 + 6;
	the.call.x[A6] = DESCRIPTOR;
}

static void descriptor_closed(void)
{
	case_descriptor();
	the.call.x[A0] = 7;
}

static void descriptor_beyond(void)
{
	case_descriptor();
	the.call.x[A0] = SLOT_SESSION;
}

static void descriptor_no_session(void)
{
	case_descriptor();
	the.call.x[A0] = NOT_A_SESSION;
}

static void descriptor_or_fixed(void)
{
	case_descriptor();
	the.route.kind = ROUTE_DESCRIPTOR_OR_FIXED;
	the.call.x[A0] = (u32)-100;
}

static void kind_unknown(void)
{
	case_routed();
	the.route.kind = 77;
}

static void own_dup(void)
{
	case_descriptor();
	the.route.kind = ROUTE_DUP;
}

static void own_close(void)
{
	case_descriptor();
	the.route.kind = ROUTE_CLOSE;
}

static void another_session(void)
{
	struct method_call m = {.label = ENDPOINT_MINT | METHOD_RECEIVES,
				.slots = (u64)(DESCRIPTOR + 4) << 32,
				.word = {SPARE_BADGE + 1}};

	method_do(SLOT_ENDPOINT, &m);
}

/* Its server hears of it. */
static void own_close_last(void)
{
	own_close();
	the.call.x[A0] = DESCRIPTOR + 4;
	the.before_call = another_session;
}

static void own_close_last_below(void)
{
	own_close_last();
	the.priority[SERVER] = the.priority[CLIENT] - 1;
}

static void own_yield(void)
{
	case_routed();
	the.route.kind = ROUTE_YIELD;
}

static void test_holds(void)
{
	case_routed();
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

static void test_argument_modulo(void)
{
	test_holds();
	the.route.test_arg = 64 + 2;
}

static void needs_descriptor(void)
{
	case_routed();
	the.route.flags = ROUTE_NEEDS_DESCRIPTOR;
}

void fill_table(void)
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

static void first_word_full(void)
{
	on(SLOT_OF_CSPACE + CLIENT, CSPACE_LIMIT, 2 * LIMIT, 0);
	fill_table();
}

static void needs_descriptor_further_on(void)
{
	needs_descriptor();
	the.before_call = first_word_full;
}

static void last_word_begun(void)
{
	on(SLOT_OF_CSPACE + CLIENT, CSPACE_LIMIT, LIMIT + 20, 0);
	fill_table();
}

static void needs_descriptor_in_part_of_a_word(void)
{
	needs_descriptor();
	the.before_call = last_word_begun;
}

/* --- Results --- */

void case_result_negative(void)
{
	case_routed();
	the.answer.x[T0] = (u32)-ENOENT;
}

static void result_restart(void)
{
	case_routed();
	the.answer.x[T0] = (u32)-ERESTARTSYS;
}

static void retry_no_page(void)
{
	case_routed();
	the.answer.x[T0] = (u32)-ERETRY;
}

static void three_calls(void)
{
	case_routed();
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
	case_routed();
	the.handled = true;
	the.run[OTHER] = other_serves;
	the.before_answer = mark_client;
}

const struct test_case routed_cases[] = {
	{"routed", 2, case_routed},
	{"routed_three_calls", 6, three_calls},
	{"routed_fixed_none", 0, fixed_none},
	{"routed_fixed_behind", 0, fixed_behind},
	{"routed_fixed_modulo", 2, fixed_modulo},
	{"routed_number_without_route", 0, number_without_route},
	{"routed_number_behind", 0, number_behind},
	{"routed_number_high_bits", 0, number_high_bits},
	{"routed_no_table", 0, no_table},
	{"descriptor", 2, case_descriptor},
	{"descriptor_high_bits", 2, descriptor_high_bits},
	{"descriptor_other_argument", 2, descriptor_other_argument},
	{"descriptor_argument_modulo", 2, descriptor_argument_modulo},
	{"descriptor_closed", 0, descriptor_closed},
	{"descriptor_beyond_the_limit", 0, descriptor_beyond},
	{"descriptor_no_session", 0, descriptor_no_session},
	{"descriptor_or_fixed", 1, descriptor_or_fixed},
	{"route_kind_unknown", 0, kind_unknown},
	{"route_dup", 0, own_dup},
	{"route_close", 0, own_close},
	{"route_close_last", 0, own_close_last},
	{"route_close_last_below", 0, own_close_last_below},
	{"route_yield", 0, own_yield},
	{"test_holds", 2, test_holds},
	{"test_fails", 2, test_fails},
	{"test_to_own", 0, test_to_own},
	{"test_to_none", 0, test_to_none},
	{"test_argument_modulo", 2, test_argument_modulo},
	{"needs_descriptor", 2, needs_descriptor},
	{"needs_descriptor_full", 0, needs_descriptor_full},
	{"needs_descriptor_small_table", 1, needs_descriptor_small_table},
	{"needs_descriptor_further_on", 2, needs_descriptor_further_on},
	{"needs_descriptor_in_part_of_a_word", 1, needs_descriptor_in_part_of_a_word},
	{"result_negative", 1, case_result_negative},
	{"result_restart", 9, result_restart},
	{"retry_without_a_page", 1, retry_no_page},
	{"routed_caller_owns_fpu", 6, caller_owns_fpu},
	{"routed_caller_marked", 1, caller_marked},
	{0, 0, 0},
};

/* What a window delivers: few bytes, which need no C; the second window; a descriptor's number. */
#include "servers/paths/paths.h"

static struct window_spec spec(enum window_kind kind, u8 arg, u32 len)
{
	return (struct window_spec){.kind = (u8)kind,
				    .access = ACCESS_READ | ACCESS_WRITE,
				    .arg = arg,
				    .len_arg = 2,
				    .len = len};
}

/* 48 bytes of an array at argument 0, and 16 at argument 3. */
static void two(void)
{
	case_routed();
	the.receive.x[T4] = the.answer.x[T4] = (u64)server_memory[0] | 12;
	the.call.x[A0] = (u64)client_memory[0] + 8;
	the.call.x[A2] = 6;
	the.call.x[A3] = (u64)client_memory[2] + 32;
	the.route.window[0] = spec(WINDOW_ARRAY, 0, 8);
	the.route.window[1] = spec(WINDOW_CONST, 3, 16);
}

static void by_fours(void)
{
	two();
	the.call.x[A0] += 4;
	the.call.x[A3] += 4;
}

static void second_by_fours(void)
{
	two();
	the.route.window[0].len = 6;
}

static void unaligned(void)
{
	two();
	the.call.x[A0] += 2;
}

static void second_unaligned(void)
{
	two();
	the.call.x[A3] += 1;
}

static void odd_length(void)
{
	two();
	the.route.window[0].len = 7;
}

static void to_the_pages_end(void)
{
	two();
	the.call.x[A0] = (u64)client_memory[1] - 48;
	the.call.x[A3] = (u64)client_memory[1] - 16;
}

static void across_pages(void)
{
	two();
	the.call.x[A0] = (u64)client_memory[1] - 8;
	the.call.x[A3] = (u64)client_memory[1] - 8;
}

static void across_into_the_hole(void)
{
	across_pages();
	the.hole = true;
}

static void second_in_the_hole(void)
{
	two();
	the.hole = true;
	the.call.x[A3] = (u64)client_memory[1];
}

static void first_in_the_hole(void)
{
	two();
	the.hole = true;
	the.call.x[A0] = (u64)client_memory[1];
}

static void second_nowhere(void)
{
	two();
	the.call.x[A3] = 0;
}

static void second_kernel_half(void)
{
	two();
	the.call.x[A3] = ~0ull << 38;
}

static void most_without_c(void)
{
	two();
	the.call.x[A2] = 16;
}

static void too_many(void)
{
	two();
	the.call.x[A2] = 17;
}

static void fill_the_buffer(void)
{
	two();
	the.call.x[A2] = 511;
}

static void none(void)
{
	two();
	the.call.x[A2] = 0;
}

static void second_long(void)
{
	two();
	the.route.window[1].len = 136;
}

static void second_empty(void)
{
	two();
	the.route.window[1].len = 0;
}

static void second_is_array(void)
{
	two();
	the.route.window[1].kind = WINDOW_ARRAY;
}

static void second_out(void)
{
	two();
	the.route.window[1].access = ACCESS_WRITE;
}

static void second_argument_a6(void)
{
	two();
	the.route.window[1].arg = 6;
}

static void second_length_argument_a6(void)
{
	two();
	the.route.window[1].len_arg = 6;
}

static void behind_a_buffer(void)
{
	two();
	the.route.window[0].kind = WINDOW_BUFFER;
}

static void small_buffer(void)
{
	two();
	the.receive.x[T4] = the.answer.x[T4] = (u64)server_memory[0] | 6;
}

static void smaller_buffer(void)
{
	small_buffer();
	the.call.x[A2] = 7;
}

static void unmapped_buffer(void)
{
	two();
	the.receive.x[T4] = the.answer.x[T4] = NOWHERE | 12;
}

static void queued(void)
{
	two();
	the.cold = true;
	the.run[SERVER] = 0;
	the.run[OTHER] = server_run_case;
}

/* --- A descriptor's number --- */

static void number_put(u32 n)
{
	*(u32 *)(void *)(client_memory[0] + 8) = n;
}

static void number(void)
{
	number_put(DESCRIPTOR);
}

static void number_closed(void)
{
	number_put(7);
}

static void number_beyond(void)
{
	number_put(SLOT_SESSION);
}

static void number_negative(void)
{
	number_put(~0u);
}

static void at(void)
{
	two();
	the.route.kind = ROUTE_DESCRIPTOR_AT;
	the.before_call = number;
}

static void at_closed(void)
{
	at();
	the.before_call = number_closed;
}

static void at_beyond(void)
{
	at();
	the.before_call = number_beyond;
}

static void at_negative(void)
{
	at();
	the.before_call = number_negative;
}

static void at_nowhere(void)
{
	at();
	the.call.x[A0] = NOWHERE;
}

static void at_unaligned(void)
{
	at();
	the.call.x[A0] += 2;
}

static void at_argument_a6(void)
{
	at();
	the.route.arg = 6;
}

static void at_alternative(void)
{
	at();
	the.route.kind = ROUTE_FIXED;
	the.route.alt_kind = ROUTE_DESCRIPTOR_AT;
	the.route.flags = ROUTE_HAS_TEST;
	the.route.test_arg = 2;
	the.route.test_mask = ~0u;
	the.route.test_value = 6;
}

static void at_without_fixed(void)
{
	at_closed();
	the.route.slot = 9;
}

static void decline(u32 n)
{
	struct method_call m = {.label = REPLY_FORWARD, .word = {2}};

	if (!n)
		the.answer.x[A0] = (u64)method_do(SLOT_REPLY, &m);
}

/* The server passes the call on to where it goes without the descriptor. */
static void declined(void)
{
	at_alternative();
	the.route.alt_slot = 1;
	the.before_answer = decline;
	the.run[OTHER] = other_serves;
}

static void declined_nowhere(void)
{
	two();
	the.before_answer = decline;
}

const struct test_case delivery_cases[] = {
	{"delivery_two", 2, two},
	{"delivery_by_fours", 2, by_fours},
	{"delivery_second_by_fours", 2, second_by_fours},
	{"delivery_unaligned", 2, unaligned},
	{"delivery_second_unaligned", 2, second_unaligned},
	{"delivery_odd_length", 2, odd_length},
	{"delivery_to_the_pages_end", 2, to_the_pages_end},
	{"delivery_across_pages", 2, across_pages},
	{"delivery_across_into_the_hole", 2, across_into_the_hole},
	{"delivery_second_in_the_hole", 2, second_in_the_hole},
	{"delivery_first_in_the_hole", 2, first_in_the_hole},
	{"delivery_second_nowhere", 2, second_nowhere},
	{"delivery_second_kernel_half", 2, second_kernel_half},
	{"delivery_most_without_c", 2, most_without_c},
	{"delivery_too_many", 2, too_many},
	{"delivery_fills_the_buffer", 2, fill_the_buffer},
	{"delivery_none", 1, none},
	{"delivery_second_long", 2, second_long},
	{"delivery_second_empty", 2, second_empty},
	{"delivery_second_is_array", 2, second_is_array},
	{"delivery_second_out", 2, second_out},
	{"delivery_second_argument_a6", 2, second_argument_a6},
	{"delivery_second_length_argument_a6", 2, second_length_argument_a6},
	{"delivery_behind_a_buffer", 2, behind_a_buffer},
	{"delivery_small_buffer", 2, small_buffer},
	{"delivery_smaller_buffer", 2, smaller_buffer},
	{"delivery_unmapped_buffer", 2, unmapped_buffer},
	{"delivery_queued", 1, queued},
	{"at", 2, at},
	{"at_closed", 1, at_closed},
	{"at_beyond_the_limit", 1, at_beyond},
	{"at_negative", 1, at_negative},
	{"at_nowhere", 1, at_nowhere},
	{"at_unaligned", 1, at_unaligned},
	{"at_argument_a6", 1, at_argument_a6},
	{"at_alternative", 2, at_alternative},
	{"at_without_fixed", 0, at_without_fixed},
	{"declined", 2, declined},
	{"declined_nowhere", 2, declined_nowhere},
	{0, 0, 0},
};

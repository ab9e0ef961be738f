/* A window that delivers a string: short ones need no C, and nothing comes behind them. */
#include "servers/paths/paths.h"

static u32 text_at, text_len; /* in the client's memory */

static void text_end(void)
{
	((u8 *)client_memory)[text_at + text_len] = 0;
}

static void text(u32 at, u32 len)
{
	case_routed();
	the.receive.x[T4] = the.answer.x[T4] = (u64)server_memory[0] | 12;
	the.call.x[A3] = (u64)client_memory[2] + 32;
	the.route.window[0] = (struct window_spec){.kind = WINDOW_STRING, .access = ACCESS_READ};
	the.route.window[1] = (struct window_spec){
		.kind = WINDOW_CONST, .access = ACCESS_READ, .arg = 3, .len = 16};
	text_at = at;
	text_len = len;
	the.call.x[A0] = (u64)client_memory + at;
	the.before_call = text_end;
}

static void text_empty(void)
{
	text(8, 0);
}

static void text_of_one(void)
{
	text(9, 1);
}

static void text_of_two(void)
{
	text(8, 2);
}

static void text_of_three(void)
{
	text(11, 3);
}

static void text_short(void)
{
	text(10, 62);
}

static void text_shortest_for_c(void)
{
	text(8, 64);
}

static void text_at_the_pages_end(void)
{
	text(PAGE_SIZE - 64, 63);
}

static void text_across_pages(void)
{
	text(PAGE_SIZE - 63, 63);
}

static void text_ends_late_in_its_page(void)
{
	text(PAGE_SIZE - 20, 10);
}

static void text_in_the_hole(void)
{
	text(PAGE_SIZE, 10);
	the.before_call = 0;
	the.hole = true;
}

static void text_in_the_kernel_half(void)
{
	text(8, 10);
	the.call.x[A0] = ~0ull << 38;
}

static void text_unmapped_buffer(void)
{
	text(8, 10);
	the.receive.x[T4] = the.answer.x[T4] = NOWHERE | 12;
}

static void text_no_buffer(void)
{
	text(8, 10);
	the.receive.x[T4] = the.answer.x[T4] = 0;
}

static void text_out(void)
{
	text(8, 10);
	the.route.window[0].access = ACCESS_WRITE;
}

const struct test_case text_cases[] = {
	{"text_empty", 2, text_empty},
	{"text_of_one", 2, text_of_one},
	{"text_of_two", 2, text_of_two},
	{"text_of_three", 2, text_of_three},
	{"text_short", 2, text_short},
	{"text_shortest_for_c", 2, text_shortest_for_c},
	{"text_at_the_pages_end", 2, text_at_the_pages_end},
	{"text_across_pages", 2, text_across_pages},
	{"text_ends_late_in_its_page", 2, text_ends_late_in_its_page},
	{"text_in_the_hole", 2, text_in_the_hole},
	{"text_in_the_kernel_half", 2, text_in_the_kernel_half},
	{"text_unmapped_buffer", 2, text_unmapped_buffer},
	{"text_no_buffer", 2, text_no_buffer},
	{"text_out", 2, text_out},
	{0, 0, 0},
};

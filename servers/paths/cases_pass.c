/* Two Replies answered by one reply: where the bytes lie that go from caller to caller. */
#include "servers/paths/paths.h"

static void bytes(void)
{
	case_passes(99);
}

static void nothing(void)
{
	case_passes(0);
}

static void to_the_end(void)
{
	case_passes(100);
	the.call.x[A1] = (u64)client_memory[1] - 100;
}

static void across_pages(void)
{
	case_passes(100);
	the.call.x[A1] = (u64)client_memory[1] - 99;
	the_reads.x[A1] = (u64)client_memory[2] - 30;
}

static void many(void)
{
	case_passes(PAGE_SIZE);
	the.call.x[A2] = the_reads.x[A2] = 65536;
	the_reads.x[A1] = (u64)client_memory[1] + 64;
}

static void too_many(void)
{
	case_passes(101);
}

static void too_many_for_the_second(void)
{
	bytes();
	the_reads.x[A2] = 98;
}

static void page_missing(void)
{
	bytes();
	the.hole = true;
	the.call.x[A1] = (u64)client_memory[1] + 5;
}

static void second_page_missing(void)
{
	bytes();
	the.hole = true;
	the.call.x[A1] = (u64)client_memory[1] - 50;
}

static void nowhere(void)
{
	bytes();
	the_reads.x[A1] = NOWHERE;
}

static void in_the_kernel(void)
{
	bytes();
	the_reads.x[A1] = 0xffffffc080000000ull;
}

static void at_the_end_of_memory(void)
{
	bytes();
	the_reads.x[A1] = USER_END - 200;
}

static void wraps(void)
{
	bytes();
	the_reads.x[A1] = ~0ull - 20;
}

static void read_only(void)
{
	bytes();
	the_reads.x[A1] = (u64)exchange_ecall;
}

static void wrong_way(void)
{
	bytes();
	the_flags |= FLAG_BACKWARDS;
}

static void both_ways(void)
{
	case_passes(1);
	the_flags |= MSG_COPY;
}

static void both_access(void)
{
	case_passes(1);
	the.next_route.window[0].access |= ACCESS_READ;
}

static void other_arguments(void)
{
	case_passes(1);
	the.next_route.window[0].arg = 4;
	the_reads.x[A4] = the_reads.x[A1];
}

static void vector(void)
{
	case_passes(1);
	the.route.window[0].kind = WINDOW_IOVEC;
}

const struct test_case pass_cases[] = {
	{"second_bytes", 7, bytes},
	{"second_nothing_passed", 7, nothing},
	{"second_to_the_end_of_a_page", 7, to_the_end},
	{"second_across_pages", 7, across_pages},
	{"second_many", 7, many},
	{"second_too_many", 0, too_many},
	{"second_too_many_for_it", 0, too_many_for_the_second},
	{"second_page_missing", 0, page_missing},
	{"second_next_page_missing", 0, second_page_missing},
	{"second_nowhere", 0, nowhere},
	{"second_in_the_kernel", 0, in_the_kernel},
	{"second_at_the_end_of_memory", 0, at_the_end_of_memory},
	{"second_wraps", 0, wraps},
	{"second_read_only", 0, read_only},
	{"second_wrong_way", 0, wrong_way},
	{"second_both_ways", 7, both_ways},
	{"second_both_access", 7, both_access},
	{"second_other_arguments", 7, other_arguments},
	{"second_vector", 0, vector},
	{0},
};

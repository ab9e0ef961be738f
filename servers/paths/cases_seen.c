/* Small copies between pages that copies have met before, and pages that are not there any more. */
#include "servers/paths/paths.h"

static u64 from, to, length; /* of the copy that makes the kernel meet both pages */

/* So that neither has another's place: a copy by the server, from the client's page or into it. */
static void meet(enum method label, u64 there, u64 here)
{
	struct method_call m = {.label = label, .window = here, .len = length, .word = {there}};

	if (method_do(SLOT_OF_ASPACE + CLIENT, &m) < 0)
		server_print("paths: no copy\n");
}

static void meet_in(u32 n)
{
	(void)n;
	meet(ASPACE_READ, from, to);
}

static void meet_out(u32 n)
{
	(void)n;
	meet(ASPACE_WRITE, to, from);
}

static void window(enum window_kind kind, enum access access, u64 at, u32 len)
{
	the.routed = true;
	the.calls = 2; /* the second one comes when both pages are met */
	the.call.x[A7] = NUMBER;
	the.call.x[A1] = at;
	the.call.x[A2] = len;
	the.route.window[0] = (struct window_spec){
		.kind = (u8)kind, .access = (u8)access, .arg = 1, .len_arg = 2, .len = len};
	length = 1;
}

/* --- To the receiver's buffer --- */

static void in(enum window_kind kind, u64 offset, u32 len)
{
	from = (u64)client_memory[0] + offset;
	to = (u64)server_memory[0];
	window(kind, ACCESS_READ, from, len);
	the.receive.x[T4] = the.answer.x[T4] = to | 12;
	the.before_answer = meet_in;
}

static void in_words(void)
{
	in(WINDOW_CONST, 8, 24);
}

static void in_buffer(void)
{
	in(WINDOW_BUFFER, 16, 64);
}

static void in_one_byte(void)
{
	in(WINDOW_BUFFER, 5, 1);
}

static void in_few_bytes(void)
{
	in(WINDOW_CONST, 3, 15);
}

static void in_unaligned(void)
{
	in(WINDOW_CONST, 3, 16);
}

static void in_too_many(void)
{
	in(WINDOW_BUFFER, 0, 72);
}

static void in_page_end(void)
{
	in(WINDOW_BUFFER, PAGE_SIZE - 16, 16);
}

static void in_across_pages(void)
{
	in(WINDOW_BUFFER, PAGE_SIZE - 16, 24);
}

static void in_small_buffer(void)
{
	in_buffer();
	the.receive.x[T4] = the.answer.x[T4] = to | 5;
}

static void in_no_buffer(void)
{
	in_words();
	the.receive.x[T4] = the.answer.x[T4] = to | BUFFER_NO_DATA;
}

static void in_no_data(void)
{
	in_buffer();
	the.receive.x[T4] = the.answer.x[T4] = to | BUFFER_NO_DATA | 12;
}

static void in_array(void)
{
	in(WINDOW_ARRAY, 8, 4);
}

static void in_second(void)
{
	in_words();
	the.route.window[1] = the.route.window[0];
	the.route.window[0].access = ACCESS_WRITE;
}

static void in_second_other_length(void)
{
	in_second();
	the.route.window[1].len_arg = 6;
}

static void unmap_in(u32 n)
{
	meet_in(n);
	on(SLOT_OF_ASPACE + CLIENT, ASPACE_UNMAP, (u64)client_memory[0], 1);
}

static void in_unmapped(void)
{
	in_words();
	the.before_answer = unmap_in;
}

/* --- The reply's copy --- */

static void out(enum window_kind kind, u64 offset, u32 len)
{
	from = (u64)server_memory[0] + offset;
	to = (u64)client_memory[0] + offset;
	window(kind, ACCESS_WRITE, to, len);
	the.answer.x[T0] = (u64)MSG_COPY << 32;
	the.answer.x[T5] = from;
	the.answer.x[T6] = len;
	the.before_answer = meet_out;
}

static void out_words(void)
{
	out(WINDOW_CONST, 8, 24);
}

static void out_one_byte(void)
{
	out(WINDOW_BUFFER, 5, 1);
}

static void out_unaligned(void)
{
	out_words();
	the.answer.x[T5]++;
	the.answer.x[T6] = 15;
}

static void out_too_many(void)
{
	out(WINDOW_BUFFER, 0, 72);
}

static void out_too_long(void)
{
	out_words();
	the.answer.x[T6] = 32;
}

static void out_nothing(void)
{
	out_words();
	the.answer.x[T6] = 0;
}

static void out_across_pages(void)
{
	out(WINDOW_BUFFER, PAGE_SIZE - 8, 24);
}

static void out_second(void)
{
	out_words();
	the.route.window[1] = the.route.window[0];
	the.route.window[0].access = ACCESS_READ;
}

static void out_to_none(void)
{
	out_words();
	the.route.window[0].access = ACCESS_READ;
}

static void out_length_modulo(void)
{
	out_words();
	the.route.window[0].len_arg += 8;
}

static void out_iovec(void)
{
	out(WINDOW_IOVEC, 8, 8);
	the.call.x[A2] = 1;
}

/* The page goes before the first answer, and every answer fails. */
static void protect_out(u32 n)
{
	struct method_call m = {.label = ASPACE_PROTECT,
				.word = {(u64)client_memory[0], 1, ACCESS_READ}};

	if (n)
		return;
	meet_out(n);
	method_do(SLOT_OF_ASPACE + CLIENT, &m);
}

static void out_protected(void)
{
	out_words();
	the.before_answer = protect_out;
}

static void unmap_out(u32 n)
{
	if (n)
		return;
	meet_out(n);
	on(SLOT_OF_ASPACE + CLIENT, ASPACE_UNMAP, (u64)client_memory[0], 1);
}

static void out_unmapped(void)
{
	out_words();
	the.before_answer = unmap_out;
}

/* --- ... in pieces of pages --- */

static void fill_out(u32 n)
{
	u8 *memory = server_memory[0];

	for (u32 i = 0; i < sizeof(server_memory); i++)
		memory[i] = (u8)(7 * i + i / 256 + n);
	meet_out(n);
}

static void out_many(u64 there, u64 here, u32 len)
{
	out(WINDOW_BUFFER, 0, len);
	the.call.x[A1] += there;
	the.answer.x[T5] += here;
	the.before_answer = fill_out;
}

static void out_page(void)
{
	out_many(0, 0, PAGE_SIZE);
}

static void out_two_pages(void)
{
	out_many(808, 0, PAGE_SIZE);
}

static void out_from_two_pages(void)
{
	out_many(0, 1608, PAGE_SIZE - 16);
}

static void out_three_pieces(void)
{
	out_many(808, 2000, PAGE_SIZE);
}

static void out_aligned_alike(void)
{
	out_many(11, 3, 4000);
}

static void out_aligned_otherwise(void)
{
	out_many(3, 4, 4001);
}

static void out_more_than_a_page(void)
{
	out_many(8, 8, PAGE_SIZE + 1);
}

static void out_into_the_hole(void)
{
	out_many(PAGE_SIZE - 80, 0, 200);
	the.hole = true;
}

static void out_few_into_the_hole(void)
{
	out_many(PAGE_SIZE - 8, 0, 24);
	the.hole = true;
}

static void out_of_nowhere(void)
{
	out_many(8, 0, 200);
	the.answer.x[T5] = NOWHERE;
}

static void out_array(void)
{
	out(WINDOW_ARRAY, 8, 8);
	the.call.x[A2] = 3;
	the.answer.x[T6] = 24;
	the.before_answer = fill_out;
}

static void out_array_too_long(void)
{
	out_array();
	the.answer.x[T6] = 32;
}

static void out_array_large(void)
{
	out_array();
	the.route.window[0].len = 1 << 16;
}

const struct test_case seen_cases[] = {
	{"in_words", 4, in_words},
	{"in_buffer", 4, in_buffer},
	{"in_one_byte", 4, in_one_byte},
	{"in_few_bytes", 4, in_few_bytes},
	{"in_unaligned", 4, in_unaligned},
	{"in_too_many", 4, in_too_many},
	{"in_page_end", 4, in_page_end},
	{"in_across_pages", 4, in_across_pages},
	{"in_small_buffer", 4, in_small_buffer},
	{"in_no_buffer", 4, in_no_buffer},
	{"in_no_data", 4, in_no_data},
	{"in_array", 4, in_array},
	{"in_second", 4, in_second},
	{"in_second_other_length", 4, in_second_other_length},
	{"in_unmapped", 2, in_unmapped},
	{"out_words", 4, out_words},
	{"out_one_byte", 4, out_one_byte},
	{"out_unaligned", 4, out_unaligned},
	{"out_too_many", 4, out_too_many},
	{"out_too_long", 1, out_too_long},
	{"out_nothing", 4, out_nothing},
	{"out_across_pages", 4, out_across_pages},
	{"out_second", 4, out_second},
	{"out_to_none", 1, out_to_none},
	{"out_length_modulo", 4, out_length_modulo},
	{"out_iovec", 0, out_iovec},
	{"out_protected", 1, out_protected},
	{"out_unmapped", 1, out_unmapped},
	{"out_page", 4, out_page},
	{"out_two_pages", 4, out_two_pages},
	{"out_from_two_pages", 4, out_from_two_pages},
	{"out_three_pieces", 4, out_three_pieces},
	{"out_aligned_alike", 4, out_aligned_alike},
	{"out_aligned_otherwise", 4, out_aligned_otherwise},
	{"out_more_than_a_page", 4, out_more_than_a_page},
	{"out_into_the_hole", 1, out_into_the_hole},
	{"out_few_into_the_hole", 1, out_few_into_the_hole},
	{"out_of_nowhere", 1, out_of_nowhere},
	{"out_array", 4, out_array},
	{"out_array_too_long", 1, out_array_too_long},
	{"out_array_large", 2, out_array_large},
	{0, 0, 0},
};

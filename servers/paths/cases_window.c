/* Windows of routed calls: kinds, bad fields, the delivery buffer, the reply's copy. */
#include "servers/paths/paths.h"

static void window(u32 i, enum window_kind kind, enum access access, u32 len)
{
	the.routed = true;
	the.call.x[A7] = NUMBER;
	the.call.x[A1] = (u64)client_memory[0];
	the.call.x[A2] = 100;
	the.route.window[i] = (struct window_spec){
		.kind = (u8)kind, .access = (u8)access, .arg = 1, .len_arg = 2, .len = len};
}

static void buffer(u64 t4)
{
	the.receive.x[T4] = the.answer.x[T4] = (u64)server_memory[0] | t4;
}

static void in(enum window_kind kind, u32 len)
{
	window(0, kind, ACCESS_READ, len);
	buffer(12);
}

static void no_buffer(void)
{
	in(WINDOW_BUFFER, 0);
	buffer(0);
	the.receive.x[T4] = the.answer.x[T4] = 0;
}

static void plain(void)
{
	in(WINDOW_BUFFER, 0);
}

static void no_data(void)
{
	plain();
	buffer(12 | BUFFER_NO_DATA);
}

static void length_zero(void)
{
	plain();
	the.call.x[A2] = 0;
}

static void longer_than_buffer(void)
{
	plain();
	the.call.x[A2] = 3 * PAGE_SIZE;
}

static void shift_too_large(void)
{
	plain();
	buffer(17);
}

static void to_a_hole(void)
{
	longer_than_buffer();
	the.hole = true;
	the.call.x[A1] = (u64)client_memory[1] - 70;
}

static void in_the_hole(void)
{
	longer_than_buffer();
	the.hole = true;
	the.call.x[A1] = (u64)client_memory[1] + 70;
}

static void to_an_unmapped_buffer(void)
{
	plain();
	the.receive.x[T4] = the.answer.x[T4] = NOWHERE | 12;
}

static void kernel_half(void)
{
	plain();
	the.call.x[A1] = ~0ull << 38;
}

static void wraps(void)
{
	plain();
	the.call.x[A2] = ~0ull;
}

static void constant(void)
{
	in(WINDOW_CONST, 48);
}

static void constant_no_data(void)
{
	constant();
	buffer(12 | BUFFER_NO_DATA);
}

static void string(void)
{
	in(WINDOW_STRING, 0);
	the.call.x[A1] = (u64) "a string";
}

static void end_string(void)
{
	client_memory[1][9] = 0;
}

static void string_across_pages(void)
{
	in(WINDOW_STRING, 0);
	the.call.x[A1] = (u64)client_memory[1] - 20;
	the.before_call = end_string;
}

static void string_without_end(void)
{
	in(WINDOW_STRING, 0);
}

static void string_into_the_hole(void)
{
	string_without_end();
	the.hole = true;
	the.call.x[A1] = (u64)client_memory[1] - 20;
}

static void array(void)
{
	in(WINDOW_ARRAY, 16);
	the.call.x[A2] = 5;
}

static void array_large(void)
{
	in(WINDOW_ARRAY, 0xffffffff);
	the.call.x[A2] = 100;
}

static void array_many(void)
{
	in(WINDOW_ARRAY, 16);
	the.call.x[A2] = 1ull << 62;
}

static void make_vector(void)
{
	u64 *v = (u64 *)(void *)client_memory[0];

	v[0] = (u64)client_memory[0] + 64;
	v[1] = 10;
	v[2] = (u64)client_memory[1] + 5;
	v[3] = 20;
}

static void iovec(void)
{
	in(WINDOW_IOVEC, 0);
	the.call.x[A2] = 2;
	the.before_call = make_vector;
}

static void iovec_unreadable(void)
{
	iovec();
	the.call.x[A1] = NOWHERE;
}

static void kind_unknown(void)
{
	in((enum window_kind)9, 0);
}

static void argument_modulo(void)
{
	plain();
	the.route.window[0].arg += 8;
}

static void length_argument_modulo(void)
{
	plain();
	the.route.window[0].len_arg += 8;
}

static void first_argument(void)
{
	plain();
	the.route.window[0].arg = 0;
	the.call.x[A0] = (u64)client_memory[0] + 3;
}

static void second(void)
{
	window(0, WINDOW_BUFFER, ACCESS_WRITE, 0);
	window(1, WINDOW_STRING, ACCESS_READ, 0);
	the.route.window[1].arg = 4;
	the.call.x[A4] = (u64) "the second";
	buffer(12);
}

static void second_alone(void)
{
	window(1, WINDOW_CONST, ACCESS_READ, 24);
	buffer(12);
}

static void second_argument_modulo(void)
{
	second_alone();
	the.route.window[1].arg += 72;
}

static void access_without_kind(void)
{
	second_alone();
	the.route.window[0] = (struct window_spec){.access = ACCESS_READ};
}

/* --- The reply's copy --- */

static void out(enum window_kind kind, u32 len, u64 copied)
{
	window(0, kind, ACCESS_WRITE, len);
	the.answer.x[T0] = (u64)MSG_COPY << 32;
	the.answer.x[T5] = (u64) "what is copied to the caller, more than sixty-four bytes of it";
	the.answer.x[T6] = copied;
}

static void copy(void)
{
	out(WINDOW_BUFFER, 0, 60);
}

static void copy_nothing(void)
{
	out(WINDOW_BUFFER, 0, 0);
}

static void copy_all(void)
{
	out(WINDOW_CONST, 48, 48);
}

static void copy_too_long(void)
{
	out(WINDOW_CONST, 48, 49);
}

static void copy_across_pages(void)
{
	copy();
	the.call.x[A1] = (u64)client_memory[1] - 20;
}

static void copy_into_the_hole(void)
{
	copy_across_pages();
	the.hole = true;
}

static void copy_from_nowhere(void)
{
	copy();
	the.answer.x[T5] = NOWHERE;
}

static void copy_to_in_window(void)
{
	copy();
	the.route.window[0].access = ACCESS_READ;
}

static void copy_to_second(void)
{
	copy();
	the.route.window[1] = the.route.window[0];
	the.route.window[0].access = ACCESS_READ;
}

static void copy_to_vector(void)
{
	copy();
	the.route.window[0].kind = WINDOW_IOVEC;
	the.call.x[A2] = 2;
	the.before_call = make_vector;
	the.answer.x[T6] = 25;
}

static void copy_window_wraps(void)
{
	copy();
	the.call.x[A2] = ~0ull;
}

static void copy_kernel_half(void)
{
	copy();
	the.call.x[A1] = ~0ull << 38;
}

static void copy_and_map(void)
{
	copy();
	the.answer.x[T0] |= (u64)MSG_MAP << 32;
}

const struct test_case window_cases[] = {
	{"window_no_buffer_routed", 2, no_buffer},
	{"window_plain", 2, plain},
	{"window_no_data", 2, no_data},
	{"window_length_zero", 1, length_zero},
	{"window_longer_than_the_buffer", 2, longer_than_buffer},
	{"window_shift_too_large", 2, shift_too_large},
	{"window_page_missing", 2, to_a_hole},
	{"window_first_page_missing", 2, in_the_hole},
	{"window_buffer_unmapped", 2, to_an_unmapped_buffer},
	{"window_in_kernel_half", 1, kernel_half},
	{"window_length_wraps", 2, wraps},
	{"window_constant", 2, constant},
	{"window_constant_no_data", 2, constant_no_data},
	{"window_string", 2, string},
	{"window_string_across_pages", 2, string_across_pages},
	{"window_string_without_end", 2, string_without_end},
	{"window_string_page_missing", 2, string_into_the_hole},
	{"window_array", 2, array},
	{"window_array_large", 1, array_large},
	{"window_array_many", 1, array_many},
	{"window_iovec", 1, iovec},
	{"window_iovec_unreadable", 1, iovec_unreadable},
	{"window_kind_unknown", 1, kind_unknown},
	{"window_argument_modulo", 2, argument_modulo},
	{"window_length_argument_modulo", 2, length_argument_modulo},
	{"window_first_argument", 2, first_argument},
	{"window_second", 2, second},
	{"window_second_alone", 2, second_alone},
	{"window_second_argument_modulo", 2, second_argument_modulo},
	{"window_access_without_kind", 1, access_without_kind},
	{"copy", 2, copy},
	{"copy_nothing", 2, copy_nothing},
	{"copy_all", 2, copy_all},
	{"copy_too_long", 1, copy_too_long},
	{"copy_across_pages", 2, copy_across_pages},
	{"copy_page_missing", 1, copy_into_the_hole},
	{"copy_from_nowhere", 1, copy_from_nowhere},
	{"copy_to_an_in_window", 1, copy_to_in_window},
	{"copy_to_the_second", 2, copy_to_second},
	{"copy_to_iovec", 0, copy_to_vector},
	{"copy_window_wraps", 2, copy_window_wraps},
	{"copy_in_kernel_half", 1, copy_kernel_half},
	{"copy_and_map", 1, copy_and_map},
	{0, 0, 0},
};

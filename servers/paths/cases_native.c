/* Native calls and replies: words, labels, windows, slots. */
#include "servers/paths/paths.h"

#define HIGH (1ull << 32)

static void nothing(void) {}

/* --- Words, labels, flags --- */

static void label_negative(void)
{
	the.call.x[T0] = (u32)-7;
}

static void reply_label_zero(void)
{
	the.answer.x[T0] = 0;
}

static void reply_label_negative(void)
{
	the.answer.x[T0] = (u32)-5;
}

static void flags_unknown(void)
{
	the.call.x[T0] = 1ull << 40;
}

static void reply_flags_unknown(void)
{
	the.answer.x[T0] = 1ull << 40;
}

static void reply_copy(void)
{
	the.call.x[T1] = (u64)client_memory[0];
	the.call.x[T2] = 100;
	the.answer.x[T0] = (u64)MSG_COPY << 32;
	the.answer.x[T5] = (u64)server_memory[1];
	the.answer.x[T6] = 60;
}

static void reply_copy_nothing(void)
{
	reply_copy();
	the.answer.x[T6] = 0;
}

static void reply_copy_too_long(void)
{
	reply_copy();
	the.answer.x[T6] = 101;
}

static void reply_copy_to_the_kernel(void)
{
	reply_copy();
	the.call.x[T1] = USER_END - 8;
}

static void reply_copy_from_the_kernel(void)
{
	reply_copy();
	the.answer.x[T5] = USER_END - 8;
}

static void reply_copy_around_the_end(void)
{
	reply_copy();
	the.call.x[T1] = ~7ull;
	the.call.x[T2] = ~0ull;
}

static void reply_copy_of_a_page(void)
{
	reply_copy();
	the.call.x[T2] = the.answer.x[T6] = PAGE_SIZE;
}

static void reply_map(void)
{
	the.answer.x[T0] = (u64)MSG_MAP << 32;
	the.answer.x[T3] = SLOT_MEMORY;
}

static void reply_retry(void)
{
	the.answer.x[T0] = (u32)-ERETRY;
}

static void first_call(void)
{
	the.cold = true;
}

static void many_calls(void)
{
	the.calls = 3;
}

/* --- Windows --- */

static void window_no_buffer(void)
{
	the.call.x[T1] = (u64)client_memory[0];
	the.call.x[T2] = 100;
}

static void buffer(u64 t4)
{
	the.receive.x[T4] = the.answer.x[T4] = (u64)server_memory[0] | t4;
}

static void window_buffer(void)
{
	window_no_buffer();
	buffer(12);
}

static void window_buffer_no_data(void)
{
	window_no_buffer();
	buffer(12 | BUFFER_NO_DATA);
}

static void window_longer_than_buffer(void)
{
	window_buffer();
	the.call.x[T2] = 3 * PAGE_SIZE;
}

static void window_to_a_hole(void)
{
	window_longer_than_buffer();
	the.hole = true;
	the.call.x[T1] = (u64)client_memory[1] - 50;
}

static void window_kernel_half(void)
{
	window_buffer();
	the.call.x[T1] = ~0ull << 40;
}

static void window_wraps(void)
{
	window_buffer();
	the.call.x[T2] = ~0ull;
}

static void no_window_buffer(void)
{
	buffer(12);
}

/* --- Slots --- */

static void fixed_slot(void)
{
	the.call.x[A6] = FIXED;
}

static void fixed_empty(void)
{
	the.call.x[A6] = FIXED + 9;
}

static void fixed_behind(void)
{
	the.call.x[A6] = FIXED + 32;
}

static void slot_high_bits(void)
{
	the.call.x[A6] |= HIGH;
}

static void fixed_high_bits(void)
{
	the.call.x[A6] = FIXED | HIGH;
}

static void slot_empty(void)
{
	the.call.x[A6] = SLOT_EMPTY;
}

static void slot_page_missing(void)
{
	the.call.x[A6] = 5000;
}

static void slot_none(void)
{
	the.call.x[A6] = SLOT_NONE;
}

static void slot_negative(void)
{
	the.call.x[A6] = ~0ull;
}

static void reply_endpoint_high_bits(void)
{
	the.answer.x[A6] |= HIGH;
}

static void reply_slot_high_bits(void)
{
	the.answer.x[T1] |= HIGH;
	the.answer.x[T2] |= HIGH;
}

static void reply_only_named_high_bits(void)
{
	the.answer.x[T1] |= HIGH;
}

static void reply_slot_wrong(void)
{
	the.answer.x[T1] = the.answer.x[T2] = SLOT_NOTE;
}

static void reply_endpoint_wrong(void)
{
	the.answer.x[A6] = SLOT_NOTE;
}

static void reply_other_endpoint(void)
{
	the.answer.x[A6] = SLOT_SECOND_ENDPOINT;
}

static void reply_none_next(void)
{
	the.answer.x[T2] = SLOT_NONE;
	the.calls = 2;
}

static void make_second(u32 n)
{
	if (!n)
		make_reply(SLOT_SECOND_REPLY);
}

static void next_is_another(void)
{
	the.before_answer = make_second;
	the.answer.x[T2] = SLOT_SECOND_REPLY;
}

static void endpoint_deleted(u32 n)
{
	if (!n)
		on(SLOT_OF_CSPACE + SERVER, CSPACE_DELETE, SLOT_ENDPOINT, 1);
}

static void endpoint_slot_deleted(void)
{
	the.before_answer = endpoint_deleted;
}

/* A copy of the capability goes, which is not the one that the server names. */
static void other_deleted(u32 n)
{
	if (!n)
		on(SLOT_OF_CSPACE + OTHER, CSPACE_DELETE, SLOT_ENDPOINT, 1);
}

static void endpoint_copy_deleted(void)
{
	the.before_answer = other_deleted;
	the.calls = 2;
}

static void reply_deleted(u32 n)
{
	if (!n)
		on(SLOT_OF_CSPACE + SERVER, CSPACE_DELETE, SLOT_REPLY, 1);
}

static void reply_slot_deleted(void)
{
	the.before_answer = reply_deleted;
}

static void recv_buffer_unmapped(void)
{
	window_buffer();
	the.receive.x[T4] = NOWHERE | 12;
}

const struct test_case native_cases[] = {
	{"words", 2, nothing},
	{"first_call", 1, first_call},
	{"label_negative", 2, label_negative},
	{"reply_label_zero", 2, reply_label_zero},
	{"reply_label_negative", 1, reply_label_negative},
	{"flags_unknown", 1, flags_unknown},
	{"reply_flags_unknown", 1, reply_flags_unknown},
	{"reply_copy", 2, reply_copy},
	{"reply_copy_nothing", 2, reply_copy_nothing},
	{"reply_copy_of_a_page", 2, reply_copy_of_a_page},
	{"reply_copy_too_long", 1, reply_copy_too_long},
	{"reply_copy_to_the_kernel", 1, reply_copy_to_the_kernel},
	{"reply_copy_from_the_kernel", 1, reply_copy_from_the_kernel},
	{"reply_copy_around_the_end", 1, reply_copy_around_the_end},
	{"reply_map_to_a_native_call", 1, reply_map},
	{"reply_retry_without_a_page", 1, reply_retry},
	{"many_calls", 6, many_calls},
	{"window_no_buffer", 2, window_no_buffer},
	{"window_buffer", 1, window_buffer},
	{"window_buffer_no_data", 1, window_buffer_no_data},
	{"window_longer_than_buffer", 1, window_longer_than_buffer},
	{"window_to_a_hole", 1, window_to_a_hole},
	{"window_kernel_half", 1, window_kernel_half},
	{"window_wraps", 1, window_wraps},
	{"no_window_buffer", 2, no_window_buffer},
	{"recv_buffer_unmapped", 1, recv_buffer_unmapped},
	{"fixed_slot", 2, fixed_slot},
	{"fixed_empty", 0, fixed_empty},
	{"fixed_behind", 0, fixed_behind},
	{"slot_high_bits", 1, slot_high_bits},
	{"fixed_high_bits", 1, fixed_high_bits},
	{"slot_empty", 0, slot_empty},
	{"slot_page_missing", 0, slot_page_missing},
	{"slot_none", 0, slot_none},
	{"slot_negative", 0, slot_negative},
	{"reply_endpoint_high_bits", 1, reply_endpoint_high_bits},
	{"reply_slot_high_bits", 1, reply_slot_high_bits},
	{"reply_only_named_high_bits", 1, reply_only_named_high_bits},
	{"reply_slot_wrong", 1, reply_slot_wrong},
	{"reply_endpoint_wrong", 1, reply_endpoint_wrong},
	{"reply_other_endpoint", 1, reply_other_endpoint},
	{"reply_none_next", 1, reply_none_next},
	{"next_is_another", 1, next_is_another},
	{"endpoint_slot_deleted", 1, endpoint_slot_deleted},
	{"endpoint_copy_deleted", 3, endpoint_copy_deleted},
	{"reply_slot_deleted", 1, reply_slot_deleted},
	{0, 0, 0},
};

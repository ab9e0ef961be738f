/* Page faults to a pager, and calls that are repeated because of a page. */
#include "servers/paths/paths.h"

/* The server answers with one page where the fault was. */
static void faults(exchange_fn *how, u64 rights)
{
	the.paged = true;
	the.how = how;
	the.call.x[A0] = NOWHERE;
	the.answer.x[T0] = (u64)MSG_MAP << 32;
	the.answer.x[T3] = SLOT_MEMORY;
	the.answer.x[A0] = NOWHERE;
	the.answer.x[A2] = 1;
	the.answer.x[A3] = rights;
}

static void frame_known(void)
{
	the.answer.x[A1] = the.frame;
}

static void reading(void)
{
	faults(exchange_load, ACCESS_READ);
	the.before_call = frame_known;
}

static void writing(void)
{
	faults(exchange_store, ACCESS_READ | ACCESS_WRITE);
	the.before_call = frame_known;
}

static void fetching(void)
{
	faults(exchange_fetch, ACCESS_READ | ACCESS_EXEC);
	the.before_call = frame_known;
}

static void write_only_read(void)
{
	writing();
	the.answer.x[A3] = ACCESS_READ;
}

static void map_nothing(void)
{
	reading();
	the.answer.x[A2] = 0;
}

static void map_two(void)
{
	reading();
	the.answer.x[A2] = 100;
}

static void map_kernel_half(void)
{
	reading();
	the.answer.x[A0] = ~0ull << 38;
}

static void map_no_memory(void)
{
	reading();
	the.answer.x[T3] = SLOT_NOTE;
}

static void map_untrusted(void)
{
	reading();
	the.untrusted = true;
}

static void map_mapped(void)
{
	reading();
	the.answer.x[A0] = (u64)client_memory[0];
}

static void map_then_plain(u32 n)
{
	the.answer.x[T0] = n % 2 ? 0 : (u64)MSG_MAP << 32;
}

static void answered_without_map(void)
{
	reading();
	the.before_answer = map_then_plain;
	the.answer.x[A0] = NOWHERE + PAGE_SIZE;
}

static void refused(void)
{
	reading();
	the.answer.x[T0] = (u32)-EFAULT;
}

static void refused_to_handler(void)
{
	refused();
	the.handled = true;
	the.run[OTHER] = other_serves;
}

static void pager_absent(void)
{
	reading();
	the.run[SERVER] = 0;
	the.cold = true;
}

static void without_pager(void)
{
	reading();
	the.run[OTHER] = other_calls;
	the.calls = 2;
}

static void use_float(void)
{
	frame_known();
	float_use(0x4000000000000001ull);
}

static void faulter_owns_fpu(void)
{
	reading();
	the.before_call = use_float;
}

/* --- Repeated calls: the first answer cannot copy, ERETRY; the fault is answered; again --- */

static u64 wanted_answer[3];

static void retry_answers(u32 n)
{
	u64 kind = exchanges[SERVER].x[T0];

	the.answer.x[T0] = wanted_answer[0];
	if (kind == KIND_FAILED)
		the.answer.x[T0] = (u32)-ERETRY;
	if (kind == KIND_FAULT)
		the.answer.x[T0] = wanted_answer[1];
	if (kind == KIND_ROUTED && n > 2)
		the.answer.x[T0] = wanted_answer[2];
	the.answer.x[A0] = (u64)client_memory[1];
}

static void retried(void)
{
	the.routed = the.paged = the.hole = true;
	the.call.x[A7] = NUMBER;
	the.call.x[A1] = (u64)client_memory[1];
	the.call.x[A2] = 100;
	the.route.window[0] = (struct window_spec){
		.kind = WINDOW_BUFFER, .access = ACCESS_WRITE, .arg = 1, .len_arg = 2};
	the.answer.x[T3] = SLOT_MEMORY;
	the.answer.x[T5] = (u64)server_memory[1];
	the.answer.x[T6] = 60;
	the.answer.x[A2] = 1;
	the.answer.x[A3] = ACCESS_READ | ACCESS_WRITE;
	the.before_call = frame_known;
	the.before_answer = retry_answers;
	wanted_answer[0] = wanted_answer[2] = (u64)MSG_COPY << 32;
	wanted_answer[1] = (u64)MSG_MAP << 32;
}

static void retry_refused(void)
{
	retried();
	the.calls = 2;
	wanted_answer[1] = (u32)-EFAULT;
	wanted_answer[2] = 0;
}

const struct test_case fault_cases[] = {
	{"fault_read", 2, reading},
	{"fault_write", 2, writing},
	{"fault_exec", 2, fetching},
	{"fault_write_mapped_to_read", 3, write_only_read},
	{"fault_map_nothing", 1, map_nothing},
	{"fault_map_too_many", 1, map_two},
	{"fault_map_kernel_half", 1, map_kernel_half},
	{"fault_map_no_memory", 1, map_no_memory},
	{"fault_map_untrusted", 1, map_untrusted},
	{"fault_map_mapped", 1, map_mapped},
	{"fault_answered_without_map", 11, answered_without_map},
	{"fault_refused", 1, refused},
	{"fault_refused_to_handler", 9, refused_to_handler},
	{"fault_pager_absent", 0, pager_absent},
	{"fault_without_pager", 2, without_pager},
	{"fault_of_the_fpu_owner", 2, faulter_owns_fpu},
	{"retry", 4, retried},
	{"retry_refused", 3, retry_refused},
	{0, 0, 0},
};

/* Native calls: who receives, who is ready, who is marked, stopped or owns the FPU. */
#include "servers/paths/paths.h"

/* --- Ranks, nesting, queues, notices --- */

static void call_oneself(u32 n)
{
	if (!n)
		step_native(SERVER, SLOT_SESSION, 3, 4);
}

static void rank_equal(void)
{
	the.before_answer = call_oneself;
}

static void call_second(u32 n)
{
	if (n < 2)
		step_native(SERVER, SLOT_SECOND_SESSION, 3, 4);
}

static void nested(void)
{
	the.before_answer = call_second;
	the.run[OTHER] = other_serves;
	the.calls = 2;
}

static void receiver_absent(void)
{
	the.cold = true;
	the.order[0] = CLIENT;
	the.order[2] = SERVER;
}

static void two_queued(void)
{
	receiver_absent();
	the.run[OTHER] = other_calls;
}

static void two_clients(void)
{
	the.run[OTHER] = other_calls;
	the.calls = 2;
}

static void signal_self(u32 n)
{
	if (!n)
		on(SLOT_NOTE, NOTIFICATION_SIGNAL, 6, 0);
}

static void bits_pending(void)
{
	the.before_answer = signal_self;
}

static void close_spare(u32 n)
{
	if (!n)
		on(SLOT_OF_CSPACE + SERVER, CSPACE_DELETE, SLOT_SPARE, 1);
}

static void notice_pending(void)
{
	the.before_answer = close_spare;
}

static void signal_server(void)
{
	on(SLOT_NOTE, NOTIFICATION_SIGNAL, 6, 0);
}

static void bits_before_call(void)
{
	the.before_call = signal_server;
}

static void last_use_delete(u32 n)
{
	if (!n)
		on(SLOT_OF_CSPACE + CLIENT, CSPACE_DELETE, SLOT_SESSION, 1);
}

static void last_use(void)
{
	the.only_one = true;
	the.before_answer = last_use_delete;
}

/* --- Who is ready --- */

static void start_other(void)
{
	on(SLOT_OF_THREAD + OTHER, THREAD_START, 0, 0);
}

/* Ready from the client's call on: priorities of client, server, other. */
static void ready(u8 client, u8 server, u8 other)
{
	the.priority[CLIENT] = client;
	the.priority[SERVER] = server;
	the.priority[OTHER] = other;
	the.run[OTHER] = other_spins;
	the.order[1] = CLIENT;
	the.order[2] = OTHER;
	the.before_call = start_other;
}

static void ready_lower(void)
{
	ready(20, 20, 10);
}

static void ready_equal(void)
{
	ready(20, 20, 20);
}

static void ready_between(void)
{
	ready(30, 20, 25);
}

static void ready_between_reply(void)
{
	ready(30, 35, 30);
}

static void start_other_late(u32 n)
{
	if (!n)
		start_other();
}

static void ready_above_caller(void)
{
	ready(20, 30, 25);
	the.before_call = 0;
	the.before_answer = start_other_late;
}

static void caller_above(void)
{
	the.priority[CLIENT] = 30;
	the.calls = 2;
}

static void caller_below(void)
{
	the.priority[CLIENT] = 10;
	the.calls = 2;
}

/* --- A slice that is over --- */

static void end_slice(u32 n)
{
	struct method_call m = {.label = MACHINE_PATHS, .word = {PATHS_KEEP, PATHS_SLICE_OVER}};

	if (!n)
		method_do(SLOT_MACHINE, &m);
}

static void slice_over(void)
{
	the.before_answer = end_slice;
	the.calls = 2;
}

static void slice_over_ready_equal(void)
{
	ready(20, 20, 20);
	the.before_answer = end_slice;
}

static void slice_over_ready_lower(void)
{
	ready(20, 20, 10);
	the.before_answer = end_slice;
}

static void end_slice_of_client(void)
{
	end_slice(0);
}

static void slice_over_at_call(void)
{
	the.before_call = end_slice_of_client;
	the.calls = 2;
}

/* --- Marks, floating point --- */

static void interrupt_client(u32 n)
{
	if (!n)
		on(SLOT_OF_THREAD + CLIENT, THREAD_INTERRUPT, 0, 0);
}

static void caller_marked(void)
{
	the.before_answer = interrupt_client;
}

static void stop_client(u32 n)
{
	if (!n)
		on(SLOT_OF_THREAD + CLIENT, THREAD_STOP, 0, 0);
}

static void caller_stopped(void)
{
	the.before_answer = stop_client;
}

static void interrupt_server(u32 n)
{
	if (!n)
		on(SLOT_OF_THREAD + SERVER, THREAD_INTERRUPT, 0, 0);
}

static void server_marked(void)
{
	the.before_answer = interrupt_server;
	the.calls = 2;
}

static void interrupt_waiting(void)
{
	on(SLOT_OF_THREAD + SERVER, THREAD_INTERRUPT, 0, 0);
}

static void receiver_marked(void)
{
	the.before_call = interrupt_waiting;
}

static void mark_self(void)
{
	on(SLOT_OF_THREAD + CLIENT, THREAD_INTERRUPT, 0, 0);
}

static void client_marked_no_handler(void)
{
	the.before_call = mark_self;
}

static void use_float(void)
{
	float_use(0x4000000000000000ull);
}

static void caller_owns_fpu(void)
{
	the.before_call = use_float;
	the.calls = 2;
}

static void server_uses_float(u32 n)
{
	float_use(n);
}

static void server_owns_fpu(void)
{
	the.before_answer = server_uses_float;
	the.calls = 2;
}

const struct test_case turn_cases[] = {
	{"rank_equal", 2, rank_equal},
	{"nested", 7, nested},
	{"receiver_absent", 1, receiver_absent},
	{"two_queued", 1, two_queued},
	{"two_clients", 8, two_clients},
	{"bits_pending", 1, bits_pending},
	{"notice_pending", 1, notice_pending},
	{"bits_before_call", 0, bits_before_call},
	{"last_use", 1, last_use},
	{"ready_lower", 3, ready_lower},
	{"ready_equal", 3, ready_equal},
	{"ready_between", 2, ready_between},
	{"ready_between_reply", 3, ready_between_reply},
	{"ready_above_caller", 2, ready_above_caller},
	{"slice_over", 3, slice_over},
	{"slice_over_ready_equal", 2, slice_over_ready_equal},
	{"slice_over_ready_lower", 2, slice_over_ready_lower},
	{"slice_over_at_call", 4, slice_over_at_call},
	{"caller_above", 4, caller_above},
	{"caller_below", 4, caller_below},
	{"caller_marked", 1, caller_marked},
	{"caller_stopped", 1, caller_stopped},
	{"server_marked", 1, server_marked},
	{"receiver_marked", 0, receiver_marked},
	{"client_marked_no_handler", 0, client_marked_no_handler},
	{"caller_owns_fpu", 0, caller_owns_fpu},
	{"server_owns_fpu", 1, server_owns_fpu},
	{0, 0, 0},
};

/* Calls that the kernel answers, reply alone, recv, yield: what they return and leave. */
#include "servers/paths/paths.h"

static void method(slot_t slot, u64 label, u64 word)
{
	the.call.x[A6] = slot;
	the.call.x[T0] = label;
	the.call.x[A0] = word;
}

static void identify(void)
{
	method(SLOT_OF_CSPACE + CLIENT, CSPACE_IDENTIFY, SLOT_SESSION);
}

static void identify_empty(void)
{
	method(SLOT_OF_CSPACE + CLIENT, CSPACE_IDENTIFY, SLOT_EMPTY);
}

static void identify_other(void)
{
	method(SLOT_OF_CSPACE + CLIENT, CSPACE_IDENTIFY, SLOT_NOTE);
}

static void identify_high(void)
{
	method(SLOT_OF_CSPACE + CLIENT, CSPACE_IDENTIFY, SLOT_SESSION | 1ull << 32);
}

static void identify_no_page(void)
{
	method(SLOT_OF_CSPACE + CLIENT, CSPACE_IDENTIFY, 5000);
}

static void identify_fixed(void)
{
	method(SLOT_OF_CSPACE + CLIENT, CSPACE_IDENTIFY, FIXED);
}

static void identify_flags(void)
{
	identify();
	the.call.x[T0] |= (u64)MSG_SEND << 32;
}

static void method_unknown(void)
{
	method(SLOT_NOTE, CSPACE_IDENTIFY, 1);
}

static void method_none(void)
{
	method(SLOT_NOTE, 0, 1);
}

static void method_in_chunks(void)
{
	method(SLOT_OF_CSPACE + OTHER, CSPACE_DELETE, 0);
	the.call.x[A1] = 8000;
}

static void method_six_words(void)
{
	method(SLOT_POOL, POOL_STATS, 0);
}

static void method_receives(void)
{
	method(SLOT_OF_CSPACE + OTHER, CSPACE_FETCH, SLOT_SPARE);
	the.call.x[T0] |= (u64)MSG_RECEIVE << 32;
	the.call.x[T3] = (u64)SLOT_EMPTY << 32;
	the.calls = 2; /* the slot is in use, then */
}

static void method_bad_window(void)
{
	method(SLOT_OF_THREAD + OTHER, THREAD_READ, 0);
	the.call.x[T1] = NOWHERE;
	the.call.x[T2] = 4096;
}

static void read_oneself(void)
{
	method(SLOT_OF_THREAD + CLIENT, THREAD_READ, 0);
	the.call.x[T1] = (u64)client_memory[0];
	the.call.x[T2] = 4096;
}

static void interrupt_oneself(void)
{
	method(SLOT_OF_THREAD + CLIENT, THREAD_INTERRUPT, 0);
	the.handled = true;
	the.run[OTHER] = other_serves;
}

static void signal_nobody(void)
{
	method(SLOT_SHOUT, NOTIFICATION_SIGNAL, 0xff00);
	the.calls = 2;
}

static void signal_nothing(void)
{
	method(SLOT_SHOUT, NOTIFICATION_SIGNAL, 0);
}

static void signal_bound(void)
{
	method(SLOT_NOTE, NOTIFICATION_SIGNAL, 3);
}

static void wait_for_shout(void)
{
	static struct exchange x;

	for (u32 i = 0; i < 2; i++) {
		fill(&x, 0x0a11);
		x.x[A7] = (u64)OP_RECV;
		x.x[A6] = SLOT_SHOUT;
		x.x[T2] = SLOT_NONE;
		step_call(OTHER, &x);
	}
	park();
}

static void signal_waiter(u8 priority)
{
	signal_nobody();
	the.run[OTHER] = wait_for_shout;
	the.priority[OTHER] = priority;
}

static void signal_above(void)
{
	signal_waiter(30);
}

/* Nobody is woken for nothing. */
static void signal_nothing_above(void)
{
	signal_above();
	the.call.x[A0] = 0;
}

static void signal_equal(void)
{
	signal_waiter(20);
}

static void signal_below(void)
{
	signal_waiter(10);
}

static void use_float(void)
{
	float_use(5);
}

static void signal_above_fpu(void)
{
	signal_above();
	the.before_call = use_float;
}

/* --- Reply alone, recv, yield --- */

static void reply_then_recv(void)
{
	static struct exchange reply;

	make_reply(SLOT_REPLY);
	for (u32 i = 0; i < 3; i++) {
		step_call(SERVER, &the.receive);
		reply = the.answer;
		reply.x[A7] = (u64)OP_REPLY;
		step_call(SERVER, &reply);
	}
	park();
}

static void reply_alone(void)
{
	the.cold = true;
	the.calls = 2;
	the.run[SERVER] = reply_then_recv;
}

static void reply_alone_error(void)
{
	reply_alone();
	the.answer.x[T1] = SLOT_EMPTY;
}

static void reply_alone_to_above(void)
{
	reply_alone();
	the.priority[CLIENT] = 30;
}

static void reply_alone_routed(void)
{
	reply_alone();
	the.routed = true;
	the.call.x[A7] = NUMBER;
}

static void recv_twice(void)
{
	static struct exchange x;

	x = the.receive;
	step_call(OTHER, &x); /* somebody waits there: EBUSY */
	x.x[A6] = SLOT_EMPTY;
	step_call(OTHER, &x);
	x.x[A6] = SLOT_GIFT + (1ull << 32);
	sending(SLOT_GIFT, NOTIFICATION_SIGNAL, SLOT_GIFT, 9);
	step_call(OTHER, &x);
	park();
}

static void recv_errors(void)
{
	the.run[OTHER] = recv_twice;
}

static void yields(void)
{
	static struct exchange x;

	fill(&x, 0x91e1);
	x.x[A7] = (u64)OP_YIELD;
	for (u32 i = 0; i < 3; i++)
		step_call(OTHER, &x);
	park();
}

static void yield_two(void)
{
	fill(&the.call, 0x91e1);
	the.call.x[A7] = (u64)OP_YIELD;
	the.calls = 3;
	the.run[OTHER] = yields;
}

static void operation_unknown(void)
{
	the.call.x[A7] = (u64)-4000;
}

const struct test_case method_cases[] = {
	{"identify", 1, identify},
	{"identify_empty", 0, identify_empty},
	{"identify_no_session", 0, identify_other},
	{"identify_high_bits", 0, identify_high},
	{"identify_page_missing", 0, identify_no_page},
	{"identify_fixed_slot", 0, identify_fixed},
	{"identify_with_flags", 0, identify_flags},
	{"method_unknown", 0, method_unknown},
	{"method_none", 0, method_none},
	{"method_in_chunks", 0, method_in_chunks},
	{"method_six_words", 0, method_six_words},
	{"method_receives_a_capability", 0, method_receives},
	{"method_bad_window", 0, method_bad_window},
	{"method_reads_its_caller", 0, read_oneself},
	{"method_interrupts_its_caller", 0, interrupt_oneself},
	{"signal_nobody", 2, signal_nobody},
	{"signal_no_bits", 1, signal_nothing},
	{"signal_bound_receiver", 0, signal_bound},
	{"signal_wakes_above", 2, signal_above},
	{"signal_no_bits_above", 0, signal_nothing_above},
	{"signal_wakes_equal", 1, signal_equal},
	{"signal_wakes_below", 1, signal_below},
	{"signal_of_the_fpu_owner", 0, signal_above_fpu},
	{"reply_alone", 1, reply_alone},
	{"reply_alone_to_nobody", 0, reply_alone_error},
	{"reply_alone_to_a_higher_priority", 0, reply_alone_to_above},
	{"reply_alone_to_routed", 1, reply_alone_routed},
	{"recv_errors", 2, recv_errors},
	{"yield", 0, yield_two},
	{"operation_unknown", 0, operation_unknown},
	{0, 0, 0},
};

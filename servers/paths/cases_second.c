/*
 * Two Replies answered by one reply (MSG_ALSO), and bytes passed between their callers.
 *
 * CLIENT writes by the route of NUMBER, OTHER reads by the next one.  The server keeps one of them,
 * receives the other and answers both, so recv finds nothing in between; then they change places.
 */
#include "servers/paths/paths.h"

#define ROUNDS 3u

struct exchange the_reads;
u32 the_flags;

static void other_reads(void)
{
	for (u32 i = 0; i < the.calls; i++)
		step_call(OTHER, &the_reads);
	park();
}

/* What is kept after a failure is answered apart. */
static void answer_apart(slot_t one, slot_t two)
{
	static struct exchange x;
	const slot_t slots[2] = {one, two};

	for (u32 i = 0; i < 2; i++) {
		x = the.answer;
		x.x[A7] = (u64)OP_REPLY;
		x.x[T0] = 0;
		x.x[T1] = slots[i];
		step_call(SERVER, &x);
	}
}

static u64 flags_of(u32 round)
{
	bool passes = the_flags & MSG_PASS, odd = round & 1;
	u32 other = the_flags & ~(u32)(MSG_PASS | FLAG_BACKWARDS);

	if (the_flags & FLAG_BACKWARDS)
		odd = !odd;
	return (MSG_ALSO | other | (!passes ? 0 : odd ? MSG_COPY : MSG_PASS)) * (1ull << 32);
}

static void serve_two(void)
{
	static struct exchange receive, answer;
	slot_t kept = SLOT_SECOND_REPLY, last = SLOT_REPLY;

	make_reply(kept);
	make_reply(last);
	receive = the.receive;
	receive.x[T2] = kept;
	step_call(SERVER, &receive);
	for (u32 i = 0; i < ROUNDS; i++) {
		slot_t answered = last;

		receive.x[T2] = last;
		step_call(SERVER, &receive);
		answer = the.answer;
		answer.x[T0] |= flags_of(i);
		answer.x[T1] = answer.x[T2] = last;
		if (!answer.x[T5])
			answer.x[T5] = kept;
		if (the.before_answer)
			the.before_answer(i);
		step_call(SERVER, &answer);
		if (exchanges[SERVER].x[T0] == KIND_FAILED) {
			answer_apart(last, kept);
			break;
		}
		last = kept;
		kept = answered;
	}
	park();
}

void case_two(u64 number)
{
	the_flags = 0;
	the.cold = true;
	the.routed = true;
	the.calls = ROUNDS;
	the.run[SERVER] = serve_two;
	the.run[OTHER] = other_reads;
	the.answer.x[T0] = 0;
	the.answer.x[T5] = 0;
	the.answer.x[T6] = number;
	the.call.x[A7] = NUMBER;
	the.call.x[A1] = (u64)client_memory[0] + 3;
	the.call.x[A2] = 100;
	the_reads = the.call;
	the_reads.x[A7] = NUMBER + 1;
	the_reads.x[A1] = (u64)client_memory[1] + 17;
	the.route.window[0] = (struct window_spec){WINDOW_BUFFER, ACCESS_READ, 1, 2, 0};
	the.next_route = the.route;
	the.next_route.window[0].access = ACCESS_WRITE;
}

static void number(void)
{
	case_two(0x7fff12345678ull);
}

void case_passes(u64 n)
{
	case_two(n);
	the_flags = MSG_PASS;
}

static void byte(void)
{
	case_passes(1);
}

static void negative(void)
{
	case_two(~0ull);
}

static void first_fails(void)
{
	case_two(5);
	the.answer.x[T0] = (u32)-EPERM;
}

static void first_comes_again(void)
{
	case_two(5);
	the.answer.x[T0] = (u32)-ERETRY;
}

static void same(void)
{
	case_two(5);
	the.answer.x[T5] = SLOT_REPLY;
}

static void empty(void)
{
	case_two(5);
	the.answer.x[T5] = SLOT_EMPTY;
}

static void no_reply(void)
{
	case_two(5);
	the.answer.x[T5] = SLOT_ENDPOINT;
}

static void high_bits(void)
{
	case_two(5);
	the.answer.x[T5] = SLOT_SECOND_REPLY | 1ull << 32;
}

static void make_idle(u32 n)
{
	if (!n)
		make_reply(SLOT_EMPTY);
}

static void idle(void)
{
	case_two(5);
	the.before_answer = make_idle;
	the.answer.x[T5] = SLOT_EMPTY;
}

static void kill_other(u32 n)
{
	if (!n)
		sending(SLOT_POOL, POOL_RECLAIM, SLOT_OF_THREAD + OTHER, 0);
}

static void dead(void)
{
	byte();
	the.before_answer = kill_other;
}

static void kill_client(u32 n)
{
	if (!n)
		sending(SLOT_POOL, POOL_RECLAIM, SLOT_OF_THREAD + CLIENT, 0);
}

static void first_dead(void)
{
	byte();
	the.before_answer = kill_client;
}

static void mark_other(u32 n)
{
	if (!n)
		on(SLOT_OF_THREAD + OTHER, THREAD_INTERRUPT, 0, 0);
}

static void marked(void)
{
	byte();
	the.before_answer = mark_other;
}

static void stop_other(u32 n)
{
	if (!n)
		on(SLOT_OF_THREAD + OTHER, THREAD_STOP, 0, 0);
}

static void stopped(void)
{
	byte();
	the.before_answer = stop_other;
}

static void give_other(u32 n)
{
	if (!n)
		sending(SLOT_SECOND_REPLY, REPLY_GIVE, SLOT_SPARE, 0);
}

static void given(void)
{
	case_two(5);
	the.before_answer = give_other;
}

static void sends(void)
{
	case_two(5);
	the_flags = MSG_SEND;
	the.answer.x[T3] = SLOT_GIFT;
}

static void sends_nothing(void)
{
	sends();
	the.answer.x[T3] = SLOT_EMPTY;
}

static void second_native(void)
{
	case_two(5);
	the_reads = the.call;
	the_reads.x[A7] = (u64)OP_CALL;
	the_reads.x[A6] = SLOT_SESSION;
	the_reads.x[T0] = 3;
}

static void first_native(void)
{
	case_two(5);
	the.call.x[A7] = (u64)OP_CALL;
}

static void native_bytes(void)
{
	second_native();
	the_flags = MSG_PASS;
}

static void above(void)
{
	byte();
	the.priority[OTHER] = 30;
}

static void below(void)
{
	byte();
	the.priority[OTHER] = 10;
}

static void one_session(void)
{
	byte();
	the.other_fixed = true;
}

static void drop_session(u32 n)
{
	if (!n)
		on(SLOT_OF_CSPACE + OTHER, CSPACE_DELETE, FIXED, 1);
}

static void last_use(void)
{
	byte();
	the.before_answer = drop_session;
}

static void alone(void)
{
	byte();
	the.answer.x[A7] = (u64)OP_REPLY;
}

const struct test_case second_cases[] = {
	{"second_number", 7, number},
	{"second_byte", 7, byte},
	{"second_negative", 0, negative},
	{"second_first_fails", 4, first_fails},
	{"second_first_comes_again", 4, first_comes_again},
	{"second_is_first", 0, same},
	{"second_empty_slot", 0, empty},
	{"second_no_reply", 0, no_reply},
	{"second_high_bits", 2, high_bits},
	{"second_idle", 0, idle},
	{"second_dead", 0, dead},
	{"second_first_dead", 0, first_dead},
	{"second_marked", 4, marked},
	{"second_stopped", 1, stopped},
	{"second_given", 6, given},
	{"second_sends", 4, sends},
	{"second_sends_nothing", 0, sends_nothing},
	{"second_native", 4, second_native},
	{"second_first_native", 4, first_native},
	{"second_native_bytes", 0, native_bytes},
	{"second_above", 2, above},
	{"second_below", 5, below},
	{"second_of_one_session", 7, one_session},
	{"second_last_use", 2, last_use},
	{"second_reply_alone", 2, alone},
	{0},
};

/* Who dies, and what is reclaimed, while others wait. */
#include "servers/paths/paths.h"

/* OTHER, of lower priority, does it when CLIENT and SERVER wait. */
static void later(void (*what)(void))
{
	the.run[OTHER] = what;
	the.priority[OTHER] = 10;
	the.order[1] = CLIENT;
	the.order[2] = OTHER;
}

static void reclaim(slot_t slot)
{
	while (sending(SLOT_POOL, POOL_RECLAIM, slot, 0) > 0)
		;
}

/* The server takes the message and waits for something else. */
static void server_keeps(u32 n)
{
	static struct exchange x;

	if (n)
		return;
	fill(&x, 0xeee);
	x.x[A7] = (u64)OP_RECV;
	x.x[A6] = SLOT_ENDPOINT;
	x.x[T0] = x.x[T4] = 0;
	x.x[T2] = SLOT_NONE;
	step_call(SERVER, &x);
}

static void kill_client(void)
{
	reclaim(SLOT_OF_THREAD + CLIENT);
	step_native(OTHER, SLOT_EMPTY, 1, 1);
	park();
}

static void caller_dies(void)
{
	the.before_answer = server_keeps;
	later(kill_client);
}

static void routed_caller_dies(void)
{
	caller_dies();
	the.routed = true;
	the.call.x[A7] = NUMBER;
}

static void kill_server(void)
{
	reclaim(SLOT_OF_THREAD + SERVER);
	on(SLOT_ENDPOINT, ENDPOINT_RESTART, RESTART_FAIL, 0);
	step_native(OTHER, SLOT_EMPTY, 1, 1);
	park();
}

static void server_dies(void)
{
	the.before_answer = server_keeps;
	the.calls = 2;
	later(kill_server);
}

static void restart_requeue(void)
{
	on(SLOT_ENDPOINT, ENDPOINT_RESTART, RESTART_REQUEUE, 0);
	step_native(OTHER, SLOT_EMPTY, 1, 1);
	park();
}

static void requeue_native(void)
{
	the.before_answer = server_keeps;
	the.calls = 2;
	later(restart_requeue);
}

static void requeue_routed(void)
{
	requeue_native();
	the.routed = true;
	the.call.x[A7] = NUMBER;
	the.route.flags = ROUTE_REPEATS;
}

static void kill_endpoint(void)
{
	reclaim(SLOT_ENDPOINT);
	step_native(OTHER, SLOT_SESSION, 1, 1);
	park();
}

static void endpoint_dies(void)
{
	the.before_answer = server_keeps;
	the.calls = 2;
	later(kill_endpoint);
}

static void endpoint_dies_idle(void)
{
	later(kill_endpoint);
}

/* More Replies than one entry unlinks; the one that is named has come here first. */
#define MANY 70
#define SLOT_MANY 200

static void many_calls(void)
{
	for (u32 i = 0; i < MANY; i++)
		call0(SLOT_SESSION, 1);
	park();
}

static void many_replies(void)
{
	static struct exchange x;

	for (u32 i = 0; i < MANY; i++) {
		make_reply(SLOT_MANY + i);
		x = i ? the.answer : the.receive;
		x.x[T1] = SLOT_MANY + i - 1;
		x.x[T2] = SLOT_MANY + i;
		exchange_ecall(&x);
	}
	x = the.answer;
	x.x[T1] = SLOT_MANY + MANY - 1;
	x.x[T2] = SLOT_MANY;
	for (u32 i = 0; i < 4; i++) {
		step_call(SERVER, &x);
		x = the.receive;
		x.x[T2] = SLOT_MANY;
	}
	park();
}

/* In the middle of its death its server asks for the next message. */
static void endpoint_dies_slowly(void)
{
	the.cold = true;
	the.run[CLIENT] = many_calls;
	the.run[SERVER] = many_replies;
	endpoint_dies_idle();
}

static void kill_first(void)
{
	reclaim(SLOT_ENDPOINT);
}

static void call_of_a_dead_session(void)
{
	the.before_call = kill_first;
}

static void routed_call_of_a_dead_session(void)
{
	call_of_a_dead_session();
	the.routed = true;
	the.call.x[A7] = NUMBER;
}

/* Of a server in recv everything is unmapped, and its address space is gone. */
static void reclaim_space(void)
{
	on(SLOT_OF_ASPACE + SERVER, ASPACE_UNMAP, 0x10000, 0x1000);
	reclaim(SLOT_OF_ASPACE + SERVER);
}

static void receiver_without_space(void)
{
	the.before_call = reclaim_space;
}

/* The server is held, and gets OTHER's table, where its slots are empty. */
static void change_table(void)
{
	struct method_call m = {
		.label = THREAD_CONFIGURE,
		.word = {20, 1, SLOT_NONE, SLOT_OF_CSPACE + OTHER, SLOT_NONE, SLOT_NONE}};

	on(SLOT_OF_THREAD + SERVER, THREAD_STOP, 0, 0);
	method_do(SLOT_OF_THREAD + SERVER, &m);
	on(SLOT_OF_THREAD + SERVER, THREAD_START, 0, 0);
}

static void receiver_with_another_table(void)
{
	the.before_call = change_table;
	the.calls = 2;
}

static void forward_then(u32 n)
{
	struct method_call m = {.label = REPLY_FORWARD,
				.word = {0, SLOT_SECOND_SESSION, 7, 8, 9, 10}};

	if (!n)
		method_do(SLOT_REPLY, &m);
}

static void interrupt_later(void)
{
	step_native(OTHER, SLOT_OF_THREAD + CLIENT, THREAD_INTERRUPT, 0);
	park();
}

/* Nobody receives what was forwarded; the caller is interrupted. */
static void forwarded_interrupted(void)
{
	the.before_answer = forward_then;
	later(interrupt_later);
}

static void forwarded(void)
{
	the.before_answer = forward_then;
	the.run[OTHER] = other_serves;
	the.calls = 2;
}

static void queued_interrupted(void)
{
	the.cold = true;
	the.run[SERVER] = 0;
	later(interrupt_later);
}

const struct test_case death_cases[] = {
	{"caller_dies", 1, caller_dies},
	{"routed_caller_dies", 1, routed_caller_dies},
	{"server_dies", 1, server_dies},
	{"requeue_native", 1, requeue_native},
	{"requeue_routed", 1, requeue_routed},
	{"endpoint_dies", 1, endpoint_dies},
	{"endpoint_dies_idle", 2, endpoint_dies_idle},
	{"endpoint_dies_slowly", 0, endpoint_dies_slowly},
	{"call_of_a_dead_session", 0, call_of_a_dead_session},
	{"routed_call_of_a_dead_session", 0, routed_call_of_a_dead_session},
	{"receiver_with_another_table", 0, receiver_with_another_table},
	{"receiver_without_space", 0, receiver_without_space},
	{"forwarded", 2, forwarded},
	{"forwarded_interrupted", 1, forwarded_interrupted},
	{"queued_interrupted", 0, queued_interrupted},
	{0, 0, 0},
};

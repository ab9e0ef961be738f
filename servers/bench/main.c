/*
 * The cases of the message table: each makes its world, starts its threads, waits for
 * the results, and prints a line.
 *
 * Everything is counted, stubs and loops included; where a counter is read inside the loop, its
 * instructions are taken off.
 */
#include "servers/bench/bench.h"

_Static_assert(LOOP_CALL == OP_CALL && LOOP_RECV == OP_RECV && LOOP_REPLY_RECV == OP_REPLY_RECV
		       && LOOP_YIELD == OP_YIELD,
	       "operations of loops.S");
_Static_assert(LOOP_RECEIVE == MSG_RECEIVE && LOOP_SEND == MSG_SEND && LOOP_COPY == MSG_COPY
		       && LOOP_SEND_MOVE_RECEIVE == (MSG_SEND | MSG_MOVE | MSG_RECEIVE),
	       "flags of loops.S");
_Static_assert((u32)LOOP_ASPACE_MAP == (u32)ASPACE_MAP
		       && (u32)LOOP_ASPACE_UNMAP == (u32)ASPACE_UNMAP
		       && LOOP_BYTES == 1 << LOOP_BYTES_SHIFT,
	       "methods of loops.S");
_Static_assert((u32)LOOP_NOTIFICATION_SIGNAL == (u32)NOTIFICATION_SIGNAL
		       && (u32)LOOP_CSPACE_IDENTIFY == (u32)CSPACE_IDENTIFY,
	       "methods of loops.S");
_Static_assert((u32)LOOP_CSPACE == (u32)SERVER_CSPACE && (u32)LOOP_ENDPOINT == (u32)SERVER_ENDPOINT,
	       "slots of loops.S");

#define MAP_AT 0x1000000000ull

u64 map_words[2];

/* --- What runs in the homes: a check that it works, then the loop ------------------------- */

static void serve(void (*loop)(void))
{
	object_create_at(OBJECT_REPLY, SLOT_REPLY);
	loop();
}

static void words_server(void)
{
	serve(serve_words);
}

static void bytes_server(void)
{
	serve(serve_bytes);
}

static void gift_server(void)
{
	serve(serve_gift);
}

static void call_client(void)
{
	struct message m = {.word = {1, 2, 3, 4, 5, 6}, .label = 1};

	measure_check(msg_call(SLOT_SESSION, &m) == 0 && m.word[0] == 1 && m.word[5] == 6);
	measure(call_loop);
}

/* Both buffers can be seen from here. */
static void bytes_client(void)
{
	struct message m = {.label = 1, .data = call_buffer, .data_len = LOOP_BYTES};

	memset(call_buffer, 0x5a, LOOP_BYTES);
	measure_check(msg_call(SLOT_SESSION, &m) == 0
		      && !memcmp(call_buffer, serve_buffer, LOOP_BYTES));
	measure(call_bytes_loop);
}

static void gift_client(void)
{
	struct message m = {.label = 1,
			    .flags = MSG_SEND | MSG_MOVE | MSG_RECEIVE,
			    .send = SLOT_GIFT,
			    .receive = SLOT_GIFT};

	measure_check(msg_call(SLOT_SESSION, &m) == 0 && m.receive == SLOT_GIFT);
	measure(call_gift_loop);
}

static u64 routed_call(u64 word)
{
	register u64 a7 __asm__("a7") = ROUTED_NUMBER;
	register u64 a0 __asm__("a0") = word;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
	return a0;
}

static void routed_client(void)
{
	measure_check(routed_call(77) == 77);
	measure(routed_loop);
}

static void fault_server(void)
{
	struct receive first = {.endpoint = SERVER_ENDPOINT, .reply = SLOT_REPLY, .cap = SLOT_NONE};
	struct delivery d;

	object_create_at(OBJECT_REPLY, SLOT_REPLY);
	msg_recv(&first, &d);
	measure_check(d.kind == KIND_FAULT && d.label == FAULT_READ);
	measure(fault_loop);
}

static void signaller(void)
{
	measure_check(call1(SLOT_SIGNALLED, NOTIFICATION_SIGNAL, 1) >= 0);
	measure(signal_loop);
}

static void waker(void)
{
	measure_part(wake_loop);
}

static void yielder(void)
{
	measure(yield_loop);
}

static void identifier(void)
{
	measure_check(call1(SERVER_CSPACE, CSPACE_IDENTIFY, SLOT_SESSION) == OBJECT_SESSION);
	measure(identify_loop);
}

/* The first mapping makes the page table; the frame has been a user's from then on. */
static void mapper(void)
{
	u64 word[4] = {map_words[0], map_words[1], 1, ACCESS_READ | ACCESS_WRITE};

	measure_check(call_cap(SERVER_ASPACE, ASPACE_MAP, SLOT_MEMORY, word) >= 0
		      && call2(SERVER_ASPACE, ASPACE_UNMAP, map_words[0], 1) >= 0);
	measure(map_loop);
}

/* --- Cases ----------------------------------------------------------------------------------- */

static void case_call(void)
{
	world_thread(SERVER, PRIORITY_WORKER, words_server);
	world_thread(CLIENT, PRIORITY_WORKER, call_client);
}

static void case_call_ready(void)
{
	case_call();
	world_thread(SERVER, PRIORITY_IDLER, spin);
}

static void case_bytes(void)
{
	world_thread(SERVER, PRIORITY_WORKER, bytes_server);
	world_thread(CLIENT, PRIORITY_WORKER, bytes_client);
}

static void case_gift(void)
{
	world_thread(SERVER, PRIORITY_WORKER, gift_server);
	world_thread(CLIENT, PRIORITY_WORKER, gift_client);
}

static void case_routed(void)
{
	world_route();
	world_thread(SERVER, PRIORITY_WORKER, words_server);
	world_thread(CLIENT, PRIORITY_WORKER, routed_client);
}

static void case_fault(void)
{
	world_thread(SERVER, PRIORITY_WORKER, fault_server);
	world_faulter(fault_for_ever);
}

static void case_wake(void)
{
	world_thread(SERVER, PRIORITY_WAITER, wait_signals);
	world_thread(CLIENT, PRIORITY_WORKER, waker);
}

static void case_signal(void)
{
	world_thread(CLIENT, PRIORITY_WORKER, signaller);
}

static void case_yield(void)
{
	world_thread(SERVER, PRIORITY_WORKER, yield_for_ever);
	world_thread(CLIENT, PRIORITY_WORKER, yielder);
}

static void case_identify(void)
{
	world_thread(CLIENT, PRIORITY_WORKER, identifier);
}

static void case_map(void)
{
	map_words[0] = MAP_AT;
	map_words[1] = world_frame();
	world_thread(CLIENT, PRIORITY_WORKER, mapper);
}

static const struct {
	const char *name, *unit;
	void (*start)(void);
	u64 per;  /* operations in a turn of the loop */
	u64 less; /* instructions of the measurement itself */
} cases[] = {
	{"call", "call+reply_recv, 6 words and a label", case_call, 1, 0},
	{"callready", "the same, a third thread ready", case_call_ready, 1, 0},
	{"call512", "the same, 512 bytes each way", case_bytes, 1, 0},
	{"callcap", "the same, a capability moved each way", case_gift, 1, 0},
	{"foreign", "foreign call served and answered", case_routed, 1, 0},
	{"fault", "page fault served, no mapping", case_fault, 1, 0},
	{"wake", "signal wakes a higher priority, one way", case_wake, 1, 2},
	{"signal", "signal, nobody waits", case_signal, 1, 0},
	{"switch", "yield, one switch", case_yield, 2, 0},
	{"identify", "null kernel operation", case_identify, 1, 0},
	{"mapunmap", "map and unmap a page", case_map, 1, 0},
};

/* `crowd=N` on the command line: so many threads wait while each case runs. */
static u32 crowd_wanted(const char *line)
{
	u32 n = 0;

	if (strncmp(line, "crowd=", 6))
		return 0;
	for (line += 6; *line >= '0' && *line <= '9' && n < CROWD_MAX; line++)
		n = n * 10 + (u32)(*line - '0');
	return n < CROWD_MAX ? n : CROWD_MAX;
}

void server_main(const struct start_info *start)
{
	const struct boot_info *boot = (const void *)start;
	u32 crowd = crowd_wanted(boot->command_line);

	world_init(boot);
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world_make();
		world_crowd(crowd);
		cases[i].start();
		world_wait();
		world_end();
		measure_print(cases[i].name, cases[i].unit, cases[i].per, cases[i].less);
	}
	call0(SERVER_MACHINE, MACHINE_OFF);
}

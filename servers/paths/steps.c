/* What the threads of a case do, and the notes that they take of it. */
#include "servers/paths/paths.h"

#define STEPS 48u
#define STATE_WORDS 4096u
#define MESSAGES 8u /* that a server answers at most */

static const char *const names[SIDES] = {"client", "server", "other"};

static struct step {
	enum side side;
	u64 x[32];
	u64 state, memory;
} steps[STEPS];
static u32 nsteps;
static u64 state[STATE_WORDS];
bool steps_aloud;
struct exchange exchanges[SIDES];

static u64 mix(u64 sum, const void *from, u64 bytes)
{
	const u64 *word = from;

	for (u64 i = 0; i < bytes / 8; i++) {
		sum = (sum ^ word[i]) * 0x100000001b3ull;
		sum ^= sum >> 29;
	}
	return sum;
}

static u64 state_now(void)
{
	struct method_call m = {.label = MACHINE_STATE | METHOD_SENDS,
				.window = (u64)state,
				.len = sizeof(state),
				.slots = SLOT_POOL,
				.word = {steps_aloud}};
	s64 n = method_do(SLOT_MACHINE, &m);

	return n < 0 ? (u64)n : mix((u64)n, state, (u64)n * 8);
}

void fill(struct exchange *x, u64 pattern)
{
	for (u32 i = 0; i < 32; i++)
		x->x[i] = pattern << 16 | i;
}

/* What the operation of that side has left. */
static void note(enum side side)
{
	const struct exchange *x = &exchanges[side];
	struct step *s;

	s = &steps[nsteps < STEPS - 1 ? nsteps++ : nsteps];
	s->side = side;
	for (u32 i = 0; i < 32; i++)
		s->x[i] = x->x[i];
	s->memory = mix(mix(0, client_memory, PAGE_SIZE), server_memory, sizeof(server_memory));
	if (steps_aloud)
		server_print("state --- %s\n", names[side]);
	s->state = state_now();
}

void step(enum side side, const struct exchange *what, exchange_fn *how)
{
	exchanges[side] = *what;
	how(&exchanges[side]);
	note(side);
}

void step_call(enum side side, const struct exchange *what)
{
	step(side, what, exchange_ecall);
}

void step_native(enum side side, slot_t slot, s32 label, u64 word)
{
	static struct exchange x[SIDES];

	fill(&x[side], 0xca11);
	x[side].x[A7] = (u64)OP_CALL;
	x[side].x[A6] = slot;
	x[side].x[T0] = (u32)label;
	x[side].x[T2] = 0;
	x[side].x[A0] = word;
	step_call(side, &x[side]);
}

void steps_print(const char *name, bool wanted)
{
	for (u32 i = 0; i < nsteps; i++) {
		const struct step *s = &steps[i];

		server_print("step %s %u %s %lx %lx %lx\n", name, i, names[s->side],
			     mix(0, s->x, sizeof(s->x)), s->memory, s->state);
		for (u32 k = 1; wanted && k < 32; k++)
			server_print("state x%u %lx\n", k, s->x[k]);
	}
	nsteps = 0;
}

/* --- Small operations ------------------------------------------------------------------- */

s64 on(slot_t slot, enum method label, u64 a, u64 b)
{
	return method2(slot, label, a, b);
}

s64 sending(slot_t slot, enum method label, slot_t sent, u64 a)
{
	struct method_call m = {.label = label | METHOD_SENDS, .slots = sent, .word = {a}};

	return method_do(slot, &m);
}

void make_reply(slot_t slot)
{
	struct method_call m = {.label = POOL_CREATE | METHOD_RECEIVES,
				.slots = (u64)slot << 32,
				.word = {OBJECT_REPLY}};

	if (method_do(SLOT_POOL, &m) < 0)
		server_print("paths: no Reply\n");
}

void park(void)
{
	struct receive never = {.endpoint = SLOT_NEVER, .reply = SLOT_NONE, .cap = SLOT_NONE};
	struct delivery d;

	for (;;)
		msg_recv(&never, &d);
}

/* --- The usual threads ------------------------------------------------------------------ */

static void calls_of(enum side side)
{
	for (u32 i = 0; i < the.calls; i++) {
		if (the.before_call && side == CLIENT)
			the.before_call();
		step(side, &the.call, the.how);
		if (the.after_call && side == CLIENT)
			the.after_call();
	}
	park();
}

void client_run(void)
{
	if (!the.cold)
		call0(SLOT_SESSION, 1);
	calls_of(CLIENT);
}

void other_calls(void)
{
	calls_of(OTHER);
}

void server_run_case(void)
{
	static struct exchange first;

	make_reply(SLOT_REPLY);
	first = the.receive;
	exchange_ecall(&first);
	if (!the.cold) {
		first = the.receive;
		first.x[A7] = (u64)OP_REPLY_RECV;
		first.x[T1] = SLOT_REPLY;
		exchange_ecall(&first);
	}
	exchanges[SERVER] = first;
	note(SERVER);
	for (u32 i = 0; i < MESSAGES; i++) {
		if (the.before_answer)
			the.before_answer(i);
		step_call(SERVER, &the.answer);
	}
	park();
}

void other_serves(void)
{
	static struct exchange receive, answer;

	receive = the.receive;
	answer = the.answer;
	receive.x[A6] = answer.x[A6] = SLOT_SECOND_ENDPOINT;
	answer.x[T0] = 77;
	make_reply(SLOT_REPLY);
	step_call(OTHER, &receive);
	for (u32 i = 0; i < MESSAGES; i++)
		step_call(OTHER, &answer);
	park();
}

void other_spins(void)
{
	for (volatile u32 i = 0; i < 1000; i++)
		;
	step_native(OTHER, SLOT_OF_CSPACE + OTHER, CSPACE_IDENTIFY, SLOT_SESSION);
	park();
}

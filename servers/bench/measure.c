/*
 * Batches, and the line that tells median, minimum and maximum: as user/bench/measure.c
 * does it and prints it.
 */
#include "servers/bench/bench.h"

#define WARM_UPS 2

static u64 cost[BATCHES]; /* instructions of each batch of the last case */
static bool failed;

static u64 instructions(void)
{
	u64 n;

	__asm__ volatile("rdinstret %0" : "=r"(n));
	return n;
}

static void finish(void) __attribute__((noreturn));
static void finish(void)
{
	struct receive never = {.endpoint = SLOT_NEVER, .reply = SLOT_NONE, .cap = SLOT_NONE};
	struct delivery d;

	call1(SLOT_DONE, NOTIFICATION_SIGNAL, 1);
	for (;;)
		msg_recv(&never, &d);
}

static void keep(s32 batch, u64 instructions_spent)
{
	if (batch >= 0)
		cost[batch] = instructions_spent;
}

void measure(void (*loop)(u64 n))
{
	for (s32 i = -WARM_UPS; i < BATCHES; i++) {
		u64 before = instructions();
		loop(BATCH);
		keep(i, instructions() - before);
	}
	finish();
}

void measure_part(u64 (*loop)(u64 n))
{
	for (s32 i = -WARM_UPS; i < BATCHES; i++)
		keep(i, loop(BATCH));
	finish();
}

void measure_check(bool works)
{
	failed |= !works;
}

static void sort(void)
{
	for (u32 i = 1; i < BATCHES; i++)
		for (u32 k = i; k > 0 && cost[k - 1] > cost[k]; k--) {
			u64 larger = cost[k - 1];
			cost[k - 1] = cost[k];
			cost[k] = larger;
		}
}

void measure_print(const char *name, const char *unit, u64 per, u64 less)
{
	static const u32 shown[] = {BATCHES / 2, 0, BATCHES - 1};

	if (failed) {
		server_print("%s FAIL\n", name);
		failed = false;
		return;
	}
	sort();
	server_print("%s ", name);
	for (u32 i = 0; i < 3; i++) {
		u64 hundredths = cost[shown[i]] * 100 / (BATCH * per) - less * 100;
		server_print("%ld.%02ld ", hundredths / 100, hundredths % 100);
	}
	server_print("%u x %u %s\n", BATCHES, BATCH, unit);
}

/*
 * Who pays for time: all of it is the payer's, the program for which the hart works.
 * How much of it servers worked is counted in cycles, which are read at a program's call
 * and at its reply (the clock is too dear for that on some harts).
 */
#include "kernel/account.h"

/* The part of `ticks` in which servers worked. */
static u64 server_ticks(u64 ticks, u64 cycles)
{
	u64 part = hart.server_cycles;

	for (; cycles >> 32; cycles >>= 1)
		part >>= 1;
	return part < cycles ? ticks * part / cycles : ticks;
}

static inline void settle(u64 cycles)
{
	u64 now = arch_time(), ticks = now - hart.since;

	if (hart.payer) {
		u64 part = server_ticks(ticks, cycles - hart.since_cycles);

		hart.payer->server_ticks += part;
		hart.payer->user_ticks += ticks - part;
	}
	hart.since = now;
	hart.since_cycles = cycles;
	hart.server_cycles = 0;
}

void account_settle(void)
{
	u64 cycles = arch_cycles();

	if (hart.serving_since) {
		hart.server_cycles += cycles - hart.serving_since;
		hart.serving_since = cycles;
	}
	settle(cycles);
}

void account_pay(struct thread *payer)
{
	if (payer == hart.payer)
		return;
	account_settle();
	hart.payer = payer;
	if (payer)
		payer->switches++;
}

void account_run(struct thread *t, bool goes_on)
{
	if (!thread_is_server(t)) {
		u64 cycles = arch_cycles();

		if (hart.serving_since)
			hart.server_cycles += cycles - hart.serving_since;
		hart.serving_since = 0;
		if (t == hart.payer)
			return;
		settle(cycles);
		hart.payer = t;
		t->switches++;
		return;
	}
	if (!goes_on)
		account_pay(0);
	if (!hart.serving_since)
		hart.serving_since = arch_cycles();
}

void account_forget(const struct thread *t)
{
	if (hart.payer == t)
		hart.payer = 0;
}

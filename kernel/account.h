/* Time: to whom it goes. */
#pragma once

#include "kernel/arch.h"
#include "kernel/sched.h"

/* The time up to now goes to whom it belongs. */
void account_settle(void);
/* From now on the hart works for that program (0: for none). */
void account_pay(struct thread *payer);
/* t runs next; a server that goes on or was called works for the payer. */
void account_run(struct thread *t, bool goes_on);
/* The same for a program, where no server has worked since the last account; false: else. */
static inline bool account_program(struct thread *next)
{
	u64 now = arch_time();

	if (!hart.payer || hart.serving_since || hart.server_cycles)
		return false;
	hart.payer->user_ticks += now - hart.since;
	hart.since = now;
	hart.since_cycles = arch_cycles();
	hart.payer = next;
	next->switches++;
	return true;
}
/* t is destroyed: no time goes to it any more. */
void account_forget(const struct thread *t);

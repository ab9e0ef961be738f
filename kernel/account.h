/* Time: to whom it goes. */
#pragma once

#include "kernel/thread.h"

/* The time up to now goes to whom it belongs. */
void account_settle(void);
/* From now on the hart works for that program (0: for none). */
void account_pay(struct thread *payer);
/* t runs next; a server that goes on or was called works for the payer. */
void account_run(struct thread *t, bool goes_on);
/* The same for a program, where no server has worked since the last account; false: else. */
bool account_program(struct thread *next);
/* t is destroyed: no time goes to it any more. */
void account_forget(const struct thread *t);

/* Faults and marks become messages to the thread's pager or handler. */
#pragma once

#include "ipc/endpoint.h"

/* To the pager; without one, or for other causes, to the handler; without one the thread stops. */
void fault_report(struct thread *t, enum fault_cause cause, u64 address, u64 len);
/* A marked thread is about to enter user mode: calls its handler. */
void fault_marked(struct thread *t);
/* The pager or handler has answered. */
void fault_answered(struct thread *t, s32 label);
/* A reply to a call of that kind said RETRY: the fault that stopped the copy, then the call, or
 * the fault that was answered so, again. */
void fault_retry(struct thread *t, enum call_kind kind, enum fault_cause cause, u64 address,
		 u64 len);

/*
 * The scheduler: 64 priorities, first in first out in each, round robin by the
 * hart's time slice.
 *
 *   S1: bit p of `ready` is set iff queue p is not empty
 *   S2: handoff is READY and on no queue, or 0
 *   S3: slice_end is armed only by a program that has ready peers of its priority
 * A message wakes its receiver by handoff: trap_finish runs it directly, past the
 * queues, unless something ready has a higher priority.
 */
#pragma once

#include "kernel/thread.h"

struct hart {
	struct thread *current; /* that entered the kernel */
	struct thread *handoff;
	struct aspace *aspace;    /* in satp; 0: the kernel's own */
	struct thread *fpu_owner; /* whose state the FPU holds */
	bool slice_over;
	u64 slice_end; /* time; ~0: not armed */
	/* accounting */
	struct thread *accounted; /* whose time it is since `since`, or 0 */
	struct thread *payer;     /* the program for which servers work now, or 0 */
	u64 since;
};
extern struct hart hart;

#define SLICE_MS 10u

void sched_init(u64 timebase_hz);
void thread_ready(struct thread *t); /* from any state: becomes READY, runs when it is its turn */
void thread_block(struct thread *t, enum thread_state state); /* running thread: waits now */
void sched_remove(struct thread *t);                          /* READY: off its queue */
void sched_yield(struct thread *t);
void sched_account(void);                  /* the time up to now goes to whom it belongs */
void sched_forget(const struct thread *t); /* t is destroyed: no time goes to it any more */
bool sched_check(void);

/*
 * The scheduler: 64 priorities, first in first out in each, round robin by the
 * hart's time slice.
 *
 *   S1: bit p of `ready` is set iff queue p is not empty
 *   S2: handoff is READY and on no queue, or 0
 * A message wakes its receiver by handoff: trap_finish runs it directly, past the
 * queues, unless something ready has a higher priority.
 */
#pragma once

#include "kernel/thread.h"

struct hart {
	struct thread *current; /* that entered the kernel */
	struct thread *handoff;
	struct aspace *aspace;     /* in satp; 0: the kernel's own */
	struct thread *fpu_owner;  /* whose state the FPU holds */
	bool slice_over;
	u64 slice_end;
};
extern struct hart hart;

#define SLICE_MS 10u

void sched_init(void);
void thread_ready(struct thread *t);   /* from any state: becomes READY, runs when it is its turn */
void thread_block(struct thread *t, enum thread_state state); /* running thread: waits now */
void sched_remove(struct thread *t);   /* READY: off its queue */
void sched_yield(struct thread *t);
bool sched_check(void);

/*
 * The scheduler: 64 priorities, first in first out in each, round robin by the
 * hart's time slice.
 *
 *   S1: bit p of `ready` is set iff queue p is not empty
 *   S2: handoff is READY and on no queue, or 0
 *   S3: slice_end is that of the program that runs or works, counted from its turn in its queue
 *   S4: barrier: BARRIER_ALL if the slice is over or something is dying; else the highest ready
 *       priority, -1 if there is none
 * A message wakes its receiver by handoff: trap_finish runs it directly, past the
 * queues, unless something ready has a higher priority.
 */
#pragma once

#include "kernel/thread.h"
#include "placed/hooks.h"

struct run_queue {
	struct thread *head, *tail;
};

struct hart {
	/* also used by the fast path (offsets asserted) */
	struct thread *current; /* that entered the kernel */
	struct aspace *aspace;  /* in satp; 0: the kernel's own */
	s64 barrier;            /* no thread of a lower priority may be switched to directly */
	struct thread *payer;   /* the program for which the hart works, or 0 */
	u64 serving_since;      /* a server works: since that cycle; else 0 */
	u64 server_cycles;      /* of servers since `since`, without what is open */
	u64 slow_only;          /* debug builds: nothing takes the fast path */
	struct thread *handoff;

	struct thread *fpu_owner; /* whose state the FPU holds */
	s64 top;                  /* the highest ready priority; -1: none */
	bool slice_over;
	u32 dying;               /* objects that are dead and still named somewhere: no fast path */
	u64 slice_end;           /* time; ~0: it begins with the program that runs next */
	u64 since, since_cycles; /* up to there all time has been given to its payers */
	u64 slice_ticks;
	u64 clock; /* when it rings; 0: it has rung, and must be set */
	u64 ready; /* priorities whose queues are not empty */
	struct run_queue queues[PRIORITIES];
};
extern struct hart hart;

#define BARRIER_ALL 255 /* above every priority */

#define SLICE_MS 10u

void sched_init(u64 timebase_hz);
void thread_ready(struct thread *t); /* from any state: becomes READY, runs when it is its turn */
void sched_remove(struct thread *t); /* READY: off its queue */
void sched_slice_over(void);
void sched_dying(s32 delta); /* one object more or less that is dead, not gone */

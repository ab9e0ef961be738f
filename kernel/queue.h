/* Run queues and the barrier that their highest sets: the scheduler's own half. */
#pragma once

#include "kernel/sched.h"

/* After each change of what S4 speaks of. */
static inline void barrier_set(void)
{
	hart.barrier = hart.slice_over || hart.dying ? BARRIER_ALL : hart.top;
}

void queue_push(struct thread *t, bool front); /* front: it goes on before its peers */
struct thread *queue_pop(void);                /* the first of the highest, or 0 */

/*
 * Timers and interrupts: what sets bits of a notification from outside.
 *   I1: an armed timer lies in the list, sorted by deadline
 *   I2: a source has at most one Interrupt object
 */
#pragma once

#include "kernel/thread.h"

struct timer {
	struct object object;
	struct slot notification; /* capability */
	u64 bits;
	u64 deadline;
	struct timer *next;
	bool armed;
};

struct interrupt {
	struct object object;
	struct slot notification;
	u64 bits;
	u32 source;
	bool pending; /* delivered, not yet acknowledged */
};

void timer_cancel(struct timer *t);
void timer_expire(u64 now);
void timer_program(void); /* sets the hart's clock to the next deadline or slice end */
err_t interrupt_init(struct interrupt *i, u64 source); /* EBUSY, EINVAL */
void interrupt_destroy(struct interrupt *i);

method_fn timer_method_set, interrupt_method_bind, interrupt_method_ack;

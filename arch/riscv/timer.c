/*
 * The hart's clock: one deadline, set through the firmware's TIME extension (the
 * CLINT is closed to S-mode).  Setting it also clears what is pending.
 */
#include "riscv.h"

#define EXT_TIME 0x54494d45
#define LEGACY_SET_TIMER 0

static u64 extension;

void timer_init(void)
{
	extension = sbi_probe(EXT_TIME) ? EXT_TIME : LEGACY_SET_TIMER;
	arch_timer_set(~0ul);
	csr_set(sie, 1ul << INTERRUPT_TIMER);
}

void arch_timer_set(u64 deadline)
{
	sbi_call(extension, 0, deadline, 0);
}

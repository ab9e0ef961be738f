/*
 * The platform-level interrupt controller (SiFive PLIC 1.0.0), as seen from the
 * one context that the device tree names for this hart's supervisor mode.
 * A source that was claimed stays quiet until it is completed, which its driver's
 * acknowledgement does: so no storm can come from a slow driver.
 */
#include "riscv.h"
#include "kernel/trap.h"

#define PRIORITY 0x0     /* 4 bytes for each source */
#define ENABLE 0x2000    /* 0x80 bytes for each context */
#define CONTEXT 0x200000 /* 0x1000 bytes for each: threshold, claim */
#define CLAIM 4
#define PLIC_MAX_SOURCES 1024u

static volatile u8 *plic; /* 0: there is none */
static volatile u32 *enable;
static volatile u32 *context;
static u32 nsources; /* sources are 1 .. nsources */

void arch_interrupts_init(paddr_t base, u32 index, u32 sources)
{
	if (!base)
		return;
	plic = arch_direct(base);
	enable = (volatile u32 *)(plic + ENABLE + 0x80ul * index);
	context = (volatile u32 *)(plic + CONTEXT + 0x1000ul * index);
	nsources = sources < PLIC_MAX_SOURCES ? sources : PLIC_MAX_SOURCES - 1;
	for (u32 i = 0; i <= nsources / 32; i++)
		enable[i] = 0;
	context[0] = 0; /* threshold: every priority above 0 */
	csr_set(sie, 1ul << INTERRUPT_EXTERNAL);
}

u32 arch_interrupt_sources(void)
{
	return nsources + 1;
}

void arch_interrupt_enable(u32 source)
{
	if (!plic || !source || source > nsources)
		return;
	*(volatile u32 *)(plic + PRIORITY + 4ul * source) = 1;
	enable[source / 32] |= 1u << source % 32;
}

void arch_interrupt_complete(u32 source)
{
	if (plic && source && source <= nsources)
		context[CLAIM / 4] = source;
}

void plic_poll(void)
{
	u32 source;

	while (plic && (source = context[CLAIM / 4]) != 0)
		trap_interrupt(source);
}

/*
 * From a cause to the function of kernel/trap.h that answers it, and the little
 * that starts the hart.  Entered with interrupts off on an empty kernel stack.
 */
#include "riscv.h"
#include "offsets.h"
#include "kernel/trap.h"

#define COUNTERS 7ul /* cycle, time, instret are readable from user mode */

u8 panic_stack[PANIC_STACK_SIZE] __attribute__((aligned(16)));

void poll_causes(u64 pending)
{
	if (pending & 1ul << INTERRUPT_SOFTWARE)
		csr_clear(sip, 1ul << INTERRUPT_SOFTWARE);
	if (pending & 1ul << INTERRUPT_TIMER)
		trap_timer();
	if (pending & 1ul << INTERRUPT_EXTERNAL)
		plic_poll();
}

static void exception(struct thread *t, u64 cause, u64 value)
{
	if (cause == CAUSE_FETCH_PAGE)
		trap_page_fault(t, FAULT_EXEC, value);
	else if (cause == CAUSE_LOAD_PAGE)
		trap_page_fault(t, FAULT_READ, value);
	else if (cause == CAUSE_STORE_PAGE)
		trap_page_fault(t, FAULT_WRITE, value);
	else if (cause == CAUSE_ILLEGAL)
		trap_exception(t, FAULT_ILLEGAL, value);
	else if (cause == CAUSE_BREAKPOINT)
		trap_exception(t, FAULT_BREAKPOINT, value);
	else
		trap_exception(t, FAULT_MISALIGNED, value);
}

struct thread *trap_dispatch(struct thread *t, u64 cause, u64 value)
{
	if (cause == CAUSE_CALL)
		trap_call(t);
	else if (cause & CAUSE_INTERRUPT)
		poll_causes(1ul << (cause & 63));
	else
		exception(t, cause, value);
	return trap_finish();
}

void arch_wait(void)
{
	__asm__ volatile("wfi" ::: "memory");
}

void arch_poll_interrupts(void)
{
	poll_causes(csr_read(sip) & csr_read(sie));
}

void arch_frame_init(struct trap_frame *f)
{
	*f = (struct trap_frame){.status = STATUS_SPIE | STATUS_UXL_64};
}

void arch_start(u64 hart, paddr_t device_tree)
{
	csr_write(scounteren, COUNTERS);
	csr_write(sstatus, 0ul); /* SUM, MXR, FS, VS off */
	sbi_init();
	sv39_init();
	timer_init();
	kernel_main(device_tree, hart);
}

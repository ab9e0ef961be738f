/*
 * Floating point, lazily: a thread begins with sstatus.FS off, its first use traps,
 * and from then on the hart holds its state until another thread wants it.  FS in
 * the frame says whether the hart's registers differ from the saved ones.
 */
#include "riscv.h"
#include "kernel/thread.h"

void arch_fpu_save(struct thread *t)
{
	if ((t->frame.status & STATUS_FS) != STATUS_FS_DIRTY)
		return;
	csr_set(sstatus, STATUS_FS);
	fpu_store(&t->fpu);
	csr_clear(sstatus, STATUS_FS);
	t->frame.status = (t->frame.status & ~STATUS_FS) | STATUS_FS_CLEAN;
}

void arch_fpu_load(struct thread *t)
{
	csr_set(sstatus, STATUS_FS);
	fpu_fetch(&t->fpu);
	csr_clear(sstatus, STATUS_FS);
	t->frame.status = (t->frame.status & ~STATUS_FS) | STATUS_FS_CLEAN;
}

void arch_fpu_disable(struct thread *t)
{
	t->frame.status &= ~STATUS_FS;
}

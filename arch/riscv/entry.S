/*
 * The door between user mode and the kernel.
 *
 * sscratch names the running struct thread while the hart is in user mode and is
 * 0 in the kernel, so one swap tells where a trap came from.  What the fast path
 * (fast_*.S) does not take goes to C: all of a thread's registers to its frame, and
 * the kernel begins with an empty stack.
 * Interrupts stay off (sstatus.SIE 0) until sret.
 * The fast path is assembled together with it, so that a branch there is one instruction.
 */
#include "offsets.h"

#include "frame.inc"

	/* Debug builds: the slow path alone, if that is wanted. */
	.macro slow_if_wanted label
#ifdef MISSIVE_DEBUG
	lui	t6, %hi(hart)
	ld	t6, %lo(hart + HART_SLOW_ONLY)(t6)
	bnez	t6, \label
#endif
	.endm

	.section .text.entry, "ax"
	.balign 4
	.globl trap_entry
trap_entry:
	csrrw	tp, sscratch, tp
	beqz	tp, trap_from_kernel
	sd	t6, THREAD_FRAME + FRAME_T6(tp)
	csrr	t6, scause
	addi	t6, t6, -CAUSE_IS_CALL
	bnez	t6, trap_slow
	slow_if_wanted trap_slow
	bgez	a7, trap_routed
	li	t6, OP_IS_CALL
	beq	a7, t6, fast_call
	addi	t6, t6, OP_IS_REPLY_RECV - OP_IS_CALL
	beq	a7, t6, fast_reply_recv
	addi	t6, t6, OP_IS_REPLY - OP_IS_REPLY_RECV
	beq	a7, t6, lean_reply
	addi	t6, t6, OP_IS_RECV - OP_IS_REPLY
	beq	a7, t6, fast_recv
	addi	t6, t6, OP_IS_YIELD - OP_IS_RECV
	beq	a7, t6, lean_yield
	.globl trap_slow
trap_slow:
	addi	t6, tp, THREAD_FRAME
	each_register sd, t6
	csrrw	s1, sscratch, zero	/* the user's tp; in the kernel from here on */
	csrr	s2, sepc
	csrr	s3, sstatus
	csrr	s4, scause
	slow_if_wanted trap_saved
	addi	t6, s4, -CAUSE_IS_FETCH
	sltiu	t6, t6, CAUSE_IS_STORE + 1 - CAUSE_IS_FETCH
	bnez	t6, fast_fault
	.globl trap_saved
trap_saved:
	sd	s1, THREAD_FRAME + FRAME_TP(tp)
	sd	s2, THREAD_FRAME + FRAME_PC(tp)
	sd	s3, THREAD_FRAME + FRAME_STATUS(tp)
	lla	sp, _stack_top
	mv	a0, tp
	csrr	a1, scause
	csrr	a2, stval
	call	trap_dispatch		/* returns who runs next */

	/* arch_resume(thread): does not return */
	.globl arch_resume
arch_resume:
	addi	t6, a0, THREAD_FRAME
	ld	t0, FRAME_PC(t6)
	ld	t1, FRAME_STATUS(t6)
	csrw	sscratch, a0
	csrw	sepc, t0
	csrw	sstatus, t1
	ld	tp, FRAME_TP(t6)
	each_register ld, t6
	ld	t6, FRAME_T6(t6)
	sret

#ifdef MISSIVE_DEBUG
	/* What a fast path has done is checked too; the user's registers lie aside meanwhile. */
	.globl fast_done
fast_done:
	csrrw	tp, sscratch, tp
	sd	t6, THREAD_FRAME + FRAME_T6(tp)
	lla	t6, aside
	each_register sd, t6
	ld	s0, THREAD_FRAME + FRAME_T6(tp)
	sd	s0, FRAME_T6(t6)
	csrrw	s0, sscratch, zero
	sd	s0, FRAME_TP(t6)
	lla	sp, _stack_top
	call	trap_fast_done
	csrw	sscratch, tp
	lla	t6, aside
	ld	tp, FRAME_TP(t6)
	each_register ld, t6
	ld	t6, FRAME_T6(t6)
	sret

	.local	aside
	.comm	aside, FRAME_SIZE, 8
#endif

	/*
	 * A trap in the kernel is a bug.  Its registers go to the panic stack, which
	 * is not the kernel's: that may have overflowed into its guard page.
	 */
trap_from_kernel:
	csrrw	tp, sscratch, zero	/* both as they were: tp and 0 */
	csrw	sscratch, sp
	lla	sp, panic_stack + PANIC_STACK_SIZE - PANIC_FRAME
	each_register sd, sp
	sd	t6, FRAME_T6(sp)
	sd	tp, FRAME_TP(sp)
	csrrw	t0, sscratch, zero
	sd	t0, FRAME_SP(sp)
	csrr	t0, sepc
	sd	t0, FRAME_PC(sp)
	csrr	t0, sstatus
	sd	t0, FRAME_STATUS(sp)
	mv	a0, sp
	csrr	a1, scause
	csrr	a2, stval
	mv	ra, zero
	mv	s0, zero
	tail	trap_in_kernel

#include "fast_route.S"
#include "fast_call.S"
#include "fast_reply.S"
#include "fast_bytes.S"
#include "fast_method.S"

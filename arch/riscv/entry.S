/*
 * The door between user mode and the kernel.
 *
 * sscratch names the running struct thread while the hart is in user mode and is
 * 0 in the kernel, so one swap tells where a trap came from.  All of a thread's
 * registers go to its frame, and the kernel always begins with an empty stack.
 * Interrupts stay off (sstatus.SIE 0) until sret.
 */
#include "offsets.h"

	.macro each_register op, base
	\op	ra, FRAME_RA(\base)
	\op	sp, FRAME_SP(\base)
	\op	gp, FRAME_GP(\base)
	\op	t0, FRAME_T0(\base)
	\op	t1, FRAME_T1(\base)
	\op	t2, FRAME_T2(\base)
	\op	s0, FRAME_S0(\base)
	\op	s1, FRAME_S1(\base)
	\op	a0, FRAME_A0(\base)
	\op	a1, FRAME_A1(\base)
	\op	a2, FRAME_A2(\base)
	\op	a3, FRAME_A3(\base)
	\op	a4, FRAME_A4(\base)
	\op	a5, FRAME_A5(\base)
	\op	a6, FRAME_A6(\base)
	\op	a7, FRAME_A7(\base)
	\op	s2, FRAME_S2(\base)
	\op	s3, FRAME_S3(\base)
	\op	s4, FRAME_S4(\base)
	\op	s5, FRAME_S5(\base)
	\op	s6, FRAME_S6(\base)
	\op	s7, FRAME_S7(\base)
	\op	s8, FRAME_S8(\base)
	\op	s9, FRAME_S9(\base)
	\op	s10, FRAME_S10(\base)
	\op	s11, FRAME_S11(\base)
	\op	t3, FRAME_T3(\base)
	\op	t4, FRAME_T4(\base)
	\op	t5, FRAME_T5(\base)
	\op	t6, FRAME_T6(\base)
	.endm

	.section .text.entry, "ax"
	.balign 4
	.globl trap_entry
trap_entry:
	csrrw	tp, sscratch, tp
	beqz	tp, trap_from_kernel
	addi	tp, tp, THREAD_FRAME
	each_register sd, tp
	csrrw	s1, sscratch, zero	/* the user's tp; in the kernel from here on */
	csrr	s2, sepc
	csrr	s3, sstatus
	lla	sp, _stack_top
	addi	a0, tp, -THREAD_FRAME
	sd	s1, FRAME_TP(tp)
	sd	s2, FRAME_PC(tp)
	sd	s3, FRAME_STATUS(tp)
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
	sret

	/*
	 * A trap in the kernel is a bug.  Its registers go to the panic stack, which
	 * is not the kernel's: that may have overflowed into its guard page.
	 */
trap_from_kernel:
	csrrw	tp, sscratch, zero	/* both as they were: tp and 0 */
	csrw	sscratch, sp
	lla	sp, panic_stack + PANIC_STACK_SIZE - PANIC_FRAME
	each_register sd, sp
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

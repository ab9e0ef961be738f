/*
 * Calls of objects that the kernel answers, reply alone, recv and yield: C does them, but
 * only what they do not keep is saved; and the two smallest methods without C.
 */
#include "fastpath.inc"

	.section .text.entry, "ax"

/* --- call of an object that the kernel answers ---------------------------------------------
 * C keeps s0-s11 by itself; they are saved only if somebody else runs next. */

	.globl fast_method
fast_method:				/* t6: the slot */
	lw	t4, THREAD_RARE(tp)	/* its status is not saved, so its FPU is off */
	bnez	t4, trap_slow
	ld	t5, SLOT_OBJECT(t6)
	beqz	t5, trap_slow
	lhu	t4, OBJECT_TYPE(t5)	/* and dead */
	addi	t4, t4, -TYPE_IS_SESSION
	beqz	t4, trap_slow
	addi	t4, t4, TYPE_IS_SESSION - TYPE_IS_NOTIFICATION
	beqz	t4, fast_signal
	addi	t4, t4, TYPE_IS_NOTIFICATION - TYPE_IS_CSPACE
	beqz	t4, fast_identify
	lbu	t4, OBJECT_DEAD(t5)
	bnez	t4, trap_slow
method_found:
	method_save
	lla	sp, _stack_top - INVOCATION_SIZE
	addi	t6, t6, FRAME_A0
	sd	tp, INVOCATION_CALLER(sp)
	sd	t6, INVOCATION_IN(sp)
	sd	t5, INVOCATION_OBJECT(sp)
	sd	t1, INVOCATION_WINDOW(sp)
	sd	t2, INVOCATION_WINDOW + 8(sp)
	sd	zero, INVOCATION_OUT(sp)
	sd	zero, INVOCATION_OUT + 8(sp)
	sd	zero, INVOCATION_OUT + 16(sp)
	sd	zero, INVOCATION_OUT + 24(sp)
	sd	zero, INVOCATION_OUT + 32(sp)
	sd	zero, INVOCATION_OUT + 40(sp)
	li	t6, -1
	sd	t6, INVOCATION_RECEIVED(sp)
	mv	a0, sp
	call	trap_method
	bgtz	a0, method_end
	lui	t6, %hi(hart)		/* it goes on, if nobody else is to */
	ld	t4, %lo(hart + HART_HANDOFF)(t6)
	bnez	t4, method_end
	lw	t4, THREAD_RARE(tp)
	bnez	t4, method_end
	lbu	t4, THREAD_CALL(tp)	/* state */
	bnez	t4, method_end
	ld	t4, %lo(hart + HART_BARRIER)(t6)
	lbu	t5, THREAD_PRIORITY(tp)
	blt	t5, t4, method_end
	ld	t4, THREAD_ASPACE(tp)
	ld	t5, %lo(hart + HART_ASPACE)(t6)
	beqz	t4, method_end
	bne	t4, t5, method_end
#ifdef MISSIVE_DEBUG
	sd	a0, INVOCATION_CALLER(sp)
	call	check_entry
	ld	a0, INVOCATION_CALLER(sp)
#endif
	addi	t6, tp, THREAD_FRAME
	ld	t4, FRAME_PC(t6)
	csrw	sepc, t4
	csrw	sscratch, tp
	mv	t0, a0
	ld	t3, INVOCATION_RECEIVED(sp)
	ld	a0, INVOCATION_OUT(sp)
	ld	a1, INVOCATION_OUT + 8(sp)
	ld	a2, INVOCATION_OUT + 16(sp)
	ld	a3, INVOCATION_OUT + 24(sp)
	ld	a4, INVOCATION_OUT + 32(sp)
	ld	a5, INVOCATION_OUT + 40(sp)
	ld	ra, FRAME_RA(t6)
	ld	sp, FRAME_SP(t6)
	ld	tp, FRAME_TP(t6)
	ld	t1, FRAME_T1(t6)
	ld	t2, FRAME_T2(t6)
	ld	a6, FRAME_A6(t6)
	ld	a7, FRAME_A7(t6)
	li	t4, 0
	li	t5, 0
	li	t6, 0
	sret

method_end:
	mv	a1, a0
	mv	a0, sp
	sd	gp, F(GP)(tp)
	call	trap_method_end
lean_back:				/* a0 runs next */
	bne	a0, tp, 1f
	addi	t6, tp, THREAD_FRAME
	ld	t4, FRAME_PC(t6)
	csrw	sepc, t4
	csrw	sscratch, tp
	each_by_method ld
	ld	tp, FRAME_TP(t6)
	li	t4, 0
	li	t5, 0
	li	t6, 0
	sret
1:	addi	t6, tp, THREAD_FRAME
	csrr	t4, sstatus
	sd	t4, FRAME_STATUS(t6)
	each_kept sd
	sd	zero, FRAME_T4(t6)
	sd	zero, FRAME_T5(t6)
	sd	zero, FRAME_T6(t6)
	j	arch_resume

method:	ld	t5, SLOT_OBJECT(t6)
	j	method_found

/* --- the two methods that are called most: signal of a notification t5 ---------------------- */

fast_signal:
	li	t4, METHOD_SIGNAL	/* no flags either */
	bne	t0, t4, method
	ld	t4, NOTIFICATION_WAITER(t5)
	bnez	t4, fast_wake
	ld	t4, NOTIFICATION_BOUND(t5)
	bnez	t4, method
	ld	t4, NOTIFICATION_BITS(t5)
	or	t4, t4, a0
	sd	t4, NOTIFICATION_BITS(t5)
	li	a0, 0
	li	a1, 0
	li	a2, 0
	li	a3, 0
method_done:
	csrr	t4, sepc
	addi	t4, t4, 4
	csrw	sepc, t4
	li	a4, 0
	li	a5, 0
	li	t0, 0
	li	t3, -1
	li	t4, 0
	li	t5, 0
	li	t6, 0
	csrrw	tp, sscratch, tp
	fast_return

fast_wake:				/* t4 waits: does it go first? */
	beqz	a0, 1f			/* nobody is woken for nothing */
	lw	t0, THREAD_RARE(t4)
	bnez	t0, 1f
	lbu	t0, THREAD_PRIORITY(t4)
	lbu	t3, THREAD_PRIORITY(tp)
	bgeu	t3, t0, 1f
	lui	t3, %hi(hart)
	ld	t3, %lo(hart + HART_BARRIER)(t3)
	blt	t0, t3, 1f
	ld	t0, THREAD_ASPACE(t4)
	beqz	t0, 1f
	/* commit: tp goes on when its turn comes */
	li	t0, 0
	li	t3, -1
	mv	t4, a0
	li	a0, 0
	li	a1, 0
	li	a2, 0
	li	a3, 0
	li	a4, 0
	li	a5, 0
	addi	t6, tp, THREAD_FRAME
	each_kept sd
	mv	s1, t5
	mv	s2, t4
	lean_save
	csrr	t4, sstatus
	sd	t4, FRAME_STATUS(t6)
	sd	zero, FRAME_T4(t6)
	sd	zero, FRAME_T5(t6)
	sd	zero, FRAME_T6(t6)
	mv	a1, s1
	mv	a2, s2
	call	trap_wake		/* a0: who runs, a1: its bits */
	addi	t6, a0, THREAD_FRAME
	csrw	sscratch, a0
	ld	t4, FRAME_PC(t6)
	csrw	sepc, t4
	ld	sp, FRAME_SP(t6)
	ld	gp, FRAME_GP(t6)
	ld	tp, FRAME_TP(t6)
	mv	a0, a1
	li	t0, KIND_IS_NOTIFICATION
	li	t1, 0
	li	t2, 0
	li	t3, -1
	li	t4, 0
	li	t5, 0
	li	t6, 0
	li	a1, 0
	li	a2, 0
	li	a3, 0
	li	a4, 0
	li	a5, 0
	li	a6, 0
	li	a7, 0
	clear_kept
	fast_return
1:	li	t0, METHOD_SIGNAL
	j	method

/* --- ... and what slot a0 of capability space t5 holds --------------------------------------- */

fast_identify:
	li	t4, METHOD_IDENTIFY
	bne	t0, t4, method
	srli	t4, a0, SLOTS_PER_PAGE_SHIFT
	sltiu	t3, t4, FIRST_FIXED >> SLOTS_PER_PAGE_SHIFT
	beqz	t3, method
	slli	t4, t4, 3
	add	t5, t5, t4
	ld	t5, CSPACE_PAGES(t5)
	beqz	t5, method
	andi	t4, a0, (1 << SLOTS_PER_PAGE_SHIFT) - 1
	slli	t4, t4, SLOT_SIZE_SHIFT
	add	t5, t5, t4
	lbu	t4, SLOT_CALLABLE(t5)
	beqz	t4, method		/* no session */
	ld	t4, SLOT_OBJECT(t5)
	ld	t3, SESSION_ENDPOINT(t4)
	beqz	t3, method
	lbu	a1, SLOT_FLAGS(t5)
	li	a0, TYPE_IS_SESSION
	lbu	a3, ENDPOINT_RANK(t3)
	ld	t5, THREAD_ENDPOINT(tp)
	li	a2, 0
	bne	t3, t5, method_done
	ld	a2, SESSION_BADGE(t4)
	j	method_done

/* --- yield: everything is kept ---------------------------------------------------------------- */

	.globl lean_yield
lean_yield:
	addi	t6, tp, THREAD_FRAME
	each_register sd, t6
	csrrw	t4, sscratch, zero
	csrr	t5, sepc
	csrr	s0, sstatus
	addi	t5, t5, 4
	sd	t4, FRAME_TP(t6)
	sd	t5, FRAME_PC(t6)
	sd	s0, FRAME_STATUS(t6)
	lla	sp, _stack_top
	mv	a0, tp
	call	trap_yield
	j	arch_resume

/* --- reply alone: likewise -------------------------------------------------------------------- */

	.globl lean_reply
lean_reply:
	lw	t6, THREAD_RARE(tp)
	bnez	t6, trap_slow
	sd	t5, F(T5)(tp)
	lean_save
	call	trap_reply
	j	lean_back

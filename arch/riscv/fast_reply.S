/* reply_recv: to a native call, a routed one or a page fault, when nothing else is pending. */
#include "fastpath.inc"

	.section .text.entry, "ax"

	.globl fast_reply_recv
fast_reply_recv:			/* of its own registers it keeps sp, gp, tp only */
	srli	t6, t0, 31		/* flags above the label's sign: an error undoes things */
	andi	t6, t6, ~(MAY_RECEIVE << 1)
	bnez	t6, reply_flags
	reply_checks
	li	t6, CALL_IS_NATIVE
	bne	s9, t6, reply_routed
	bnez	s5, trap_slow
	ld	t6, %lo(hart + HART_PAYER)(s4)
	bne	t6, s2, reply_native_pay
reply_native:				/* commit */
	receive_keep
	li	s0, 0
native_kept:				/* s0: 1 + slot of a capability */
	reply_commit
	use_aspace s8, s9, reply
	ld	s9, F(PC)(s2)
	csrw	sepc, s9
	sext.w	t0, t0
	ld	sp, F(SP)(s2)
	ld	gp, F(GP)(s2)
	ld	tp, F(TP)(s2)
	addi	t3, s0, -1
	li	t1, 0
	li	t2, 0
	li	t4, 0
	li	t5, 0
	li	t6, 0
	li	a6, 0
	li	a7, 0
	clear_kept
	fast_return
	use_untagged s8, s9, reply

reply_routed:
	addi	s9, s9, -CALL_IS_ROUTED
	bnez	s9, 1f
	check_routed
	check_payer
reply_copied:				/* commit */
	receive_keep
routed_kept:
	reply_commit
	use_aspace s8, s10, routed
	csrr	s5, cycle
	ld	s6, %lo(hart + HART_SERVING_SINCE)(s4)
	ld	s7, %lo(hart + HART_SERVER_CYCLES)(s4)
	sd	zero, %lo(hart + HART_SERVING_SINCE)(s4)
	sub	s5, s5, s6
	add	s7, s7, s5
	sd	s7, %lo(hart + HART_SERVER_CYCLES)(s4)
	addi	t6, s2, THREAD_FRAME
	ld	s5, FRAME_PC(t6)
	ld	s6, FRAME_STATUS(t6)
	csrw	sepc, s5
	csrw	sstatus, s6
	sb	zero, THREAD_RETRY_FAULT(s2)
	beqz	s9, 2f
	ld	a0, FRAME_A0(t6)	/* a fault has no result */
2:	ld	tp, FRAME_TP(t6)
	each_but_a0 ld, t6
	ld	t6, FRAME_T6(t6)
	fast_return
	use_untagged s8, s10, routed
1:	addi	t6, s9, CALL_IS_ROUTED - CALL_IS_PAGER
	bnez	t6, trap_slow
	check_routed
	check_payer
	j	reply_copied

reply_flags:				/* bytes, pages or a capability first: C knows to whom */
	andi	s0, t6, 1
	bnez	s0, trap_slow
	srli	s0, t6, 1
	reply_checks
	addi	s11, s9, -CALL_IS_NATIVE
	beqz	s11, 3f
	addi	s9, s9, -CALL_IS_ROUTED
	sltiu	t6, s9, 2
	beqz	t6, trap_slow
	check_routed
	andi	t6, s0, MAY_ALSO
	bnez	t6, reply_also
	check_payer
	addi	t6, s0, -MAY_COPY
	or	t6, t6, s9
	beqz	t6, reply_bytes
	j	reply_by_c
3:	bnez	s5, trap_slow
reply_by_c:
	addi	s10, tp, THREAD_FRAME
	each_parameter sd
	sd	t4, FRAME_T4(s10)
	sd	t5, FRAME_T5(s10)
reply_action:
	mv	a0, tp
	mv	a1, s3
	lla	sp, _stack_top
	call	trap_reply_action
	bltz	a0, trap_params_saved	/* what goes wrong is the slow path's */
	beqz	s11, 5f
	/* commit */
	andi	t6, s0, MAY_SEND | MAY_MINT
	bnez	t6, routed_kept
	ld	a0, FRAME_A0(s10)
	j	routed_kept
5:	addiw	s0, a0, 1		/* SLOT_NONE: 0 */
	ld	t6, %lo(hart + HART_PAYER)(s4)
	beq	t6, s2, 6f
	lbu	t6, THREAD_RANK(s2)
	addi	t6, t6, -RANK_OF_PROGRAMS
	bnez	t6, 6f
	mv	a0, s2
	call	trap_reply_pays
	sd	zero, %lo(hart + HART_SERVING_SINCE)(s4)
6:	/* commit */
	each_word ld
	ld	t0, FRAME_T0(s10)
	j	native_kept

reply_native_pay:			/* a server goes on at the expense of the same program */
	lbu	t6, THREAD_RANK(s2)
	addi	t6, t6, -RANK_OF_PROGRAMS
	bnez	t6, reply_native
	jal	ra, reply_pay
	sd	zero, %lo(hart + HART_SERVING_SINCE)(s4)
	j	reply_native

/* --- a second caller is answered, behind s2 in its queue (MSG_ALSO) ---------------------------
 * Reply s9, its caller s10, whose session s5 will have s11 uses.  a1-a5 are nobody's. */

reply_also:
	bnez	s9, trap_slow
	andi	a1, s0, ~(MAY_ALSO | MAY_COPY | MAY_PASS)
	bnez	a1, trap_slow
	ld	a1, F(T6)(tp)		/* its number */
	bltz	a1, trap_slow
	ld	s9, THREAD_CSPACE(tp)
	beqz	s9, trap_slow
	srli	a2, t5, SLOTS_PER_PAGE_SHIFT
	sltiu	a3, a2, FIRST_FIXED >> SLOTS_PER_PAGE_SHIFT
	beqz	a3, trap_slow
	slli	a2, a2, 3
	add	s9, s9, a2
	ld	s9, CSPACE_PAGES(s9)
	beqz	s9, trap_slow
	andi	a2, t5, (1 << SLOTS_PER_PAGE_SHIFT) - 1
	slli	a2, a2, SLOT_SIZE_SHIFT
	add	s9, s9, a2
	ld	s9, SLOT_OBJECT(s9)
	beqz	s9, trap_slow
	beq	s9, s3, trap_slow
	lhu	a2, OBJECT_TYPE(s9)	/* and not dead */
	addi	a2, a2, -TYPE_IS_REPLY
	bnez	a2, trap_slow
	ld	s10, REPLY_CALLER(s9)
	beqz	s10, trap_slow
	lbu	a2, REPLY_STATE + REPLY_GIVEN(s9)
	bnez	a2, trap_slow
	lbu	a2, THREAD_CALL + 1(s10)
	addi	a2, a2, -CALL_IS_ROUTED
	bnez	a2, trap_slow
	lw	a2, THREAD_RARE(s10)
	slliw	a2, a2, 8
	bnez	a2, trap_slow
	lbu	a2, THREAD_PRIORITY(s2)
	lbu	a3, THREAD_PRIORITY(s10)
	bltu	a2, a3, trap_slow
	ld	s5, THREAD_SESSION(s10)
	lw	s11, OBJECT_USES(s5)
	addiw	s11, s11, -1
	beqz	s11, trap_slow
	bne	s5, s6, 1f
	addiw	s7, s7, -1		/* both calls are through one session */
	beqz	s7, trap_slow
1:	andi	a2, s0, MAY_COPY | MAY_PASS
	beqz	a2, 2f
	mv	a2, s10
	mv	a3, s2
	andi	a4, s0, MAY_PASS
	bnez	a4, 3f
	mv	a2, s2
	mv	a3, s10
3:	user_bytes a2, a1, MAY_WRITE, reply_far
	user_bytes a3, a1, MAY_READ, reply_far
	/* commit */
	receive_keep
	mv	s0, a0
	addi	a4, a1, -1
	bnez	a4, pass_bytes
pass_byte:				/* scripts/counting.py counts by the label */
	lbu	a4, 0(a3)
	sb	a4, 0(a2)
	j	5f
pass_bytes:
	lla	sp, _stack_top
	mv	a0, a2
	mv	a2, a1
	mv	a1, a3
	call	memcpy
	j	5f
2:	/* commit */
	receive_keep
	mv	s0, a0
5:	ld	a1, F(T6)(tp)
	sw	s11, OBJECT_USES(s5)
	sw	zero, REPLY_STATE(s9)
	sd	zero, REPLY_CALLER(s9)
	sd	zero, THREAD_REPLY(s10)
	sd	zero, THREAD_SESSION(s10)
	sd	zero, THREAD_CALL(s10)
	li	a2, 1
	sb	a2, THREAD_IN_CALL(s10)
	sd	a1, F(A0)(s10)
	lla	sp, _stack_top
	mv	a0, s10
	li	a1, 0
	call	queue_push
	ld	t6, %lo(hart + HART_PAYER)(s4)
	beq	t6, s2, 6f
	mv	a0, s2
	call	trap_reply_pays
6:	mv	a0, s0
	lw	s7, OBJECT_USES(s6)
	addiw	s7, s7, -1
	li	s9, 0
	j	routed_kept

reply_far:				/* not so simple: what C does of it, is done */
	addi	t6, tp, THREAD_FRAME
	each_by_method sd
	sd	gp, FRAME_GP(t6)
	sd	t4, FRAME_T4(t6)
	sd	t5, FRAME_T5(t6)
	lla	sp, _stack_top
	ld	a2, FRAME_T6(t6)
	mv	a0, s10
	mv	a1, s2
	andi	a4, s0, MAY_PASS
	bnez	a4, 7f
	mv	a0, s2
	mv	a1, s10
7:	call	trap_pass
	ld	s0, F(A0)(tp)
	bnez	a0, 5b
	j	trap_params_saved

/* --- recv: nothing is pending, so others run meanwhile; C says who --------------------------- */

	.globl fast_recv
fast_recv:				/* of its own registers it keeps sp, gp, tp only */
	lw	s5, THREAD_RARE(tp)
	bnez	s5, lean_recv
	ld	s1, THREAD_SERVES(tp)
	beqz	s1, lean_recv
	lwu	s2, THREAD_RECEIVES(tp)
	bne	s2, a6, lean_recv
	lbu	s5, ENDPOINT_PENDING(s1)
	bnez	s5, lean_recv
	mv	t1, t2
	jal	ra, reply_find
	lw	s2, REPLY_STATE(s3)
	bnez	s2, trap_slow
	/* commit */
	receive_keep
	receive_commit
	csrrw	t6, sscratch, zero
	sd	t6, F(TP)(tp)
	lla	sp, _stack_top
	call	trap_waits
	j	arch_resume

lean_recv:				/* all but sp, gp and tp comes from the frame */
	sd	t4, F(T4)(tp)
	lean_save
	csrr	t4, sstatus
	sd	t4, FRAME_STATUS(t6)
	call	trap_recv
	j	arch_resume

reply_find:				/* the Reply in slot t1, not the last that received */
	ld	s3, THREAD_CSPACE(tp)
	beqz	s3, trap_slow
	srli	s2, t1, SLOTS_PER_PAGE_SHIFT
	sltiu	s5, s2, FIRST_FIXED >> SLOTS_PER_PAGE_SHIFT
	beqz	s5, trap_slow
	slli	s2, s2, 3
	add	s3, s3, s2
	ld	s3, CSPACE_PAGES(s3)
	beqz	s3, trap_slow
	andi	s2, t1, (1 << SLOTS_PER_PAGE_SHIFT) - 1
	slli	s2, s2, SLOT_SIZE_SHIFT
	add	s3, s3, s2
	ld	s3, SLOT_OBJECT(s3)
	beqz	s3, trap_slow
	lhu	s2, OBJECT_TYPE(s3)	/* and not dead */
	addi	s2, s2, -TYPE_IS_REPLY
	bnez	s2, trap_slow
	ld	s2, REPLY_ENDPOINT(s3)
	bne	s2, s1, trap_slow
	ret

reply_pay:				/* s2 is not the one for which the hart has worked */
	addi	s10, tp, THREAD_FRAME
	each_parameter sd
	sd	t4, FRAME_T4(s10)
	sd	t5, FRAME_T5(s10)
	sd	ra, FRAME_RA(s10)
	mv	a0, s2
	lla	sp, _stack_top
	call	trap_reply_pays
	each_parameter ld
	ld	t4, FRAME_T4(s10)
	ld	t5, FRAME_T5(s10)
	ld	ra, FRAME_RA(s10)
	ret

	.globl trap_params_saved
trap_params_saved:			/* what the operation keeps and tells is in the frame */
	csrrw	s1, sscratch, zero
	csrr	s2, sepc
	csrr	s3, sstatus
	j	trap_saved

/*
 * The fast path: a call to a receiver that waits, and a reply with the next recv
 * when nothing else is pending.  Its specification is the slow path in C; it does
 * the same, or nothing and goes there.  Every condition that leaves it stands in
 * docs/fast-path.md.
 *
 * Entered from trap_entry with tp the thread, the user's tp in sscratch, the user's
 * t6 saved, all other registers the user's.  Until its commit line a path changes
 * only registers that its caller does not keep, or has saved.
 *
 * Message words stay in a0-a5.  What the contract (ipc/abi/message.h) does not keep
 * is neither saved nor loaded, but cleared.
 */
#include "offsets.h"
#include "frame.h"

#define F(register) (THREAD_FRAME + FRAME_##register)

	/* \aspace becomes the hart's (s4: hart); spoils \scratch.  Where it has no identifier
	 * of its own, fence_\label has to be there. */
	.macro use_aspace aspace, scratch, label
	ld	\scratch, ASPACE_SATP_TAGGED(\aspace)
	sd	\aspace, %lo(hart + HART_ASPACE)(s4)
	beqz	\scratch, fence_\label
	csrw	satp, \scratch
back_\label:
	.endm

	.macro use_untagged aspace, scratch, label
fence_\label:
	ld	\scratch, ASPACE_SATP(\aspace)
	csrw	satp, \scratch
	sfence.vma zero, zero
	j	back_\label
	.endm

	/* The receiver of the endpoint takes tp's call through the session by its idle Reply; t5 is the
	 * receiver's address space.  The caller's own word of state and call is the user's. */
	.macro bind endpoint, receiver, reply, session
	sd	\session, THREAD_SESSION(tp)
	sd	\reply, THREAD_REPLY(tp)
	lw	t5, OBJECT_USES(\session)
	li	t6, REPLY_IS_BOUND
	sw	t6, REPLY_STATE(\reply)
	addi	t5, t5, 1
	sw	t5, OBJECT_USES(\session)
	sd	tp, REPLY_CALLER(\reply)
	sd	zero, ENDPOINT_RECEIVER(\endpoint)
	sd	\reply, ENDPOINT_LAST(\endpoint)
	sb	zero, ENDPOINT_NOTICE_LAST(\endpoint)
	sd	zero, THREAD_CALL(\receiver)
	sd	\receiver, %lo(hart + HART_CURRENT)(s4)
	ld	t5, THREAD_ASPACE(\receiver)
	.endm

	/* What the receiver sees besides words, label, kind, window length (t2), delivered bytes (t4) and
	 * the capability's slot (t3); it runs. */
	.macro deliver receiver, session
	ld	a6, SESSION_BADGE(\session)
	ld	t1, THREAD_TAG(tp)
	ld	t5, F(PC)(\receiver)
	csrw	sepc, t5
	ld	sp, F(SP)(\receiver)
	ld	gp, F(GP)(\receiver)
	ld	tp, F(TP)(\receiver)
	li	t5, 0
	li	t6, 0
	clear_kept
	fast_return
	.endm

	/* tp, the server of endpoint s1, has answered s2 by Reply s3 and waits again. */
	.macro reply_commit
	sw	s7, OBJECT_USES(s6)
	sw	zero, REPLY_STATE(s3)
	sd	zero, REPLY_CALLER(s3)
	sd	zero, THREAD_REPLY(s2)
	sd	zero, THREAD_SESSION(s2)
	sd	zero, THREAD_CALL(s2)
	sd	tp, ENDPOINT_RECEIVER(s1)
	sd	s3, THREAD_ARMED(tp)
	li	t6, STATE_RECEIVING
	sd	t6, THREAD_CALL(tp)
	sd	zero, THREAD_BUSY_SINCE(tp)
	csrr	t6, sepc
	addi	t6, t6, 4
	sd	t6, F(PC)(tp)
	sd	sp, F(SP)(tp)
	sd	gp, F(GP)(tp)
	csrrw	t6, sscratch, s2
	sd	t6, F(TP)(tp)
	sd	t0, F(T0)(tp)
	sd	t2, F(T2)(tp)
	sd	t3, F(T3)(tp)
	sd	t4, F(T4)(tp)
	sd	s2, %lo(hart + HART_CURRENT)(s4)
	.endm

	/* What a method call may read or change, and what C changes; base t6. */
	.macro each_by_method op
	\op	ra, FRAME_RA(t6)
	\op	sp, FRAME_SP(t6)
	\op	gp, FRAME_GP(t6)
	\op	t0, FRAME_T0(t6)
	\op	t1, FRAME_T1(t6)
	\op	t2, FRAME_T2(t6)
	\op	t3, FRAME_T3(t6)
	\op	a0, FRAME_A0(t6)
	\op	a1, FRAME_A1(t6)
	\op	a2, FRAME_A2(t6)
	\op	a3, FRAME_A3(t6)
	\op	a4, FRAME_A4(t6)
	\op	a5, FRAME_A5(t6)
	\op	a6, FRAME_A6(t6)
	\op	a7, FRAME_A7(t6)
	.endm

	/* All that a method, reply or recv reads of tp's registers but t4-t6 to its frame (t6), and the
	 * kernel's stack. */
	.macro lean_save
	addi	t6, tp, THREAD_FRAME
	each_by_method sd
	csrrw	t4, sscratch, zero
	sd	t4, FRAME_TP(t6)
	csrr	t4, sepc
	addi	t4, t4, 4
	sd	t4, FRAME_PC(t6)
	lla	sp, _stack_top
	mv	a0, tp
	.endm

	/* What C keeps; base t6. */
	.macro each_kept op
	\op	s0, FRAME_S0(t6)
	\op	s1, FRAME_S1(t6)
	\op	s2, FRAME_S2(t6)
	\op	s3, FRAME_S3(t6)
	\op	s4, FRAME_S4(t6)
	\op	s5, FRAME_S5(t6)
	\op	s6, FRAME_S6(t6)
	\op	s7, FRAME_S7(t6)
	\op	s8, FRAME_S8(t6)
	\op	s9, FRAME_S9(t6)
	\op	s10, FRAME_S10(t6)
	\op	s11, FRAME_S11(t6)
	.endm

	/* The argument of tp's call whose number stands in bits \shift.. of \word; the slow path if there
	 * is none. */
	.macro argument word, shift, to, scratch, load=ld
	srli	\to, \word, \shift
	andi	\to, \to, 0xff
	sltiu	\scratch, \to, 6
	beqz	\scratch, trap_saved
	slli	\to, \to, 3
	add	\to, \to, tp
	\load	\to, F(A0)(\to)
	.endm

	/* The parameters of a call or reply, but t4-t6; base s10. */
	.macro each_parameter op
	\op	sp, FRAME_SP(s10)
	\op	gp, FRAME_GP(s10)
	\op	t0, FRAME_T0(s10)
	\op	t1, FRAME_T1(s10)
	\op	t2, FRAME_T2(s10)
	\op	t3, FRAME_T3(s10)
	\op	a0, FRAME_A0(s10)
	\op	a1, FRAME_A1(s10)
	\op	a2, FRAME_A2(s10)
	\op	a3, FRAME_A3(s10)
	\op	a4, FRAME_A4(s10)
	\op	a5, FRAME_A5(s10)
	\op	a6, FRAME_A6(s10)
	\op	a7, FRAME_A7(s10)
	.endm

	/* tp, a native caller, waits for the answer of s2. */
	.macro call_commit
	csrr	t5, sepc
	addi	t5, t5, 4
	sd	t5, F(PC)(tp)
	sd	sp, F(SP)(tp)
	sd	gp, F(GP)(tp)
	csrrw	t5, sscratch, s2
	sd	t5, F(TP)(tp)
	sd	t0, F(T0)(tp)
	sd	t2, F(T2)(tp)
	li	t5, STATE_WAITING | CALL_IS_NATIVE << 8
	sd	t5, THREAD_CALL(tp)
	bind	s1, s2, s3, s5
	.endm

	/* May tp answer and wait again by one Reply, and somebody be switched to?  Endpoint s1, the
	 * caller s2 with its rare word s5, kind s9, address space s8 and session s6, whose uses will be
	 * s7, Reply s3, hart s4. */
	.macro reply_checks
	sext.w	t6, t0			/* an error undoes things */
	bltz	t6, trap_slow
	ld	s1, THREAD_SERVES(tp)
	beqz	s1, trap_slow
	lwu	s2, THREAD_RECEIVES(tp)
	bne	s2, a6, trap_slow
	bne	t1, t2, trap_slow
	ld	s3, ENDPOINT_LAST(s1)
	beqz	s3, .Lfind_\@
	lwu	s2, REPLY_SLOT(s3)
	beq	s2, t1, .Lfound_\@
.Lfind_\@:
	jal	ra, reply_find
.Lfound_\@:
	ld	s2, REPLY_CALLER(s3)
	beqz	s2, trap_slow		/* it is not bound */
	lw	s5, THREAD_RARE(tp)
	bnez	s5, trap_slow
	lbu	s5, ENDPOINT_PENDING(s1)
	bnez	s5, trap_slow
	ld	s6, THREAD_SESSION(s2)
	lw	s7, OBJECT_USES(s6)
	addiw	s7, s7, -1
	beqz	s7, trap_slow
	lui	s4, %hi(hart)
	ld	s5, %lo(hart + HART_BARRIER)(s4)
	lbu	s8, THREAD_PRIORITY(s2)
	blt	s8, s5, trap_slow
	ld	s8, THREAD_ASPACE(s2)
	beqz	s8, trap_slow
	lbu	s9, THREAD_CALL + 1(s2)
	lw	s5, THREAD_RARE(s2)
	.endm

	/* Whose registers are all kept: a routed call (s9 becomes 0) or a page fault (1). */
	.macro check_routed
	addi	s9, s9, -CALL_IS_ROUTED
	sltiu	t6, s9, 2
	beqz	t6, trap_slow
	slliw	s5, s5, 8		/* fpu_on is no hindrance here: status is loaded */
	bnez	s5, trap_slow
	lbu	t6, REPLY_STATE + REPLY_GIVEN(s3)
	bnez	t6, trap_slow
	ld	t6, %lo(hart + HART_PAYER)(s4)
	beq	t6, s2, .Lpaid_\@
	jal	ra, reply_pay
.Lpaid_\@:
	.endm

	/* From session s11: its endpoint s5, the receiver s6 that may be switched to, and its idle
	 * Reply s7; s4 the hart.  Else the slow path, from where everything is saved. */
	.macro find_receiver
	ld	s5, SESSION_ENDPOINT(s11)
	beqz	s5, trap_saved
	ld	s6, ENDPOINT_RECEIVER(s5)
	beqz	s6, trap_saved
	ld	s7, THREAD_ARMED(s6)
	beqz	s7, trap_saved
	lui	s4, %hi(hart)
	ld	t4, %lo(hart + HART_BARRIER)(s4)
	lbu	t5, THREAD_PRIORITY(s6)
	blt	t5, t4, trap_saved
	.endm

	.macro clear_kept
	li	ra, 0
	li	s0, 0
	li	s1, 0
	li	s2, 0
	li	s3, 0
	li	s4, 0
	li	s5, 0
	li	s6, 0
	li	s7, 0
	li	s8, 0
	li	s9, 0
	li	s10, 0
	li	s11, 0
	.endm

	.section .text.entry, "ax"

/* --- call ---------------------------------------------------------------------------- */

	.globl fast_call
fast_call:
	ld	t6, THREAD_CSPACE(tp)
	beqz	t6, trap_slow
	lui	t5, FIRST_FIXED >> 12
	sub	t5, a6, t5
	sltiu	t4, t5, NUMBER_OF_FIXED
	beqz	t4, call_ordinary
	slli	t5, t5, SLOT_SIZE_SHIFT
	add	t6, t6, t5
	addi	t6, t6, CSPACE_FIXED
call_slot:
	lbu	t5, SLOT_CALLABLE(t6)
	beqz	t5, fast_method
	ld	s5, SLOT_OBJECT(t6)	/* a session: s0-s11 and ra are not kept */
	ld	s1, SESSION_ENDPOINT(s5)
	beqz	s1, trap_slow
	ld	s2, ENDPOINT_RECEIVER(s1)
	beqz	s2, trap_slow
	ld	s3, THREAD_ARMED(s2)
	beqz	s3, trap_slow
	lbu	t5, ENDPOINT_RANK(s1)
	lbu	t4, THREAD_RANK(tp)
	bgeu	t5, t4, trap_slow
	lw	t5, THREAD_RARE(tp)
	bnez	t5, trap_slow
	lui	s4, %hi(hart)
	ld	t5, %lo(hart + HART_BARRIER)(s4)
	lbu	t4, THREAD_PRIORITY(s2)
	blt	t4, t5, trap_slow
	bnez	t2, call_window
1:	srli	t5, t0, 32
	bnez	t5, call_flags
	/* commit */
	call_commit
	use_aspace t5, t4, call
	sext.w	a7, t0
	li	t0, KIND_IS_NATIVE
	li	t4, 0
	li	t3, -1
	deliver	s2, s5
	use_untagged t5, t4, call

call_ordinary:
	srli	t5, a6, SLOTS_PER_PAGE_SHIFT
	sltiu	t4, t5, FIRST_FIXED >> SLOTS_PER_PAGE_SHIFT
	beqz	t4, trap_slow
	slli	t5, t5, 3
	add	t6, t6, t5
	ld	t6, CSPACE_PAGES(t6)
	beqz	t6, trap_slow
	andi	t5, a6, (1 << SLOTS_PER_PAGE_SHIFT) - 1
	slli	t5, t5, SLOT_SIZE_SHIFT
	add	t6, t6, t5
	j	call_slot

call_window:				/* nothing to copy if there is no buffer */
	ld	t5, F(T4)(s2)
	bnez	t5, trap_slow
	sd	t1, F(T1)(tp)
	j	1b

call_flags:				/* a capability goes along, or may come back */
	andi	t5, t5, ~(MAY_SEND | MAY_MOVE | MAY_RECEIVE)
	bnez	t5, trap_slow
	addi	s10, tp, THREAD_FRAME
	each_parameter sd
	mv	a0, tp
	mv	a1, s2
	lla	sp, _stack_top
	call	trap_send
	addi	t6, a0, 2		/* the slot, -1: none, -2: not so */
	beqz	t6, trap_params_saved
	mv	s6, a0
	each_parameter ld
	/* commit */
	call_commit
	bltz	s6, 2f
	li	t4, 1
	sb	t4, REPLY_STATE + REPLY_CAP_MOVED(s3)
2:	use_aspace t5, t4, send
	sext.w	a7, t0
	li	t0, KIND_IS_NATIVE
	li	t4, 0
	mv	t3, s6
	deliver	s2, s5
	use_untagged t5, t4, send

/* --- call of an object that the kernel answers ---------------------------------------------
 * C keeps s0-s11 by itself; they are saved only if somebody else runs next. */

fast_method:				/* t6: the slot */
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
method:	mv	t5, t6
	lean_save
	mv	a1, t5
	call	trap_method
lean_back:
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

/* --- the two methods that are called most: signal of a notification t5 ---------------------- */

fast_signal:
	li	t4, METHOD_SIGNAL	/* no flags either */
	bne	t0, t4, method
	lbu	t4, THREAD_RARE + RARE_CUT(tp)
	bnez	t4, method
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
	sret

fast_wake:				/* t4 waits: does it go first? */
	lw	t0, THREAD_RARE(tp)
	bnez	t0, 1f
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
	sret
1:	li	t0, METHOD_SIGNAL
	j	method

/* --- ... and what slot a0 of capability space t5 holds --------------------------------------- */

fast_identify:
	li	t4, METHOD_IDENTIFY
	bne	t0, t4, method
	lbu	t4, THREAD_RARE + RARE_CUT(tp)
	bnez	t4, method
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

/* --- reply alone, and recv: likewise -------------------------------------------------------- */

	.globl lean_reply
lean_reply:
	sd	t5, F(T5)(tp)
	lean_save
	call	trap_reply
	j	lean_back

	.globl lean_recv
lean_recv:				/* all but sp, gp and tp comes from the frame */
	sd	t4, F(T4)(tp)
	lean_save
	csrr	t4, sstatus
	sd	t4, FRAME_STATUS(t6)
	call	trap_recv
	j	arch_resume

/* --- reply_recv ------------------------------------------------------------------------ */

	.globl fast_reply_recv
fast_reply_recv:			/* of its own registers it keeps sp, gp, tp only */
	srli	t6, t0, 32
	andi	s0, t6, ~MAY_RECEIVE
	bnez	s0, reply_flags
	reply_checks
	li	t6, CALL_IS_NATIVE
	bne	s9, t6, reply_routed
	bnez	s5, trap_slow
reply_native:				/* commit; s0: 1 + slot of a capability */
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
	check_routed
1:	/* commit */
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
	bnez	s9, 2f
	sd	a0, FRAME_A0(t6)
2:	ld	tp, FRAME_TP(t6)
	each_register ld, t6
	ld	t6, FRAME_T6(t6)
	fast_return
	use_untagged s8, s10, routed

reply_flags:				/* bytes, pages or a capability first: C knows to whom */
	reply_checks
	addi	s11, s9, -CALL_IS_NATIVE
	beqz	s11, 3f
	check_routed
	j	4f
3:	bnez	s5, trap_slow
4:	addi	s10, tp, THREAD_FRAME
	each_parameter sd
	sd	t4, FRAME_T4(s10)
	sd	t5, FRAME_T5(s10)
	mv	a0, tp
	mv	a1, s3
	lla	sp, _stack_top
	call	trap_reply_action
	bltz	a0, trap_params_saved	/* what goes wrong is the slow path's */
	mv	s5, a0
	each_parameter ld
	ld	t4, FRAME_T4(s10)
	andi	t6, s0, MAY_SEND
	beqz	s11, 5f
	beqz	t6, 1b
	mv	a0, s5
	j	1b
5:	addi	s0, s5, 1
	j	reply_native

reply_find:				/* the Reply in slot t1, which is not the last that received */
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
	call	sched_pay
	each_parameter ld
	ld	t4, FRAME_T4(s10)
	ld	t5, FRAME_T5(s10)
	ld	ra, FRAME_RA(s10)
	ret

trap_params_saved:			/* all that this operation keeps and tells is in the frame */
	csrrw	s1, sscratch, zero
	csrr	s2, sepc
	csrr	s3, sstatus
	j	trap_saved

/* --- a page fault --------------------------------------------------------------------------
 * Entered like a routed call, with the cause in s4. */

	.globl fast_fault
fast_fault:
	slli	t6, s4, 2
	li	t5, FAULT_BY_CAUSE
	addi	t6, t6, -4 * CAUSE_IS_FETCH
	srl	t5, t5, t6
	andi	s0, t5, 0xf		/* enum fault_cause */
	beqz	s0, trap_saved
	lbu	t5, THREAD_PAGER + SLOT_CALLABLE(tp)
	beqz	t5, trap_saved
	ld	s11, THREAD_PAGER + SLOT_OBJECT(tp)
	find_receiver
	csrr	s8, stval
	/* commit */
	sd	s1, F(TP)(tp)
	sd	s2, F(PC)(tp)
	sd	s3, F(STATUS)(tp)
	csrw	sscratch, s6
	li	a2, 1
	sb	s0, THREAD_FAULT_CAUSE(tp)
	sd	s8, THREAD_FAULT_ADDRESS(tp)
	sd	a2, THREAD_FAULT_LEN(tp)
	sw	zero, THREAD_FAULT_REFUSAL(tp)
	li	t5, STATE_WAITING | CALL_IS_PAGER << 8
	sd	t5, THREAD_CALL(tp)
	bind	s5, s6, s7, s11
	csrr	t6, cycle
	sd	t6, %lo(hart + HART_SERVING_SINCE)(s4)
	use_aspace t5, t6, fault
	ld	t5, F(STATUS)(s6)
	csrw	sstatus, t5
	mv	a0, s8
	mv	a1, s2
	li	a3, 0
	li	a4, 0
	li	a5, 0
	mv	a7, s0
	li	t0, KIND_IS_FAULT
	li	t2, 0
	li	t3, -1
	li	t4, 0
	deliver	s6, s11
	use_untagged t5, t6, fault

/* --- a routed call ------------------------------------------------------------------------
 * Entered from trap_entry with every register saved but tp, pc and status, which are
 * in s1, s2 and s3, and with sscratch 0. */

	.globl fast_route
fast_route:
	lbu	t0, THREAD_RARE + RARE_CUT(tp)
	bnez	t0, trap_saved
	ld	t0, THREAD_CSPACE(tp)
	beqz	t0, trap_saved
	ld	t1, CSPACE_ROUTES_AT(t0)
	beqz	t1, trap_saved
	slli	t2, a7, ROUTE_SIZE_SHIFT
	add	t1, t1, t2
	ld	s0, 0(t1)		/* kind, slot, arg, flags, ... */
	srli	t3, s0, 24
	andi	t4, t3, ROUTE_SLOW_FLAGS
	bnez	t4, route_flags
1:	andi	t4, s0, 0xff
	srli	t5, s0, 8
	addi	t6, t4, -ROUTE_IS_FIXED
	bnez	t6, route_descriptor
	andi	t5, t5, 0xff
	sltiu	t4, t5, NUMBER_OF_FIXED
	beqz	t4, trap_saved
	slli	t5, t5, SLOT_SIZE_SHIFT
	add	t0, t0, t5
	addi	t0, t0, CSPACE_FIXED
2:	lbu	t5, SLOT_CALLABLE(t0)
	beqz	t5, trap_saved
	ld	s11, SLOT_OBJECT(t0)
	find_receiver
	ld	s8, ROUTE_WINDOWS(t1)
	ld	s9, ROUTE_WINDOWS + 8(t1)
	sd	a0, THREAD_ORIGINAL_A0(tp)	/* nobody reads these before a call is made */
	sd	s8, THREAD_SPEC(tp)
	sd	s9, THREAD_SPEC + 8(tp)
	li	s10, 0			/* window length */
	li	t4, 0			/* bytes delivered */
	or	t5, s8, s9
	bnez	t5, route_window
3:	/* commit */
	sd	s1, F(TP)(tp)
	addi	s2, s2, 4
	sd	s2, F(PC)(tp)
	sd	s3, F(STATUS)(tp)
	csrw	sscratch, s6
	li	t5, STATE_WAITING | CALL_IS_ROUTED << 8
	sd	t5, THREAD_CALL(tp)
	srli	t5, s0, 24
	sb	t5, THREAD_CALL + 2(tp)
	srli	t5, s0, 56
	sb	t5, THREAD_CALL + 3(tp)
	bind	s5, s6, s7, s11
	csrr	t6, cycle
	sd	t6, %lo(hart + HART_SERVING_SINCE)(s4)
	use_aspace t5, t6, route
	ld	t5, F(STATUS)(s6)
	csrw	sstatus, t5
	mv	t2, s10
	li	t3, -1
	li	t0, KIND_IS_ROUTED
	deliver	s6, s11
	use_untagged t5, t6, route

route_descriptor:
	addi	t6, t4, -ROUTE_IS_DESCRIPTOR
	bnez	t6, trap_saved
	argument s0, 16, t5, t4, lwu	/* descriptor */
	lwu	t4, CSPACE_LIMIT_AT(t0)
	bgeu	t5, t4, trap_saved
	srli	t4, t5, SLOTS_PER_PAGE_SHIFT
	slli	t4, t4, 3
	add	t0, t0, t4
	ld	t0, CSPACE_PAGES(t0)
	beqz	t0, trap_saved
	andi	t5, t5, (1 << SLOTS_PER_PAGE_SHIFT) - 1
	slli	t5, t5, SLOT_SIZE_SHIFT
	add	t0, t0, t5
	j	2b

route_window:				/* length, and the bytes for the receiver's buffer */
	andi	t5, s8, 0xff
	beqz	t5, 7f
	addi	t6, t5, -WINDOW_IS_BUFFER
	beqz	t6, 4f
	addi	t6, t5, -WINDOW_IS_CONST
	srli	s10, s8, 32
	beqz	t6, 5f
	lui	s10, STRING_BYTES >> 12
	addi	t6, t5, -WINDOW_IS_STRING
	beqz	t6, 5f
	addi	t6, t5, -WINDOW_IS_ARRAY
	bnez	t6, trap_saved
	argument s8, 24, s10, t6
	srli	t6, s10, 16
	bnez	t6, trap_saved
	srli	t6, s8, 32
	mul	s10, s10, t6
	j	5f
4:	argument s8, 24, s10, t6
5:	srli	t6, s8, 16		/* an argument that is none: no window */
	andi	t6, t6, 0xff
	sltiu	t6, t6, 6
	beqz	t6, trap_saved
	srli	t6, s8, 24
	andi	t6, t6, 0xff
	sltiu	t6, t6, 6
	beqz	t6, trap_saved
7:	or	t6, s8, s9
	andi	t6, t6, MAY_READ << 8
	beqz	t6, 3b
	ld	t5, F(T4)(s6)
	beqz	t5, 3b
	mv	a0, tp
	mv	a1, s6
	lla	sp, _stack_top
	call	trap_copy_in
	mv	t4, a0
	addi	t6, tp, THREAD_FRAME
	ld	a0, FRAME_A0(t6)
	ld	a1, FRAME_A1(t6)
	ld	a2, FRAME_A2(t6)
	ld	a3, FRAME_A3(t6)
	ld	a4, FRAME_A4(t6)
	ld	a5, FRAME_A5(t6)
	ld	a7, FRAME_A7(t6)
	bltz	t4, trap_saved
	j	3b

route_flags:
	andi	t4, t3, ROUTE_NEEDS
	beqz	t4, 6f
	ld	t4, CSPACE_USED(t0)	/* one of the first descriptors is free? */
	addi	t4, t4, 1
	beqz	t4, trap_saved
	ld	t4, CSPACE_PAGES(t0)
	beqz	t4, trap_saved
	lwu	t4, CSPACE_LIMIT_AT(t0)
	sltiu	t4, t4, 64
	bnez	t4, trap_saved
6:	andi	t4, t3, ROUTE_TESTS
	beqz	t4, 1b
	argument s0, 48, t4, t5
	lwu	t5, ROUTE_MASK(t1)
	lwu	t6, ROUTE_VALUE(t1)
	and	t4, t4, t5
	bne	t4, t6, 1b
	srli	t4, s0, 32		/* the alternative kind and slot, and the same argument and flags */
	slli	t4, t4, 48
	srli	t4, t4, 48
	srli	t5, s0, 16
	slli	t5, t5, 16
	or	s0, t5, t4
	j	1b

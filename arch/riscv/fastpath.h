/*
 * What the files of the fast path share: macros over the kernel's structures, whose
 * offsets stand in offsets.h.  Their specification is the slow path in C; each path does
 * the same, or nothing and goes there (every condition: docs/fast-path.md).
 *
 * All are entered from trap_entry with tp the thread, the user's tp in sscratch, the user's
 * t6 saved, all other registers the user's (or, where it says so, with everything saved).
 * Until its commit line a path changes only registers that its caller does not keep, or has
 * saved.  Message words stay in a0-a5.  What the contract (ipc/abi/message.h) does not keep is
 * neither saved nor loaded, but cleared.
 */
#pragma once

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

	/* The receiver of the endpoint takes tp's call through the session by its idle
	 * Reply; t5 is the receiver's address space.  The caller's own word of state and call is the user's. */
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

	/* What the receiver sees besides words, label, kind, window length (t2), delivered
	 * bytes (t4) and the capability's slot (t3); it runs. */
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

	/* All that a method, reply or recv reads of tp's registers but t4-t6 to its frame
	 * (t6), and the kernel's stack. */
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

	/* The argument of tp's call whose number stands in bits \shift.. of \word; the slow
	 * path if there is none. */
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

	/* May tp answer and wait again by one Reply, and somebody be switched to?  Endpoint
	 * s1, the caller s2 with its rare word s5, kind s9, address space s8 and session s6,
	 * whose uses will be s7, Reply s3, hart s4. */
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

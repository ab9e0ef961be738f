/* The native call of a session whose receiver waits. */
#include "fastpath.inc"

	.section .text.entry, "ax"

	.globl fast_call
fast_call:
	ld	t6, THREAD_CSPACE(tp)
	beqz	t6, trap_slow
	srli	t5, a6, SLOTS_PER_PAGE_SHIFT
	sltiu	t4, t5, FIRST_FIXED >> SLOTS_PER_PAGE_SHIFT
	beqz	t4, call_fixed
	slli	t5, t5, 3
	add	t6, t6, t5
	ld	t6, CSPACE_PAGES(t6)
	beqz	t6, trap_slow
	andi	t5, a6, (1 << SLOTS_PER_PAGE_SHIFT) - 1
	slli	t5, t5, SLOT_SIZE_SHIFT
	add	t6, t6, t5
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
	if_placed s2, trap_slow
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
	call_kept
	call_commit
	use_aspace t5, t4, call
	sext.w	a7, t0
	li	t0, KIND_IS_NATIVE
	li	t4, 0
	li	t3, -1
	deliver	s2, s5
	use_untagged t5, t4, call

call_fixed:
	lui	t5, FIRST_FIXED >> 12
	sub	t5, a6, t5
	sltiu	t4, t5, NUMBER_OF_FIXED
	beqz	t4, trap_slow
	slli	t5, t5, SLOT_SIZE_SHIFT
	add	t6, t6, t5
	addi	t6, t6, CSPACE_FIXED
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
	/* commit */
	switch_from
	each_word ld
	ld	t0, FRAME_T0(s10)
	ld	t2, FRAME_T2(s10)
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

/*
 * The bytes of a reply to a routed call: a page at most, into its first out window.
 *
 * What reply_flags has found holds here: server tp, caller s2 with address space s8, and the
 * source t5.  Nothing but bytes of the window has changed until reply_copied; routed_kept is behind
 * that, for what has the parameters in the frame already.
 */
#include "fastpath.inc"

	.section .text.entry, "ax"

reply_bytes:
	ld	ra, F(T6)(tp)
	addi	t1, ra, -1
	srli	t6, t1, PAGE_BITS
	bnez	t6, 9f
	ld	s5, THREAD_SPEC(s2)
	andi	t6, s5, MAY_WRITE << 8
	bnez	t6, 6f
	ld	s5, THREAD_SPEC + 8(s2)
	andi	t6, s5, MAY_WRITE << 8
	beqz	t6, 9f
6:	argument s5, 24, s10, ld, s2
	andi	t6, s5, 0xff
	addi	t6, t6, -WINDOW_IS_BUFFER
	bnez	t6, reply_fixed
reply_place:
	argument s5, 16, s5, ld, s2
	bltu	s10, ra, 9f
	add	t6, t5, t1
	add	t1, s5, t1
	xor	t6, t6, t5
	xor	t1, t1, s5
	or	t6, t6, t1
	srli	t6, t6, PAGE_BITS
	bnez	t6, reply_pieces	/* two pages on a side */
	addi	t6, ra, -1
	sltiu	t6, t6, SMALL_OUT
	beqz	t6, reply_pieces
	ld	s10, THREAD_ASPACE(tp)
	user_page s11, s8, s5, MAY_WRITE, 9f, t6, t1
	user_page s5, s10, t5, MAY_READ, 9f, t6, t1
	add	s10, s5, ra
	or	t6, s11, s5
	or	t6, t6, ra
	andi	t6, t6, 7
	bnez	t6, 8f
6:	ld	t6, 0(s5)
	sd	t6, 0(s11)
	addi	s5, s5, 8
	addi	s11, s11, 8
	bltu	s5, s10, 6b
	j	reply_copied
7:	lbu	t6, 0(s5)
	sb	t6, 0(s11)
	addi	s5, s5, 1
	addi	s11, s11, 1
	bltu	s5, s10, 7b
	j	reply_copied
8:	sltiu	t1, ra, 16
	bnez	t1, 7b
9:	li	s11, CALL_IS_ROUTED - CALL_IS_NATIVE
	mv	t1, t2
	j	reply_by_c

reply_fixed:				/* s5: a constant or an array, of s10 bytes then */
	addi	t6, t6, WINDOW_IS_BUFFER - WINDOW_IS_CONST
	bnez	t6, 1f
	srli	s10, s5, 32
	j	reply_place
1:	addi	t6, t6, WINDOW_IS_CONST - WINDOW_IS_ARRAY
	bnez	t6, 9b
	srli	t6, s5, 32
	or	s11, t6, s10
	srli	s11, s11, 16		/* no more than C allows as a product */
	bnez	s11, 9b
	mul	s10, s10, t6
	j	reply_place

reply_pieces:				/* ra bytes of t5 to s5 in s8, each within pages */
	mv	t1, t2
	addi	s10, tp, THREAD_FRAME
	each_parameter sd
	sd	t4, FRAME_T4(s10)
	sd	t5, FRAME_T5(s10)
	lla	sp, _stack_top
	mv	s0, t5
	mv	s11, ra
1:	ld	a3, THREAD_ASPACE(tp)
	user_page a0, s8, s5, MAY_WRITE, 5f, t6, t1
	user_page a1, a3, s0, MAY_READ, 5f, t6, t1
	slli	t1, s5, 64 - PAGE_BITS
	slli	t6, s0, 64 - PAGE_BITS
	bgeu	t1, t6, 2f
	mv	t1, t6
2:	srli	t1, t1, 64 - PAGE_BITS
	lui	t6, 1
	sub	a2, t6, t1
	bltu	a2, s11, 3f
	mv	a2, s11
3:	sub	s11, s11, a2
	add	s5, s5, a2
	add	s0, s0, a2
	or	t6, a0, a1
	or	t6, t6, a2
	andi	t6, t6, 7
	bnez	t6, 4f
	srli	a2, a2, 3
	call	copy_words
	bnez	s11, 1b
	ld	a0, FRAME_A0(s10)
	j	routed_kept
4:	call	memcpy
	bnez	s11, 1b
	ld	a0, FRAME_A0(s10)
	j	routed_kept
5:	li	s0, MAY_COPY		/* a page is absent: C begins anew */
	li	s11, CALL_IS_ROUTED - CALL_IS_NATIVE
	j	reply_action

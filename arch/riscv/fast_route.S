/* What goes to a server with all registers saved: page faults and routed (Linux) calls. */
#include "fastpath.inc"

	.section .text.entry, "ax"

/* --- a page fault --------------------------------------------------------------------------
 * Entered from trap_slow as a routed call goes on, with the cause in s4. */

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
	if_placed s6, placed_fault
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
 * Every register is saved but tp, pc and status, which are in s1, s2 and s3; sscratch is 0. */

	.globl trap_routed
trap_routed:
	sltiu	t6, a7, NUMBER_OF_ROUTES
	beqz	t6, trap_slow
	addi	t6, tp, THREAD_FRAME
	each_register sd, t6
	csrrw	s1, sscratch, zero
	csrr	s2, sepc
	csrr	s3, sstatus
	lbu	t0, THREAD_RARE + RARE_CUT(tp)
	bnez	t0, trap_saved
	ld	t0, THREAD_CSPACE(tp)
	beqz	t0, trap_saved
	ld	t1, CSPACE_ROUTES_AT(t0)
	beqz	t1, trap_saved
	slli	t2, a7, ROUTE_SIZE_SHIFT
	add	t1, t1, t2
	ld	s0, 0(t1)		/* kind, slot, arg, flags, ... */
	srli	t3, s0, 16
	andi	t4, t3, ROUTE_SLOW_FLAGS
	bnez	t4, route_flags
1:	andi	t4, s0, 0xff
	addi	t6, t4, -ROUTE_IS_FIXED
	bnez	t6, route_descriptor
	srli	t5, s0, 8 - SLOT_SIZE_SHIFT
	andi	t5, t5, (NUMBER_OF_FIXED - 1) << SLOT_SIZE_SHIFT
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
	li	t4, 0			/* bytes delivered */
	or	t5, s8, s9
	bnez	t5, route_window
	li	s10, 0			/* window length */
deliver_routed:
3:	if_placed s6, placed_route
	/* commit */
	sd	s1, F(TP)(tp)
	addi	s2, s2, 4
	sd	s2, F(PC)(tp)
	sd	s3, F(STATUS)(tp)
	csrw	sscratch, s6
	srliw	t5, s0, 16		/* flags, and where a capability goes */
	slli	t5, t5, 16
	ori	t5, t5, STATE_WAITING | CALL_IS_ROUTED << 8
	sd	t5, THREAD_CALL(tp)
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
	bnez	t6, route_at
	argument s0, 48, t5, lwu	/* descriptor */
by_number:
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

route_at:				/* its number lies in memory; what it names not is C's */
	addi	t6, t4, -ROUTE_IS_DESCRIPTOR_AT
	bnez	t6, trap_saved
	argument s0, 48, t5
	andi	t4, t5, 3
	bnez	t4, trap_saved
	ld	t6, THREAD_ASPACE(tp)
	beqz	t6, trap_saved
	user_page t2, t6, t5, MAY_READ, trap_saved, t3, t4
	lwu	t5, 0(t2)
	j	by_number

route_window:				/* length, and the bytes for the receiver's buffer */
	andi	t5, s8, 0xff
	addi	t6, t5, -WINDOW_IS_BUFFER
	bnez	t6, 4f
	argument s8, 24, s10
	or	t6, s8, s9
	andi	t6, t6, MAY_READ << 8
	beqz	t6, 3b
	bnez	s9, copy_wanted
	ld	t5, F(T4)(s6)
	andi	t5, t5, WANTS_NO_DATA	/* nor does C have to look at a plain write, then */
	bnez	t5, 3b
copy_wanted:				/* by C */
	or	t6, s8, s9
	andi	t6, t6, MAY_READ << 8
	beqz	t6, 3b
	ld	t5, F(T4)(s6)
	beqz	t5, 3b
	j	copy_in
4:	srli	s10, s8, 32
	addi	t6, t5, -WINDOW_IS_CONST
	beqz	t6, 5f
	li	s10, 0
	beqz	t5, copy_wanted
	lui	s10, STRING_BYTES >> 12
	addi	t6, t5, -WINDOW_IS_STRING
	beqz	t6, 5f
	addi	t6, t5, -WINDOW_IS_ARRAY
	bnez	t6, trap_saved
	argument s8, 24, s10
	srli	t5, s8, 32
	or	t6, s10, t5
	srli	t6, t6, 16		/* no more than C allows as a product */
	bnez	t6, trap_saved
	mul	s10, s10, t5
5:	andi	t6, s8, MAY_READ << 8
	beqz	t6, copy_wanted
	ld	t5, F(T4)(s6)
	beqz	t5, 3b
	ld	ra, THREAD_ASPACE(s6)
	user_frame t2, ra, t5, MAY_WRITE, copy_in, t3, t6
	mv	t0, s8
	mv	t1, s10
	jal	gp, small_in
	mv	t4, t1
	beqz	t1, 3b
	andi	t6, s9, MAY_READ << 8	/* behind it the second, if that is constant */
	beqz	t6, 3b
	andi	t6, s9, 0xff
	addi	t6, t6, -WINDOW_IS_CONST
	bnez	t6, 3b
	mv	t0, s9
	srli	t1, s9, 32
	jal	gp, small_in
	add	t4, t4, t1
	j	3b

copy_in:
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

	/* t1 bytes of the window that t0 describes go to t2 in the receiver's page, which will be
	 * behind them; t1 becomes 0 if the caller's page is absent.  C does what is long or lies
	 * badly. */
small_in:
	argument t0, 16, t0		/* its address */
	addi	t3, t1, -1
	sltiu	t6, t3, SMALL_IN
	beqz	t6, string_in
	add	t3, t3, t0
	xor	t3, t3, t0
	srli	t3, t3, PAGE_BITS
	bnez	t3, copy_in		/* two pages */
	or	ra, t0, t1
	andi	t3, ra, 3
	bnez	t3, copy_in
	or	ra, ra, t2
.Lsmall_page:
	ld	t3, THREAD_ASPACE(tp)
	beqz	t3, copy_in
	user_page sp, t3, t0, MAY_READ, absent, t6, t5
	andi	t6, ra, 7
	bnez	t6, small_in_fours
	lla	t6, by_eights		/* as many bytes of code as it copies */
	sub	t6, t6, t1
	jr	t6
	.option push
	.option norvc
	.irp	offset, 120, 112, 104, 96, 88, 80, 72, 64, 56, 48, 40, 32, 24, 16, 8, 0
	ld	t6, \offset(sp)
	sd	t6, \offset(t2)
	.endr
	.option pop
by_eights:
	add	t2, t2, t1
	jr	gp
small_in_fours:
	add	t3, sp, t1
	andi	t6, ra, 1
	bnez	t6, by_bytes
by_fours:
	lw	t6, 0(sp)
	sw	t6, 0(t2)
	addi	sp, sp, 4
	addi	t2, t2, 4
	bltu	sp, t3, by_fours
	jr	gp
absent:	li	t1, 0
	jr	gp

string_in:				/* one that ends soon, and in its page */
	andi	t6, s8, 0xff
	addi	t6, t6, -WINDOW_IS_STRING
	bnez	t6, copy_in
	addi	t3, t0, SHORT_STRING - 1
	xor	t3, t3, t0
	srli	t3, t3, PAGE_BITS
	bnez	t3, copy_in
	li	t1, SHORT_STRING
	li	ra, 1
	j	.Lsmall_page
by_bytes:				/* the receiver's page is its buffer from the beginning */
	lbu	t6, 0(sp)
	sb	t6, 0(t2)
	beqz	t6, 11f
	lbu	t6, 1(sp)
	sb	t6, 1(t2)
	beqz	t6, 12f
	lbu	t6, 2(sp)
	sb	t6, 2(t2)
	beqz	t6, 13f
	lbu	t6, 3(sp)
	sb	t6, 3(t2)
	addi	sp, sp, 4
	addi	t2, t2, 4
	beqz	t6, 14f
	bltu	sp, t3, by_bytes
	j	copy_in
13:	addi	t2, t2, 1
12:	addi	t2, t2, 1
11:	addi	t2, t2, 1
14:	slli	t4, t2, 64 - PAGE_BITS
	srli	t4, t4, 64 - PAGE_BITS
	j	deliver_routed

route_flags:
	andi	t4, t3, ROUTE_NEEDS
	beqz	t4, 6f
	lbu	t4, CSPACE_ROOM(t0)
	beqz	t4, trap_saved
6:	andi	t4, t3, ROUTE_TESTS
	beqz	t4, 1b
	argument s0, 56, t4
	lwu	t5, ROUTE_MASK(t1)
	lwu	t6, ROUTE_VALUE(t1)
	and	t4, t4, t5
	bne	t4, t6, 1b
	srli	t4, s0, 32		/* the alternative kind and slot, the rest as it was */
	slli	t4, t4, 48
	srli	t4, t4, 48
	srli	t5, s0, 16
	slli	t5, t5, 16
	or	s0, t5, t4
	j	1b

/*
 * A routed call of a server in the kernel: a function call, if nothing stands against it; and its
 * reply_recv, which is the fast path's.
 */
#include "fastpath.inc"
#include "arch_placed.h"

	.section .text.entry, "ax"

	/* From fast_fault behind its last condition; s0: the cause for the server s6. */
	.globl	placed_fault
placed_fault:
	sd	s1, F(TP)(tp)
	sd	s2, F(PC)(tp)
	sd	s3, F(STATUS)(tp)
	mv	a0, tp
	mv	a1, s6
	mv	a2, s11
	mv	a3, s0
	csrr	a4, stval
	lla	sp, _stack_top
	call	placed_page_fault	/* back if nothing is to be mapped */
	lui	s7, %hi(placed_called)
	ld	s8, %lo(hart + HART_SERVING_SINCE)(s4)
	ld	a0, F(A0)(tp)
	j	route_back

	/* From fast_route behind its last condition, with all that it found; t6: the server's
	 * struct placed_server.  What is needed again behind the operation lies in registers that
	 * C keeps. */
	.globl	placed_route
placed_route:
	mv	gp, t6
	lui	s7, %hi(placed_called)
	addi	s2, s2, 4
	sd	s1, F(TP)(tp)
	sd	s2, F(PC)(tp)
	sd	s3, F(STATUS)(tp)
	sd	tp, %lo(placed_called + CALLED_CALLER)(s7)
	sd	s11, %lo(placed_called + CALLED_SESSION)(s7)
	sd	s0, %lo(placed_called + CALLED_ROUTE)(s7)
	sb	zero, ENDPOINT_NOTICE_LAST(s5)
	sd	s6, %lo(hart + HART_CURRENT)(s4)
	csrr	s8, cycle
	sd	s8, %lo(hart + HART_SERVING_SINCE)(s4)
	ld	t5, SESSION_BADGE(s11)
	lwu	t3, THREAD_TAG(tp)
	sd	a0, REQUEST_WORDS(gp)
	sd	a1, REQUEST_WORDS + 8(gp)
	sd	a2, REQUEST_WORDS + 16(gp)
	sd	a3, REQUEST_WORDS + 24(gp)
	sd	a4, REQUEST_WORDS + 32(gp)
	sd	a5, REQUEST_WORDS + 40(gp)
	sd	t5, REQUEST_BADGE(gp)
	sw	a7, REQUEST_LABEL(gp)
	sw	t3, REQUEST_TAG(gp)
	sd	s10, REQUEST_WINDOW_LEN(gp)
	sd	t4, REQUEST_DATA_LEN(gp)
	sd	zero, ANSWER_FLAGS - 4(gp)
	ld	t6, SERVER_OPERATIONS(gp)
	slli	t5, a7, 3
	add	t6, t6, t5
	ld	t6, 0(t6)
	mv	a0, gp
	addi	a1, gp, SERVER_ANSWER
	lla	sp, _stack_top
	jalr	t6
	ld	t5, %lo(placed_called + CALLED_CALLER)(s7)
	bne	t5, tp, route_asked	/* for anything, or answers others, too */
	li	t4, -ERROR_MOST
	lw	t5, ANSWER_FLAGS(gp)
	blt	a0, t4, route_asked
	bnez	t5, route_more
	/* commit: nobody but the caller has seen it */
route_answered:
	sd	zero, %lo(placed_called + CALLED_CALLER)(s7)
	sd	tp, %lo(hart + HART_CURRENT)(s4)
	csrr	t5, cycle
	ld	t4, %lo(hart + HART_SERVER_CYCLES)(s4)
	sub	t5, t5, s8
	add	t4, t4, t5
	sd	t4, %lo(hart + HART_SERVER_CYCLES)(s4)
	sd	zero, %lo(hart + HART_SERVING_SINCE)(s4)
	sb	zero, THREAD_RETRY_FAULT(tp)
	csrw	sscratch, tp
	csrw	sepc, s2
	addi	t6, tp, THREAD_FRAME
	sd	a0, FRAME_A0(t6)
	ld	tp, FRAME_TP(t6)
	each_register ld, t6
	ld	t6, FRAME_T6(t6)
	fast_return

route_more:				/* bytes, too */
	mv	s0, a0
	addi	t5, t5, -MAY_COPY
	bnez	t5, route_asked
	ld	a1, ANSWER_COPY_LEN(gp)
	ld	a3, ANSWER_COPY(gp)
	mv	a2, tp
	user_bytes a2, a1, MAY_WRITE, route_bytes
	addi	a4, a1, -1
	bnez	a4, 1f
	lbu	a4, 0(a3)
	sb	a4, 0(a2)
	j	route_answered
1:	mv	a0, a2
	mv	a2, a1
	mv	a1, a3
	call	memcpy
	mv	a0, s0
	j	route_answered

route_bytes:				/* not so simple a window */
	ld	a0, ANSWER_COPY(gp)
	ld	a1, ANSWER_COPY_LEN(gp)
	call	placed_bytes
	mv	t5, a0
	mv	a0, s0
	bnez	t5, route_answered

route_asked:				/* back with a number, or gone by placed_exchange */
	mv	a2, a0
	mv	a0, gp
	addi	a1, gp, SERVER_ANSWER
	ld	t6, SERVER_END(gp)
	jalr	t6
route_back:
	ld	t5, F(STATUS)(tp)
	ld	s2, F(PC)(tp)		/* an upcall, perhaps */
	csrw	sstatus, t5
	j	route_answered

	/* placed_ask(): as `bind` and the paths before it do. */
	.globl	placed_bind
placed_bind:
	lui	t1, %hi(placed_called)
	addi	t1, t1, %lo(placed_called)
	ld	t2, CALLED_CALLER(t1)
	andi	t2, t2, -2		/* CALLED_ALSO */
	ld	t3, CALLED_SESSION(t1)
	ld	t4, CALLED_CALL(t1)
	lw	t5, CALLED_ROUTE(t1)
	li	t6, STATE_WAITING | CALL_IS_ROUTED << 8
	sd	zero, CALLED_CALLER(t1)
	sd	t6, CALLED_CALL(t1)
	srliw	t5, t5, 16		/* flags, and where a capability goes */
	slli	t5, t5, 16
	or	t4, t4, t5
	sd	t4, THREAD_CALL(t2)
	sd	t3, THREAD_SESSION(t2)
	lw	t5, OBJECT_USES(t3)
	lui	t1, %hi(hart)
	ld	t1, %lo(hart + HART_CURRENT)(t1)
	addi	t5, t5, 1
	sw	t5, OBJECT_USES(t3)
	ld	t3, THREAD_ARMED(t1)
	ld	t4, THREAD_SERVES(t1)
	li	t6, REPLY_IS_BOUND
	sd	t3, THREAD_REPLY(t2)
	sw	t6, REPLY_STATE(t3)
	sd	t2, REPLY_CALLER(t3)
	sd	t3, ENDPOINT_LAST(t4)
	sd	zero, ENDPOINT_RECEIVER(t4)
	sd	zero, THREAD_CALL(t1)
	jr	t0

	/* void placed_exchange(void), with the parameters of recv or reply_recv in their
	 * registers.  As if the server had trapped, so the fast path has it; its pc stays. */
	.globl	placed_exchange
placed_exchange:
	lui	t1, %hi(placed_called + CALLED_DEPTH)
	ld	t1, %lo(placed_called + CALLED_DEPTH)(t1)
	bnez	t1, exchange_nested
	lui	s4, %hi(hart)
	ld	tp, %lo(hart + HART_CURRENT)(s4)
	mv	t1, t2
	ld	s0, F(PC)(tp)
	ld	s1, F(STATUS)(tp)
	sw	t2, REQUEST_REPLY(s0)
	addi	s0, s0, -4
	csrw	sepc, s0
	csrw	sstatus, s1
	csrwi	scause, CAUSE_IS_CALL
	sd	t6, F(T6)(tp)
	li	s0, OP_IS_RECV
	beq	a7, s0, fast_recv
	j	fast_reply_recv

exchange_nested:			/* its caller waits below on the stack */
	addi	sp, sp, -16
	sd	ra, 0(sp)
	lui	t1, %hi(hart)
	ld	t1, %lo(hart + HART_CURRENT)(t1)
	sd	t6, F(T6)(t1)
	ld	t6, F(PC)(t1)
	sw	t2, REQUEST_REPLY(t6)
	addi	t6, t1, THREAD_FRAME
	mv	t1, t2
	each_by_method sd
	sd	t4, FRAME_T4(t6)
	sd	t5, FRAME_T5(t6)
	addi	a0, t6, -THREAD_FRAME
	call	placed_exchange_nested
	ld	ra, 0(sp)
	addi	sp, sp, 16
	ret

/*
 * The five system calls: from the structures of call.h to the registers of
 * ipc/abi/message.h and back.
 *
 * Across call and recv the kernel keeps only sp, gp and tp, so those stubs put all
 * callee-saved registers on the stack, with the address of the delivery.  The loop of the
 * servers (loop.c) needs none of them and has its own; so have methods (method.h).
 * A native call whose reply says "again" (ERETRY after its page fault was
 * answered, ERESTARTNOINTR) is repeated here from its structure.
 */
#include "servers/lib/layout.h"

#define SAVE_BYTES 128
#define SAVED_DELIVERY 104
#define SAVED_SLOT 112

.macro words_load base
	ld	a0, 0(\base)
	ld	a1, 8(\base)
	ld	a2, 16(\base)
	ld	a3, 24(\base)
	ld	a4, 32(\base)
	ld	a5, 40(\base)
.endm

.macro words_store base
	sd	a0, 0(\base)
	sd	a1, 8(\base)
	sd	a2, 16(\base)
	sd	a3, 24(\base)
	sd	a4, 32(\base)
	sd	a5, 40(\base)
.endm

/* to = low half | high half << 32; spoils high */
.macro halves to, high
	slli	\high, \high, 32
	or	\to, \to, \high
.endm

.macro saved_each op
	\op	ra, 0(sp)
	\op	s0, 8(sp)
	\op	s1, 16(sp)
	\op	s2, 24(sp)
	\op	s3, 32(sp)
	\op	s4, 40(sp)
	\op	s5, 48(sp)
	\op	s6, 56(sp)
	\op	s7, 64(sp)
	\op	s8, 72(sp)
	\op	s9, 80(sp)
	\op	s10, 88(sp)
	\op	s11, 96(sp)
.endm

	.text

/* s32 msg_call(slot_t slot, struct message *m) */
	.section .text.msg_call, "ax"
	.globl	msg_call
	.type	msg_call, @function
msg_call:
	addi	sp, sp, -SAVE_BYTES
	saved_each sd
	sd	a1, SAVED_DELIVERY(sp)
	slli	s1, a0, 32
	srli	s1, s1, 32
	sd	s1, SAVED_SLOT(sp)
1:	ld	s0, SAVED_DELIVERY(sp)
	ld	a6, SAVED_SLOT(sp)
	lwu	t0, MESSAGE_LABEL(s0)
	lwu	t1, MESSAGE_FLAGS(s0)
	halves	t0, t1
	lwu	t3, MESSAGE_SEND(s0)
	lwu	t1, MESSAGE_RECEIVE(s0)
	halves	t3, t1
	ld	t1, MESSAGE_DATA(s0)
	ld	t2, MESSAGE_DATA_LEN(s0)
	words_load s0
	li	a7, STUB_OP_CALL
	ecall
	sext.w	t0, t0
	li	t1, -STUB_ERETRY
	beq	t0, t1, 1b
	li	t1, -STUB_ERESTARTNOINTR
	beq	t0, t1, 1b
	ld	s0, SAVED_DELIVERY(sp)
	words_store s0
	sw	t0, MESSAGE_LABEL(s0)
	sw	t3, MESSAGE_RECEIVE(s0)
	mv	a0, t0
	saved_each ld
	addi	sp, sp, SAVE_BYTES
	ret
	.size	msg_call, . - msg_call

/* s64 call_through_once(slot_t reply, u64 descriptor, s32 label, u64 word0, u64 word1) */
	.section .text.call_through_once, "ax"
	.globl	call_through_once
	.type	call_through_once, @function
call_through_once:
	addi	sp, sp, -SAVE_BYTES
	saved_each sd
	slli	a6, a0, 32
	srli	a6, a6, 32
	mv	a0, a1
	mv	a1, a2
	mv	a2, a3
	mv	a3, a4
	li	a4, 0
	li	a5, 0
	li	t0, STUB_REPLY_CALL
	li	t1, 0
	li	t2, 0
	li	a7, STUB_OP_CALL
	ecall
	sext.w	t0, t0
	bgez	t0, 1f
	mv	a0, t0
1:	saved_each ld
	addi	sp, sp, SAVE_BYTES
	ret
	.size	call_through_once, . - call_through_once

/* s32 msg_reply(slot_t reply, struct answer *a): a failure leaves bytes and stop in words 0, 1 */
	.section .text.msg_reply, "ax"
	.globl	msg_reply
	.type	msg_reply, @function
msg_reply:
	addi	sp, sp, -SAVE_BYTES
	saved_each sd
	sd	a1, SAVED_DELIVERY(sp)
	mv	s0, a1
	slli	t1, a0, 32
	srli	t1, t1, 32
	lwu	t0, ANSWER_LABEL(s0)
	lwu	t2, ANSWER_FLAGS(s0)
	halves	t0, t2
	li	t2, 0
	lwu	t3, ANSWER_CAP(s0)
	ld	t5, ANSWER_COPY(s0)
	ld	t6, ANSWER_COPY_LEN(s0)
	words_load s0
	li	a6, 0
	li	a7, STUB_OP_REPLY
	ecall
	sext.w	t0, t0
	bgez	t0, 1f
	ld	t1, SAVED_DELIVERY(sp)
	sd	a0, 0(t1)
	sd	a1, 8(t1)
1:	mv	a0, t0
	saved_each ld
	addi	sp, sp, SAVE_BYTES
	ret
	.size	msg_reply, . - msg_reply

/* void msg_recv(const struct receive *r, struct delivery *d) */
	.section .text.msg_recv, "ax"
	.globl	msg_recv
	.type	msg_recv, @function
msg_recv:
	addi	sp, sp, -SAVE_BYTES
	saved_each sd
	sd	a1, SAVED_DELIVERY(sp)
	mv	s0, a0
	lwu	a6, RECEIVE_ENDPOINT(s0)
	lwu	t2, RECEIVE_REPLY(s0)
	ld	t4, RECEIVE_BUFFER(s0)
	lwu	t5, RECEIVE_SHIFT(s0)
	or	t4, t4, t5
	lw	t0, RECEIVE_CAP(s0)	/* MSG_RECEIVE if there is a slot for a capability */
	addi	t0, t0, 1
	snez	t0, t0
	slli	t0, t0, 34
	li	t1, -1
	srli	t1, t1, 32
	lwu	t3, RECEIVE_CAP(s0)
	slli	t3, t3, 32
	li	t5, 0
	li	t6, 0
	li	a7, STUB_OP_RECV
	ecall
	ld	t6, SAVED_DELIVERY(sp)
	words_store t6
	sd	a6, DELIVERY_BADGE(t6)
	sd	a7, DELIVERY_LABEL(t6)
	sd	t0, DELIVERY_KIND(t6)
	sd	t1, DELIVERY_TAG(t6)
	sd	t2, DELIVERY_WINDOW_LEN(t6)
	sd	t3, DELIVERY_CAP(t6)
	sd	t4, DELIVERY_DELIVERED(t6)
	saved_each ld
	addi	sp, sp, SAVE_BYTES
	ret
	.size	msg_recv, . - msg_recv

/* void msg_yield(void) */
	.section .text.msg_yield, "ax"
	.globl	msg_yield
	.type	msg_yield, @function
msg_yield:
	li	a7, STUB_OP_YIELD
	ecall
	ret
	.size	msg_yield, . - msg_yield

/* u64 time_now(void) */
	.section .text.time_now, "ax"
	.globl	time_now
	.type	time_now, @function
time_now:
	rdtime	a0
	ret
	.size	time_now, . - time_now

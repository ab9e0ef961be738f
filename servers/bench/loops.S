/*
 * The stubs whose instructions are counted, each in the loop that repeats it: as
 * short as ipc/abi/message.h allows, and no shorter.  What is not kept by contract is
 * set anew in every turn.  The loop itself is two instructions (addi, bnez).
 *
 * Across a call of a session and recv only sp, gp and tp are kept: counts are in tp.
 */
#include "servers/bench/bench.h"

#define NOWHERE 0x2000000000 /* nothing is mapped there */

.macro function name
	.section .text.\name, "ax"
	.globl	\name
	.type	\name, @function
\name:
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
	\op	gp, 104(sp)
	\op	tp, 112(sp)
.endm

/* A C function around what keeps no register */
.macro prologue
	addi	sp, sp, -128
	saved_each sd
.endm

.macro epilogue
	saved_each ld
	addi	sp, sp, 128
	ret
.endm

/* void call_loop(u64 n): six words and a label there and back */
function call_loop
	prologue
	mv	tp, a0
1:	li	a7, LOOP_CALL
	li	a6, SLOT_SESSION
	li	t0, 1
	li	t2, 0
	ecall
	addi	tp, tp, -1
	bnez	tp, 1b
	epilogue

/* The other side.  All but sp, gp, tp and what a delivery names is zero when it comes. */
function serve_words
	li	a7, LOOP_RECV
	li	a6, LOOP_ENDPOINT
	li	t0, 0
	li	t2, SLOT_REPLY
	li	t4, 0
	ecall
1:	li	a7, LOOP_REPLY_RECV
	li	a6, LOOP_ENDPOINT
	li	t0, 0
	li	t1, SLOT_REPLY
	li	t2, SLOT_REPLY
	ecall
	j	1b

/* void call_bytes_loop(u64 n): the same, and LOOP_BYTES bytes there and back by the window */
function call_bytes_loop
	prologue
	mv	tp, a0
	la	gp, call_buffer
1:	li	a7, LOOP_CALL
	li	a6, SLOT_SESSION
	li	t0, 1
	mv	t1, gp
	li	t2, LOOP_BYTES
	ecall
	addi	tp, tp, -1
	bnez	tp, 1b
	epilogue

function serve_bytes
	la	tp, serve_buffer
	li	gp, LOOP_COPY << 32
	li	a7, LOOP_RECV
	li	a6, LOOP_ENDPOINT
	li	t0, 0
	li	t2, SLOT_REPLY
	ori	t4, tp, LOOP_BYTES_SHIFT
	ecall
1:	li	a7, LOOP_REPLY_RECV
	li	a6, LOOP_ENDPOINT
	mv	t0, gp
	li	t1, SLOT_REPLY
	li	t2, SLOT_REPLY
	mv	t5, tp
	li	t6, LOOP_BYTES
	ori	t4, tp, LOOP_BYTES_SHIFT
	ecall
	j	1b

/* void call_gift_loop(u64 n): the same, and a capability moves there and back */
function call_gift_loop
	prologue
	mv	tp, a0
	li	gp, SLOT_GIFT << 32 | SLOT_GIFT
1:	li	a7, LOOP_CALL
	li	a6, SLOT_SESSION
	li	t0, LOOP_SEND_MOVE_RECEIVE << 32 | 1
	li	t2, 0
	mv	t3, gp
	ecall
	addi	tp, tp, -1
	bnez	tp, 1b
	epilogue

function serve_gift
	li	tp, SLOT_GIFT << 32 | SLOT_GIFT
	li	a7, LOOP_RECV
	li	a6, LOOP_ENDPOINT
	li	t0, LOOP_RECEIVE << 32
	li	t2, SLOT_REPLY
	mv	t3, tp
	li	t4, 0
	ecall
	li	gp, LOOP_SEND_MOVE_RECEIVE << 32
1:	li	a7, LOOP_REPLY_RECV
	li	a6, LOOP_ENDPOINT
	mv	t0, gp
	li	t1, SLOT_REPLY
	li	t2, SLOT_REPLY
	mv	t3, tp
	ecall
	j	1b

/* void routed_loop(u64 n): a foreign system call; of its registers only a0 changes */
function routed_loop
	mv	t6, a0
1:	li	a7, ROUTED_NUMBER
	ecall
	addi	t6, t6, -1
	bnez	t6, 1b
	ret

/* void fault_loop(u64 n): answers n faults with "go on", which faults again */
function fault_loop
	prologue
	mv	tp, a0
1:	li	a7, LOOP_REPLY_RECV
	li	a6, LOOP_ENDPOINT
	li	t0, 0
	li	t1, SLOT_REPLY
	li	t2, SLOT_REPLY
	ecall
	addi	tp, tp, -1
	bnez	tp, 1b
	epilogue

/* One load, and whatever is answered, the same load again. */
function fault_for_ever
	li	a0, NOWHERE
	ld	a0, 0(a0)
	j	fault_for_ever

/* void signal_loop(u64 n): nobody waits */
function signal_loop
	addi	sp, sp, -16
	sd	s0, 0(sp)
	mv	s0, a0
1:	li	a7, LOOP_CALL
	li	a6, SLOT_SIGNALLED
	li	t0, LOOP_NOTIFICATION_SIGNAL
	li	a0, 1
	ecall
	addi	s0, s0, -1
	bnez	s0, 1b
	ld	s0, 0(sp)
	addi	sp, sp, 16
	ret

/*
 * u64 wake_loop(u64 n): a thread of higher priority waits.  The counter is read and
 * stored before the signal, and read first of all by the thread that wakes: what lies between,
 * less these two instructions, is the way.  Returns the sum of n ways.
 */
function wake_loop
	addi	sp, sp, -16
	sd	s0, 0(sp)
	sd	s1, 8(sp)
	mv	s0, a0
	la	s1, stamp
	sd	zero, 8(s1)
1:	rdinstret t0
	sd	t0, 0(s1)
	li	a7, LOOP_CALL
	li	a6, SLOT_SIGNALLED
	li	t0, LOOP_NOTIFICATION_SIGNAL
	li	a0, 1
	ecall
	addi	s0, s0, -1
	bnez	s0, 1b
	ld	a0, 8(s1)
	ld	s0, 0(sp)
	ld	s1, 8(sp)
	addi	sp, sp, 16
	ret

function wait_signals
	la	tp, stamp
1:	li	a7, LOOP_RECV
	li	a6, SLOT_SIGNALLED
	li	t0, 0
	li	t2, -1
	li	t4, 0
	ecall
	rdinstret t0
	ld	t1, 0(tp)
	sub	t0, t0, t1
	ld	t1, 8(tp)
	add	t0, t0, t1
	sd	t0, 8(tp)
	j	1b

/* void yield_loop(u64 n): two switches in each turn, there and back */
function yield_loop
	addi	sp, sp, -16
	sd	s0, 0(sp)
	mv	s0, a0
1:	li	a7, LOOP_YIELD
	ecall
	addi	s0, s0, -1
	bnez	s0, 1b
	ld	s0, 0(sp)
	addi	sp, sp, 16
	ret

function yield_for_ever
1:	li	a7, LOOP_YIELD
	ecall
	j	1b

/* void identify_loop(u64 n): the kernel's smallest answer */
function identify_loop
	addi	sp, sp, -16
	sd	s0, 0(sp)
	mv	s0, a0
1:	li	a7, LOOP_CALL
	li	a6, LOOP_CSPACE
	li	t0, LOOP_CSPACE_IDENTIFY
	li	a0, SLOT_SESSION
	ecall
	addi	s0, s0, -1
	bnez	s0, 1b
	ld	s0, 0(sp)
	addi	sp, sp, 16
	ret

/* void map_loop(u64 n): a page of the frame in map_words is mapped and unmapped */
function map_loop
	addi	sp, sp, -32
	sd	s0, 0(sp)
	sd	s1, 8(sp)
	sd	s2, 16(sp)
	mv	s0, a0
	la	s1, map_words
	li	s2, LOOP_SEND << 32 | LOOP_ASPACE_MAP
1:	li	a7, LOOP_CALL
	li	a6, LOOP_ASPACE
	mv	t0, s2
	li	t2, 0
	li	t3, SLOT_MEMORY
	ld	a0, 0(s1)
	ld	a1, 8(s1)
	li	a2, 1
	li	a3, 3 /* ACCESS_READ | ACCESS_WRITE */
	li	a4, 0
	ecall
	li	a7, LOOP_CALL
	li	a6, LOOP_ASPACE
	li	t0, LOOP_ASPACE_UNMAP
	li	t2, 0
	ld	a0, 0(s1)
	li	a1, 1
	ecall
	addi	s0, s0, -1
	bnez	s0, 1b
	ld	s0, 0(sp)
	ld	s1, 8(sp)
	ld	s2, 16(sp)
	addi	sp, sp, 32
	ret

/* One call that nobody receives. */
function join_crowd
	li	a7, LOOP_CALL
	li	a6, SLOT_NOBODY
	li	t0, 1
	li	t2, 0
	ecall
	j	join_crowd

/* Ready for ever, where nothing of higher priority is. */
function spin
	j	spin

	.section .bss.buffers, "aw", @nobits
	.balign	4096
	.globl	call_buffer, serve_buffer
call_buffer:
	.zero	4096
serve_buffer:
	.zero	4096

	.section .bss.stamp, "aw", @nobits
	.balign	8
stamp:
	.zero	16 /* when it was signalled; the sum of the ways */

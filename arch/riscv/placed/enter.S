/*
 * Into a server that is linked into the kernel, and out of it from any depth.
 *
 * Each entry keeps its caller's registers on the stack and the entry before it, so a server
 * that calls another one comes back to where it was.
 */
#define SAVE_BYTES 112
#define SAVED_OUTER 104

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

	.section .text.arch_placed_enter, "ax"
	/* void arch_placed_enter(void (*f)(void *), void *argument) */
	.globl	arch_placed_enter
arch_placed_enter:
	addi	sp, sp, -SAVE_BYTES
	saved_each sd
	lla	t0, entered
	ld	t1, 0(t0)
	sd	t1, SAVED_OUTER(sp)
	sd	sp, 0(t0)
	mv	t0, a0
	mv	a0, a1
	jalr	t0

	/* void placed_leave(void) */
	.globl	placed_leave
placed_leave:
	lla	t0, entered
	ld	sp, 0(t0)
	ld	t1, SAVED_OUTER(sp)
	sd	t1, 0(t0)
	saved_each ld
	addi	sp, sp, SAVE_BYTES
	ret

	.local	entered
	.comm	entered, 8, 8

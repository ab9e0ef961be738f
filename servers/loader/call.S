/*
 * The loader's first instruction, its stack, a Linux call, and where it is linked to
 * (LOADER_BASE of ipc/proto/process.h).
 *
 * The stack ends where the variables that every exec needs begin: they share a page.  What lies
 * below is not writable, so a stack that is too small faults.
 */
#define STACK 2048

	.section .bss.0first, "aw", @nobits
	.balign	16
	.skip	STACK
stack_end:

	.section .text.start, "ax"
	.globl	_start
	.type	_start, @function
_start:
	la	sp, stack_end
	li	ra, 0
	li	s0, 0
	call	server_main
	ebreak
	.size	_start, . - _start

	.globl	image_base
	.equ	image_base, 0x3ff0000000

	.text
/* s64 linux_call(const u64 arguments[6], u64 number) */
	.globl	linux_call
	.type	linux_call, @function
linux_call:
	mv	t0, a0
	mv	a7, a1
	ld	a0, 0(t0)
	ld	a1, 8(t0)
	ld	a2, 16(t0)
	ld	a3, 24(t0)
	ld	a4, 32(t0)
	ld	a5, 40(t0)
	ecall
	ret
	.size	linux_call, . - linux_call

/*
 * A Linux call, and where the loader is linked to (LOADER_BASE of ipc/proto/process.h).
 */
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

/*
 * void exchange_...(struct exchange *x): loads every register from x, does one instruction, stores
 * every register again.  sp is the base: what is compared here keeps it.
 */
#include "servers/paths/paths.h"

#define SAVED 256

	.macro others op
	\op	ra, 8(sp)
	\op	gp, 24(sp)
	\op	tp, 32(sp)
	\op	t0, 40(sp)
	\op	t1, 48(sp)
	\op	t2, 56(sp)
	\op	s0, 64(sp)
	\op	s1, 72(sp)
	\op	a0, 80(sp)
	\op	a1, 88(sp)
	\op	a2, 96(sp)
	\op	a3, 104(sp)
	\op	a4, 112(sp)
	\op	a5, 120(sp)
	\op	a6, 128(sp)
	\op	a7, 136(sp)
	\op	s2, 144(sp)
	\op	s3, 152(sp)
	\op	s4, 160(sp)
	\op	s5, 168(sp)
	\op	s6, 176(sp)
	\op	s7, 184(sp)
	\op	s8, 192(sp)
	\op	s9, 200(sp)
	\op	s10, 208(sp)
	\op	s11, 216(sp)
	\op	t3, 224(sp)
	\op	t4, 232(sp)
	\op	t5, 240(sp)
	\op	t6, 248(sp)
	.endm

	.macro kept op
	\op	ra, SAVED(a0)
	\op	s0, SAVED + 8(a0)
	\op	s1, SAVED + 16(a0)
	\op	s2, SAVED + 24(a0)
	\op	s3, SAVED + 32(a0)
	\op	s4, SAVED + 40(a0)
	\op	s5, SAVED + 48(a0)
	\op	s6, SAVED + 56(a0)
	\op	s7, SAVED + 64(a0)
	\op	s8, SAVED + 72(a0)
	\op	s9, SAVED + 80(a0)
	\op	s10, SAVED + 88(a0)
	\op	s11, SAVED + 96(a0)
	\op	gp, SAVED + 104(a0)
	\op	sp, SAVED + 112(a0)
	.endm

	.macro exchange name, instruction:vararg
	.section .text.\name, "ax"
	.globl	\name
	.type	\name, @function
\name:
	kept	sd
	mv	sp, a0
	others	ld
	\instruction
	others	sd
	sd	sp, 16(sp)
	mv	a0, sp
	kept	ld
	ret
	.endm

	exchange exchange_ecall, ecall
	exchange exchange_load, lbu a1, 0(a0)
	exchange exchange_store, sb a1, 0(a0)
	exchange exchange_fetch, jalr ra, 0(a0)

	.option	arch, +d
	.section .text.float_use, "ax"
	.globl	float_use
	.type	float_use, @function
float_use:
	fmv.d.x	f0, a0
	fmv.d.x	f31, a0
	ret

/* The registers of a trap frame for entry.S and the fast path: all but tp and t6.  Assembler. */
/* clang-format off */
#pragma once

	/* The end of a fast path: every register is the user's. */
	.macro fast_return
#ifdef MISSIVE_DEBUG
	j	fast_done
#else
	sret
#endif
	.endm

	.macro each_register op, base
	\op	ra, FRAME_RA(\base)
	\op	sp, FRAME_SP(\base)
	\op	gp, FRAME_GP(\base)
	\op	t0, FRAME_T0(\base)
	\op	t1, FRAME_T1(\base)
	\op	t2, FRAME_T2(\base)
	\op	s0, FRAME_S0(\base)
	\op	s1, FRAME_S1(\base)
	\op	a0, FRAME_A0(\base)
	\op	a1, FRAME_A1(\base)
	\op	a2, FRAME_A2(\base)
	\op	a3, FRAME_A3(\base)
	\op	a4, FRAME_A4(\base)
	\op	a5, FRAME_A5(\base)
	\op	a6, FRAME_A6(\base)
	\op	a7, FRAME_A7(\base)
	\op	s2, FRAME_S2(\base)
	\op	s3, FRAME_S3(\base)
	\op	s4, FRAME_S4(\base)
	\op	s5, FRAME_S5(\base)
	\op	s6, FRAME_S6(\base)
	\op	s7, FRAME_S7(\base)
	\op	s8, FRAME_S8(\base)
	\op	s9, FRAME_S9(\base)
	\op	s10, FRAME_S10(\base)
	\op	s11, FRAME_S11(\base)
	\op	t3, FRAME_T3(\base)
	\op	t4, FRAME_T4(\base)
	\op	t5, FRAME_T5(\base)
	.endm

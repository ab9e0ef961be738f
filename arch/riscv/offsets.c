/*
 * Every number of offsets.h is what the compiler thinks it is.  No code.
 * The one file of arch/ that looks at struct thread.
 */
#include "offsets.h"
#include "kernel/thread.h"

#define SAME(type, field, offset) \
	_Static_assert(offsetof(struct type, field) == (offset), #type "." #field)

SAME(thread, frame, THREAD_FRAME);
SAME(trap_frame, pc, FRAME_PC);
SAME(trap_frame, x[0], FRAME_RA);
SAME(trap_frame, x[30], FRAME_T6);
SAME(trap_frame, a[7], FRAME_A7);
SAME(trap_frame, ra, FRAME_RA);
SAME(trap_frame, sp, FRAME_SP);
SAME(trap_frame, gp, FRAME_GP);
SAME(trap_frame, tp, FRAME_TP);
SAME(trap_frame, t0, FRAME_T0);
SAME(trap_frame, t1, FRAME_T1);
SAME(trap_frame, t2, FRAME_T2);
SAME(trap_frame, s0, FRAME_S0);
SAME(trap_frame, s1, FRAME_S1);
SAME(trap_frame, a0, FRAME_A0);
SAME(trap_frame, a1, FRAME_A1);
SAME(trap_frame, a2, FRAME_A2);
SAME(trap_frame, a3, FRAME_A3);
SAME(trap_frame, a4, FRAME_A4);
SAME(trap_frame, a5, FRAME_A5);
SAME(trap_frame, a6, FRAME_A6);
SAME(trap_frame, a7, FRAME_A7);
SAME(trap_frame, s2, FRAME_S2);
SAME(trap_frame, s3, FRAME_S3);
SAME(trap_frame, s4, FRAME_S4);
SAME(trap_frame, s5, FRAME_S5);
SAME(trap_frame, s6, FRAME_S6);
SAME(trap_frame, s7, FRAME_S7);
SAME(trap_frame, s8, FRAME_S8);
SAME(trap_frame, s9, FRAME_S9);
SAME(trap_frame, s10, FRAME_S10);
SAME(trap_frame, s11, FRAME_S11);
SAME(trap_frame, t3, FRAME_T3);
SAME(trap_frame, t4, FRAME_T4);
SAME(trap_frame, t5, FRAME_T5);
SAME(trap_frame, t6, FRAME_T6);
SAME(trap_frame, status, FRAME_STATUS);
SAME(fpu_state, fcsr, FPU_FCSR);
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "struct trap_frame");

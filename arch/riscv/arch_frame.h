/*
 * A thread's registers, as entry.S saves them, and its floating point state.
 * entry.S knows the offsets: each is asserted in arch/riscv/offsets.c.
 */
#pragma once

#include "ipc/abi/types.h"

struct trap_frame {
	u64 pc;
	union {
		u64 x[31]; /* x1 to x31: by number */
		struct {   /* and by name */
			u64 ra, sp, gp, tp;
			u64 t0, t1, t2;
			u64 s0, s1;
			union {
				u64 a[8]; /* the arguments, by number */
				struct {
					u64 a0, a1, a2, a3, a4, a5, a6, a7;
				};
			};
			u64 s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
			u64 t3, t4, t5, t6;
		};
	};
	u64 status; /* sstatus to go back with: SPP 0, SPIE 1, FS off unless it owns the FPU */
};

struct fpu_state {
	u64 f[32];
	u64 fcsr;
};

/*
 * Where entry.S and fpu.S find things: byte offsets, each asserted in offsets.c.
 * Read by the assembler, so numbers only.
 */
#pragma once

#define THREAD_FRAME 24 /* struct thread: frame */

/* struct trap_frame, from its beginning */
#define FRAME_PC 0
#define FRAME_RA 8
#define FRAME_SP 16
#define FRAME_GP 24
#define FRAME_TP 32
#define FRAME_T0 40
#define FRAME_T1 48
#define FRAME_T2 56
#define FRAME_S0 64
#define FRAME_S1 72
#define FRAME_A0 80
#define FRAME_A1 88
#define FRAME_A2 96
#define FRAME_A3 104
#define FRAME_A4 112
#define FRAME_A5 120
#define FRAME_A6 128
#define FRAME_A7 136
#define FRAME_S2 144
#define FRAME_S3 152
#define FRAME_S4 160
#define FRAME_S5 168
#define FRAME_S6 176
#define FRAME_S7 184
#define FRAME_S8 192
#define FRAME_S9 200
#define FRAME_S10 208
#define FRAME_S11 216
#define FRAME_T3 224
#define FRAME_T4 232
#define FRAME_T5 240
#define FRAME_T6 248
#define FRAME_STATUS 256
#define FRAME_SIZE 264

#define PANIC_STACK_SIZE 4096
#define PANIC_FRAME 272 /* FRAME_SIZE, and the stack stays aligned to 16 */

/* struct fpu_state, from its beginning */
#define FPU_FCSR 256

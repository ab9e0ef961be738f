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

/* struct thread: what the fast path uses */
#define THREAD_CALL 288
#define THREAD_RARE 296
#define RARE_CUT 2
#define THREAD_PRIORITY 300
#define THREAD_RANK 301
#define RANK_OF_PROGRAMS 255
#define THREAD_RECEIVES 304
#define THREAD_SERVES 312
#define THREAD_TAG 320
#define THREAD_ASPACE 328
#define THREAD_CSPACE 360
#define THREAD_SESSION 392
#define THREAD_REPLY 400
#define THREAD_ARMED 408
#define THREAD_BUSY_SINCE 416
#define THREAD_ORIGINAL_A0 432
#define THREAD_SPEC 440
#define THREAD_PAGER 456
#define THREAD_FAULT_ADDRESS 488
#define THREAD_FAULT_LEN 496
#define THREAD_FAULT_REFUSAL 504
#define THREAD_FAULT_CAUSE 508
#define THREAD_RETRY_FAULT 509
#define THREAD_ENDPOINT 512
#define THREAD_IN_CALL 545

/* struct hart */
#define HART_CURRENT 0
#define HART_ASPACE 8
#define HART_BARRIER 16
#define HART_PAYER 24
#define HART_SERVING_SINCE 32
#define HART_SERVER_CYCLES 40
#define HART_SLOW_ONLY 48 /* debug builds */
#define HART_HANDOFF 56

/* struct invocation */
#define INVOCATION_CALLER 0
#define INVOCATION_IN 8
#define INVOCATION_OBJECT 16
#define INVOCATION_WINDOW 24
#define INVOCATION_OUT 40
#define INVOCATION_RECEIVED 88
#define INVOCATION_SIZE 96 /* and the stack stays aligned to 16 */

#define OBJECT_TYPE 0
#define OBJECT_DEAD 1
#define OBJECT_USES 4
#define SLOT_SIZE_SHIFT 5
#define SLOT_OBJECT 0
#define SLOT_FLAGS 8
#define SLOT_CALLABLE 9
#define SESSION_ENDPOINT 24
#define SESSION_BADGE 32

#define ENDPOINT_RANK 24
#define ENDPOINT_NOTICE_LAST 26
#define ENDPOINT_PENDING 27
#define ENDPOINT_RECEIVER 32
#define ENDPOINT_LAST 40

#define REPLY_STATE 24
#define REPLY_GIVEN 1 /* from REPLY_STATE on */
#define REPLY_CAP_MOVED 3
#define REPLY_SLOT 28
#define REPLY_CALLER 32
#define REPLY_ENDPOINT 40

#define CSPACE_LIMIT_AT 24
#define CSPACE_ROUTES_AT 48
#define CSPACE_ROOM 60
#define CSPACE_PAGES 64
#define CSPACE_FIXED 1600
#define SLOTS_PER_PAGE_SHIFT 7

#define NOTIFICATION_BITS 24
#define NOTIFICATION_WAITER 32
#define NOTIFICATION_BOUND 40

#define ASPACE_ROOT 24
#define ASPACE_SATP 40
#define ASPACE_SATP_TAGGED 48
#define ASPACE_SEEN 112 /* readable ones; behind them writable ones */
#define SEEN_PLACES 4
#define SEEN_SIZE 64

/* Values of enumerations and limits */
#define CAUSE_IS_CALL 8
#define CAUSE_IS_FETCH 12
#define CAUSE_IS_STORE 15
#define FAULT_BY_CAUSE 0x2013 /* enum fault_cause in 4 bits for each cause from CAUSE_IS_FETCH on */
#define OP_IS_CALL -2048
#define OP_IS_REPLY -2047
#define OP_IS_RECV -2046
#define OP_IS_REPLY_RECV -2045
#define OP_IS_YIELD -2044
#define MAY_SEND 1
#define MAY_MOVE 2
#define MAY_RECEIVE 4
#define MAY_COPY 8
#define MAY_ALSO 32
#define MAY_PASS 64
#define MAY_MINT 128
#define NUMBER_OF_ROUTES 512
#define NUMBER_OF_FIXED 32
#define FIRST_FIXED 8192
#define STATE_WAITING 4
#define STATE_RECEIVING 5
#define TYPE_IS_CSPACE 4
#define TYPE_IS_SESSION 7
#define TYPE_IS_NOTIFICATION 8
#define TYPE_IS_REPLY 11
#define METHOD_IDENTIFY 0x406
#define METHOD_SIGNAL 0x801
#define CALL_IS_NATIVE 1
#define CALL_IS_ROUTED 2
#define CALL_IS_PAGER 3
#define KIND_IS_NATIVE 1
#define KIND_IS_ROUTED 2
#define KIND_IS_FAULT 3
#define KIND_IS_NOTIFICATION 7
#define REPLY_IS_BOUND 1
#define ROUTE_IS_FIXED 1
#define ROUTE_IS_DESCRIPTOR 2
#define ROUTE_IS_DESCRIPTOR_AT 10
#define ROUTE_NEEDS 1       /* ROUTE_NEEDS_DESCRIPTOR */
#define ROUTE_TESTS 16      /* ROUTE_HAS_TEST */
#define ROUTE_SLOW_FLAGS 17 /* both */
#define ROUTE_SIZE_SHIFT 5
#define ROUTE_MASK 8
#define ROUTE_VALUE 12
#define ROUTE_WINDOWS 16
#define WINDOW_IS_BUFFER 1
#define WINDOW_IS_CONST 2
#define WINDOW_IS_STRING 3
#define WINDOW_IS_ARRAY 5
#define STRING_BYTES 4096
#define WANTS_NO_DATA 32
#define SMALL_IN 128 /* bytes that are delivered without C */
#define SHORT_STRING 64
#define SMALL_OUT 64 /* the same for a reply's */
#define MAY_READ 1
#define MAY_WRITE 2
#define ENTRY_VALID 1 /* PTE_V, alone in entries that name a table */
#define ENTRY_LEAF 0x100
#define ENTRY_DEVICE 0x200
#define USER_BITS 38
#define PAGE_BITS 12
#define COPY_AT_MOST 65536

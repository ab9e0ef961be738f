/*
 * Every number of offsets.h is what the compiler thinks it is.  No code.
 * The one file of arch/ that looks at the kernel's structures.
 */
#include "offsets.h"
#include "riscv.h"
#include "ipc/abi/message.h"
#include "ipc/endpoint.h"
#include "kernel/aspace.h"
#include "kernel/cspace.h"
#include "kernel/sched.h"

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

SAME(thread, call, THREAD_CALL);
SAME(thread, rare, THREAD_RARE);
SAME(thread, cut, THREAD_RARE + RARE_CUT);
SAME(thread, fpu_on, THREAD_RARE + 3);
SAME(thread, call_kind, THREAD_CALL + 1);
SAME(thread, route_flags, THREAD_CALL + 2);
SAME(thread, route_cap, THREAD_CALL + 3);
SAME(thread, priority, THREAD_PRIORITY);
SAME(thread, rank, THREAD_RANK);
SAME(thread, receives, THREAD_RECEIVES);
SAME(thread, serves, THREAD_SERVES);
SAME(thread, tag, THREAD_TAG);
SAME(thread, aspace_slot, THREAD_ASPACE);
SAME(thread, cspace_slot, THREAD_CSPACE);
SAME(thread, call_session, THREAD_SESSION);
SAME(thread, reply, THREAD_REPLY);
SAME(thread, armed, THREAD_ARMED);
SAME(thread, busy_since, THREAD_BUSY_SINCE);
SAME(thread, original_a0, THREAD_ORIGINAL_A0);
SAME(thread, spec, THREAD_SPEC);
SAME(thread, pager_slot, THREAD_PAGER);
SAME(thread, fault_address, THREAD_FAULT_ADDRESS);
SAME(thread, fault_len, THREAD_FAULT_LEN);
SAME(thread, fault_refusal, THREAD_FAULT_REFUSAL);
SAME(thread, fault_cause, THREAD_FAULT_CAUSE);
SAME(thread, retry_fault, THREAD_RETRY_FAULT);
SAME(thread, endpoint_slot, THREAD_ENDPOINT);
SAME(hart, current, HART_CURRENT);
SAME(hart, aspace, HART_ASPACE);
SAME(hart, barrier, HART_BARRIER);
SAME(hart, payer, HART_PAYER);
SAME(hart, serving_since, HART_SERVING_SINCE);
SAME(hart, server_cycles, HART_SERVER_CYCLES);
SAME(hart, slow_only, HART_SLOW_ONLY);
SAME(object, type, OBJECT_TYPE);
SAME(object, dead, OBJECT_DEAD);
SAME(object, uses, OBJECT_USES);
SAME(slot, object, SLOT_OBJECT);
SAME(slot, flags, SLOT_FLAGS);
SAME(slot, callable, SLOT_CALLABLE);
SAME(session, endpoint, SESSION_ENDPOINT);
SAME(session, badge, SESSION_BADGE);
SAME(endpoint, rank, ENDPOINT_RANK);
SAME(endpoint, notice_last, ENDPOINT_NOTICE_LAST);
SAME(endpoint, pending, ENDPOINT_PENDING);
SAME(endpoint, receiver, ENDPOINT_RECEIVER);
SAME(endpoint, last, ENDPOINT_LAST);
SAME(reply, bound, REPLY_STATE);
SAME(reply, ngiven, REPLY_STATE + REPLY_GIVEN);
SAME(reply, cap_moved, REPLY_STATE + REPLY_CAP_MOVED);
SAME(reply, slot, REPLY_SLOT);
SAME(reply, caller, REPLY_CALLER);
SAME(reply, endpoint, REPLY_ENDPOINT);
SAME(cspace, limit, CSPACE_LIMIT_AT);
SAME(cspace, routes, CSPACE_ROUTES_AT);
SAME(cspace, page, CSPACE_PAGES);
SAME(cspace, used, CSPACE_USED);
SAME(cspace, fixed, CSPACE_FIXED);
SAME(notification, bits, NOTIFICATION_BITS);
SAME(notification, waiter, NOTIFICATION_WAITER);
SAME(notification, bound, NOTIFICATION_BOUND);
SAME(aspace, satp, ASPACE_SATP);
SAME(aspace, satp_tagged, ASPACE_SATP_TAGGED);
SAME(route, kind, 0);
SAME(route, slot, 1);
SAME(route, arg, 2);
SAME(route, flags, 3);
SAME(route, cap_arg, 7);
SAME(route, alt_kind, 4);
SAME(route, alt_slot, 5);
SAME(route, test_arg, 6);
SAME(route, test_mask, ROUTE_MASK);
SAME(route, test_value, ROUTE_VALUE);
SAME(route, window, ROUTE_WINDOWS);
SAME(window_spec, access, 1);
SAME(window_spec, len_arg, 3);

#define EQUAL(name, value) _Static_assert((name) == (value), #name)
EQUAL(sizeof(struct slot), 1 << SLOT_SIZE_SHIFT);
EQUAL(sizeof(struct route), 1 << ROUTE_SIZE_SHIFT);
EQUAL(sizeof(struct window_spec), 8);
EQUAL(SLOTS_PER_PAGE, 1 << SLOTS_PER_PAGE_SHIFT);
EQUAL(SLOT_FIXED, FIRST_FIXED);
EQUAL(SLOTS_FIXED, NUMBER_OF_FIXED);
EQUAL(ROUTES, NUMBER_OF_ROUTES);
EQUAL(RANK_MAX, RANK_OF_PROGRAMS);
EQUAL(THREAD_RUNNING, 0);
EQUAL(THREAD_WAITING, STATE_WAITING);
EQUAL(THREAD_RECEIVING, STATE_RECEIVING);
EQUAL(OBJECT_CSPACE, TYPE_IS_CSPACE);
EQUAL(OBJECT_SESSION, TYPE_IS_SESSION);
EQUAL(OBJECT_NOTIFICATION, TYPE_IS_NOTIFICATION);
EQUAL(OBJECT_REPLY, TYPE_IS_REPLY);
EQUAL(CSPACE_IDENTIFY, METHOD_IDENTIFY);
EQUAL(NOTIFICATION_SIGNAL, METHOD_SIGNAL);
EQUAL(CALL_NONE, 0);
EQUAL(CALL_NATIVE, CALL_IS_NATIVE);
EQUAL(CALL_ROUTED, CALL_IS_ROUTED);
EQUAL(CALL_PAGER, CALL_IS_PAGER);
EQUAL(CALL_IS_PAGER, CALL_IS_ROUTED + 1);
EQUAL(FAULT_BY_CAUSE, FAULT_EXEC | FAULT_READ << 4 | FAULT_WRITE << 12);
EQUAL(CAUSE_FETCH_PAGE, CAUSE_IS_FETCH);
EQUAL(CAUSE_LOAD_PAGE, CAUSE_IS_FETCH + 1);
EQUAL(CAUSE_STORE_PAGE, CAUSE_IS_STORE);
EQUAL(KIND_NATIVE, KIND_IS_NATIVE);
EQUAL(KIND_ROUTED, KIND_IS_ROUTED);
EQUAL(KIND_FAULT, KIND_IS_FAULT);
EQUAL(KIND_NOTIFICATION, KIND_IS_NOTIFICATION);
EQUAL(REPLY_IDLE, 0);
EQUAL(REPLY_BOUND, REPLY_IS_BOUND);
EQUAL(ROUTE_FIXED, ROUTE_IS_FIXED);
EQUAL(ROUTE_DESCRIPTOR, ROUTE_IS_DESCRIPTOR);
EQUAL(ROUTE_NEEDS_DESCRIPTOR, ROUTE_NEEDS);
EQUAL(ROUTE_HAS_TEST, ROUTE_TESTS);
EQUAL(ROUTE_SLOW_FLAGS, ROUTE_NEEDS | ROUTE_TESTS);
EQUAL(WINDOW_NONE, 0);
EQUAL(WINDOW_CONST, WINDOW_IS_CONST);
EQUAL(WINDOW_STRING, WINDOW_IS_STRING);
EQUAL(WINDOW_ARRAY, WINDOW_IS_ARRAY);
EQUAL(WINDOW_STRING_MAX, STRING_BYTES);
EQUAL(BUFFER_NO_DATA, WANTS_NO_DATA);
EQUAL(WINDOW_BUFFER, WINDOW_IS_BUFFER);
EQUAL(ACCESS_READ, MAY_READ);
EQUAL(OP_CALL, OP_IS_CALL);
EQUAL(OP_REPLY, OP_IS_REPLY);
EQUAL(OP_RECV, OP_IS_RECV);
EQUAL(OP_REPLY_RECV, OP_IS_REPLY_RECV);
EQUAL(OP_YIELD, OP_IS_YIELD);
EQUAL(MSG_SEND, MAY_SEND);
EQUAL(MSG_MOVE, MAY_MOVE);
EQUAL(MSG_RECEIVE, MAY_RECEIVE);
EQUAL(CAUSE_CALL, CAUSE_IS_CALL);

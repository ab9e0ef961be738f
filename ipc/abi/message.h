/*
 * The five system calls and what lies in which register.
 *
 * a7 holds the operation; every other number in a7 is a foreign (Linux) call
 * and is looked up in the route table of the caller's capability space.
 *
 *   call                     a6 slot, t0 label | flags << 32, a0-a5 words,
 *                            t1 t2 window (address, length),
 *                            t3 slot sent | slot received << 32
 *   back from a native call  t0 label (negative: an error), a0-a5 words,
 *                            t3 slot of the capability received
 *   reply                    t0 t1 t3 t5 t6 a0-a5 as reply_recv, then returns t0
 *   recv, reply_recv         a6 endpoint (or notification) slot,
 *                            t0 reply label | flags << 32, t1 reply slot answered,
 *                            t2 reply slot for the next message or SLOT_NONE,
 *                            t3 slot sent | slot received << 32,
 *                            t4 delivery buffer: page-aligned address | log2 of size
 *                            | BUFFER_NO_DATA, or 0: none,
 *                            t5 t6 address and length of the reply's copy, a0-a5 words
 *   delivery                 a0-a5 words, a6 badge, a7 label, t0 kind, t1 tag,
 *                            t2 length of window 0, t3 slot of a received capability
 *                            or SLOT_NONE, t4 bytes delivered into the buffer
 *   yield                    nothing
 *
 * Kept by contract: sp, gp, tp; nothing else across recv, reply_recv and the call of a
 * session.  Across yield all is kept, and across reply and the call of any other object, which
 * the kernel answers, all but the results (t0, t3, a0-a5) and t4-t6.  Of a routed call a0
 * alone changes.
 */
#pragma once

#include "ipc/abi/types.h"

#define OP_CALL (-2048) /* numbers that one instruction loads */
#define OP_REPLY (-2047)
#define OP_RECV (-2046)
#define OP_REPLY_RECV (-2045)
#define OP_YIELD (-2044)

/* t4 of a recv: log2 of the buffer's size, 12 .. 16 (else it is a page); of routed calls nothing is
 * delivered that a window of kind BUFFER or IOVEC holds: data that the server may never look at. */
#define BUFFER_SHIFT 31
#define BUFFER_NO_DATA 32

/* Flags: upper half of t0. */
enum message_flag {
	MSG_SEND = 1u << 0,    /* low half of t3: a copy of this capability goes along */
	MSG_MOVE = 1u << 1,    /* with MSG_SEND: moved, the sender's slot is empty after it */
	MSG_RECEIVE = 1u << 2, /* high half of t3: where a capability may be received */
	MSG_COPY = 1u << 3,    /* reply: copy t5, t6 into the caller's first out window */
	MSG_MAP = 1u << 4,     /* reply to a fault, trusted endpoint: map a2 pages of frame a1 at a0
	                          with rights a3; low half of t3 names the Memory (not sent) */
	MSG_ALSO = 1u << 5,    /* reply: so is the caller of the Reply in slot t5, behind the first:
	                          its result is the number t6, not negative */
	MSG_PASS = 1u << 6,    /* with MSG_ALSO: t6 bytes go first from the first in window of the
	                          first caller to the first out window of the second; MSG_COPY with
	                          MSG_ALSO: the other way.  EFAULT: not all of them, or not in one
	                          go (REPLY_COPY tells): nobody is answered */
	MSG_MINT = 1u << 7,    /* reply to a routed call, no other flag: a new session of the call's
	                          endpoint, with badge t6, goes along as a descriptor.  ENOMEM: its
	                          pool is empty */
};

/* Kinds of delivery: t0. */
enum message_kind {
	KIND_ERROR,        /* recv itself failed: label says why */
	KIND_NATIVE,       /* a call by a native stub */
	KIND_ROUTED,       /* a Linux call: words are its arguments, label its number */
	KIND_FAULT,        /* label: enum fault_cause; words below */
	KIND_INTERRUPTED,  /* word 0: slot of the Reply whose caller is to be answered now */
	KIND_ABANDONED,    /* word 0: slot of the Reply whose caller died; clear it */
	KIND_CLOSED,       /* badge: session that is used by nobody any more */
	KIND_NOTIFICATION, /* word 0: bits */
	KIND_FAILED,       /* the reply did not happen, the Reply is still held:
	                      label the error, word 0 bytes copied, word 1 enum copy_stop */
};

/*
 * KIND_FAULT: label; word 0 address (tval), word 1 pc, word 2 bytes from the
 * address on that the same access wants (at least 1), word 3 (at the handler) the
 * pager's refusal or 0.  Page faults go to the thread's pager, what it refuses
 * and all else to its handler.  A reply label of 0 goes on; negative refuses.
 */
enum fault_cause {
	FAULT_READ = 1,
	FAULT_WRITE,
	FAULT_EXEC,
	FAULT_ILLEGAL,    /* illegal instruction */
	FAULT_BREAKPOINT, /* ebreak */
	FAULT_MISALIGNED, /* misaligned or access fault on a mapped page */
	FAULT_MARKED,     /* thread_interrupt marked it: about to enter user mode; the address is
	                     the result of the routed call that it comes from, or 0 */
	FAULT_SLOTS,      /* its call needs a page of descriptors: the handler feeds the pool that
	                     its capability space is from, and the call is executed again */
};

/* Why a copy stopped short. */
enum copy_stop {
	COPY_DONE = 0,
	COPY_WINDOW_END, /* the window ends here: more tries give the same */
	COPY_PAGE,       /* the caller's page is not there: ERETRY helps */
	COPY_PAGE_OTHER, /* between two Replies: the source Reply's caller's page */
	COPY_LIMIT,      /* COPY_MAX or IOVEC_MAX_PER_COPY reached: call again */
	COPY_OWN_PAGE,   /* the server's own buffer is not mapped */
};

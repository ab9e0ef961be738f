/*
 * Threads.
 *
 *   T1: state is READY iff the thread is on its priority's run queue
 *   T2: SENDING iff it is in the queue of the endpoint `waits_on`
 *   T3: WAITING iff a Reply's caller is this thread, or it is the closing party of none
 *   T4: RECEIVING iff its endpoint's (or notification's) receiver is this thread
 *   T5: exactly one thread is RUNNING on a hart
 * Marks (interrupted, stopped) lie beside the state.
 */
#pragma once

#include "arch_types.h"
#include "kernel/object.h"

struct aspace;
struct cspace;
struct endpoint;
struct notification;
struct reply;
struct session;

/* What a thread asks for while it is SENDING or WAITING. */
enum call_kind { CALL_NONE, CALL_NATIVE, CALL_ROUTED, CALL_PAGER, CALL_HANDLER };

struct window {
	u64 address; /* or of the iovec array */
	u64 len;     /* bytes; iovec: entries */
	u8 kind;     /* enum window_kind */
	u8 access;   /* enum access */
	u8 pad[6];
};

struct thread {
	struct object object;
	struct trap_frame frame; /* offset asserted for entry.S */

	/* under the kernel lock */
	u8 state;     /* enum thread_state */
	u8 priority;
	u8 rank;      /* of the endpoint that it receives on, else RANK_MAX */
	bool marked;  /* thread_interrupt: calls its handler before user mode */
	bool stopped; /* does not run until started */
	bool fpu_valid;   /* t->fpu or the hart holds a state */
	bool repeat_cut;  /* the next execution of its call has windows cut at cut_at */
	u8 exit_action;
	u64 tag;
	struct thread *next, *prev; /* run queue or endpoint queue */

	struct slot aspace_slot, cspace_slot, pager_slot, handler_slot; /* capabilities */

	/* the call it makes */
	u8 call_kind;      /* enum call_kind */
	u8 call_interrupted;
	u16 route_number;
	struct session *call_session; /* holds one use while SENDING or WAITING */
	struct reply *reply;          /* that holds it while WAITING */
	struct endpoint *waits_on;    /* queue while SENDING */
	struct window window[2];
	u64 cut_at;
	u64 original_a0;

	/* a fault it is reporting */
	u8 fault_cause, fault_access;
	u16 pad1;
	s32 fault_refusal;
	u64 fault_address, fault_len;

	/* receiving */
	struct endpoint *endpoint;         /* that it receives on */
	struct notification *notification; /* bound, or received on */
	u64 received_at;                   /* time of its last recv */

	/* accounting */
	u64 user_ticks, server_ticks, since, switches;
	struct fpu_state fpu;
};

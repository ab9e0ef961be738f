/*
 * Threads.
 *
 *   T1: state is READY iff the thread is on its priority's run queue
 *   T2: SENDING iff it is in the queue of the endpoint `waits_on`
 *   T3: WAITING iff a Reply's caller is this thread, or it is the closing party of none
 *   T4: RECEIVING iff its endpoint's receiver, or its awaited notification's waiter, is this thread
 *   T5: exactly one thread is RUNNING on a hart
 *   T6: what it names lies in slots, so that reclaiming that empties them; one that is being
 *       reclaimed is not there any more
 * Marks (interrupted, stopped) lie beside the state.
 */
#pragma once

#include "arch_types.h"
#include "ipc/abi/route.h"
#include "kernel/object.h"

struct invocation;
typedef err_t method_fn(struct invocation *v);

struct aspace;
struct cspace;
struct endpoint;
struct notification;
struct reply;
struct session;

/* What a thread asks for while it is SENDING or WAITING. */
enum call_kind { CALL_NONE, CALL_NATIVE, CALL_ROUTED, CALL_PAGER, CALL_HANDLER };

#define RANK_MAX 255u
#define CUT_NOWHERE (~0ull)

/* The caller's memory that the server may reach (ipc/window.h). */
struct window {
	u64 address; /* or of the iovec array */
	u64 len;     /* bytes; iovec: entries */
	u8 kind;     /* enum window_kind */
	u8 access;   /* enum access */
	u16 pad;
	u32 entry;  /* iovec: a walk goes on at this entry, ... */
	u64 before; /* ... before which so many bytes lie */
};

struct thread {
	struct object object;
	struct trap_frame frame; /* offset asserted for entry.S */

	/* also written by the fast path (offsets asserted) */
	union {
		u64 call; /* all of its state and call in one word: 0 is RUNNING, without a call */
		struct {
			u8 state;           /* enum thread_state */
			u8 call_kind;       /* enum call_kind */
			u8 route_flags;     /* enum route_flag of the routed call */
			u8 route_cap;       /* cap_arg of the route */
			bool windows_built; /* window[] is valid: it is made when it is asked for */
			bool forwarded; /* native_words are valid: forwarded or called through */
			u8 deaths;      /* of servers that had received this call last */
			u8 call_pad;
		};
	};
	union {
		u32 rare; /* any of: keeps off the fast path */
		struct {
			bool marked; /* interrupted: calls its handler before it enters user mode */
			bool stopped; /* does not run until started */
			bool cut;     /* cut_at is a page */
			bool fpu_on;  /* its frame has the FPU on: the hart holds its state */
		};
	};
	u8 priority;
	u8 rank;                 /* of the endpoint that it receives on, else RANK_MAX */
	slot_t receives;         /* where it named `serves` in its last recv */
	struct endpoint *serves; /* 0: look it up; else that of endpoint_slot */
	u64 tag;
	struct slot aspace_slot, cspace_slot;
	struct session *call_session; /* holds one of its uses while SENDING or WAITING */
	struct reply *reply;          /* that holds it while WAITING */
	struct reply *armed;          /* RECEIVING: the idle Reply it named, or 0: look it up */
	u64 busy_since, busy_last;    /* found working so, first and last, since its last recv; 0 */
	u64 original_a0;
	struct window_spec spec[2]; /* of the routed call's route */
	struct slot pager_slot;
	u64 fault_address, fault_len; /* the fault that it reports */
	s32 fault_refusal;
	u8 fault_cause;   /* enum fault_cause */
	bool retry_fault; /* the fault it reports comes from a copy, not from an instruction */
	struct slot endpoint_slot; /* endpoint of its last recv on one */

	/* under the kernel lock */
	bool preempted; /* it was put before the others of its queue: its slice goes on */
	bool in_call;   /* a0 is the result of the routed call at pc - 4 */
	bool cut_next;  /* the next execution of its call stops its copies at cut_at */
	struct thread *next, *prev; /* run queue or endpoint queue */
	struct slot handler_slot;
	struct slot carried;    /* capability that goes along with the message */
	struct endpoint *queue; /* while SENDING */
	struct window window[2];
	u64 cut_at; /* copies stop at this page address, or CUT_NOWHERE (then `cut` is false) */
	u64 native_words[5]; /* another's words instead of the frame's: label and words 0-3 */

	/* receiving */
	struct notification *notification; /* bound to it */
	struct notification *awaited;      /* its recv waits on it directly, or 0 */

	/* accounting, in ticks of the time counter */
	u64 user_ticks, server_ticks, switches;
	bool fpu_used; /* t->fpu or the hart holds a state of it */
	struct fpu_state fpu;
};

/* The object that the slot names, or 0: empty, or its object is being reclaimed. */
static inline void *slot_alive(const struct slot *s)
{
	return s->object && !s->object->dead ? s->object : 0;
}
static inline struct aspace *thread_aspace(const struct thread *t)
{
	return slot_alive(&t->aspace_slot);
}
static inline struct cspace *thread_cspace(const struct thread *t)
{
	return slot_alive(&t->cspace_slot);
}
static inline struct endpoint *thread_endpoint(const struct thread *t)
{
	return slot_alive(&t->endpoint_slot);
}

static inline bool thread_is_server(const struct thread *t)
{
	return t->rank != RANK_MAX;
}

void thread_init(struct thread *t);
/* First step of its destruction, after it is dead. */
void thread_destroy(struct thread *t);
/* Mark: see DESIGN, Messages. */
void thread_interrupt(struct thread *t);
/* The saved FPU state is t's own from now on / as the user sees it. */
void thread_fpu_take(struct thread *t);
void thread_fpu_sync(struct thread *t);
void thread_fpu_forget(struct thread *t);
void thread_registers_get(struct thread *t, struct thread_registers *r);
void thread_registers_set(struct thread *t, const struct thread_registers *r);
/* The same, to and from the window of a method's caller: EFAULT. */
err_t thread_registers_copy(struct thread *t, struct invocation *v, bool write);

method_fn thread_method_configure, thread_method_registers, thread_method_start, thread_method_stop,
	thread_method_interrupt, thread_method_times;

/*
 * The door of a server that is linked into the kernel: functions instead of ecall.
 *
 * The server fills the registers of its thread as ipc/abi/message.h says, and calls.
 * Addresses of its own memory are the kernel's.
 */
#pragma once

#include "ipc/abi/types.h"

/* As they lie in the thread; x by number: x1 is x[0] (REG_RA and so on in ipc/abi/object.h). */
struct placed_registers {
	u64 pc;
	u64 x[31];
};

#define REG_T0 4 /* indices into x */
#define REG_T1 5
#define REG_T2 6
#define REG_A6 15
#define REG_T3 27
#define REG_T4 28
#define REG_T5 29
#define REG_T6 30

/* A routed call as the fast path hands it over: the server's struct request ... */
struct placed_request {
	u64 word[6];
	u64 badge;
	s32 label;
	u32 kind;
	u32 tag;
	u32 reply, cap; /* these and `kind` the server has set already, ... */
	u64 window_len;
	const u8 *data; /* ... and this */
	u64 data_len;
};
/* ... and struct answer. */
struct placed_answer {
	u64 word[6];
	u64 label_flags; /* zeroed by the fast path; bit 63 is the server's own */
	u64 cap;
	const void *copy;
	u64 copy_len;
};

/* How a server is called by the fast path, while it waits in recv with the Reply that it has
 * named. */
struct placed_server {
	struct placed_request request; /* of a routed call */
	struct placed_answer answer;
	/* by the call's number; word 0 of the answer */
	s64 (*const *operations)(struct placed_request *, struct placed_answer *);
	/* it has used the door, or its answer is more than that word and bytes.  Comes back if
	 * placed_answered(), with that word */
	s64 (*end)(struct placed_request *, struct placed_answer *, s64 result);
	/* a page fault */
	s64 (*fault)(struct placed_request *, struct placed_answer *);
	/* a native call.  True: `answer` is to go back, and this label; false: it is sent, or will
	 * be later */
	bool (*native)(s32 *label);
	struct placed_request other; /* of these */
	u64 buffer;                  /* of deliveries, as in t4 of its recv */
};
void placed_serves(struct placed_server *s);

/* The call that came so, as long as the kernel was asked for nothing since: written down
 * nowhere but here (docs/placement.md). */
struct placed_called {
	u64 caller; /* struct thread *, 0: there is none; or CALLED_ALSO: others are to be answered
	             * with it */
	struct session *session;
	u64 route; /* the first word of its route; else 0 */
	u64 call;  /* its state and kind as a call: a routed one's, if it is not said otherwise */
	u64 depth; /* so many servers wait for an answer of others, above whose stack frames */
};
#define CALLED_ALSO 1u
extern struct placed_called placed_called;
/* These bytes go into its first out window.  False: nothing has happened. */
bool placed_bytes(const void *from, u64 len);

/* ... and written down here, as delivery does it: then it is a message like any other.  Assembler;
 * link t0, spoils t1 to t6. */
void placed_bind(void);
static inline void placed_ask(void)
{
	if (placed_called.caller)
		__asm__ volatile("jal t0, placed_bind" ::
					 : "memory", "t0", "t1", "t2", "t3", "t4", "t5", "t6");
}
/* Of the server that runs. */
struct placed_registers *placed_registers(void);
/* The same when it is entered: a message lies there. */
__attribute__((const)) const struct placed_registers *placed_message(void);
/* A call through a slot: what goes out besides its words, as in struct method_call. */
struct placed_method {
	u64 label, window, len;
	u64 slots; /* back: the one received */
};
/* The label; words and slot are what comes back, or as they were: ERETRY, ERESTARTNOINTR. */
s64 placed_invoke(u32 slot, struct placed_method *m, u64 word[6]);
/* The parameters of a reply alone are in the registers, and its result. */
void placed_reply(void);
/* What came as a function call, written down or not, is over without a reply: its caller
 * goes on with word 0 of this answer, which is not negative unless it has no flags, and the server
 * waits again.  What it has of flags is done first; a capability's slot becomes word 0 or, for a
 * native caller, cap.  False: something stands against it. */
bool placed_answered(struct placed_answer *a);
/* The caller of that Reply is answered by the number, which is not negative; with flags so many
 * bytes go to it from the one that came as a function call.  That is to go on then; or, if they are
 * MSG_COPY, gets the same number, waits for its turn, and the server waits by that Reply: then it
 * does not come back.  False: nothing has happened. */
bool placed_second(u32 reply, u64 number, u32 flags);
/* recv or reply_recv with the registers of an ecall but t1, which is t2.  Comes back only where
 * another server waits for this one: then it is to leave. */
void placed_exchange(void);
/* To the kernel's console. */
void placed_print(const char *text, u64 len);
/* Back to who entered the server, which is called again when a message is in its registers. */
__attribute__((noreturn)) void placed_leave(void);

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
	u64 label_flags; /* zeroed by the fast path */
	u64 cap;
	const void *copy;
	u64 copy_len;
};

/* How a server is called by the fast path, while it waits in recv with the Reply that it has
 * set. */
struct placed_server {
	struct placed_request request;
	struct placed_answer answer;
	/* by the call's number; word 0 of the answer */
	s64 (*const *operations)(struct placed_request *, struct placed_answer *);
	/* it has used the door, or its answer is more than that word and bytes */
	void (*end)(s64 result);
	/* a native call.  True: `answer` is to go back, and this label; false: it has used the
	 * door */
	bool (*native)(s32 *label);
};
void placed_serves(struct placed_server *s);

/* The call that came so, as long as the kernel was asked for nothing since: written down
 * nowhere but here (docs/placement.md). */
struct placed_called {
	struct thread *caller; /* 0: there is none */
	struct session *session;
	u64 route; /* the first word of its route */
	u64 kind;  /* 0: of a routed call; else enum call_kind */
};
extern struct placed_called placed_called;
/* These bytes go into its first out window.  False: nothing has happened. */
bool placed_bytes(const void *from, u64 len);

/* Of the server that runs. */
struct placed_registers *placed_registers(void);
/* A call through a slot: what goes out besides its words, as in struct method_call. */
struct placed_method {
	u64 label, window, len;
	u64 slots; /* back: the one received */
};
#define PLACED_NOT_HERE (1ll << 32) /* no label is that */
/* The label, and the words that come back; or PLACED_NOT_HERE: nothing has happened. */
s64 placed_invoke(u32 slot, struct placed_method *m, u64 word[6]);
/* Its a7 is OP_CALL or OP_REPLY: the answer is in the registers. */
void placed_call(void);
/* OP_RECV or OP_REPLY_RECV.  False: the server is to leave; true: the reply failed. */
bool placed_exchange(void);
/* To the kernel's console. */
void placed_print(const char *text, u64 len);
/* Back to who entered the server, which is called again when a message is in its registers. */
__attribute__((noreturn)) void placed_leave(void);

/*
 * The five system calls as C functions: what a server or native program uses
 * to speak to the kernel and to other servers.  The register layout is that of
 * ipc/abi/message.h; the assembler is in call.S.
 */
#pragma once

#include "ipc/abi/error.h"
#include "ipc/abi/message.h"
#include "ipc/abi/object.h"

/* A message in memory: filled before a call, overwritten by what comes back. */
struct message {
	u64 word[6];
	s32 label;
	u32 flags;        /* enum message_flag, out only */
	const void *data; /* window of a call: own memory that the receiver may reach; or of a
	                     method: its buffer */
	u64 data_len;
	slot_t send;    /* out, with MSG_SEND: slot sent */
	slot_t receive; /* out, with MSG_RECEIVE: where; in: slot of what was received */
};

/* What recv brings. */
struct delivery {
	u64 word[6];
	u64 badge;
	s64 label;
	u64 kind; /* enum message_kind */
	u64 tag;
	u64 window_len;
	u64 cap; /* slot of a received capability or SLOT_NONE */
	u64 delivered;
};

/* How a message is answered. */
struct answer {
	u64 word[6];
	s32 label;
	u32 flags;  /* enum message_flag */
	slot_t cap; /* MSG_SEND: slot sent (MSG_MOVE: and emptied); MSG_MAP: Memory */
	u32 pad;
	const void *copy; /* MSG_COPY: into the caller's first out window */
	u64 copy_len;     /* MSG_MINT: the badge */
};

/* Where the next message goes. */
struct receive {
	slot_t endpoint;
	slot_t reply;     /* idle Reply for it, or SLOT_NONE */
	slot_t cap;       /* SLOT_ANY or where a capability goes; SLOT_NONE: none accepted */
	u32 buffer_shift; /* log2 of the delivery buffer's size, 0: none */
	void *buffer;     /* page aligned */
};

/* A method: what goes out and, in slots and word, what comes back. */
struct method_call {
	u64 label;  /* enum method | enum message_flag << 32 */
	u64 window; /* own memory */
	u64 len;
	u64 slots;   /* sent | where to receive << 32; back: received */
	u64 word[6]; /* back: results */
};

/* recv or reply_recv: `reply` is answered, if any, and is the one for the next message. */
struct receipt {
	s64 op;
	slot_t reply;
	u64 buffer; /* of deliveries: address | log2 of its size, 0: none */
	const void *copy;
	u64 copy_len;
};

/* call: sends m through slot, waits, overwrites m; returns m->label. */
s32 msg_call(slot_t slot, struct message *m);
/* REPLY_CALL, once: word 0 or the negative label; a retry is the caller's. */
s64 call_through_once(slot_t reply, u64 descriptor, s32 label, u64 word0, u64 word1);
/* reply through Reply slot `reply`: 0, or why nothing was sent (the Reply is still held). */
s32 msg_reply(slot_t reply, struct answer *a);
void msg_recv(const struct receive *r, struct delivery *d);
void msg_yield(void);

/* Calls and methods without capabilities or windows; results are discarded but word 0. */
s64 call0(slot_t slot, s32 label); /* word 0 (>= 0) or the negative label */
s64 call1(slot_t slot, s32 label, u64 a);
s64 call2(slot_t slot, s32 label, u64 a, u64 b);
s64 call3(slot_t slot, s32 label, u64 a, u64 b, u64 c);
s64 call_words(slot_t slot, s32 label, const u64 word[4]);
/* The same with a window of own memory, with a capability named, and with one received. */
s64 call_data(slot_t slot, s32 label, const u64 word[4], const void *data, u64 len);
s64 call_cap(slot_t slot, s32 label, slot_t sent, const u64 word[4]);
s64 call_receive(slot_t slot, s32 label, const u64 word[4], slot_t *cap); /* SLOT_ANY */

/* The time counter (rdtime), in ticks of start_info.timebase_hz. */
u64 time_now(void);

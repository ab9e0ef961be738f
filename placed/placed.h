/* The servers in this kernel: what the build's table says, and how one is entered. */
#pragma once

#include "ipc/abi/message.h"

struct thread;
struct session;

/* Index: enum server_id, which is its rank. */
struct placed_entry {
	void (*main)(void *start); /* its beginning; 0: it is not here */
	void (*resume)(void);      /* a message lies in its thread's registers */
};
extern const struct placed_entry placed_servers[];
extern const u32 placed_nservers;

struct thread *placed_of_rank(u32 rank); /* 0: none */
/* The server of t, which is the hart's and RUNNING, does what its registers say: one message. */
void placed_step(struct thread *t);
struct words {
	u64 word[6];
};

static inline void words_copy(u64 to[6], const u64 from[6])
{
	*(struct words *)(void *)to = *(const struct words *)(const void *)from;
}
/* Own memory of a server, as its Address space counts. */
static inline u64 placed_own(u64 address)
{
	return address & (USER_END - 1);
}
/* c's page fault goes to server b, which waits, by this session (arch/riscv/placed/).  Comes
 * back if it goes on and its frame says how. */
void placed_page_fault(struct thread *c, struct thread *b, struct session *s,
		       enum fault_cause cause, u64 address);
/* OP_REPLY_RECV or OP_RECV of t, for which another server waits. */
void placed_exchange_nested(struct thread *t);
/* f(argument), until it returns or calls placed_leave (arch/riscv/placed/). */
void arch_placed_enter(void (*f)(void *), void *argument);

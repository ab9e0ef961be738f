/*
 * The door of a server in user mode: an ecall, without a structure in memory.
 *
 * Its other form is servers/lib/placed/door.h, for servers that are linked into the
 * kernel; the build says which one a server's files see.
 */
#pragma once

#include "ipc/proto/slots.h"
#include "servers/lib/call.h"
#include "servers/lib/outside.h"

#define ACCEPTS (MSG_RECEIVE * (1ull << 32)) /* a capability, in any slot */
#define ACCEPT_SLOT (SLOT_ANY * (1ull << 32))

/* Where in the server's own Address space what ipc/proto/start.h names is, ... */
static inline u64 server_own(u64 address)
{
	return address;
}

/* ... how the server reaches an address of its Address space, ... */
static inline void *server_pointer(u64 own)
{
	return (void *)own;
}

/* ... and both. */
static inline u64 server_at(u64 address)
{
	return address;
}

/* The negative error or word 0. */
static inline __attribute__((always_inline)) s64 method_do(slot_t slot, struct method_call *m)
{
	register u64 a0 __asm__("a0") = m->word[0];
	register u64 a1 __asm__("a1") = m->word[1];
	register u64 a2 __asm__("a2") = m->word[2];
	register u64 a3 __asm__("a3") = m->word[3];
	register u64 a4 __asm__("a4") = m->word[4];
	register u64 a5 __asm__("a5") = m->word[5];
	register u64 a6 __asm__("a6") = slot;
	register s64 a7 __asm__("a7") = OP_CALL;
	register u64 t0 __asm__("t0") = m->label;
	register u64 t1 __asm__("t1") = m->window;
	register u64 t2 __asm__("t2") = m->len;
	register u64 t3 __asm__("t3") = m->slots;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(t0),
			   "+r"(t3)
			 : "r"(a6), "r"(a7), "r"(t1), "r"(t2)
			 : "memory", "t4", "t5", "t6");
	m->slots = t3;
	m->word[0] = a0;
	m->word[1] = a1;
	m->word[2] = a2;
	m->word[3] = a3;
	m->word[4] = a4;
	m->word[5] = a5;
	return (s32)t0 < 0 ? (s32)t0 : (s64)a0;
}

/* An answer without copy or capability: 0, or why nothing was sent (the Reply is still held). */
static inline s32 reply_number(slot_t reply, s64 result)
{
	register u64 a0 __asm__("a0") = (u64)result;
	register u64 a1 __asm__("a1") = 0;
	register u64 a2 __asm__("a2") = 0;
	register u64 a3 __asm__("a3") = 0;
	register u64 a4 __asm__("a4") = 0;
	register u64 a5 __asm__("a5") = 0;
	register s64 a7 __asm__("a7") = OP_REPLY;
	register u64 t0 __asm__("t0") = result < 0 ? (u32)result : 0;
	register u64 t1 __asm__("t1") = reply;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(t0)
			 : "r"(a7), "r"(t1)
			 : "memory", "t3", "t4", "t5", "t6");
	return (s32)t0;
}

/* recv or reply_recv: d is what goes out (words; label: reply label and flags; cap: slot sent)
 * and what comes in.  True: something always does. */
static inline __attribute__((always_inline)) bool door_exchange(const struct receipt *x,
								struct delivery *d)
{
	register u64 a0 __asm__("a0") = d->word[0];
	register u64 a1 __asm__("a1") = d->word[1];
	register u64 a2 __asm__("a2") = d->word[2];
	register u64 a3 __asm__("a3") = d->word[3];
	register u64 a4 __asm__("a4") = d->word[4];
	register u64 a5 __asm__("a5") = d->word[5];
	register u64 a6 __asm__("a6") = SERVER_ENDPOINT;
	register s64 a7 __asm__("a7") = x->op;
	register u64 t0 __asm__("t0") = (u64)d->label | ACCEPTS;
	register u64 t1 __asm__("t1") = x->reply;
	register u64 t2 __asm__("t2") = x->reply;
	register u64 t3 __asm__("t3") = d->cap | ACCEPT_SLOT;
	register u64 t4 __asm__("t4") = x->buffer;
	register u64 t5 __asm__("t5") = (u64)x->copy;
	register u64 t6 __asm__("t6") = x->copy_len;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6),
			   "+r"(a7), "+r"(t0), "+r"(t1), "+r"(t2), "+r"(t3), "+r"(t4), "+r"(t5),
			   "+r"(t6)
			 :
			 : "memory", "ra", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8",
			   "s9", "s10", "s11");
	*d = (struct delivery){.word = {a0, a1, a2, a3, a4, a5},
			       .badge = a6,
			       .label = a7,
			       .kind = t0,
			       .tag = t1,
			       .window_len = t2,
			       .cap = t3,
			       .delivered = t4};
	return true;
}

/* exchange comes back with a message, so a loop never ends: these are the other door's. */
#define DOOR_ENDS false
static inline __attribute__((noreturn)) void door_wait(void)
{
	__builtin_unreachable();
}

static inline void door_received(struct delivery *d)
{
	*d = (struct delivery){0};
}

static inline struct answer *door_serves(u64 buffer)
{
	(void)buffer;
	return 0;
}

static inline u64 door_kind(void)
{
	return 0;
}

/*
 * The door of a server in the kernel: functions of the kernel, without ecall.
 *
 * The other form of servers/lib/user/door.h; its larger part is door.c.
 */
#pragma once

#include "ipc/abi/placed.h"
#include "ipc/proto/start.h"
#include "servers/lib/call.h"

extern u64 server_area; /* the server's, in its Address space */

/* Where in the server's own Address space what ipc/proto/start.h names is, ... */
static inline u64 server_own(u64 address)
{
	return server_address(server_area, address);
}

/* ... how the server reaches an address of its Address space: that is the kernel half, counted from
 * its beginning; ... */
static inline void *server_pointer(u64 own)
{
	return (void *)(own - USER_END);
}

/* ... and both. */
static inline u64 server_at(u64 address)
{
	return (u64)server_pointer(server_own(address));
}

/* An address of its own memory as its Address space counts. */
static inline u64 server_counted(u64 address)
{
	return address & (USER_END - 1);
}

/* The negative error or word 0. */
static inline s64 method_do(slot_t slot, struct method_call *m)
{
	s64 label = placed_invoke(slot, (struct placed_method *)(void *)m, m->word);

	return label < 0 ? label : (s64)m->word[0];
}
/* An answer without copy or capability: 0, or why nothing was sent (the Reply is still held). */
s32 reply_number(slot_t reply, s64 result);
/* For people: the kernel's console. */
void door_print(const char *text, u64 len);
/* exchange comes back only where another server waits for this one, and never with a message: the
 * loop ends, and begins again with server_resume(). */
#define DOOR_ENDS true
__attribute__((noreturn)) void door_wait(void);
/* What came before the server was entered: its kind, and all of it. */
static inline u64 door_kind(void)
{
	return placed_message()->x[REG_T0];
}
static inline void door_received(struct delivery *d)
{
	const u64 *x = placed_message()->x;

	d->word[0] = x[REG_A0];
	d->word[1] = x[REG_A1];
	d->word[2] = x[REG_A2];
	d->word[3] = x[REG_A2 + 1];
	d->word[4] = x[REG_A2 + 2];
	d->word[5] = x[REG_A2 + 3];
	d->badge = x[REG_A6];
	d->label = (s64)x[REG_A7];
	d->kind = x[REG_T0];
	d->tag = x[REG_T1];
	d->window_len = x[REG_T2];
	d->cap = x[REG_T3];
	d->delivered = x[REG_T4];
}
/* From now on calls may come as calls of functions; the buffer is that of deliveries.  Where
 * answers are to lie: one that failed is looked at when the loop begins again. */
struct answer *door_serves(u64 buffer);
/* Somebody else is to be answered: the number that the operation returns is not all. */
static inline void door_also(void)
{
	if (placed_called.caller)
		placed_called.caller |= CALLED_ALSO;
}
/* It is, and the operation's own caller goes on; else nothing has happened. */
static inline bool door_second(slot_t reply, u64 number, u32 flags)
{
	return placed_second(reply, number, flags);
}
/* The answer is given, its caller waits no more; else nothing has happened. */
static inline bool door_answered(struct answer *a)
{
	return placed_answered((struct placed_answer *)(void *)a);
}

/* recv: its parameters alone are loaded. */
static inline __attribute__((always_inline)) void door_receive(const struct receipt *x)
{
	register u64 a6 __asm__("a6") = SERVER_ENDPOINT;
	register s64 a7 __asm__("a7") = OP_RECV;
	register u64 t0 __asm__("t0") = MSG_RECEIVE * (1ull << 32);
	register u64 t2 __asm__("t2") = x->reply;
	register u64 t3 __asm__("t3") = SLOT_ANY * (1ull << 32);
	register u64 t4 __asm__("t4") = server_counted(x->buffer);

	__asm__ volatile("jal placed_exchange"
			 : "+r"(a6), "+r"(a7), "+r"(t0), "+r"(t2), "+r"(t3), "+r"(t4)
			 :
			 : "memory", "ra", "t1", "t5", "t6", "a0", "a1", "a2", "a3", "a4", "a5");
}

/* The same with an answer. */
static inline __attribute__((always_inline)) void door_reply_receive(const struct receipt *x,
								     const struct delivery *d)
{
	register u64 a0 __asm__("a0") = d->word[0];
	register u64 a1 __asm__("a1") = d->word[1];
	register u64 a2 __asm__("a2") = d->word[2];
	register u64 a3 __asm__("a3") = d->word[3];
	register u64 a4 __asm__("a4") = d->word[4];
	register u64 a5 __asm__("a5") = d->word[5];
	register u64 a6 __asm__("a6") = SERVER_ENDPOINT;
	register s64 a7 __asm__("a7") = OP_REPLY_RECV;
	register u64 t0 __asm__("t0") = (u64)d->label | MSG_RECEIVE * (1ull << 32);
	register u64 t2 __asm__("t2") = x->reply;
	register u64 t3 __asm__("t3") = d->cap | SLOT_ANY * (1ull << 32);
	register u64 t4 __asm__("t4") = server_counted(x->buffer);
	register u64 t5 __asm__("t5") = server_counted((u64)x->copy);
	register u64 t6 __asm__("t6") = x->copy_len;

	__asm__ volatile("jal placed_exchange"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6),
			   "+r"(a7), "+r"(t0), "+r"(t2), "+r"(t3), "+r"(t4), "+r"(t5), "+r"(t6)
			 :
			 : "memory", "ra", "t1");
}

/* recv or reply_recv: d is what goes out.  False. */
static inline __attribute__((always_inline)) bool door_exchange(const struct receipt *x,
								struct delivery *d)
{
	placed_ask();
	if (x->op == OP_RECV)
		door_receive(x);
	else
		door_reply_receive(x, d);
	return false;
}

/*
 * Methods, calls that the kernel itself answers, and replies that are a number alone:
 * without a struct message or answer in memory.
 *
 * The one idea: such a call keeps every register but its results and t4-t6
 * (ipc/abi/message.h), so it costs its caller the loading of arguments and nothing else.
 * Not for sessions, and not for REPLY_CALL, which passes a session's answer on: those keep
 * sp, gp and tp only, and are msg_call's.
 */
#pragma once

#include "servers/lib/call.h"

#define METHOD_SENDS (MSG_SEND * (1ull << 32))       /* slots names a capability */
#define METHOD_RECEIVES (MSG_RECEIVE * (1ull << 32)) /* its upper half where one goes */
#define RECEIVE_ANYWHERE (SLOT_ANY * (1ull << 32))

struct method_call {
	u64 label;  /* enum method | enum message_flag << 32 */
	u64 window; /* own memory */
	u64 len;
	u64 slots;   /* sent | where to receive << 32; back: received */
	u64 word[6]; /* back: results */
};

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

static inline s64 method3(slot_t slot, enum method label, u64 a, u64 b, u64 c)
{
	struct method_call m = {.label = label, .word = {a, b, c}};

	return method_do(slot, &m);
}

static inline s64 method2(slot_t slot, enum method label, u64 a, u64 b)
{
	return method3(slot, label, a, b, 0);
}

static inline s64 method1(slot_t slot, enum method label, u64 a)
{
	return method3(slot, label, a, 0, 0);
}

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

#include "door.h"

#define METHOD_SENDS (MSG_SEND * (1ull << 32))       /* slots names a capability */
#define METHOD_RECEIVES (MSG_RECEIVE * (1ull << 32)) /* its upper half where one goes */
#define RECEIVE_ANYWHERE (SLOT_ANY * (1ull << 32))

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

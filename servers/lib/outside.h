/*
 * What the doors of servers outside the kernel share: every call is sent, none comes as a function
 * call, so no answer goes that way.
 */
#pragma once

#include "ipc/proto/slots.h"
#include "ipc/proto/terminal.h"
#include "servers/lib/call.h"

/* For people: the firmware's console, for those who may, or the terminal. */
static inline void door_print(const char *text, u64 len)
{
	if (call_data(SERVER_MACHINE, MACHINE_PRINT, 0, text, len) < 0)
		call_data(SERVER_TO + SERVER_ID_TERMINAL, TERM_PRINT, 0, text, len);
}

static inline void door_also(void) {}

static inline bool door_second(slot_t reply, u64 number, u32 flags)
{
	(void)reply;
	(void)number;
	(void)flags;
	return false;
}

static inline bool door_answered(struct answer *a)
{
	(void)a;
	return false;
}

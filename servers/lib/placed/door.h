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

/* The negative error or word 0. */
s64 method_do(slot_t slot, struct method_call *m);
/* An answer without copy or capability: 0, or why nothing was sent (the Reply is still held). */
s32 reply_number(slot_t reply, s64 result);
/* For people: the kernel's console. */
void door_print(const char *text, u64 len);
/* The loop ends when nothing is there, and begins again where it was. */
#define DOOR_ENDS true
/* recv or reply_recv: d is what goes out, and what comes in if it is true; else nothing is there,
 * or others go first: then the server is to leave by door_wait. */
bool door_exchange(const struct receipt *x, struct delivery *d);
__attribute__((noreturn)) void door_wait(void);
/* What came before the server was entered. */
void door_received(struct delivery *d);
/* From now on routed calls may come as calls of these functions. */
struct request;
struct answer;
void door_serves(s64 (**routed)(struct request *, struct answer *));
/* Somebody else is answered: the call is one like any other. */
static inline void door_ask(void)
{
	if (placed_called.caller)
		placed_registers();
}

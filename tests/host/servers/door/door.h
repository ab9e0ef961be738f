/*
 * The door of a server on the development host: functions of a simulated kernel
 * (tests/host/servers).
 *
 * The third form of servers/lib/user/door.h: tests/host/host.mk says which servers' files see this
 * one.
 */
#pragma once

#include "ipc/proto/slots.h"
#include "ipc/proto/start.h"
#include "servers/lib/call.h"
#include "servers/lib/outside.h"

/* A server's addresses are pointers, but for what ipc/proto/start.h names: that lies in arrays. */
u64 server_own(u64 address);

static inline void *server_pointer(u64 own)
{
    return (void *)own;
}

u64 server_at(u64 address);

s64 method_do(slot_t slot, struct method_call *m);
s32 reply_number(slot_t reply, s64 result);
/* The loop ends when nothing is there, and begins again where it was. */
#define DOOR_ENDS true
bool door_exchange(const struct receipt *x, struct delivery *d);
__attribute__((noreturn)) void door_wait(void);
u64 door_kind(void);
void door_received(struct delivery *d);

/* No call comes as a function call here. */
struct answer *door_serves(u64 buffer);

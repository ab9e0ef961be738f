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
#include "ipc/proto/terminal.h"
#include "servers/lib/call.h"

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

/* For people: as in user mode. */
static inline void door_print(const char *text, u64 len)
{
    if (call_data(SERVER_MACHINE, MACHINE_PRINT, 0, text, len) < 0)
        call_data(SERVER_TO + SERVER_ID_TERMINAL, TERM_PRINT, 0, text, len);
}

/* No call comes as a function call here. */
struct answer *door_serves(u64 buffer);

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

/*
 * The Replies of a server: which are idle, which hold a caller.
 *
 * Private to servers/lib.  Reply i lies in slot SERVER_REPLY + i.
 * R1: a Reply is created when the first message needs it, at most `limit` of them.
 * R2: the kernel has bound Reply i to a caller (who may be dead since) iff held[i], or it is
 *     that of the request being served: reply_current.
 * R3: an idle Reply is on the free list, or it is reply_current: named in the next receive.
 */
#pragma once

#include "servers/lib/server.h"

#define REPLIES_MAX (SERVER_FREE - SERVER_REPLY)

/* What the next request's caller, or that of the one being served, is bound to; SLOT_NONE
 * while no request is served, and once the operation has lost it or kept it. */
extern slot_t reply_current;

void replies_init(u32 limit);
/* An idle Reply for the next receive, or SLOT_NONE when all hold callers. */
slot_t reply_take(void);
/* The current Reply keeps its caller, who is answered later. */
void reply_keep(slot_t reply);
/* The Reply lost its caller: back to the free list. */
void reply_release(slot_t reply);
bool reply_is_held(slot_t reply);
/* Whatever state the kernel has it in: idle afterwards (the bookkeeping stays). */
void reply_reset(slot_t reply);
/* The error that a caller gets whose reply failed with that label and stop. */
s32 reply_failure(s32 label, u64 stop);

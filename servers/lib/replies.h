/*
 * The Replies of a server: which are idle, which hold a caller.
 *
 * Private to servers/lib.  Reply i lies in slot SERVER_REPLY + i.
 * R1: a Reply is created when the first message needs it, at most `limit` of them.
 * R2: held[i] iff the kernel has bound Reply i to a caller (it may be dead since).
 * R3: an idle Reply is on the free list, or it is the one named in the next receive.
 */
#pragma once

#include "servers/lib/server.h"

#define REPLIES_MAX (SERVER_FREE - SERVER_REPLY)

void replies_init(u32 limit);
/* An idle Reply for the next receive, or SLOT_NONE when all hold callers. */
slot_t reply_take(void);
extern bool replies_held[REPLIES_MAX];
/* The Reply got a caller; it lost it in a reply_recv that names it again. */
static inline void reply_hold(slot_t reply)
{
	if (reply - SERVER_REPLY < REPLIES_MAX)
		replies_held[reply - SERVER_REPLY] = true;
}
static inline void reply_unhold(slot_t reply)
{
	if (reply - SERVER_REPLY < REPLIES_MAX)
		replies_held[reply - SERVER_REPLY] = false;
}
/* The Reply lost its caller: back to the free list. */
void reply_release(slot_t reply);
static inline bool reply_is_held(slot_t reply)
{
	return reply - SERVER_REPLY < REPLIES_MAX && replies_held[reply - SERVER_REPLY];
}
/* Whatever state the kernel has it in: idle afterwards (the bookkeeping stays). */
void reply_reset(slot_t reply);
/* The error that a caller gets whose reply failed with that label and stop. */
s32 reply_failure(s32 label, u64 stop);

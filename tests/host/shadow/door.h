/* The door of a server on the host: its memory is the host's, and whoever needs a method defines
 * method_do.  The other forms are servers/lib/user/door.h and servers/lib/placed/door.h. */
#pragma once

#include "servers/lib/call.h"

static inline u64 server_own(u64 address)
{
    return address;
}

static inline void *server_pointer(u64 own)
{
    return (void *)own;
}

static inline u64 server_at(u64 address)
{
    return address;
}

s64 method_do(slot_t slot, struct method_call *m);

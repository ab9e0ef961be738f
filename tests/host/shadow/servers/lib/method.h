/* Methods of the kernel, for servers on the host: whoever needs one defines method_do. */
#pragma once

#include "servers/lib/call.h"

#define METHOD_SENDS (MSG_SEND * (1ull << 32))
#define METHOD_RECEIVES (MSG_RECEIVE * (1ull << 32))
#define RECEIVE_ANYWHERE (SLOT_ANY * (1ull << 32))

struct method_call {
    u64 label, window, len, slots, word[6];
};
s64 method_do(slot_t slot, struct method_call *m);

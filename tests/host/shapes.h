/*
 * What each method expects, for calls that mostly mean something.  A letter for each word:
 * a address, p page address, f frame, n number, s slot, d descriptor, r rights, t object type,
 * b a byte.
 */
#pragma once

#include "tests/host/world.h"

struct shape {
    enum method label;
    const char *words;
    slot_t on;
    u8 several; /* slots from `on` on that will do, if not 1 */
    bool receive, window;
    slot_t sent; /* 0: nothing; SLOT_ANY: anything */
};
extern const struct shape shapes[];
extern const u32 nshapes;

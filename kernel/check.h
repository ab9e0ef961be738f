/* The promises of the design as checks of everything; debug builds. */
#pragma once

#include "ipc/abi/types.h"

/* Panics if a promise is broken, and says before which and where. */
void check_all(void);
/* After every kernel entry: what it touched, and everything every so often. */
void check_entry(void);
/* Entries so far that C and that the fast path alone have answered. */
extern u64 check_slow_entries, check_fast_entries;
/* For the comparison of both paths (tests/kernel/state.c): all that can be told of the objects of a
 * pool and of the hart, in words that do not depend on the path taken: how many.  show: to the console,
 * too. */
struct pool;
u32 check_state(const struct pool *p, const u64 **words, bool show);

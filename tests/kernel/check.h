/* The promises of the design as checks of everything: linked into the debug kernel alone. */
#pragma once

#include "kernel/pool.h"

/* Panics if a promise is broken, and says before which and where. */
void check_all(void);
/* The page of a pool whose link in pool->pages that is. */
static inline const struct pool_page *page_of(const struct link *l)
{
    return (const void *)((uintptr_t)l & ~(uintptr_t)PAGE_MASK);
}
/* The living object of the page behind o (0: the first one), or 0. */
struct object *check_next(const struct pool_page *page, const struct object *o);
/* The types and counts of all frames against every page table and pool: number of violations. */
u32 check_frames(void);
/* Entries so far that C and that the fast path alone have answered. */
extern u64 check_slow_entries, check_fast_entries;
/* For the comparison of both paths: all that can be told of the objects of a pool and of the hart,
 * in words that do not depend on the path taken: how many.  show: to the console, too. */
u32 check_state(const struct pool *p, const u64 **words, bool show);

/* Unit tests: functions, and single methods as rows of a table, each on a world made anew. */
#pragma once

#include "tests/host/world.h"

struct unit {
    const char *name;
    void (*run)(void);
};
/* Each table ends with a row without a name. */
extern const struct unit units_message[], units_reply[], units_thread[], units_memory[],
    units_pairs[], units_copies[], units_tables[], units_rare[], units_frames[], units_upcalls[],
    units_mint[], units_odd[];

/* A boot: what is different, and what came of it. */
struct boot_case {
    const char *name;
    err_t (*change)(struct machine_info *m);
    void (*check)(void);
};
extern const struct boot_case boot_cases[];

/* One method by A: its error, and its first result if that matters. */
struct method_case {
    const char *name;
    struct ask ask;
    s64 error, word;
};
#define ANYTHING (-77777)
#define F(n) ((1ull << 52) + (n)) /* in its words: frame n of MEMORY */
extern const struct method_case method_cases[];

/* What was expected and did not come is told; the test goes on. */
void expect_equal(s64 is, s64 wanted, const char *what, u32 line);
#define EXPECT(is, wanted) expect_equal((s64)(is), (s64)(wanted), #is, __LINE__)

/* --- What several files begin or end with ------------------------------------------------ */

static inline s64 reclaim(slot_t slot)
{
    return ask((struct ask){POOL, POOL_RECLAIM, .sent = slot}).error;
}

/* T, which waits there, is told before all is done. */
static inline void endpoint2_ends(void)
{
    reclaim(ENDPOINT2);
    EXPECT(hart.current, side[T]);
    EXPECT((s64)side[T]->frame.a7, -ESRCH);
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[A]);
    if (cspace_find(thread_cspace(side[A]), ENDPOINT2)->object)
        EXPECT(reclaim(ENDPOINT2), 0);
}

/* A descriptor on its way to A, while a second thread (tag 7) uses A's table. */
static inline void descriptor_on_its_way(void)
{
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_THREAD}, .receive = NOTHING}).error, 0);
    EXPECT(ask((struct ask){NOTHING,
                            THREAD_CONFIGURE,
                            {10, 7, ASPACE + A, CSPACE + A, SLOT_NONE, SLOT_NONE}})
               .error,
           0);
    EXPECT(method(NOTHING, THREAD_START, 0, 0), 0);
    route(7, 0, 0, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).word[0], 3);
}

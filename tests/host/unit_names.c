/* Objects without a name: nobody can use them, so they are gone. */
#include "tests/host/unit.h"

static u64 free_pages(void)
{
    return ask((struct ask){POOL, POOL_STATS}).word[1];
}

static void a_reply_without_a_name_is_gone(void)
{
    u64 before = free_pages();

    for (u32 i = 0; i < 300; i++) {
        EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_REPLY}, .receive = NOTHING}).error, 0);
        EXPECT(method(CSPACE + A, CSPACE_DELETE, NOTHING, 1), 0);
    }
    EXPECT(free_pages(), before);
}

static void who_is_held_by_it_is_told(void)
{
    route(2, 0, USER_MEMORY, 10);
    EXPECT(hart.current, side[S]);
    EXPECT(method(CSPACE + S, CSPACE_DELETE, REPLY, 1), 0);
    EXPECT(side[A]->frame.a0, -EIO);
    EXPECT(side[A]->state, THREAD_READY);
}

static void a_reply_that_is_reclaimed_goes_once(void)
{
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_REPLY}, .receive = NOTHING}).error, 0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = NOTHING}).error, 0);
    EXPECT(method(CSPACE + A, CSPACE_DELETE, NOTHING, 1), 0);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_names[] = {
    UNIT(a_reply_without_a_name_is_gone),
    UNIT(who_is_held_by_it_is_told),
    UNIT(a_reply_that_is_reclaimed_goes_once),
    {0},
};

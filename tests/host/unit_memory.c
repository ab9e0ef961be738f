/* Frames, mappings, pools: what takes more than one method to see. */
#include "tests/host/unit.h"

#include "kernel/ledger.h"
#include "kernel/pool.h"

#define FREE_PAGE 0x200000000ul
#define RW (ACCESS_READ | ACCESS_WRITE)

static s64 map(slot_t aspace, u64 va, u64 npages, u64 rights)
{
    return ask((struct ask){aspace, ASPACE_MAP, {va, frames_first, npages, rights}, .sent = MEMORY})
        .error;
}

static u64 uses(frame_t frame)
{
    return ledger_find(frame)->count;
}

static void a_frame_counts_its_mappings(void)
{
    EXPECT(map(ASPACE + A, FREE_PAGE, 1, RW), 0);
    EXPECT(map(ASPACE + B, FREE_PAGE, 1, RW), 0);
    EXPECT(uses(frames_first), 2);
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, FREE_PAGE, 1), 0);
    EXPECT(side[A]->frame.a2, FRAME_NONE);
    EXPECT(method(ASPACE + B, ASPACE_UNMAP, FREE_PAGE, 1), 0);
    EXPECT(side[A]->frame.a2, frames_first);
    EXPECT(uses(frames_first), 0);
}

static void a_used_frame_keeps_its_type(void)
{
    EXPECT(map(ASPACE + A, FREE_PAGE, 1, RW), 0);
    EXPECT(ask((struct ask){POOL, POOL_DONATE, {frames_first, 1}, .sent = MEMORY}).error, -EBUSY);
    EXPECT(ask((struct ask){POOL, POOL_DONATE, {frames_first + 1, 1}, .sent = MEMORY}).error, 0);
    EXPECT(ask((struct ask){ASPACE + A,
                            ASPACE_MAP,
                            {FREE_PAGE + PAGE_SIZE, frames_first + 1, 1, RW},
                            .sent = MEMORY})
               .error,
           -EBUSY);
    EXPECT(method(MEMORY, MEMORY_CLEAR, frames_first + 1, 1), -EBUSY);
    EXPECT(method(MEMORY, MEMORY_PIN, frames_first + 1, 0), -EBUSY);
}

static void a_frame_is_clear_when_it_changes_its_type(void)
{
    u64 word = ~0ull;

    EXPECT(map(ASPACE + A, FREE_PAGE, 1, RW), 0); /* free to user */
    user_read(side[A], FREE_PAGE, &word, 8);
    EXPECT(word, 0);
}

static void a_pinned_frame_is_used(void)
{
    EXPECT(method(MEMORY, MEMORY_PIN, frames_first, 0), 0);
    EXPECT(method(MEMORY, MEMORY_PIN, frames_first, 0), -EBUSY);
    EXPECT(map(ASPACE + A, FREE_PAGE, 1, RW), 0);
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, FREE_PAGE, 1), 0);
    EXPECT(side[A]->frame.a2, FRAME_NONE);
    EXPECT(method(MEMORY, MEMORY_UNPIN, frames_first, 0), 0);
    EXPECT(side[A]->frame.a0, 1);
}

static void rights_fall_at_once(void)
{
    user_write(side[A], USER_MEMORY, "x", 1);
    EXPECT(method(ASPACE + A, ASPACE_PROTECT, USER_MEMORY, 4), 0);
    EXPECT((u64)host_user(side[A], USER_MEMORY, ACCESS_READ), 0);
}

static void sharing_protects_both_sides(void)
{
    EXPECT(map(ASPACE + A, FREE_PAGE, 3, RW), 0);
    user_write(side[A], FREE_PAGE, "x", 1);
    EXPECT(
        ask((struct ask){ASPACE + A, ASPACE_SHARE, {FREE_PAGE, 3, SHARE_COW}, .sent = ASPACE + B})
            .error,
        0);
    EXPECT((u64)host_user(side[A], FREE_PAGE, ACCESS_WRITE), 0);
    EXPECT((u64)host_user(side[B], FREE_PAGE, ACCESS_WRITE), 0);
    EXPECT(*host_user(side[B], FREE_PAGE, ACCESS_READ), 'x');
    EXPECT(uses(frames_first), 2);
}

static void copy_on_write_gives_a_copy(void)
{
    sharing_protects_both_sides();
    EXPECT(ask((struct ask){ASPACE + B,
                            ASPACE_OWN,
                            {FREE_PAGE, frames_first + 9, RW, FRAME_NONE},
                            .sent = MEMORY})
               .error,
           0);
    EXPECT(*host_user(side[B], FREE_PAGE, ACCESS_WRITE), 'x');
    EXPECT(uses(frames_first), 1);
    EXPECT(uses(frames_first + 9), 1);
}

static void a_long_range_goes_in_chunks(void)
{
    u64 entries = host_entries;

    EXPECT(map(ASPACE + A, FREE_PAGE, FRAMES, RW), 0);
    EXPECT(host_entries - entries > 1, 1);
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, FREE_PAGE, FRAMES), 0);
    for (u32 i = 0; i < FRAMES; i++)
        EXPECT(uses(frames_first + i), 0);
}

static void frames_of_a_window_are_told_when_they_are_free(void)
{
    u64 frames[4] = {0};

    EXPECT(map(ASPACE + B, FREE_PAGE, 4, RW), 0);
    EXPECT(ask((struct ask){
                   ASPACE + B, ASPACE_UNMAP, {FREE_PAGE, 4}, .window = USER_MEMORY, .len = 16})
               .word[1],
           2);
    user_read(side[A], USER_MEMORY, frames, 16);
    EXPECT(frames[0], frames_first);
    EXPECT(frames[1], frames_first + 1);
}

static void a_pool_that_is_empty_says_so(void)
{
    s64 error = 0;

    for (u32 i = 0; i < 200 && !error; i++)
        error =
            ask((struct ask){POOL2, POOL_CREATE, {OBJECT_NOTIFICATION}, .receive = SLOT_ANY}).error;
    EXPECT(error, -ENOMEM);
}

static void a_pool_with_pages_is_not_reclaimed(void)
{
    wake_root();
    EXPECT(ask((struct ask){ROOT_SLOT_POOL, POOL_RECLAIM, .sent = POOL2}).error, -EBUSY);
    EXPECT(cspace_object(thread_cspace(root), POOL2)->dead, false);
}

static void an_empty_pool_is_reclaimed(void)
{
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_POOL}, .receive = NOTHING}).error, 0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = NOTHING}).error, 0);
    EXPECT(cspace_object(thread_cspace(side[A]), NOTHING), 0);
}

static void a_new_space_pays_its_tables_from_its_pool(void)
{
    const struct pool *pool = cspace_named(thread_cspace(side[A]), POOL, OBJECT_POOL);
    u64 before;

    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_ASPACE}, .receive = NOTHING}).error, 0);
    before = pool->nfree;
    EXPECT(map(NOTHING, FREE_PAGE, 1, RW), 0);
    EXPECT(before - pool->nfree, 2);
    EXPECT(method(NOTHING, ASPACE_UNMAP, FREE_PAGE, 1), 0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = NOTHING}).error, 0);
    EXPECT(pool->nfree > before, 1);
}

static void routes_are_frames_in_use(void)
{
    EXPECT(ask((struct ask){CSPACE + A, CSPACE_ROUTES, {frames_first}, .sent = MEMORY}).error, 0);
    EXPECT(uses(frames_first + ROUTE_FRAMES - 1), 1);
    EXPECT(ask((struct ask){POOL, POOL_DONATE, {frames_first, 1}, .sent = MEMORY}).error, -EBUSY);
    route(1, 0, 0, 0);
    EXPECT((s64)side[A]->frame.a0, -ENOSYS);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_memory[] = {
    UNIT(a_frame_counts_its_mappings),
    UNIT(a_used_frame_keeps_its_type),
    UNIT(a_frame_is_clear_when_it_changes_its_type),
    UNIT(a_pinned_frame_is_used),
    UNIT(rights_fall_at_once),
    UNIT(sharing_protects_both_sides),
    UNIT(copy_on_write_gives_a_copy),
    UNIT(a_long_range_goes_in_chunks),
    UNIT(frames_of_a_window_are_told_when_they_are_free),
    UNIT(a_pool_that_is_empty_says_so),
    UNIT(a_pool_with_pages_is_not_reclaimed),
    UNIT(an_empty_pool_is_reclaimed),
    UNIT(a_new_space_pays_its_tables_from_its_pool),
    UNIT(routes_are_frames_in_use),
    {0},
};

/* Devices, RAM beyond the first range, what a pager maps; and routes that are seldom taken. */
#include "tests/host/unit.h"

#include "kernel/ledger.h"

#define FAR 0x300000000ul
#define RW (ACCESS_READ | ACCESS_WRITE)
#define OTHER ((HOST_MORE_BASE >> PAGE_SHIFT) + 16) /* the first frame of MEMORY2 */
#define SPARE_ROUTE 30u

static struct told map_with(slot_t aspace, slot_t memory, u64 va, frame_t first, u64 flags)
{
    return ask((struct ask){aspace, ASPACE_MAP, {va, first, 1, RW, flags}, .sent = memory});
}

static struct told map(slot_t aspace, slot_t memory, u64 va, frame_t first, u64 npages)
{
    return ask((struct ask){aspace, ASPACE_MAP, {va, first, npages, RW}, .sent = memory});
}

/* --- Devices, and RAM beyond the first range -------------------------------------------- */

static void a_device_is_mapped_shared_and_unmapped(void)
{
    EXPECT(map(ASPACE + A, DEVICE, FAR, 0x10000, 2).error, 0);
    EXPECT(
        ask((struct ask){ASPACE + A, ASPACE_SHARE, {FAR, 2, SHARE_COW}, .sent = ASPACE + B}).error,
        0);
    EXPECT(ask((struct ask){
                   ASPACE + A, ASPACE_OWN, {FAR, frames_first, RW, FRAME_NONE}, .sent = MEMORY})
               .error,
           -EINVAL);
    EXPECT(map_with(ASPACE + A, MEMORY, FAR, frames_first, MAP_REPLACE).word[1], FRAME_NONE);
    EXPECT(map_with(ASPACE + A, DEVICE, FAR, 0x10001, MAP_REPLACE).word[1], frames_first);
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, FAR, 2), 0);
    EXPECT(method(ASPACE + B, ASPACE_UNMAP, FAR, 1), 0);
    EXPECT(side[A]->frame.a2, FRAME_NONE);
    EXPECT(ask((struct ask){MEMORY, MEMORY_DERIVE, {frames_first, 1}, .sent = POOL}).error,
           -EINVAL);
}

static void the_other_ram_counts_its_mappings(void)
{
    EXPECT(map(ASPACE + A, MEMORY2, FAR, OTHER, 3).error, 0);
    EXPECT(ask((struct ask){ASPACE + A, ASPACE_SHARE, {FAR, 3}, .sent = ASPACE + B}).error, 0);
    EXPECT(ledger_find(OTHER)->count, 2);
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, FAR, 3), 0);
    EXPECT(map_with(ASPACE + B, MEMORY2, FAR, OTHER + 4, MAP_REPLACE).word[1], OTHER);
    EXPECT(method(ASPACE + B, ASPACE_UNMAP, FAR, 3), 0);
    EXPECT(ledger_find(OTHER + 1)->count, 0);
    EXPECT(ledger_find(OTHER + 4)->count, 0);
}

static void closed_frames_are_nobodys(void)
{
    static const u64 closed[] = {HOST_RAM_BASE >> PAGE_SHIFT, 0xc000, 0x2000};

    wake_root();
    for (u32 i = 0; i < 3; i++) {
        EXPECT(ask((struct ask){ROOT_SLOT_DEVICE,
                                MEMORY_DERIVE,
                                {closed[i], 1},
                                .sent = POOL,
                                .receive = NOTHING})
                   .error,
               -EINVAL);
        EXPECT(map(ASPACE + A, ROOT_SLOT_DEVICE, FAR, closed[i], 1).error, -EINVAL);
    }
    EXPECT(ask((struct ask){ROOT_SLOT_DEVICE, MEMORY_QUERY, {0x10000}}).error, -EINVAL);
}

static void a_pool_makes_only_what_it_may(void)
{
    EXPECT(ask((struct ask){POOL,
                            POOL_CREATE,
                            {OBJECT_POOL, 1u << OBJECT_NOTIFICATION, 0, 2},
                            .receive = NOTHING})
               .error,
           -EINVAL);
    EXPECT(ask((struct ask){
                   POOL, POOL_CREATE, {OBJECT_POOL, 1u << OBJECT_NOTIFICATION}, .receive = NOTHING})
               .error,
           0);
    EXPECT(ask((struct ask){
                   MEMORY, MEMORY_DERIVE, {frames_first, 1}, .sent = NOTHING, .receive = SLOT_ANY})
               .error,
           -EPERM);
}

/* --- What the pager maps ---------------------------------------------------------------- */

static void fault_at(u64 va)
{
    host_enter(HOST_FAULT, FAULT_WRITE, va);
    EXPECT(hart.current, side[S]);
}

/* S answers with n pages. */
static s64 answer(u64 va, frame_t first, u64 n, u64 rights)
{
    operate(&(struct registers){.operation = OP_REPLY,
                                .label = (u64)MSG_MAP << 32,
                                .word = {va, first, n, rights},
                                .t1 = REPLY,
                                .t3 = MEMORY});
    return (s64)side[S]->frame.t0;
}

static void a_run_of_pages_comes_with_an_answer(void)
{
    u64 last = FAR + 0x200000ul - 4 * PAGE_SIZE; /* and the next table's first */

    fault_at(last);
    EXPECT(answer(last, frames_first, 8, RW), 0);
    for (u32 i = 0; i < 8; i++)
        EXPECT(host_user(side[A], last + i * PAGE_SIZE, ACCESS_WRITE) != 0, 1);
    EXPECT(ledger_find(frames_first + 7)->count, 1);
}

static void pages_that_are_there_are_kept(void)
{
    u64 last = FAR + 0x200000ul - 4 * PAGE_SIZE;

    EXPECT(map(ASPACE + A, MEMORY, last + PAGE_SIZE, frames_first + 50, 1).error, 0);
    fault_at(last);
    EXPECT(answer(last, frames_first, 8, RW), -EEXIST);
    EXPECT(answer(last, frames_first, 8, RW | MAP_KEEP | MAP_ZERO), 0);
    EXPECT(ledger_find(frames_first)->count, 1);
    EXPECT(ledger_find(frames_first + 1)->count, 0);
    EXPECT(ledger_find(frames_first + 7)->count, 1);
    receive(ENDPOINT, REPLY);
    run(A);
    fault_at(last);
    EXPECT(answer(last, frames_first + 20, 1, RW | MAP_KEEP), 0);
    EXPECT(ledger_find(frames_first + 20)->count, 0);
}

static void an_answer_with_pages_that_cannot_be(void)
{
    EXPECT(ask((struct ask){POOL, POOL_DONATE, {frames_first + 3, 1}, .sent = MEMORY}).error, 0);
    fault_at(FAR);
    EXPECT(answer(FAR, frames_first + 3, 1, RW), -EBUSY);
    EXPECT(answer(FAR, frames_first, 0, RW), -EINVAL);
    EXPECT(answer(FAR, frames_first, 65, RW), -EINVAL);
    EXPECT(answer(FAR, frames_first + FRAMES, 1, RW), -EINVAL);
    EXPECT(answer(FAR, frames_first, 2, 64), -EINVAL);
    EXPECT(answer(USER_END - PAGE_SIZE, frames_first, 2, RW), -EINVAL);
    EXPECT(answer(FAR, frames_first, 8, RW | MAP_KEEP), -EBUSY);
    EXPECT(ledger_find(frames_first + 2)->count, 1); /* what lies before it stays */
}

/* --- Routes ----------------------------------------------------------------------------- */

static void route_set(struct route r)
{
    user_write(side[A], USER_ROUTES + SPARE_ROUTE * sizeof(r), &r, sizeof(r));
}

static void a_descriptor_lies_where_an_argument_points(void)
{
    u32 n = 1;

    route_set((struct route){.kind = ROUTE_DESCRIPTOR_AT, .slot = 0, .arg = 1});
    user_write(side[A], USER_MEMORY, &n, 4);
    route(SPARE_ROUTE, 0, USER_MEMORY, 0);
    EXPECT(hart.current, side[T]);
    EXPECT(method(REPLY, REPLY_FORWARD, 2, 0), 0);
    receive(ENDPOINT2, REPLY);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_ROUTED);
}

static void a_descriptor_that_names_none_goes_to_the_fixed_slot(void)
{
    static const u32 numbers[] = {2, 9, 999};

    for (u32 i = 0; i < 4; i++) {
        host_restore();
        route_set((struct route){.kind = ROUTE_DESCRIPTOR_AT, .slot = 0, .arg = 1});
        if (i < 3)
            user_write(side[A], USER_MEMORY, &numbers[i], 4);
        route(SPARE_ROUTE, 0, i < 3 ? USER_MEMORY : 8, 0);
        EXPECT(hart.current, side[S]);
        EXPECT(side[S]->frame.t0, KIND_ROUTED);
    }
}

static void a_descriptor_of_a_dead_server_goes_there_too(void)
{
    u32 n = 1;

    endpoint2_ends();
    route_set((struct route){.kind = ROUTE_DESCRIPTOR_AT, .slot = 0, .arg = 1});
    user_write(side[A], USER_MEMORY, &n, 4);
    route(SPARE_ROUTE, 0, USER_MEMORY, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(method(REPLY, REPLY_FORWARD, 1, 1) < 0, 1);
    EXPECT(method(REPLY, REPLY_CALL, 1, 5) < 0, 1);
}

static void given(u64 number, u64 a2)
{
    route(number, 0, 0, a2);
    operate(&(struct registers){.operation = OP_REPLY_RECV,
                                .slot = ENDPOINT,
                                .label = (u64)MSG_SEND << 32,
                                .t1 = REPLY,
                                .t2 = REPLY,
                                .t3 = TIMER});
    EXPECT(hart.current, side[A]);
}

static void a_capability_becomes_a_descriptor_that_exec_closes(void)
{
    given(7, ROUTE_O_CLOEXEC);
    EXPECT(side[A]->frame.a0, 3);
    EXPECT(cspace_find(thread_cspace(side[A]), 3)->flags, SLOT_CLOEXEC);
    given(7, 0);
    EXPECT(side[A]->frame.a0, 4);
    EXPECT(cspace_find(thread_cspace(side[A]), 4)->flags, 0);
}

static void a_capability_replaces_a_fixed_slot(void)
{
    const struct slot *s = &thread_cspace(side[A])->fixed[3];
    u32 uses = cspace_object(thread_cspace(side[A]), TIMER)->uses;

    given(8, 0);
    EXPECT(s->object->type, OBJECT_TIMER);
    given(8, 0);
    EXPECT(s->object->uses, uses + 1);
}

static void bad_windows_are_none(void)
{
    static const struct window_spec bad[] = {
        {WINDOW_KINDS, 1, 0, 0, 8},    {WINDOW_BUFFER, 1, 6, 1},
        {WINDOW_BUFFER, 1, 1, 6},      {WINDOW_BUFFER, 1, 1, 2}, /* beyond the user half */
        {WINDOW_ARRAY, 3, 1, 2, 1000},
    };

    for (u32 i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        host_restore();
        route_set((struct route){.kind = ROUTE_FIXED, .window = {bad[i]}});
        route(SPARE_ROUTE, 0, USER_END - 1000, ~0ull);
        EXPECT(hart.current, side[S]);
        EXPECT(
            ask((struct ask){REPLY, REPLY_COPY_IN, {0}, .window = USER_MEMORY, .len = 8}).word[0],
            0);
        EXPECT(
            ask((struct ask){REPLY, REPLY_COPY_OUT, {0}, .window = USER_MEMORY, .len = 8}).word[0],
            0);
        reply_receive(0, 0);
    }
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_frames[] = {
    UNIT(a_device_is_mapped_shared_and_unmapped),
    UNIT(the_other_ram_counts_its_mappings),
    UNIT(closed_frames_are_nobodys),
    UNIT(a_pool_makes_only_what_it_may),
    UNIT(a_run_of_pages_comes_with_an_answer),
    UNIT(pages_that_are_there_are_kept),
    UNIT(an_answer_with_pages_that_cannot_be),
    UNIT(a_descriptor_lies_where_an_argument_points),
    UNIT(a_descriptor_that_names_none_goes_to_the_fixed_slot),
    UNIT(a_descriptor_of_a_dead_server_goes_there_too),
    UNIT(a_capability_becomes_a_descriptor_that_exec_closes),
    UNIT(a_capability_replaces_a_fixed_slot),
    UNIT(bad_windows_are_none),
    {0},
};

/* Tables of descriptors and of pages: full, large, and when their pool has nothing left. */
#include "tests/host/unit.h"

#include "kernel/ledger.h"
#include "kernel/pool.h"

#define FAR 0x300000000ul /* nothing is mapped there, and there are no tables */
#define RW (ACCESS_READ | ACCESS_WRITE)
#define MANY 1024u /* descriptors */

static s64 make(enum object_type type)
{
    return ask((struct ask){POOL, POOL_CREATE, {type}, .receive = SLOT_ANY}).error;
}

/* POOL has nothing left. */
static void drain(void)
{
    static const enum object_type types[] = {OBJECT_ASPACE, OBJECT_THREAD, OBJECT_REPLY,
                                             OBJECT_NOTIFICATION};

    for (u32 i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        while (!make(types[i]))
            ;
    while (!ask((struct ask){ENDPOINT, ENDPOINT_MINT, {1}, .receive = SLOT_ANY}).error)
        ;
}

static s64 donate(frame_t first, u64 npages)
{
    return ask((struct ask){POOL, POOL_DONATE, {first, npages}, .sent = MEMORY}).error;
}

static struct told map(slot_t aspace, u64 va, frame_t first, u64 npages, u64 rights)
{
    return ask((struct ask){aspace, ASPACE_MAP, {va, first, npages, rights}, .sent = MEMORY});
}

/* Slots first, first + step, ... of B's table name SHOUT. */
static void fill(u32 first, u32 step, u32 n)
{
    for (; n; n--, first += step)
        EXPECT(method(CSPACE + B, CSPACE_COPY, first, SHOUT), 0);
}

/* --- Nothing left ----------------------------------------------------------------------- */

static void an_empty_pool_gives_no_page_tables(void)
{
    EXPECT(map(ASPACE + A, FAR, frames_first, 1, RW).error, 0);
    drain();
    EXPECT(map(ASPACE + B, FAR, frames_first + 1, 2, RW).error, -ENOMEM);
    EXPECT(
        ask((struct ask){
                ASPACE + B, ASPACE_OWN, {FAR, frames_first + 1, 3, frames_first}, .sent = MEMORY})
            .error,
        -ENOMEM);
    EXPECT(ask((struct ask){ASPACE + A, ASPACE_SHARE, {FAR, 1}, .sent = ASPACE + B}).error,
           -ENOMEM);
    EXPECT(make(OBJECT_ASPACE), -ENOMEM);
    EXPECT(donate(frames_first + 8, 1), 0); /* enough for the first of two tables */
    EXPECT(map(ASPACE + B, FAR, frames_first + 1, 2, RW).error, -ENOMEM);
    EXPECT(donate(frames_first + 9, 1), 0);
    EXPECT(map(ASPACE + B, FAR, frames_first + 1, 2, RW).error, 0);
}

static void an_empty_pool_gives_no_slots(void)
{
    EXPECT(method(CSPACE + B, CSPACE_LIMIT, MANY, 0), 0);
    drain();
    EXPECT(method(CSPACE + B, CSPACE_COPY, 500, SHOUT), -ENOMEM);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_FETCH, {2}, .receive = 5000}).error, -ENOMEM);
    EXPECT(ask((struct ask){MEMORY, MEMORY_DERIVE, {frames_first, 1}, .sent = POOL, .receive = 3})
               .error,
           0); /* on a page that others of its type have */
}

/* A's handler, S, feeds the pool, and the call is executed again. */
static void a_call_that_needs_a_slot_asks_the_handler(void)
{
    u64 pc;

    EXPECT(method(CSPACE + A, CSPACE_LIMIT, MANY, 0), 0);
    drain();
    pc = side[A]->frame.pc;
    route(11, 0, 900, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_FAULT);
    EXPECT(side[S]->frame.a7, FAULT_SLOTS);
    EXPECT(donate(frames_first, 1), 0);
    reply_receive(0, 0);
    EXPECT(hart.current, side[A]);
    EXPECT(side[A]->frame.pc, pc);
    host_enter(HOST_ECALL, 0, 0);
    EXPECT(side[A]->frame.a0, 900);
}

static void dup_asks_for_a_slot_too(void)
{
    EXPECT(method(CSPACE + A, CSPACE_LIMIT, MANY, 0), 0);
    drain();
    do
        route(10, 0, 0, 0);
    while (hart.current == side[A] && (s64)side[A]->frame.a0 < MANY && (s64)side[A]->frame.a0 > 0);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.a7, FAULT_SLOTS);
}

static void a_clone_without_room_is_refused(void)
{
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_CSPACE}, .receive = NOTHING}).error, 0);
    drain();
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_CLONE, {3}, .sent = NOTHING}).error, -ENOMEM);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = NOTHING}).error, 0);
}

/* The pager's pages need tables, too. */
static void an_answer_without_tables_is_refused(void)
{
    struct registers r = {.operation = OP_REPLY,
                          .label = (u64)MSG_MAP << 32,
                          .word = {FAR, frames_first, 1, RW},
                          .t1 = REPLY,
                          .t3 = MEMORY};

    drain();
    host_enter(HOST_FAULT, FAULT_WRITE, FAR);
    EXPECT(hart.current, side[S]);
    operate(&r);
    EXPECT((s64)side[S]->frame.t0, -ENOMEM);
    r.word[2] = 8;
    operate(&r);
    EXPECT((s64)side[S]->frame.t0, -ENOMEM);
    r.word[3] = RW | MAP_KEEP;
    operate(&r);
    EXPECT((s64)side[S]->frame.t0, -ENOMEM);
    EXPECT(donate(frames_first + 10, 2), 0);
    operate(&r);
    EXPECT(side[S]->frame.t0, 0);
    EXPECT(host_user(side[A], FAR + 7 * PAGE_SIZE, ACCESS_WRITE) != 0, 1);
}

static void an_empty_pool_mints_no_session(void)
{
    s64 error = 0;

    for (u64 va = FAR; !map(ASPACE + A, va, frames_first, 1, RW).error;)
        va += 0x200000;
    for (u32 i = 0; i < 100 && !error; i++)
        error = ask((struct ask){ENDPOINT, ENDPOINT_MINT, {1}, .receive = SLOT_ANY}).error;
    EXPECT(error, -ENOMEM);
    EXPECT(ask((struct ask){ENDPOINT, ENDPOINT_MINT, {1}, .receive = NOTHING}).error, -ENOMEM);
}

static void frames_of_a_long_window_are_mapped_in_chunks(void)
{
    for (u64 i = 0; i < 70; i++)
        user_write(side[A], USER_MEMORY + i * 8, (const u64[]){frames_first + 69 - i}, 8);
    EXPECT(ask((struct ask){ASPACE + A,
                            ASPACE_MAP,
                            {FAR, 0, 70, RW},
                            .window = USER_MEMORY,
                            .len = 70 * 8,
                            .sent = MEMORY})
               .error,
           0);
    EXPECT(ask((struct ask){ASPACE + A, ASPACE_QUERY, {FAR}}).word[0], frames_first + 69);
    EXPECT(ask((struct ask){ASPACE + A, ASPACE_QUERY, {FAR + 69 * PAGE_SIZE}}).word[0],
           frames_first);
}

static void a_walk_leaps_over_what_is_empty(void)
{
    u64 va = FAR + 5 * 0x200000ul;
    struct told told;

    EXPECT(map(ASPACE + A, va, frames_first, 2, RW).error, 0);
    told = ask((struct ask){ASPACE + A, ASPACE_QUERY, {FAR, 8 * 512}});
    EXPECT(told.word[0], 2);
    EXPECT(told.word[1], va);
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, FAR, 8 * 512), 0);
    EXPECT(ledger_find(frames_first)->count, 0);
}

/* A range loses its end, its beginning or its middle: what is left is found by the next walk. */
static void what_is_left_of_a_range_is_found(void)
{
    static const u32 parts[][2] = {{5, 5}, {0, 5}, {3, 4}, {9, 1}, {0, 1}};

    for (u32 i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        EXPECT(map(ASPACE + A, FAR, frames_first, 10, RW).error, 0);
        EXPECT(method(ASPACE + A, ASPACE_UNMAP, FAR + parts[i][0] * PAGE_SIZE, parts[i][1]), 0);
        EXPECT(ask((struct ask){ASPACE + A, ASPACE_QUERY, {FAR, 512}}).word[0], 10 - parts[i][1]);
        EXPECT(method(ASPACE + A, ASPACE_UNMAP, FAR, 512), 0);
        for (u32 n = 0; n < 10; n++)
            EXPECT(ledger_find(frames_first + n)->count, 0);
    }
}

/* --- Large ------------------------------------------------------------------------------ */

static void a_full_table_has_no_lowest_slot(void)
{
    u64 n = 0;
    struct told told;

    EXPECT(method(CSPACE + B, CSPACE_LIMIT, SLOT_FIXED, 0), 0);
    for (;;) {
        told = ask((struct ask){CSPACE + B, CSPACE_COPY, {SLOT_ANY, SHOUT, n}});
        if (told.error)
            break;
        n = told.word[0];
    }
    EXPECT(told.error, -EMFILE);
    EXPECT(n, SLOT_FIXED - 1);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_COPY, {SLOT_ANY, SHOUT}}).error, -EMFILE);
    EXPECT(method(CSPACE + B, CSPACE_DELETE, 3000, 1), 0);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_COPY, {SLOT_ANY, SHOUT}}).word[0], 3000);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = CSPACE + B}).error, 0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = SHOUT}).error, 0);
}

static void a_clone_has_what_the_table_had(void)
{
    EXPECT(method(CSPACE + B, CSPACE_LIMIT, 4096, 0), 0);
    fill(128, 1, 130); /* full words */
    fill(512, 64, 20); /* many words */
    EXPECT(method(CSPACE + B, CSPACE_COPY, 600, ENDPOINT), 0);
    EXPECT(method(CSPACE + B, CSPACE_FLAGS, 600, 0), 0);
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_CSPACE}, .receive = NOTHING}).error, 0);
    EXPECT(method(NOTHING, CSPACE_COPY, 601, TIMER), 0); /* a word that is in use there */
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_CLONE, {3}, .sent = NOTHING}).error, 0);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {0}}).word[0], OBJECT_SESSION);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {130}}).word[0], OBJECT_NOTIFICATION);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {257}}).word[0], OBJECT_NOTIFICATION);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {258}}).word[0], 0);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {600}}).word[0], OBJECT_ENDPOINT);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {601}}).word[0], OBJECT_TIMER);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {512 + 19 * 64}}).word[0],
           OBJECT_NOTIFICATION);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = NOTHING}).error, 0);
}

static void many_descriptors_close_with_exec(void)
{
    EXPECT(method(CSPACE + B, CSPACE_LIMIT, MANY, 0), 0);
    fill(128, 1, 200);
    for (u32 i = 128; i < 328; i += 2)
        EXPECT(ask((struct ask){CSPACE + B, CSPACE_FLAGS, {i, 0, SLOT_CLOEXEC}}).error, 0);
    EXPECT(method(CSPACE + B, CSPACE_CLOSE_EXEC, 0, 0), 0);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_IDENTIFY, {326}}).word[0], 0);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_IDENTIFY, {327}}).word[0], OBJECT_NOTIFICATION);
}

static void exec_closes_descriptors_far_away_and_none_above_the_limit(void)
{
    const u32 last = 512 + 18 * 64;

    EXPECT(method(CSPACE + B, CSPACE_LIMIT, 4096, 0), 0);
    fill(512, 64, 19); /* more words than one entry looks at */
    fill(last + 5, 1, 1);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_FLAGS, {last, 0, SLOT_CLOEXEC}}).error, 0);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_FLAGS, {last + 5, 0, SLOT_CLOEXEC}}).error, 0);
    EXPECT(method(CSPACE + B, CSPACE_LIMIT, last + 3, 0), 0);
    EXPECT(method(CSPACE + B, CSPACE_CLOSE_EXEC, 0, 0), 0);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_IDENTIFY, {last - 64}}).word[0],
           OBJECT_NOTIFICATION);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_IDENTIFY, {last}}).word[0], 0);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_IDENTIFY, {last + 5}}).word[0], OBJECT_NOTIFICATION);
}

static void a_space_with_many_tables_is_reclaimed_in_chunks(void)
{
    const struct pool *pool = cspace_named(thread_cspace(side[A]), POOL, OBJECT_POOL);
    u64 before = pool->nfree;

    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_ASPACE}, .receive = NOTHING}).error, 0);
    for (u32 i = 0; i < 70; i++)
        EXPECT(map(NOTHING, FAR + i * 0x200000ul, frames_first + i, 1, RW).error, 0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = NOTHING}).error, -EBUSY);
    EXPECT(method(NOTHING, ASPACE_UNMAP, FAR, 70 * 512), 0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = NOTHING}).error, 0);
    EXPECT(pool->nfree, before);
}

static void a_space_reclaimed_by_who_runs_in_it(void)
{
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, 0, USER_END >> PAGE_SHIFT), 0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = ASPACE + A}).error, 0);
    EXPECT(hart.current, side[B]);
    EXPECT(side[A]->stopped, true);
}

/* --- Spaces that share an identifier ---------------------------------------------------- */

static void the_last_spaces_share_an_identifier(void)
{
    while (arch_identifier_take())
        ;
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_ASPACE}, .receive = NOTHING}).error, 0);
    EXPECT(map(NOTHING, FAR, frames_first, 3, RW).error, 0);
    EXPECT(method(NOTHING, ASPACE_PROTECT, FAR, 3), 0);
    EXPECT(method(NOTHING, ASPACE_UNMAP, FAR, 3), 0);
    wake_root();
    method(THREAD + B, THREAD_STOP, 0, 0);
    EXPECT(ask((struct ask){
                   THREAD + B, THREAD_CONFIGURE, {10, 1, NOTHING, SLOT_NONE, SLOT_NONE, SLOT_NONE}})
               .error,
           -EBADF); /* root does not have that slot */
    EXPECT(ask((struct ask){CSPACE + A, CSPACE_FETCH, {NOTHING}, .receive = NOTHING}).error, 0);
    EXPECT(ask((struct ask){
                   THREAD + B, THREAD_CONFIGURE, {10, 1, NOTHING, SLOT_NONE, SLOT_NONE, SLOT_NONE}})
               .error,
           0);
    method(THREAD + B, THREAD_START, 0, 0);
    receive(ROOT_NOTE, SLOT_NONE);
    run(B);
    EXPECT(map(ASPACE + B, FAR, frames_first, 3, RW).error, 0);
    EXPECT(map(NOTHING, FAR, frames_first, 3, RW).error, -EBADF);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_tables[] = {
    UNIT(an_empty_pool_gives_no_page_tables),
    UNIT(an_empty_pool_gives_no_slots),
    UNIT(a_call_that_needs_a_slot_asks_the_handler),
    UNIT(dup_asks_for_a_slot_too),
    UNIT(a_clone_without_room_is_refused),
    UNIT(an_answer_without_tables_is_refused),
    UNIT(an_empty_pool_mints_no_session),
    UNIT(frames_of_a_long_window_are_mapped_in_chunks),
    UNIT(a_walk_leaps_over_what_is_empty),
    UNIT(what_is_left_of_a_range_is_found),
    UNIT(a_full_table_has_no_lowest_slot),
    UNIT(a_clone_has_what_the_table_had),
    UNIT(many_descriptors_close_with_exec),
    UNIT(exec_closes_descriptors_far_away_and_none_above_the_limit),
    UNIT(a_space_with_many_tables_is_reclaimed_in_chunks),
    UNIT(a_space_reclaimed_by_who_runs_in_it),
    UNIT(the_last_spaces_share_an_identifier),
    {0},
};

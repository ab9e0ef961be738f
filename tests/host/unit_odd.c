/* Odd things that callers can do: frames of others, tables that go, slots on their way. */
#include "tests/host/unit.h"

#include "kernel/ledger.h"
#include "kernel/trap.h"

#define FAR 0x300000000ul
#define RW (ACCESS_READ | ACCESS_WRITE)

static s64 own(u64 va, frame_t frame, frame_t model, slot_t memory)
{
    return ask((struct ask){ASPACE + A, ASPACE_OWN, {va, frame, RW, model}, .sent = memory}).error;
}

static s64 map(slot_t memory, u64 va, frame_t first)
{
    return ask((struct ask){ASPACE + A, ASPACE_MAP, {va, first, 1, RW}, .sent = memory}).error;
}

static void a_page_is_owned_with_ones_own_frames(void)
{
    frame_t f = frames_first;

    EXPECT(own(USER_MEMORY, f + FRAMES, FRAME_NONE, MEMORY), -EINVAL);
    EXPECT(own(USER_MEMORY, 0x7777, FRAME_NONE, MEMORY), -EINVAL);
    EXPECT(own(USER_MEMORY, 0x10000, FRAME_NONE, DEVICE), -EINVAL);
    EXPECT(own(FAR, f, f + FRAMES, MEMORY), -EINVAL);
    EXPECT(own(FAR, f, 0x7777, MEMORY), -EINVAL);
    EXPECT(own(FAR, f, f, MEMORY), -EINVAL);
    EXPECT(own(FAR, f, f + 1, MEMORY), -EBUSY); /* nobody's yet */
    EXPECT(map(MEMORY, FAR, f), 0);
    EXPECT(own(FAR, f, FRAME_NONE, MEMORY) < 0, true);
    EXPECT(map(DEVICE, FAR + PAGE_SIZE, 0x10000), 0);
    EXPECT(own(FAR + PAGE_SIZE, f + 1, FRAME_NONE, MEMORY) < 0, true);
    EXPECT(ledger_find(f + 1)->count, 0);
}

static void a_table_says_how_often_it_is_used(void)
{
    u64 tables = 0;

    EXPECT(ask((struct ask){POOL, POOL_DONATE, {frames_first, 8}, .sent = MEMORY}).error, 0);
    for (u64 i = 0; i < 8; i++)
        EXPECT(map(MEMORY, FAR + i * 0x40000000ul, frames_first + 8 + i), 0);
    for (u64 i = 0; i < 8; i++) {
        const struct ledger_entry *e = ledger_find(frames_first + i);

        if (e->type != FRAME_TABLE)
            continue;
        tables++;
        EXPECT(ask((struct ask){MEMORY, MEMORY_UNPIN + 1, {frames_first + i}}).word[0], e->uses);
    }
    EXPECT(tables > 0, true);
}

static void a_pool_without_trust_makes_none_with_it(void)
{
    EXPECT(ask((struct ask){POOL,
                            POOL_CREATE,
                            {OBJECT_POOL, 1u << OBJECT_POOL | 1u << OBJECT_THREAD, 5},
                            .receive = NOTHING})
               .error,
           0);
    EXPECT(ask((struct ask){NOTHING, POOL_DONATE, {frames_first, 4}, .sent = MEMORY}).error, 0);
    EXPECT(ask((struct ask){NOTHING,
                            POOL_CREATE,
                            {OBJECT_POOL, 1u << OBJECT_POOL, 5, ENDPOINT_TRUSTED},
                            .receive = 10})
               .error,
           -EPERM);
    EXPECT(ask((struct ask){
                   NOTHING, POOL_CREATE, {OBJECT_POOL, 1u << OBJECT_ENDPOINT, 5}, .receive = 10})
               .error,
           -EPERM);
    EXPECT(
        ask((struct ask){NOTHING, POOL_CREATE, {OBJECT_POOL, 1u << OBJECT_POOL, 6}, .receive = 10})
            .error,
        -EPERM);
    EXPECT(ask((struct ask){NOTHING, POOL_CREATE, {OBJECT_THREAD}, .receive = 10}).error, 0);
    EXPECT(
        ask((struct ask){10, THREAD_CONFIGURE, {6, 1, SLOT_NONE, SLOT_NONE, SLOT_NONE, SLOT_NONE}})
            .error,
        -EPERM);
    EXPECT(
        ask((struct ask){10, THREAD_CONFIGURE, {5, 1, SLOT_NONE, SLOT_NONE, SLOT_NONE, SLOT_NONE}})
            .error,
        0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = NOTHING}).error, -EBUSY);
}

static void a_source_without_a_notification_is_claimed(void)
{
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_INTERRUPT, 3}, .receive = NOTHING}).error,
           0);
    EXPECT(method(NOTHING, INTERRUPT_ACK, 0, 0), 0); /* enables it */
    host_enter(HOST_INTERRUPT, 0, 3);
    EXPECT(method(NOTHING, INTERRUPT_ACK, 0, 0), 0);
    EXPECT(host_claimed >> 3 & 1, 0);
}

/* --- Pagers and windows ------------------------------------------------------------------ */

static void a_pager_may_map_a_device(void)
{
    struct registers r = {.operation = OP_REPLY,
                          .label = (u64)MSG_MAP << 32,
                          .word = {FAR, 0x10000, 1, RW},
                          .t1 = REPLY,
                          .t3 = DEVICE};

    host_enter(HOST_FAULT, FAULT_WRITE, FAR);
    EXPECT(hart.current, side[S]);
    operate(&r);
    EXPECT((s64)side[S]->frame.t0, 0);
    receive(ENDPOINT, REPLY);
    EXPECT(ask((struct ask){ASPACE + A, ASPACE_QUERY, {FAR}}).word[0], 0x10000);
    host_enter(HOST_FAULT, FAULT_WRITE, FAR + 4 * PAGE_SIZE);
    r.word[0] = FAR - PAGE_SIZE, r.word[2] = 4, r.word[3] = RW | MAP_KEEP;
    operate(&r);
    EXPECT((s64)side[S]->frame.t0, 0);
}

static struct told copied(enum method label, u64 offset, u64 len)
{
    return ask((struct ask){REPLY, label, {0, offset}, .window = USER_MEMORY, .len = len});
}

static void windows_end_with_the_user_half(void)
{
    route(2, 0, USER_MEMORY, ~0ull);
    EXPECT(copied(REPLY_COPY_IN, USER_END, 8).word[0], 0);
    EXPECT(copied(REPLY_COPY_IN, USER_END + 8, 8).word[0], 0);
    EXPECT(copied(REPLY_COPY_IN, USER_END - USER_MEMORY - 4, 8).word[0], 0);
    EXPECT(copied(REPLY_COPY_IN, 4, COPY_MAX + 1).word[0] < COPY_MAX, true);
    reply_receive(0, 0);
    route(2, 0, USER_END - 8, 64);
    EXPECT(copied(REPLY_COPY_IN, 0, 64).word[0], 0);
    reply_receive(0, 0);
    route(2, 0, USER_END, 64);
    EXPECT(copied(REPLY_COPY_IN, 0, 64).word[0], 0);
}

/* The page that was refused lies before what the call is repeated with. */
static void a_refused_page_cuts_no_other_window(void)
{
    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    EXPECT(copied(REPLY_COPY_OUT, 0, 100).word[0], 6);
    reply_receive(-ERETRY, 0);
    reply_receive(-EFAULT, 0);
    EXPECT(side[A]->cut, true);
    route(3, 0, USER_STRADDLE, 100);
    EXPECT(copied(REPLY_COPY_OUT, 0, 100).word[0], 100);
}

static s64 copies(u64 from, u64 len)
{
    side[S]->frame.t0 = (u64)MSG_COPY << 32;
    side[S]->frame.t5 = from;
    side[S]->frame.t6 = len;
    return trap_reply_action(side[S], cspace_named(thread_cspace(side[S]), REPLY, OBJECT_REPLY));
}

/* What the fast path leaves to C, for a native caller's window. */
static void an_answers_bytes_go_to_a_native_caller(void)
{
    char text[4] = {0};

    operate(&(struct registers){OP_CALL, SESSION, 1, .t1 = USER_MEMORY, .t2 = 8});
    EXPECT(hart.current, side[S]);
    user_write(side[S], USER_MEMORY, "abc", 4);
    EXPECT(copies(USER_MEMORY, 4), SLOT_NONE);
    user_read(side[A], USER_MEMORY, text, 4);
    EXPECT(text[2], 'c');
    EXPECT(copies(USER_MEMORY, 9), -EFAULT);
    EXPECT(copies(FAR, 4), -EFAULT);
    EXPECT(copies(USER_END - 2, 4), -EFAULT);
}

/* --- What goes meanwhile ----------------------------------------------------------------- */

/* S has B's call and waits for SHOUT, A's call is queued, and root runs. */
static void queued(const struct registers *r)
{
    operate(&(struct registers){.operation = OP_YIELD});
    EXPECT(hart.current, side[B]);
    call_session(SESSION, 1, 0);
    EXPECT(hart.current, side[S]);
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[A]);
    operate(r);
    EXPECT(side[A]->state, THREAD_SENDING);
    wake_root();
    EXPECT(hart.current, root);
}

static void root_ends(slot_t slot)
{
    struct told told = ask((struct ask){POOL, POOL_RECLAIM, .sent = slot});

    EXPECT(told.error, 0);
}

/* S goes on, and receives with a buffer. */
static void received(void)
{
    EXPECT(method(SHOUT, NOTIFICATION_SIGNAL, 1, 0), 0);
    receive(ROOT_NOTE, SLOT_NONE);
    EXPECT(hart.current, side[S]);
    operate(&(struct registers){
        .operation = OP_RECV, .slot = ENDPOINT, .t2 = REPLY2, .t4 = USER_MEMORY | 6});
}

static void a_queued_call_outlives_its_memory(void)
{
    queued(&(struct registers){.operation = 2, .word = {0, USER_MEMORY, 8}});
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, 0, USER_END >> PAGE_SHIFT), 0);
    root_ends(ASPACE + A);
    received();
    EXPECT(side[S]->frame.a7, 2);
    EXPECT(side[S]->frame.t4, 0);
    operate(&(struct registers){.operation = OP_REPLY, .t1 = REPLY2});
    EXPECT(side[S]->frame.t0, 0);
}

static void a_capability_that_comes_back_finds_its_slot_taken(void)
{
    queued(
        &(struct registers){OP_CALL, SESSION, 1 | (u64)(MSG_SEND | MSG_MOVE) << 32, .t3 = POOL2});
    EXPECT(ask((struct ask){CSPACE + A, CSPACE_IDENTIFY, {POOL2}}).word[0], 0);
    EXPECT(method(CSPACE + A, CSPACE_COPY, POOL2, TIMER), 0);
    EXPECT(method(THREAD + A, THREAD_INTERRUPT, 0, 0), 0);
    EXPECT(ask((struct ask){CSPACE + A, CSPACE_IDENTIFY, {POOL2}}).word[0], OBJECT_TIMER);
}

static void a_capability_that_died_does_not_arrive(void)
{
    queued(&(struct registers){OP_CALL, SESSION, 1 | (u64)MSG_SEND << 32, .t3 = IRQ});
    root_ends(IRQ);
    received();
    EXPECT((s64)side[S]->frame.t3, -1); /* SLOT_NONE */
}

/* A waits with a descriptor that S gave it, and its table goes. */
static void a_gift_goes_with_its_table(void)
{
    route(7, 0, 0, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).word[0], 3);
    receive(SHOUT, SLOT_NONE);
    wake_root();
    EXPECT(hart.current, root);
    root_ends(CSPACE + A);
    EXPECT(method(SHOUT, NOTIFICATION_SIGNAL, 1, 0), 0);
    receive(ROOT_NOTE, SLOT_NONE);
    EXPECT(hart.current, side[S]);
    operate(&(struct registers){.operation = OP_REPLY, .t1 = REPLY});
    EXPECT((s64)side[S]->frame.t0 <= 0, true);
}

/* The same, but who gave it takes it away itself. */
static void a_gift_may_be_deleted_by_who_holds_the_table(void)
{
    route(7, 0, 0, 0);
    EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).word[0], 3);
    EXPECT(method(CSPACE + A, CSPACE_DELETE, 0, 16), 0);
    operate(&(struct registers){.operation = OP_REPLY, .t1 = REPLY});
    EXPECT((s64)side[S]->frame.t0, 0);
}

static void an_interrupted_call_is_forwarded_to_nobody(void)
{
    u64 pc = side[A]->frame.pc;

    route(1, 5, 0, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(method(THREAD + A, THREAD_INTERRUPT, 0, 0), 0);
    EXPECT(ask((struct ask){REPLY, REPLY_FORWARD, {0, SESSION2}}).error, 0);
    EXPECT(side[A]->frame.pc, pc);
    EXPECT(side[A]->marked, true);
    receive(ENDPOINT, REPLY);
    EXPECT(hart.current, side[B]);
    operate(&(struct registers){.operation = OP_YIELD});
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_FAULT); /* its handler is told */
}

static void sessions_are_named_longer_than_their_endpoint(void)
{
    wake_root();
    root_ends(ENDPOINT2);
    for (u32 i = 0; i < SIDES; i++) {
        EXPECT(method(CSPACE + i, CSPACE_DELETE, 0, SLOT_FIXED + SLOTS_FIXED) <= 0, true);
    }
    EXPECT(method(ROOT_SLOT_CSPACE, CSPACE_DELETE, SESSION2, 1), 0);
}

/* --- A slot that is reserved ------------------------------------------------------------- */

/* A second thread of A's table, while a descriptor is on its way to A. */
static void a_reserved_slot_is_empty_for_all(void)
{
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_CSPACE}, .receive = 11}).error, 0);
    descriptor_on_its_way();
    receive(SHOUT, SLOT_NONE);
    if (hart.current == side[B])
        operate(&(struct registers){.operation = OP_YIELD});
    EXPECT(hart.current->tag, 7);
    EXPECT(method(3, NOTIFICATION_SIGNAL, 1, 0), -EBADF);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = 3}).error, -EBADF);
    EXPECT(ask((struct ask){SESSION2, (enum method)1, .sent = 3}).error, -EBADF);
    EXPECT(ask((struct ask){CSPACE + A, CSPACE_NEXT, {3}}).word[0] > 3, true);
    EXPECT(method(CSPACE + A, CSPACE_CLOSE_EXEC, 0, 0), 0);
    EXPECT(ask((struct ask){CSPACE + A, CSPACE_CLONE, {~0ull}, .sent = 11}).error, 0);
    EXPECT(ask((struct ask){11, CSPACE_IDENTIFY, {3}}).word[0], 0);
    EXPECT(ask((struct ask){11, CSPACE_IDENTIFY, {0}}).word[0], OBJECT_SESSION);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_odd[] = {
    UNIT(a_page_is_owned_with_ones_own_frames),
    UNIT(a_table_says_how_often_it_is_used),
    UNIT(a_pool_without_trust_makes_none_with_it),
    UNIT(a_source_without_a_notification_is_claimed),
    UNIT(a_pager_may_map_a_device),
    UNIT(windows_end_with_the_user_half),
    UNIT(an_answers_bytes_go_to_a_native_caller),
    UNIT(a_refused_page_cuts_no_other_window),
    UNIT(a_queued_call_outlives_its_memory),
    UNIT(a_capability_that_comes_back_finds_its_slot_taken),
    UNIT(a_capability_that_died_does_not_arrive),
    UNIT(a_gift_goes_with_its_table),
    UNIT(a_gift_may_be_deleted_by_who_holds_the_table),
    UNIT(an_interrupted_call_is_forwarded_to_nobody),
    UNIT(sessions_are_named_longer_than_their_endpoint),
    UNIT(a_reserved_slot_is_empty_for_all),
    {0},
};

/* What hardly ever happens: objects between life and death, timers in crowds, the kernel's end. */
#include "tests/host/unit.h"

#include <string.h>

#define FAR 0x300000000ul

/* --- Dying ------------------------------------------------------------------------------ */

/* The object has so many names that one entry does not end it: it is dead, and still named. */
static void half_dead(slot_t slot)
{
    for (u32 i = 0; i < 100; i++)
        EXPECT(ask((struct ask){CSPACE + T, CSPACE_COPY, {SLOT_ANY, slot}}).error, 0);
    operate(&(struct registers){OP_CALL, POOL, POOL_RECLAIM | (u64)MSG_SEND << 32, .t3 = slot});
    EXPECT(cspace_named(thread_cspace(side[A]), slot, OBJECT_POOL) == 0, 1);
    EXPECT(hart.dying, 1);
}

static void half_dead_in_a_table_of_many(slot_t slot)
{
    EXPECT(method(CSPACE + T, CSPACE_LIMIT, 512, 0), 0);
    half_dead(slot);
}

static void an_object_that_dies_answers_nobody(void)
{
    half_dead_in_a_table_of_many(SHOUT);
    operate(&(struct registers){.operation = OP_YIELD});
    EXPECT(hart.current, side[B]);
    EXPECT(method(SHOUT, NOTIFICATION_SIGNAL, 1, 0) < 0, 1);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_COPY, {NOTHING, SHOUT}}).error < 0, 1);
}

/* B calls what one of its slots names still. */
static void a_call_of_what_dies_finds_nobody(void)
{
    slot_t n = 128;

    EXPECT(method(CSPACE + B, CSPACE_LIMIT, 128, 0), 0);
    for (u32 i = 0; i < 200; i++)
        EXPECT(ask((struct ask){CSPACE + B, CSPACE_COPY, {128 + i, SHOUT}}).error, 0);
    operate(&(struct registers){OP_CALL, POOL, POOL_RECLAIM | (u64)MSG_SEND << 32, .t3 = SHOUT});
    operate(&(struct registers){.operation = OP_YIELD});
    EXPECT(hart.current, side[B]);
    while (n < 328 && !cspace_find(thread_cspace(side[B]), n)->object)
        n++;
    EXPECT(n < 328, 1);
    EXPECT(method(n, NOTIFICATION_SIGNAL, 1, 0), -ESRCH);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = n}).error, 0);
}

static void a_timer_of_a_dying_notification_rings_for_nobody(void)
{
    EXPECT(method(TIMER, TIMER_ARM, host_time + 500, 0), 0);
    half_dead_in_a_table_of_many(SHOUT);
    host_time += 1000;
    host_enter(HOST_TIMER, 0, 0);
    host_enter(HOST_INTERRUPT, 0, 2);
    EXPECT(host_claimed >> 2 & 1, 1);
}

static void a_clone_leaves_out_what_dies(void)
{
    EXPECT(method(CSPACE + T, CSPACE_LIMIT, 512, 0), 0);
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_CSPACE}, .receive = NOTHING}).error, 0);
    half_dead(SHOUT);
    EXPECT(ask((struct ask){CSPACE + T, CSPACE_CLONE, {~0ull}, .sent = NOTHING}).error, 0);
    for (u32 i = 3; i < SESSION; i++)
        EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {i}}).word[0], 0);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {0}}).word[0], OBJECT_SESSION);
    EXPECT(ask((struct ask){NOTHING, CSPACE_IDENTIFY, {TIMER}}).word[0], OBJECT_TIMER);
}

static void many_names_end_in_chunks(void)
{
    EXPECT(method(CSPACE + T, CSPACE_LIMIT, 512, 0), 0);
    half_dead(SHOUT);
    EXPECT(reclaim(SHOUT), 0);
    EXPECT(hart.dying, 0);
    EXPECT(ask((struct ask){CSPACE + T, CSPACE_IDENTIFY, {100}}).word[0], 0);
}

static void sessions_end_in_chunks_with_their_endpoint(void)
{
    for (u32 i = 0; i < 70; i++)
        EXPECT(ask((struct ask){ENDPOINT2, ENDPOINT_MINT, {i}, .receive = SLOT_ANY}).error, 0);
    endpoint2_ends();
    call_session(SESSION2, 1, 0);
    EXPECT(hart.current, side[A]);
    EXPECT((s64)side[A]->frame.t0, -EIO);
    route(2, 1, 0, 0);
    EXPECT((s64)side[A]->frame.a0, -EIO);
}

/* Two sessions that nobody names wait to be told of, and a third; the server is busy. */
static void notices_end_with_their_endpoint(void)
{
    call_session(SESSION, 1, 0);
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[B]);
    for (u32 i = 0; i < 3; i++) {
        EXPECT(ask((struct ask){ENDPOINT, ENDPOINT_MINT, {i}, .receive = NOTHING}).error, 0);
        EXPECT(method(CSPACE + B, CSPACE_DELETE, NOTHING, 1), 0);
    }
    EXPECT(reclaim(ENDPOINT), 0);
    EXPECT((s64)side[A]->frame.t0, -EIO);
}

static void threads_end_in_every_state(void)
{
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_THREAD}, .receive = NOTHING}).error, 0);
    EXPECT(method(NOTHING, THREAD_START, 0, 0), -EINVAL); /* without spaces */
    EXPECT(reclaim(NOTHING), 0);
    operate(&(struct registers){.operation = OP_YIELD});
    receive(SHOUT, SLOT_NONE); /* B */
    EXPECT(hart.current, side[A]);
    EXPECT(reclaim(THREAD + B), 0);
    EXPECT(method(SHOUT, NOTIFICATION_SIGNAL, 1, 0), 0);
    EXPECT(reclaim(THREAD + S), 0); /* in recv, with a notification of its own */
    EXPECT(method(NOTE, NOTIFICATION_SIGNAL, 1, 0), 0);
    call_session(SESSION, 1, 0);
    EXPECT(side[A]->state, THREAD_SENDING);
}

static void an_interrupted_page_fault_comes_again(void)
{
    call_session(SESSION, 1, 0); /* S is busy */
    receive(SHOUT, SLOT_NONE);
    operate(&(struct registers){.operation = OP_YIELD});
    wake_root();
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = THREAD + B}).error, 0);
    method(THREAD + A, THREAD_INTERRUPT, 0, 0);
    EXPECT(side[A]->marked, true);
}

static void a_queued_page_fault_is_withdrawn(void)
{
    route(1, 5, 0, 0); /* S has A's call, and does not look for more */
    EXPECT(ask((struct ask){
                   THREAD + B, THREAD_CONFIGURE, {10, 1, SLOT_NONE, SLOT_NONE, SESSION, SLOT_NONE}})
               .error,
           -EBUSY);
    method(THREAD + B, THREAD_STOP, 0, 0);
    EXPECT(ask((struct ask){
                   THREAD + B, THREAD_CONFIGURE, {10, 1, SLOT_NONE, SLOT_NONE, SESSION, SLOT_NONE}})
               .error,
           0);
    method(THREAD + B, THREAD_START, 0, 0);
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[B]);
    host_enter(HOST_FAULT, FAULT_READ, FAR);
    EXPECT(side[B]->state, THREAD_SENDING);
    wake_root();
    method(THREAD + B, THREAD_INTERRUPT, 0, 0);
    EXPECT(side[B]->state, THREAD_READY);
    EXPECT(side[B]->marked, true);
}

static void a_server_gets_another_table(void)
{
    wake_root();
    method(THREAD + S, THREAD_STOP, 0, 0);
    EXPECT(ask((struct ask){THREAD + S,
                            THREAD_CONFIGURE,
                            {40, 1, SLOT_NONE, CSPACE + T, SLOT_NONE, SLOT_NONE}})
               .error,
           0);
    EXPECT((u64)side[S]->serves, 0);
    method(THREAD + S, THREAD_START, 0, 0);
}

/* A waits for its pager, whose answer comes when A's space is gone. */
static void a_caller_without_its_space_gets_no_pages(void)
{
    host_enter(HOST_FAULT, FAULT_READ, FAR);
    EXPECT(hart.current, side[S]);
    EXPECT(method(ASPACE + A, ASPACE_UNMAP, 0, USER_END >> PAGE_SHIFT), 0);
    EXPECT(reclaim(ASPACE + A), 0);
    operate(&(struct registers){.operation = OP_REPLY,
                                .label = (u64)MSG_MAP << 32,
                                .word = {FAR, 0, 1, 3},
                                .t1 = REPLY,
                                .t3 = MEMORY});
    EXPECT((s64)side[S]->frame.t0, -ESRCH);
    EXPECT(
        ask((struct ask){REPLY, REPLY_READ_MEMORY, {8}, .window = USER_MEMORY, .len = 8}).word[0],
        0);
    reply_receive(0, 0);
    EXPECT(hart.current, side[B]);
    EXPECT(side[A]->stopped, true);
}

/* S's own Reply is taken from its table while it waits with it. */
static void a_receiver_that_loses_its_reply_waits_on(void)
{
    EXPECT(method(CSPACE + S, CSPACE_DELETE, REPLY, 1), 0);
    call_session(SESSION, 1, 0);
    EXPECT(side[A]->state, THREAD_SENDING);
    EXPECT(hart.current, side[B]);
}

static void a_server_works_for_seconds(void)
{
    call_session(SESSION, 1, 0);
    host_cycles += 5ull << 32;
    host_time += 1000;
    reply_receive(0, 0);
    method(THREAD + A, THREAD_TIMES, 0, 0);
    EXPECT(side[A]->frame.a1 >= 900, 1);
}

/* A descriptor on its way to A, while another thread uses A's table. */
static void a_descriptor_on_its_way_is_nobodys(void)
{
    descriptor_on_its_way();
    EXPECT(method(CSPACE + B, CSPACE_COPY, 3, SHOUT), 0);
    EXPECT(ask((struct ask){CSPACE + B, CSPACE_CLONE, {0}, .sent = CSPACE + A}).error, -EBUSY);
    receive(SHOUT, SLOT_NONE);
    if (hart.current == side[B])
        operate(&(struct registers){.operation = OP_YIELD});
    EXPECT(hart.current->tag, 7);
    route(11, 0, 3, 0);
    EXPECT((s64)hart.current->frame.a0, -EBUSY);
    route(9, 3, 0, 0);
    EXPECT((s64)hart.current->frame.a0, -EBADF);
    route(10, 3, 0, 0);
    EXPECT((s64)hart.current->frame.a0, -EBADF);
}

/* A lives in S's table: the fixed slot that the answer replaces is the one that it names. */
static void a_capability_that_is_there_stays(void)
{
    wake_root();
    EXPECT(method(CSPACE + S, CSPACE_COPY, SLOT_FIXED + 3, TIMER), 0);
    EXPECT(ask((struct ask){CSPACE + S, CSPACE_ROUTES, {routes_first}, .sent = ROOT_SLOT_MEMORY})
               .error,
           0);
    method(THREAD + A, THREAD_STOP, 0, 0);
    EXPECT(ask((struct ask){THREAD + A,
                            THREAD_CONFIGURE,
                            {10, 1, SLOT_NONE, CSPACE + S, SLOT_NONE, SLOT_NONE}})
               .error,
           0);
    method(THREAD + A, THREAD_START, 0, 0);
    receive(ROOT_NOTE, SLOT_NONE);
    run(A);
    route(8, 0, 0, 0);
    EXPECT(hart.current, side[S]);
    operate(&(struct registers){
        .operation = OP_REPLY, .label = (u64)MSG_SEND << 32, .t1 = REPLY, .t3 = SLOT_FIXED + 3});
    EXPECT(side[S]->frame.t0, 0);
    EXPECT(thread_cspace(side[S])->fixed[3].object->type, OBJECT_TIMER);
}

/* --- Timers and interrupts -------------------------------------------------------------- */

static slot_t timer_make(u64 bits)
{
    return ask((struct ask){
                   POOL, POOL_CREATE, {OBJECT_TIMER, bits}, .sent = SHOUT, .receive = SLOT_ANY})
        .slot;
}

static void timers_ring_in_their_order(void)
{
    slot_t late = timer_make(2), later = timer_make(4), never = timer_make(8);
    u64 now = host_time;

    EXPECT(method(TIMER, TIMER_ARM, now + 1000, 0), 0);
    EXPECT(method(later, TIMER_ARM, now + 100000, 0), 0);
    EXPECT(method(never, TIMER_ARM, now + 60000, 0), 0);
    EXPECT(method(late, TIMER_ARM, now + 50000, 0), 0);
    EXPECT(method(never, TIMER_CANCEL, 0, 0), 0);
    EXPECT(method(late, TIMER_ARM, now + 40000, 0), 0);
    receive(SHOUT, SLOT_NONE);
    host_time = now + 1000;
    host_enter(HOST_TIMER, 0, 0);
    EXPECT(side[A]->frame.a0, 1u << 8);
    host_time = now + 100000;
    host_enter(HOST_TIMER, 0, 0);
    run(A);
    receive(SHOUT, SLOT_NONE);
    EXPECT(side[A]->frame.a0, 6);
}

static void many_timers_ring_at_once(void)
{
    u64 at = host_time + 1000000;

    for (u32 i = 0; i < 70; i++)
        EXPECT(method(timer_make(1), TIMER_ARM, at, 0), 0);
    host_time = at;
    host_enter(HOST_TIMER, 0, 0);
    EXPECT(host_deadline <= host_time, 1); /* what is left rings at once */
    host_enter(HOST_TIMER, 0, 0);
    run(A);
    receive(SHOUT, SLOT_NONE);
    EXPECT(side[A]->frame.a0, 1);
}

static void an_interrupt_that_is_pending_ends(void)
{
    host_enter(HOST_INTERRUPT, 0, 2);
    EXPECT(host_claimed >> 2 & 1, 1);
    EXPECT(reclaim(IRQ), 0);
    EXPECT(host_claimed >> 2 & 1, 0);
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_INTERRUPT, 2}, .receive = NOTHING}).error,
           0);
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_INTERRUPT, ~0u}, .receive = SLOT_ANY}).error,
           -EINVAL);
}

/* --- The end ---------------------------------------------------------------------------- */

static void a_trap_in_the_kernel_says_where(void)
{
    const char *text;

    side[A]->frame.pc = 0xabcde0;
    side[A]->frame.s5 = 0x5555aaaa;
    host_panics = true;
    host_enter(HOST_OWN_TRAP, 0xd, 0x1234);
    EXPECT(host_off, true);
    text = host_console();
    EXPECT(strstr(text, "kernel trap: cause d value 1234") != 0, 1);
    EXPECT(strstr(text, " 5555aaaa") != 0, 1);
    EXPECT(strstr(text, "panic: trap in the kernel at abcde0") != 0, 1);
    EXPECT(strstr(text, "tag 70 pc abcde0") != 0, 1);
}

static void the_machine_begins_anew(void)
{
    method(MACHINE, MACHINE_REBOOT, 0, 0);
    EXPECT(host_off, true);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_rare[] = {
    UNIT(an_object_that_dies_answers_nobody),
    UNIT(a_call_of_what_dies_finds_nobody),
    UNIT(a_timer_of_a_dying_notification_rings_for_nobody),
    UNIT(a_clone_leaves_out_what_dies),
    UNIT(many_names_end_in_chunks),
    UNIT(sessions_end_in_chunks_with_their_endpoint),
    UNIT(notices_end_with_their_endpoint),
    UNIT(threads_end_in_every_state),
    UNIT(an_interrupted_page_fault_comes_again),
    UNIT(a_queued_page_fault_is_withdrawn),
    UNIT(a_server_gets_another_table),
    UNIT(a_caller_without_its_space_gets_no_pages),
    UNIT(a_receiver_that_loses_its_reply_waits_on),
    UNIT(a_server_works_for_seconds),
    UNIT(a_descriptor_on_its_way_is_nobodys),
    UNIT(a_capability_that_is_there_stays),
    UNIT(timers_ring_in_their_order),
    UNIT(many_timers_ring_at_once),
    UNIT(an_interrupt_that_is_pending_ends),
    UNIT(a_trap_in_the_kernel_says_where),
    UNIT(the_machine_begins_anew),
    {0},
};

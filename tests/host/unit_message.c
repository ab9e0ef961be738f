/* Messages: calls, replies, routes, notices; who runs, and what is in whose registers. */
#include "tests/host/unit.h"

/* A calls, S has received that. */
static void called(void)
{
    call_session(SESSION, 7, 42);
}

static void a_call_arrives_and_is_answered(void)
{
    called();
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_NATIVE);
    EXPECT(side[S]->frame.a7, 7);
    EXPECT(side[S]->frame.a0, 42);
    EXPECT(side[S]->frame.a6, BADGE);
    EXPECT(side[S]->frame.t1, side[A]->tag);
    reply_receive(3, 43);
    EXPECT(hart.current, side[A]);
    EXPECT(side[A]->frame.t0, 3);
    EXPECT(side[A]->frame.a0, 43);
    EXPECT(side[A]->frame.gp, 0x6000 + A);
}

static void what_a_native_call_does_not_keep_is_zero(void)
{
    for (u32 i = 0; i < 31; i++)
        if (i != REG_SP && i != REG_GP && i != REG_TP)
            side[A]->frame.x[i] = 0xdead;
    called();
    EXPECT(side[S]->frame.s2, 0);
    reply_receive(3, 43);
    EXPECT(side[A]->frame.ra, 0);
    EXPECT(side[A]->frame.s11, 0);
    EXPECT(side[A]->frame.t6, 0);
}

static void callers_are_answered_in_their_order(void)
{
    called();
    receive(SHOUT, SLOT_NONE); /* S does something else first */
    EXPECT(hart.current, side[B]);
    call_session(SESSION, 8, 1);
    EXPECT(hart.current, 0);
    EXPECT(side[B]->state, THREAD_SENDING);
    wake_root();
    method(SHOUT, NOTIFICATION_SIGNAL, 4, 0);
    receive(ROOT_NOTE, SLOT_NONE);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_NOTIFICATION);
    EXPECT(side[S]->frame.a0, 4);
    reply_receive(1, 0); /* A's; delivers B's */
    EXPECT(side[S]->frame.a7, 8);
    EXPECT(side[A]->state, THREAD_READY);
    reply_receive(2, 0);
    EXPECT(side[B]->frame.t0, 2);
}

static void a_server_below_cannot_call_up(void)
{
    call_session(SESSION2, 1, 0);
    EXPECT(hart.current, side[T]);
    call_session(SESSION, 1, 0);
    EXPECT(hart.current, side[T]);
    EXPECT((s64)side[T]->frame.t0, -EDEADLK);
}

static void a_capability_goes_along_and_moves(void)
{
    side[S]->frame.t0 = (u64)MSG_RECEIVE << 32;
    side[S]->frame.t3 = (u64)NOTHING << 32;
    operate(
        &(struct registers){OP_CALL, SESSION, 1 | (u64)(MSG_SEND | MSG_MOVE) << 32, .t3 = TIMER});
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t3, NOTHING);
    EXPECT(cspace_object(thread_cspace(side[S]), NOTHING)->type, OBJECT_TIMER);
    EXPECT(cspace_object(thread_cspace(side[A]), TIMER), 0);
}

static void a_capability_nobody_wants_is_dropped(void)
{
    u32 uses = cspace_object(thread_cspace(side[A]), TIMER)->uses;

    operate(&(struct registers){OP_CALL, SESSION, 1 | (u64)MSG_SEND << 32, .t3 = TIMER});
    EXPECT(side[S]->frame.t3, (u64)(s64)(s32)SLOT_NONE);
    reply_receive(0, 0);
    EXPECT(cspace_object(thread_cspace(side[A]), TIMER)->uses, uses);
}

static void an_empty_slot_cannot_be_sent(void)
{
    operate(&(struct registers){OP_CALL, SESSION, 1 | (u64)MSG_SEND << 32, .t3 = NOTHING});
    EXPECT(hart.current, side[A]);
    EXPECT((s64)side[A]->frame.t0, -EBADF);
}

static void a_reply_to_nobody_fails(void)
{
    called();
    reply_receive(0, 0);
    wake_root();
    method(SHOUT, NOTIFICATION_SIGNAL, 0, 0);
    receive(ROOT_NOTE, SLOT_NONE);
    EXPECT(hart.current, side[A]);
    operate(&(struct registers){.operation = OP_REPLY, .t1 = REPLY});
    EXPECT((s64)side[A]->frame.t0, -EINVAL);
    operate(&(struct registers){.operation = OP_REPLY, .t1 = NOTHING});
    EXPECT((s64)side[A]->frame.t0, -EBADF);
    operate(&(struct registers){.operation = OP_REPLY_RECV, .slot = SHOUT, .t1 = NOTHING});
    EXPECT(side[A]->frame.t0, KIND_FAILED);
    EXPECT((s64)side[A]->frame.a7, -EBADF);
}

static void recv_of_what_cannot_be_received(void)
{
    receive(POOL, SLOT_NONE);
    EXPECT(side[A]->frame.t0, KIND_ERROR);
    EXPECT((s64)side[A]->frame.a7, -EBUSY);
    receive(NOTHING, SLOT_NONE);
    EXPECT((s64)side[A]->frame.a7, -EBADF);
    receive(ENDPOINT, SLOT_NONE); /* S is there */
    EXPECT((s64)side[A]->frame.a7, -EBUSY);
}

static void the_last_use_of_a_session_closes_it(void)
{
    wake_root();
    method(ROOT_SLOT_CSPACE, CSPACE_DELETE, SPARE, 1);
    for (u32 i = 0; i < SIDES; i++)
        method(CSPACE + i, CSPACE_DELETE, SPARE, 1);
    receive(ROOT_NOTE, SLOT_NONE);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_CLOSED);
    EXPECT(side[S]->frame.a6, BADGE + 1);
}

static void bits_come_to_the_server_they_are_bound_to(void)
{
    method(NOTE, NOTIFICATION_SIGNAL, 6, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_NOTIFICATION);
    EXPECT(side[S]->frame.a0, 6);
}

static void a_timer_rings(void)
{
    method(TIMER, TIMER_ARM, host_time + 1000, 0);
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[B]);
    host_time += 2000;
    host_enter(HOST_TIMER, 0, 0);
    EXPECT(side[A]->frame.a0, 1u << 8);
    EXPECT(side[A]->frame.t0, KIND_NOTIFICATION);
}

static void an_interrupt_comes_once_until_it_is_acknowledged(void)
{
    host_enter(HOST_INTERRUPT, 0, 2);
    host_enter(HOST_INTERRUPT, 0, 2);
    receive(SHOUT, SLOT_NONE);
    EXPECT(side[A]->frame.a0, 1u << 9);
    EXPECT(host_claimed >> 2 & 1, 1);
    method(IRQ, INTERRUPT_ACK, 0, 0);
    EXPECT(host_claimed >> 2 & 1, 0);
}

static void an_interrupt_of_nobody_is_ignored(void)
{
    host_enter(HOST_INTERRUPT, 0, 3);
    EXPECT(hart.current, side[A]);
}

/* --- Routes ------------------------------------------------------------------------------ */

static void a_routed_call_arrives_unaltered(void)
{
    route(2, 0, USER_MEMORY, 100);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_ROUTED);
    EXPECT(side[S]->frame.a7, 2);
    EXPECT(side[S]->frame.a1, USER_MEMORY);
    EXPECT(side[S]->frame.t2, 100);
    side[A]->frame.s2 = 77; /* kept, as everything but a0 */
    reply_receive(0, 55);
    EXPECT(side[A]->frame.a0, 55);
    EXPECT(side[A]->frame.a1, USER_MEMORY);
    EXPECT(side[A]->frame.s2, 77);
}

static const struct {
    const char *name;
    u64 number, a0, a1, a2;
    s64 result;
} route_cases[] = {
    {"no route", 0, 0, 0, 0, -ENOSYS},
    {"a number beyond the table", ROUTES, 0, 0, 0, -ENOSYS},
    {"a huge number", ~0ull >> 1, 0, 0, 0, -ENOSYS},
    {"a kind that is none", 16, 0, 0, 0, -ENOSYS},
    {"a fixed slot that is none", 17, 0, 0, 0, -ENOSYS},
    {"a descriptor that is none", 2, 3, 0, 0, -EBADF},
    {"a descriptor that is no session", 2, 2, 0, 0, -EBADF},
    {"a descriptor beyond the limit", 2, SESSION, 0, 0, -EBADF},
    {"dup", 10, 0, 0, 0, 3},
    {"dup of none", 10, 9, 0, 0, -EBADF},
    {"dup3", 11, 0, 5, 0x80000, 5},
    {"dup3 onto itself", 11, 0, 0, 0, -EINVAL},
    {"dup3 with other flags", 11, 0, 5, 1, -EINVAL},
    {"dup3 beyond the limit", 11, 0, LIMIT, 0, -EBADF},
    {"close", 9, 1, 0, 0, 0},
    {"close of none", 9, 9, 0, 0, -EBADF},
    {"close beyond the limit", 9, SESSION, 0, 0, -EBADF},
    {"close with the upper half", 9, 1ull << 32 | 1, 0, 0, 0},
    {"FIOCLEX", 13, 0, 0, 0, 0},
    {"FIONCLEX of none", 14, 9, 0, 0, -EBADF},
};

static void routes_answered_by_the_kernel(void)
{
    for (u32 i = 0; i < sizeof(route_cases) / sizeof(route_cases[0]); i++) {
        host_restore();
        route(route_cases[i].number, route_cases[i].a0, route_cases[i].a1, route_cases[i].a2);
        expect_equal((s64)side[A]->frame.a0, route_cases[i].result, route_cases[i].name, i);
        EXPECT(hart.current, side[A]);
    }
}

static void dup_fills_the_table_and_says_so(void)
{
    for (u32 i = 3; i < LIMIT; i++) {
        route(10, 0, 0, 0);
        EXPECT(side[A]->frame.a0, i);
    }
    route(10, 0, 0, 0);
    EXPECT((s64)side[A]->frame.a0, -EMFILE);
    route(7, 0, 0, 0); /* needs one */
    EXPECT((s64)side[A]->frame.a0, -EMFILE);
}

/* --- Deaths --------------------------------------------------------------------------------- */

static void a_dead_callers_reply_is_dead_and_told(void)
{
    called();
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = THREAD + A}).error, 0);
    receive(ENDPOINT, REPLY2);
    EXPECT(side[S]->frame.t0, KIND_ABANDONED);
    EXPECT(side[S]->frame.a0, REPLY);
    EXPECT(method(REPLY, REPLY_COPY_IN, 0, 0), -ESRCH);
    EXPECT(method(REPLY, REPLY_CLEAR, 0, 0), 0);
    EXPECT(method(REPLY, REPLY_COPY_IN, 0, 0), -EINVAL);
}

static void a_dead_endpoint_ends_calls_and_sessions(void)
{
    called();
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = ENDPOINT}).error, 0);
    receive(SHOUT, SLOT_NONE);
    run(A);
    EXPECT((s64)side[A]->frame.t0, -EIO);
    called();
    EXPECT(hart.current, side[A]);
    EXPECT((s64)side[A]->frame.t0, -EIO);
}

static void a_dead_notification_wakes_who_waits(void)
{
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[B]);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = SHOUT}).error, 0);
    EXPECT((s64)side[A]->frame.a7, -ESRCH);
    EXPECT(side[A]->frame.t0, KIND_ERROR);
}

/* root's word about ENDPOINT, and what became of a call that S had received. */
static void restart(u64 mode)
{
    wake_root();
    method(ENDPOINT, ENDPOINT_RESTART, mode, 0);
    EXPECT(root->frame.a1, mode == RESTART_FAIL);
}

static void a_restart_repeats_what_may_be_repeated(void)
{
    user_write(side[A], USER_MEMORY, (const u64[]){USER_MEMORY, 8}, 16);
    route(6, 0, USER_MEMORY, 1);
    EXPECT(hart.current, side[S]);
    restart(RESTART_REQUEUE);
    EXPECT(side[A]->state, THREAD_SENDING);
}

static void a_restart_fails_what_may_not(void)
{
    route(6, 0, USER_MEMORY, 1);
    restart(RESTART_FAIL);
    EXPECT(side[A]->state, THREAD_READY);
    EXPECT((s64)side[A]->frame.a0, -EIO);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_message[] = {
    UNIT(a_call_arrives_and_is_answered),
    UNIT(what_a_native_call_does_not_keep_is_zero),
    UNIT(callers_are_answered_in_their_order),
    UNIT(a_server_below_cannot_call_up),
    UNIT(a_capability_goes_along_and_moves),
    UNIT(a_capability_nobody_wants_is_dropped),
    UNIT(an_empty_slot_cannot_be_sent),
    UNIT(a_reply_to_nobody_fails),
    UNIT(recv_of_what_cannot_be_received),
    UNIT(the_last_use_of_a_session_closes_it),
    UNIT(bits_come_to_the_server_they_are_bound_to),
    UNIT(a_timer_rings),
    UNIT(an_interrupt_comes_once_until_it_is_acknowledged),
    UNIT(an_interrupt_of_nobody_is_ignored),
    UNIT(a_routed_call_arrives_unaltered),
    UNIT(routes_answered_by_the_kernel),
    UNIT(dup_fills_the_table_and_says_so),
    UNIT(a_dead_callers_reply_is_dead_and_told),
    UNIT(a_dead_endpoint_ends_calls_and_sessions),
    UNIT(a_dead_notification_wakes_who_waits),
    UNIT(a_restart_repeats_what_may_be_repeated),
    UNIT(a_restart_fails_what_may_not),
    {0},
};

/* A session that is made with the reply to a routed call (MSG_MINT). */
#include "tests/host/unit.h"

static void reply_mints(u64 badge, u64 flags)
{
    operate(&(struct registers){.operation = OP_REPLY_RECV,
                                .slot = ENDPOINT,
                                .label = (MSG_MINT | flags) << 32,
                                .t1 = REPLY,
                                .t2 = REPLY,
                                .t6 = badge});
}

static void a_session_comes_with_the_reply(void)
{
    const struct session *s;

    route(7, 0, 0, 0);
    reply_mints(0x1234, 0);
    EXPECT(hart.current, side[A]);
    EXPECT(side[A]->frame.a0, 3);
    s = cspace_named(thread_cspace(side[A]), 3, OBJECT_SESSION);
    EXPECT(s->badge, 0x1234);
    EXPECT(s->object.uses, 1);
    EXPECT(s->endpoint, cspace_object(thread_cspace(side[S]), ENDPOINT));
}

static void a_session_without_memory_does_not(void)
{
    struct endpoint *e = cspace_named(thread_cspace(side[S]), ENDPOINT, OBJECT_ENDPOINT);

    while (session_make(e, 1))
        ;
    route(7, 0, 0, 0);
    reply_mints(0x1234, 0);
    EXPECT(side[S]->frame.t0, KIND_FAILED);
    EXPECT((s64)side[S]->frame.a7, -ENOMEM);
    EXPECT(side[A]->state, THREAD_WAITING);
    EXPECT(cspace_find(thread_cspace(side[A]), 3)->object, 0);
}

/* The answer comes back, and the caller waits for another. */
static void is_refused(u64 flags, err_t error)
{
    reply_mints(0x1234, flags);
    EXPECT(side[S]->frame.t0, KIND_FAILED);
    EXPECT((s64)side[S]->frame.a7, error);
    EXPECT(side[A]->state, THREAD_WAITING);
    EXPECT(side[A]->reply != 0, true);
}

static void a_session_comes_alone(void)
{
    static const u32 others[] = {
        MSG_SEND, MSG_SEND | MSG_MOVE, MSG_COPY, MSG_MAP, MSG_ALSO, MSG_PASS, 1u << 30};

    route(7, 0, 0, 0);
    for (u32 i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        reply_mints(0x1234, others[i]);
        EXPECT(side[S]->frame.t0, KIND_FAILED);
        EXPECT(side[A]->state, THREAD_WAITING);
    }
    is_refused(1u << 30, -EINVAL);
    EXPECT(cspace_find(thread_cspace(side[A]), 3)->object, 0);
    reply_receive(0, 5);
    EXPECT(side[A]->frame.a0, 5);
}

static void a_session_needs_a_descriptor(void)
{
    route(1, 0, 0, 0);
    for (u32 i = 3; i < LIMIT; i++)
        EXPECT(ask((struct ask){CSPACE + A, CSPACE_COPY, {i, SHOUT}}).error, 0);
    is_refused(0, -EMFILE);
    EXPECT(ask((struct ask){CSPACE + A, CSPACE_DELETE, {LIMIT - 1, 1}}).error, 0);
    reply_mints(0x1234, 0);
    EXPECT(side[A]->frame.a0, LIMIT - 1);
}

static void a_session_is_closed_on_exec_if_asked(void)
{
    route(7, 0, 0, ROUTE_O_CLOEXEC);
    reply_mints(0x1234, 0);
    EXPECT(cspace_find(thread_cspace(side[A]), 3)->flags, SLOT_CLOEXEC);
}

static void a_session_is_for_a_routed_callers_descriptor(void)
{
    route(8, 0, 0, 0); /* to a fixed slot */
    is_refused(0, -EINVAL);
    reply_receive(0, 0);
    call_session(SESSION, 7, 42);
    is_refused(0, -EINVAL);
    reply_receive(0, 0);
    EXPECT(hart.current, side[A]);
}

static void a_session_for_nobody_is_not_made(void)
{
    route(7, 0, 0, 0);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = THREAD + A}).error, 0);
    reply_mints(0x1234, 0);
    EXPECT(side[S]->frame.t0, KIND_FAILED);
    EXPECT((s64)side[S]->frame.a7, -ESRCH);
    EXPECT(method(REPLY, REPLY_CLEAR, 0, 0), 0);
    reply_mints(0x1234, 0);
    EXPECT((s64)side[S]->frame.a7, -EINVAL);
}

static void its_end_is_told_at_once(void)
{
    route(7, 0, 0, 0);
    reply_mints(0x1234, 0);
    route(9, 3, 0, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_CLOSED);
    EXPECT(side[S]->frame.a0, 0x1234);
    EXPECT(hart.payer, side[A]);
    EXPECT(side[A]->state, THREAD_READY);
    receive(ENDPOINT, REPLY);
    EXPECT(hart.current, side[A]); /* before B, which was ready first */
    EXPECT(side[A]->frame.a0, 0);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_mint[] = {
    UNIT(a_session_comes_with_the_reply),
    UNIT(a_session_without_memory_does_not),
    UNIT(a_session_comes_alone),
    UNIT(a_session_needs_a_descriptor),
    UNIT(a_session_is_closed_on_exec_if_asked),
    UNIT(a_session_is_for_a_routed_callers_descriptor),
    UNIT(a_session_for_nobody_is_not_made),
    UNIT(its_end_is_told_at_once),
    {0},
};

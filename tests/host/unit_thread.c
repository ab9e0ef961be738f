/* Threads: states, marks, priorities, floating point; and the machine. */
#include "tests/host/unit.h"

#define FS_MASK (3ul << 13)

static void yield(void)
{
    operate(&(struct registers){.operation = OP_YIELD});
}

static void yield_goes_round(void)
{
    yield();
    EXPECT(hart.current, side[B]);
    yield();
    EXPECT(hart.current, side[A]);
}

static void a_slice_ends(void)
{
    host_time += 1000000;
    host_enter(HOST_TIMER, 0, 0);
    EXPECT(hart.current, side[B]);
}

static void a_stopped_thread_runs_when_it_is_started(void)
{
    method(THREAD + B, THREAD_STOP, 0, 0);
    yield();
    EXPECT(hart.current, side[A]);
    method(THREAD + B, THREAD_START, 0, 0);
    yield();
    EXPECT(hart.current, side[B]);
}

static void a_thread_stops_itself(void)
{
    method(THREAD + A, THREAD_STOP, 0, 0);
    EXPECT(hart.current, side[B]);
    method(THREAD + A, THREAD_START, 0, 0);
    yield();
    EXPECT(hart.current, side[A]);
}

static void a_stopped_caller_goes_on_with_its_answer(void)
{
    call_session(SESSION, 1, 0);
    method(THREAD + A, THREAD_STOP, 0, 0);
    reply_receive(5, 0);
    EXPECT(hart.current, side[B]);
    method(THREAD + A, THREAD_START, 0, 0);
    yield();
    EXPECT(hart.current, side[A]);
    EXPECT(side[A]->frame.t0, 5);
}

/* A's handler is ENDPOINT's. */
static void a_marked_thread_calls_its_handler(void)
{
    method(THREAD + A, THREAD_INTERRUPT, 0, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_FAULT);
    EXPECT(side[S]->frame.a7, FAULT_MARKED);
    reply_receive(0, 0);
    EXPECT(hart.current, side[A]);
}

static void a_received_call_is_told_of_once(void)
{
    route(1, 5, 0, 0);
    method(THREAD + A, THREAD_INTERRUPT, 0, 0);
    method(THREAD + A, THREAD_INTERRUPT, 0, 0);
    receive(ENDPOINT, REPLY2);
    EXPECT(side[S]->frame.t0, KIND_INTERRUPTED);
    EXPECT(side[S]->frame.a0, REPLY);
    reply_receive(-EINTR, 0); /* then A's handler */
    EXPECT(side[S]->frame.t0, KIND_FAULT);
    EXPECT((s64)side[S]->frame.a0, -EINTR);
}

static void a_call_not_received_is_withdrawn(void)
{
    u64 pc;

    call_session(SESSION, 1, 0); /* S is busy */
    receive(SHOUT, SLOT_NONE);
    pc = side[B]->frame.pc;
    route(1, 5, 0, 0); /* B waits in the queue */
    wake_root();
    EXPECT(side[B]->state, THREAD_SENDING);
    method(THREAD + B, THREAD_INTERRUPT, 0, 0);
    EXPECT(side[B]->state, THREAD_READY);
    EXPECT(side[B]->frame.pc, pc);
}

static void the_restart_code_of_a_marked_call_goes_to_the_handler(void)
{
    u64 pc = side[A]->frame.pc;

    route(1, 5, 0, 0);
    reply_receive(-ERESTARTSYS, 0);
    EXPECT(hart.current, side[A]); /* not marked: again */
    EXPECT(side[A]->frame.pc, pc);
    EXPECT(side[A]->frame.a0, 5);
}

static void the_float_unit_follows_who_uses_it(void)
{
    host_enter(HOST_EXCEPTION, FAULT_ILLEGAL, 0);
    EXPECT(hart.current, side[A]);
    EXPECT(hart.fpu_owner, side[A]);
    host_fpu.f[3] = 1234;
    side[A]->frame.status |= FS_MASK;
    yield();
    host_enter(HOST_EXCEPTION, FAULT_ILLEGAL, 0);
    EXPECT(hart.fpu_owner, side[B]);
    EXPECT(host_fpu.f[3], 0);
    EXPECT(side[A]->frame.status & FS_MASK, 0);
    yield();
    host_enter(HOST_EXCEPTION, FAULT_ILLEGAL, 0);
    EXPECT(host_fpu.f[3], 1234);
}

static void an_exception_goes_to_the_handler(void)
{
    host_enter(HOST_EXCEPTION, FAULT_BREAKPOINT, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.a7, FAULT_BREAKPOINT);
}

static void a_thread_without_a_handler_stops(void)
{
    call_session(SESSION2, 1, 0);
    host_enter(HOST_FAULT, FAULT_READ, 0); /* T */
    EXPECT(side[T]->stopped, true);
    EXPECT(hart.current, side[B]);
}

static void a_thread_without_its_space_is_held(void)
{
    wake_root();
    method(ASPACE + B, ASPACE_UNMAP, 0, USER_END >> PAGE_SHIFT);
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = ASPACE + B}).error, 0);
    receive(ROOT_NOTE, SLOT_NONE);
    yield();
    EXPECT(hart.current, side[A]);
    EXPECT(side[B]->stopped, true);
}

static void a_dead_thread_is_nowhere(void)
{
    EXPECT(ask((struct ask){POOL, POOL_RECLAIM, .sent = THREAD + B}).error, 0);
    yield();
    EXPECT(hart.current, side[A]);
}

static void priorities_have_a_ceiling(void)
{
    wake_root();
    method(THREAD + B, THREAD_STOP, 0, 0);
    EXPECT(ask((struct ask){THREAD + B,
                            THREAD_CONFIGURE,
                            {PRIORITIES, 1, SLOT_NONE, SLOT_NONE, SLOT_NONE, SLOT_NONE}})
               .error,
           -EPERM);
}

/* A third program, in B's home. */
static void third_start(void)
{
    EXPECT(ask((struct ask){POOL, POOL_CREATE, {OBJECT_THREAD}, .receive = NOTHING}).error, 0);
    EXPECT(ask((struct ask){NOTHING,
                            THREAD_CONFIGURE,
                            {10, 7, ASPACE + B, CSPACE + B, SLOT_NONE, SLOT_NONE}})
               .error,
           0);
    EXPECT(method(NOTHING, THREAD_START, 0, 0), 0);
}

static void three_programs_go_round(void)
{
    struct thread *third;

    third_start();
    third = cspace_named(thread_cspace(side[A]), NOTHING, OBJECT_THREAD);
    for (u32 i = 0; i < 3; i++) {
        EXPECT(hart.current, side[A]);
        yield();
        EXPECT(hart.current, side[B]);
        yield();
        EXPECT(hart.current, third);
        yield();
    }
    EXPECT(side[B]->switches >= 3, 1);
}

static void others_run_while_a_program_waits(void)
{
    third_start();
    yield();
    method(THREAD + A, THREAD_INTERRUPT, 0, 0); /* it is next but one */
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current->tag, 7);
    receive(NOTE, SLOT_NONE);
    receive(SHOUT, SLOT_NONE);
    run(A);
}

static void a_signal_wakes_who_goes_first(void)
{
    call_session(SESSION, 1, 0);
    receive(SHOUT, SLOT_NONE); /* S, with A's call */
    EXPECT(hart.current, side[B]);
    side[B]->frame.s3 = 3;
    operate(
        &(struct registers){OP_CALL, SHOUT, NOTIFICATION_SIGNAL, {6}, .t4 = 4, .t5 = 5, .t6 = 6});
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_NOTIFICATION);
    EXPECT(side[S]->frame.a0, 6);
    EXPECT(side[S]->frame.a6, 0);
    EXPECT(side[B]->state, THREAD_READY);
    EXPECT(side[B]->frame.t0, 0);
    EXPECT(side[B]->frame.t4, 0);
    EXPECT(side[B]->frame.s3, 3);
    reply_receive(0, 0);
    EXPECT(hart.current == side[A] || hart.current == side[B], true);
}

static void a_signal_wakes_a_program_of_higher_priority(void)
{
    wake_root();
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[A]);
    method(SHOUT, NOTIFICATION_SIGNAL, 9, 0);
    EXPECT(hart.current, root);
    EXPECT(root->frame.a0, 9);
    EXPECT(hart.payer, root);
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[A]);
}

static void a_signal_wakes_a_program_of_the_same_priority_later(void)
{
    receive(SHOUT, SLOT_NONE);
    EXPECT(hart.current, side[B]);
    method(SHOUT, NOTIFICATION_SIGNAL, 9, 0);
    EXPECT(hart.current, side[B]);
    yield();
    EXPECT(hart.current, side[A]);
    EXPECT(side[A]->frame.a0, 9);
}

static void the_machine_goes_off(void)
{
    method(MACHINE, MACHINE_OFF, 0, 0);
    EXPECT(host_off, true);
}

static void nobody_runs_and_the_next_timer_comes(void)
{
    u64 at = host_time + 1000000;

    method(TIMER, TIMER_ARM, at, 0);
    receive(SHOUT, SLOT_NONE);
    receive(NOTHING, SLOT_NONE); /* B: an error; then it waits, too */
    call_session(SESSION, 1, 0);
    receive(ENDPOINT, REPLY2); /* S */
    EXPECT(hart.current, side[A]);
    EXPECT(host_time >= at, 1);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_thread[] = {
    UNIT(yield_goes_round),
    UNIT(a_slice_ends),
    UNIT(a_stopped_thread_runs_when_it_is_started),
    UNIT(a_thread_stops_itself),
    UNIT(a_stopped_caller_goes_on_with_its_answer),
    UNIT(a_marked_thread_calls_its_handler),
    UNIT(a_received_call_is_told_of_once),
    UNIT(a_call_not_received_is_withdrawn),
    UNIT(the_restart_code_of_a_marked_call_goes_to_the_handler),
    UNIT(the_float_unit_follows_who_uses_it),
    UNIT(an_exception_goes_to_the_handler),
    UNIT(a_thread_without_a_handler_stops),
    UNIT(a_thread_without_its_space_is_held),
    UNIT(a_dead_thread_is_nowhere),
    UNIT(priorities_have_a_ceiling),
    UNIT(three_programs_go_round),
    UNIT(others_run_while_a_program_waits),
    UNIT(a_signal_wakes_who_goes_first),
    UNIT(a_signal_wakes_a_program_of_higher_priority),
    UNIT(a_signal_wakes_a_program_of_the_same_priority_later),
    UNIT(the_machine_goes_off),
    UNIT(nobody_runs_and_the_next_timer_comes),
    {0},
};

/* What a server may do with a Reply that it holds. S is trusted, T is not. */
#include "tests/host/unit.h"

#include <string.h>

static struct told with_window(slot_t on, enum method label, u64 a, u64 b, u64 len)
{
    return ask((struct ask){on, label, {a, b}, .window = USER_MEMORY, .len = len});
}

static void a_window_is_copied_in(void)
{
    char text[16] = {0};

    user_write(side[A], USER_MEMORY + 5, "fifteen letters", 16);
    route(2, 0, USER_MEMORY + 5, 15);
    EXPECT(with_window(REPLY, REPLY_COPY_IN, 0, 8, 7).word[0], 7);
    user_read(side[S], USER_MEMORY, text, 7);
    EXPECT(strcmp(text, "letters"), 0);
}

static void a_window_is_a_limit(void)
{
    struct told told;

    route(2, 0, USER_MEMORY, 10);
    told = with_window(REPLY, REPLY_COPY_IN, 0, 0, 100);
    EXPECT(told.word[0], 10);
    EXPECT(told.word[1], COPY_WINDOW_END);
    EXPECT(with_window(REPLY, REPLY_COPY_IN, 0, 10, 1).word[0], 0);
    EXPECT(with_window(REPLY, REPLY_COPY_IN, 0, ~0ull, 1).word[0], 0);
    EXPECT(with_window(REPLY, REPLY_COPY_OUT, 0, 0, 1).error, -EINVAL); /* it is an in window */
    EXPECT(with_window(REPLY, REPLY_COPY_IN, 1, 0, 1).error, -EINVAL);
    EXPECT(with_window(REPLY, REPLY_COPY_IN, 2, 0, 1).error, -EINVAL);
}

static void a_copy_stops_at_an_absent_page(void)
{
    struct told told;

    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    told = with_window(REPLY, REPLY_COPY_OUT, 0, 0, 100);
    EXPECT(told.word[0], 6);
    EXPECT(told.word[1], COPY_PAGE);
}

static void retry_raises_the_fault_and_repeats_the_call(void)
{
    u64 pc = side[A]->frame.pc;

    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    with_window(REPLY, REPLY_COPY_OUT, 0, 0, 100);
    reply_receive(-ERETRY, 0);
    EXPECT(hart.current, side[S]); /* it is A's pager, too */
    EXPECT(side[S]->frame.t0, KIND_FAULT);
    EXPECT(side[S]->frame.a7, FAULT_WRITE);
    EXPECT(side[S]->frame.a0, USER_MEMORY + 4 * PAGE_SIZE);
    EXPECT(side[S]->frame.a2, 94);
    reply_receive(0, 0);
    EXPECT(hart.current, side[A]);
    EXPECT(side[A]->frame.pc, pc);
    EXPECT(side[A]->frame.a0, 0);
}

static void a_refused_page_cuts_the_window_once(void)
{
    struct told told;

    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    with_window(REPLY, REPLY_COPY_OUT, 0, 0, 100);
    reply_receive(-ERETRY, 0);
    reply_receive(-EFAULT, 0);
    EXPECT(hart.current, side[A]);
    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    told = with_window(REPLY, REPLY_COPY_OUT, 0, 0, 100);
    EXPECT(told.word[0], 6);
    EXPECT(told.word[1], COPY_WINDOW_END);
    reply_receive(0, 6);
    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    EXPECT(with_window(REPLY, REPLY_COPY_OUT, 0, 0, 100).word[1], COPY_PAGE);
}

static void restart_codes_repeat_the_call(void)
{
    static const s64 codes[] = {-ERESTARTSYS, -ERESTARTNOINTR, -ERESTARTNOHAND,
                                -ERESTART_RESTARTBLOCK};

    for (u32 i = 0; i < 4; i++) {
        u64 pc = side[A]->frame.pc;

        route(1, 5, 0, 0);
        reply_receive(codes[i], 0);
        EXPECT(hart.current, side[A]);
        EXPECT(side[A]->frame.pc, pc);
        EXPECT(side[A]->frame.a0, 5);
    }
}

/* Its handler sees the code, and decides. */
static void a_marked_callers_restart_code_goes_to_its_handler(void)
{
    route(1, 5, 0, 0);
    method(THREAD + A, THREAD_INTERRUPT, 0, 0);
    receive(ENDPOINT, REPLY2);
    EXPECT(side[S]->frame.t0, KIND_INTERRUPTED);
    reply_receive(-ERESTARTSYS, 0);
    EXPECT(side[S]->frame.t0, KIND_FAULT);
    EXPECT((s64)side[S]->frame.a0, -ERESTARTSYS);
    EXPECT(with_window(REPLY, REPLY_READ_REGISTERS, 0, 0, 67 * 8).error, 0);
}

/* No frames now: that says nothing of the page, and A's handler decides. */
static void a_pager_without_frames_leaves_it_to_the_handler(void)
{
    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    with_window(REPLY, REPLY_COPY_OUT, 0, 0, 100);
    reply_receive(-ERETRY, 0);
    reply_receive(-ENOMEM, 0);
    EXPECT(hart.current, side[S]);
    EXPECT((s64)side[S]->frame.a3, -ENOMEM);
    EXPECT(side[A]->cut, false);
}

/* The page that was refused concerns the call that is repeated, not what comes after it. */
static void a_recv_forgets_the_refused_page(void)
{
    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    with_window(REPLY, REPLY_COPY_OUT, 0, 0, 100);
    reply_receive(-ERETRY, 0);
    reply_receive(-EFAULT, 0);
    EXPECT(side[A]->cut, true);
    route(3, 0, USER_MEMORY + 4 * PAGE_SIZE - 6, 100);
    reply_receive(0, 6);
    EXPECT(side[A]->cut, true);
    receive(SHOUT, SLOT_NONE);
    EXPECT(side[A]->cut, false);
}

static void an_iovec_is_walked(void)
{
    const u64 iovec[] = {USER_MEMORY + 2000, 3, 0, 0, USER_MEMORY + 3000, 4};
    char text[8] = {0};

    user_write(side[A], USER_MEMORY, iovec, sizeof(iovec));
    user_write(side[A], USER_MEMORY + 2000, "one", 3);
    user_write(side[A], USER_MEMORY + 3000, "five", 4);
    route(5, 0, USER_MEMORY, 3);
    EXPECT(side[S]->frame.t2, 7);
    EXPECT(with_window(REPLY, REPLY_COPY_IN, 0, 1, 6).word[0], 6);
    user_read(side[S], USER_MEMORY, text, 6);
    EXPECT(strcmp(text, "nefive"), 0);
}

static void bytes_come_with_the_reply(void)
{
    char text[4] = {0};

    route(3, 0, USER_MEMORY, 100);
    user_write(side[S], USER_MEMORY, "abc", 4);
    operate(&(struct registers){.operation = OP_REPLY_RECV,
                                .slot = ENDPOINT,
                                .word = {3},
                                .label = (u64)MSG_COPY << 32,
                                .t1 = REPLY,
                                .t2 = REPLY,
                                .t5 = USER_MEMORY,
                                .t6 = 4});
    EXPECT(hart.current, side[A]);
    EXPECT(side[A]->frame.a0, 3);
    user_read(side[A], USER_MEMORY, text, 4);
    EXPECT(strcmp(text, "abc"), 0);
}

static void a_reply_whose_copy_stops_is_not_sent(void)
{
    route(3, 0, USER_READ_ONLY, 100);
    operate(&(struct registers){.operation = OP_REPLY_RECV,
                                .slot = ENDPOINT,
                                .label = (u64)MSG_COPY << 32,
                                .t1 = REPLY,
                                .t2 = REPLY,
                                .t5 = USER_MEMORY,
                                .t6 = 4});
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_FAILED);
    EXPECT(side[S]->frame.a1, COPY_PAGE);
    EXPECT(side[A]->state, THREAD_WAITING);
}

static void a_given_descriptor_is_usable_after_the_reply(void)
{
    route(7, 0, 0, 0);
    EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).word[0], 3);
    EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).word[0], 4);
    EXPECT(cspace_object(thread_cspace(side[A]), 3), 0);
    reply_receive(0, 0);
    EXPECT(cspace_object(thread_cspace(side[A]), 3)->type, OBJECT_SESSION);
}

static void an_error_takes_back_what_was_given(void)
{
    route(7, 0, 0, 0);
    EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).error, 0);
    reply_receive(-ENOMEM, 0);
    EXPECT((s64)side[A]->frame.a0, -ENOMEM);
    EXPECT(cspace_find(thread_cspace(side[A]), 3)->object, 0);
}

static void gives_have_an_end(void)
{
    route(7, 0, 0, 0);
    for (u32 i = 0; i < REPLY_GIVES; i++)
        EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).error, 0);
    EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).error, -EMFILE);
    EXPECT(method(REPLY, REPLY_TAKE_BACK, 0, 0), 0);
    EXPECT(ask((struct ask){REPLY, REPLY_GIVE, .sent = SPARE}).word[0], 3);
}

static void the_trusted_read_and_write_registers(void)
{
    u64 words[67];

    route(1, 5, 0, 0);
    EXPECT(with_window(REPLY, REPLY_READ_REGISTERS, 0, 0, sizeof(words)).error, 0);
    user_read(side[S], USER_MEMORY, words, sizeof(words));
    EXPECT(words[1 + REG_A7], 1);
    words[1 + REG_A7 + 1] = 99; /* s2 */
    user_write(side[S], USER_MEMORY, words, sizeof(words));
    EXPECT(with_window(REPLY, REPLY_WRITE_REGISTERS, 0, 0, sizeof(words)).error, 0);
    EXPECT(side[A]->frame.s2, 99);
}

static void the_untrusted_do_not(void)
{
    static const enum method labels[] = {
        REPLY_READ_REGISTERS, REPLY_WRITE_REGISTERS, REPLY_BADGE, REPLY_CALL, REPLY_READ_MEMORY,
        REPLY_PUSH,           REPLY_WRITE_MEMORY,    REPLY_POP,   REPLY_TAKE};

    route(4, USER_MEMORY, 0, 0);
    EXPECT(hart.current, side[T]);
    for (u32 i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        EXPECT(with_window(REPLY, labels[i], 0, 0, 600).error, -EPERM);
    EXPECT(method(REPLY, REPLY_FORWARD, 1, 0), -EPERM);
}

static void nor_do_the_trusted_for_a_native_call(void)
{
    call_session(SESSION, 1, 0);
    EXPECT(with_window(REPLY, REPLY_READ_MEMORY, USER_MEMORY, 0, 8).error, -EPERM);
}

static void an_upcall_is_pushed_and_popped(void)
{
    route(1, 5, 0, 0);
    side[A]->frame.s3 = 33;
    EXPECT(ask((struct ask){
                   REPLY, REPLY_PUSH, {0, 0x4444, 0, 0, 17, 0}, .window = USER_MEMORY, .len = 64})
               .error,
           0);
    EXPECT(side[A]->frame.pc, 0x4444);
    side[A]->frame.s3 = 0;
    EXPECT(method(REPLY, REPLY_POP, 64, 0), 0);
    EXPECT(side[A]->frame.s3, 33);
    EXPECT(side[S]->frame.a5, 17);
}

static void a_forwarded_call_is_answered_by_the_other(void)
{
    route(1, 5, 6, 7);
    EXPECT(ask((struct ask){REPLY, REPLY_FORWARD, {0, SESSION2}}).error, 0);
    EXPECT(method(REPLY, REPLY_WINDOW, 0, 0), -EINVAL); /* idle again */
    receive(ENDPOINT, REPLY);
    EXPECT(hart.current, side[T]);
    EXPECT(side[T]->frame.t0, KIND_ROUTED);
    EXPECT(side[T]->frame.a6, BADGE2);
    EXPECT(side[T]->frame.t1, side[A]->tag);
    EXPECT(side[T]->frame.a2, 7);
    reply_receive(0, 9);
    EXPECT(side[A]->frame.a0, 9);
}

static void a_call_through_a_descriptor(void)
{
    route(1, 5, 6, 7);
    ask((struct ask){REPLY, REPLY_CALL, {1, 77, 1, 2, 3}});
    EXPECT(hart.current, side[T]);
    EXPECT(side[T]->frame.t0, KIND_NATIVE);
    EXPECT(side[T]->frame.a7, 77);
    EXPECT(side[T]->frame.t1, side[S]->tag);
    reply_receive(4, 0);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, 4);
    EXPECT(method(REPLY, REPLY_CALL, 0, 0), -EDEADLK); /* its own endpoint */
}

static void a_page_comes_with_the_answer_to_a_fault(void)
{
    host_enter(HOST_FAULT, FAULT_WRITE, 0x200000008ul);
    EXPECT(hart.current, side[S]);
    EXPECT(side[S]->frame.t0, KIND_FAULT);
    EXPECT(side[S]->frame.a0, 0x200000008ul);
    operate(
        &(struct registers){.operation = OP_REPLY_RECV,
                            .slot = ENDPOINT,
                            .label = (u64)MSG_MAP << 32,
                            .word = {0x200000000ul, frames_first, 1, ACCESS_READ | ACCESS_WRITE},
                            .t1 = REPLY,
                            .t2 = REPLY,
                            .t3 = MEMORY});
    EXPECT(hart.current, side[A]);
    EXPECT(host_user(side[A], 0x200000008ul, ACCESS_WRITE) != 0, 1);
}

static void what_the_pager_refuses_goes_to_the_handler(void)
{
    wake_root();
    ask((struct ask){THREAD + A, THREAD_STOP});
    ask((struct ask){
        THREAD + A, THREAD_CONFIGURE, {10, 1, SLOT_NONE, SLOT_NONE, SESSION2, SESSION}});
    ask((struct ask){THREAD + A, THREAD_START});
    receive(ROOT_NOTE, SLOT_NONE);
    if (hart.current != side[A])
        operate(&(struct registers){.operation = OP_YIELD});
    host_enter(HOST_FAULT, FAULT_READ, 8);
    EXPECT(hart.current, side[T]);
    reply_receive(-EFAULT, 0);
    EXPECT(hart.current, side[S]);
    EXPECT((s64)side[S]->frame.a3, -EFAULT);
    reply_receive(-EFAULT, 0); /* it stops */
    EXPECT(side[A]->stopped, true);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_reply[] = {
    UNIT(a_window_is_copied_in),
    UNIT(a_window_is_a_limit),
    UNIT(a_copy_stops_at_an_absent_page),
    UNIT(retry_raises_the_fault_and_repeats_the_call),
    UNIT(a_refused_page_cuts_the_window_once),
    UNIT(restart_codes_repeat_the_call),
    UNIT(a_marked_callers_restart_code_goes_to_its_handler),
    UNIT(a_pager_without_frames_leaves_it_to_the_handler),
    UNIT(a_recv_forgets_the_refused_page),
    UNIT(an_iovec_is_walked),
    UNIT(bytes_come_with_the_reply),
    UNIT(a_reply_whose_copy_stops_is_not_sent),
    UNIT(a_given_descriptor_is_usable_after_the_reply),
    UNIT(an_error_takes_back_what_was_given),
    UNIT(gives_have_an_end),
    UNIT(the_trusted_read_and_write_registers),
    UNIT(the_untrusted_do_not),
    UNIT(nor_do_the_trusted_for_a_native_call),
    UNIT(an_upcall_is_pushed_and_popped),
    UNIT(a_forwarded_call_is_answered_by_the_other),
    UNIT(a_call_through_a_descriptor),
    UNIT(a_page_comes_with_the_answer_to_a_fault),
    UNIT(what_the_pager_refuses_goes_to_the_handler),
    {0},
};

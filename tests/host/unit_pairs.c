/* Two callers whose calls S holds at once: bytes between them, and one answer to both. */
#include "tests/host/unit.h"

#include <string.h>

#define AT USER_MEMORY
#define ABSENT (USER_MEMORY + 4 * PAGE_SIZE)
#define IOVEC (USER_MEMORY + 3 * PAGE_SIZE)

/* A's call with an in window is in REPLY, B's with an out window in REPLY2; S runs. */
static void two(u64 from, u64 nfrom, u64 to, u64 nto)
{
    user_write(side[A], AT, "from A, for B", 14);
    route(2, 0, from, nfrom);
    EXPECT(hart.current, side[S]);
    receive(ENDPOINT, REPLY2);
    EXPECT(hart.current, side[B]);
    route(3, 0, to, nto);
    EXPECT(hart.current, side[S]);
}

static struct told copied(u64 to_offset, u64 from_offset, u64 len)
{
    return ask(
        (struct ask){REPLY2, REPLY_COPY, {0, to_offset, 0, from_offset, len}, .sent = REPLY});
}

static void bytes_go_from_one_caller_to_another(void)
{
    char text[8] = {0};
    struct told told;

    two(AT, 14, AT + 100, 14);
    told = copied(2, 5, 6);
    EXPECT(told.error, 0);
    EXPECT(told.word[0], 6);
    EXPECT(told.word[1], COPY_DONE);
    user_read(side[B], AT + 102, text, 6);
    EXPECT(strcmp(text, "A, for"), 0);
}

static void a_copy_names_two_replies_and_their_windows(void)
{
    two(AT, 14, AT, 14);
    EXPECT(ask((struct ask){REPLY2, REPLY_COPY, {0, 0, 0, 0, 1}}).error, -EINVAL);
    EXPECT(ask((struct ask){REPLY2, REPLY_COPY, {0, 0, 0, 0, 1}, .sent = NOTHING}).error, -EBADF);
    EXPECT(ask((struct ask){REPLY2, REPLY_COPY, {2, 0, 0, 0, 1}, .sent = REPLY}).error, -EINVAL);
    EXPECT(ask((struct ask){REPLY2, REPLY_COPY, {0, 0, 2, 0, 1}, .sent = REPLY}).error, -EINVAL);
    EXPECT(ask((struct ask){REPLY, REPLY_COPY, {0, 0, 0, 0, 1}, .sent = REPLY}).error, -EINVAL);
    EXPECT(ask((struct ask){REPLY2, REPLY_COPY, {0, 0, 0, 0, 1}, .sent = REPLY2}).error, -EINVAL);
}

static void a_copy_between_callers_stops_where_it_must(void)
{
    two(AT, 14, AT, 10);
    EXPECT(copied(0, 0, 14).word[1], COPY_WINDOW_END); /* B's */
    EXPECT(copied(0, 10, 10).word[0], 4);
    EXPECT(copied(0, 10, 10).word[1], COPY_WINDOW_END); /* A's */
    EXPECT(copied(0, 0, 0).word[1], COPY_DONE);
    EXPECT(copied(0, 0, COPY_MAX + 1).word[1], COPY_WINDOW_END);
}

static void a_copy_between_callers_finds_pages_absent(void)
{
    struct told told;

    two(ABSENT - 4, 100, ABSENT - 8, 100);
    told = copied(0, 0, 100);
    EXPECT(told.word[0], 4);
    EXPECT(told.word[1], COPY_PAGE_OTHER);
    told = copied(4, 0, 4);
    EXPECT(told.word[0], 4);
    told = copied(8, 0, 4);
    EXPECT(told.word[0], 0);
    EXPECT(told.word[1], COPY_PAGE);
}

static void a_long_copy_between_callers_is_cut(void)
{
    const u32 pages = COPY_MAX / PAGE_SIZE + 1;
    struct told told;

    for (u32 i = A; i <= B; i++)
        EXPECT(ask((struct ask){ASPACE + i,
                                ASPACE_MAP,
                                {0x200000000ul, frames_first + i * pages, pages, 3},
                                .sent = MEMORY})
                   .error,
               0);
    two(0x200000000ul, pages * PAGE_SIZE, 0x200000000ul, pages * PAGE_SIZE);
    told = copied(0, 0, COPY_MAX + 100);
    EXPECT(told.word[0], COPY_MAX);
    EXPECT(told.word[1], COPY_LIMIT);
}

/* A's iovec of n entries of a byte each. */
static void vector(u32 n)
{
    for (u32 i = 0; i < n; i++)
        user_write(side[A], IOVEC + i * 16, (const u64[]){AT + i, 1}, 16);
}

static void a_vector_of_many_pieces_takes_several_copies(void)
{
    struct told told;

    vector(IOVEC_MAX_PER_COPY + 4);
    route(5, 0, IOVEC, IOVEC_MAX_PER_COPY + 4);
    receive(ENDPOINT, REPLY2);
    route(3, 0, AT, 100);
    told = copied(0, 0, 20);
    EXPECT(told.word[0], IOVEC_MAX_PER_COPY);
    EXPECT(told.word[1], COPY_LIMIT);
    told = copied(told.word[0], told.word[0], 20 - told.word[0]);
    EXPECT(told.word[0], 4);
    told = ask((struct ask){REPLY, REPLY_COPY_IN, {0}, .window = AT, .len = 20});
    EXPECT(told.word[0], IOVEC_MAX_PER_COPY);
    EXPECT(told.word[1], COPY_LIMIT);
}

static void an_absent_vector_stops_the_copy(void)
{
    struct told told;

    route(5, 0, ABSENT, 3);
    receive(ENDPOINT, REPLY2);
    route(3, 0, AT, 100);
    told = copied(0, 0, 20);
    EXPECT(told.word[0], 0);
    EXPECT(told.word[1], COPY_PAGE_OTHER);
}

/* --- One answer to two callers ---------------------------------------------------------- */

/* S replies through `reply` with 7, and to the other with n. */
static s64 also(u64 flags, slot_t reply, slot_t other, u64 n)
{
    operate(&(struct registers){.operation = OP_REPLY,
                                .label = (flags | MSG_ALSO) << 32,
                                .word = {7},
                                .t1 = reply,
                                .t5 = other,
                                .t6 = n});
    return (s64)side[S]->frame.t0;
}

static void a_reply_answers_two_callers(void)
{
    two(AT, 14, AT, 14);
    EXPECT(also(0, REPLY, REPLY2, 3), 0);
    EXPECT(side[A]->frame.a0, 7);
    EXPECT(side[B]->frame.a0, 3);
    EXPECT(side[A]->state, THREAD_READY);
    EXPECT(side[B]->state, THREAD_READY);
}

static void it_passes_bytes_from_the_first_to_the_second(void)
{
    char text[8] = {0};

    two(AT, 14, AT + 100, 14);
    EXPECT(also(MSG_PASS, REPLY, REPLY2, 4), 0);
    EXPECT(side[B]->frame.a0, 4);
    user_read(side[B], AT + 100, text, 4);
    EXPECT(strcmp(text, "from"), 0);
}

static void it_copies_bytes_from_the_second_to_the_first(void)
{
    char text[8] = {0};

    two(AT, 14, AT + 100, 14);
    EXPECT(also(MSG_COPY, REPLY2, REPLY, 4), 0);
    EXPECT(side[A]->frame.a0, 4);
    user_read(side[B], AT + 100, text, 4);
    EXPECT(strcmp(text, "from"), 0);
}

static void what_does_not_go_in_one_go_answers_nobody(void)
{
    two(AT, 14, AT, 4);
    EXPECT(also(MSG_PASS, REPLY, REPLY2, 5), -EFAULT);
    EXPECT(also(MSG_COPY, REPLY, REPLY2, 1), -EFAULT); /* B has no in window */
    EXPECT(also(MSG_PASS, REPLY2, REPLY, 1), -EFAULT);
    EXPECT(also(MSG_PASS, REPLY, REPLY, 1), -EINVAL);
    EXPECT(also(MSG_PASS, REPLY, NOTHING, 1), -EBADF);
    EXPECT(also(MSG_PASS, REPLY, REPLY2, ~0ull), -EINVAL);
    EXPECT(side[A]->state, THREAD_WAITING);
    EXPECT(side[B]->state, THREAD_WAITING);
    EXPECT(also(0, REPLY2, REPLY, 1), 0);
    EXPECT(also(0, REPLY, REPLY2, 1), -EINVAL);
}

static void a_page_that_is_absent_passes_nothing(void)
{
    two(AT, 14, ABSENT - 2, 100);
    EXPECT(also(MSG_PASS, REPLY, REPLY2, 10), -EFAULT);
    EXPECT(also(MSG_PASS, REPLY, REPLY2, 2), 0);
}

static void an_idle_second_reply_is_refused(void)
{
    route(2, 0, AT, 14);
    EXPECT(also(0, REPLY, REPLY2, 0), -EINVAL);
    EXPECT(side[A]->state, THREAD_WAITING);
}

/* --- Restarts, with two calls on the way ------------------------------------------------ */

static void a_restart_ends_both_calls(void)
{
    two(AT, 14, AT, 14);
    wake_root();
    EXPECT(method(ENDPOINT, ENDPOINT_RESTART, RESTART_FAIL, 0), 0);
    EXPECT(root->frame.a1, 2);
    EXPECT((s64)side[A]->frame.a0, -EIO);
    EXPECT((s64)side[B]->frame.a0, -EIO);
}

static void the_call_that_a_server_died_of_twice_is_given_up(void)
{
    user_write(side[A], AT, (const u64[]){AT, 8}, 16);
    route(6, 0, AT, 1);
    for (u32 deaths = 0; deaths < 2; deaths++) {
        EXPECT(side[A]->state, THREAD_WAITING);
        host_claimed = 0;
        wake_root();
        EXPECT(method(ENDPOINT, ENDPOINT_RESTART, RESTART_REQUEUE, 0), 0);
        EXPECT(root->frame.a1, deaths);
        receive(ROOT_NOTE, SLOT_NONE);
        EXPECT(hart.current, side[S]);
        receive(ENDPOINT, REPLY);
    }
    EXPECT((s64)side[A]->frame.a0, -EIO);
}

static void a_restart_withdraws_what_was_interrupted(void)
{
    u64 pc;

    user_write(side[A], AT, (const u64[]){AT, 8}, 16);
    pc = side[A]->frame.pc;
    route(6, 0, AT, 1);
    method(THREAD + A, THREAD_INTERRUPT, 0, 0);
    wake_root();
    EXPECT(method(ENDPOINT, ENDPOINT_RESTART, RESTART_REQUEUE, 0), 0);
    EXPECT(side[A]->state, THREAD_READY);
    EXPECT(side[A]->marked, true);
    EXPECT(side[A]->frame.pc, pc);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_pairs[] = {
    UNIT(bytes_go_from_one_caller_to_another),
    UNIT(a_copy_names_two_replies_and_their_windows),
    UNIT(a_copy_between_callers_stops_where_it_must),
    UNIT(a_copy_between_callers_finds_pages_absent),
    UNIT(a_long_copy_between_callers_is_cut),
    UNIT(a_vector_of_many_pieces_takes_several_copies),
    UNIT(an_absent_vector_stops_the_copy),
    UNIT(a_reply_answers_two_callers),
    UNIT(it_passes_bytes_from_the_first_to_the_second),
    UNIT(it_copies_bytes_from_the_second_to_the_first),
    UNIT(what_does_not_go_in_one_go_answers_nobody),
    UNIT(a_page_that_is_absent_passes_nothing),
    UNIT(an_idle_second_reply_is_refused),
    UNIT(a_restart_ends_both_calls),
    UNIT(the_call_that_a_server_died_of_twice_is_given_up),
    UNIT(a_restart_withdraws_what_was_interrupted),
    {0},
};

/* What is copied for a caller: strings, buffers of a delivery. */
#include "tests/host/unit.h"

#include "kernel/aspace.h"
#include "kernel/trap.h"

#include <string.h>

#define AT USER_MEMORY
#define ABSENT (USER_MEMORY + 4 * PAGE_SIZE)
#define SPARE_ROUTE 30u

static struct told with_window(slot_t on, enum method label, u64 a, u64 b, u64 len)
{
    return ask((struct ask){on, label, {a, b}, .window = AT, .len = len});
}

static struct reply *held(enum side server)
{
    return cspace_named(thread_cspace(side[server]), REPLY, OBJECT_REPLY);
}

/* --- Strings ---------------------------------------------------------------------------- */

static void string_at(u64 va, const char *text)
{
    user_write(side[A], va, text, strlen(text) + 1);
    route(4, va, 0, 0);
    EXPECT(hart.current, side[T]);
}

static void a_string_comes_with_its_end(void)
{
    static const char *const texts[] = {"", "a", "seven b", "eight by", "a string of twenty.."};
    char text[32];
    struct told told;

    for (u32 i = 0; i < 5; i++)
        for (u32 offset = 0; offset < 8; offset++) {
            host_restore();
            string_at(AT + offset, texts[i]);
            told = with_window(REPLY, REPLY_COPY_IN, 0, 0, 32);
            EXPECT(told.word[0], strlen(texts[i]) + 1);
            EXPECT(told.word[1], COPY_DONE);
            user_read(side[T], AT, text, told.word[0]);
            EXPECT(strcmp(text, texts[i]), 0);
        }
}

static void a_string_that_does_not_end_fills_what_is_there(void)
{
    struct told told;

    string_at(AT + 3, "a string of twenty..");
    told = with_window(REPLY, REPLY_COPY_IN, 0, 0, 15);
    EXPECT(told.word[0], 15);
    EXPECT(told.word[1], COPY_DONE);
    EXPECT(with_window(REPLY, REPLY_COPY_IN, 0, 20, 15).word[0], 1);
}

static void a_string_without_an_end_is_told(void)
{
    struct told told;

    for (u32 i = 0; i < 2 * PAGE_SIZE; i += 8)
        user_write(side[A], AT + i, "xxxxxxxx", 8);
    route(4, AT + 8, 0, 0);
    told = with_window(REPLY, REPLY_COPY_IN, 0, 8, 2 * PAGE_SIZE);
    EXPECT(told.word[0], WINDOW_STRING_MAX - 8);
    EXPECT(told.word[1], COPY_WINDOW_END);
}

static void a_string_stops_at_an_absent_page(void)
{
    struct told told;

    user_write(side[A], ABSENT - 5, "xxxxx", 5);
    route(4, ABSENT - 5, 0, 0);
    told = with_window(REPLY, REPLY_COPY_IN, 0, 0, 100);
    EXPECT(told.word[0], 5);
    EXPECT(told.word[1], COPY_PAGE);
    told = ask((struct ask){REPLY, REPLY_COPY_IN, {0, 0}, .window = ABSENT - 2, .len = 5});
    EXPECT(told.word[0], 2);
    EXPECT(told.word[1], COPY_OWN_PAGE);
}

/* --- The buffer that comes with a delivery ---------------------------------------------- */

/* A route to T whose windows are those. */
static void route_with(struct window_spec first, struct window_spec second)
{
    const struct route r = {.kind = ROUTE_FIXED, .slot = 1, .window = {first, second}};

    user_write(side[A], USER_ROUTES + SPARE_ROUTE * sizeof(r), &r, sizeof(r));
}

static const struct {
    const char *name;
    struct window_spec first, second;
    u64 buffer, a0, a1, a2;
    s64 delivered, by_c; /* bytes that deliver it; what the fast path's function says */
} buffer_cases[] = {
    {"without a size", {WINDOW_BUFFER, 1, 0, 1}, {0}, 0, AT, 8, 0, 8, 8},
    {"of data", {WINDOW_BUFFER, 1, 0, 1}, {0}, 6, AT, 8, 0, 8, 8},
    {"of much data", {WINDOW_BUFFER, 1, 0, 1}, {0}, 6, AT, 800, 0, 800, 800},
    {"of data unwanted", {WINDOW_BUFFER, 1, 0, 1}, {0}, 6 | BUFFER_NO_DATA, AT, 8, 0, 0, 0},
    {"of no data", {WINDOW_BUFFER, 1, 0, 1}, {0}, 6, AT, 0, 0, 0, -EINVAL},
    {"too large", {WINDOW_BUFFER, 1, 0, 1}, {0}, 17, AT, 8, 0, 8, 8},
    {"a string", {WINDOW_STRING, 1, 0, 0}, {0}, 6, AT, 0, 0, 9, 9},
    {"a constant", {WINDOW_CONST, 1, 0, 0, 12}, {0}, 6, AT, 0, 0, 12, 12},
    {"an array", {WINDOW_ARRAY, 1, 0, 1, 4}, {0}, 6, AT, 5, 0, 20, 20},
    {"a long array", {WINDOW_ARRAY, 1, 0, 1, 4}, {0}, 6, AT, ~0ull, 0, 4096, 4096},
    {"two", {WINDOW_CONST, 1, 0, 0, 8}, {WINDOW_CONST, 1, 2, 0, 4}, 6, AT, 0, AT + 9, 12, 12},
    {"an array and", {WINDOW_ARRAY, 1, 0, 1, 4}, {WINDOW_CONST, 1, 2, 0, 4}, 6, AT, 1, AT, 8, 8},
    {"two, one absent", {WINDOW_CONST, 1, 0, 0, 8}, {WINDOW_CONST, 1, 2, 0, 4}, 6, AT, 0, 8, 8, 8},
    {"two, no room", {WINDOW_CONST, 1, 0, 0, 8}, {WINDOW_CONST, 1, 2, 0, 4090}, 6, AT, 0, AT, 8, 8},
    {"two, one bad", {WINDOW_CONST, 1, 0, 0, 8}, {WINDOW_CONST, 1, 9, 0, 4}, 6, AT, 0, AT, 8, 8},
    {"in behind out", {WINDOW_CONST, 2, 0, 0, 8}, {WINDOW_CONST, 1, 2, 0, 4}, 6, AT, 0, AT, 4, 4},
    {"an iovec", {WINDOW_IOVEC, 1, 0, 1}, {0}, 6, ABSENT, 1, 0, 0, -EINVAL},
    {"beyond", {WINDOW_BUFFER, 1, 0, 1}, {0}, 6, USER_END, 8, 0, 0, -EINVAL},
    {"up to the end", {WINDOW_BUFFER, 1, 0, 1}, {0}, 6, USER_END - 4, 8, 0, 0, -EINVAL},
    {"of argument 7", {WINDOW_BUFFER, 1, 7, 1}, {0}, 6, AT, 8, 0, 0, 0},
};

/* As delivery does it, and as the fast path's function does. */
static void windows_come_with_the_delivery(void)
{
    for (u32 i = 0; i < sizeof(buffer_cases) / sizeof(buffer_cases[0]); i++) {
        u8 sent[64] = {0}, done[64] = {0};

        host_restore();
        route_with(buffer_cases[i].first, buffer_cases[i].second);
        user_write(side[A], AT, "a string, and more", 8);
        side[T]->frame.t4 = AT | buffer_cases[i].buffer;
        operate(&(struct registers){
            .operation = SPARE_ROUTE,
            .word = {buffer_cases[i].a0, buffer_cases[i].a1, buffer_cases[i].a2}});
        EXPECT(hart.current, side[T]);
        expect_equal((s64)side[T]->frame.t4, buffer_cases[i].delivered, buffer_cases[i].name, i);
        user_read(side[T], AT, sent, 64);
        user_write(side[T], AT, done, 64);
        side[T]->frame.t4 = AT | buffer_cases[i].buffer;
        expect_equal(trap_copy_in(side[A], side[T]), buffer_cases[i].by_c, buffer_cases[i].name,
                     1000 + i);
        user_read(side[T], AT, done, 64);
        expect_equal(memcmp(done, sent, 64), 0, buffer_cases[i].name, 2000 + i);
    }
}

/* --- What the fast path leaves to C ----------------------------------------------------- */

static s64 action(enum message_flag flags)
{
    side[S]->frame.t0 = (u64)flags << 32;
    return trap_reply_action(side[S], held(S));
}

static void an_action_copies_or_leaves_it(void)
{
    char text[4] = {0};

    route(3, 0, AT, 10);
    user_write(side[S], AT, "abc", 4);
    side[S]->frame.t5 = AT;
    side[S]->frame.t6 = 4;
    EXPECT(action(MSG_COPY), 0);
    user_read(side[A], AT, text, 4);
    EXPECT(strcmp(text, "abc"), 0);
    side[S]->frame.t6 = 11;
    EXPECT(action(MSG_COPY), -EFAULT);
    side[S]->frame.t5 = ABSENT;
    side[S]->frame.t6 = 4;
    EXPECT(action(MSG_COPY), -EFAULT);
    EXPECT(action(MSG_MAP), -EINVAL);
    EXPECT(action(MSG_COPY | MSG_SEND), -EINVAL);
}

static void an_action_maps(void)
{
    struct trap_frame *f = &side[S]->frame;

    host_enter(HOST_FAULT, FAULT_WRITE, 0x200000008ul);
    f->a0 = 0x200000000ul, f->a1 = frames_first, f->a2 = 1, f->a3 = 3;
    f->t3 = MEMORY;
    EXPECT(action(MSG_COPY), -EINVAL);
    EXPECT(action(MSG_SEND), -EINVAL);
    EXPECT(action(MSG_MAP), 0);
    EXPECT(host_user(side[A], 0x200000008ul, ACCESS_WRITE) != 0, 1);
    EXPECT(action(MSG_MAP), -EEXIST);
    f->t3 = POOL;
    EXPECT(action(MSG_MAP), -EPERM);
    f->t3 = MEMORY;
    f->a1 = frames_first + FRAMES;
    EXPECT(action(MSG_MAP), -EINVAL);
}

static void an_action_sends_to_a_native_call(void)
{
    operate(&(struct registers){OP_CALL, SESSION, 1 | (u64)MSG_RECEIVE << 32,
                                .t3 = (u64)NOTHING << 32});
    side[S]->frame.t3 = TIMER;
    EXPECT(action(MSG_SEND), NOTHING);
    EXPECT(cspace_object(thread_cspace(side[A]), NOTHING)->type, OBJECT_TIMER);
    EXPECT(action(MSG_SEND), -2); /* no room */
    side[S]->frame.t3 = ENDPOINT;
    EXPECT(action(MSG_SEND), -EINVAL); /* what it serves may change */
    side[S]->frame.t3 = SESSION;
    EXPECT(action(MSG_SEND), -EINVAL);
    side[S]->frame.t3 = NOTHING;
    EXPECT(action(MSG_SEND), -EINVAL);
}

static void an_action_sends_to_a_routed_call(void)
{
    operate(&(struct registers){.operation = 8});
    side[S]->frame.t3 = TIMER;
    EXPECT(action(MSG_SEND), 0);
    EXPECT(thread_cspace(side[A])->fixed[3].object->type, OBJECT_TIMER);
    EXPECT(action(MSG_SEND), -EINVAL); /* something is there */
}

static void a_capability_goes_along_with_a_call(void)
{
    side[A]->frame.t0 = (u64)MSG_SEND << 32;
    side[A]->frame.t3 = TIMER;
    side[S]->frame.t0 = 0;
    EXPECT(trap_send(side[A], side[S]), -2);
    side[S]->frame.t0 = (u64)MSG_RECEIVE << 32;
    side[S]->frame.t3 = (u64)NOTHING << 32;
    EXPECT(trap_send(side[A], side[S]), NOTHING);
    EXPECT(trap_send(side[A], side[S]), -2);
    side[A]->frame.t3 = NOTHING;
    EXPECT(trap_send(side[A], side[S]), -2);
    side[A]->frame.t0 = 0;
    EXPECT(trap_send(side[A], side[S]), -1);
}

static void a_reply_to_another_program_makes_it_pay(void)
{
    u64 switches = side[B]->switches;

    call_session(SESSION, 1, 0);
    EXPECT(hart.payer, side[A]);
    trap_reply_pays(side[T]); /* a server goes on for the same */
    EXPECT(hart.payer, side[A]);
    hart.serving_since = 0;
    trap_reply_pays(side[B]);
    EXPECT(hart.payer, side[B]);
    EXPECT(side[B]->switches, switches + 1);
    EXPECT(hart.serving_since != 0, 1);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_copies[] = {
    UNIT(a_string_comes_with_its_end),
    UNIT(a_string_that_does_not_end_fills_what_is_there),
    UNIT(a_string_without_an_end_is_told),
    UNIT(a_string_stops_at_an_absent_page),
    UNIT(windows_come_with_the_delivery),
    UNIT(an_action_copies_or_leaves_it),
    UNIT(an_action_maps),
    UNIT(an_action_sends_to_a_native_call),
    UNIT(an_action_sends_to_a_routed_call),
    UNIT(a_capability_goes_along_with_a_call),
    UNIT(a_reply_to_another_program_makes_it_pay),
    {0},
};

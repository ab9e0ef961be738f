/* Retries, upcalls on the caller's stack, and its memory as its server sees it. */
#include "tests/host/unit.h"

#include <string.h>

#define AT USER_MEMORY
#define ABSENT (USER_MEMORY + 4 * PAGE_SIZE)

static struct told with_window(slot_t on, enum method label, u64 a, u64 b, u64 len)
{
    return ask((struct ask){on, label, {a, b}, .window = AT, .len = len});
}

/* --- Retries ---------------------------------------------------------------------------- */

static void a_retry_without_a_stop_is_an_error(void)
{
    route(2, 0, AT, 10);
    reply_receive(-ERETRY, 0);
    EXPECT(hart.current, side[A]);
    EXPECT((s64)side[A]->frame.a0, -EFAULT);
}

static void a_native_call_is_told_to_retry(void)
{
    operate(&(struct registers){OP_CALL, SESSION, 1, .t1 = ABSENT - 6, .t2 = 100});
    EXPECT(with_window(REPLY, REPLY_COPY_IN, 0, 0, 100).word[0], 6);
    reply_receive(-ERETRY, 0);
    EXPECT(side[S]->frame.t0, KIND_FAULT);
    EXPECT(side[S]->frame.a7, FAULT_READ);
    EXPECT(side[S]->frame.a0, ABSENT);
    reply_receive(0, 0);
    EXPECT(hart.current, side[A]);
    EXPECT((s64)side[A]->frame.t0, -ERETRY);
}

static s64 push(u64 top, u64 len, u64 behind)
{
    return ask((struct ask){
                   REPLY, REPLY_PUSH, {top, 0x4444, 0, 0, 17, behind}, .window = AT, .len = len})
        .error;
}

static void the_retry_of_an_upcall_marks_again(void)
{
    side[A]->frame.sp = ABSENT + PAGE_SIZE;
    method(THREAD + A, THREAD_INTERRUPT, 0, 0);
    EXPECT(side[S]->frame.a7, FAULT_MARKED);
    EXPECT(with_window(REPLY, REPLY_WRITE_MEMORY, ABSENT, 0, 8).word[0], 0);
    reply_receive(-ERETRY, 0);
    EXPECT(side[S]->frame.a7, FAULT_WRITE);
    EXPECT(side[S]->frame.a0, ABSENT);
    reply_receive(0, 0); /* nothing was mapped; it is marked all the same */
    EXPECT(side[S]->frame.a7, FAULT_MARKED);
}

static void the_retry_of_an_exception_raises_it_again(void)
{
    host_enter(HOST_EXCEPTION, FAULT_BREAKPOINT, 0);
    EXPECT(with_window(REPLY, REPLY_READ_MEMORY, ABSENT - 1, 0, 8).word[0], 1);
    reply_receive(-ERETRY, 0);
    EXPECT(side[S]->frame.a7, FAULT_READ);
    reply_receive(0, 0);
    EXPECT(hart.current, side[A]);
    EXPECT(side[A]->marked, false);
}

/* --- Upcalls ---------------------------------------------------------------------------- */

static void an_upcall_crosses_pages(void)
{
    u64 top = USER_STRADDLE + PAGE_SIZE + 256, at;

    side[A]->frame.sp = top;
    side[A]->frame.s4 = 44;
    route(1, 5, 0, 0);
    user_write(side[S], AT, "words of the server's", 22);
    EXPECT(push(0, 64, 8ull << 32), 0);
    at = side[A]->frame.sp;
    EXPECT(at, (top - 72 - sizeof(struct saved_registers)) & ~15ull);
    EXPECT(memcmp(host_user(side[A], at, ACCESS_READ), "words of the server's", 22), 0);
    side[A]->frame.s4 = 0;
    EXPECT(method(REPLY, REPLY_POP, 72, 0), 0);
    EXPECT(side[A]->frame.s4, 44);
    EXPECT(side[A]->frame.sp, top);
}

static void an_upcall_keeps_floating_point(void)
{
    host_enter(HOST_EXCEPTION, FAULT_ILLEGAL, 0);
    host_fpu.f[7] = 77;
    side[A]->frame.status |= 3ul << 13;
    route(1, 5, 0, 0);
    EXPECT(push(0, 64, 0), 0);
    side[A]->fpu.f[7] = 0;
    EXPECT(method(REPLY, REPLY_POP, 64, 0), 0);
    EXPECT(side[A]->fpu.f[7], 77);
    EXPECT(side[A]->fpu_used, true);
}

static void an_upcall_brings_floating_point_to_who_used_none(void)
{
    u64 f3 = 33;

    route(1, 5, 0, 0);
    EXPECT(push(0, 64, 0), 0);
    user_write(side[A], side[A]->frame.sp + 64 + offsetof(struct saved_registers, f[3]), &f3, 8);
    EXPECT(method(REPLY, REPLY_POP, 64, 0), 0);
    EXPECT(side[A]->fpu.f[3], 33);
    EXPECT(side[A]->fpu_used, true);
}

static void an_upcall_without_a_stack_is_refused(void)
{
    u64 pc;

    route(1, 5, 0, 0);
    pc = side[A]->frame.pc;
    EXPECT(push(ABSENT + PAGE_SIZE, 64, 0), -EFAULT);
    EXPECT(push(0, PUSH_MAX + 64, 0), -EINVAL);
    EXPECT(push(0, 63, 0), -EINVAL);
    EXPECT(push(0, 64, (u64)PUSH_MAX << 32), -EINVAL);
    EXPECT(push(0, 64, 4ull << 32), -EINVAL);
    EXPECT(side[A]->frame.pc, pc);
    side[A]->frame.sp = ABSENT - 100;
    EXPECT(method(REPLY, REPLY_POP, 64, 0), -EFAULT);
    side[A]->frame.sp = ABSENT;
    EXPECT(method(REPLY, REPLY_POP, 64, 0), -EFAULT);
    EXPECT(method(REPLY, REPLY_POP, PUSH_MAX + 8, 0), -EINVAL);
    EXPECT(method(REPLY, REPLY_POP, 8, 0), -EINVAL);
    EXPECT(method(REPLY, REPLY_POP, 68, 0), -EINVAL);
}

static void a_server_reads_and_writes_its_callers_memory(void)
{
    u64 word = 0;

    route(1, 5, 0, 0);
    user_write(side[S], AT, "written", 8);
    EXPECT(with_window(REPLY, REPLY_WRITE_MEMORY, AT + 100, 0, 8).word[0], 8);
    user_read(side[A], AT + 100, &word, 8);
    EXPECT(memcmp(&word, "written", 8), 0);
    EXPECT(with_window(REPLY, REPLY_WRITE_MEMORY, USER_READ_ONLY, 0, 8).word[0], 0);
    EXPECT(with_window(REPLY, REPLY_READ_MEMORY, ABSENT - 3, 0, 8).word[0], 3);
    EXPECT(with_window(REPLY, REPLY_READ_MEMORY, USER_END, 0, 8).word[0], 0);
    EXPECT(ask((struct ask){REPLY, REPLY_READ_MEMORY, {AT}, .window = ABSENT, .len = 8}).word[0],
           0);
}

#define UNIT(f) \
    {           \
#f, f   \
    }
const struct unit units_upcalls[] = {
    UNIT(a_retry_without_a_stop_is_an_error),
    UNIT(a_native_call_is_told_to_retry),
    UNIT(the_retry_of_an_upcall_marks_again),
    UNIT(the_retry_of_an_exception_raises_it_again),
    UNIT(an_upcall_crosses_pages),
    UNIT(an_upcall_keeps_floating_point),
    UNIT(an_upcall_brings_floating_point_to_who_used_none),
    UNIT(an_upcall_without_a_stack_is_refused),
    UNIT(a_server_reads_and_writes_its_callers_memory),
    {0},
};

/*
 * Bytes become what programs do: each operation is one kernel entry by whoever runs, with registers
 * of which most name something, or an event of the machine.  The promises are checked after each
 * entry (for what it touched), and after each input for everything.
 *
 * HOST_OPERATIONS=n ends the run after so many operations.
 */
#include "tests/host/shapes.h"
#include "tests/host/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u8 *in, *in_end;
static u64 operations, most;

/* --- From bytes to words -------------------------------------------------------------------- */

static u8 byte(void)
{
    return in < in_end ? *in++ : 7; /* behind the end only to finish an operation */
}

static u64 raw(u32 n)
{
    u64 word = 0;

    while (n--)
        word = word << 8 | byte();
    return word;
}

static const u64 addresses[] = {
    USER_MEMORY,
    USER_MEMORY + 8,
    USER_MEMORY + PAGE_SIZE,
    USER_MEMORY + 4080,
    USER_READ_ONLY,
    USER_READ_ONLY - 8,
    USER_SHARED,
    USER_SHARED + 4095,
    USER_STRADDLE,
    USER_STRADDLE + 4092,
    USER_ROUTES,
    USER_ROUTES + 32,
    USER_END,
    USER_END - PAGE_SIZE,
    USER_END - 1,
    0,
    0x3fe00000,
    0x40000000 - PAGE_SIZE,
    USER_STRADDLE + 0x1000,
    USER_MEMORY + 0x4000,
    0x7fffffff000ul,
    0x8000000000000000ul,
    USER_END - 0x200000ul,
    1,
};
static const u64 numbers[] = {
    SLOT_NONE, SLOT_ANY, SLOT_FIXED, SLOT_FIXED + 1, SLOT_FIXED + 31, SLOT_FIXED + 32, COPY_MAX,
    PAGE_SIZE, 4,        512,        1024,           ~0ull,           1ull << 63,      0x80000,
    128,       255,      4096,       8191,
};

/* A slot, a small number, a label, an address, a frame: whatever a register may mean. */
static u64 word(void)
{
    u8 b = byte();

    if (b < 128)
        return b;
    if (b < 160)
        return addresses[(b - 128u) % (sizeof(addresses) / sizeof(addresses[0]))];
    if (b < 192)
        return numbers[(b - 160u) % (sizeof(numbers) / sizeof(numbers[0]))];
    if (b < 216)
        return frames_first + (b - 192u) * 5 % FRAMES;
    if (b < 224)
        return routes_first + (b - 216u);
    if (b < 232)
        return (HOST_MORE_BASE >> PAGE_SHIFT) + 14 + (b - 224u);
    if (b < 236)
        return 0x10000 + (b - 232u);
    if (b < 244)
        return -(u64)(b - 235);
    return raw(b < 250 ? 2 : 8);
}

static slot_t slot(void)
{
    u8 b = byte();

    return b < 16 ? b : b < 240 ? SESSION + b % (SLOTS_END - SESSION) : (slot_t)word();
}

/* --- Operations ------------------------------------------------------------------------------ */

static void fill_words(struct registers *r)
{
    u32 n = byte() % 7;

    for (u32 i = 0; i < n; i++)
        r->word[i] = word();
}

static void fill_rest(struct registers *r)
{
    u8 what = byte();

    if (what & 1)
        r->t1 = word(), r->t2 = word();
    if (what & 2)
        r->t3 = slot() | (u64)slot() << 32;
    if (what & 4)
        r->t4 = word();
    if (what & 8)
        r->t5 = word(), r->t6 = word();
    if (what & 16)
        r->label |= (u64)byte() << 32;
    else if (what & 2)
        r->label |= (u64)(MSG_SEND | MSG_RECEIVE) << 32;
}

/* One word as that letter of a shape says (shapes.h), or, now and then, any. */
static u64 shaped(char letter)
{
    u8 b = byte();

    if (b > 240)
        return word();
    switch (letter) {
    case 'a':
        return addresses[b % (sizeof(addresses) / sizeof(addresses[0]))];
    case 'p':
        return addresses[b % (sizeof(addresses) / sizeof(addresses[0]))] & ~PAGE_MASK;
    case 'f':
        return frames_first + b % FRAMES;
    case 'n':
        return b < 200 ? b % 20 : 1u << b % 12;
    case 's':
        return b < 40 ? b % LIMIT : SESSION + b % (SLOTS_END - SESSION);
    case 'd':
        return b < 200 ? b % LIMIT : SLOT_FIXED + b % 4;
    case 'r':
        return b % 32;
    case 't':
        return b % OBJECT_TYPES;
    default:
        return b;
    }
}

/* A method with words of the right kind; one that is not finished goes on. */
static void do_shape(void)
{
    const struct shape *s = &shapes[byte() % nshapes];
    struct thread *t = hart.current;
    u8 which = byte();
    struct registers r = {.operation = OP_CALL,
                          .slot = s->on + which % (s->several ? s->several : 1u),
                          .label = s->label};
    u64 flags = 0, pc = t->frame.pc;

    for (u32 i = 0; i < 6 && s->words[i]; i++)
        r.word[i] = shaped(s->words[i]);
    if (s->window && which & 16)
        r.t1 = shaped('a'), r.t2 = which & 32 ? 1024 : shaped('n') * 8;
    if (s->sent) {
        flags |= MSG_SEND;
        r.t3 = s->sent == SLOT_ANY ? (slot_t)shaped('s') : s->sent;
    }
    if (s->receive) {
        flags |= MSG_RECEIVE;
        r.t3 |= (which & 64 ? SLOT_ANY : shaped('s')) << 32;
    }
    r.label |= flags << 32;
    operate(&r);
    for (u32 i = which >> 6; i && hart.current == t && t->frame.pc == pc; i--)
        host_enter(HOST_ECALL, 0, 0);
}

/* Any label of the object in the slot. */
static void do_method(void)
{
    struct registers r = {.operation = OP_CALL, .slot = slot()};
    const struct object *o = cspace_object(thread_cspace(hart.current), r.slot);
    u8 n = byte();

    r.label = o ? METHOD(o->type, n % 18 + 1u) : n;
    if (r.label == MACHINE_OFF || r.label == MACHINE_REBOOT)
        r.label = MACHINE_CHECK;
    fill_words(&r);
    fill_rest(&r);
    operate(&r);
}

static void do_operation(s64 operation, slot_t on)
{
    struct registers r = {.operation = operation, .slot = on, .t1 = REPLY, .t2 = REPLY};
    u8 what = byte();

    r.label = what & 1 ? (u32) - (byte() % 140) : what >> 4;
    if (what & 2)
        r.t1 = slot();
    if (what & 4)
        r.t2 = slot();
    fill_words(&r);
    if (what & 8)
        fill_rest(&r);
    operate(&r);
}

static slot_t own_endpoint(void)
{
    return hart.current == side[T] ? ENDPOINT2 : ENDPOINT;
}

static void do_route(void)
{
    struct registers r = {.operation = byte() % 20, .slot = (slot_t)raw(1)};

    fill_words(&r);
    operate(&r);
}

static void do_fault(void)
{
    host_enter(HOST_FAULT, FAULT_READ + byte() % 3, word());
}

static void do_exception(void)
{
    host_enter(HOST_EXCEPTION, FAULT_ILLEGAL + byte() % 3, word());
}

static void do_time(void)
{
    host_time += 1u << byte() % 20;
    host_enter(HOST_TIMER, 0, 0);
}

static void do_interrupt(void)
{
    host_enter(HOST_INTERRUPT, 0, byte() % 4);
}

/* Stores words where it may; so arrays of struct iovec and routes come to be. */
static void do_store(void)
{
    u64 at = word(), n = byte() % 8;

    for (; n; n--, at += 8) {
        u64 value = word();
        u8 *to = at & 7 ? 0 : host_user(hart.current, at, ACCESS_WRITE);

        if (to)
            memcpy(to, &value, 8);
        else
            host_user(hart.current, at, ACCESS_READ);
    }
}

/* A program's loop: the call, and what the servers do by habit. */
static void do_habit(void)
{
    if (hart.current->rank > 10)
        do_operation(OP_CALL, byte() & 1 ? SESSION : SESSION2);
    else if (hart.current == side[S] && byte() < 40)
        do_operation(OP_CALL, SESSION2);
    else
        do_operation(OP_REPLY_RECV, own_endpoint());
}

static void do_anything(void)
{
    struct registers r = {.operation = (s64)word(), .slot = slot(), .label = word()};

    for (u32 i = 0; i < 6; i++)
        r.word[i] = word();
    fill_rest(&r);
    operate(&r);
}

static void step(void)
{
    u8 what = byte();

    host_lean = host_entries & 1;
    if (what < 96)
        do_shape();
    else if (what < 104)
        do_method();
    else if (what < 152)
        do_habit();
    else if (what < 172)
        do_operation(OP_REPLY_RECV, own_endpoint());
    else if (what < 180)
        do_operation(OP_RECV, what & 1 ? own_endpoint() : slot());
    else if (what < 186)
        do_operation(OP_REPLY, slot());
    else if (what < 208)
        do_route();
    else if (what < 216)
        do_store();
    else if (what < 224)
        do_fault();
    else if (what < 228)
        do_exception();
    else if (what < 234)
        do_time();
    else if (what < 238)
        do_interrupt();
    else if (what < 244)
        operate(&(struct registers){.operation = OP_YIELD});
    else
        do_anything();
}

/* Nobody runs: the interrupt that root waits for. */
static bool wake(void)
{
    if (hart.current)
        return true;
    host_claimed = 0;
    wake_root();
    return hart.current;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *limit = getenv("HOST_OPERATIONS");

    (void)argc, (void)argv;
    most = limit ? strtoull(limit, 0, 10) : ~0ull;
    world_make();
    return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    host_restore();
    host_entries = 0;
    in = data;
    in_end = data + size;
    while (in < in_end && !host_off && wake())
        step();
    host_check();
    operations += host_entries;
    if (operations >= most) {
        fprintf(stderr, "%lu operations\n", operations);
        _exit(0); /* the rest of the time would go into reports */
    }
    return 0;
}

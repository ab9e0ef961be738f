/* Makes the world, and the calls of those in it. */
#include "tests/host/world.h"

#include "kernel/ledger.h"
#include "tests/kernel/check.h"

#include <string.h>

#define POOL_PAGES 160u
#define STACK_TOP 0x3f0000000ull /* where boot information lies for root */
#define PROGRAM 10u              /* priorities */
#define SERVER 40u
#define TAG 0x70u

struct thread *side[SIDES], *root;
frame_t frames_first, routes_first;
static frame_t next_frame;

/* --- Calls ---------------------------------------------------------------------------- */

void operate(const struct registers *r)
{
    struct trap_frame *f = &hart.current->frame;

    f->a7 = (u64)r->operation;
    f->a6 = r->slot;
    f->t0 = r->label;
    memcpy(f->a, r->word, sizeof(r->word));
    f->t1 = r->t1, f->t2 = r->t2, f->t3 = r->t3;
    f->t4 = r->t4, f->t5 = r->t5, f->t6 = r->t6;
    host_enter(HOST_ECALL, 0, 0);
}

struct told ask(struct ask q)
{
    struct thread *t = hart.current;
    u64 flags = (q.sent ? MSG_SEND : 0) | (q.receive ? MSG_RECEIVE : 0), pc = t->frame.pc;
    struct told told;

    operate(&(struct registers){
        .operation = OP_CALL,
        .slot = q.on,
        .label = (u32)q.label | flags << 32,
        .word = {q.word[0], q.word[1], q.word[2], q.word[3], q.word[4], q.word[5]},
        .t1 = q.window,
        .t2 = q.len,
        .t3 = q.sent | (u64)q.receive << 32,
    });
    while (hart.current == t && t->frame.pc == pc)
        host_enter(HOST_ECALL, 0, 0);
    told.error = (s64)t->frame.t0;
    told.slot = (slot_t)t->frame.t3;
    memcpy(told.word, t->frame.a, sizeof(told.word));
    return told;
}

s64 method(slot_t on, enum method label, u64 a, u64 b)
{
    return ask((struct ask){.on = on, .label = label, .word = {a, b}}).error;
}

void call_session(slot_t session, u64 label, u64 word)
{
    operate(&(struct registers){OP_CALL, session, label, {word}});
}

void receive(slot_t endpoint, slot_t reply)
{
    operate(&(struct registers){.operation = OP_RECV, .slot = endpoint, .t2 = reply});
}

void reply_receive(s64 label, u64 word)
{
    operate(&(struct registers){.operation = OP_REPLY_RECV,
                                .slot = hart.current == side[T] ? ENDPOINT2 : ENDPOINT,
                                .label = (u32)label,
                                .word = {word},
                                .t1 = REPLY,
                                .t2 = REPLY});
}

void route(u64 number, u64 a0, u64 a1, u64 a2)
{
    struct trap_frame *f = &hart.current->frame;

    f->a7 = number;
    f->a0 = a0, f->a1 = a1, f->a2 = a2;
    host_enter(HOST_ECALL, 0, 0);
}

void run(enum side i)
{
    for (u32 n = 0; n < SIDES && hart.current != side[i]; n++)
        operate(&(struct registers){.operation = OP_YIELD});
}

void wake_root(void)
{
    host_enter(HOST_INTERRUPT, 0, ROOT_SOURCE);
}

void user_write(const struct thread *t, u64 va, const void *from, u64 len)
{
    for (u64 i = 0; i < len; i++) {
        u8 *to = host_user(t, va + i, ACCESS_WRITE);

        if (!to)
            host_broken("a test writes at %lx", va + i);
        *to = ((const u8 *)from)[i];
    }
}

void user_read(const struct thread *t, u64 va, void *to, u64 len)
{
    for (u64 i = 0; i < len; i++) {
        const u8 *from = host_user(t, va + i, ACCESS_READ);

        if (!from)
            host_broken("a test reads at %lx", va + i);
        ((u8 *)to)[i] = *from;
    }
}

/* --- Making it: all of this is done by root ------------------------------------------- */

static void must(struct ask q)
{
    struct told told = ask(q);

    if (told.error < 0)
        host_broken("root: method %x of slot %u: %ld", q.label, q.on, told.error);
}

static void create(slot_t slot, u64 type, u64 a, u64 b, slot_t sent)
{
    must((struct ask){POOL, POOL_CREATE, {type, a, b}, .sent = sent, .receive = slot});
}

static void mint(slot_t slot, slot_t endpoint, u64 badge)
{
    must((struct ask){endpoint, ENDPOINT_MINT, {badge}, .receive = slot});
}

static void map(slot_t aspace, u64 va, frame_t first, u64 npages, u64 rights)
{
    must((struct ask){aspace, ASPACE_MAP, {va, first, npages, rights}, .sent = ROOT_SLOT_MEMORY});
}

static frame_t take(u64 npages)
{
    next_frame += npages;
    return next_frame - npages;
}

static void make_pools(void)
{
    must((struct ask){
        ROOT_SLOT_POOL,
        POOL_CREATE,
        {OBJECT_POOL, ~1u & ((1u << OBJECT_TYPES) - 1), PRIORITIES - 1, ENDPOINT_TRUSTED},
        .receive = POOL});
    must((struct ask){POOL, POOL_DONATE, {take(POOL_PAGES), POOL_PAGES}, .sent = ROOT_SLOT_MEMORY});
    must((struct ask){
        ROOT_SLOT_POOL,
        POOL_CREATE,
        {OBJECT_POOL, 1u << OBJECT_NOTIFICATION | 1u << OBJECT_MEMORY | 1u << OBJECT_ENDPOINT},
        .receive = POOL2});
    must((struct ask){POOL2, POOL_DONATE, {take(1), 1}, .sent = ROOT_SLOT_MEMORY});
}

static void make_objects(void)
{
    create(ENDPOINT, OBJECT_ENDPOINT, 10, ENDPOINT_TRUSTED, 0);
    create(ENDPOINT2, OBJECT_ENDPOINT, 5, 0, 0);
    mint(SESSION, ENDPOINT, BADGE);
    mint(SESSION2, ENDPOINT2, BADGE2);
    mint(SPARE, ENDPOINT, BADGE + 1);
    create(NOTE, OBJECT_NOTIFICATION, 0, 0, 0);
    create(SHOUT, OBJECT_NOTIFICATION, 0, 0, 0);
    create(ROOT_NOTE, OBJECT_NOTIFICATION, 0, 0, 0);
    create(TIMER, OBJECT_TIMER, 1u << 8, 0, SHOUT);
    create(IRQ, OBJECT_INTERRUPT, 2, 0, 0);
    create(ROOT_IRQ, OBJECT_INTERRUPT, ROOT_SOURCE, 0, 0);
    must((struct ask){IRQ, INTERRUPT_BIND, {1u << 9}, .sent = SHOUT});
    must((struct ask){ROOT_IRQ, INTERRUPT_BIND, {1}, .sent = ROOT_NOTE});
    frames_first = take(FRAMES);
    must((struct ask){
        ROOT_SLOT_MEMORY, MEMORY_DERIVE, {frames_first, FRAMES}, .sent = POOL, .receive = MEMORY});
    must((struct ask){ROOT_SLOT_MEMORY + 1,
                      MEMORY_DERIVE,
                      {(HOST_MORE_BASE >> PAGE_SHIFT) + 16, 8},
                      .sent = POOL,
                      .receive = MEMORY2});
    must((struct ask){
        ROOT_SLOT_DEVICE, MEMORY_DERIVE, {0x10000, 4}, .sent = POOL, .receive = DEVICE});
    must((struct ask){ROOT_SLOT_CSPACE, CSPACE_COPY, {MACHINE, ROOT_SLOT_MACHINE}});
}

static void make_memory(enum side i, frame_t shared)
{
    map(ASPACE + i, USER_MEMORY, take(4), 4, ACCESS_READ | ACCESS_WRITE);
    map(ASPACE + i, USER_READ_ONLY, take(1), 1, ACCESS_READ);
    map(ASPACE + i, USER_SHARED, shared, 1, ACCESS_READ | ACCESS_WRITE);
    map(ASPACE + i, USER_STRADDLE, take(2), 2, ACCESS_READ | ACCESS_WRITE);
}

static void give(enum side i, slot_t there, slot_t own)
{
    must((struct ask){CSPACE + i, CSPACE_COPY, {there, own}});
}

static void make_home(enum side i)
{
    create(ASPACE + i, OBJECT_ASPACE, 0, 0, 0);
    create(CSPACE + i, OBJECT_CSPACE, 0, 0, 0);
    create(THREAD + i, OBJECT_THREAD, 0, 0, 0);
    must((struct ask){CSPACE + i, CSPACE_LIMIT, {LIMIT}});
}

static void fill_home(enum side i)
{
    for (slot_t n = SESSION; n <= DEVICE; n++)
        give(i, n, n);
    for (u32 j = 0; j < SIDES; j++) {
        give(i, THREAD + j, THREAD + j);
        give(i, CSPACE + j, CSPACE + j);
        give(i, ASPACE + j, ASPACE + j);
    }
    if (i == S)
        give(i, SPARE, SPARE);
    give(i, POOL2, POOL2);
    give(i, 0, SESSION);
    give(i, 1, SESSION2);
    give(i, 2, NOTE);
    give(i, SLOT_FIXED, SESSION);
    give(i, SLOT_FIXED + 1, SESSION2);
}

static void make_thread(enum side i)
{
    bool server = i >= S;

    must((struct ask){THREAD + i,
                      THREAD_CONFIGURE,
                      {server ? SERVER : PROGRAM, TAG + i, ASPACE + i, CSPACE + i,
                       i == A ? SESSION : SLOT_NONE, server ? SLOT_NONE : SESSION}});
    side[i] = cspace_named(thread_cspace(root), THREAD + i, OBJECT_THREAD);
    side[i]->frame.pc = 0x1000 * (i + 1);
    side[i]->frame.sp = USER_MEMORY + 4 * PAGE_SIZE;
    side[i]->frame.gp = 0x6000 + i;
    side[i]->frame.tp = 0x7000 + i;
    must((struct ask){THREAD + i, THREAD_START});
}

/* --- A's and B's route table ---------------------------------------------------------- */

#define IN ACCESS_READ
#define OUT ACCESS_WRITE
const struct route routes[] = {
    [1] = {.kind = ROUTE_FIXED},
    [2] = {.kind = ROUTE_DESCRIPTOR, .window = {{WINDOW_BUFFER, IN, 1, 2}}},
    [3] = {.kind = ROUTE_DESCRIPTOR, .window = {{WINDOW_BUFFER, OUT, 1, 2}}},
    [4] = {.kind = ROUTE_FIXED, .slot = 1, .window = {{WINDOW_STRING, IN, 0}}},
    [5] = {.kind = ROUTE_DESCRIPTOR_OR_FIXED, .window = {{WINDOW_IOVEC, IN, 1, 2}}},
    [6] = {.kind = ROUTE_DESCRIPTOR,
           .flags = ROUTE_REPEATS,
           .window = {{WINDOW_IOVEC, OUT, 1, 2}, {WINDOW_CONST, IN, 3, 0, 16}}},
    [7] = {.kind = ROUTE_FIXED, .flags = ROUTE_NEEDS_DESCRIPTOR, .cap_arg = 2},
    [8] = {.kind = ROUTE_FIXED, .flags = ROUTE_CAP_FIXED, .cap_arg = 3},
    [9] = {.kind = ROUTE_CLOSE},
    [10] = {.kind = ROUTE_DUP},
    [11] = {.kind = ROUTE_DUP3},
    [12] = {.kind = ROUTE_YIELD},
    [13] = {.kind = ROUTE_SET_CLOEXEC},
    [14] = {.kind = ROUTE_CLEAR_CLOEXEC},
    [15] = {.kind = ROUTE_FIXED,
            .flags = ROUTE_HAS_TEST | ROUTE_MAY_TAKE,
            .alt_kind = ROUTE_DESCRIPTOR,
            .test_arg = 1,
            .test_mask = 1,
            .test_value = 1,
            .window = {{WINDOW_ARRAY, IN | OUT, 1, 2, 8}, {WINDOW_CONST, OUT, 0, 0, 4096}}},
    [16] = {.kind = ROUTE_KINDS}, /* bad ones */
    [17] = {.kind = ROUTE_FIXED, .slot = 255, .arg = 255},
    [18] = {.kind = ROUTE_DESCRIPTOR,
            .arg = 200,
            .flags = 255,
            .cap_arg = 255,
            .window = {{255, 255, 255, 255, ~0u}, {WINDOW_STRING, 255, 255, 255, ~0u}}},
};

static void make_routes(void)
{
    routes_first = take(ROUTE_FRAMES);
    map(ASPACE + A, USER_ROUTES, routes_first, ROUTE_FRAMES, ACCESS_READ | ACCESS_WRITE);
    for (u32 i = A; i <= B; i++)
        must((struct ask){CSPACE + i, CSPACE_ROUTES, {routes_first}, .sent = ROOT_SLOT_MEMORY});
    user_write(side[A], USER_ROUTES, routes, sizeof(routes));
}

/* --- All of it ------------------------------------------------------------------------ */

static void make_replies(void)
{
    create(REPLY, OBJECT_REPLY, 0, 0, 0);
    create(REPLY2, OBJECT_REPLY, 0, 0, 0);
}

/* Each thread, when its turn comes, makes its Replies; the servers then receive. */
static void settle(void)
{
    for (u32 i = 0; i < SIDES; i++) {
        enum side s = hart.current == side[S] ? S : T;

        make_replies();
        if (hart.current->priority == SERVER)
            receive(s == S ? ENDPOINT : ENDPOINT2, REPLY);
        else
            operate(&(struct registers){.operation = OP_YIELD});
    }
    if (hart.current != side[A])
        operate(&(struct registers){.operation = OP_YIELD});
}

void world_make(void)
{
    frame_t shared;

    host_boot();
    root = hart.current;
    next_frame = ((struct boot_info *)(void *)host_user(root, STACK_TOP, ACCESS_READ))->free_first;
    method(ROOT_SLOT_CSPACE, CSPACE_LIMIT, LIMIT, 0);
    make_pools();
    make_objects();
    shared = take(1);
    for (u32 i = 0; i < SIDES; i++)
        make_home(i);
    for (u32 i = 0; i < SIDES; i++) {
        make_memory(i, shared);
        fill_home(i);
        make_thread(i);
    }
    must((struct ask){NOTE, NOTIFICATION_BIND, .sent = THREAD + S});
    make_routes();
    receive(ROOT_NOTE, SLOT_NONE);
    settle();
    check_all();
    host_keep();
}

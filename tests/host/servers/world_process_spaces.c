/*
 * What the process server asks of memory, its boot, what clients of it do, and their end.
 */
#include "fuzz.h"
#include "world_process.h"

#include "ipc/proto/memory.h"
#include "ipc/proto/process.h"
#include "servers/process/process_server.h"

#define SINK 0x3f00000000ull /* program's addresses from here on take anything, and read as zero */

static struct {
    struct flat_header header;
    u8 text[2 * PAGE_SIZE];
} loader = {.header = {.magic = FLAT_MAGIC,
                       .entry = LOADER_BASE,
                       .nsegments = 2,
                       .segment = {{LOADER_BASE, sizeof(struct flat_header), PAGE_SIZE, PAGE_SIZE,
                                    ACCESS_READ | ACCESS_EXEC},
                                   {LOADER_BASE + PAGE_SIZE, sizeof(struct flat_header), PAGE_SIZE,
                                    2 * PAGE_SIZE, ACCESS_READ | ACCESS_WRITE}}}};

void *world_address(u64 address)
{
    return address == SERVER_LOADER ? (void *)&loader : 0;
}

/* --- Address spaces --------------------------------------------------------------------------- */

static s64 copy(struct method_call *m, bool write)
{
    u64 len = m->len < COPY_MAX ? m->len : COPY_MAX;
    u8 *at = sim_memory_at(m->word[0], &len);

    if (m->word[0] >= SINK && m->word[0] < USER_END) {
        if (!write)
            memset((void *)m->window, 0, m->len);
        return (s64)m->len;
    }
    if (!at || !len)
        return 0;
    if (write)
        memcpy(at, (void *)m->window, len);
    else
        memcpy((void *)m->window, at, len);
    return (s64)len;
}

static s64 compare_and_exchange(struct method_call *m)
{
    u64 len = sizeof(u32);
    u32 old, new = (u32)m->word[2];
    u8 *at = sim_memory_at(m->word[0], &len);

    if (m->word[0] & 3 || !at || len < sizeof(u32))
        return -EFAULT;
    memcpy(&old, at, sizeof(old));
    if (old == (u32)m->word[1])
        memcpy(at, &new, sizeof(new));
    return old;
}

s64 aspace_method(struct sim_object *o, struct method_call *m)
{
    u64 len = 1;

    (void)o;
    switch ((u32)m->label) {
    case ASPACE_READ:
    case ASPACE_WRITE:
        return copy(m, (u32)m->label == ASPACE_WRITE);
    case ASPACE_CAS:
        return compare_and_exchange(m);
    case ASPACE_QUERY:
        return sim_memory_at(m->word[0], &len) ? (s64)(m->word[0] >> PAGE_SHIFT) : SIM_UNKNOWN;
    default:
        return 0;
    }
}

static s64 space_create(struct message *m)
{
    for (u32 i = 0; i < SPACES; i++) {
        struct sim_object *o;
        s64 slot;

        if (w->space[i].object)
            continue;
        o = sim_object_make(OBJECT_ASPACE);
        slot = sim_slot_receive(m->receive, o);
        if (slot < 0)
            return slot;
        w->space[i].object = o->index + 1;
        w->space[i].id = (u64)++w->spaces_ever << 32 | i;
        m->receive = (slot_t)slot;
        return (s64)w->space[i].id;
    }
    return -ENOMEM;
}

/* The Address space goes, with whatever names it. */
static s64 space_destroy(u32 i)
{
    u32 object = w->space[i].object;

    for (u32 k = 0; k < SIM_CLIENTS; k++)
        if (w->thread[k].object && w->thread[k].aspace == object)
            return -EBUSY;
    for (u32 k = 0; k < SIM_SLOTS; k++)
        if (sim.slot[k].object == object)
            sim_slot_clear(&sim.slot[k]);
    sim.object[object - 1].type = OBJECT_NONE;
    w->space[i].object = 0;
    return 0;
}

static s64 space_present(u64 address, u64 len)
{
    if (address >= SINK)
        return 0;
    for (u64 at = address & ~PAGE_MASK; at < address + len; at += PAGE_SIZE) {
        u64 page = (at - SIM_MEMORY) >> PAGE_SHIFT;

        if (page >= SIM_MEMORY_PAGES || sim.refused >> page & 1)
            return -EFAULT;
        sim.absent &= ~(1ull << page);
    }
    return 0;
}

static s64 space_call(struct message *m, u32 i)
{
    switch (m->label) {
    case MEM_SPACE_FORK:
        if (m->word[4])
            return (s64)m->word[4];
        return space_create(m);
    case MEM_SPACE_SESSION:
        return sim_session_receive(m, SERVER_ID_MEMORY);
    case MEM_SPACE_DESTROY:
        return space_destroy(i);
    case MEM_SPACE_EMPTY:
        return (s64)(sim.now % 40);
    case MEM_SPACE_PRESENT:
        return space_present(m->word[1], m->word[2]);
    case MEM_SPACE_REGIONS:
        if (m->data_len >= sizeof(struct memory_region))
            *(struct memory_region *)(u64)m->data = (struct memory_region){
                .start = m->word[1] & ~PAGE_MASK, .shared = m->word[1] >> 13 & 1};
        return 1;
    default:
        return 0;
    }
}

s32 spaces_call(struct message *m)
{
    u32 i = (u32)m->word[0];
    s64 result;

    if (w->memory_left == 0)
        return -ENOMEM;
    w->memory_left -= w->memory_left > 0;
    if (m->label == MEM_DONATE) {
        sim.pool_left = sim.pool_left >= 0 ? 8 : -1;
        result = 0;
    } else if (m->label == MEM_SPACE_CREATE) {
        result = space_create(m);
    } else if (m->label == MEM_SPACE_LARGEST) {
        result = (s64)w->space[sim.now % SPACES].id;
    } else if (m->label > MEM_SPACE_CREATE && m->label < MEM_OBJECT_CREATE) {
        if (i >= SPACES || !w->space[i].object || w->space[i].id != m->word[0])
            sim_broken("memory is asked for a space that is none: %lx", m->word[0]);
        result = space_call(m, i);
    } else {
        result = 0;
    }
    if (result >= 0)
        m->word[0] = (u64)result;
    return result < 0 ? (s32)result : 0;
}

s32 world_call(u32 server, struct message *m)
{
    return server == SERVER_ID_MEMORY ? spaces_call(m) : -ENOSYS;
}

/* --- The boot --------------------------------------------------------------------------------- */

static struct sim_object *session_of(u32 rank)
{
    struct sim_object *o = sim_object_make(OBJECT_SESSION);

    o->rank = (u8)rank;
    return o;
}

void world_start(void)
{
    static const u32 hands[] = {SERVER_ID_PIPE, SERVER_ID_FS, SERVER_ID_EVENT};

    w = world_state(sizeof(*w));
    w->memory_left = -1;
    sim_start.loader_bytes = sizeof(loader);
    for (u32 i = 0; i < 3; i++)
        sim_slot_set(&sim.slot[SERVER_TO + hands[i]], session_of(hands[i]), 0);
    sim_slot_set(&sim.slot[SERVER_LOCKS], sim_object_make(OBJECT_NOTIFICATION), 0);
    sim_slot_set(&sim.slot[SERVER_RAM], sim_object_make(OBJECT_MEMORY), 0);
}

void file_carry(struct sim_caller *c)
{
    sim_caller_carry(c, session_of(SERVER_ID_FS));
}

static void fs_asks(s32 label)
{
    struct sim_caller *c = sim_caller_make(SIM_CLIENTS, KIND_NATIVE);

    c->label = label;
    if (label != PROC_DROP)
        file_carry(c);
    sim_caller_send(c, &sim.object[sim.cspace[SIM_CSPACES - 1].fixed[SERVER_ID_FS].object - 1]);
    sim_serve();
    if (c->result < 0)
        sim_broken("the boot fails: %d is %ld", label, c->result);
}

/* A loader's thread: its image is there. */
static void loader_commits(u32 client)
{
    struct sim_caller *c = thread_calls(client, KIND_NATIVE, PROC_LOADER_COMMIT);

    c->word[0] = 0x10000;
    c->word[1] = SIM_MEMORY + 0x8000;
    sim_serve();
}

static s64 init_calls(s32 number, u64 a, u64 b, u64 c)
{
    struct sim_caller *call;
    u32 init = 0;

    while (
        init < SIM_CLIENTS
        && (!w->thread[init].object || thread_loads(init)
            || ((struct process_entry *)process_entry(sim_table, sim.client[init].tag))->pid != 1))
        init++;
    call = init < SIM_CLIENTS ? thread_calls(init, KIND_ROUTED, number) : 0;
    if (!call)
        sim_broken("process 1 is gone");
    call->word[0] = a, call->word[1] = b, call->word[2] = c;
    sim_serve();
    return call->state == CALLER_DONE ? call->result : -EINTR;
}

/* Process 1 runs; its thread stays out of what is fuzzed. */
void world_populate(void)
{
    fs_asks(PROC_INIT_ROOT);
    fs_asks(PROC_INIT_EXEC);
    for (u32 i = 0; i < SIM_CLIENTS; i++)
        if (w->thread[i].object && thread_loads(i))
            loader_commits(i);
    fs_asks(PROC_DROP);
    w->live = slabs_live();
    for (u32 i = 0; i < SIM_CLIENTS; i++)
        if (w->thread[i].object)
            sim_slot_set(&sim.cspace[sim.client[i].cspace].slot[0], session_of(SERVER_ID_PIPE), 0);
}

/* Children of process 1. */
void world_clients_begin(void)
{
    for (u32 i = 0; i < 4; i++)
        if (init_calls(220, LINUX_SIGCHLD, 0, 0) < 0)
            sim_broken("process 1 cannot fork");
}

/* Process 1 ends all others, waits for them, and what is kept for the next ones goes. */
void world_close(void)
{
    w->memory_left = -1;
    sim.absent = sim.refused = 0;
    (void)init_calls(129, ~0ull, LINUX_SIGKILL, 0);
    for (u32 i = 0; i < PROCESS_MAX && init_calls(260, ~0ull, 0, 1) > 0; i++)
        ;
    fs_asks(PROC_DROP);
}

void world_end(void)
{
    for (u32 i = 0, n = 0; i < SIM_CLIENTS; i++)
        if (w->thread[i].object && ++n > 1)
            sim_broken("thread %u lives, though all but process 1 were killed", i);
    if (processes_alive() != 1)
        sim_broken("%u processes live", processes_alive());
    if (slabs_live() == w->live)
        return;
    sim_heap_tell();
    sim_broken("%lu objects live, not %lu", slabs_live(), w->live);
}

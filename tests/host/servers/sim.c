/*
 * The simulated kernel's objects, slots and the methods that every server uses.
 */
#include "sim.h"

struct sim sim;
u8 sim_table[PROCESS_TABLE_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
struct route sim_routes[ROUTES];
struct start_info sim_start = {.timebase_hz = 10000000, .total_pages = 4096, .nharts = 1};

/* --- Objects ---------------------------------------------------------------------------- */

struct sim_object *sim_object_make(enum object_type type)
{
    for (u32 i = sim.lowest_object; i < SIM_OBJECTS; i++) {
        struct sim_object *o = &sim.object[i];

        if (o->type)
            continue;
        sim.lowest_object = i + 1;
        if (i >= sim.objects_used)
            sim.objects_used = i + 1;
        *o = (struct sim_object){.type = (u8)type, .index = i};
        return o;
    }
    sim_broken("no more objects");
}

static void object_free(struct sim_object *o)
{
    if (o->index < sim.lowest_object)
        sim.lowest_object = o->index;
    o->type = OBJECT_NONE;
}

void sim_use(struct sim_object *o)
{
    o->uses++;
}

void sim_release(struct sim_object *o)
{
    if (o->uses == 0)
        sim_broken("a use of object %u too few", o->index);
    if (--o->uses)
        return;
    if (o->type != OBJECT_SESSION)
        return;
    if (o->rank == world_id && !o->quiet && !o->dead)
        sim_pend(KIND_CLOSED, o->index);
    else
        object_free(o);
}

void sim_session_closed(struct sim_object *o)
{
    object_free(o);
}

/* --- Slots ------------------------------------------------------------------------------ */

struct sim_slot *sim_own(slot_t slot)
{
    return slot < SIM_SLOTS ? &sim.slot[slot] : 0;
}

struct sim_object *sim_object_in(slot_t slot)
{
    struct sim_slot *s = sim_own(slot);

    return s && s->object ? &sim.object[s->object - 1] : 0;
}

struct sim_object *sim_named(slot_t slot, enum object_type type)
{
    struct sim_object *o = sim_object_in(slot);

    return o && o->type == type ? o : 0;
}

void sim_slot_set(struct sim_slot *s, struct sim_object *o, u8 flags)
{
    if (s->object)
        sim_broken("a slot is filled twice");
    *s = (struct sim_slot){.object = o->index + 1, .flags = flags};
    sim_use(o);
}

void sim_slot_clear(struct sim_slot *s)
{
    struct sim_object *o = s->object ? &sim.object[s->object - 1] : 0;

    *s = (struct sim_slot){0};
    if (s >= sim.slot && s < sim.slot + SIM_SLOTS && (u32)(s - sim.slot) < sim.lowest_slot)
        sim.lowest_slot = (u32)(s - sim.slot);
    if (o)
        sim_release(o);
}

s64 sim_slot_free(slot_t where)
{
    if (where != SLOT_ANY)
        return !sim_own(where) ? -EINVAL : sim.slot[where].object ? -EBUSY : (s64)where;
    for (u32 i = sim.lowest_slot < SERVER_FREE ? SERVER_FREE : sim.lowest_slot; i < SIM_SLOTS; i++)
        if (!sim.slot[i].object) {
            sim.lowest_slot = i;
            return i;
        }
    return -EMFILE;
}

s64 sim_slot_receive(slot_t where, struct sim_object *o)
{
    s64 slot = sim_slot_free(where);

    if (slot >= 0)
        sim_slot_set(&sim.slot[slot], o, 0);
    return slot;
}

s64 sim_session_receive(struct message *m, u32 rank)
{
    struct sim_object *o = sim_object_make(OBJECT_SESSION);
    s64 slot;

    o->rank = rank;
    slot = sim_slot_receive(m->receive, o);
    m->receive = (slot_t)slot;
    return slot < 0 ? slot : 0;
}

u32 sim_slots_used(void)
{
    u32 used = 0;

    for (u32 i = SERVER_FREE; i < SIM_SLOTS; i++)
        used += sim.slot[i].object != 0;
    return used;
}

static void own_make(slot_t slot, enum object_type type)
{
    struct sim_object *o = sim_object_make(type);

    sim_slot_set(&sim.slot[slot], o, 0);
}

/* To a lower server. */
static void server_session(u32 id)
{
    struct sim_object *o = sim_object_make(OBJECT_SESSION);

    o->rank = (u8)id;
    o->badge = SERVER_BADGE + world_id;
    sim_slot_set(&sim.slot[SERVER_TO + id], o, 0);
}

void sim_init(void)
{
    sim.heap_left = sim.pool_left = sim.death = -1;
    sim.next_reply = SLOT_NONE;
    sim.now = 1000000;
    for (slot_t slot = SERVER_CSPACE; slot <= SERVER_EVENT_NOTIFY; slot++) {
        static const u8 types[] = {[SERVER_CSPACE] = OBJECT_CSPACE,
                                   [SERVER_ASPACE] = OBJECT_ASPACE,
                                   [SERVER_THREAD] = OBJECT_THREAD,
                                   [SERVER_POOL] = OBJECT_POOL,
                                   [SERVER_ENDPOINT] = OBJECT_ENDPOINT,
                                   [SERVER_NOTIFICATION] = OBJECT_NOTIFICATION,
                                   [SERVER_TIMER] = OBJECT_TIMER,
                                   [SERVER_MACHINE] = OBJECT_MACHINE,
                                   [SERVER_DEVICE] = OBJECT_MEMORY,
                                   [SERVER_INTERRUPT] = OBJECT_INTERRUPT,
                                   [SERVER_EVENT_NOTIFY] = OBJECT_NOTIFICATION};
        own_make(slot, types[slot]);
    }
    sim.object[sim.slot[SERVER_TIMER].object - 1].bits = ~0ull;
    sim.own_cspace = sim.slot[SERVER_CSPACE].object;
    for (u32 id = SERVER_ID_MEMORY; id < world_id; id++)
        server_session(id);
    sim_start.id = world_id;
    sim_start.table_pages = PROCESS_TABLE_PAGES;
    for (u32 i = 0; i < SIM_CSPACES; i++)
        sim.cspace[i].limit = SIM_DESCRIPTORS;
}

/* --- Methods ---------------------------------------------------------------------------- */

static s64 pool_create(struct method_call *m)
{
    struct sim_object *o, *sent = 0;
    s64 slot = sim_slot_free((slot_t)(m->slots >> 32)), error;

    if (slot < 0)
        return slot;
    if (m->label >> 32 & MSG_SEND && !(sent = sim_object_in((slot_t)m->slots)))
        return -EBADF;
    if (sim.pool_left == 0 || sim_lacks(LACK_POOL))
        return -ENOMEM;
    sim.pool_left -= sim.pool_left > 0;
    o = sim_object_make((enum object_type)m->word[0]);
    o->created = true;
    o->bits = m->word[0] == OBJECT_TIMER ? ~0ull : (u64)slot;
    o->badge = m->word[1];
    error = world_create(o);
    if (error < 0) {
        object_free(o);
        return error;
    }
    sim.live++;
    sim_slot_set(&sim.slot[slot], o, 0);
    m->slots = (u64)slot;
    return 0;
}

/* Every slot that names it is empty afterwards. */
static s64 pool_reclaim(struct sim_object *o)
{
    if (!o)
        return -EBADF;
    if (!o->created)
        return -EINVAL;
    if (world_destroy(o) < 0)
        return -EBUSY;
    for (u32 i = 0; i < SIM_SLOTS && o->uses; i++)
        if (sim.slot[i].object == o->index + 1)
            sim_slot_clear(&sim.slot[i]);
    sim.live--;
    if (o->uses == 0 && o->type)
        object_free(o);
    else
        o->dead = true;
    return 0;
}

static s64 pool_method(struct method_call *m)
{
    switch ((u32)m->label) {
    case POOL_CREATE:
        return pool_create(m);
    case POOL_RECLAIM:
        return pool_reclaim(sim_object_in((slot_t)m->slots));
    case POOL_STATS:
        memset(m->word, 0, sizeof(m->word));
        m->word[0] = 16;
        m->word[1] = 4;
        return 16;
    default:
        return world_donate(m);
    }
}

static s64 endpoint_mint(struct method_call *m)
{
    s64 slot = sim_slot_free((slot_t)(m->slots >> 32));
    struct sim_object *o;

    if (slot < 0)
        return slot;
    if (sim.pool_left == 0 || sim_lacks(LACK_POOL))
        return -ENOMEM;
    sim.pool_left -= sim.pool_left > 0;
    o = sim_object_make(OBJECT_SESSION);
    o->rank = (u8)world_id;
    o->badge = m->word[0];
    o->quiet = m->word[1] & SESSION_NO_CLOSED;
    sim_slot_set(&sim.slot[slot], o, 0);
    m->slots = (u64)slot;
    return 0;
}

/* One of the callers that wait ends meanwhile. */
static void death(void)
{
    bool now = sim_lacks(LACK_LIFE);

    if (!now && (sim.death < 0 || sim.death-- > 0))
        return;
    if (world_owns_threads())
        return;
    for (u32 i = SIM_CALLERS; i-- > 0;)
        if (sim.caller[i].state == CALLER_HELD && sim.caller[i].client < SIM_CLIENTS) {
            sim_caller_die(&sim.caller[i]);
            return;
        }
}

static s64 method_of(struct sim_object *o, slot_t slot, struct method_call *m)
{
    if (world_owns_kernel() && o->type != OBJECT_REPLY && o->type != OBJECT_SESSION)
        return world_method(o, slot, m);
    switch (o->type) {
    case OBJECT_REPLY:
        return sim_reply_method(o, m);
    case OBJECT_CSPACE:
        return sim_cspace_method(o, m);
    case OBJECT_POOL:
        return pool_method(m);
    case OBJECT_ENDPOINT:
        return (u32)m->label == ENDPOINT_MINT ? endpoint_mint(m) : 0;
    case OBJECT_NOTIFICATION:
        o->bits |= m->word[0];
        return 0;
    case OBJECT_TIMER:
        o->bits = (u32)m->label == TIMER_ARM ? m->word[0] : ~0ull;
        return 0;
    case OBJECT_SESSION:
        sim_broken("method_do names a session: slot %u", slot);
    default:
        return world_method(o, slot, m);
    }
}

s32 sim_method(slot_t slot, struct method_call *m)
{
    struct sim_object *o = sim_object_in(slot);
    s64 result;

    death();
    if (!o)
        return -EBADF;
    if (o->dead)
        return -ESRCH;
    if ((u32)m->label >> 8 != o->type)
        return o->type == OBJECT_SESSION ? (s32)method_of(o, slot, m) : -ENOSYS;
    result = method_of(o, slot, m);
    if (result < 0)
        return (s32)result;
    if (result != SIM_WORDS)
        m->word[0] = result == SIM_UNKNOWN ? ~0ull : (u64)result;
    return 0;
}

s64 method_do(slot_t slot, struct method_call *m)
{
    s32 error = sim_method(slot, m);

    return error < 0 ? error : (s64)m->word[0];
}

u64 time_now(void)
{
    return sim.now++;
}

u64 server_own(u64 address)
{
    return server_at(address);
}

u64 server_at(u64 address)
{
    switch (address) {
    case SERVER_TABLE:
        return (u64)sim_table;
    case SERVER_ROUTES:
        return (u64)sim_routes;
    default:
        return (u64)world_address(address);
    }
}

/*
 * Root's world: pools, capability spaces, endpoints.
 */
#include "world_root.h"

const u32 world_id = SERVER_ID_ROOT;
const u32 world_clients = 0;
const bool world_lingers = true; /* nobody interrupts a fault */
struct root_world *w;

bool world_owns_kernel(void)
{
    return true;
}

const void *world_start_page(void)
{
    return &w->boot;
}

struct sim_object *root_object(slot_t slot)
{
    return sim_object_in(slot);
}

/* --- Pools ------------------------------------------------------------------------------ */

static const u32 bytes_of[OBJECT_TYPES] = {
    [OBJECT_POOL] = 128,         [OBJECT_MEMORY] = 64,       [OBJECT_ASPACE] = PAGE_SIZE,
    [OBJECT_CSPACE] = PAGE_SIZE, [OBJECT_THREAD] = 1024,     [OBJECT_ENDPOINT] = 128,
    [OBJECT_SESSION] = 64,       [OBJECT_NOTIFICATION] = 64, [OBJECT_TIMER] = 64,
    [OBJECT_INTERRUPT] = 64,     [OBJECT_REPLY] = 1024,
};

bool root_pays(u32 pool, u64 bytes)
{
    struct pool *p = &w->pool[pool];

    if (w->steps++ == w->fail_at || (w->steps > w->fail_at && w->steps <= w->fail_until))
        return false;
    while (p->bytes < (s64)bytes && p->pages) {
        p->pages--;
        p->bytes += PAGE_SIZE;
    }
    if (p->bytes < (s64)bytes)
        return false;
    p->bytes -= (s64)bytes;
    return true;
}

static struct sim_object *object_make(u32 pool, enum object_type type)
{
    struct sim_object *o;

    if (!root_pays(pool, bytes_of[type]))
        return 0;
    o = sim_object_make(type);
    o->created = true;
    w->pool_of[o->index] = (u8)pool;
    return o;
}

/* What a type has besides. */
static void object_begin(struct sim_object *o, const struct method_call *m)
{
    u32 pool = w->pool_of[o->index];

    switch (o->type) {
    case OBJECT_POOL:
        if (w->npools == POOLS)
            sim_broken("too many pools");
        w->pool[o->bits = w->npools++] =
            (struct pool){.creates = (u32)m->word[1], .trusted = m->word[3] & ENDPOINT_TRUSTED};
        break;
    case OBJECT_ASPACE:
        w->space[o->bits = w->nspaces++] = (struct space){.object = o->index + 1, .pool = pool};
        break;
    case OBJECT_CSPACE:
        o->bits = w->ncspaces++;
        w->cspace[o->bits].object = o->index + 1;
        w->cspace[o->bits].pool = pool;
        break;
    case OBJECT_THREAD:
        for (o->bits = 0; w->thread[o->bits].object; o->bits++)
            ;
        w->thread[o->bits] = (struct thread){.object = o->index + 1};
        break;
    case OBJECT_ENDPOINT:
        o->badge = m->word[1];
        break;
    case OBJECT_TIMER:
        o->bits = ~0ull;
        break;
    default:
        break;
    }
}

static s64 pool_create(u32 pool, struct method_call *m)
{
    s64 slot = sim_slot_free((slot_t)(m->slots >> 32));
    u32 type = (u32)m->word[0];
    struct sim_object *o;

    if (type >= OBJECT_TYPES || !bytes_of[type])
        return -EINVAL;
    if (!(w->pool[pool].creates >> type & 1)
        || (type == OBJECT_ENDPOINT && m->word[2] && !w->pool[pool].trusted))
        return -EPERM; /* by a manifest that says so */
    if (type == OBJECT_TIMER && !sim_named((slot_t)m->slots, OBJECT_NOTIFICATION))
        sim_broken("a timer without a notification");
    if (slot < 0)
        return slot;
    o = object_make(pool, (enum object_type)type);
    if (!o)
        return -ENOMEM;
    object_begin(o, m);
    if (type == OBJECT_REPLY)
        o->bits = (u64)slot;
    sim_slot_set(&sim.slot[slot], o, 0);
    m->slots = (u64)slot;
    return 0;
}

/* Nobody names it any more. */
static void slots_empty(struct sim_object *o)
{
    for (u32 i = 0; i < w->ncspaces; i++)
        for (u32 k = 0; k < CSPACE_SLOTS; k++)
            if (w->cspace[i].slot[k] == o->index + 1) {
                w->cspace[i].slot[k] = 0;
                sim_release(o);
            }
    for (u32 i = 0; i < SIM_SLOTS && o->uses; i++)
        if (sim.slot[i].object == o->index + 1)
            sim_slot_clear(&sim.slot[i]);
}

static s64 pool_reclaim(u32 pool, struct sim_object *o)
{
    if (!o)
        return -EBADF;
    if (!o->created || w->pool_of[o->index] != pool)
        return -EINVAL;
    if (o->type == OBJECT_ASPACE || o->type == OBJECT_POOL || o->type == OBJECT_CSPACE)
        sim_broken("root reclaims what it needs, type %u", o->type);
    if (o->type == OBJECT_THREAD)
        root_thread_ends(&w->thread[o->bits]);
    for (u32 i = 0; o->type == OBJECT_ENDPOINT && i < SIM_OBJECTS; i++)
        if (w->endpoint_of[i] == o->index + 1)
            sim.object[i].dead = true;
    w->pool[pool].bytes += bytes_of[o->type];
    sim_use(o);
    slots_empty(o);
    o->uses = 0;
    o->type = OBJECT_NONE;
    if (o->index < sim.lowest_object)
        sim.lowest_object = o->index;
    return 0;
}

static s64 pool_method(u32 pool, struct method_call *m)
{
    switch ((u32)m->label) {
    case POOL_CREATE:
        return pool_create(pool, m);
    case POOL_RECLAIM:
        return pool_reclaim(pool, sim_object_in((slot_t)m->slots));
    case POOL_STATS:
        m->word[1] = (u64)w->pool[pool].pages;
        return m->word[0] = 100;
    case POOL_DONATE:
        return root_donate(&w->pool[pool], m);
    default:
        return -ENOSYS;
    }
}

/* --- Endpoints -------------------------------------------------------------------------- */

static s64 mint(struct sim_object *endpoint, struct method_call *m)
{
    s64 slot = sim_slot_free((slot_t)(m->slots >> 32));
    struct sim_object *o;

    if (slot < 0)
        return slot;
    o = object_make(w->pool_of[endpoint->index], OBJECT_SESSION);
    if (!o)
        return -ENOMEM;
    o->created = false;
    o->rank = (u8)endpoint->badge;
    o->badge = m->word[0];
    o->quiet = m->word[1] & SESSION_NO_CLOSED;
    w->endpoint_of[o->index] = (u16)(endpoint->index + 1);
    sim_slot_set(&sim.slot[slot], o, 0);
    m->slots = (u64)slot;
    return 0;
}

static s64 endpoint_method(struct sim_object *e, struct method_call *m)
{
    if ((u32)m->label == ENDPOINT_MINT)
        return mint(e, m);
    w->restarts[e->badge]++;
    w->restart_mode[e->badge] = (u32)m->word[0];
    for (u32 i = 0; m->word[0] == RESTART_FAIL && i < SIM_OBJECTS; i++)
        if (w->endpoint_of[i] == e->index + 1 && sim.object[i].type == OBJECT_SESSION)
            sim.object[i].dead = true;
    return 0;
}

/* --- Capability spaces ------------------------------------------------------------------ */

static s64 copy_there(struct cspace *c, struct method_call *m)
{
    struct sim_object *o = sim_object_in((slot_t)m->word[1]);
    u64 n = m->word[0];

    if (!o)
        return -EBADF;
    if (n >= CSPACE_SLOTS)
        return -EINVAL;
    if (c->slot[n])
        return -EBUSY;
    if (n >= SLOTS_PER_PAGE && !c->page[n / SLOTS_PER_PAGE] && !root_pays(c->pool, PAGE_SIZE))
        return -ENOMEM;
    c->page[n / SLOTS_PER_PAGE] = 1;
    c->slot[n] = (u16)(o->index + 1);
    sim_use(o);
    return (s64)n;
}

static s64 fetch(struct cspace *c, struct method_call *m)
{
    u64 n = m->word[0];
    s64 slot;

    if (n >= CSPACE_SLOTS || !c->slot[n])
        return -EBADF;
    if (sim.object[c->slot[n] - 1].type == OBJECT_REPLY)
        return -EPERM;
    slot = sim_slot_receive((slot_t)(m->slots >> 32), &sim.object[c->slot[n] - 1]);
    m->slots = slot < 0 ? SLOT_NONE : (u64)slot;
    return slot < 0 ? slot : 0;
}

/* A Reply that nothing names is gone. */
static void unname(struct sim_object *o)
{
    sim_release(o);
    if (o->type != OBJECT_REPLY || o->uses)
        return;
    w->pool[w->pool_of[o->index]].bytes += bytes_of[OBJECT_REPLY];
    o->type = OBJECT_NONE;
}

static s64 slots_delete(struct cspace *c, u64 first, u64 n)
{
    for (u64 i = first; i < first + (n ? n : 1) && i < CSPACE_SLOTS; i++)
        if (c->slot[i]) {
            struct sim_object *o = &sim.object[c->slot[i] - 1];

            c->slot[i] = 0;
            unname(o);
        }
    return 0;
}

static s64 next_used(const struct cspace *c, u64 at)
{
    for (; at < c->limit && at < CSPACE_SLOTS; at++)
        if (c->slot[at])
            return (s64)at;
    return SLOT_NONE;
}

static s64 cspace_method(struct cspace *c, struct method_call *m)
{
    switch ((u32)m->label) {
    case CSPACE_COPY:
        return copy_there(c, m);
    case CSPACE_FETCH:
        return fetch(c, m);
    case CSPACE_DELETE:
        return slots_delete(c, m->word[0], m->word[1]);
    case CSPACE_NEXT:
        return next_used(c, m->word[0]);
    case CSPACE_LIMIT:
        c->limit = (u32)m->word[0];
        return 0;
    default:
        return -ENOSYS;
    }
}

/* --- All -------------------------------------------------------------------------------- */

static s64 bind(struct method_call *m)
{
    if ((u32)m->label == NOTIFICATION_BIND && !sim_named((slot_t)m->slots, OBJECT_THREAD))
        sim_broken("a notification is bound to no thread");
    return 0;
}

static s64 timer_method(struct sim_object *o, struct method_call *m)
{
    o->bits = (u32)m->label == TIMER_ARM ? m->word[0] : ~0ull;
    return 0;
}

s64 world_method(struct sim_object *o, slot_t slot, struct method_call *m)
{
    (void)slot;
    if ((u32)m->label == w->refused)
        return -EINVAL;
    switch (o->type) {
    case OBJECT_POOL:
        return pool_method((u32)o->bits, m);
    case OBJECT_MEMORY:
        return root_memory_method(o, m);
    case OBJECT_ASPACE:
        return root_aspace_method(&w->space[o->bits], m);
    case OBJECT_CSPACE:
        return o->index + 1 == sim.own_cspace ? sim_cspace_method(o, m)
                                              : cspace_method(&w->cspace[o->bits], m);
    case OBJECT_THREAD:
        return root_thread_method(&w->thread[o->bits], m);
    case OBJECT_ENDPOINT:
        return endpoint_method(o, m);
    case OBJECT_NOTIFICATION:
        return bind(m);
    case OBJECT_TIMER:
        return timer_method(o, m);
    case OBJECT_MACHINE:
        return root_machine_method(m);
    default:
        return -ENOSYS;
    }
}

/* --- What servers do -------------------------------------------------------------------- */

void root_server_holds(u32 rank, slot_t slot, struct sim_object *o)
{
    struct cspace *c = &w->cspace[sim_object_in(servers[rank].cspace)->bits];

    if (c->slot[slot])
        return;
    c->slot[slot] = (u16)(o->index + 1);
    c->page[slot / SLOTS_PER_PAGE] = 1;
    sim_use(o);
}

struct sim_object *root_server_makes(u32 rank, enum object_type type, slot_t slot)
{
    u32 pool = (u32)sim_object_in(servers[rank].pool)->bits;
    struct cspace *c = &w->cspace[sim_object_in(servers[rank].cspace)->bits];
    struct sim_object *o = c->slot[slot] ? 0 : object_make(pool, type);

    if (o)
        root_server_holds(rank, slot, o);
    return o;
}

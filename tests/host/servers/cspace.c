/*
 * Capability spaces: the server's own, and those of its clients.
 */
#include "sim.h"

struct sim_slot *sim_descriptor(struct sim_cspace *c, u64 n)
{
    if ((u32)n < SIM_DESCRIPTORS && (u32)n < c->limit)
        return &c->slot[(u32)n];
    if ((u32)n >= SLOT_FIXED && (u32)n - SLOT_FIXED < SLOTS_FIXED)
        return &c->fixed[(u32)n - SLOT_FIXED];
    return 0;
}

struct sim_slot *sim_free_descriptor(struct sim_cspace *c)
{
    for (u32 i = 0; i < SIM_DESCRIPTORS && i < c->limit; i++)
        if (!c->slot[i].object)
            return &c->slot[i];
    return 0;
}

/* Of any capability space; the server's own has slots alone. */
static struct sim_slot *slot_of(const struct sim_object *o, u64 n)
{
    if (o->index + 1 == sim.own_cspace)
        return sim_own((slot_t)n);
    return o->bits < SIM_CSPACES ? sim_descriptor(&sim.cspace[o->bits], n) : 0;
}

static struct sim_object *seen(const struct sim_slot *s)
{
    return s && s->object && !s->reserved ? &sim.object[s->object - 1] : 0;
}

static s64 put(struct sim_object *o, struct method_call *m)
{
    struct sim_slot *from = sim_own((slot_t)m->word[1]), *to = 0;
    struct sim_object *what = seen(from);
    u64 n = (u32)m->word[0];

    if (!what)
        return -EBADF;
    if (what->type == OBJECT_REPLY)
        return -EPERM;
    if (n != SLOT_ANY) {
        to = slot_of(o, n);
        if (!to)
            return -EINVAL;
    } else if (o->index + 1 == sim.own_cspace) {
        s64 slot = sim_slot_free(SLOT_ANY);
        n = (u64)slot;
        to = slot < 0 ? 0 : &sim.slot[slot];
    } else {
        for (n = m->word[2]; n < SIM_DESCRIPTORS && !to; n++)
            if (slot_of(o, n) && !slot_of(o, n)->object)
                to = slot_of(o, n);
        n--;
    }
    if (!to)
        return -EMFILE;
    if (to->object)
        return -EBUSY;
    sim_slot_set(to, what, 0);
    if ((u32)m->label == CSPACE_MOVE)
        sim_slot_clear(from);
    m->word[0] = n;
    return (s64)n;
}

static s64 slots_delete(struct sim_object *o, struct method_call *m)
{
    u64 first = m->word[0], n = m->word[1] ? m->word[1] : 1;

    if (first >= SLOT_FIXED + SLOTS_FIXED || n > SLOT_FIXED + SLOTS_FIXED - first)
        return -EINVAL;
    for (u64 i = first; i < first + n; i++)
        if (seen(slot_of(o, i)))
            sim_slot_clear(slot_of(o, i));
    return 0;
}

static s64 identify(struct sim_object *o, struct method_call *m)
{
    struct sim_slot *s = slot_of(o, m->word[0]);
    struct sim_object *what = seen(s);

    memset(m->word, 0, sizeof(m->word));
    if (!what)
        return 0;
    m->word[0] = what->type;
    m->word[1] = s->flags;
    if (what->type == OBJECT_SESSION) {
        m->word[2] = what->rank == world_id ? what->badge : 0;
        m->word[3] = what->rank;
    }
    return what->type;
}

static void clone_slot(struct sim_slot *to, const struct sim_slot *from)
{
    if (!seen(from))
        return;
    if (to->object)
        sim_slot_clear(to);
    sim_slot_set(to, seen(from), from->flags);
}

static s64 clone(struct sim_object *o, struct method_call *m)
{
    struct sim_object *to = sim_named((slot_t)m->slots, OBJECT_CSPACE);
    struct sim_cspace *f, *t;

    if (!to)
        return -EBADF;
    if (to == o || to->bits >= SIM_CSPACES || o->bits >= SIM_CSPACES)
        return -EINVAL;
    f = &sim.cspace[o->bits], t = &sim.cspace[to->bits];
    t->limit = m->word[2] ? (u32)m->word[2] : f->limit;
    for (u32 i = 0; i < SIM_DESCRIPTORS && !m->word[2]; i++)
        clone_slot(&t->slot[i], &f->slot[i]);
    for (u32 i = 0; i < SLOTS_FIXED; i++)
        if (m->word[0] >> i & 1)
            clone_slot(&t->fixed[i], &f->fixed[i]);
    return 0;
}

static s64 limit(struct sim_object *o, struct method_call *m)
{
    u64 old = SERVER_FREE, wanted = m->word[0];

    if (wanted != ~0ull && wanted > SLOT_FIXED)
        return -EINVAL;
    if (o->index + 1 != sim.own_cspace && o->bits < SIM_CSPACES) {
        old = sim.cspace[o->bits].limit;
        if (wanted != ~0ull)
            sim.cspace[o->bits].limit = (u32)wanted;
    }
    m->word[0] = old;
    m->word[1] = 1;
    return (s64)old;
}

static s64 flags(struct sim_object *o, struct method_call *m)
{
    struct sim_slot *s = slot_of(o, m->word[0]);
    u64 old;

    if (!seen(s))
        return -EBADF;
    old = s->flags;
    s->flags &= (u8) ~(m->word[1] & SLOT_CLOEXEC);
    s->flags |= (u8)(m->word[2] & SLOT_CLOEXEC);
    return (s64)(m->word[0] = old);
}

/* The first used one, or SLOT_NONE; with close-on-exec: all of them are deleted. */
static s64 walk(struct sim_object *o, struct method_call *m)
{
    bool next = (u32)m->label == CSPACE_NEXT;

    for (u64 n = m->word[0]; n < SIM_DESCRIPTORS; n++) {
        struct sim_slot *s = slot_of(o, n);

        if (!seen(s))
            continue;
        if (next)
            return (s64)(m->word[0] = n);
        if (s->flags & SLOT_CLOEXEC)
            sim_slot_clear(s);
    }
    return (s64)(m->word[0] = next ? SLOT_NONE : 0);
}

static s64 fetch(struct sim_object *o, struct method_call *m)
{
    struct sim_object *what = seen(slot_of(o, m->word[0]));
    s64 slot = what ? sim_slot_receive((slot_t)(m->slots >> 32), what) : -EBADF;

    m->slots = slot < 0 ? SLOT_NONE : (u64)slot;
    return slot < 0 ? slot : 0;
}

s64 sim_cspace_method(struct sim_object *o, struct method_call *m)
{
    switch ((u32)m->label) {
    case CSPACE_COPY:
    case CSPACE_MOVE:
        return put(o, m);
    case CSPACE_FETCH:
        return fetch(o, m);
    case CSPACE_DELETE:
        return slots_delete(o, m);
    case CSPACE_CLONE:
        return clone(o, m);
    case CSPACE_IDENTIFY:
        return identify(o, m);
    case CSPACE_LIMIT:
        return limit(o, m);
    case CSPACE_FLAGS:
        return flags(o, m);
    case CSPACE_CLOSE_EXEC:
    case CSPACE_NEXT:
        return walk(o, m);
    case CSPACE_ROUTES:
        return 0;
    default:
        return -ENOSYS;
    }
}

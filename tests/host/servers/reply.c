/*
 * Replies: methods on those that hold a caller, and answers, as ipc/ has them.
 */
#include "sim.h"

#define TRUSTED_SERVERS \
    (1u << SERVER_ID_MEMORY | 1u << SERVER_ID_PROCESS | 1u << SERVER_ID_FS | 1u << SERVER_ID_EVENT)

struct sim_caller *sim_caller_of(struct sim_object *r)
{
    return r->caller ? &sim.caller[r->caller - 1] : 0;
}

static s32 bound(const struct sim_object *r)
{
    return r->caller ? 0 : r->abandoned ? -ESRCH : -EINVAL;
}

void sim_unbind(struct sim_object *r)
{
    struct sim_caller *c = sim_caller_of(r);

    if (r->notice)
        sim_pend_drop(KIND_INTERRUPTED, r->index);
    r->notice = false;
    r->caller = 0;
    if (c)
        c->reply = 0;
}

static void settle_gives(struct sim_caller *c, bool keep)
{
    struct sim_cspace *s = &sim.cspace[sim.client[c->client].cspace];

    for (u32 i = 0; i < c->ngiven; i++) {
        if (keep)
            s->slot[c->given[i]].reserved = false;
        else
            sim_slot_clear(&s->slot[c->given[i]]);
    }
    c->ngiven = 0;
}

void sim_abandon(struct sim_object *r)
{
    struct sim_caller *c = sim_caller_of(r);

    settle_gives(c, false);
    sim_unbind(r);
    r->abandoned = true;
    sim_pend(KIND_ABANDONED, r->index);
}

/* --- Answers ---------------------------------------------------------------------------- */

static s32 answer_copy(struct sim_caller *c, const struct sim_sent *s, u64 word[2])
{
    s32 i = sim_window_first(c, ACCESS_WRITE);
    struct sim_copy w = {.caller = c, .window = (u32)i, .out = true, .len = s->copy_len};

    w.own = (u8 *)(u64)s->copy;
    if (!w.len)
        return 0;
    if (i < 0)
        return -EFAULT;
    sim_copy(&w);
    word[0] = w.done;
    word[1] = w.stop;
    return w.stop == COPY_DONE ? 0 : -EFAULT;
}

/* A capability goes to the caller: its slot, or an error. */
static s64 answer_capability(struct sim_caller *c, const struct sim_sent *s)
{
    struct sim_slot *from = sim_own(s->cap), *to = 0;
    struct sim_cspace *space = &sim.cspace[sim.client[c->client].cspace];
    struct sim_object *o = from && from->object ? &sim.object[from->object - 1] : 0;
    bool fixed = c->kind == KIND_ROUTED && c->route.flags & ROUTE_CAP_FIXED;
    u8 flags = 0;

    if (!o || o->dead || o->type == OBJECT_REPLY)
        return -EBADF;
    if (c->kind == KIND_NATIVE) {
        if (!c->accepts)
            return -EINVAL;
        sim_use(o);
        c->received = o->index + 1;
    } else if (c->kind == KIND_ROUTED) {
        to = fixed ? &space->fixed[c->route.cap_arg] : sim_free_descriptor(space);
        if (!to)
            return -EMFILE;
        if (!fixed && c->route.cap_arg < 6 && c->word[c->route.cap_arg] & ROUTE_O_CLOEXEC)
            flags = SLOT_CLOEXEC;
        if (to->object)
            sim_slot_clear(to);
        sim_slot_set(to, o, flags);
    } else {
        return -EINVAL;
    }
    if (s->label >> 32 & MSG_MOVE)
        sim_slot_clear(from);
    return fixed || !to ? 0 : to - space->slot;
}

/* MSG_MINT: its descriptor, or an error. */
static s64 answer_session(struct sim_caller *c, const struct sim_sent *s)
{
    struct sim_cspace *space = &sim.cspace[sim.client[c->client].cspace];
    struct sim_slot *to;
    struct sim_object *o;
    bool cloexec = c->route.cap_arg < 6 && c->word[c->route.cap_arg] & ROUTE_O_CLOEXEC;

    if (s->label >> 32 != MSG_MINT || c->kind != KIND_ROUTED || c->route.flags & ROUTE_CAP_FIXED)
        return -EINVAL;
    to = sim_free_descriptor(space);
    if (!to)
        return -EMFILE;
    if (sim.pool_left == 0)
        return -ENOMEM;
    sim.pool_left -= sim.pool_left > 0;
    o = sim_object_make(OBJECT_SESSION);
    o->rank = (u8)world_id;
    o->badge = s->copy_len;
    sim_slot_set(to, o, cloexec ? SLOT_CLOEXEC : 0);
    return to - space->slot;
}

/* len bytes from one caller's first in window to another's first out window, in one go. */
static bool pass(struct sim_caller *to, struct sim_caller *from, u64 len)
{
    struct method_call m = {.word = {0, 0, 0, 0, len}};

    if (to->kind != KIND_ROUTED || from->kind != KIND_ROUTED || to->cut || from->cut
        || to->spec[0].kind != WINDOW_BUFFER || from->spec[0].kind != WINDOW_BUFFER
        || !(to->spec[0].access & ACCESS_WRITE) || !(from->spec[0].access & ACCESS_READ)
        || len > COPY_MAX)
        return false;
    sim_copy_between(to, from, &m);
    to->stop = from->stop = ~0ull;
    return m.word[0] == len;
}

static struct sim_object *second(const struct sim_sent *s, struct sim_object *first, s32 *error)
{
    struct sim_object *r = sim_named((slot_t)(u64)s->copy, OBJECT_REPLY);
    u32 flags = (u32)(s->label >> 32);
    bool done = true;

    *error = !r ? -EBADF : r == first || (s64)s->copy_len < 0 ? -EINVAL : bound(r);
    if (*error)
        return 0;
    if (flags & MSG_PASS)
        done = pass(sim_caller_of(r), sim_caller_of(first), s->copy_len);
    else if (flags & MSG_COPY)
        done = pass(sim_caller_of(first), sim_caller_of(r), s->copy_len);
    *error = done ? 0 : -EFAULT;
    return done ? r : 0;
}

static void answered(struct sim_object *r, s32 label, const u64 word[6])
{
    struct sim_caller *c = sim_caller_of(r);

    settle_gives(c, label >= 0);
    sim_unbind(r);
    sim_caller_done(c, label, word);
}

/* Everything that may fail; *slot of the capability. */
static s32 actions(struct sim_caller *c, const struct sim_sent *s, u64 word[2], s64 *slot)
{
    u32 flags = (u32)(s->label >> 32);
    s32 error = 0;

    if ((flags & (MSG_COPY | MSG_ALSO)) == MSG_COPY)
        error = answer_copy(c, s, word);
    if (!error && flags & MSG_MAP)
        error = (s32)world_map(c, s);
    if (!error && flags & (MSG_SEND | MSG_MINT)) {
        *slot = flags & MSG_MINT ? answer_session(c, s) : answer_capability(c, s);
        error = *slot < 0 ? (s32)*slot : 0;
    }
    return error;
}

static void commit(struct sim_object *r, const struct sim_sent *s, s64 slot)
{
    struct sim_caller *c = sim_caller_of(r);
    u64 word[6];

    memcpy(word, s->word, sizeof(word));
    if (slot != SLOT_NONE && c->kind == KIND_ROUTED)
        word[0] = (u64)slot;
    if ((s32)s->label != -ERETRY) {
        answered(r, (s32)s->label, word);
        return;
    }
    settle_gives(c, false);
    sim_unbind(r);
    sim_caller_retry(c);
}

s32 sim_reply(const struct sim_sent *s, u64 word[2])
{
    struct sim_object *r = sim_named(s->reply, OBJECT_REPLY), *also = 0;
    s32 error = r ? bound(r) : -EBADF;
    s64 slot = SLOT_NONE;

    word[0] = word[1] = 0;
    if (!error && s->label >> 32 & MSG_ALSO)
        also = second(s, r, &error);
    if (!error && (s32)s->label != -ERETRY)
        error = actions(sim_caller_of(r), s, word, &slot);
    if (error)
        return error;
    commit(r, s, slot);
    if (also)
        answered(also, 0, (const u64[6]){s->copy_len});
    return 0;
}

/* --- Methods ---------------------------------------------------------------------------- */

static s64 copy_window(struct sim_caller *c, struct method_call *m)
{
    bool out = (u32)m->label == REPLY_COPY_OUT;
    struct sim_copy w = {.caller = c,
                         .window = (u32)m->word[0],
                         .offset = m->word[1],
                         .own = (u8 *)m->window,
                         .len = m->len,
                         .out = out};

    if (m->word[0] > 1
        || !(sim_window_access(c, (u32)m->word[0]) & (out ? ACCESS_WRITE : ACCESS_READ)))
        return -EINVAL;
    sim_copy(&w);
    m->word[0] = w.done;
    m->word[1] = w.stop;
    return (s64)w.done;
}

static s64 copy_between(struct sim_caller *to, struct method_call *m)
{
    struct sim_object *from = sim_named((slot_t)m->slots, OBJECT_REPLY);
    s32 error = from ? bound(from) : -EBADF;

    if (error)
        return error;
    if (m->word[0] > 1 || m->word[2] > 1 || !(sim_window_access(to, (u32)m->word[0]) & ACCESS_WRITE)
        || !(sim_window_access(sim_caller_of(from), (u32)m->word[2]) & ACCESS_READ))
        return -EINVAL;
    sim_copy_between(to, sim_caller_of(from), m);
    return (s64)m->word[0];
}

static struct sim_object *session_in(struct sim_caller *c, u64 n)
{
    struct sim_slot *s =
        c->client < SIM_CLIENTS ? sim_descriptor(&sim.cspace[sim.client[c->client].cspace], n) : 0;
    struct sim_object *o = s && s->object && !s->reserved ? &sim.object[s->object - 1] : 0;

    return o && o->type == OBJECT_SESSION ? o : 0;
}

static s64 give(struct sim_caller *c, struct method_call *m)
{
    struct sim_object *o = sim_named((slot_t)m->slots, OBJECT_SESSION);
    struct sim_cspace *space = &sim.cspace[sim.client[c->client].cspace];
    struct sim_slot *s;

    if (!o)
        return -EBADF;
    if (c->kind != KIND_ROUTED)
        return -EINVAL;
    s = sim_free_descriptor(space);
    if (!s || c->ngiven == SIM_GIVES)
        return -EMFILE;
    sim_slot_set(s, o, m->word[0] & SLOT_CLOEXEC);
    s->reserved = true;
    c->given[c->ngiven++] = (u32)(s - space->slot);
    return s - space->slot;
}

static s64 forward(struct sim_object *r, struct sim_caller *c, struct method_call *m)
{
    bool trusted = TRUSTED_SERVERS >> world_id & 1 && c->kind != KIND_NATIVE;
    struct sim_object *to, *cap = 0;

    if (m->word[0] == 1 && !trusted)
        return -EPERM;
    if (m->word[0] == 2)
        to = session_in(c, SLOT_FIXED + c->route.slot);
    else
        to = m->word[0] == 1 ? session_in(c, m->word[1])
                             : sim_named((slot_t)m->word[1], OBJECT_SESSION);
    if (!to)
        return -EBADF;
    if (to->dead)
        return -EIO;
    if (m->label >> 32 & MSG_SEND && !(cap = sim_object_in((slot_t)m->slots)))
        return -EBADF;
    settle_gives(c, false);
    sim_unbind(r);
    sim_caller_forward(c, to, cap, m);
    return 0;
}

static s64 call_through(struct sim_caller *c, struct method_call *m)
{
    struct sim_object *s = session_in(c, m->word[0]);
    struct message out = {.label = (s32)m->word[1],
                          .word = {m->word[2], m->word[3], m->word[4], m->word[5]}};
    s64 result;

    if (!s)
        return -EBADF;
    if (s->dead)
        return -EIO;
    if (s->rank >= world_id)
        return -EDEADLK;
    result = world_call_through(s, &out);
    memcpy(m->word, out.word, sizeof(m->word));
    return result < 0 ? result : (s64)m->word[0];
}

static s64 trusted_method(struct sim_caller *c, struct method_call *m)
{
    struct sim_object *s;

    if (!(TRUSTED_SERVERS >> world_id & 1) || c->kind == KIND_NATIVE)
        return -EPERM;
    switch ((u32)m->label) {
    case REPLY_BADGE:
        s = session_in(c, m->word[0]);
        return !s ? -EBADF : s->rank != world_id ? -EXDEV : (s64)(m->word[0] = s->badge);
    case REPLY_CALL:
        return call_through(c, m);
    case REPLY_READ_MEMORY:
    case REPLY_WRITE_MEMORY:
        m->word[0] =
            sim_copy_memory(c, m->word[0], (u8 *)m->window, m->len > COPY_MAX ? COPY_MAX : m->len,
                            (u32)m->label == REPLY_WRITE_MEMORY);
        return (s64)m->word[0];
    default:
        return world_reply_method(c, m);
    }
}

s64 sim_reply_method(struct sim_object *r, struct method_call *m)
{
    struct sim_caller *c = sim_caller_of(r);
    struct sim_object *s;
    u64 n;

    if ((u32)m->label == REPLY_CLEAR) {
        if (!r->abandoned)
            return -EINVAL;
        r->abandoned = false;
        sim_pend_drop(KIND_ABANDONED, r->index);
        return 0;
    }
    if (bound(r))
        return bound(r);
    switch ((u32)m->label) {
    case REPLY_COPY_IN:
    case REPLY_COPY_OUT:
        return copy_window(c, m);
    case REPLY_COPY:
        return copy_between(c, m);
    case REPLY_WINDOW:
        if (m->word[0] > 1)
            return -EINVAL;
        m->word[1] = sim_window_access(c, (u32)m->word[0]);
        n = sim_window_bytes(c, (u32)m->word[0]);
        return n == ~0ull ? SIM_UNKNOWN : (s64)n;
    case REPLY_GIVE:
        return give(c, m);
    case REPLY_TAKE_BACK:
        settle_gives(c, false);
        return 0;
    case REPLY_TAKE:
        if (!(c->route.flags & ROUTE_MAY_TAKE) && !(TRUSTED_SERVERS >> world_id & 1))
            return -EPERM;
        s = session_in(c, m->word[0]);
        m->slots = s ? (u64)sim_slot_receive((slot_t)(m->slots >> 32), s) : SLOT_NONE;
        return s ? 0 : -EBADF;
    case REPLY_FORWARD:
        return forward(r, c, m);
    default:
        return trusted_method(c, m);
    }
}

/*
 * Clients, their calls, and the queue of what is on its way to the server.
 */
#include "sim.h"

#include <sanitizer/asan_interface.h>

#define REPEATS_MAX 64u

/* --- The queue -------------------------------------------------------------------------- */

void sim_pend(enum message_kind kind, u32 index)
{
    if (sim.npending == SIM_PENDING)
        sim_broken("too many messages are on their way");
    sim.pending[sim.npending++] = (struct sim_pending){(u8)kind, index};
}

static void pend_remove(u32 i)
{
    sim.npending--;
    memmove(&sim.pending[i], &sim.pending[i + 1], (sim.npending - i) * sizeof(sim.pending[0]));
}

void sim_pend_drop(enum message_kind kind, u32 index)
{
    for (u32 i = 0; i < sim.npending; i++)
        if (sim.pending[i].kind == kind && sim.pending[i].index == index) {
            pend_remove(i);
            return;
        }
}

/* --- Callers ---------------------------------------------------------------------------- */

/* One that is free, or whose outcome was there for longest. */
static struct sim_caller *caller_take(enum caller_state state)
{
    for (u32 k = 0; k < SIM_CALLERS; k++) {
        u32 i = (sim.next_caller + k) % SIM_CALLERS;

        if (sim.caller[i].state != state)
            continue;
        sim.next_caller = i + 1;
        return &sim.caller[i];
    }
    return 0;
}

struct sim_caller *sim_caller_make(u32 client, enum message_kind kind)
{
    struct sim_caller *c = caller_take(CALLER_FREE);

    if (!c)
        c = caller_take(CALLER_DONE);
    if (!c)
        return 0;
    sim_caller_free(c);
    *c = (struct sim_caller){
        .kind = (u8)kind, .client = client, .tag = sim.client[client].tag, .stop = ~0ull};
    return c;
}

void sim_caller_free(struct sim_caller *c)
{
    u32 received = c->received;

    c->received = 0;
    c->state = CALLER_FREE;
    if (received)
        sim_release(&sim.object[received - 1]);
}

static void session_set(struct sim_caller *c, struct sim_object *s)
{
    struct sim_object *old = c->session ? &sim.object[c->session - 1] : 0;

    c->session = s ? s->index + 1 : 0;
    if (s)
        sim_use(s);
    if (old)
        sim_release(old);
}

void sim_caller_carry(struct sim_caller *c, struct sim_object *o)
{
    u32 old = c->carried;

    c->carried = o ? o->index + 1 : 0;
    if (o)
        sim_use(o);
    if (old)
        sim_release(&sim.object[old - 1]);
}

static u32 index_of(const struct sim_caller *c)
{
    return (u32)(c - sim.caller);
}

void sim_caller_send(struct sim_caller *c, struct sim_object *session)
{
    session_set(c, session);
    c->state = CALLER_QUEUED;
    sim_pend((enum message_kind)c->kind, index_of(c));
}

void sim_caller_done(struct sim_caller *c, s64 label, const u64 word[6])
{
    c->state = CALLER_DONE;
    if (word)
        memcpy(c->out, word, sizeof(c->out));
    c->result = label < 0 || !word ? label : (s64)word[0];
    sim_caller_carry(c, 0);
    session_set(c, 0);
    world_done(c, label);
}

void sim_caller_withdraw(struct sim_caller *c)
{
    sim_pend_drop((enum message_kind)c->kind, index_of(c));
    sim_caller_done(c, -ERESTARTNOINTR, 0);
}

/* The page comes, or the call runs with its window cut there. */
void sim_caller_retry(struct sim_caller *c)
{
    u64 page = (c->stop - SIM_MEMORY) >> PAGE_SHIFT, at = c->stop;
    struct sim_object *s = &sim.object[c->session - 1];

    c->stop = ~0ull;
    if (at == ~0ull) {
        sim_caller_done(c, -EFAULT, 0);
        return;
    }
    if (++c->repeats > REPEATS_MAX)
        sim_broken("call %d is repeated for ever", c->label);
    if (page < SIM_MEMORY_PAGES && !(sim.refused >> page & 1)) {
        sim.absent &= ~(1ull << page);
    } else {
        c->cut = true;
        c->cut_at = at & ~PAGE_MASK;
    }
    sim_caller_send(c, s);
}

void sim_caller_forward(struct sim_caller *c, struct sim_object *to, struct sim_object *cap,
                        const struct method_call *m)
{
    c->forwards++;
    if (c->kind == KIND_NATIVE) {
        c->label = (s32)m->word[2];
        memcpy(c->word, m->word + 3, 3 * sizeof(u64));
    }
    if (to->rank == world_id) {
        sim_caller_carry(c, cap);
        sim_caller_send(c, to);
        return;
    }
    c->forwarded = 1 + to->rank;
    sim_caller_done(c, 0, 0);
}

void sim_caller_die(struct sim_caller *c)
{
    struct sim_object *r = c->reply ? &sim.object[c->reply - 1] : 0;

    if (c->state == CALLER_QUEUED)
        sim_pend_drop((enum message_kind)c->kind, index_of(c));
    else if (c->state == CALLER_HELD)
        sim_abandon(r);
    else
        return;
    sim_caller_done(c, -ESRCH, 0);
    sim_caller_free(c);
}

void sim_caller_interrupt(struct sim_caller *c)
{
    struct sim_object *r = c->state == CALLER_HELD ? &sim.object[c->reply - 1] : 0;

    if (!r || c->kind == KIND_FAULT || r->notice)
        return;
    c->marked = true;
    r->notice = true;
    sim_pend(KIND_INTERRUPTED, r->index);
}

u32 sim_callers_held(void)
{
    u32 n = 0;

    for (u32 i = 0; i < SIM_CALLERS; i++)
        n += sim.caller[i].state == CALLER_HELD;
    return n;
}

/* --- Clients ---------------------------------------------------------------------------- */

struct process_entry *sim_entry(u32 client)
{
    return (void *)(sim_table + TAG_INDEX(sim.client[client].tag) * PROCESS_ENTRY_SIZE);
}

void sim_client_make(u32 client, u32 tag, u32 uid)
{
    struct process_entry *p = (void *)(sim_table + TAG_INDEX(tag) * PROCESS_ENTRY_SIZE);

    sim.client[client] = (struct sim_client){tag, client};
    p->tag = tag;
    p->state = PROCESS_RUNNING;
    p->pid = p->tid = p->pgid = p->sid = TAG_INDEX(tag);
    p->ppid = 1;
    p->uid = p->euid = p->suid = p->fsuid = uid;
    p->gid = p->egid = p->sgid = p->fsgid = uid;
    p->umask = 022;
    p->ngroups = 0;
    p->nofile = SIM_DESCRIPTORS;
    p->fsize = ~0ull;
    p->threads = 1;
    p->space = 0x100000000ull | client;
}

void sim_cspace_empty(struct sim_cspace *c)
{
    for (u32 i = 0; i < SIM_DESCRIPTORS; i++)
        if (c->slot[i].object)
            sim_slot_clear(&c->slot[i]);
    for (u32 i = 0; i < SLOTS_FIXED; i++)
        if (c->fixed[i].object)
            sim_slot_clear(&c->fixed[i]);
}

void sim_client_die(u32 client)
{
    for (u32 i = 0; i < SIM_CALLERS; i++)
        if (sim.caller[i].client == client && sim.caller[i].state != CALLER_FREE) {
            sim_caller_die(&sim.caller[i]);
            sim_caller_free(&sim.caller[i]);
        }
    sim_cspace_empty(&sim.cspace[sim.client[client].cspace]);
    if (client < SIM_CLIENTS && sim.client[client].tag)
        sim_entry(client)->tag = 0;
    sim.client[client].tag = 0;
}

/* --- Deliveries ------------------------------------------------------------------------- */

/* What lies in the server's buffer behind the bytes that came is nobody's. */
static u64 data_deliver(struct sim_caller *c, u64 buffer)
{
    u8 *to = (void *)(buffer & ~PAGE_MASK);
    u64 size = buffer ? 1ull << (buffer & BUFFER_SHIFT) : 0, n = 0;

    if (!size)
        return 0;
    ASAN_UNPOISON_MEMORY_REGION(to, size);
    if (c)
        n = sim_deliver_data(c, buffer);
    ASAN_POISON_MEMORY_REGION(to + ((n + 7) & ~7ull), size - ((n + 7) & ~7ull));
    return n;
}

static void deliver_call(struct sim_caller *c, struct delivery *d, u64 buffer)
{
    struct sim_object *r = sim_named(sim.next_reply, OBJECT_REPLY);

    r->caller = index_of(c) + 1;
    c->reply = r->index + 1;
    c->state = CALLER_HELD;
    *d = (struct delivery){.badge = sim.object[c->session - 1].badge,
                           .label = c->label,
                           .kind = c->kind,
                           .tag = c->tag,
                           .cap = SLOT_NONE};
    memcpy(d->word, c->word, sizeof(d->word));
    if (c->carried) {
        s64 slot = sim_slot_receive(SLOT_ANY, &sim.object[c->carried - 1]);
        d->cap = slot < 0 ? SLOT_NONE : (u64)slot;
        sim_caller_carry(c, 0);
    }
    d->window_len = c->kind == KIND_FAULT ? 0 : sim_window_bytes(c, 0);
    d->delivered = data_deliver(c, buffer);
}

static void deliver_notice(struct sim_pending p, struct delivery *d, u64 buffer)
{
    struct sim_object *o = &sim.object[p.index];

    (void)data_deliver(0, buffer);
    *d = (struct delivery){.kind = p.kind, .cap = SLOT_NONE};
    if (p.kind == KIND_CLOSED) {
        d->badge = d->word[0] = o->badge;
        sim_session_closed(o);
        return;
    }
    d->word[0] = o->bits;
    o->notice = false;
    if (p.kind == KIND_INTERRUPTED)
        sim.interrupted = o->caller;
}

bool sim_next(struct delivery *d, u64 buffer)
{
    struct sim_object *n = sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION);

    if (n && n->bits) {
        (void)data_deliver(0, buffer);
        *d = (struct delivery){.kind = KIND_NOTIFICATION, .word = {n->bits}, .cap = SLOT_NONE};
        n->bits = 0;
        return true;
    }
    for (u32 i = 0; i < sim.npending; i++) {
        struct sim_pending p = sim.pending[i];
        bool call = p.kind == KIND_NATIVE || p.kind == KIND_ROUTED || p.kind == KIND_FAULT;

        if (call && sim.next_reply == SLOT_NONE)
            continue;
        pend_remove(i);
        if (call)
            deliver_call(&sim.caller[p.index], d, buffer);
        else
            deliver_notice(p, d, buffer);
        return true;
    }
    return false;
}

/*
 * The process server's world: the kernel's threads and capability spaces, which it makes itself,
 * run and stop, and process 1 with a few descriptors, which starts as at a boot.
 */
#include "world_process.h"

#include "ipc/proto/process.h"
#include "servers/process/process_server.h"

const u32 world_id = SERVER_ID_PROCESS;
const bool world_lingers = true; /* whoever waits for a child of vfork, or in exec */
const u32 world_clients = SIM_CLIENTS;

struct process_world *w;

/* --- Threads -------------------------------------------------------------------------------- */

static struct thread *thread_of(const struct sim_object *o)
{
    for (u32 i = 0; i < SIM_CLIENTS; i++)
        if (w->thread[i].object == o->index + 1)
            return &w->thread[i];
    sim_broken("object %u is no thread", o->index);
}

struct sim_caller *thread_caller(u32 client)
{
    for (u32 i = 0; i < SIM_CALLERS; i++) {
        struct sim_caller *c = &sim.caller[i];

        if (c->client == client && (c->state == CALLER_QUEUED || c->state == CALLER_HELD))
            return c;
    }
    return 0;
}

bool thread_runs(u32 client)
{
    const struct thread *t = &w->thread[client];

    return t->object && t->started && !t->stopped && !t->marked && !thread_caller(client);
}

bool thread_loads(u32 client)
{
    const struct process_entry *e = process_entry(sim_table, sim.client[client].tag);

    return e && e->flags & PROCESS_IS_LOADER;
}

struct sim_caller *thread_calls(u32 client, enum message_kind kind, s32 label)
{
    struct sim_cspace *space = &sim.cspace[sim.client[client].cspace];
    u32 session =
        kind == KIND_FAULT ? w->thread[client].session : space->fixed[FIXED_PROCESS].object;
    struct sim_caller *c = session ? sim_caller_make(client, kind) : 0;

    if (!c)
        return 0;
    c->label = label;
    c->accepts = true;
    sim_caller_send(c, &sim.object[session - 1]);
    return c;
}

bool world_owns_threads(void)
{
    return true;
}

void world_client(u32 client)
{
    (void)client;
}

/* What is marked comes to its handler before anything else. */
bool world_pump(void)
{
    for (u32 i = 0; i < SIM_CLIENTS; i++) {
        struct thread *t = &w->thread[i];
        struct sim_caller *c;

        if (!t->object || !t->started || t->stopped || !t->marked || thread_caller(i))
            continue;
        c = thread_calls(i, KIND_FAULT, FAULT_MARKED);
        if (!c)
            return false;
        t->marked = false;
        c->word[0] = t->in_call ? (u64)t->result : 0;
        c->word[1] = t->r.pc;
        return true;
    }
    return false;
}

void world_done(struct sim_caller *c, s64 label)
{
    struct thread *t = c->client < SIM_CLIENTS ? &w->thread[c->client] : 0;

    if (!t || !t->object)
        return;
    t->in_call = c->kind == KIND_ROUTED;
    t->result = c->result;
    if (t->in_call)
        t->r.x[REG_A0] = (u64)c->result;
    if (c->kind == KIND_FAULT && label < 0)
        t->stopped = true;
}

s64 world_create(struct sim_object *o)
{
    if (o->type == OBJECT_CSPACE) {
        for (u32 i = 0; i < SIM_CSPACES - 1; i++)
            if (!(w->cspaces >> i & 1)) {
                w->cspaces |= 1u << i;
                sim.cspace[i].limit = SIM_DESCRIPTORS;
                o->bits = i;
                return 0;
            }
        return -ENOMEM;
    }
    if (o->type != OBJECT_THREAD)
        return 0;
    for (u32 i = 0; i < SIM_CLIENTS; i++)
        if (!w->thread[i].object) {
            w->thread[i] = (struct thread){.object = o->index + 1};
            sim.client[i] = (struct sim_client){.cspace = SIM_CSPACES - 1};
            return 0;
        }
    return -ENOMEM;
}

s64 world_destroy(struct sim_object *o)
{
    u32 i;

    if (o->type == OBJECT_CSPACE) {
        sim_cspace_empty(&sim.cspace[o->bits]);
        w->cspaces &= ~(1u << o->bits);
    }
    if (o->type != OBJECT_THREAD)
        return 0;
    i = (u32)(thread_of(o) - w->thread);
    w->thread[i] = (struct thread){0};
    if (thread_caller(i))
        sim_caller_die(thread_caller(i));
    sim.client[i].tag = 0;
    return 0;
}

static struct sim_object *named(u64 slot, enum object_type type)
{
    return slot == SLOT_NONE ? 0 : sim_named((slot_t)slot, type);
}

static s64 thread_configure(u32 i, const struct method_call *m)
{
    struct sim_object *aspace = named(m->word[2], OBJECT_ASPACE);
    struct sim_object *cspace = named(m->word[3], OBJECT_CSPACE);
    struct sim_object *handler = named(m->word[5], OBJECT_SESSION);
    struct thread *t = &w->thread[i];

    if ((m->word[2] != SLOT_NONE && !aspace) || (m->word[3] != SLOT_NONE && !cspace)
        || (m->word[5] != SLOT_NONE && !handler))
        return -EBADF;
    if (t->started && !t->stopped && !thread_caller(i))
        sim_broken("a thread that runs is configured");
    sim.client[i].tag = (u32)m->word[1];
    if (aspace)
        t->aspace = aspace->index + 1;
    if (cspace)
        sim.client[i].cspace = (u32)cspace->bits;
    if (handler)
        t->session = handler->index + 1;
    return 0;
}

static s64 thread_interrupt(u32 i)
{
    struct sim_caller *c = thread_caller(i);

    w->thread[i].marked = true;
    if (!c || c->kind == KIND_FAULT)
        return 0;
    if (c->state == CALLER_HELD)
        sim_caller_interrupt(c);
    else
        sim_caller_withdraw(c);
    return 0;
}

static s64 registers_copy(struct thread *t, struct method_call *m, bool write)
{
    if (m->len < sizeof(t->r))
        return -EINVAL;
    if (write)
        memcpy(&t->r, (void *)m->window, sizeof(t->r));
    else
        memcpy((void *)m->window, &t->r, sizeof(t->r));
    if (write)
        t->in_call = t->r.flags & REGS_IN_CALL;
    return 0;
}

static s64 thread_method(struct sim_object *o, struct method_call *m)
{
    struct thread *t = thread_of(o);
    u32 i = (u32)(t - w->thread);

    switch ((u32)m->label) {
    case THREAD_CONFIGURE:
        return thread_configure(i, m);
    case THREAD_READ:
    case THREAD_WRITE:
        return registers_copy(t, m, (u32)m->label == THREAD_WRITE);
    case THREAD_START:
        t->started = true;
        t->stopped = false;
        return 0;
    case THREAD_STOP:
        t->stopped = true;
        return 0;
    case THREAD_INTERRUPT:
        return thread_interrupt(i);
    case THREAD_TIMES:
        m->word[1] = sim.now / 3;
        m->word[3] = thread_runs(i) ? THREAD_READY : THREAD_WAITING;
        return (s64)(sim.now / 2);
    default:
        return -ENOSYS;
    }
}

s64 world_method(struct sim_object *o, slot_t slot, struct method_call *m)
{
    (void)slot;
    if (o->type == OBJECT_THREAD)
        return thread_method(o, m);
    if (o->type == OBJECT_ASPACE)
        return aspace_method(o, m);
    return 0;
}

/* --- Frames on a held caller's stack --------------------------------------------------------- */

static s64 push(struct sim_caller *c, struct thread *t, struct method_call *m)
{
    u64 top = m->word[0] ? m->word[0] : t->r.x[REG_SP], stays = m->word[5] >> 32;
    u64 bytes = m->len + stays + sizeof(struct saved_registers);
    u64 at = (top - bytes) & ~15ull, len = bytes;
    u8 *to = sim_memory_at(at, &len);

    if (m->len + stays > PUSH_MAX || m->len % 64)
        return -EINVAL;
    if (!to || len < bytes)
        return -EFAULT;
    memcpy(to, (void *)m->window, m->len);
    memcpy(to + m->len + stays, &t->r.pc, 32 * sizeof(u64));
    if (c->kind == KIND_ROUTED)
        memcpy(to + m->len + stays + 10 * sizeof(u64), &m->word[4], sizeof(u64));
    t->r.pc = m->word[1];
    t->r.x[REG_RA] = m->word[2];
    t->r.x[REG_A0] = m->word[3];
    t->r.x[REG_SP] = t->r.x[REG_A1] = at;
    t->r.x[REG_A2] = at + (u32)m->word[5];
    t->in_call = false;
    return (s64)at;
}

static s64 pop(struct thread *t, struct method_call *m)
{
    u64 before = m->word[0] - m->word[1], len = before + sizeof(struct saved_registers);
    u64 bytes = len;
    u8 *from = sim_memory_at(t->r.x[REG_SP] + m->word[1], &len);

    if (before > PUSH_MAX || before < POP_WORDS * 8 || before & 7)
        return -EINVAL;
    if (!from || len < bytes)
        return -EFAULT;
    memcpy(m->word + 1, from, POP_WORDS * 8);
    memcpy(&t->r.pc, from + before, 32 * sizeof(u64));
    m->word[5] = t->r.x[REG_A0];
    return 0;
}

s64 world_reply_method(struct sim_caller *c, struct method_call *m)
{
    struct thread *t = c->client < SIM_CLIENTS ? &w->thread[c->client] : 0;

    if (!t)
        return -EPERM;
    t->r.flags = (t->in_call || c->kind == KIND_ROUTED ? REGS_IN_CALL : 0) | REGS_FLOAT;
    switch ((u32)m->label) {
    case REPLY_READ_REGISTERS:
    case REPLY_WRITE_REGISTERS:
        return registers_copy(t, m, (u32)m->label == REPLY_WRITE_REGISTERS);
    case REPLY_PUSH:
        return push(c, t, m);
    case REPLY_POP:
        return pop(t, m);
    default:
        return -ENOSYS;
    }
}

/* --- What must hold --------------------------------------------------------------------------- */

static void process_check(const struct process *p)
{
    struct sim_object *r = p->reply == SLOT_NONE ? 0 : sim_named(p->reply, OBJECT_REPLY);

    if ((p->reply != SLOT_NONE) != (p->wait != WAIT_NONE))
        sim_broken("tag %x waits for %u without a Reply", p->tag, p->wait);
    if (p->reply != SLOT_NONE && wait_owner(p->reply) != p)
        sim_broken("tag %x is not the owner of its Reply", p->tag);
    if (r && !r->caller && !r->abandoned)
        sim_broken("tag %x waits for %u with an idle Reply", p->tag, p->wait);
    if (!p->loads_for && p->leader == p && p->e->state != PROCESS_ZOMBIE && !p->loader
        && (p->cspace == SLOT_NONE || !p->space || !p->actions))
        sim_broken("P2: tag %x has no body", p->tag);
}

void world_check(void)
{
    for (u32 i = 0; i < PROCESS_MAX && i < 64; i++)
        if (process[i])
            process_check(process[i]);
    for (u32 i = 0; i < SIM_CALLERS; i++) {
        const struct sim_caller *c = &sim.caller[i];
        struct process *p;

        if (c->state != CALLER_HELD)
            continue;
        p = wait_owner((slot_t)sim.object[c->reply - 1].bits);
        if (!p || p->tag != c->tag)
            sim_broken("call %d of tag %x is kept for nobody", c->label, c->tag);
    }
}

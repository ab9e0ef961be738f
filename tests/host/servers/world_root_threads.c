/*
 * Root's world: threads of servers, what the machine is asked, and what memory answers.
 */
#include "world_root.h"

#include "ipc/proto/memory.h"

#include <stdio.h>

/* --- Threads ---------------------------------------------------------------------------- */

u32 root_server_of(const struct thread *t)
{
    for (u32 rank = 0; rank < SERVER_IDS; rank++)
        if (servers[rank].entry && servers[rank].thread != SLOT_NONE && !servers[rank].away
            && sim_object_in(servers[rank].thread)
            && sim_object_in(servers[rank].thread)->index + 1 == t->object)
            return rank;
    return SERVER_IDS;
}

struct thread *root_thread(u32 rank)
{
    struct sim_object *o = servers[rank].entry && !servers[rank].away
                               ? sim_named(servers[rank].thread, OBJECT_THREAD)
                               : 0;

    return o ? &w->thread[o->bits] : 0;
}

static u32 named(u64 slot, enum object_type type)
{
    struct sim_object *o = sim_named((slot_t)slot, type);

    if (!o)
        sim_broken("a thread is given slot %lu, which is of another type", slot);
    return o->index + 1;
}

static s64 configure(struct thread *t, const u64 word[6])
{
    if (word[0] >= PRIORITIES || word[4] != SLOT_NONE)
        sim_broken("priority %lu, pager %lx", word[0], word[4]);
    if (!root_pays(0, 0))
        return -ENOMEM; /* not of its own: a kernel may say so */
    t->priority = word[0];
    t->tag = word[1];
    t->aspace = named(word[2], OBJECT_ASPACE);
    t->cspace = named(word[3], OBJECT_CSPACE);
    t->handler = named(word[5], OBJECT_SESSION);
    return 0;
}

static s64 start(struct thread *t)
{
    u32 rank = root_server_of(t);

    if (t->course == COURSE_RUNS || rank == SERVER_IDS)
        sim_broken("a thread is started that runs, or is nobody's");
    root_check_start(rank);
    t->course = COURSE_RUNS;
    root_thread_marks(t);
    if (w->nstarted < sizeof(w->started) / sizeof(w->started[0]))
        w->started[w->nstarted++] = rank;
    return 0;
}

static s64 times(const struct thread *t, struct method_call *m)
{
    u32 rank = root_server_of(t);

    if (w->times_error)
        return w->times_error;
    m->word[2] = w->worked[rank];
    m->word[3] = w->state[rank];
    return 0;
}

s64 root_thread_method(struct thread *t, struct method_call *m)
{
    switch ((u32)m->label) {
    case THREAD_CONFIGURE:
        return configure(t, m->word);
    case THREAD_WRITE:
        if (m->len != sizeof(t->r))
            sim_broken("registers of %lu bytes", m->len);
        memcpy(&t->r, (const void *)m->window, sizeof(t->r));
        return 0;
    case THREAD_START:
        return start(t);
    case THREAD_STOP:
        t->course = COURSE_STOPPED;
        return 0;
    case THREAD_TIMES:
        return times(t, m);
    default:
        return -ENOSYS;
    }
}

/* Who waits for the answer to its fault is gone. */
void root_thread_ends(struct thread *t)
{
    if (t->faulted)
        sim_caller_die(&sim.caller[t->faulted - 1]);
    *t = (struct thread){0};
}

void root_server_faults(u32 rank, u32 cause)
{
    struct thread *t = root_thread(rank);
    struct sim_caller *c;

    if (!t || t->faulted || t->course != COURSE_RUNS)
        return;
    c = sim_caller_make(SIM_CLIENTS, KIND_FAULT);
    c->label = (s32)cause;
    c->word[0] = 0x1234;
    c->word[1] = 0x5678;
    t->faulted = (u32)(c - sim.caller) + 1;
    sim_caller_send(c, &sim.object[t->handler - 1]);
}

/* --- The machine ------------------------------------------------------------------------ */

static s64 print(const struct method_call *m)
{
    u64 len = strlen(w->said), n = m->len;

    if (n > 256)
        sim_broken("%lu bytes are printed at once", n);
    if (len + n >= sizeof(w->said))
        len = 0;
    memcpy(w->said + len, (const void *)m->window, n);
    w->said[len + n] = 0;
    return 0;
}

/* Nothing happens any more. */
static s64 off(void)
{
    struct sim_object *n = sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION);

    w->off = true;
    for (u32 i = 0; i < SIM_CALLERS; i++)
        sim_caller_die(&sim.caller[i]);
    sim.npending = 0;
    if (n)
        n->bits = 0;
    door_wait();
}

static s64 place(struct method_call *m)
{
    u64 rank = m->word[0];
    u32 type = m->label >> 32 & MSG_SEND ? sim_object_in((slot_t)m->slots)->type : OBJECT_NONE;

    if (rank >= SERVER_IDS || w->area[rank] == ~0ull)
        return -ENOENT;
    if (type == OBJECT_ASPACE
        && !root_pays(w->space[sim_object_in((slot_t)m->slots)->bits].pool, 64))
        return -ENOMEM;
    if (type != OBJECT_NONE && w->place_error)
        return w->place_error;
    m->word[0] = w->area[rank];
    return SIM_WORDS;
}

s64 root_machine_method(struct method_call *m)
{
    switch ((u32)m->label) {
    case MACHINE_PRINT:
        return print(m);
    case MACHINE_OFF:
        return off();
    case MACHINE_PLACE:
        return place(m);
    default:
        return -ENOSYS;
    }
}

/* --- Memory's answers ------------------------------------------------------------------- */

/* It adopts an Address space, and mints that server a session. */
s32 world_call(u32 server, struct message *m)
{
    struct sim_object *space = sim_named(m->send, OBJECT_ASPACE), *o;
    u64 rank = m->word[0];

    if (server != SERVER_ID_MEMORY || m->label != MEM_ADOPT || w->booted)
        sim_broken("root calls server %u for %x", server, m->label);
    if (!space || rank >= SERVER_IDS || servers[rank].area != m->word[1])
        sim_broken("memory is to adopt what is no Address space");
    if (w->nstarted != 1 || w->started[0] != SERVER_ID_MEMORY)
        sim_broken("memory is not the one that runs");
    if (w->adopt_error)
        return w->adopt_error;
    o = sim_object_make(OBJECT_SESSION);
    o->rank = SERVER_ID_MEMORY;
    o->badge = SERVER_BADGE + rank;
    w->adopted |= 1u << rank;
    m->receive = (slot_t)sim_slot_receive(SLOT_ANY, o);
    return 0;
}

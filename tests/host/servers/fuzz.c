/*
 * libFuzzer's bytes as messages to a server: calls of its operations by programs and servers,
 * closed sessions, interrupts, deaths, time, memory that is not there or used up.
 *
 * Calls go where the route table of the process server sends them; what another server would
 * forward comes through a session that a client holds. When the bytes are over everybody closes
 * and dies, and what the server still holds then has leaked.
 */
#include "fuzz.h"

#include "servers/lib/linux.h"

/* --- Calls ------------------------------------------------------------------------------ */

/* A session of this server among the descriptors (and fixed slots) of a client. */
static s64 descriptor_of(u32 client)
{
    const struct sim_cspace *c = &sim.cspace[sim.client[client].cspace];
    u32 start = fuzz_byte() % SIM_DESCRIPTORS;

    for (u32 k = 0; k < SIM_DESCRIPTORS; k++) {
        u32 i = (start + k) % SIM_DESCRIPTORS;

        if (c->slot[i].object && !c->slot[i].reserved
            && sim.object[c->slot[i].object - 1].type == OBJECT_SESSION
            && sim.object[c->slot[i].object - 1].rank == world_id)
            return i;
    }
    return -1;
}

static struct sim_object *session_at(u32 client, s64 n)
{
    struct sim_slot *s = n < 0 ? 0 : sim_descriptor(&sim.cspace[sim.client[client].cspace], (u64)n);
    struct sim_object *o = s && s->object && !s->reserved ? &sim.object[s->object - 1] : 0;

    return o && o->type == OBJECT_SESSION && o->rank == world_id && !o->dead ? o : 0;
}

/* Through which session the call comes; 0: it never does. */
static struct sim_object *route_session(u32 client, const struct route *r, u64 word[6])
{
    struct sim_object *o = 0;
    const struct sim_slot *other;
    s64 n;

    if (r->kind == ROUTE_FIXED || r->kind == ROUTE_NONE)
        o = session_at(client, SLOT_FIXED + r->slot);
    if (o && r->kind == ROUTE_FIXED)
        return o;
    other = sim_descriptor(&sim.cspace[sim.client[client].cspace], SLOT_FIXED + r->slot);
    if (r->kind == ROUTE_FIXED && other && other->object) /* that server forwards it */
        return session_at(SIM_CLIENTS, SLOT_FIXED + sim.object[other->object - 1].rank);
    n = descriptor_of(client);
    if (n < 0) { /* one of those that a server holds: it forwards */
        n = descriptor_of(SIM_CLIENTS);
        return session_at(SIM_CLIENTS, n);
    }
    if (r->kind == ROUTE_FIXED && fuzz_byte() < 64)
        return session_at(SIM_CLIENTS, descriptor_of(SIM_CLIENTS));
    if (r->kind == ROUTE_DESCRIPTOR || r->kind == ROUTE_DESCRIPTOR_AT)
        word[r->arg] = (u64)n;
    return session_at(client, n);
}

static u32 client_alive(void)
{
    u32 client = fuzz_byte() % world_clients;

    for (u32 k = 0; k < SIM_CLIENTS; k++)
        if (world_may_call((client + k) % SIM_CLIENTS))
            return (client + k) % SIM_CLIENTS;
    return SIM_CLIENTS;
}

/* One of the server's calls; or what the library answers for it. */
static u32 call_choose(void)
{
    const struct operation *op = sim_server()->routed;
    u32 n = 0, k;

    while (op && op[n].fn)
        n++;
    if (fuzz_byte() & 1 && world_nhot)
        return world_hot[fuzz_byte() % world_nhot];
    k = fuzz_byte() % (n + 1);
    return k < n ? op[k].number : LINUX_ppoll;
}

static bool call_routed(void)
{
    u32 client = client_alive(), number = call_choose();
    struct sim_object *session;
    struct sim_caller *c;
    struct route r;
    u64 word[6];

    if (client == SIM_CLIENTS)
        return false;
    r = sim_routes[number];
    for (u32 i = 0; i < 6; i++)
        word[i] = fuzz_word();
    fuzz_windows(&r, word);
    world_shape(client, (s32)number, word);
    if (r.flags & ROUTE_HAS_TEST && (word[r.test_arg] & r.test_mask) == r.test_value) {
        r.kind = r.alt_kind;
        r.slot = r.alt_slot;
    }
    session = route_session(client, &r, word);
    if (!session || !(c = sim_caller_make(client, KIND_ROUTED)))
        return false;
    c->label = (s32)number;
    c->route = r;
    c->spec[0] = r.window[0];
    c->spec[1] = r.window[1];
    memcpy(c->word, word, sizeof(word));
    world_routed(c);
    sim_caller_send(c, session);
    return true;
}

/* A session of the server that a lower-ranked one has: root's badge, or what it was given. */
static struct sim_object *server_session(u8 which)
{
    struct sim_object *o = which & 1 ? session_at(SIM_CLIENTS, descriptor_of(SIM_CLIENTS)) : 0;

    return o ? o : session_at(SIM_CLIENTS, SLOT_FIXED + which / 2 % SERVER_IDS);
}

static bool call_native(u32 client)
{
    const struct operation *op = sim_server()->native;
    struct sim_object *session;
    struct sim_caller *c;
    u32 n = 0;

    while (op && op[n].fn)
        n++;
    if (client < SIM_CLIENTS)
        session = session_at(client, descriptor_of(client));
    else
        session = server_session(fuzz_byte());
    if (!n || !session || !(c = sim_caller_make(client, KIND_NATIVE)))
        return false;
    c->label = (s32)op[fuzz_byte() % n].number;
    for (u32 i = 0; i < 6; i++)
        c->word[i] = fuzz_word();
    c->accepts = true;
    if (fuzz_byte() & 1) {
        c->window = fuzz_address(256);
        c->window_len = fuzz_byte() * 16ull;
        fuzz_memory(c->window, c->window_len);
    }
    world_shape_native(c->label, c->word);
    sim_caller_send(c, session);
    return true;
}

/* What native callers got: fs keeps such sessions, and forwards through them. */
static void received_keep(void)
{
    for (u32 i = 0; i < SIM_CALLERS; i++) {
        struct sim_caller *c = &sim.caller[i];
        struct sim_slot *s;

        if (c->state != CALLER_DONE || !c->received)
            continue;
        s = sim_free_descriptor(&sim.cspace[SIM_CSPACES - 1]);
        if (s && sim.object[c->received - 1].rank == world_id)
            sim_slot_set(s, &sim.object[c->received - 1], 0);
        sim_caller_free(c);
    }
}

/* --- What else happens ------------------------------------------------------------------ */

static void close_one(u32 client)
{
    s64 n = descriptor_of(client);

    if (n >= 0)
        sim_slot_clear(&sim.cspace[sim.client[client].cspace].slot[n]);
}

static void copy_one(u32 client)
{
    s64 n = descriptor_of(client);
    u32 other = client_alive();
    struct sim_slot *to =
        other < SIM_CLIENTS ? sim_free_descriptor(&sim.cspace[sim.client[other].cspace]) : 0;

    if (n >= 0 && to)
        sim_slot_set(to, session_at(client, n), 0);
}

static struct sim_caller *held(void)
{
    u32 start = fuzz_byte();

    for (u32 k = 0; k < SIM_CALLERS; k++) {
        struct sim_caller *c = &sim.caller[(start + k) % SIM_CALLERS];

        if (c->state == CALLER_HELD)
            return c;
    }
    return 0;
}

static void interrupt(void)
{
    struct sim_caller *c = held();

    if (c && c->client < SIM_CLIENTS && !world_owns_threads())
        sim_caller_interrupt(c);
}

static void die(u8 what)
{
    struct sim_caller *c = world_owns_threads() ? 0 : held();

    if (world_owns_threads())
        return;
    if (what & 1 && c && c->client < SIM_CLIENTS)
        sim_caller_die(c);
    else if (!(what & 1))
        world_renew(client_alive());
}

static void time_passes(u8 what)
{
    struct sim_object *timer = sim_named(SERVER_TIMER, OBJECT_TIMER);

    sim.now += what & 8 ? 1ull << (what % 40) : (u64)what * 100000;
    if (!timer || timer->bits > sim.now) {
        if (!timer || timer->bits == ~0ull || what & 1)
            return;
        sim.now = timer->bits;
    }
    timer->bits = ~0ull;
    sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= NOTIFY_TIMER;
}

static void limits(u8 what)
{
    u8 n = fuzz_byte();

    switch (what % 5) {
    case 0:
        sim.heap_left = n < 24 ? n : -1;
        break;
    case 1:
        sim.pool_left = n < 24 ? n : -1;
        break;
    case 2:
        sim.death = n;
        break;
    case 3:
        sim.absent |= 1ull << n % SIM_MEMORY_PAGES;
        break;
    default:
        sim.refused ^= 1ull << n % SIM_MEMORY_PAGES;
        sim.absent |= sim.refused;
        break;
    }
}

static bool more(void)
{
    u8 what;

    received_keep();
    if (fuzz_over())
        return false;
    what = fuzz_byte();
    if (what < 150)
        (void)call_routed();
    else if (what < 170)
        (void)call_native(SIM_CLIENTS);
    else if (what < 176)
        (void)call_native(client_alive());
    else if (what < 192)
        close_one(what & 1 && what & 2 ? SIM_CLIENTS : client_alive());
    else if (what < 200)
        copy_one(what & 1 ? SIM_CLIENTS : client_alive());
    else if (what < 212)
        interrupt();
    else if (what < 222)
        die(what);
    else if (what < 232)
        time_passes(fuzz_byte());
    else if (what < 240)
        limits(fuzz_byte());
    else
        world_event();
    return true;
}

void fuzz_run(void)
{
    sim_more = more;
    sim_serve();
    sim_more = 0;
    received_keep();
}

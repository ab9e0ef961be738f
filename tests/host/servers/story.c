/* The calls that the stories of a server's unit tests are made of. */
#include "story.h"

struct sim_caller *last;

static s64 outcome(struct sim_caller *c)
{
    last = c;
    sim_serve();
    if (c->state != CALLER_DONE)
        return WAITS;
    return c->forwarded ? FORWARDS : c->result;
}

static struct sim_object *session_in(u32 client, u64 n)
{
    struct sim_slot *s = sim_descriptor(&sim.cspace[sim.client[client].cspace], n);

    return s && s->object ? &sim.object[s->object - 1] : 0;
}

/* A thread makes one call at a time. */
static bool is_busy(u32 client)
{
    for (u32 i = 0; i < SIM_CALLERS && world_owns_threads(); i++)
        if (sim.caller[i].client == client
            && (sim.caller[i].state == CALLER_QUEUED || sim.caller[i].state == CALLER_HELD))
            return true;
    return false;
}

struct sim_object *descriptor(u32 client, u64 fd)
{
    struct sim_object *o = session_in(client, fd);

    story_needs(o);
    if (!o)
        sim_broken("client %u has no descriptor %lu", client, fd);
    return o;
}

static s64 send(u32 client, u64 number, const struct route *r, const u64 word[6],
                struct sim_object *session)
{
    struct sim_caller *c;

    if (!session)
        return -EBADF;
    if (session->rank != world_id)
        return FORWARDS;
    story_needs(!is_busy(client));
    c = sim_caller_make(client, KIND_ROUTED);
    story_needs(c);
    c->label = (s32)number;
    c->route = *r;
    c->spec[0] = r->window[0];
    c->spec[1] = r->window[1];
    memcpy(c->word, word, sizeof(c->word));
    sim_caller_send(c, session);
    return outcome(c);
}

s64 call(u32 client, u64 number, const u64 word[6])
{
    struct route r = sim_routes[number];
    u64 n;

    if (r.flags & ROUTE_HAS_TEST && (word[r.test_arg] & r.test_mask) == r.test_value) {
        r.kind = r.alt_kind;
        r.slot = r.alt_slot;
    }
    n = r.kind == ROUTE_DESCRIPTOR ? word[r.arg] : SLOT_FIXED + r.slot;
    if (r.kind == ROUTE_DESCRIPTOR_AT)
        n = get32(word[r.arg]);
    return send(client, number, &r, word, session_in(client, n));
}

s64 call_forwarded(u32 client, u32 holder, u64 slot, u64 number, const u64 word[6])
{
    return send(client, number, &sim_routes[number], word, session_in(holder, slot));
}

s64 ask(u64 slot, s32 label, u64 a, u64 b, u64 c)
{
    struct sim_object *session = session_in(SIM_CLIENTS, slot);
    struct sim_caller *caller = sim_caller_make(SIM_CLIENTS, KIND_NATIVE);
    struct sim_slot *to = sim_free_descriptor(&sim.cspace[SIM_CSPACES - 1]);
    s64 result;

    if (!session)
        return -EBADF;
    caller->label = label;
    caller->accepts = true;
    caller->word[0] = a;
    caller->word[1] = b;
    caller->word[2] = c;
    sim_caller_send(caller, session);
    result = outcome(caller);
    if (!caller->received)
        return result;
    sim_slot_set(to, &sim.object[caller->received - 1], 0);
    caller->received_slot = to - sim.cspace[SIM_CSPACES - 1].slot;
    sim_caller_free(caller);
    return result;
}

void close_slot(u32 client, u64 slot)
{
    struct sim_slot *s = sim_descriptor(&sim.cspace[sim.client[client].cspace], slot);

    if (s)
        sim_slot_clear(s);
    sim_serve();
}

void interrupt(struct sim_caller *c)
{
    sim_caller_interrupt(c);
    sim_serve();
}

void die(struct sim_caller *c)
{
    sim_caller_die(c);
    sim_serve();
}

u8 *memory(u64 address)
{
    return sim.memory + (address - SIM_MEMORY);
}

void remember(u64 address, const char *text)
{
    memcpy(memory(address), text, strlen(text) + 1);
}

u32 get32(u64 address)
{
    u32 value;

    memcpy(&value, memory(address), sizeof(value));
    return value;
}

void put64(u64 address, u64 value)
{
    memcpy(memory(address), &value, sizeof(value));
}

/*
 * A descriptor's calls through sessions that are no descriptors of the server: a client's fixed
 * one, and another server's. None finds an object, none waits. (Process has no descriptors.)
 */
static void no_session_is_taken_for_another(void)
{
    const u64 word[6] = {0, SIM_MEMORY, 1, SIM_MEMORY, SIM_MEMORY, SIM_MEMORY};

    for (u64 number = 0; number < ROUTES && !world_owns_threads() && world_id != SERVER_ID_ROOT;
         number++)
        for (u64 slot = SLOT_FIXED; slot < SLOT_FIXED + SLOTS_FIXED; slot++)
            for (u32 who = 0; who <= SIM_CLIENTS; who += SIM_CLIENTS) {
                struct sim_object *o = session_in(who, slot);

                if (sim_routes[number].kind != ROUTE_DESCRIPTOR || !o || o->rank != world_id
                    || o->badge < SERVER_BADGE || o->badge >= SERVER_BADGE + SERVER_IDS)
                    continue;
                expect_equal(call_forwarded(0, who, slot, number, word) < 0, true, "its error",
                             (u32)number);
                expect_equal(last->state, CALLER_DONE, "its end", (u32)number);
            }
}

const struct story stories_of_all[] = {
    {"no_session_is_taken_for_another", no_session_is_taken_for_another}, {0}};

/*
 * How a world begins and ends.
 */
#include "sim.h"

void routes_write(struct route *routes); /* servers/process/routes.c */

void sim_fixed(u32 client, enum fixed_slot k, u64 badge)
{
    struct sim_object *o = sim_object_make(OBJECT_SESSION);

    o->rank = (u8)world_id;
    o->badge = badge;
    o->quiet = true;
    sim_slot_set(&sim.cspace[sim.client[client].cspace].fixed[k], o, 0);
}

void *world_state(u64 bytes)
{
    if (bytes > sizeof(sim.world))
        sim_broken("the world is larger than %lu bytes", sizeof(sim.world));
    return sim.world;
}

/* Clients are tags 2 and up; every second one is root's. */
void sim_make(void)
{
    routes_write(sim_routes);
    sim_init();
    world_start();
    sim_begin();
    sim.base_slots = sim_slots_used();
    sim.base_sessions = sim_sessions();
    sim.client[SIM_CLIENTS].cspace = SIM_CSPACES - 1;
    for (u32 id = world_id + 1; id < SERVER_IDS; id++)
        sim_fixed(SIM_CLIENTS, (enum fixed_slot)id, SERVER_BADGE + id);
    for (u32 i = 0; i < SIM_CLIENTS; i++) {
        sim_client_make(i, 1u << 16 | (i + 2), i & 1 ? 1000 + i / 2 : 0);
        world_client(i);
    }
}

__attribute__((weak)) void world_renew(u32 client)
{
    u32 tag;

    if (client >= SIM_CLIENTS)
        return;
    tag = sim.client[client].tag + (1u << 16);
    sim_client_die(client);
    sim_client_make(client, tag, client & 1 ? 1000 + client / 2 : 0);
    world_client(client);
}

static void quiet(void)
{
    sim.heap_left = sim.pool_left = sim.death = -1;
    sim_serve();
}

void sim_end(void)
{
    quiet();
    for (u32 i = 0; i <= SIM_CLIENTS; i++)
        sim_client_die(i);
    quiet();
    world_end();
    if (sim_callers_held())
        sim_broken("a caller is held, but all are gone");
    if (sim_slots_used() != sim.base_slots)
        sim_broken("%u slots are used, not %u", sim_slots_used(), sim.base_slots);
    if (sim_sessions() != sim.base_sessions)
        sim_broken("%u sessions live, not %u", sim_sessions(), sim.base_sessions);
}

/* --- What most worlds do not have ------------------------------------------------------------ */

__attribute__((weak)) s64 world_method(struct sim_object *o, slot_t slot, struct method_call *m)
{
    (void)o, (void)slot, (void)m;
    return 0;
}

__attribute__((weak)) s64 world_reply_method(struct sim_caller *c, struct method_call *m)
{
    (void)c, (void)m;
    return -ENOSYS;
}

__attribute__((weak)) s64 world_map(struct sim_caller *c, const struct sim_sent *s)
{
    (void)c, (void)s;
    return -EPERM;
}

__attribute__((weak)) void *world_address(u64 address)
{
    sim_broken("nothing is at %lx", address);
}

__attribute__((weak)) s64 world_call_through(struct sim_object *session, struct message *m)
{
    (void)session, (void)m;
    return -ENOSYS;
}

__attribute__((weak)) void world_check(void) {}

__attribute__((weak)) void world_end(void) {}

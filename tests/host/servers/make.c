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

u32 sim_sessions(void)
{
    u32 n = 0;

    for (u32 i = 0; i < sim.objects_used; i++)
        n += sim.object[i].type == OBJECT_SESSION && sim.object[i].rank == world_id;
    return n;
}

/* Clients are tags 2 and up; every second one is root's. */
void sim_make(void)
{
    sim_keep_also(&sim, sizeof(sim));
    sim_keep_also(sim_table, sizeof(sim_table));
    routes_write(sim_routes);
    sim_init();
    world_start();
    if (!world_owns_kernel())
        sim_begin();
    sim.client[SIM_CLIENTS].cspace = SIM_CSPACES - 1;
    for (u32 id = world_id + 1; id < SERVER_IDS; id++)
        sim_fixed(SIM_CLIENTS, (enum fixed_slot)id, SERVER_BADGE + id);
    world_populate();
    sim.base_slots = sim_slots_used();
    sim.base_sessions = sim_sessions();
    for (u32 id = world_id + 1; id < SERVER_IDS; id++)
        sim.base_sessions -= sim.cspace[SIM_CSPACES - 1].fixed[id].object != 0;
    sim.base_sessions -= sim.base_root;
    world_clients_begin();
}

__attribute__((weak)) void world_clients_begin(void)
{
    for (u32 i = 0; i < SIM_CLIENTS; i++) {
        sim_client_make(i, 1u << 16 | (i + 2), i & 1 ? 1000 + i / 2 : 0);
        world_client(i);
    }
}

/* What servers above this one hold is taken back last. */
__attribute__((weak)) void world_close(void)
{
    for (u32 i = 0; i < SIM_CLIENTS; i++)
        sim_client_die(i);
}

void sim_client_renew(u32 client)
{
    u32 tag;

    if (client >= SIM_CLIENTS)
        return;
    tag = sim.client[client].tag + (1u << 16);
    sim_client_die(client);
    sim_client_make(client, tag, client & 1 ? 1000 + client / 2 : 0);
    world_client(client);
}

__attribute__((weak)) void world_renew(u32 client)
{
    sim_client_renew(client);
}

/* Who found no memory for a Reply is woken to look again. */
static void quiet(void)
{
    struct sim_object *n = sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION);

    lack.of = LACK_NONE;
    sim.heap_left = sim.pool_left = sim.death = -1;
    if (n && sim.received && sim.next_reply == SLOT_NONE)
        n->bits |= NOTIFY_TIMER;
    sim_serve();
}

void sim_end(void)
{
    quiet();
    world_close();
    quiet();
    sim_client_die(SIM_CLIENTS);
    quiet();
    world_end();
    if (sim_callers_held())
        sim_broken("a caller is held, but all are gone");
    if (sim_slots_used() < sim.base_slots || sim_slots_used() > sim.base_slots + world_slack())
        sim_broken("%u slots are used, not %u", sim_slots_used(), sim.base_slots);
    if (sim_sessions() != sim.base_sessions)
        sim_broken("%u sessions live, not %u", sim_sessions(), sim.base_sessions);
}

/* --- What most worlds do not have ------------------------------------------------------------ */

__attribute__((weak)) void world_populate(void) {}

__attribute__((weak)) u32 world_slack(void)
{
    return 0;
}

__attribute__((weak)) bool world_pump(void)
{
    return false;
}

__attribute__((weak)) bool world_owns_threads(void)
{
    return false;
}

__attribute__((weak)) bool world_owns_kernel(void)
{
    return false;
}

__attribute__((weak)) const void *world_start_page(void)
{
    return &sim_start;
}

__attribute__((weak)) bool world_may_call(u32 client)
{
    return sim.client[client].tag != 0;
}

__attribute__((weak)) s64 world_create(struct sim_object *o)
{
    (void)o;
    return 0;
}

__attribute__((weak)) s64 world_destroy(struct sim_object *o)
{
    (void)o;
    return 0;
}

__attribute__((weak)) s64 world_donate(const struct method_call *m)
{
    (void)m;
    return 0;
}

__attribute__((weak)) void world_done(struct sim_caller *c, s64 label)
{
    (void)c, (void)label;
}

__attribute__((weak)) void world_routed(struct sim_caller *c)
{
    (void)c;
}

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

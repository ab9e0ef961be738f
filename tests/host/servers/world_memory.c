/*
 * The memory server's world: RAM in two ranges, process that makes spaces, other servers with
 * objects, programs that map, fault and fork. The kernel's side is world_memory_kernel.c.
 */
#include "fuzz.h"
#include "world_memory.h"

#include "ipc/proto/memory.h"
#include "servers/memory/memory_server.h"

const u32 world_id = SERVER_ID_MEMORY;
const bool world_lingers;
const u32 world_clients = 4;

const u64 world_numbers[] = {
    0x1000, 0x2000, 0x10000, 0x100000,     0x40000000,   0x3000000000, 0x22,    0x21,     0x32,
    0x31,   0x2,    0x1,     0x3ffffff000, 0x4000000000, 0x7000,       0x11000, 0x120000, 0x5000};
const u32 world_nnumbers = sizeof(world_numbers) / sizeof(world_numbers[0]);
const u16 world_hot[] = {214, 215, 216, 222, 222, 222, 226, 226, 216};
const u32 world_nhot = sizeof(world_hot) / sizeof(world_hot[0]);

struct sim_caller *asked;
static u8 *own_memory; /* heap, then two pages to look into */

void *world_address(u64 address)
{
    if (address == SERVER_HEAP)
        return own_memory;
    if (address == SERVER_OBJECTS)
        return own_memory + OWN_HEAP_PAGES * PAGE_SIZE;
    return own_memory + (OWN_HEAP_PAGES + 64) * PAGE_SIZE;
}

s64 world_method(struct sim_object *o, slot_t slot, struct method_call *m)
{
    if (o->type == OBJECT_MEMORY)
        return memory_method(o, slot, m);
    return o->type == OBJECT_ASPACE ? aspace_method(o, m) : 0;
}

s64 world_create(struct sim_object *o)
{
    for (u32 i = 0; o->type == OBJECT_ASPACE && i < ASPACES; i++)
        if (!w->aspace[i].object) {
            w->aspace[i].object = o->index + 1;
            w->aspace[i].n = 0;
            return 0;
        }
    return o->type == OBJECT_ASPACE ? -ENOMEM : 0;
}

s64 world_destroy(struct sim_object *o)
{
    if (o->type != OBJECT_ASPACE)
        return 0;
    if (aspace_of(o)->n)
        return -EBUSY;
    aspace_of(o)->object = 0;
    for (u32 i = 0; i < ASPACES; i++)
        if (w->space[i].object == o->index + 1)
            w->space[i].object = 0;
    return 0;
}

u64 world_space(u64 badge)
{
    for (u32 i = 0; i < ASPACES; i++)
        if (w->space[i].object && BADGE_KIND(badge) == BADGE_SPACE
            && w->space[i].id == BADGE_ID(badge))
            return i;
    return ASPACES;
}

/* A fault's answer that maps. */
s64 world_map(struct sim_caller *c, const struct sim_sent *s)
{
    u64 i = world_space(sim.object[c->session - 1].badge), done;

    if (i == ASPACES || c->kind != KIND_FAULT)
        return -EPERM;
    if (!sim_named(s->cap, OBJECT_MEMORY) || !s->word[2] || s->word[2] > 16)
        return -EINVAL;
    return aspace_map_run(&sim.object[w->space[i].object - 1], s->word, 0, 0, &done);
}

/* --- Spaces --------------------------------------------------------------------------------- */

void world_done(struct sim_caller *c, s64 label)
{
    bool makes = c->label == MEM_SPACE_CREATE || (c->label == MEM_SPACE_FORK && !c->word[4]);

    for (u32 i = 0; label >= 0 && c->kind == KIND_NATIVE && makes && c->received && i < ASPACES;
         i++)
        if (!w->space[i].object) {
            w->space[i].object = c->received;
            w->space[i].id = (u64)c->result;
            return;
        }
}

s64 server_asks(u32 id, s32 label, const u64 word[6])
{
    struct sim_caller *c = sim_caller_make(SIM_CLIENTS, KIND_NATIVE);

    c->label = label;
    c->accepts = true;
    memcpy(c->word, word, sizeof(c->word));
    sim_caller_send(c, &sim.object[sim.cspace[SIM_CSPACES - 1].fixed[id].object - 1]);
    sim_serve();
    asked = c;
    return c->result;
}

void world_start(void)
{
    static const struct boot_range own[] = {{RAM2_FIRST, RAM2_PAGES},
                                            {RAM_FIRST + ARCHIVE_PAGES, RAM_PAGES - ARCHIVE_PAGES}};

    w = world_state(sizeof(*w));
    own_memory = world_state((OWN_HEAP_PAGES + 64) * PAGE_SIZE + PAGE_SIZE);
    own_memory = (u8 *)(((u64)own_memory + PAGE_MASK) & ~PAGE_MASK);
    w->tables_left = -1;
    w->aspace[0].object = sim.slot[SERVER_ASPACE].object;
    sim_start.nram = 2;
    sim_start.ram[0] = (struct boot_range){.first = RAM_FIRST, .npages = RAM_PAGES};
    sim_start.ram[1] = (struct boot_range){.first = RAM2_FIRST, .npages = RAM2_PAGES};
    sim_start.rootfs = (struct boot_range){.first = RAM_FIRST, .npages = ARCHIVE_PAGES};
    sim_start.nown = 2;
    memcpy(sim_start.own, (const struct boot_range[]){own[1], own[0]}, sizeof(own));
    for (u32 i = 0; i < 2; i++)
        sim_slot_set(&sim.slot[SERVER_RAM + i], sim_object_make(OBJECT_MEMORY), 0);
    sim_slot_set(&sim.slot[SERVER_OUT_OF_MEMORY], sim_object_make(OBJECT_NOTIFICATION), 0);
}

/* Root hands over the other servers' address spaces; fs's has the archive mapped. */
void world_populate(void)
{
    u64 done, map[4] = {0x600000000, RAM_FIRST, ARCHIVE_PAGES, ACCESS_READ};

    sim_fixed(SIM_CLIENTS, (enum fixed_slot)SERVER_ID_ROOT, SERVER_BADGE);
    sim.base_root = true;
    for (u32 id = SERVER_ID_PROCESS; id <= SERVER_ID_FS; id++) {
        struct sim_object *o = sim_object_make(OBJECT_ASPACE);
        struct sim_caller *c = sim_caller_make(SIM_CLIENTS, KIND_NATIVE);

        (void)world_create(o);
        if (id == SERVER_ID_FS)
            aspace_map_run(o, map, 0, 0, &done);
        c->label = MEM_ADOPT;
        c->accepts = true;
        c->word[0] = id;
        sim_caller_carry(c, o);
        sim_caller_send(c,
                        &sim.object[sim.cspace[SIM_CSPACES - 1].fixed[SERVER_ID_ROOT].object - 1]);
        sim_serve();
        if (c->result < 0)
            sim_broken("root cannot hand over server %u: %ld", id, c->result);
        sim_caller_free(c);
    }
    w->base_live = slabs_live();
    w->base_spaces = spaces_alive();
}

/* A program with a space of its own. */
void world_client(u32 client)
{
    s64 id;

    if (client >= world_clients)
        return;
    id = server_asks(SERVER_ID_PROCESS, MEM_SPACE_CREATE, (u64[6]){sim.client[client].tag});
    if (id < 0)
        sim_broken("no space for client %u: %ld", client, id);
    sim_caller_free(asked);
    sim_entry(client)->space = (u64)id;
    if (server_asks(SERVER_ID_PROCESS, MEM_SPACE_SESSION, (u64[6]){(u64)id}) < 0)
        sim_broken("no session");
    sim_slot_set(&sim.cspace[client].fixed[FIXED_MEMORY], &sim.object[asked->received - 1], 0);
    sim_caller_free(asked);
}

void world_renew(u32 client)
{
    (void)client;
}

s32 world_call(u32 server, struct message *m)
{
    (void)server, (void)m;
    sim_broken("memory calls a server");
}

/* --- What must hold --------------------------------------------------------------------------- */

static void frame_check(u64 number, const struct frame *f)
{
    enum frame_use use = frame_use_of(number);
    bool right = true;

    if (use == USE_FREE)
        right = !f->count && !f->pinned && !f->kernel;
    else if (use == USE_SPACE)
        right = f->count && !f->kernel;
    else if (use == USE_OBJECT)
        right = f->pinned && !f->kernel;
    else if (use == USE_POOL)
        right = f->kernel;
    if (!right)
        sim_broken("F1: frame %lx has use %u, but count %u%s%s", number, use, f->count,
                   f->pinned ? ", pinned" : "", f->kernel ? ", the kernel's" : "");
}

static void space_check(const struct space *s)
{
    const struct aspace *a = aspace_of(sim_object_in(s->aspace));
    u32 k = 0;

    for (u32 i = 0; i < s->nregions; i++) {
        const struct region *r = s->region[i];

        if (r->start >= r->end || (i && s->region[i - 1]->end > r->start))
            sim_broken("R1: regions of space %lx overlap", s->id);
        for (; k < a->n && a->page[k].va < r->start >> PAGE_SHIFT; k++)
            sim_broken("R2: page %lx of space %lx is in no region", a->page[k].va, s->id);
        for (; k < a->n && a->page[k].va < r->end >> PAGE_SHIFT; k++)
            if (a->page[k].rights & ~page_rights(r->rights))
                sim_broken("page %lx has more rights than its region", a->page[k].va);
    }
    if (k < a->n)
        sim_broken("R2: page %lx of space %lx is in no region", a->page[k].va, s->id);
}

static void all_check(void)
{
    struct space *s;
    u32 index = 0;

    if (!frames_check())
        sim_broken("F1: the counts of uses are wrong");
    for (u32 i = 0; i < RAM_PAGES; i++)
        frame_check(RAM_FIRST + i, &w->frame[i]);
    for (u32 i = 0; i < RAM2_PAGES; i++)
        frame_check(RAM2_FIRST + i, &w->frame[RAM_PAGES + i]);
    while ((s = space_next(&index)))
        space_check(s);
}

void world_check(void)
{
    if (sim_messages % 16 == 0)
        all_check();
}

/* Process destroys all spaces, the servers begin anew. */
void world_close(void)
{
    struct space *s;
    u32 index = 0;

    w->tables_left = -1;
    for (u32 i = 0; i < SIM_CLIENTS; i++)
        sim_client_die(i);
    while ((s = space_next(&index)))
        if (server_asks(SERVER_ID_PROCESS, MEM_SPACE_DESTROY, (u64[6]){s->id}) < 0)
            sim_broken("a space cannot be destroyed");
    for (u32 id = SERVER_ID_PROCESS; id <= SERVER_ID_FS; id++)
        (void)server_asks(id, MEM_RESET, (u64[6]){0});
}

void world_end(void)
{
    all_check();
    if (frames_count(USE_SPACE) || frames_count(USE_OBJECT))
        sim_broken("%lu frames of spaces, %lu of objects are left", frames_count(USE_SPACE),
                   frames_count(USE_OBJECT));
    if (slabs_live() != w->base_live) {
        sim_heap_tell();
        sim_broken("%lu objects live, not %lu", slabs_live(), w->base_live);
    }
}

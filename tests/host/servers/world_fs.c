/*
 * The file system's world: clients with a root and a current directory, lower servers that answer
 * what their protocols permit, memory objects whose pages appear when they are held.
 */
#include "fuzz.h"
#include "world_fs.h"

#include "ipc/proto/memory.h"
#include "ipc/proto/pipe.h"
#include "ipc/proto/process.h"
#include "ipc/proto/terminal.h"
#include "servers/fs/fs_server.h"

const u32 world_id = SERVER_ID_FS;
const bool world_lingers;
const u32 world_clients = 4;

const u64 world_numbers[] = {LINUX_O_CREAT | 2,
                             LINUX_O_RDWR,
                             LINUX_O_TRUNC | 1,
                             0x10000,
                             0x200000,
                             0400000,
                             0644,
                             0100644,
                             0010644,
                             0020600,
                             0x100,
                             0x200,
                             0x400,
                             0x1000,
                             4096,
                             8192,
                             (u64)-100,
                             1ull << 31,
                             1ull << 32};
const u32 world_nnumbers = sizeof(world_numbers) / sizeof(world_numbers[0]);
const u16 world_hot[] = {LINUX_openat, LINUX_openat,     LINUX_openat,   LINUX_read,
                         LINUX_write,  LINUX_pwrite64,   LINUX_pread64,  LINUX_getdents64,
                         LINUX_fcntl,  LINUX_fcntl,      LINUX_unlinkat, LINUX_renameat2,
                         LINUX_linkat, LINUX_mkdirat,    LINUX_mmap,     LINUX_ftruncate,
                         LINUX_lseek,  LINUX_readlinkat, LINUX_flock,    LINUX_execve};
const u32 world_nhot = sizeof(world_hot) / sizeof(world_hot[0]);

static u32 root_session; /* 1 + object: what process got for / */

/* --- The servers below ----------------------------------------------------------------------- */

static s64 session_give(u32 rank, struct message *m)
{
    struct sim_object *o = sim_object_make(OBJECT_SESSION);
    s64 slot;

    o->rank = (u8)rank;
    slot = sim_slot_receive(m->receive, o);
    m->receive = (slot_t)slot;
    return slot < 0 ? slot : 0;
}

static s64 memory_asked(struct message *m)
{
    struct memory_region *r = (void *)(u64)m->data;

    if (m->label >= MEM_OBJECT_CREATE && m->label <= MEM_OBJECT_DESTROY)
        return object_call(m) < 0 ? m->label = -ENOMEM : (s64)m->word[0];
    if (m->label == MEM_DONATE)
        sim.pool_left = sim.pool_left >= 0 ? 8 : -1;
    if (m->label != MEM_SPACE_REGIONS)
        return 40;
    m->word[1] = m->word[1] ? 0 : 0x20000;
    if (m->data_len < sizeof(*r))
        return 0;
    *r = (struct memory_region){
        .start = 0x10000, .end = 0x12000, .rights = 5, .kind = sim.now % 5, .cookie = sim.now % 4};
    return 1;
}

/* A descriptor of that process, and the session in it. */
static s64 descriptors(struct message *m)
{
    for (u32 i = 0; i < SIM_CLIENTS; i++) {
        struct sim_cspace *c = &sim.cspace[i];
        struct sim_slot *s = 0;
        u64 at = m->word[1];

        if (!sim.client[i].tag || sim.client[i].tag != (u32)m->word[0])
            continue;
        for (; at < SIM_DESCRIPTORS && !c->slot[at].object; at++)
            ;
        s = sim_descriptor(c, at < SIM_DESCRIPTORS ? at : m->word[1]);
        m->receive = SLOT_NONE;
        if (!s || !s->object || sim.object[s->object - 1].type != OBJECT_SESSION)
            return SLOT_NONE;
        m->word[2] = sim.object[s->object - 1].rank;
        if (m->word[2] <= SERVER_ID_FS)
            m->receive = (slot_t)sim_slot_receive(SLOT_ANY, &sim.object[s->object - 1]);
        return (s64)at;
    }
    return -ESRCH;
}

static s64 process_asked(struct message *m)
{
    struct sim_object *o;

    switch (m->label) {
    case PROC_INIT_ROOT:
        root_session = sim.slot[m->send].object;
        sim_use(&sim.object[root_session - 1]);
        return 0;
    case PROC_DESCRIPTORS:
        return descriptors(m);
    case PROC_EXE:
        o = root_session ? &sim.object[root_session - 1] : 0;
        m->receive = (slot_t)sim_slot_receive(SLOT_ANY, o);
        return 0;
    case PROC_ARGUMENTS:
        if (m->data_len < 8 || m->word[1] >= 8)
            return 0;
        memcpy((void *)(u64)m->data, "sh\0-c\0x\0", 8);
        return 8 - (s64)m->word[1];
    default:
        m->word[1] = m->word[2] = 3;
        return 0;
    }
}

s32 world_call(u32 server, struct message *m)
{
    bool object = m->label >= MEM_OBJECT_CREATE && m->label <= MEM_OBJECT_DESTROY;
    s64 result = object ? 0 : w->odd;

    w->odd = 0;
    if (!result && server == SERVER_ID_MEMORY)
        result = memory_asked(m);
    else if (!result && server == SERVER_ID_PROCESS)
        result = process_asked(m);
    else if (!result && (m->label == TERM_DEVICE || m->label == PIPE_FIFO))
        result = session_give(server, m);
    else if (!result && m->label == FD_NAME)
        result = server == SERVER_ID_PIPE ? FD_PIPE : FD_TERMINAL;
    if (result >= 0)
        m->word[0] = (u64)result;
    return result < 0 ? (s32)result : 0;
}

/* --- Clients --------------------------------------------------------------------------------- */

void world_start(void)
{
    w = world_state(sizeof(*w));
    w->memory_left = -1;
    pool_make();
    archive_make();
    sim_slot_set(&sim.slot[SERVER_TO + SERVER_ID_ECHO], sim_object_make(OBJECT_SESSION), 0);
    sim.object[sim.slot[SERVER_TO + SERVER_ID_ECHO].object - 1].rank = SERVER_ID_ECHO;
}

void world_client(u32 client)
{
    static const u8 foreign[][2] = {{FIXED_PROCESS, SERVER_ID_PROCESS},
                                    {FIXED_MEMORY, SERVER_ID_MEMORY},
                                    {FIXED_EVENT, SERVER_ID_EVENT},
                                    {FIXED_PIPE, SERVER_ID_PIPE}};
    struct sim_cspace *c = &sim.cspace[client];

    sim_fixed(client, FIXED_NAME, SERVER_BADGE + SERVER_ID_PROCESS);
    sim_slot_set(&c->fixed[FIXED_CWD], &sim.object[root_session - 1], 0);
    sim_slot_set(&c->fixed[FIXED_ROOT], &sim.object[root_session - 1], 0);
    for (u32 i = 0; i < 4; i++) {
        struct sim_object *o = sim_object_make(OBJECT_SESSION);

        o->rank = foreign[i][1];
        sim_slot_set(&c->fixed[foreign[i][0]], o, 0);
    }
}

/* Process tells of those who had locks. */
void world_renew(u32 client)
{
    sim_client_renew(client);
    if (client < SIM_CLIENTS)
        sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= NOTIFY_LOCKS;
}

/* --- The end --------------------------------------------------------------------------------- */

static void remove_all(struct inode *dir, u32 depth)
{
    while (dir->dir.first) {
        struct entry *e = dir->dir.first;

        if (depth > 64)
            sim_broken("directories are in a circle");
        if (is_type(e->inode, S_IFDIR))
            remove_all(e->inode, depth + 1);
        entry_remove(e);
    }
}

/* The same number of inodes and objects is left each time when all names are gone. */
void world_end(void)
{
    static u64 inodes, live, objects;
    u64 n = 0;

    sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= NOTIFY_LOCKS;
    w->memory_left = -1;
    w->odd = 0;
    sim_serve();
    remove_all(fs_root, 0);
    inodes_sweep_all();
    for (u32 i = 0; i < OBJECTS; i++)
        n += w->object[i].id != 0;
    if (!live) {
        inodes = inodes_count();
        live = slabs_live();
        objects = n;
    }
    if (inodes_count() != inodes || n != objects || content_pages())
        sim_broken("%lu inodes are left, not %lu; %lu objects, not %lu; %lu pages", inodes_count(),
                   inodes, n, objects, content_pages());
    if (slabs_live() != live)
        sim_broken("%lu objects live, not %lu", slabs_live(), live);
}

u32 world_slack(void)
{
    return 5; /* sessions of devices, and of zero pages, that are kept once they were asked for */
}

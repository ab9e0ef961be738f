/*
 * The pipe server's world: process takes its signals, memory feeds its pool.
 */
#include "fuzz.h"

#include "ipc/proto/memory.h"
#include "ipc/proto/pipe.h"
#include "ipc/proto/process.h"
#include "servers/pipe/pipe_server.h"

const u32 world_id = SERVER_ID_PIPE;
const bool world_lingers;

const u32 world_clients = 4;

const u64 world_numbers[] = {LINUX_O_WRONLY, LINUX_O_RDWR,    LINUX_O_NONBLOCK, LINUX_O_CLOEXEC,
                             PIPE_BUF,       PIPE_BUF + 1,    PAGE_SIZE * 3,    POLLIN,
                             POLLOUT,        POLLIN | POLLOUT};
const u32 world_nnumbers = sizeof(world_numbers) / sizeof(world_numbers[0]);
const u16 world_hot[] = {LINUX_read,  LINUX_write, LINUX_readv,  LINUX_writev, LINUX_read,
                         LINUX_write, LINUX_pipe2, LINUX_openat, LINUX_ppoll};
const u32 world_nhot = sizeof(world_hot) / sizeof(world_hot[0]);

void world_start(void) {}

void world_client(u32 client)
{
    sim_fixed(client, FIXED_PIPE, SERVER_BADGE + SERVER_ID_PROCESS);
    sim_fixed(client, FIXED_EVENT, SERVER_BADGE + SERVER_ID_PROCESS);
    /* The event server's: calls to it are forwarded. */
    sim.object[sim.cspace[client].fixed[FIXED_EVENT].object - 1].rank = SERVER_ID_EVENT;
}

s32 world_call(u32 server, struct message *m)
{
    if (server == SERVER_ID_MEMORY && m->label == MEM_DONATE)
        sim.pool_left = sim.pool_left >= 0 ? 8 : -1;
    if (server == SERVER_ID_PROCESS && m->label == PROC_SIGNAL && sim.death >= 0)
        sim.death = 0; /* SIGPIPE ends somebody */
    m->word[0] = 0;
    return 0;
}

void world_shape(u32 client, s32 label, u64 word[6])
{
    (void)client;
    if (label == LINUX_pipe2 && fuzz_byte() < 200)
        word[1] &= LINUX_O_CLOEXEC | LINUX_O_NONBLOCK;
    if (label == LINUX_openat && fuzz_byte() < 200)
        word[2] &= LINUX_O_ACCMODE | LINUX_O_NONBLOCK | LINUX_O_CLOEXEC;
    if (label == LINUX_fcntl)
        word[1] = PICK(LINUX_F_GETFL, LINUX_F_SETFL, LINUX_F_SETPIPE_SZ, LINUX_F_GETPIPE_SZ,
                       LINUX_F_SETPIPE_SZ, LINUX_F_SETOWN, word[1]);
    if (label == LINUX_ioctl)
        word[1] = PICK(LINUX_FIONREAD, LINUX_FIONBIO, word[1]);
    if (label == LINUX_ppoll) {
        word[1] = PICK(1, 1, 1, 2);
        word[2] &= PICK(0, 0, ~0ull);
        word[3] &= PICK(0, ~0ull);
    }
}

void world_shape_native(s32 label, u64 word[6])
{
    if (label == FD_POLL)
        word[1] = fuzz_byte() % 4;
}

void world_event(void) {}

/* P1, P3 and what a waiter is. */
static u64 end_check(const struct end *e)
{
    const struct pipe *p = e->pipe;
    u64 waiting = 0;
    u32 readers = 0, writers = 0;

    for (const struct end *o = p->ends; o; o = o->next_end) {
        readers += end_reads(o);
        writers += end_writes(o);
    }
    if (readers != p->nreaders || writers != p->nwriters)
        sim_broken("a pipe has %u readers, %u writers", readers, writers);
    if (p->readers.first && (p->count || p->writers.first))
        sim_broken("a reader waits for %u bytes", p->count);
    for (const struct waiter *w = p->readers.first; w; w = w->next)
        waiting += w->end == e;
    for (const struct waiter *w = p->writers.first; w; w = w->next)
        waiting += w->end == e;
    for (const struct waiter *w = p->opens.first; w; w = w->next)
        waiting += w->end == e;
    for (const struct poll_caller *c = e->watches.callers; c; c = *(void **)c)
        waiting++;
    return waiting;
}

/* Whoever is held waits for an end, and can be found. */
void world_check(void)
{
    u64 waiting = 0;

    for (u32 i = 0; i < ends.size; i++)
        if (ends.entry[i].object)
            waiting += end_check(ends.entry[i].object);
    if (waiting < sim_callers_held())
        sim_broken("%u callers are held, but %lu wait", sim_callers_held(), waiting);
}

void world_end(void)
{
    if (pipes_alive() || ring_bytes_held())
        sim_broken("%lu pipes live, with %lu bytes", pipes_alive(), ring_bytes_held());
}

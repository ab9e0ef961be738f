/* What the unit tests of process share. */
#pragma once

#include "story.h"

#include "ipc/proto/process.h"
#include "servers/process/process_server.h"
#include "world_process.h"

#define AT SIM_MEMORY
#define THERE (SIM_MEMORY + 8 * PAGE_SIZE)
#define FORK 220
#define WAIT 260
#define EXIT 93
#define EXECVE 221
#define EXIT_GROUP 94
#define KILL 129
#define TGKILL 131
#define SIGACTION 134
#define SIGMASK 135
#define FUTEX 98
#define SETPGID 154
#define SETSID 157
#define THREAD_FLAGS 0x3d0f00
#define FROM_FS (SLOT_FIXED + SERVER_ID_FS)
#define NO_HANG 1

/* The client whose thread has that tid. */
static inline u32 client_of(s64 tid)
{
    for (u32 i = 0; i < SIM_CLIENTS; i++) {
        const struct process_entry *e = process_entry(sim_table, sim.client[i].tag);

        if (w->thread[i].object && e && e->tid == (u32)tid && !(e->flags & PROCESS_IS_LOADER))
            return i;
    }
    story_needs(false);
    expect_equal(tid, 0, "a thread with that tid", __LINE__);
    return 0;
}

struct sim_object *session_of(u32 rank);

static inline s64 child_of(u32 parent)
{
    return CALL(parent, FORK, LINUX_SIGCHLD);
}

/* fs forwards it, with the file. */
static inline s64 exec_of(u32 client, u64 argv, u64 envp)
{
    struct sim_caller *c = sim_caller_make(client, KIND_ROUTED);

    c->label = EXECVE;
    c->route = sim_routes[EXECVE];
    c->spec[0] = c->route.window[0];
    c->word[0] = AT, c->word[1] = argv, c->word[2] = envp;
    file_carry(c);
    sim_caller_send(c, &sim.object[sim.cspace[SIM_CSPACES - 1].fixed[SERVER_ID_FS].object - 1]);
    sim_serve();
    last = c;
    return c->state == CALLER_DONE ? c->result : WAITS;
}

/* The client that loads. */
static inline u32 loader(void)
{
    for (u32 i = 0; i < SIM_CLIENTS; i++)
        if (w->thread[i].object && thread_loads(i) && thread_runs(i))
            return i;
    story_needs(false);
    expect_equal(0, 1, "a loader", __LINE__);
    return 0;
}

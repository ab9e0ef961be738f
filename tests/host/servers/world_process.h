/* Threads and address spaces as the process server makes them, on the host. */
#pragma once

#include "sim.h"

#define SPACES 24u

struct thread {                  /* of the client with the same index */
    u32 object, aspace, session; /* 1 + index */
    bool started, stopped, marked;
    bool in_call; /* its last call's result is in its registers */
    s64 result;
    struct thread_registers r;
};

struct process_world {
    struct thread thread[SIM_CLIENTS];
    u32 cspaces; /* in use, a bit each */
    struct {
        u64 id;
        u32 object; /* 1 + index, 0: free */
    } space[SPACES];
    u32 spaces_ever;
    s64 memory_left; /* requests until memory has none; negative: it always has */
    u64 live;        /* objects of the heap with process 1 alone */
};
extern struct process_world *w;

struct sim_caller *thread_caller(u32 client); /* what it waits for, or 0 */
bool thread_runs(u32 client);                 /* in user mode */
bool thread_loads(u32 client);
/* Its call through its own table: 0: no room. */
struct sim_caller *thread_calls(u32 client, enum message_kind kind, s32 label);
void file_carry(struct sim_caller *c); /* a capability of fs's goes along */
s32 spaces_call(struct message *m);
s64 aspace_method(struct sim_object *o, struct method_call *m);

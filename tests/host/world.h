/*
 * What tests and fuzzers begin with: two programs, A and B, two servers, S at ENDPOINT and T at
 * ENDPOINT2, each in a home (address space, capability space) with capabilities to nearly
 * everything; and root, which has made all that and waits for the interrupt ROOT_SOURCE.
 *
 * S and T are in recv, A runs, B is ready.
 */
#pragma once

#include "ipc/endpoint.h"
#include "kernel/cspace.h"
#include "kernel/sched.h"
#include "tests/host/host.h"

enum side { A, B, S, T, SIDES };

/* Slots, the same in every home and in root's; descriptors are below LIMIT. */
enum {
    LIMIT = 16,
    SESSION = 64, /* to ENDPOINT; also descriptor 0 and fixed slot 0 */
    SESSION2,     /* to ENDPOINT2; also descriptor 1 and fixed slot 1 */
    ENDPOINT,
    ENDPOINT2,
    NOTE,  /* bound to S; also descriptor 2 */
    SHOUT, /* nobody is bound to it */
    TIMER, /* of SHOUT */
    IRQ,   /* source 2, of SHOUT */
    POOL,
    MEMORY,  /* frames_first on, FRAMES of them; nobody uses them */
    MEMORY2, /* in the other range */
    MACHINE,
    DEVICE,
    SPARE, /* a session to ENDPOINT, in root's table and S's */
    REPLY, /* made by each thread for itself, as REPLY2; not root */
    REPLY2,
    POOL2,   /* has one page, and may make little */
    NOTHING, /* always empty to begin with */
    THREAD,  /* + enum side */
    CSPACE = THREAD + SIDES,
    ASPACE = CSPACE + SIDES,
    ROOT_NOTE = ASPACE + SIDES, /* root's alone, as the one below */
    ROOT_IRQ,
    SLOTS_END,
};
#define BADGE 0x1000ul
#define BADGE2 0x2000ul
#define ROOT_SOURCE 1u
#define FRAMES 96u

/* Addresses in every home. */
#define USER_MEMORY 0x100000ul /* 4 pages */
#define USER_READ_ONLY 0x106000ul
#define USER_SHARED 0x108000ul   /* the same frame in all homes */
#define USER_ROUTES 0x110000ul   /* A's route table, in A's and root's */
#define USER_STRADDLE 0x1ff000ul /* two pages with page tables of their own */

extern struct thread *side[SIDES], *root;
extern frame_t frames_first, routes_first;
/* Boots, makes all that, and keeps it. */
void world_make(void);

/* --- Calls, by whoever runs ------------------------------------------------------------- */

struct ask {
    slot_t on;
    enum method label;
    u64 word[6];
    u64 window, len;
    slot_t sent, receive; /* 0: none */
};
struct told {
    s64 error;
    u64 word[6];
    slot_t slot;
};
/* A method, to its end. */
struct told ask(struct ask q);
s64 method(slot_t on, enum method label, u64 a, u64 b); /* the same: its error */

/* Sets the registers of whoever runs, and enters the kernel. */
struct registers {
    s64 operation;
    slot_t slot;
    u64 label; /* and enum message_flag << 32 */
    u64 word[6];
    u64 t1, t2, t3, t4, t5, t6;
};
void operate(const struct registers *r);
void call_session(slot_t session, u64 label, u64 word);
void receive(slot_t endpoint, slot_t reply);
void reply_receive(s64 label, u64 word); /* with REPLY, at the endpoint of that server */
void route(u64 number, u64 a0, u64 a1, u64 a2);
void run(enum side i); /* the programs yield until it runs */
void wake_root(void);
/* Bytes of a program's memory. */
void user_write(const struct thread *t, u64 va, const void *from, u64 len);
void user_read(const struct thread *t, u64 va, void *to, u64 len);

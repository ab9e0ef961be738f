/*
 * A simulated kernel behind a server's door: capabilities, Replies, callers and their memory, with
 * the results and errors of ipc/abi.
 *
 * All of its state is `sim`, so that it is kept and brought back in one piece (keep.c). Clients
 * are programs: a tag, a table of descriptors, and memory that all of them share. A caller is a
 * call of one.
 * C1: a Reply names a caller iff that caller is held, and that caller names it.
 * C2: an object's uses are the slots that name it and the calls through it.
 */
#pragma once

#include "ipc/abi/route.h"
#include "ipc/proto/process_table.h"
#include "servers/lib/server.h"

#include <string.h>

#define SIM_OBJECTS 4096u
#define SIM_SLOTS 3072u /* of the server */
#define SIM_CSPACES 32u
#define SIM_DESCRIPTORS 64u
#define SIM_CLIENTS 16u
#define SIM_CALLERS 48u
#define SIM_PENDING 256u
#define SIM_MEMORY 0x10000ul /* where the clients' memory begins, ... */
#define SIM_MEMORY_PAGES 32u /* ... and ends */
#define SIM_GIVES 4u
#define SIM_HANDS SERVER_IDS /* sessions of other servers have as badge what they are */

struct sim_object {
    u8 type; /* enum object_type, 0: free */
    u8 rank; /* of a session: enum server_id of its server */
    bool dead, quiet;
    bool created; /* by the server */
    u32 uses, index;
    u64 badge;
    u32 caller; /* of a Reply: 1 + index, 0: idle */
    bool abandoned;
    bool notice; /* of a Reply: an interrupted message is on its way */
    u64 bits;    /* Notification; Timer: its deadline; Reply: its slot; capability space: which */
};

struct sim_slot {
    u32 object; /* 1 + index, 0: empty */
    u8 flags;
    bool reserved;
};

struct sim_cspace {
    struct sim_slot slot[SIM_DESCRIPTORS], fixed[SLOTS_FIXED];
    u32 limit;
};

struct sim_client {
    u32 tag; /* 0: dead */
    u32 cspace;
};

enum caller_state { CALLER_FREE, CALLER_QUEUED, CALLER_HELD, CALLER_DONE };

struct sim_caller {
    u8 state;
    u8 kind; /* enum message_kind */
    bool marked, accepts, cut;
    u32 client, tag; /* client SIM_CLIENTS: a server */
    s32 label;
    u64 word[6];
    struct route route;
    struct window_spec spec[2];
    u64 window, window_len; /* of a native call */
    u32 session, carried;   /* 1 + object's index */
    u32 reply;
    u32 given[SIM_GIVES], ngiven;
    u64 stop; /* where a copy stopped, ~0: nowhere */
    u64 cut_at;
    u32 repeats;
    /* What came of it. */
    s64 result; /* a0, or the negative label */
    u64 out[6];
    u32 received; /* 1 + object's index; native calls: a use is kept until the caller is freed */
    s64 received_slot;
    u32 forwards; /* how often it was forwarded */
    u8 forwarded; /* to another server, 1 + rank: as good as done */
};

struct sim_pending {
    u8 kind;
    u32 index; /* caller, Reply's object, or session's */
};

struct sim {
    struct sim_object object[SIM_OBJECTS];
    struct sim_slot slot[SIM_SLOTS];
    struct sim_cspace cspace[SIM_CSPACES];
    struct sim_client client[SIM_CLIENTS + 1]; /* the last: all servers above this one */
    struct sim_caller caller[SIM_CALLERS];
    struct sim_pending pending[SIM_PENDING];
    u32 npending, next_caller;
    u32 objects_used, lowest_object, lowest_slot;
    u32 live;                      /* objects that the server created */
    u32 own_cspace;                /* 1 + index */
    bool base_root;                /* root has a session, too */
    u32 base_slots, base_sessions; /* without any client */
    u32 interrupted;               /* 1 + the caller that the message just served was about */
    bool received;                 /* the server has: now it has a rank */
    u64 now;
    u64 absent;  /* pages of the clients' memory that are not there, a bit each */
    u64 refused; /* ... and will never be */
    slot_t next_reply;
    struct delivery delivery;
    s64 heap_left; /* allocations until one fails; negative: none does */
    s64 pool_left; /* objects until the pool is empty; negative: never */
    s64 death;     /* methods until a held caller dies; negative: none does */
    u8 memory[SIM_MEMORY_PAGES * PAGE_SIZE];
};
extern struct sim sim;
extern u8 sim_table[PROCESS_TABLE_PAGES * PAGE_SIZE];
extern struct route sim_routes[ROUTES];
extern struct start_info sim_start;

/* broken.c: says what is wrong and ends the test. */
__attribute__((noreturn, format(printf, 1, 2))) void sim_broken(const char *format, ...);

/* lack.c: what runs out, or goes, at a given use of it; the rest is as always. */
enum lack {
    LACK_NONE,
    LACK_HEAP,     /* memory of the server's heap */
    LACK_POOL,     /* of its pool */
    LACK_SERVER,   /* of the servers that it asks */
    LACK_PAGE,     /* a page of clients' memory is not there; lasting: nor will it be */
    LACK_LIFE,     /* a caller that is held dies before a method */
    LACK_PATIENCE, /* ... is interrupted before a message */
    LACKS,
};
extern struct lack_point {
    enum lack of;
    bool lasts; /* from then on */
    u64 at, uses;
} lack;
bool sim_lacks(enum lack of); /* a use of it; true: there is none */

/* sim.c */
struct sim_object *sim_object_make(enum object_type type);
void sim_use(struct sim_object *o);
void sim_release(struct sim_object *o);
struct sim_slot *sim_own(slot_t slot); /* 0: out of range */
struct sim_object *sim_named(slot_t slot, enum object_type type);
void sim_slot_set(struct sim_slot *s, struct sim_object *o, u8 flags);
void sim_slot_clear(struct sim_slot *s);
void sim_session_closed(struct sim_object *o); /* its closed message has been delivered */
struct sim_object *sim_object_in(slot_t slot);
s64 sim_slot_free(slot_t where);
s64 sim_slot_receive(slot_t where, struct sim_object *o); /* the slot, or an error */
/* An answer's new session with the server of that rank: 0, or an error. */
s64 sim_session_receive(struct message *m, u32 rank);
u32 sim_slots_used(void);                           /* from SERVER_FREE on */
s32 sim_method(slot_t slot, struct method_call *m); /* 0 or the error; results are in m */
void sim_init(void);

/* cspace.c */
s64 sim_cspace_method(struct sim_object *o, struct method_call *m);
struct sim_slot *sim_descriptor(struct sim_cspace *c, u64 n); /* fixed slots too */
struct sim_slot *sim_free_descriptor(struct sim_cspace *c);

/* window.c: copies between a caller's windows and the server's memory. */
struct sim_copy {
    struct sim_caller *caller;
    u32 window;
    u64 offset;
    u8 *own;
    u64 len;
    bool out;
    u64 done; /* back */
    u64 stop; /* enum copy_stop */
};
void sim_copy(struct sim_copy *c);
u64 sim_window_bytes(struct sim_caller *c, u32 window);
enum access sim_window_access(const struct sim_caller *c, u32 window);
s32 sim_window_first(const struct sim_caller *c, enum access access);
void sim_copy_between(struct sim_caller *to, struct sim_caller *from, struct method_call *m);
u64 sim_copy_memory(struct sim_caller *c, u64 address, u8 *own, u64 len, bool out);
u64 sim_deliver_data(struct sim_caller *c, u64 buffer); /* bytes */
u8 *sim_memory_at(u64 address, u64 *len);               /* what is there of it, or 0 */

/* reply.c */
struct sim_sent { /* a reply */
    slot_t reply, cap;
    u64 label; /* | flags << 32 */
    u64 word[6];
    const void *copy;
    u64 copy_len;
};
s64 sim_reply_method(struct sim_object *r, struct method_call *m);
s32 sim_reply(const struct sim_sent *s, u64 word[2]); /* 0, or why not */
struct sim_caller *sim_caller_of(struct sim_object *reply);
void sim_unbind(struct sim_object *reply);
void sim_abandon(struct sim_object *reply);
#define SIM_UNKNOWN (1ll << 62) /* of a method: its word 0 is all ones */
#define SIM_WORDS (1ll << 61)   /* of a method: its words are what it has put there */

/* caller.c: who calls, and what is on its way to the server. */
struct sim_caller *sim_caller_make(u32 client, enum message_kind kind);
void sim_caller_free(struct sim_caller *c);
void sim_caller_done(struct sim_caller *c, s64 label, const u64 word[6]);
void sim_caller_retry(struct sim_caller *c);
void sim_caller_die(struct sim_caller *c);
void sim_caller_interrupt(struct sim_caller *c);
void sim_caller_send(struct sim_caller *c, struct sim_object *session);
void sim_caller_forward(struct sim_caller *c, struct sim_object *to, struct sim_object *cap,
                        const struct method_call *m);
/* A client with a tag, and an entry in the process table. */
void sim_client_make(u32 client, u32 tag, u32 uid);
void sim_client_renew(u32 client); /* it ends, and another one begins in its place */
void sim_client_die(u32 client);
struct process_entry *sim_entry(u32 client);
void sim_pend(enum message_kind kind, u32 index);
void sim_pend_drop(enum message_kind kind, u32 index);
void sim_caller_carry(struct sim_caller *c, struct sim_object *o); /* with its call */
void sim_caller_withdraw(struct sim_caller *c); /* not received yet: it is to come again */
void sim_cspace_empty(struct sim_cspace *c);
bool sim_next(struct delivery *d, u64 buffer); /* false: nothing is there that may be delivered */
u32 sim_callers_held(void);

/* door.c */
void sim_begin(void);          /* the server's main, once */
void sim_serve(void);          /* sends what is there until there is no more */
extern bool (*sim_more)(void); /* makes another message, or false; 0: none are made */
extern u64 sim_messages;

/* loop.c: the server's tables. */
const struct server *sim_server(void);

/* heap.c */
void sim_heap_keep(void);
void sim_heap_restore(void);
void sim_heap_tell(void); /* what lives that did not when it was kept */

/* keep.c */
void sim_keep(void);
void sim_restore(void);
void sim_keep_also(void *at, u64 bytes); /* before sim_keep */

/* make.c */
u32 sim_sessions(void); /* of this server that live */
void sim_make(void);    /* routes, objects, the server's main, clients */
void sim_end(void);     /* all clients go; what the server still has then has leaked */
void sim_fixed(u32 client, enum fixed_slot k, u64 badge); /* a session of this server there */

/* What a server's world defines: world_SERVER.c. */
extern const u32 world_id;       /* enum server_id */
extern const u32 world_clients;  /* of them most calls are */
extern const bool world_lingers; /* who is interrupted need not be answered at once */
void *world_state(u64 bytes);    /* what it keeps, and is kept: zeroed, asked for once */
void world_start(void);          /* before its main */
void world_populate(void);       /* behind it; what is there then is no client's */
void world_clients_begin(void);  /* all of them */
void world_client(u32 client);   /* it begins: its fixed slots */
void world_renew(u32 client);    /* sim_client_renew, and what the world knows of it */
/* A call of a lower server: m is overwritten with the answer. */
s32 world_call(u32 server, struct message *m);
/* A call through a caller's descriptor that is no session of this server. */
s64 world_call_through(struct sim_object *session, struct message *m);
/* Who runs, waits and dies is the server's affair (process), not the test's. */
bool world_owns_threads(void);
bool world_may_call(u32 client);
/* All objects but Replies and sessions are the world's (root), and its main is begun by a test. */
bool world_owns_kernel(void);
const void *world_start_page(void);            /* what its main is told */
s64 world_create(struct sim_object *o);        /* an object of the server's: 0, or an error */
s64 world_destroy(struct sim_object *o);       /* 0, or EBUSY */
s64 world_donate(const struct method_call *m); /* to the server's own pool */
void world_done(struct sim_caller *c, s64 label);
/* A method that the simulation does not know. */
s64 world_method(struct sim_object *o, slot_t slot, struct method_call *m);
s64 world_reply_method(struct sim_caller *c, struct method_call *m);
s64 world_map(struct sim_caller *c, const struct sim_sent *s);
void *world_address(u64 address); /* what ipc/proto/start.h names */
bool world_pump(void);            /* sends what nobody asked for; false: there is nothing */
void world_check(void);           /* after each message */
u32 world_slack(void);            /* slots that may be left at the end */
void world_kept(void);            /* its state was kept: what lies elsewhere is its own affair */
void world_restored(void);        /* ... and was brought back */
void world_close(void);           /* all clients end */
void world_end(void);             /* when all clients are gone and all is quiet */

/*
 * Root's world: a machine with RAM and a boot archive, and the kernel objects that root makes out
 * of pools, which are empty sooner or later.
 *
 * F1: no frame is given away twice: to a pool, to a server that writes it, to memory.
 * F2: no mapping may be written and executed, and none of two servers' is writable but the table.
 * F3: a server begins with the slots, mappings and start page that its manifest names, and with
 *     memory as it was built, each time.
 */
#pragma once

#include "servers/root/root.h"
#include "sim.h"

#define RANGES 3u
#define FRAMES 1400u /* of all ranges */
#define RAM_FIRST 0x80000ull
#define RANGE_GAP 0x10000ull /* between the first frames of two ranges */
#define POOLS 12u
#define SPACES 12u
#define RUNS 48u
#define TABLES 40u
#define CSPACE_SLOTS (SERVER_FREE + SLOTS_PER_PAGE)
#define ARCHIVE_PAGES 64u
#define INITRD_PAGES 2u
#define PAGES_KEPT 10u
#define TICKS 10000000ull /* a second */

enum frame_use { USE_FREE, USE_KERNEL, USE_USER, USE_BOOT };
struct frame {
    u8 use;
    u8 maps;
    u8 writer; /* 1 + space that may write it */
    bool dirty, memorys;
    const u8 *source; /* what it holds, 0: zeroes */
};

struct pool {
    s64 pages, bytes;
    u32 creates;
    bool trusted;
};

struct run {
    u64 address, first, npages;
    u32 rights;
};
struct space {
    u32 object, pool;
    struct run run[RUNS];
    u32 nruns;
    u64 table[TABLES]; /* address >> 21, or >> 30 | bit 63 */
    u32 ntables;
};

struct cspace {
    u32 object, pool, limit;
    u16 slot[CSPACE_SLOTS]; /* 1 + object */
    u8 page[CSPACE_SLOTS / SLOTS_PER_PAGE];
};

enum thread_course { COURSE_NEW, COURSE_READY, COURSE_RUNS, COURSE_STOPPED };
struct thread {
    u32 object, course;
    u64 priority, tag;
    u32 aspace, cspace, handler; /* 1 + object */
    struct thread_registers r;
    u32 faulted; /* 1 + caller */
};

struct root_world {
    struct boot_info boot;
    struct boot_range ram[RANGES];
    struct frame frame[FRAMES];
    u32 nframes;
    struct pool pool[POOLS];
    struct space space[SPACES];
    struct cspace cspace[SPACES];
    struct thread thread[SPACES];
    u32 npools, nspaces, ncspaces;
    u8 pool_of[SIM_OBJECTS];
    u16 endpoint_of[SIM_OBJECTS]; /* of a session: 1 + object */
    struct {
        frame_t frame;
        u8 bytes[PAGE_SIZE];
    } page[PAGES_KEPT];  /* what root writes */
    u32 npages, scratch; /* 1 + the one that is mapped */
    u64 archive_bytes;
    /* What a test wants. */
    u64 root_pages;       /* of its pool at the start */
    s64 steps;            /* that need memory */
    s64 fail_at;          /* this step fails, or ... */
    s64 fail_until;       /* ... all up to this one; negative: none does */
    u64 area[SERVER_IDS]; /* in the kernel: where; ~0: it is not */
    s32 place_error, adopt_error;
    u32 refused; /* that method always is */
    u64 worked[SERVER_IDS];
    enum thread_state state[SERVER_IDS]; /* as THREAD_TIMES tells it */
    s64 times_error;
    /* What came of it. */
    bool booted, off;
    char said[600];  /* the last of what was printed */
    u32 started[32]; /* ranks in that order */
    u32 nstarted;
    u32 adopted; /* mask of ranks */
    u32 restarts[SERVER_IDS];
    u32 restart_mode[SERVER_IDS];
};
extern struct root_world *w;
extern u8 root_archive[ARCHIVE_PAGES * PAGE_SIZE];

/* world_root.c: objects. */
bool root_pays(u32 pool, u64 bytes); /* false: it is empty */
void root_thread_marks(const struct thread *t);
u32 root_server_of(const struct thread *t); /* rank, or SERVER_IDS */
struct thread *root_thread(u32 rank);
/* The server makes an object in a slot of its own. */
struct sim_object *root_server_makes(u32 rank, enum object_type type, slot_t slot);
void root_server_holds(u32 rank, slot_t slot, struct sim_object *o);
struct sim_object *root_object(slot_t slot);
void root_server_faults(u32 rank, u32 cause);

/* world_root_threads.c: threads, the machine. */
s64 root_thread_method(struct thread *t, struct method_call *m);
s64 root_machine_method(struct method_call *m);
void root_thread_ends(struct thread *t);

/* world_root_memory.c: frames and Address spaces. */
struct frame *root_frame(frame_t frame);
s64 root_aspace_method(struct space *a, struct method_call *m);
s64 root_memory_method(struct sim_object *o, struct method_call *m);
s64 root_donate(struct pool *p, const struct method_call *m);
const struct run *root_run_at(const struct space *a, u64 address);

/* world_root_archive.c: what the boot loader brings. */
u32 archive_begin(void);
void archive_add(const char *name, const void *data, u32 bytes); /* on a page */
void archive_end(void);
void *archive_member(const char *name); /* its data */
u8 *archive_header(const char *name);
extern const char root_manifest[], root_manifest_end[];
void archive_standard(const char *manifest, u32 bytes); /* and all servers */

/* world_root_boot.c: a machine, and its boot. */
void machine_standard(void);
void machine_boot(void);
void boot_with(const char *manifest); /* the standard machine; null: with its own */
void time_goes(u64 ticks);            /* with what the timer says meanwhile */

/* world_root_check.c */
void root_check_start(u32 rank);

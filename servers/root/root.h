/*
 * The root server: what its files share.
 *
 * Reading order: main.c, archive.c (the boot archive in place), manifest.c (who gets
 * what), frames.c (memory and mappings), make.c and start.c (a server from nothing),
 * watch.c (deaths).  Root is a server like the others: it moves its first
 * capabilities to the slots of ipc/proto/slots.h and runs the library's loop.
 */
#pragma once

#include "ipc/abi/route.h"
#include "ipc/proto/memory.h"
#include "ipc/proto/process_table.h"
#include "servers/lib/server.h"

#define ROOT_RAM 48u /* slot: Memory of RAM range i in ROOT_RAM + i */

/* --- manifest.c ---------------------------------------------------------------------- */

enum manifest_flag {
	HAS_TRUSTED = 1 << 0, /* endpoint: may reach its callers' memory */
	HAS_RAM = 1 << 1,     /* Memory of all RAM, and the frames that are left */
	HAS_MACHINE = 1 << 2,
	HAS_UART = 1 << 3,
	HAS_INTERRUPT = 1 << 4,  /* of the UART */
	HAS_TABLE_READ = 1 << 5, /* process table */
	HAS_TABLE_WRITE = 1 << 6,
	HAS_ROOTFS = 1 << 7,
	HAS_INITRD = 1 << 8,
	HAS_LOADER = 1 << 9,
	HAS_ROUTES = 1 << 10,
	HAS_SEED = 1 << 11,
	HAS_CLOCK = 1 << 12, /* of the day: its registers, to read */
};

enum restart_policy { POLICY_NEVER, POLICY_REQUEUE, POLICY_FAIL };

struct manifest_entry {
	char name[16];
	u32 line; /* where it begins, for error texts */
	u32 rank; /* = enum server_id */
	u32 priority;
	u32 stack, pool; /* pages */
	u32 ceiling;     /* highest priority of threads that it makes */
	u32 creates;     /* mask of enum object_type */
	u32 calls;       /* mask of ranks: sessions that it calls through */
	u32 hands;       /* mask of ranks: sessions that it only hands on */
	u32 signals;     /* mask of ranks: whose notification it may signal */
	u32 has;         /* enum manifest_flag */
	u32 restart;     /* enum restart_policy */
	u32 limit;       /* milliseconds of work without a recv, 0: no limit */
};

/* Reads the text; ends the system with a line number if it is wrong. */
void manifest_read(const char *text, u64 len);
/* The entry of that rank, 0 if there is none. */
const struct manifest_entry *manifest_find(u32 rank);

/* --- archive.c ----------------------------------------------------------------------- */

struct member {
	const u8 *data; /* 0: there is no such member */
	u64 bytes;
	frame_t first; /* its first frame */
	u64 npages;
};

/* Maps the boot archive read-only. */
void archive_map(const struct boot_info *boot);
struct member archive_find(const char *name);
struct member archive_find_server(const char *name); /* "servers/NAME", checked flat image */

/* --- frames.c ------------------------------------------------------------------------ */

void frames_init(const struct boot_info *boot);
frame_t frames_take(u64 npages); /* contiguous, never used before: zero when mapped */
/* What is left, and root's no longer: runs to `own`, how many. */
u64 frames_left(struct boot_range own[BOOT_RANGES]);
slot_t frames_memory(frame_t frame); /* slot of the Memory that covers it */
/* Gives fresh pages to a pool. */
void frames_donate(slot_t pool, u64 npages);
/* Where aspace tables are paid, when a mapping finds that pool empty. */
struct mapping {
	slot_t aspace, pool;
	u64 address;
	u32 rights;
};
void frames_map(const struct mapping *m, frame_t first, u64 npages);
void frames_map_device(const struct mapping *m, slot_t memory, frame_t first);

/* --- make.c, start.c ----------------------------------------------------------------- */

struct server_record {
	const struct manifest_entry *entry; /* 0: there is no such server */
	struct member image;                /* without data: it is in the kernel, ... */
	u64 area;                           /* ... here in its Address space */
	slot_t pool, aspace, cspace, thread, endpoint, notification, timer, handler;
	frame_t data_first; /* writable segments, then the stack: contiguous */
	u64 data_pages;
	frame_t start_page;
	/* watch.c */
	u64 death[4]; /* times of its last deaths */
	u32 deaths;
	bool away; /* died too often: nobody serves its endpoint any more */
};
extern struct server_record servers[SERVER_IDS];
extern const struct boot_info *boot;

void make_servers(void); /* objects and memory of all servers */
void make_thread(struct server_record *s);
void image_load(const struct server_record *s); /* writable segments as they were built */
void start_servers(void); /* slots, start pages; memory first, then the others */
slot_t root_create(slot_t pool, enum object_type type, u64 a, u64 b, slot_t sent);
slot_t root_mint(const struct server_record *to, u64 badge);
void start_thread(const struct server_record *s);
void start_again(const struct server_record *s); /* and its start page says so */
/* MACHINE_PLACE: area, or 0; negative: it is not in the kernel. */
s64 root_place(struct server_record *s, u32 rank, slot_t sent);

/* --- watch.c ------------------------------------------------------------------------- */

s64 watch_fault(struct request *q, struct answer *a);
void watch_notified(u64 bits);
void watch_begin(void);

/* --- main.c -------------------------------------------------------------------------- */

/* Prints and switches the machine off. */
__attribute__((noreturn)) void root_fail(const char *what, const char *name, s64 number);

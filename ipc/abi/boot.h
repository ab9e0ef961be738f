/*
 * What the kernel tells the first server (root), in one page that it maps
 * read-only there; root's first thread starts with a0 = the page's address.
 *
 * Root's capability space at start: the slots of enum root_slot.
 */
#pragma once

#include "ipc/abi/types.h"

#define BOOT_MAGIC 0x746f6f627373696dull /* "missboot" */
#define BOOT_RANGES 8u
#define BOOT_SOURCES 8u

struct boot_range {
	u64 first; /* frame */
	u64 npages;
};

struct boot_uart {
	u64 base;   /* physical address of the console's UART, 0 if none */
	u32 source; /* interrupt source at the PLIC */
	u32 reg_shift;
	u32 reg_width; /* bytes of an access: 1 or 4 */
	u32 pad;
};

struct boot_info {
	u64 magic;
	u64 nharts;
	u64 timebase_hz;
	struct boot_range ram[BOOT_RANGES]; /* all RAM that the ledger covers */
	u64 nram;
	struct boot_range archive; /* boot archive (cpio), page aligned; bytes below */
	u64 archive_bytes;
	struct boot_range initrd; /* overlay from the boot loader, npages 0 if none */
	u64 initrd_bytes;
	u64 initrd_offset; /* of the first byte in its first page */
	struct boot_uart uart;
	u64 free_first, free_npages; /* the largest run of free frames: root's to begin with */
	u64 root_first, root_npages; /* frames that hold root's own image and stack */
	u8 seed[32];                 /* /chosen/rng-seed, zero if none */
	char command_line[512];      /* /chosen/bootargs */
	struct boot_range free[BOOT_RANGES]; /* every run of free frames, the one above first */
	u64 nfree;
	u64 clock; /* physical address of the clock of the day (goldfish RTC), 0 if none */
};
_Static_assert(sizeof(struct boot_info) <= PAGE_SIZE, "one page");

enum root_slot {
	ROOT_SLOT_CSPACE = 1,
	ROOT_SLOT_ASPACE,
	ROOT_SLOT_THREAD,
	ROOT_SLOT_POOL, /* may create every type, trusted endpoints and pools */
	ROOT_SLOT_MACHINE,
	ROOT_SLOT_DEVICE, /* Memory: all that is not RAM, interrupt controller or timer */
	ROOT_SLOT_MEMORY, /* Memory: RAM range 0; range i in ROOT_SLOT_MEMORY + i */
};

/*
 * A flat image (servers, loader): this page, then the segments.  Made by
 * scripts/flatten from an ELF file; W and X never come together.
 */
#define FLAT_MAGIC 0x3056525345534d4dull
#define FLAT_SEGMENTS 8u

struct flat_segment {
	u64 vaddr;  /* page aligned, as all here */
	u64 offset; /* in the flat image */
	u64 filesz; /* whole pages */
	u64 memsz;  /* whole pages; what is behind filesz is zero */
	u64 flags;  /* enum access */
};

struct flat_header {
	u64 magic;
	u64 entry;
	u32 nsegments;
	u32 pad;
	struct flat_segment segment[FLAT_SEGMENTS];
};

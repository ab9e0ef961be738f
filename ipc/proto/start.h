/*
 * What root tells a server at its start: one page, mapped read-only, whose
 * address is in a0 of the server's first instruction.
 */
#pragma once

#include "ipc/abi/boot.h"
#include "ipc/proto/slots.h"

/* Addresses in a server's address space that root lays out; the small things share a table. */
#define SERVER_STACK_TOP 0x3f0000000ull /* stack below it, start page at it */
#define SERVER_TABLE 0x3f0010000ull     /* the process table, where the manifest maps it */
#define SERVER_DEVICE_AT 0x3f00a0000ull /* device registers: of the UART, or of the clock */
#define SERVER_ROUTES 0x3f00b0000ull    /* process: ROUTE_FRAMES zeroed pages for routes, rw; */
					/* their Memory is in slot SERVER_RAM */
#define SERVER_ARCHIVE 0x600000000ull   /* fs: boot archive's rootfs.cpio */
#define SERVER_INITRD 0x700000000ull    /* fs: overlay cpio */
#define SERVER_LOADER 0x3f0100000ull    /* process: the loader's flat image */
#define SERVER_HEAP 0x1000000000ull     /* memory puts heap pages from here on */
#define SERVER_OBJECTS 0x2000000000ull  /* memory attaches objects from here on ... */
#define SERVER_OBJECTS_END (USER_END - SERVER_AREA_PART) /* ... to here */

/* Of a server that is linked into the kernel the same addresses are folded into its area there;
 * area 0: it has an address space of its own. */
#define SERVER_AREA_PART 0x40000000ull
static inline u64 server_address(u64 area, u64 address)
{
	if (!area)
		return address;
	if (address >= SERVER_OBJECTS_END)
		return area + 8 * SERVER_AREA_PART;
	if (address >= SERVER_OBJECTS)
		return area + 5 * SERVER_AREA_PART + (address - SERVER_OBJECTS);
	if (address >= SERVER_HEAP)
		return area + 3 * SERVER_AREA_PART + (address - SERVER_HEAP);
	if (address >= SERVER_INITRD)
		return area + 2 * SERVER_AREA_PART + (address - SERVER_INITRD);
	if (address >= SERVER_ARCHIVE)
		return area + SERVER_AREA_PART + (address - SERVER_ARCHIVE);
	return area + address % SERVER_AREA_PART;
}

/* Badge of the session that root gives server A to any server: this + A's enum server_id. */
#define SERVER_BADGE 0x53000000ull

struct start_info {
	u64 id; /* enum server_id */
	char name[16];
	u64 restarts; /* how often root has started it anew */
	u64 nharts;
	u64 timebase_hz;
	struct boot_range ram[4]; /* memory only: RAM of the machine, by Memory SERVER_RAM + i */
	u64 nram;
	u64 total_pages;          /* RAM of the machine */
	u64 rootfs_bytes;         /* fs: at SERVER_ARCHIVE; read-only */
	u64 initrd_bytes;         /* fs: at SERVER_INITRD */
	struct boot_range rootfs; /* fs: its frames, for MEM_OBJECT_ADOPT; memory: to check that */
	struct boot_range initrd;
	u64 loader_bytes;      /* process: at SERVER_LOADER */
	u64 table_pages;       /* process table at SERVER_TABLE */
	struct boot_uart uart; /* terminal */
	u8 seed[32];           /* process, fs: seed of getrandom, different for each */
	char command_line[512];
	struct boot_range own[BOOT_RANGES]; /* memory only: runs of frames that are its own */
	u64 nown;
	u64 initrd_offset; /* fs: of the overlay's first byte in the first page */
	u64 routes_first;  /* process: first frame of SERVER_ROUTES */
	u64 clock;         /* process: the clock of the day (goldfish RTC), 0 if none */
};
_Static_assert(sizeof(struct start_info) <= PAGE_SIZE, "one page");

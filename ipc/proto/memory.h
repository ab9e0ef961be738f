/*
 * The memory server: frames, address spaces, memory objects, faults.
 *
 * Badges: a session either names a space (a program's FIXED_MEMORY slot and its
 * thread's pager: Linux calls and faults), an object (mmap is forwarded through
 * it), or a server (the native operations below).  All native operations are
 * prompt.  Only process may use MEM_SPACE_* (every server MEM_SPACE_INFO, _REGIONS and
 * _LARGEST), only servers MEM_HEAP, MEM_DONATE, MEM_OBJECT_* (each its own objects); else EPERM.
 * A space id and an object id are index and generation: a stale one is ESRCH.
 *
 * Routed Linux calls on a space session: brk, mmap (anonymous), munmap, mprotect,
 * madvise, mremap, msync, mincore, riscv_flush_icache.
 * mmap (222) on an object session: forwarded by the file's server, which has checked the
 * mode; the space is that of the caller's tag in the process table.
 * Faults: label 0 resumes; refusals EFAULT (no mapping: SEGV_MAPERR), EACCES (not
 * allowed: SEGV_ACCERR), EIO (behind the end of the object: SIGBUS).  Out of frames: the
 * Reply is kept, NOTIFY_MEMORY goes to process, the fault is tried again when frames come.
 */
#pragma once

#include "ipc/abi/types.h"

enum memory_operation {
	MEM_ADOPT = 0x1001, /* root: sent an Address space that it made for a server; word 0 enum
	    server_id, word 1 its area if it is in the kernel, else 0. Reply: capability = that
	    server's session */
	MEM_DONATE, /* servers: word 0 pages wanted, sent own Pool: gives pages to it. ENOMEM */
	MEM_HEAP,   /* servers: word 0 pages: more zeroed pages, contiguous in the caller's address
	    space behind the last ones; reply word 0 address. ENOMEM */
	MEM_STATS,  /* reply words: 0 total pages, 1 free (in memory's pool too), 2 held by objects
	    (files), 3 in spaces, 4 pages donated to pools and in use there, 5 spaces alive;
	    the rest of the total is heap of the servers */
	MEM_DROP,   /* drop caches: reply word 0 pages given back (0: nothing is kept that nobody
	    uses).  In a debug build the kernel checks its promises now */

	MEM_SPACE_CREATE,  /* word 0 tag. Reply: word 0 space id, capability = the Address space.
	    ENOMEM */
	MEM_SPACE_FORK,    /* word 0 parent's id, word 1 child's tag: a copy-on-write copy of all
	    regions; words 2, 3 addresses (0: none) in it whose pages are to be writable at once;
	    word 4 an empty space to be used (0: a new one). Reply as MEM_SPACE_CREATE.
	    ENOMEM: nothing is left behind, that of word 4 is empty */
	MEM_SPACE_SESSION, /* word 0 id. Reply: capability = a session that names the space */
	MEM_SPACE_DESTROY, /* word 0 id: unmaps all, destroys the Address space, frees the id; the
	    threads that ran in it are gone already (EBUSY) */
	MEM_SPACE_EMPTY,   /* word 0 id: unmaps all; id, session and tables stay.  Reply word 0:
	    how many tables */
	MEM_SPACE_PRESENT, /* word 0 id, 1 address, 2 length, 3 enum access: makes the pages present
	    and accessible (before ASPACE_READ, ASPACE_WRITE). EFAULT, EACCES, ENOMEM */
	MEM_SPACE_MAP,    /* word 0 id, 1 address (0: choose), 2 length, 3 rights, 4 enum space_map:
	    anonymous memory. Reply word 0 address. */
	MEM_SPACE_UNMAP,  /* word 0 id, 1 address, 2 length */
	MEM_SPACE_COMMIT, /* exec: word 0 id, 1 address where the heap begins, 2 and 3 as
	    MEM_SPACE_LIMIT's 1 and 2, 4 and 5 as MEM_SPACE_UNMAP's 1 and 2 */
	MEM_SPACE_LIMIT,  /* word 0 id, 1 bytes of address space (RLIMIT_AS), 2 RLIMIT_DATA */
	MEM_SPACE_INFO,   /* word 0 id. Reply: 0 bytes mapped, 1 pages resident, 2 stack bytes,
	    3 data bytes, 4 pages shared with others, 5 faults answered */
	MEM_SPACE_REGIONS, /* word 0 id, 1 address to begin at; reply's copy: array of struct
	    memory_region, word 0 how many, word 1 address to go on at (0: all told).
	    The caller gives an out window */
	MEM_SPACE_LARGEST, /* reply word 0 id, word 1 tag of the space with most private pages */

	MEM_OBJECT_CREATE, /* fs, pipe, process: word 0 cookie (inode in maps), word 1 pages
	    of address range to reserve in the caller (grows by MEM_OBJECT_ATTACH). Reply: word 0
	    object id, word 1 address where its pages appear in the caller */
	MEM_OBJECT_ATTACH, /* word 0 id, 1 pages: another, larger range; reply word 1 address */
	MEM_OBJECT_HOLD,   /* word 0 id, 1 first page, 2 pages, 3 enum access: those pages are
	    mapped in the caller's range and stay.  With ACCESS_WRITE holes get zeroed frames;
	    without it the reply's word 0 is how many pages from the first on are there
	    (0: the first is a hole) and word 1 how many holes follow it then. ENOMEM */
	MEM_OBJECT_RESIZE, /* word 0 id, 1 size in bytes (0 to begin with): a mapping's pages behind
	    it are refused (EIO).  Smaller than before: pages behind it go, everywhere, and
	    the rest of the last page is cleared.  Larger: pages held ahead stay */
	MEM_OBJECT_ADOPT,  /* fs: word 0 id, 1 first page, 2 first frame, 3 pages: frames of the
	    boot archive or overlay become the object's pages (no copy).  Raises the size to
	    the end of those pages.  EINVAL (no such frame, or an object has it), EEXIST, ENOMEM */
	MEM_OBJECT_SESSION, /* word 0 id, 1 access that mappings through it may have (enum access;
	    MAP_PRIVATE may always write). Reply: capability = session that names the object,
	    to forward mmap through.  id 0: zero pages, as MAP_ANONYMOUS maps them */
	MEM_OBJECT_INFO,    /* word 0 id. Reply: 0 pages present, 1 spaces' regions that map it */
	MEM_OBJECT_DESTROY, /* word 0 id: gone when the last mapping of it goes */
	MEM_RESET, /* servers, when they begin anew: their heap is given back, and their objects are
	    destroyed (programs that map one go on) */
	MEM_OPERATIONS_END
};

enum space_map { SPACE_MAP_FIXED = 1, SPACE_MAP_STACK = 2 /* shown as [stack] */ };

/* One line of /proc/PID/maps. */
enum region_kind { REGION_ANON, REGION_FILE, REGION_HEAP, REGION_STACK, REGION_SHARED_ANON };
struct memory_region {
	u64 start, end; /* addresses */
	u64 offset;     /* bytes in the object */
	u64 cookie;     /* of the object (inode number), 0 if none */
	u32 rights;     /* enum access */
	u32 shared;
	u32 kind;     /* enum region_kind */
	u32 resident; /* pages */
};

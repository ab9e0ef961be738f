/*
 * The process server: pids, fork, exec, wait, exit, signals, credentials, clocks,
 * sleeping, limits.  Native operations for servers of a higher rank; all prompt.
 *
 * A program's FIXED_PROCESS session has its tag as badge; handler messages
 * (KIND_FAULT) of its thread come through the same session.
 */
#pragma once

#include "ipc/abi/types.h"

enum process_operation {
	PROC_SIGNAL =
		0x2001,      /* word 0 tag, 1 signal number: raise it against that process. ESRCH */
	PROC_SIGNAL_GROUP,   /* word 0 process group, 1 signal. ESRCH (empty group) */
	PROC_SIGNAL_SESSION, /* word 0 session id, 1 signal (hangup) */
	PROC_SET_TERMINAL,   /* terminal: word 0 tag, 1 terminal number + 1 (0: none): TIOCSCTTY,
	    TIOCNOTTY. EPERM */
	PROC_MASK_SET,       /* event: word 0 tag, 1 mask: replaces the signal mask until the call
	    that it waits in is over; reply word 0: 1 if an unmasked signal is pending now */
	PROC_MASK_RESTORE,   /* event: word 0 tag: the call is answered without a signal */
	PROC_ARGUMENTS,      /* fs: word 0 tag, 1 offset, 2: 0 cmdline, 1 environ; reply's copy:
	    bytes, word 0 how many */
	PROC_STATS, /* reply: 0 processes alive, 1 processes ever, 2 running, the one that asks
	    included, 3 the averages of 1, 5 and 15 minutes, LOAD_BITS each, in units of
	    1 / 2^LOAD_SHIFT, 4 objects of its heap in use, 5 free pages of its pool */
	PROC_DROP,  /* drop caches: gives back pages of pools. word 0 pages */
	PROC_DESCRIPTORS,   /* fs: word 0 tag, 1 descriptor to begin at (or exactly a fixed slot):
	    reply word 0 next used descriptor >= it or SLOT_NONE, word 2 rank of the server (enum
	    server_id) behind it.  A copy of the session comes along if that is the server that asks
	    or one that it may call (the receiver deletes it) */
	PROC_LOADER_COMMIT, /* loader only (its FIXED_PROCESS): word 0 entry pc, 1 stack pointer
	    (+ 1: its descriptor 0 is another file now),
	    2 start of brk area, 3 arg_start, 4 arg_end, 5 env_end.  No answer: its thread begins
	    anew with the next exec */
	PROC_LOADER_FAIL,   /* loader only: word 0 negative errno. No answer either */
	PROC_INIT_ROOT,     /* fs, once: sent directory session of /: root and cwd of pid 1 */
	PROC_INIT_EXEC,     /* fs, once: sent exec session of /sbin/init; process starts pid 1 with
	    argv { "/sbin/init" }, no environment, no descriptors */
	PROC_EXE,           /* fs: word 0 tag: reply capability = exec session of its program
	    (fs asks CSPACE_IDENTIFY for the badge: /proc/PID/exe) */
	PROC_TIMES,         /* fs: word 0 tag: brings the times in its entry up to date. Reply: 0
	    1 if it is ready or runs, 1 and 2 user and system ticks of children waited for.
	    Tag 0: of all; 0 how many are ready or run, 1 and 2 ticks of all there ever were */
	PROC_HOSTNAME,      /* reply's copy: the name; word 0 its length */
	PROC_EXEC_IDS,      /* fs: word 0 tag, 1 user, 2 group (low 32 bits; ~0: as they are) that
	    the program gets as its effective ids which that thread's next execve starts */
	PROC_OPERATIONS_END
};

#define LOADS 3
#define LOAD_SHIFT 11
#define LOAD_BITS 21

/* What uname says; /proc/version and /proc/sys/kernel agree. */
#define SYSTEM_RELEASE "6.12.0-missive"
#define SYSTEM_VERSION "#1 SMP Missive"

/*
 * The loader: a flat image that process maps at LOADER_BASE into the new address
 * space, with a thread, tag and table of its own.  It speaks Linux calls (openat,
 * pread64, mmap, munmap, close, fstat, brk not) with the new process's credentials, root and
 * cwd; descriptor 0 is the program's file.  a0 = address of struct loader_start, which lies just
 * below the strings.  Its stack is the first part of its own writable segment.
 */
#define LOADER_BASE 0x3ff0000000ull       /* image */
#define LOADER_TRAMPOLINE 0x3feffe0000ull /* page with the rt_sigreturn call, r-x, stays */
#define STACK_TOP 0x3fef000000ull         /* of the program */
#define STACK_BYTES 0x800000ull           /* reserved, touched lazily */

struct loader_start {
	u64 strings;     /* argument and environment strings, and the path, NUL-terminated, one
	                    after the other */
	u64 strings_len; /* just below STACK_TOP: they stay where they are */
	u64 stack;       /* below this address the program's own may begin */
	u64 argc, envc;
	u64 execfn; /* address of the path as given */
	u64 uid, euid, gid, egid, secure;
	u8 random[16]; /* AT_RANDOM */
};

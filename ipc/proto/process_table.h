/*
 * The process table: one entry for each tag, written by process alone and mapped
 * read-only at SERVER_TABLE in the servers whose manifest says so.  The kernel
 * writes the tag of a caller into every delivery, so nobody can lie about who
 * he is; whoever owns an object checks permissions against this entry.
 *
 * A tag is index | generation << 16, never 0: that is a server's.  Readers compare
 * `tag` first: where it differs, the process is gone.
 *
 * Each thread has a tag and an entry of its own.  That of the leader (tid is pid) stands
 * for the process as long as any thread lives; credentials, mask and name are each
 * thread's own.
 */
#pragma once

#include "ipc/abi/types.h"

#define PROCESS_MAX 1152u
#define TAG_INDEX(tag) ((tag)&0xffffu)
#define PROCESS_GROUPS 32u

enum process_state { PROCESS_FREE, PROCESS_RUNNING, PROCESS_STOPPED, PROCESS_ZOMBIE };

struct process_entry {
	u32 tag;   /* 0: free */
	u32 state; /* enum process_state */
	u32 pid, tid, ppid, pgid, sid;
	u32 terminal; /* 1 + number of the controlling terminal, 0 none */
	u64 space;    /* memory's id of its address space */
	u32 uid, euid, suid, fsuid;
	u32 gid, egid, sgid, fsgid;
	u32 umask;
	u32 ngroups;
	u32 group[PROCESS_GROUPS];
	u64 blocked;        /* signal masks: bit signo - 1 */
	u64 pending;        /* for this thread; ... */
	u64 shared_pending; /* ... leader: for the process, whichever thread takes it */
	u64 ignored;        /* SIG_IGN; of process 1 also what it ignores by default */
	u64 caught;
	u64 start_ticks;                            /* time counter when it began */
	u64 user_ticks, system_ticks;               /* leader: of the process */
	u64 arg_start, arg_end, env_start, env_end; /* in its address space: /proc/PID/cmdline */
	u64 nofile;                                 /* RLIMIT_NOFILE, soft */
	u64 fsize;                                  /* RLIMIT_FSIZE, soft */
	u32 orphaned_group; /* 1: its group has no parent in the session to care for it */
	u32 nice;
	u32 flags;      /* enum process_flag */
	u32 threads;    /* leader: how many live */
	u8 policy;      /* SCHED_OTHER ... */
	u8 rt_priority; /* 1 .. 99, 0: none */
	u8 pad[6];
	char comm[16];
};
_Static_assert(sizeof(struct process_entry) <= 504, "8 entries a page, and the clock");
enum process_flag {
	PROCESS_IS_LOADER = 1,         /* a loader's thread runs under this tag */
	PROCESS_NO_NEW_PRIVILEGES = 2, /* set-user-id files give it nothing, nor its children */
	PROCESS_LEADER_ENDED = 4,      /* its first thread has; others go on */
};

#define PROCESS_ENTRY_SIZE 512u
#define PROCESS_TABLE_PAGES (PROCESS_MAX * PROCESS_ENTRY_SIZE / 4096u)

/* Nanoseconds that CLOCK_REALTIME is ahead of the time since the boot: behind the fields of the
 * first entry. */
static inline s64 *process_realtime(void *table)
{
	return (s64 *)((u8 *)table + PROCESS_ENTRY_SIZE - sizeof(s64));
}

static inline const struct process_entry *process_entry(const void *table, u32 tag)
{
	u64 at = (u64)TAG_INDEX(tag) * PROCESS_ENTRY_SIZE;
	const struct process_entry *p = (const void *)((const u8 *)table + at);
	if (tag == 0 || TAG_INDEX(tag) >= PROCESS_MAX || p->tag != tag)
		return 0;
	return p;
}

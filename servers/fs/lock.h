/*
 * Locks of files: ranges kept by a process (F_SETLK) or an open file (F_OFD_SETLK), and
 * whole files kept by an open file (flock).  Ranges and whole files never meet.
 *
 * L1: two locks of an inode that overlap, of which one is for writing, have one owner.
 * L2: whoever waits is barred by some lock: whatever takes a lock away asks the waiters.
 */
#pragma once

#include "servers/fs/fs_server.h"

enum lock_type { LOCK_READ, LOCK_WRITE, LOCK_NONE };

struct lock {
	struct lock *next; /* of the inode */
	u64 badge;         /* of the open file through which it was set */
	u64 owner;         /* tag of the process, or badge of the open file */
	u32 pid;           /* of the process that set it */
	u8 type;           /* enum lock_type */
	bool is_whole;     /* flock's */
	s64 from, to;      /* both belong to it */
};

/* lock.c: whose lock does not let `want` be set (0: it may); sets it. ENOLCK */
struct lock *lock_against(struct inode *i, const struct lock *want);
s32 lock_change(struct inode *i, const struct lock *want);
static inline bool lock_is_of_process(const struct lock *l)
{
	return l->owner != l->badge;
}

/* lock_wait.c: LATER, or EDEADLK, ENOLCK.  Those who wait for what is free now get it. */
s64 lock_wait(const struct request *q, struct inode *i, const struct lock *want);
void lock_waiters_serve(const struct inode *i); /* 0: of all inodes */

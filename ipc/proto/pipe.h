/*
 * The pipe server: pipes and FIFOs.  pipe2 is routed to it (FIXED_PIPE) and
 * answers with two gives.  fs makes one FIFO object for each FIFO inode that is open.
 *
 * Badges below 2^48 are those of sessions of servers and of FIXED_PIPE; the
 * sessions that pipe mints itself have larger ones.  PIPE_FIFO and FD_POLL_NEXT of a
 * program (its tag is in the process table) are EPERM.
 */
#pragma once

#include "ipc/abi/types.h"

enum pipe_operation {
	/* fs: word 0 inode number, 1 mode, 2 uid | gid << 32.  Reply: capability = session that
	 * names the FIFO; fs forwards openat through it (flags in word 2): pipe answers with the
	 * end's session, later if the other end is missing.  The FIFO lives while that session
	 * or an end does */
	PIPE_FIFO = 0x3001,
	PIPE_STATS, /* reply: 0 pipes, 1 bytes held, 2 objects of its heap in use, 3 free pages of
	    its pool */
	PIPE_DROP,
	PIPE_OPERATIONS_END
};

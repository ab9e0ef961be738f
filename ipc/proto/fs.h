/*
 * The file system server, and the name server for the one root.
 *
 * Sessions: FIXED_NAME of programs (badge FS_BADGE_NAME), directory sessions (cwd,
 * root), open files.  All calls with a path are routed to FIXED_NAME.  The caller's
 * cwd and root are asked for by REPLY_BADGE on SLOT_FIXED + FIXED_CWD, FIXED_ROOT.
 * execve (221) is forwarded to process through fs's session there, with the opened
 * file's exec session (an open file that may be read and mapped, not written) added; while one
 * lives, opening the file for writing is ETXTBSY.
 *
 * At its start fs unpacks the root file system and the overlay, prints the `missive: ready`
 * line through TERM_PRINT, and hands / and /sbin/init to process (PROC_INIT_ROOT, _EXEC).
 */
#pragma once

#include "ipc/abi/types.h"

enum fs_operation {
	FS_DROP = 0x5001, /* drop caches: reply word 0 pages given back */
	FS_OPERATIONS_END
};

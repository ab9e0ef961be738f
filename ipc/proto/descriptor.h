/*
 * What every server whose sessions may be descriptors answers.
 *
 * Routed Linux calls (number: how it is seen by the server):
 *   read 63, write 64, readv 65, writev 66, pread64 67, pwrite64 68, preadv 69, pwritev 70,
 *   lseek 62 (ESPIPE), fstat 80, fcntl 25 (F_GETFL, F_SETFL; the table's part stays in
 *   process), ioctl 29 (ENOTTY), ftruncate 46 (EINVAL), fsync 82, fdatasync 83 (EINVAL),
 *   epoll_ctl 21, epoll_pwait 22 (EINVAL), getdents64 61 (ENOTDIR), fchmod 52, fchown 55,
 *   mmap 222 (ENODEV), sendfile 71 (ENOSYS), ppoll 73 of this descriptor alone (the library asks
 *   FD_POLL, and forwards to event what has to wait);
 *   newfstatat 79 and statx 291 forwarded by fs: fstat of this session;
 *   openat 56 forwarded by fs: reopen of this object (flags in word 2): reply a capability.
 * Windows: number 0 and 1 in the order of the arguments; see servers/process/routes.c.
 *
 * Native operations, by event (call through) and by fs:
 */
#pragma once

#include "ipc/abi/types.h"

enum descriptor_operation {
	FD_POLL = 0x100, /* word 0 events (POLLIN ..), word 1 cookie (0: only ask), word 2 bit:
	    reply word 0 events ready now.  If none is and the cookie is not 0, the session is
	    watched once: when one becomes ready, the server puts the cookie on its ready list
	    and signals SERVER_EVENT_NOTIFY (its own bit, 1 << enum server_id; word 2 is not
	    read).  POLLERR and POLLHUP are always asked for.  The same cookie again
	    replaces its events.  A cookie from the ready list may be one that event has
	    forgotten: event checks it.  ENOMEM, EPERM (a program may only ask) */
	FD_UNPOLL,       /* word 1 cookie: forget that watch (none: 0) */
	FD_POLL_NEXT,    /* event's own session: reply word 0 next ready cookie, 0 if none */
	FD_NAME,         /* fs, event: reply word 0 enum descriptor_kind, word 1 inode number.
	    fs answers FD_FILE: epoll does not take it (EPERM) */
	FD_OPERATIONS_END
};

enum descriptor_kind { FD_FILE, FD_PIPE, FD_TERMINAL, FD_EVENT, FD_SOCKET };

/* In word 0 of FD_POLL: watched even if it is ready now; the next event fires (edges). */
#define FD_POLL_EDGE 0x80000000u

/* poll.h */
#define POLLIN 0x001
#define POLLPRI 0x002
#define POLLOUT 0x004
#define POLLERR 0x008
#define POLLHUP 0x010
#define POLLNVAL 0x020

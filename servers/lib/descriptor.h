/*
 * What servers of descriptors have in common: readiness and the stat family.
 *
 * A watch belongs to one session's list until it fires; then its cookie is on the
 * server's ready list until event takes it.
 * W1: a watch is on exactly one list.
 * W2: a cookie is at most once on the list of one session.
 */
#pragma once

#include "ipc/proto/process_table.h"
#include "servers/lib/badge.h"
#include "servers/lib/transfer.h"

struct watch {
	struct watch *next;
	u64 cookie;
	u32 events;
};

struct watch_list {
	struct watch *first;
	u32 count;
	struct poll_caller *callers; /* that wait here in ppoll (poll.h) */
};

/* Once, before server_run. */
void descriptor_init(const struct start_info *start);

/* FD_POLL: what is ready now of what the request asks for; if nothing is, the session is
 * watched.  `ready` has every event that holds now.  ENOMEM */
s64 watch_poll(struct watch_list *list, const struct request *q, u32 ready);
/* Does anybody want to know of events? */
static inline bool watch_any(const struct watch_list *list)
{
	return list->first || list->callers;
}
/* The session has these events now: fires the watches that wait for one of them. */
void watch_wake(struct watch_list *list, u32 ready);
/* FD_UNPOLL. */
s64 watch_forget(struct watch_list *list, const struct request *q);
/* The session is gone. */
void watch_clear(struct watch_list *list);
/* FD_POLL_NEXT: EPERM for a program. */
s64 watch_next(struct request *q, struct answer *a);

/* Operations that refuse: ESPIPE, EINVAL, ENOTDIR, ENODEV, EPERM. */
operation_fn refuse_seek, refuse_invalid, refuse_listing, refuse_mapping, refuse_change;
/* The calls that a stream of bytes has no use for.  X(call, operation). */
#define STREAM_REFUSALS(X)             \
	X(lseek, refuse_seek)          \
	X(pread64, refuse_seek)        \
	X(pwrite64, refuse_seek)       \
	X(preadv, refuse_seek)         \
	X(pwritev, refuse_seek)        \
	X(ftruncate, refuse_invalid)   \
	X(epoll_ctl, refuse_invalid)   \
	X(epoll_pwait, refuse_invalid) \
	X(fsync, refuse_invalid)       \
	X(fdatasync, refuse_invalid)   \
	X(getdents64, refuse_listing)  \
	X(mmap, refuse_mapping)
/* A row of a server's table. */
#define REFUSAL_ROW(call, operation) {LINUX_##call, #call, operation},
/* fcntl: F_GETFL, F_SETFL of the flags that may be set, F_GETOWN and F_SETOWN; else EINVAL. */
s64 fcntl_flags(const struct request *q, u32 *flags, u32 settable);

/* The caller is a program (its tag stands in the process table), not a server. */
bool caller_is_program(const struct request *q);
/* Its entry in the process table, 0 for a server, or without that table. */
extern const void *caller_table; /* 0: none */
static inline const struct process_entry *caller_entry(u32 tag)
{
	return caller_table ? process_entry(caller_table, tag) : 0;
}

/* Answers fstat, newfstatat or statx, whichever q is, with this. */
s64 stat_answer(const struct request *q, struct answer *a, const struct linux_stat *st);
/* Answers with len bytes into the first out window; they must stay until the reply. */
static inline s64 copy_answer(struct answer *a, s64 result, const void *data, u64 len)
{
	a->flags |= MSG_COPY;
	a->copy = data;
	a->copy_len = len;
	return result;
}
/* Answers with a new session of that badge, which the kernel makes as a descriptor.  If there is no
 * room for it, the server's `undo` is to end what the badge stands for. */
static inline s64 session_answer(struct answer *a, u64 badge)
{
	a->flags = MSG_MINT;
	a->copy_len = badge;
	return 0;
}

/*
 * /proc: files whose contents are made when they are read.
 *
 * Its inodes are made for one request each, and live on only while they are open; what
 * they stand for is in `proc` (which file), `pid` and `device` (which descriptor).
 */
#pragma once

#include "ipc/proto/process_table.h"
#include "servers/fs/fs_server.h"

enum proc_kind {
	PROCFS_NONE,
	PROCFS_ROOT,
	PROCFS_SELF,
	PROCFS_TEXT, /* of the system: `device` is its place in the table */
	PROCFS_MISSIVE,
	PROCFS_PID,
	PROCFS_PID_TEXT,
	PROCFS_FD,
	PROCFS_TASK, /* directory of the process's threads */
	PROCFS_FD_LINK,
	PROCFS_EXE,
	PROCFS_CWD,
	PROCFS_PID_ROOT,
};

/* Where a link of /proc leads: text to walk on, an inode, or the caller's own descriptor. */
struct proc_target {
	struct inode *inode;
	const char *text;
	s32 descriptor;
};

/* A text being made: what does not fit is left out. */
struct text {
	char *at, *end;
	u32 reader; /* tag of who reads it */
};
#define text_add(t, ...) ((t)->at += format_text((t)->at, (u64)((t)->end - (t)->at), __VA_ARGS__))

struct proc_file {
	const char *name;
	u32 mode;
	u32 kind;                                                    /* enum proc_kind */
	void (*text)(struct text *t, const struct process_entry *e); /* e: 0 for the system's */
};

/* proc_system.c, proc_process.c: tables that end with a name of 0. */
extern const struct proc_file proc_system[], proc_process[];

/* The thread with that tid, which for a process is its pid; the next process, and the next thread
 * of the process `pid`, from *index on: 0 when there is none. */
const struct process_entry *proc_process_find(u32 tid);
void proc_process_met(u32 tag); /* it may be asked for next */
const struct process_entry *proc_process_next(u32 *index);
const struct process_entry *proc_thread_next(u32 pid, u32 *index);

/* proc_link.c */
s32 proc_follow(const struct request *q, struct inode *link, struct proc_target *t);
s64 proc_readlink(const struct request *q, struct inode *link, char *to, u64 size);
/* First descriptor at or above `from` of the process: SLOT_NONE when there is none. */
u32 proc_descriptor_next(u32 tag, u32 from);

/* proc.c */
s32 proc_init(void);
s32 proc_find(const struct request *q, struct inode *dir, struct place *p);
u64 proc_list(struct listing *l, const struct request *q, const struct inode *dir, u64 at);
s64 proc_read(const struct request *q, struct answer *a, struct open_file *f, u64 offset);
s64 proc_write(const struct request *q, const struct inode *i);

/*
 * Answers that are a structure in the caller's memory: fstat, newfstatat, statx.
 *
 * One description (struct linux_stat) serves all three; it is kept here until the
 * reply has copied it, which is before the next request.
 */
#include "servers/lib/descriptor.h"

static union {
	struct linux_stat stat;
	struct linux_statx statx;
} out;

static struct linux_statx_time statx_time(s64 seconds, s64 nanoseconds)
{
	return (struct linux_statx_time){.seconds = seconds, .nanoseconds = (u32)nanoseconds};
}

static void statx_fill(struct linux_statx *x, const struct linux_stat *st)
{
	*x = (struct linux_statx){
		.mask = LINUX_STATX_BASIC,
		.blksize = (u32)st->blksize,
		.nlink = st->nlink,
		.uid = st->uid,
		.gid = st->gid,
		.mode = (u16)st->mode,
		.ino = st->ino,
		.size = (u64)st->size,
		.blocks = (u64)st->blocks,
		.atime = statx_time(st->atime, st->atime_nsec),
		.ctime = statx_time(st->ctime, st->ctime_nsec),
		.mtime = statx_time(st->mtime, st->mtime_nsec),
		.rdev_major = (u32)(st->rdev >> 8),
		.rdev_minor = (u32)(st->rdev & 0xff),
		.dev_major = (u32)(st->dev >> 8),
		.dev_minor = (u32)(st->dev & 0xff),
	};
}

s64 stat_answer(const struct request *q, struct answer *a, const struct linux_stat *st)
{
	if (q->label == LINUX_statx) {
		statx_fill(&out.statx, st);
		return copy_answer(a, 0, &out.statx, sizeof(out.statx));
	}
	out.stat = *st;
	return copy_answer(a, 0, &out.stat, sizeof(out.stat));
}

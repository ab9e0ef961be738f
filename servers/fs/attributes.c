/*
 * What the system says of a file: the stat family, access, statfs.
 */
#include "servers/fs/fs_server.h"
#include "servers/fs/proc.h"

#define DEV_ROOT LINUX_DEV(0, 2)
#define DEV_PROC LINUX_DEV(0, 20)
#define TMPFS_MAGIC 0x01021994u
#define PROC_MAGIC 0x9fa0u
#define STATX_RESERVED 0x80000000u
#define STAT_FLAGS (LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_NO_AUTOMOUNT | LINUX_AT_EMPTY_PATH)
#define STATX_FLAGS (STAT_FLAGS | LINUX_AT_STATX_SYNC)
#define ACCESS_FLAGS (LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_EACCESS | LINUX_AT_EMPTY_PATH)

static void time_fill(s64 time, s64 *seconds, s64 *nanoseconds)
{
	*nanoseconds = time % NANOSECONDS;
	*seconds = time / NANOSECONDS;
	if (*nanoseconds < 0) {
		*nanoseconds += NANOSECONDS;
		*seconds -= 1;
	}
}

static u64 blocks_of(struct inode *i)
{
	if (i->proc || !is_type(i, S_IFREG))
		return 0;
	content_sync(i);
	return i->content.pages * (PAGE_SIZE / 512);
}

void stat_fill(struct inode *i, struct linux_stat *st)
{
	bool is_node = !i->proc && (is_type(i, S_IFCHR) || is_type(i, S_IFBLK));

	*st = (struct linux_stat){
		.dev = i->proc ? DEV_PROC : DEV_ROOT,
		.ino = i->ino,
		.mode = i->mode,
		.nlink = i->nlink,
		.uid = i->uid,
		.gid = i->gid,
		.rdev = is_node ? i->device : 0,
		.size = is_type(i, S_IFDIR) && !i->proc ? (s64)PAGE_SIZE : (s64)i->size,
		.blksize = i->proc ? 1024 : (s32)PAGE_SIZE,
		.blocks = (s64)blocks_of(i),
	};
	if (i->proc)
		st->nlink = is_type(i, S_IFDIR) ? 2 : 1;
	time_fill(i->atime, &st->atime, &st->atime_nsec);
	time_fill(i->mtime, &st->mtime, &st->mtime_nsec);
	time_fill(i->ctime, &st->ctime, &st->ctime_nsec);
}

static s64 inode_answer(const struct request *q, struct answer *a, struct inode *i)
{
	struct linux_stat st;

	stat_fill(i, &st);
	return stat_answer(q, a, &st);
}

s64 attributes_fstat(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);

	return f ? inode_answer(q, a, f->inode) : -EBADF;
}

/* newfstatat(dirfd, path, buffer, flags); statx(dirfd, path, flags, mask, buffer). */
s64 attributes_stat(struct request *q, struct answer *a)
{
	bool is_statx = q->label == LINUX_statx;
	u32 flags = (u32)q->word[is_statx ? 2 : 3];
	u32 known = is_statx ? STATX_FLAGS : STAT_FLAGS;
	struct place p;
	s32 error;

	if (flags & ~known || (is_statx && q->word[3] & STATX_RESERVED))
		return -EINVAL;
	error = path_find(q, (s32)q->word[0], 0, walk_flags(flags), &p);
	if (error)
		return error;
	if (p.descriptor >= 0)
		return reply_forward_descriptor(q, (u32)p.descriptor);
	return inode_answer(q, a, p.inode);
}

s64 attributes_access(struct request *q, struct answer *a)
{
	u32 flags = q->label == LINUX_faccessat2 ? (u32)q->word[3] : 0;
	struct caller who = flags & LINUX_AT_EACCESS ? caller_of(q) : caller_real(q);
	struct place p;
	s32 error;

	(void)a;
	if (flags & ~(u32)ACCESS_FLAGS || q->word[2] & ~7ull)
		return -EINVAL;
	error = path_find(q, (s32)q->word[0], 0, walk_flags(flags), &p);
	if (error || !p.inode)
		return error;
	return q->word[2] ? permit(&who, p.inode, (u32)q->word[2]) : 0;
}

/* --- statfs --------------------------------------------------------------------------- */

static s64 statfs_answer(struct answer *a, const struct inode *i)
{
	static struct linux_statfs s;

	s = (struct linux_statfs){.type = i && i->proc ? PROC_MAGIC : TMPFS_MAGIC,
				  .bsize = PAGE_SIZE,
				  .frsize = PAGE_SIZE,
				  .namelen = NAME_MAX_BYTES,
				  .flags = 0x20};
	if (!i || !i->proc) {
		s.blocks = content_limit();
		s.bfree = s.bavail = content_limit() - content_pages();
		s.files = inodes_limit();
		s.ffree = inodes_limit() - inodes_count();
	}
	return copy_answer(a, 0, &s, sizeof(s));
}

/* statfs has its path in window 0 and its buffer in window 1, the first that is out. */
s64 attributes_statfs(struct request *q, struct answer *a)
{
	struct place p;
	s32 error = path_find(q, LINUX_AT_FDCWD, 0, WALK_FOLLOW, &p);

	return error ? error : statfs_answer(a, p.inode);
}

s64 attributes_fstatfs(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);

	return f ? statfs_answer(a, f->inode) : -EBADF;
}

/* No file has extended attributes: the list is empty wherever there is a file. */
s64 attributes_xattr_list(struct request *q, struct answer *a)
{
	bool gets = q->label == LINUX_getxattr || q->label == LINUX_lgetxattr;
	bool sets = q->label == LINUX_setxattr || q->label == LINUX_lsetxattr;
	bool nofollow = q->label == LINUX_llistxattr || q->label == LINUX_lgetxattr
			|| q->label == LINUX_lsetxattr;
	struct place p;
	s32 error = path_find(q, LINUX_AT_FDCWD, 0, nofollow ? 0 : WALK_FOLLOW, &p);

	(void)a;
	if (error)
		return error;
	if (sets)
		return -EOPNOTSUPP;
	return gets ? -ENODATA : 0;
}

/*
 * openat: from a path to an open file, or to whoever serves what the path names.
 *
 * Checks in Linux's order: the walk, existence and O_EXCL, the type against the flags,
 * permissions, ETXTBSY; only then the file is cut, and the session made.
 */
#include "ipc/proto/process_table.h"
#include "servers/fs/fs_server.h"
#include "servers/fs/proc.h"

#define PATH_FLAGS (LINUX_O_PATH | LINUX_O_DIRECTORY | LINUX_O_NOFOLLOW | LINUX_O_CLOEXEC)
#define FLAGS_DROPPED \
	(LINUX_O_CREAT | LINUX_O_EXCL | LINUX_O_NOCTTY | LINUX_O_TRUNC | LINUX_O_CLOEXEC)

/* What a new inode in that directory belongs to. */
static struct inode *child_make(const struct caller *who, const struct inode *dir, u32 mode)
{
	struct inode *i;

	if (dir->mode & S_ISGID && (mode & S_IFMT) == S_IFDIR)
		mode |= S_ISGID;
	i = inode_make(mode, who);
	if (i && dir->mode & S_ISGID)
		i->gid = dir->gid;
	if (i && is_type(i, S_IFREG) && (mode & (S_ISGID | 010)) == (S_ISGID | 010) && who->uid != 0
	    && !caller_in_group(who, i->gid))
		i->mode &= ~(u32)S_ISGID;
	return i;
}

/* A new inode at a place that is free.  `mode` has the type; the umask is applied here. */
s32 create_in(const struct request *q, const struct place *p, u32 mode, struct inode **made)
{
	struct caller who = caller_of(q);
	u32 mask = who.entry && (mode & S_IFMT) != S_IFLNK ? who.entry->umask & 0777 : 0;
	struct inode *i;
	s32 error;

	if (p->dir->proc)
		return -ENOENT;
	error = p->dir->nlink ? permit_change(&who, p->dir) : -ENOENT;
	if (error)
		return error;
	if ((mode & S_IFMT) == S_IFDIR && p->dir->nlink >= LINKS_MAX)
		return -EMLINK;
	i = child_make(&who, p->dir, mode & ~mask);
	if (!i)
		return -ENOSPC;
	*made = i;
	return entry_add(p->dir, p->name, p->len, i);
}

static u32 access_of(u32 flags)
{
	static const u32 want[4] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE,
				    MAY_READ | MAY_WRITE};

	return want[flags & LINUX_O_ACCMODE] | (flags & LINUX_O_TRUNC ? MAY_WRITE : 0);
}

static s32 check_type(const struct inode *i, u32 flags)
{
	bool is_directory = is_type(i, S_IFDIR);

	if (flags & LINUX_O_DIRECTORY && !is_directory)
		return -ENOTDIR;
	if (is_type(i, S_IFLNK) && !(flags & LINUX_O_PATH))
		return -ELOOP;
	if (is_directory && (flags & LINUX_O_CREAT || access_of(flags) & MAY_WRITE))
		return -EISDIR;
	return is_type(i, S_IFSOCK) || is_type(i, S_IFBLK) ? -ENXIO : 0;
}

static s32 check_rights(const struct request *q, const struct inode *i, u32 flags)
{
	struct caller who = caller_of(q);

	if (flags & LINUX_O_NOATIME && !caller_owns(&who, i))
		return -EPERM;
	return permit(&who, i, access_of(flags));
}

static s32 regular_prepare(const struct request *q, struct inode *i, u32 flags)
{
	if (i->proc)
		return 0;
	if (access_of(flags) & MAY_WRITE && i->content.executors)
		return -ETXTBSY;
	if (!(flags & LINUX_O_TRUNC))
		return access_of(flags) & MAY_WRITE ? content_own(i) : 0;
	if (i->size)
		mode_drop_set_id(i, q);
	inode_written(i);
	return content_resize(i, 0);
}

/* The inode is there, and everything but its type and rights has been checked. */
static s64 open_inode(struct request *q, struct answer *a, struct inode *i, bool is_new)
{
	u32 flags = (u32)q->word[2];
	s64 error = check_type(i, is_new ? flags & ~(u32)LINUX_O_CREAT : flags);

	if (error)
		return error;
	if (flags & LINUX_O_PATH)
		return open_answer(i, flags & PATH_FLAGS & ~(u32)LINUX_O_CLOEXEC, q, a);
	error = is_new ? 0 : check_rights(q, i, flags);
	if (error)
		return error;
	if (is_type(i, S_IFIFO))
		return fifo_open(q, i);
	if (is_type(i, S_IFCHR))
		error = device_open(q, i);
	else if (is_type(i, S_IFREG))
		error = regular_prepare(q, i, flags);
	if (error)
		return error;
	return open_answer(i, (flags & ~(u32)FLAGS_DROPPED) | LINUX_O_LARGEFILE, q, a);
}

static s64 open_missing(struct request *q, struct answer *a, const struct place *p)
{
	struct inode *i;
	s32 error;

	if (p->slash)
		return -EISDIR;
	if (q->word[2] & LINUX_O_DIRECTORY)
		return -EINVAL;
	error = create_in(q, p, S_IFREG | ((u32)q->word[3] & 07777), &i);
	return error ? error : open_inode(q, a, i, true);
}

s64 open_at(struct request *q, struct answer *a)
{
	u32 flags = (u32)q->word[2];
	bool exclusive = flags & LINUX_O_CREAT && flags & LINUX_O_EXCL;
	u32 walk = flags & LINUX_O_CREAT ? WALK_CREATE : 0;
	struct place p;
	s32 error;

	if (flags & LINUX_O_PATH)
		q->word[2] = flags &= PATH_FLAGS;
	if (flags & LINUX_O_TMPFILE)
		return -EOPNOTSUPP;
	if (!(flags & LINUX_O_NOFOLLOW) && !exclusive)
		walk |= WALK_FOLLOW;
	error = path_find(q, (s32)q->word[0], 0, walk, &p);
	if (error)
		return error;
	if (exclusive && (p.inode || p.descriptor >= 0))
		return -EEXIST;
	if (p.descriptor >= 0)
		return reply_forward_descriptor(q, (u32)p.descriptor);
	return p.inode ? open_inode(q, a, p.inode, false) : open_missing(q, a, &p);
}

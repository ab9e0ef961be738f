/*
 * Calls that change what stat says: mode, owner, times, size.
 */
#include "servers/fs/fs_server.h"

#define PERMISSION_BITS 07777u
#define ID_KEEP 0xffffffffu
#define AT_FLAGS (LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_EMPTY_PATH)

/* The inode of a path, or of the descriptor in argument 0.  In /proc nothing changes. */
static s32 target_find(const struct request *q, u32 flags, struct inode **i)
{
	struct place p;
	s32 error;

	if (flags & ~(u32)AT_FLAGS)
		return -EINVAL;
	error = path_find(q, (s32)q->word[0], 0, walk_flags(flags), &p);
	if (error)
		return error;
	*i = p.inode;
	return !p.inode || p.inode->proc ? -EPERM : 0;
}

static s32 target_open(const struct request *q, struct inode **i)
{
	struct open_file *f = open_of(q);

	if (!f)
		return -EBADF;
	*i = f->inode;
	return f->inode->proc ? -EPERM : 0;
}

/* --- Mode ----------------------------------------------------------------------------- */

static s64 mode_set(const struct request *q, struct inode *i, u32 mode)
{
	struct caller who = caller_of(q);

	if (!caller_owns(&who, i))
		return -EPERM;
	if (is_type(i, S_IFLNK))
		return -EOPNOTSUPP;
	if (who.uid != 0 && !caller_in_group(&who, i->gid))
		mode &= ~(u32)S_ISGID;
	i->mode = (i->mode & S_IFMT) | (mode & PERMISSION_BITS);
	inode_changed(i);
	return 0;
}

s64 change_mode(struct request *q, struct answer *a)
{
	u32 flags = q->label == LINUX_fchmodat2 ? (u32)q->word[3] : 0;
	struct inode *i;
	s32 error = target_find(q, flags, &i);

	(void)a;
	return error ? error : mode_set(q, i, (u32)q->word[2]);
}

s64 change_mode_descriptor(struct request *q, struct answer *a)
{
	struct inode *i;
	s32 error = target_open(q, &i);

	(void)a;
	return error ? error : mode_set(q, i, (u32)q->word[1]);
}

/* Who writes to a file or changes its owner takes its set-id bits away. */
void mode_drop_set_id(struct inode *i, const struct request *q)
{
	u32 drop = S_ISUID | (i->mode & 010 ? (u32)S_ISGID : 0);

	if (!(i->mode & drop) || is_type(i, S_IFDIR))
		return;
	if (caller_of(q).uid != 0)
		i->mode &= ~drop;
}

/* --- Owner ---------------------------------------------------------------------------- */

static bool may_own(const struct caller *who, const struct inode *i, u32 uid, u32 gid)
{
	if (who->uid == 0)
		return true;
	if (who->uid != i->uid || (uid != ID_KEEP && uid != i->uid))
		return false;
	return gid == ID_KEEP || gid == i->gid || caller_in_group(who, gid);
}

static s64 owner_set(const struct request *q, struct inode *i, u32 uid, u32 gid)
{
	struct caller who = caller_of(q);

	if (!may_own(&who, i, uid, gid))
		return -EPERM;
	if (uid != ID_KEEP)
		i->uid = uid;
	if (gid != ID_KEEP)
		i->gid = gid;
	if (!is_type(i, S_IFDIR))
		i->mode &= ~(u32)(S_ISUID | (i->mode & 010 ? (u32)S_ISGID : 0));
	inode_changed(i);
	return 0;
}

s64 change_owner(struct request *q, struct answer *a)
{
	struct inode *i;
	s32 error = target_find(q, (u32)q->word[4], &i);

	(void)a;
	return error ? error : owner_set(q, i, (u32)q->word[2], (u32)q->word[3]);
}

s64 change_owner_descriptor(struct request *q, struct answer *a)
{
	struct inode *i;
	s32 error = target_open(q, &i);

	(void)a;
	return error ? error : owner_set(q, i, (u32)q->word[1], (u32)q->word[2]);
}

/* --- Times ---------------------------------------------------------------------------- */

static bool is_time(const struct linux_timespec *t)
{
	return t->nanoseconds == LINUX_UTIME_NOW || t->nanoseconds == LINUX_UTIME_OMIT
	       || (t->nanoseconds >= 0 && t->nanoseconds < NANOSECONDS);
}

static void time_set(s64 *time, const struct linux_timespec *t, s64 now)
{
	const s64 most = 0x7fffffffffffffffll / NANOSECONDS - 1;
	s64 seconds = t->seconds;

	if (t->nanoseconds == LINUX_UTIME_OMIT)
		return;
	if (seconds > most)
		seconds = most;
	if (seconds < -most)
		seconds = -most;
	*time = t->nanoseconds == LINUX_UTIME_NOW ? now : seconds * NANOSECONDS + t->nanoseconds;
}

static s32 times_permit(const struct request *q, const struct inode *i,
			const struct linux_timespec t[2])
{
	struct caller who = caller_of(q);
	bool both_now = t[0].nanoseconds == LINUX_UTIME_NOW && t[1].nanoseconds == LINUX_UTIME_NOW;

	if (caller_owns(&who, i))
		return 0;
	if (both_now)
		return permit(&who, i, MAY_WRITE);
	return -EPERM;
}

/* utimensat without a path means the descriptor itself. */
static s32 times_target(const struct request *q, struct inode **i)
{
	struct open_file *f;
	s64 error;

	if (q->word[1])
		return target_find(q, (u32)q->word[3], i);
	if (q->word[3])
		return -EINVAL;
	error = open_of_descriptor(q, (s32)q->word[0], &f);
	if (error)
		return error == -EXDEV ? -EPERM : (s32)error;
	*i = f->inode;
	return f->inode->proc ? -EPERM : 0;
}

s64 change_times(struct request *q, struct answer *a)
{
	struct linux_timespec t[2] = {{0, LINUX_UTIME_NOW}, {0, LINUX_UTIME_NOW}};
	s64 now = time_of_day();
	struct inode *i;
	s32 error = 0;

	(void)a;
	if (q->word[2])
		error = window_in_all(q->reply, 1, 0, t, sizeof(t));
	if (error)
		return error;
	if (!is_time(&t[0]) || !is_time(&t[1]))
		return -EINVAL;
	error = times_target(q, &i);
	if (!error)
		error = times_permit(q, i, t);
	if (error)
		return error;
	time_set(&i->atime, &t[0], now);
	time_set(&i->mtime, &t[1], now);
	i->ctime = now;
	return 0;
}

/* --- Size ----------------------------------------------------------------------------- */

static s64 size_set(const struct request *q, struct inode *i, u64 size)
{
	s32 error;

	if ((s64)size < 0)
		return -EINVAL;
	error = size > i->size ? permit_size(q, size) : 0;
	if (!error && size != i->size)
		error = content_own(i);
	if (!error && size != i->size)
		error = content_resize(i, size);
	if (error)
		return error;
	inode_written(i);
	mode_drop_set_id(i, q);
	return 0;
}

s64 change_size(struct request *q, struct answer *a)
{
	struct caller who = caller_of(q);
	struct place p;
	s32 error;

	(void)a;
	if ((s64)q->word[1] < 0)
		return -EINVAL;
	error = path_find(q, LINUX_AT_FDCWD, 0, WALK_FOLLOW, &p);
	if (error)
		return error;
	if (!p.inode || is_type(p.inode, S_IFDIR))
		return p.inode ? -EISDIR : -EINVAL;
	if (!is_type(p.inode, S_IFREG) || p.inode->proc)
		return -EINVAL;
	error = permit(&who, p.inode, MAY_WRITE);
	if (!error && p.inode->content.executors)
		error = -ETXTBSY;
	return error ? error : size_set(q, p.inode, q->word[1]);
}

s64 change_size_descriptor(struct request *q, struct answer *a)
{
	struct open_file *f = open_of(q);

	(void)a;
	if (!f)
		return -EBADF;
	if (!is_type(f->inode, S_IFREG) || f->inode->proc
	    || (f->flags & LINUX_O_ACCMODE) == LINUX_O_RDONLY)
		return -EINVAL;
	return size_set(q, f->inode, q->word[1]);
}

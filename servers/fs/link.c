/*
 * Names: mkdirat, mknodat, symlinkat, linkat, unlinkat, readlinkat.
 */
#include "servers/fs/fs_server.h"
#include "servers/fs/proc.h"

/* A place where a name may be made; slashes behind it only if a directory is to be. */
static s32 place_new(const struct request *q, s32 dirfd, u32 window, bool directory,
		     struct place *p)
{
	s32 error = path_find(q, dirfd, window, WALK_CREATE, p);

	if (error == -ENOTDIR && p->inode && p->slash)
		return -EEXIST;
	if (error)
		return error;
	if (p->inode || p->descriptor >= 0)
		return -EEXIST;
	return p->slash && !directory ? -ENOENT : 0;
}

s64 link_mkdir(struct request *q, struct answer *a)
{
	struct place p;
	struct inode *i;
	s32 error = place_new(q, (s32)q->word[0], 0, true, &p);

	(void)a;
	if (error)
		return error;
	return create_in(q, &p, S_IFDIR | ((u32)q->word[2] & 01777), &i);
}

s64 link_mknod(struct request *q, struct answer *a)
{
	struct caller who = caller_of(q);
	u32 mode = (u32)q->word[2], type = mode & S_IFMT;
	struct place p;
	struct inode *i;
	s32 error;

	(void)a;
	if (type == 0)
		type = S_IFREG;
	if (type == S_IFDIR)
		return -EPERM;
	if (type != S_IFREG && type != S_IFIFO && type != S_IFSOCK && type != S_IFCHR
	    && type != S_IFBLK)
		return -EINVAL;
	error = place_new(q, (s32)q->word[0], 0, false, &p);
	if (error)
		return error;
	if ((type == S_IFCHR || type == S_IFBLK) && who.uid != 0)
		return -EPERM;
	error = create_in(q, &p, type | (mode & 07777), &i);
	if (!error && (type == S_IFCHR || type == S_IFBLK))
		i->device = (u32)q->word[3];
	return error;
}

/* --- Symbolic links ------------------------------------------------------------------- */

/* Target and size of a link that has neither yet. */
static s32 target_set(struct inode *i, const char *target, u64 len)
{
	i->target = block_alloc(len + 1);
	if (!i->target)
		return -ENOSPC;
	memcpy(i->target, target, len);
	i->size = len;
	return 0;
}

struct inode *symlink_make(const char *target, u64 len, const struct caller *who)
{
	struct inode *i = inode_make(S_IFLNK | 0777, who);

	return i && target_set(i, target, len) == 0 ? i : 0;
}

s64 link_symlink(struct request *q, struct answer *a)
{
	const char *target;
	s64 len = path_text(q, 0, &target);
	struct place p;
	struct inode *i;
	s32 error;

	(void)a;
	if (len <= 0)
		return len ? len : -ENOENT;
	error = place_new(q, (s32)q->word[1], 1, false, &p);
	if (error)
		return error;
	error = create_in(q, &p, S_IFLNK | 0777, &i);
	if (error)
		return error;
	error = target_set(i, target, (u64)len);
	if (error)
		entry_remove(entry_find(p.dir, p.name, p.len));
	return error;
}

s64 link_read(struct request *q, struct answer *a)
{
	struct place p;
	const char *path;
	s64 len = path_text(q, 0, &path);
	s32 error;

	if (len < 0)
		return len;
	error = path_find_text(q, (s32)q->word[0], path, WALK_EMPTY, &p);
	if (error)
		return error;
	if ((s32)q->word[3] <= 0)
		return -EINVAL;
	if (!p.inode || !is_type(p.inode, S_IFLNK))
		return len ? -EINVAL : -ENOENT;
	if (!p.inode->proc) {
		len = (s64)p.inode->size;
		memcpy(scratch, p.inode->target, p.inode->size);
	} else {
		len = proc_readlink(q, p.inode, scratch, PATH_BYTES);
	}
	if (len > (s64)(s32)q->word[3])
		len = (s32)q->word[3];
	return len < 0 ? len : copy_answer(a, len, scratch, (u64)len);
}

/* --- Hard links ----------------------------------------------------------------------- */

s64 link_link(struct request *q, struct answer *a)
{
	u32 flags = (u32)q->word[4];
	struct caller who = caller_of(q);
	struct place from, to;
	s32 error;

	(void)a;
	if (flags & ~(u32)(LINUX_AT_SYMLINK_FOLLOW | LINUX_AT_EMPTY_PATH))
		return -EINVAL;
	error = path_find(q, (s32)q->word[0], 0,
			  (flags & LINUX_AT_SYMLINK_FOLLOW ? WALK_FOLLOW : 0)
				  | (flags & LINUX_AT_EMPTY_PATH ? WALK_EMPTY : 0),
			  &from);
	if (error)
		return error;
	error = place_new(q, (s32)q->word[2], 1, false, &to);
	if (error)
		return error;
	if (!from.inode || from.inode->proc || to.dir->proc)
		return -EXDEV;
	error = to.dir->nlink ? permit_change(&who, to.dir) : -ENOENT;
	if (error)
		return error;
	if (is_type(from.inode, S_IFDIR))
		return -EPERM;
	if (from.inode->nlink >= LINKS_MAX)
		return -EMLINK;
	if (from.inode->nlink == 0)
		return -ENOENT;
	inode_changed(from.inode);
	return entry_add(to.dir, to.name, to.len, from.inode);
}

/* --- Removal -------------------------------------------------------------------------- */

static s32 check_directory(const struct place *p)
{
	if (!is_type(p->inode, S_IFDIR))
		return -ENOTDIR;
	if (p->inode->proc || p->inode == fs_root)
		return p->inode->proc ? -EPERM : -EBUSY;
	return p->inode->dir.first ? -ENOTEMPTY : 0;
}

static s32 check_last(const struct place *p, bool directory)
{
	static const s32 rmdir_error[] = {[LAST_NAME] = 0,
					  [LAST_DOT] = -EINVAL,
					  [LAST_DOT_DOT] = -ENOTEMPTY,
					  [LAST_ROOT] = -EBUSY};

	if (p->last == LAST_NAME)
		return 0;
	return directory ? rmdir_error[p->last] : -EISDIR;
}

s64 link_unlink(struct request *q, struct answer *a)
{
	bool directory = q->word[2] & LINUX_AT_REMOVEDIR;
	struct caller who = caller_of(q);
	struct place p;
	s32 error;

	(void)a;
	if (q->word[2] & ~(u64)LINUX_AT_REMOVEDIR)
		return -EINVAL;
	error = path_find(q, (s32)q->word[0], 0, 0, &p);
	if (!error)
		error = check_last(&p, directory);
	if (error)
		return error;
	if (!p.entry)
		return -EPERM; /* in /proc */
	error = permit_remove(&who, p.dir, p.inode);
	if (!error && directory)
		error = check_directory(&p);
	else if (!error && is_type(p.inode, S_IFDIR))
		error = -EISDIR;
	if (!error)
		entry_remove(p.entry);
	return error;
}

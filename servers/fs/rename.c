/*
 * renameat2: one name takes the place of another, or two change places.
 *
 * All checks come first; after them nothing fails, and nobody ever sees a moment in
 * which the new name is missing.
 */
#include "servers/fs/fs_server.h"

#define FLAGS_KNOWN (LINUX_RENAME_NOREPLACE | LINUX_RENAME_EXCHANGE)

static struct place from, to;
static char old_name[NAME_MAX_BYTES];

static bool is_inside(const struct inode *dir, const struct inode *ancestor)
{
	for (; dir; dir = dir->parent)
		if (dir == ancestor)
			return true;
	return false;
}

/* May i be moved out of dir: its name goes, and a directory's ".." changes. */
static s32 permit_move(const struct caller *who, const struct inode *dir, struct inode *i)
{
	s32 error = permit_remove(who, dir, i);

	if (!error && is_type(i, S_IFDIR) && from.dir != to.dir)
		error = permit(who, i, MAY_WRITE);
	return error;
}

static s32 check_target(const struct caller *who, u32 flags)
{
	bool from_directory = is_type(from.inode, S_IFDIR);

	if (flags & LINUX_RENAME_NOREPLACE && to.inode)
		return -EEXIST;
	if (flags & LINUX_RENAME_EXCHANGE)
		return to.inode ? permit_move(who, to.dir, to.inode) : -ENOENT;
	if (!to.inode)
		return to.dir->nlink ? permit_change(who, to.dir) : -ENOENT;
	if (permit_remove(who, to.dir, to.inode))
		return permit_remove(who, to.dir, to.inode);
	if (from_directory != is_type(to.inode, S_IFDIR))
		return from_directory ? -ENOTDIR : -EISDIR;
	return from_directory && to.inode->dir.first ? -ENOTEMPTY : 0;
}

static s32 places_find(const struct request *q)
{
	s32 error = path_find(q, (s32)q->word[0], 0, 0, &from);

	if (error)
		return error;
	memcpy(old_name, from.name, from.last == LAST_NAME ? from.len : 0);
	from.name = old_name;
	to.len = 0;
	error = path_find(q, (s32)q->word[2], 1, WALK_CREATE, &to);
	if (error == -ENAMETOOLONG && to.len > NAME_MAX_BYTES && from.last != LAST_NAME)
		return -EBUSY; /* what kind of names they are comes before what they say */
	if (error)
		return error;
	if (from.last != LAST_NAME || to.last != LAST_NAME)
		return -EBUSY;
	if (!from.dir || !to.dir || from.descriptor >= 0 || to.descriptor >= 0)
		return -EBUSY;
	if (from.dir->proc || to.dir->proc)
		return from.dir->proc && to.dir->proc ? -EPERM : -EXDEV;
	if (from.inode == fs_root || from.inode->proc || (to.inode && to.inode->proc))
		return -EBUSY;
	return 0;
}

static s32 check_all(const struct request *q, u32 flags)
{
	struct caller who = caller_of(q);
	s32 error;

	if (!is_type(from.inode, S_IFDIR) && (from.slash || (to.slash && !to.inode)))
		return -ENOTDIR;
	if (is_type(from.inode, S_IFDIR) && is_inside(to.dir, from.inode))
		return -EINVAL;
	if (to.inode && is_type(to.inode, S_IFDIR) && is_inside(from.dir, to.inode))
		return flags & LINUX_RENAME_EXCHANGE ? -EINVAL : -ENOTEMPTY;
	error = permit_move(&who, from.dir, from.inode);
	return error ? error : check_target(&who, flags);
}

static void exchange(void)
{
	struct inode *a = from.inode, *b = to.inode;

	inode_hold(a);
	entry_replace(from.entry, b);
	entry_replace(to.entry, a);
	inode_release(a);
}

/* The old entry goes last: the inode has a name at every moment. */
static s32 move(void)
{
	struct entry *e = 0;

	if (!to.entry) {
		e = entry_make(to.name, to.len);
		if (!e)
			return -ENOSPC;
		entry_attach(to.dir, e, from.inode);
	} else {
		entry_replace(to.entry, from.inode);
	}
	entry_remove(from.entry);
	return 0;
}

s64 rename_at(struct request *q, struct answer *a)
{
	u32 flags = q->label == LINUX_renameat2 ? (u32)q->word[4] : 0;
	s32 error;

	(void)a;
	if (flags & ~(u32)FLAGS_KNOWN || flags == FLAGS_KNOWN)
		return -EINVAL;
	error = places_find(q);
	if (error)
		return error;
	if (from.inode == to.inode && !(flags & LINUX_RENAME_NOREPLACE))
		return 0;
	error = check_all(q, flags);
	if (error)
		return error;
	if (flags & LINUX_RENAME_EXCHANGE)
		exchange();
	else
		error = move();
	return error;
}

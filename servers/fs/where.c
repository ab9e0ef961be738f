/*
 * Where a process is: its cwd and root, which are sessions of this server in fixed
 * slots of its table, and the way back from an inode to a path.
 */
#include "servers/fs/fs_server.h"

static bool root_ever_changed;

static struct inode *fixed_inode(const struct request *q, u32 fixed)
{
	s64 badge = call1(q->reply, REPLY_BADGE, SLOT_FIXED + fixed);
	struct open_file *f = badge < 0 ? 0 : open_find((u64)badge);

	return f ? f->inode : fs_root;
}

struct inode *caller_root(const struct request *q)
{
	return root_ever_changed ? fixed_inode(q, FIXED_ROOT) : fs_root;
}

struct inode *caller_cwd(const struct request *q)
{
	return fixed_inode(q, FIXED_CWD);
}

/* --- Paths of inodes ----------------------------------------------------------------- */

static bool put_name(char **at, const char *start, const char *name, u64 len)
{
	if ((u64)(*at - start) < len + 1)
		return false;
	*at -= len;
	memcpy(*at, name, len);
	*--*at = '/';
	return true;
}

/* Writes the path in front of *from, and moves that to its beginning.  ENOENT if it does not lead
 * to the root, ENAMETOOLONG */
static s32 path_backwards(const struct inode *i, const struct inode *root, char *start, char **from)
{
	char *at = *from;

	while (i != root) {
		const struct entry *e = i->names;
		if (i->proc) {
			if (!put_name(&at, start, "proc", 4))
				return -ENAMETOOLONG;
			break;
		}
		if (!e)
			return -ENOENT;
		if (!put_name(&at, start, e->name, e->len))
			return -ENAMETOOLONG;
		i = e->dir;
	}
	if (at == *from)
		*--at = '/';
	*from = at;
	return 0;
}

s64 path_of(const struct inode *i, const struct inode *root, char *to, u64 size)
{
	static char buffer[PATH_BYTES];
	char *end = buffer + sizeof(buffer), *at = end;
	s32 error = path_backwards(i, root, buffer, &at);
	u64 len = (u64)(end - at);

	if (error)
		return error;
	if (len + 1 > size)
		return -ERANGE;
	memcpy(to, at, len);
	to[len] = 0;
	return (s64)len;
}

s64 where_getcwd(struct request *q, struct answer *a)
{
	s64 len = path_of(caller_cwd(q), caller_root(q), scratch, PATH_BYTES);

	if (len < 0)
		return len;
	if ((u64)len + 1 > q->word[1])
		return -ERANGE;
	return copy_answer(a, len + 1, scratch, (u64)len + 1);
}

/* --- Changes ------------------------------------------------------------------------- */

static s64 where_answer(struct request *q, struct answer *a, struct inode *i)
{
	struct caller who = caller_of(q);
	s32 error;
	s64 slot;

	if (!i || !is_type(i, S_IFDIR))
		return -ENOTDIR;
	error = permit(&who, i, MAY_EXEC);
	if (error)
		return error;
	slot = open_session(i, 0, OPEN_WHERE, &who);
	if (slot < 0)
		return slot;
	a->cap = (slot_t)slot;
	a->flags = MSG_SEND | MSG_MOVE;
	return 0;
}

s64 where_chdir(struct request *q, struct answer *a)
{
	struct place p;
	s32 error = path_find(q, LINUX_AT_FDCWD, 0, WALK_FOLLOW, &p);

	return error ? error : where_answer(q, a, p.inode);
}

s64 where_fchdir(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);
	s64 error = f ? 0 : open_of_descriptor(q, (s32)q->word[0], &f);

	if (error)
		return error == -EXDEV ? -ENOTDIR : error;
	return where_answer(q, a, f->inode);
}

s64 where_chroot(struct request *q, struct answer *a)
{
	struct caller who = caller_of(q);
	struct place p;
	s32 error = path_find(q, LINUX_AT_FDCWD, 0, WALK_FOLLOW, &p);

	if (error)
		return error;
	if (p.inode && is_type(p.inode, S_IFDIR) && who.uid != 0)
		return -EPERM;
	root_ever_changed = true;
	return where_answer(q, a, p.inode);
}

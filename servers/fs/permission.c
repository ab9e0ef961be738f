/*
 * Who may do what: the caller's ids of the process table against mode and owner.
 */
#include "ipc/proto/process.h"
#include "ipc/proto/process_table.h"
#include "servers/fs/fs_server.h"

struct caller caller_real(const struct request *q)
{
	struct caller who = caller_of(q);

	if (who.entry) {
		who.uid = who.entry->uid;
		who.gid = who.entry->gid;
	}
	return who;
}

bool caller_in_group(const struct caller *who, u32 gid)
{
	u32 n = who->entry ? who->entry->ngroups : 0;

	if (who->gid == gid)
		return true;
	for (u32 i = 0; i < n && i < PROCESS_GROUPS; i++)
		if (who->entry->group[i] == gid)
			return true;
	return false;
}

bool caller_owns(const struct caller *who, const struct inode *i)
{
	return who->uid == 0 || who->uid == i->uid;
}

s32 permit_size(const struct request *q, u64 size)
{
	struct caller who = caller_of(q);

	if (!who.entry || size <= who.entry->fsize)
		return 0;
	call2(PROCESS, PROC_SIGNAL, q->tag, LINUX_SIGXFSZ);
	return -EFBIG;
}

s32 permit(const struct caller *who, const struct inode *i, u32 want)
{
	u32 bits = i->mode;

	if (who->uid == 0) {
		bool ok = !(want & MAY_EXEC) || is_type(i, S_IFDIR) || (i->mode & 0111);
		return ok ? 0 : -EACCES;
	}
	if (who->uid == i->uid)
		bits >>= 6;
	else if (caller_in_group(who, i->gid))
		bits >>= 3;
	return (bits & want) == want ? 0 : -EACCES;
}

s32 permit_change(const struct caller *who, const struct inode *dir)
{
	return permit(who, dir, MAY_WRITE | MAY_EXEC);
}

s32 permit_remove(const struct caller *who, const struct inode *dir, const struct inode *i)
{
	s32 error = permit_change(who, dir);

	if (error)
		return error;
	if (dir->mode & S_ISVTX && !caller_owns(who, i) && who->uid != dir->uid)
		return -EPERM;
	return 0;
}

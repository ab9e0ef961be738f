/*
 * Files as programs and as memory: execve and mmap, both forwarded once they are checked.
 *
 * execve goes on to process with an exec session of the file: an open file that can be
 * read and mapped whatever its mode, never written, and while it lives nobody
 * else opens the file for writing.
 */
#include "ipc/proto/process.h"
#include "ipc/proto/process_table.h"
#include "servers/fs/fs_server.h"

#define INIT_PATH "/sbin/init"

static s32 check_program(const struct request *q, const struct inode *i)
{
	struct caller who = caller_of(q);
	s32 error;

	if (!i || !is_type(i, S_IFREG) || i->proc)
		return i && is_type(i, S_IFLNK) ? -ELOOP : -EACCES;
	error = permit(&who, i, MAY_EXEC);
	if (!error && i->content.writers)
		error = -ETXTBSY;
	return error;
}

static bool is_script(struct inode *i)
{
	const u8 *at = 0;

	return content_span(i, 0, 2, &at) == 2 && at && at[0] == '#' && at[1] == '!';
}

/* Tells process whose ids the program gets.  A call that is withdrawn before process has it leaves
 * them there: then the caller's next execve says anew that there are none. */
static s32 ids_tell(const struct request *q, struct inode *i)
{
	static bool told[PROCESS_MAX]; /* by the index of the caller's tag */
	u64 uid = ~0u, gid = ~0u;
	bool any;

	if (i->mode & S_ISUID)
		uid = i->uid;
	if ((i->mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
		gid = i->gid;
	any = (uid != ~0u || gid != ~0u) && !is_script(i);
	if (!any && !told[TAG_INDEX(q->tag) % PROCESS_MAX])
		return 0;
	told[TAG_INDEX(q->tag) % PROCESS_MAX] = any;
	return (s32)call3(PROCESS, PROC_EXEC_IDS, q->tag, any ? uid : ~0u, any ? gid : ~0u);
}

s64 exec_execve(struct request *q, struct answer *a)
{
	struct caller who = caller_of(q);
	struct place p;
	s64 slot, result;
	s32 error = path_find(q, LINUX_AT_FDCWD, 0, WALK_FOLLOW, &p);

	(void)a;
	if (!error)
		error = check_program(q, p.inode);
	if (!error)
		error = ids_tell(q, p.inode);
	if (error)
		return error;
	slot = open_session(p.inode, LINUX_O_RDONLY, OPEN_EXEC, &who);
	if (slot < 0)
		return slot;
	result = reply_forward(q, PROCESS, (slot_t)slot);
	slot_delete((slot_t)slot);
	return result;
}

/* mmap(address, length, protection, flags, descriptor, offset) */
s64 exec_mmap(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);
	bool shared = (q->word[3] & LINUX_MAP_TYPE) != 2;
	u32 mode;
	s64 slot;

	(void)a;
	if (!f || f->kind == OPEN_WHERE || f->flags & LINUX_O_PATH)
		return -EBADF;
	mode = f->flags & LINUX_O_ACCMODE;
	if (is_type(f->inode, S_IFCHR) && !device_is_zero(f->inode))
		return -ENODEV;
	if (mode == LINUX_O_WRONLY)
		return -EACCES;
	if (shared && q->word[2] & LINUX_PROT_WRITE && mode != LINUX_O_RDWR)
		return -EACCES;
	if (is_type(f->inode, S_IFCHR))
		return device_mmap(q);
	if (!is_type(f->inode, S_IFREG) || f->inode->proc)
		return -ENODEV;
	slot = content_session(f->inode, mode == LINUX_O_RDWR);
	return slot < 0 ? slot : reply_forward(q, (slot_t)slot, SLOT_NONE);
}

static s32 hand_over(struct inode *i, enum open_kind kind, s32 label)
{
	s64 slot = open_session(i, 0, kind, &(struct caller){0});
	s64 error;

	if (slot < 0)
		return (s32)slot;
	error = call_cap(PROCESS, label, (slot_t)slot, 0);
	slot_delete((slot_t)slot);
	return error < 0 ? (s32)error : 0;
}

s32 exec_first(void)
{
	struct place p;
	s32 error = path_find_from(fs_root, INIT_PATH, &p);

	if (error || !is_type(p.inode, S_IFREG))
		server_panic("fs: there is no " INIT_PATH "\n");
	error = hand_over(fs_root, OPEN_WHERE, PROC_INIT_ROOT);
	return error ? error : hand_over(p.inode, OPEN_EXEC, PROC_INIT_EXEC);
}

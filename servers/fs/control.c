/*
 * Small calls on open files: fcntl, ioctl, readiness, fallocate.  Files are always ready.
 */
#include "servers/fs/fs_server.h"

#define FLAGS_SETTABLE (LINUX_O_APPEND | LINUX_O_NONBLOCK | LINUX_O_NOATIME)
#define READY (POLLIN | POLLOUT | 0x40 | 0x80 | 0x100 | 0x200) /* the normal and band bits */
#define FALLOC_KEEP_SIZE 1

s64 control_fcntl(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);

	(void)a;
	if (!f)
		return -EBADF;
	if (f->flags & LINUX_O_PATH && q->word[1] != LINUX_F_GETFL)
		return -EBADF;
	switch (q->word[1]) {
	case LINUX_F_GETLK:
	case LINUX_F_OFD_GETLK:
		return lock_ask(q, f);
	case LINUX_F_SETLK:
	case LINUX_F_SETLKW:
	case LINUX_F_OFD_SETLK:
	case LINUX_F_OFD_SETLKW:
		return lock_set(q, f);
	default:
		return fcntl_flags(q, &f->flags, FLAGS_SETTABLE);
	}
}

/* FIONREAD: what is left to read; a regular file has no other. */
s64 control_ioctl(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);
	static s32 left;

	if (!f || f->flags & LINUX_O_PATH)
		return -EBADF;
	if ((u32)q->word[1] == LINUX_FIONBIO)
		return 0;
	if ((u32)q->word[1] != LINUX_FIONREAD || !is_type(f->inode, S_IFREG))
		return -ENOTTY;
	left = f->inode->size > f->offset ? (s32)(f->inode->size - f->offset) : 0;
	return copy_answer(a, 0, &left, sizeof(left));
}

s64 control_poll(struct request *q, struct answer *a)
{
	(void)a;
	if (!open_find(q->badge))
		return -EBADF;
	return (s64)(q->word[0] & READY);
}

s64 control_name(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);

	if (!f)
		return -EBADF;
	a->word[1] = f->inode->ino;
	return FD_FILE;
}

s64 control_fallocate(struct request *q, struct answer *a)
{
	struct open_file *f = open_of(q);
	u64 end = q->word[2] + q->word[3];
	s32 error;

	(void)a;
	if (!f || (f->flags & LINUX_O_ACCMODE) == LINUX_O_RDONLY)
		return -EBADF;
	if ((s64)q->word[2] < 0 || (s64)q->word[3] <= 0)
		return -EINVAL;
	if (q->word[1] & ~(u64)FALLOC_KEEP_SIZE)
		return -EOPNOTSUPP;
	if (!is_type(f->inode, S_IFREG) || f->inode->proc)
		return is_type(f->inode, S_IFDIR) ? -EISDIR : -ENODEV;
	if (end > FILE_SIZE_MAX || end < q->word[2])
		return -EFBIG;
	error = q->word[1] & FALLOC_KEEP_SIZE || end <= f->inode->size ? 0 : permit_size(q, end);
	if (!error)
		error = content_hold(f->inode, q->word[2], q->word[3]);
	if (error || q->word[1] & FALLOC_KEEP_SIZE || end <= f->inode->size)
		return error;
	return content_resize(f->inode, end);
}

s64 control_ok(struct request *q, struct answer *a)
{
	(void)a;
	return open_of(q) ? 0 : -EBADF;
}

s64 control_nothing(struct request *q, struct answer *a)
{
	(void)q;
	(void)a;
	return 0;
}

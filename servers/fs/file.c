/*
 * Bytes of open files: read, write and their positional and vector forms, lseek.
 *
 * The one idea: a byte is copied once, between the caller's window and the file's
 * pages, which are mapped here.  What goes wrong in the middle is answered before
 * size or offset change; the same bytes written again do no harm.
 */
#include "servers/fs/fs_server.h"
#include "servers/fs/proc.h"

#define OFFSET_MAX 0x7fffffffffffffffull
#define IOVECS_AT_ONCE IOVEC_MAX_PER_COPY

static const u8 zeroes[PAGE_SIZE];
static struct {
	u64 badge, offset;
} before;

/* The reply moves bytes and may not happen: then the offset is put back. */
void offset_save(const struct open_file *f)
{
	before.badge = f->badge;
	before.offset = f->offset;
}

static bool moves_offset(s32 label)
{
	return label == LINUX_read || label == LINUX_readv || label == LINUX_getdents64;
}

void file_undo(const struct request *q)
{
	file_cut(q, 0);
}

/* Only the first bytes of what was read could be given. */
void file_cut(const struct request *q, u64 len)
{
	struct open_file *f = open_find(q->badge);

	if (f && before.badge == q->badge && moves_offset(q->label))
		f->offset = before.offset + len;
	before.badge = 0;
}

/* --- Where ---------------------------------------------------------------------------- */

static u64 transfer_offset(const struct request *q, const struct open_file *f)
{
	return transfer_is_positional(q) ? q->word[3] : f->offset;
}

/* Checks what all forms have in common: the length, or an error. */
static inline s64 transfer_begin(const struct request *q, const struct open_file *f, u32 may)
{
	s64 len;

	if (!f || !(f->may & may))
		return -EBADF;
	if (is_type(f->inode, S_IFDIR))
		return -EISDIR;
	if (transfer_is_positional(q) && (s64)q->word[3] < 0)
		return -EINVAL;
	len = transfer_length(q, may == MAY_READ ? ACCESS_WRITE : ACCESS_READ);
	if (len > 0 && (u64)len > OFFSET_MAX - transfer_offset(q, f))
		return -EINVAL;
	return len;
}

/* --- Reading -------------------------------------------------------------------------- */

/* Copies what lies at `at` (0: zeroes) to the window.  Bytes, or an error. */
static s64 span_out(const struct request *q, u64 offset, const u8 *at, u64 len)
{
	if (!at && len > PAGE_SIZE)
		len = PAGE_SIZE;
	return window_out(q->reply, 0, offset, at ? at : zeroes, len);
}

static s64 read_spans(const struct request *q, struct inode *i, u64 offset, u64 len)
{
	u64 done = 0;

	while (done < len) {
		const u8 *at;
		s64 n = content_span(i, offset + done, len - done, &at);
		if (n > 0)
			n = span_out(q, done, at, (u64)n);
		if (n == -ERETRY)
			return n;
		if (n <= 0)
			return done ? (s64)done : n;
		done += (u64)n;
	}
	return (s64)done;
}

/* One span goes with the reply; more of them, or a long one, are copied here. */
static s64 read_content(struct request *q, struct answer *a, struct inode *i, u64 offset)
{
	u64 len = q->window_len;
	const u8 *at;
	s64 n;

	if (offset >= i->size)
		return 0;
	if (len > i->size - offset)
		len = i->size - offset;
	n = content_span(i, offset, len, &at);
	if (n != (s64)len || !at || len > COPY_MAX
	    || (transfer_is_vector(q) && q->word[2] > IOVECS_AT_ONCE))
		return read_spans(q, i, offset, len);
	return copy_answer(a, n, at, len);
}

static void accessed(struct open_file *f)
{
	struct inode *i = f->inode;

	if (i->atime <= i->mtime && !(f->flags & LINUX_O_NOATIME))
		i->atime = time_of_day();
}

/* On its own: a read of a device is to save no registers for it. */
static __attribute__((noinline)) s64 read_file(struct request *q, struct answer *a,
					       struct open_file *f)
{
	u64 offset = transfer_offset(q, f);
	s64 n;

	if (f->inode->proc)
		n = proc_read(q, a, f, offset);
	else
		n = read_content(q, a, f->inode, offset);
	if (n <= 0)
		return n;
	offset_save(f);
	if (!transfer_is_positional(q))
		f->offset = offset + (u64)n;
	accessed(f);
	return n;
}

s64 file_read(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);
	s64 n = transfer_begin(q, f, MAY_READ);

	if (n < 0)
		return n;
	if (is_type(f->inode, S_IFCHR))
		return device_read(q, a, f->inode->device, (u64)n);
	return read_file(q, a, f);
}

/* --- Writing -------------------------------------------------------------------------- */

/* Bytes copied into the file's pages; its size is as it was.  An error only if none were,
 * or if the same call is to come again (ERETRY). */
static s64 write_pages(const struct request *q, struct inode *i, u64 offset, u64 len)
{
	u64 done = 0;

	while (done < len) {
		u64 want = len - done < COPY_MAX ? len - done : COPY_MAX;
		s64 n = content_hold(i, offset + done, want);
		if (n == 0)
			n = window_in(q->reply, 0, done, i->content.address + offset + done, want);
		if (n == -ERETRY)
			return n;
		if (n <= 0)
			return done ? (s64)done : n;
		done += (u64)n;
	}
	return (s64)done;
}

/* What fits below the limits; one byte does. */
static u64 write_length(const struct request *q, u64 offset, u64 len)
{
	struct caller who = caller_of(q);
	u64 end = who.entry && who.entry->fsize < FILE_SIZE_MAX ? who.entry->fsize : FILE_SIZE_MAX;

	return len < end - offset ? len : end - offset;
}

static s64 write_content(const struct request *q, struct open_file *f, u64 offset, u64 len)
{
	struct inode *i = f->inode;
	s32 error = 0;
	s64 n;

	if (offset >= FILE_SIZE_MAX)
		return -EFBIG;
	error = permit_size(q, offset + 1);
	if (error)
		return error;
	len = write_length(q, offset, len);
	content_gap_clear(i, offset);
	n = write_pages(q, i, offset, len);
	if (n > 0 && offset + (u64)n > i->size)
		error = content_extend(i, offset + (u64)n);
	if (n <= 0 || error)
		return error ? error : n;
	inode_written(i);
	mode_drop_set_id(i, q);
	return n;
}

static __attribute__((noinline)) s64 write_file(struct request *q, struct open_file *f, u64 len)
{
	u64 offset = f->flags & LINUX_O_APPEND ? f->inode->size : transfer_offset(q, f);
	s64 n;

	if (f->inode->proc)
		return proc_write(q, f->inode);
	if (len == 0)
		return 0;
	n = write_content(q, f, offset, len);
	if (n > 0 && !transfer_is_positional(q))
		f->offset = offset + (u64)n;
	return n;
}

s64 file_write(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);
	s64 len = transfer_begin(q, f, MAY_WRITE);

	(void)a;
	if (len < 0)
		return len;
	if (is_type(f->inode, S_IFCHR))
		return device_write(f->inode->device, (u64)len);
	return write_file(q, f, (u64)len);
}

/* --- lseek ---------------------------------------------------------------------------- */

/* SEEK_DATA and SEEK_HOLE: where the next span of that kind begins. */
static s64 seek_span(struct inode *i, u64 from, bool data)
{
	while (from < i->size) {
		const u8 *at;
		s64 n = content_span(i, from, i->size - from, &at);
		if (n <= 0)
			return n ? n : -EIO;
		if ((at != 0) == data)
			return (s64)from;
		from += (u64)n;
	}
	return data ? -ENXIO : (s64)i->size;
}

static s64 seek_target(struct open_file *f, s64 offset, u64 whence)
{
	struct inode *i = f->inode;
	bool has_pages = is_type(i, S_IFREG) && !i->proc;

	switch (whence) {
	case LINUX_SEEK_SET:
		return offset;
	case LINUX_SEEK_CUR:
		return (s64)f->offset + offset;
	case LINUX_SEEK_END:
		return (s64)i->size + offset;
	case LINUX_SEEK_DATA:
	case LINUX_SEEK_HOLE:
		if (!has_pages)
			return -EINVAL;
		if (offset < 0 || (u64)offset >= i->size)
			return -ENXIO;
		return seek_span(i, (u64)offset, whence == LINUX_SEEK_DATA);
	default:
		return -EINVAL;
	}
}

s64 file_seek(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);
	s64 to;

	(void)a;
	if (!f || f->kind == OPEN_WHERE || f->flags & LINUX_O_PATH)
		return -EBADF;
	if (is_type(f->inode, S_IFCHR))
		return 0;
	to = seek_target(f, (s64)q->word[1], q->word[2]);
	if (to < 0)
		return q->word[2] > LINUX_SEEK_END ? to : -EINVAL;
	f->offset = (u64)to;
	return to;
}

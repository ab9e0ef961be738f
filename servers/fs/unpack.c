/*
 * The root file system: from two cpio archives (newc) in memory to inodes.
 *
 * The one idea: a file's bytes stay where they are.  Where they begin on a page, the
 * archive's frames become pages of the file's memory object; only bytes that share their
 * page with something else are copied.  The archives stay mapped, and nobody writes into
 * them (content_own): a file system that was started anew finds them as they were.
 */
#include "ipc/proto/memory.h"
#include "servers/fs/fs_server.h"

#define HEADER_BYTES 110u

struct archive {
	const u8 *at; /* of its first byte here */
	u64 bytes;
	u64 offset; /* of that byte in its first page */
	struct boot_range frames;
};

struct member {
	u32 mode, uid, gid;
	s64 mtime;
	const char *name;
	u64 name_len;
	u64 data, data_len; /* offset in the archive */
	u64 behind;
};

static const struct caller root_caller;

/* --- Headers -------------------------------------------------------------------------- */

static u32 hex(const u8 *p)
{
	u32 value = 0;

	for (u32 i = 0; i < 8; i++) {
		u32 c = p[i];
		value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

static u64 align4(u64 n)
{
	return (n + 3) & ~3ull;
}

/* False at the end of the archive, or where it is broken. */
static bool member_read(const struct archive *r, u64 at, struct member *m)
{
	const u8 *h = r->at + at;
	u64 name_size;

	if (at + HEADER_BYTES > r->bytes || memcmp(h, "070701", 6) != 0)
		return false;
	m->mode = hex(h + 14);
	m->uid = hex(h + 22);
	m->gid = hex(h + 30);
	m->mtime = (s64)hex(h + 46) * NANOSECONDS;
	m->data_len = hex(h + 54);
	name_size = hex(h + 94);
	m->name = (const char *)h + HEADER_BYTES;
	m->data = align4(at + HEADER_BYTES + name_size);
	m->behind = align4(m->data + m->data_len);
	if (m->behind > r->bytes || name_size == 0 || h[HEADER_BYTES + name_size - 1] != 0)
		return false;
	m->name_len = strlen(m->name);
	return strcmp(m->name, "TRAILER!!!") != 0;
}

/* --- Names ---------------------------------------------------------------------------- */

static struct inode *directory_make(struct inode *dir, const char *name, u32 len)
{
	struct inode *i = inode_make(S_IFDIR | 0755, &root_caller);

	return i && entry_add(dir, name, len, i) == 0 ? i : 0;
}

/* The directory that a link in the middle of a name means, or 0: never anything else, which would
 * become one. */
static struct inode *link_resolve(struct inode *dir, const struct inode *link)
{
	struct place p;

	if (path_find_from(dir, link->target, &p) || !p.inode || p.inode->proc)
		return 0;
	return is_type(p.inode, S_IFDIR) ? p.inode : 0;
}

/* The directory of the name, made if it is missing; *name moves to its last component. */
static struct inode *parent_find(const char **name)
{
	struct inode *dir = fs_root;

	for (;;) {
		const char *end;
		struct entry *e;
		while (**name == '/' || (**name == '.' && (*name)[1] == '/'))
			++*name;
		for (end = *name; *end && *end != '/'; end++)
			;
		if (*end == 0)
			return dir;
		e = entry_find(dir, *name, (u32)(end - *name));
		dir = e ? e->inode : directory_make(dir, *name, (u32)(end - *name));
		if (dir && is_type(dir, S_IFLNK))
			dir = link_resolve(e->dir, dir);
		if (!dir || !is_type(dir, S_IFDIR))
			return 0;
		*name = end;
	}
}

/* The inode that the member is to be: the one that is there, if the type fits. */
static struct inode *member_inode(const struct member *m)
{
	const char *name = m->name;
	struct inode *dir = parent_find(&name), *i;
	u32 len = (u32)strlen(name);
	struct entry *e = dir ? entry_find(dir, name, len) : 0;

	if (!dir || len == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (e && is_type(e->inode, S_IFDIR) && (m->mode & S_IFMT) != S_IFDIR)
		return 0; /* a link over a directory: what is in it stays reachable */
	if (e && is_type(e->inode, S_IFLNK) && (m->mode & S_IFMT) == S_IFDIR)
		return link_resolve(dir, e->inode);
	if (e && is_type(e->inode, S_IFDIR))
		return e->inode;
	i = inode_make(m->mode, &root_caller);
	if (!i)
		return 0;
	if (e)
		entry_replace(e, i);
	else if (entry_add(dir, name, len, i))
		return 0;
	return i;
}

/* --- Contents ------------------------------------------------------------------------- */

/* The file's bytes from that one on. */
static s32 content_copy(const struct archive *r, struct inode *i, const struct member *m, u64 from)
{
	s32 error = content_hold(i, from, m->data_len - from);

	if (error)
		return error;
	memcpy(i->content.address + from, r->at + m->data + from, m->data_len - from);
	return content_extend(i, m->data_len);
}

/* Whole pages are adopted, unless a program of the file system's former life still maps them. */
static s32 content_take(const struct archive *r, struct inode *i, const struct member *m)
{
	u64 at = r->offset + m->data;
	u64 npages = at & PAGE_MASK ? 0 : m->data_len >> PAGE_SHIFT;
	frame_t first = r->frames.first + (at >> PAGE_SHIFT);

	if (npages && content_adopt(i, first, npages))
		npages = 0;
	if (npages << PAGE_SHIFT == m->data_len)
		return 0;
	return content_copy(r, i, m, npages << PAGE_SHIFT);
}

static s32 link_set(const struct archive *r, struct inode *i, const struct member *m)
{
	i->target = block_alloc(m->data_len + 1);
	if (!i->target)
		return -ENOSPC;
	memcpy(i->target, r->at + m->data, m->data_len);
	i->size = m->data_len;
	return 0;
}

static s32 member_unpack(const struct archive *r, const struct member *m, struct inode *i)
{
	i->mode = m->mode;
	i->uid = m->uid;
	i->gid = m->gid;
	if (m->mtime)
		i->atime = i->mtime = i->ctime = m->mtime;
	if (is_type(i, S_IFLNK))
		return link_set(r, i, m);
	if (!is_type(i, S_IFREG) || m->data_len == 0)
		return 0;
	return content_take(r, i, m);
}

/* One archive laid over what is there.  A file that a later member replaces gives nothing. */
static s32 archive_read(const struct archive *r)
{
	struct member m;
	s32 error = 0;

	for (u64 at = 0; !error && member_read(r, at, &m); at = m.behind) {
		struct inode *i = member_inode(&m);
		if (i)
			error = member_unpack(r, &m, i);
	}
	return error;
}

s32 unpack_all(void)
{
	struct archive rootfs = {.at = (const u8 *)server_at(SERVER_ARCHIVE),
				 .bytes = start_info->rootfs_bytes,
				 .frames = start_info->rootfs};
	struct archive overlay = {.at = (const u8 *)server_at(SERVER_INITRD)
					+ start_info->initrd_offset,
				  .bytes = start_info->initrd_bytes,
				  .offset = start_info->initrd_offset,
				  .frames = start_info->initrd};
	s32 error = archive_read(&rootfs);

	return error ? error : archive_read(&overlay);
}

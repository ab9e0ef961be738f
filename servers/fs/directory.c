/*
 * Directory entries: found by one hash over all directories, listed in the order
 * in which they were made.
 *
 * A position in a listing is the cookie of the next entry; cookies only grow, so that
 * entries may come and go while somebody reads: none that stays is missed or told twice.
 */
#include "servers/fs/fs_server.h"
#include "servers/fs/proc.h"

#define BUCKETS 4096u
#define COOKIE_FIRST 2 /* 0 is ".", 1 is ".." */
#define DIRENT_HEAD offsetof(struct linux_dirent, name)

static struct entry *buckets[BUCKETS];
static u64 next_cookie = COOKIE_FIRST;

static u32 name_hash(const char *name, u32 len)
{
	u32 h = 0;

	for (u32 i = 0; i < len; i++)
		h = name_hash_add(h, name[i]);
	return h;
}

/* Of a name in that directory. */
static u32 hash_in(const struct inode *dir, u32 h)
{
	h += (u32)dir->ino * 0x9e3779b1u;
	return h ^ h >> 15;
}

static bool same_name(const char *a, const char *b, u32 len)
{
	for (const char *end = a + len; a < end; a++, b++)
		if (*a != *b)
			return false;
	return true;
}

struct entry *entry_find_hashed(const struct inode *dir, const char *name, u32 len, u32 hash)
{
	struct entry *e;

	hash = hash_in(dir, hash);
	for (e = buckets[hash % BUCKETS]; e; e = e->next_hash)
		if (e->hash == hash && e->dir == dir && e->len == len
		    && same_name(e->name, name, len))
			return e;
	return 0;
}

struct entry *entry_find(const struct inode *dir, const char *name, u32 len)
{
	return entry_find_hashed(dir, name, len, name_hash(name, len));
}

struct entry *entry_make(const char *name, u32 len)
{
	struct entry *e = block_alloc(sizeof(struct entry) + len + 1);

	if (!e)
		return 0;
	e->len = len;
	memcpy(e->name, name, len);
	return e;
}

static void parent_set(struct inode *i, struct inode *dir)
{
	inode_hold(dir);
	if (i->parent)
		inode_release(i->parent);
	i->parent = dir;
}

/* The inode has a name more. */
static void name_add(struct entry *e, struct inode *i)
{
	e->inode = i;
	e->next_name = i->names;
	i->names = e;
	i->nlink++;
	if (!is_type(i, S_IFDIR))
		return;
	i->nlink++;
	e->dir->nlink++;
	parent_set(i, e->dir);
}

static void name_remove(struct entry *e)
{
	struct inode *i = e->inode;
	struct entry **at = &i->names;

	while (*at != e)
		at = &(*at)->next_name;
	*at = e->next_name;
	i->nlink--;
	if (is_type(i, S_IFDIR)) {
		i->nlink--;
		e->dir->nlink--;
	}
	inode_changed(i);
	inode_idle(i);
}

void entry_attach(struct inode *dir, struct entry *e, struct inode *i)
{
	e->dir = dir;
	e->hash = hash_in(dir, name_hash(e->name, e->len));
	e->next_hash = buckets[e->hash % BUCKETS];
	buckets[e->hash % BUCKETS] = e;
	e->cookie = next_cookie++;
	e->next = 0;
	e->prev = dir->dir.last;
	if (e->prev)
		e->prev->next = e;
	else
		dir->dir.first = e;
	dir->dir.last = e;
	name_add(e, i);
	inode_written(dir);
}

s32 entry_add(struct inode *dir, const char *name, u32 len, struct inode *i)
{
	struct entry *e = entry_make(name, len);

	if (!e)
		return -ENOSPC;
	entry_attach(dir, e, i);
	return 0;
}

void entry_remove(struct entry *e)
{
	struct inode *dir = e->dir;
	struct entry **at = &buckets[e->hash % BUCKETS];

	while (*at != e)
		at = &(*at)->next_hash;
	*at = e->next_hash;
	if (e->prev)
		e->prev->next = e->next;
	else
		dir->dir.first = e->next;
	if (e->next)
		e->next->prev = e->prev;
	else
		dir->dir.last = e->prev;
	name_remove(e);
	inode_written(dir);
	block_free(e, sizeof(struct entry) + e->len + 1);
}

void entry_replace(struct entry *e, struct inode *i)
{
	name_remove(e);
	name_add(e, i);
	inode_written(e->dir);
}

/* --- Listing ------------------------------------------------------------------------- */

bool listing_add(struct listing *l, struct linux_dirent head, const char *name, u32 len)
{
	u64 size = (DIRENT_HEAD + len + 1 + 7) & ~7ull;
	struct linux_dirent *d = (struct linux_dirent *)l->at;

	l->is_full = size > (u64)(l->end - l->at);
	if (l->is_full)
		return false;
	*d = head;
	d->reclen = (u16)size;
	memset(l->at + DIRENT_HEAD, 0, size - DIRENT_HEAD);
	memcpy(l->at + DIRENT_HEAD, name, len);
	l->at += size;
	return true;
}

static struct linux_dirent dirent_of(const struct inode *i, u64 next)
{
	return (struct linux_dirent){.ino = i->ino, .off = next, .type = (u8)(i->mode >> 12)};
}

/* "." and "..": returns the position behind what was told. */
static u64 list_dots(struct listing *l, const struct inode *dir, u64 at)
{
	const struct inode *up = dir->parent ? dir->parent : dir;

	if (at == 0 && listing_add(l, dirent_of(dir, 1), ".", 1))
		at = 1;
	if (at == 1 && listing_add(l, dirent_of(up, COOKIE_FIRST), "..", 2))
		at = COOKIE_FIRST;
	return at;
}

static u64 list_entries(struct listing *l, const struct inode *dir, u64 at)
{
	const struct entry *e = dir->dir.first;

	while (e && e->cookie < at)
		e = e->next;
	for (; e; e = e->next) {
		if (!listing_add(l, dirent_of(e->inode, e->cookie + 1), e->name, e->len))
			break;
		at = e->cookie + 1;
	}
	return at;
}

static u64 list(struct listing *l, const struct request *q, const struct inode *dir, u64 at)
{
	at = list_dots(l, dir, at);
	if (at < COOKIE_FIRST)
		return at;
	return dir->proc ? proc_list(l, q, dir, at) : list_entries(l, dir, at);
}

s64 file_getdents(struct request *q, struct answer *a)
{
	struct open_file *f = open_find(q->badge);
	u64 room = q->window_len < SCRATCH_BYTES ? q->window_len : SCRATCH_BYTES;
	struct listing l = {.at = (u8 *)scratch, .end = (u8 *)scratch + room};

	if (!f || f->flags & LINUX_O_PATH)
		return -EBADF;
	if (!is_type(f->inode, S_IFDIR))
		return -ENOTDIR;
	if (f->inode->nlink == 0 && !f->inode->proc)
		return -ENOENT;
	offset_save(f);
	f->offset = list(&l, q, f->inode, f->offset);
	if (l.at == (u8 *)scratch)
		return l.is_full ? -EINVAL : 0;
	return copy_answer(a, l.at - (u8 *)scratch, scratch, (u64)(l.at - (u8 *)scratch));
}

/*
 * Paths: from text, a descriptor and the caller's root and cwd to a place.
 *
 * The one idea: a walk reads the text where it lies.  Only a symbolic link needs a
 * copy: the rest moves to the end of a buffer, and the link's target in front of it.
 * The links of /proc (an open file, a cwd, a program) lead to an inode at once, or to
 * a descriptor of another server.
 */
#include "servers/fs/fs_server.h"
#include "servers/fs/proc.h"

#define LINKS_FOLLOWED 40u
#define WORK_BYTES (2 * PATH_BYTES)

struct walk {
	const struct request *q; /* 0: fs itself */
	struct caller who;
	struct inode *dir;
	const char *at; /* the rest of the path */
	u32 flags;      /* enum walk_flag */
	u32 links;
};

static char text[2][PATH_BYTES];
static char work[WORK_BYTES];

s64 path_text(const struct request *q, u32 window, const char **path)
{
	if (window == 0) {
		inodes_sweep();
		if (q->data_len && q->data[q->data_len - 1] == 0) {
			*path = (const char *)q->data; /* delivered to its NUL */
			return (s64)q->data_len - 1;
		}
	}
	*path = text[window & 1];
	return window_string(q->reply, window, text[window & 1], PATH_BYTES);
}

/* --- Links --------------------------------------------------------------------------- */

/* The target, then what is left of the path. */
static s32 link_splice(struct walk *w, const char *target, u64 len)
{
	u64 rest = strlen(w->at) + 1;
	char *to = work + WORK_BYTES - rest;

	if (len + rest > WORK_BYTES)
		return -ENAMETOOLONG;
	if (len == 0)
		return -ENOENT;
	if (w->at != to)
		memmove(to, w->at, rest);
	w->at = memcpy(to - len, target, len);
	if (*w->at == '/')
		w->dir = w->q ? caller_root(w->q) : fs_root;
	return 0;
}

/* 0: go on; else *p is filled and the walk is over (1) or has failed. */
static s32 link_follow(struct walk *w, struct inode *link, struct place *p)
{
	struct proc_target t = {.descriptor = -1};
	s32 error;

	if (++w->links > LINKS_FOLLOWED)
		return -ELOOP;
	if (!link->proc)
		return link_splice(w, link->target, link->size);
	error = proc_follow(w->q, link, &t);
	if (error)
		return error;
	if (t.text)
		return link_splice(w, t.text, strlen(t.text));
	p->slash = *w->at == '/';
	while (*w->at == '/')
		w->at++;
	if (*w->at == 0) {
		*p = (struct place){.inode = t.inode,
				    .last = LAST_ROOT,
				    .descriptor = t.descriptor,
				    .slash = p->slash};
		return 1;
	}
	w->dir = t.inode;
	return t.inode ? 0 : -ENOTDIR;
}

/* --- Components ---------------------------------------------------------------------- */

static struct inode *dot_dot(const struct walk *w)
{
	struct inode *root = w->q ? caller_root(w->q) : fs_root;

	return w->dir == root || !w->dir->parent ? w->dir : w->dir->parent;
}

/* What the component in *p names in w->dir: p->entry, p->inode (0: nothing). */
static s32 component_find(struct walk *w, struct place *p)
{
	p->dir = w->dir;
	p->entry = 0;
	p->inode = w->dir;
	p->last = LAST_NAME;
	if (p->len == 1 && p->name[0] == '.') {
		p->last = LAST_DOT;
	} else if (p->len == 2 && p->name[0] == '.' && p->name[1] == '.') {
		p->last = LAST_DOT_DOT;
		p->inode = dot_dot(w);
	} else if (w->dir->proc) {
		p->inode = 0;
		return proc_find(w->q, w->dir, p);
	} else {
		p->entry = entry_find_hashed(w->dir, p->name, p->len, p->hash);
		p->inode = p->entry ? p->entry->inode : 0;
	}
	return 0;
}

/* Takes the next component off the path: false at its end. */
static bool component_next(struct walk *w, struct place *p)
{
	const char *end = w->at;
	u32 hash = 0;
	char c = *end;

	while (c == '/')
		c = *++end;
	p->name = end;
	for (; c && c != '/'; c = *++end)
		hash = name_hash_add(hash, c);
	p->hash = hash;
	p->len = (u32)(end - p->name);
	w->at = end;
	p->slash = c == '/';
	return p->len > 0;
}

static bool is_last(const struct walk *w)
{
	const char *rest = w->at;

	while (*rest == '/')
		rest++;
	return *rest == 0;
}

static s32 walk_last(const struct walk *w, const struct place *p)
{
	if (!p->inode)
		return w->flags & WALK_CREATE ? 0 : -ENOENT;
	return p->slash && !is_type(p->inode, S_IFDIR) ? -ENOTDIR : 0;
}

/* One component: 0: go on, 1: done. */
static s32 walk_step(struct walk *w, struct place *p)
{
	bool last;
	s32 error;

	if (!is_type(w->dir, S_IFDIR)) {
		p->inode = 0; /* it is not the last one that is none */
		return -ENOTDIR;
	}
	error = permit(&w->who, w->dir, MAY_EXEC);
	if (error)
		return error;
	if (p->len > NAME_MAX_BYTES)
		return -ENAMETOOLONG;
	error = component_find(w, p);
	if (error)
		return error;
	last = is_last(w);
	if (p->inode && is_type(p->inode, S_IFLNK) && (!last || p->slash || w->flags & WALK_FOLLOW))
		return link_follow(w, p->inode, p);
	if (last) {
		error = walk_last(w, p);
		return error ? error : 1;
	}
	w->dir = p->inode;
	return p->inode ? 0 : -ENOENT;
}

static s32 walk(struct walk *w, struct place *p)
{
	s32 done = 0;

	p->inode = 0;
	p->descriptor = -1;
	while (done == 0) {
		if (!component_next(w, p)) {
			*p = (struct place){.inode = w->dir, .last = LAST_ROOT, .descriptor = -1};
			return 0;
		}
		done = walk_step(w, p);
	}
	return done < 0 ? done : 0;
}

/* --- Where a walk begins ------------------------------------------------------------- */

/* The empty path: the descriptor itself, whoever serves it. */
static s32 find_empty(const struct request *q, s32 dirfd, struct place *p)
{
	struct open_file *f = 0;
	s64 error;

	*p = (struct place){.last = LAST_ROOT, .descriptor = -1};
	if (dirfd == LINUX_AT_FDCWD) {
		p->inode = caller_cwd(q);
		return 0;
	}
	error = open_of_descriptor(q, dirfd, &f);
	if (error == -EXDEV)
		p->descriptor = dirfd;
	else if (error)
		return (s32)error;
	else
		p->inode = f->inode;
	return 0;
}

static s32 walk_begin(struct walk *w, s32 dirfd)
{
	struct open_file *f;
	s64 error;

	if (*w->at == '/') {
		w->dir = caller_root(w->q);
		return 0;
	}
	if (dirfd == LINUX_AT_FDCWD) {
		w->dir = caller_cwd(w->q);
		return 0;
	}
	error = open_of_descriptor(w->q, dirfd, &f);
	if (error)
		return error == -EXDEV ? -ENOTDIR : (s32)error;
	w->dir = f->inode;
	return is_type(w->dir, S_IFDIR) ? 0 : -ENOTDIR;
}

s32 path_find_text(const struct request *q, s32 dirfd, const char *path, u32 flags, struct place *p)
{
	struct walk w = {.q = q, .who = caller_of(q), .at = path, .flags = flags};
	s32 error;

	if (*path == 0)
		return flags & WALK_EMPTY ? find_empty(q, dirfd, p) : -ENOENT;
	error = walk_begin(&w, dirfd);
	if (!error)
		return walk(&w, p);
	p->inode = 0;
	return error;
}

s32 path_find(const struct request *q, s32 dirfd, u32 window, u32 flags, struct place *p)
{
	const char *path;
	s64 len = path_text(q, window, &path);

	if (len < 0)
		return (s32)len;
	return path_find_text(q, dirfd, path, flags, p);
}

s32 path_find_from(struct inode *dir, const char *path, struct place *p)
{
	struct walk w = {.dir = *path == '/' ? fs_root : dir, .at = path, .flags = WALK_FOLLOW};

	return walk(&w, p);
}

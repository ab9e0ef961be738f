/*
 * Inodes: where they come from, how long they live, and their times.
 *
 * The one idea: nobody counts references during a request.  An inode that has
 * neither links nor references waits on the idle list, and the next request that
 * walks a path sweeps the list.
 */
#include "servers/fs/fs_server.h"

static struct slab slab = {.size = sizeof(struct inode)};
static struct inode *all;
static struct inode *idle;
static u64 last_ino;
static u64 limit;
static u64 nanoseconds_per_tick;

void inodes_init(void)
{
	nanoseconds_per_tick = (u64)NANOSECONDS / start_info->timebase_hz;
	limit = start_info->total_pages;
}

s64 time_of_day(void)
{
	return (s64)(time_now() * nanoseconds_per_tick); /* no clock but the one of the boot */
}

void inode_idle(struct inode *i)
{
	if (i->nlink || i->references || i->is_idle)
		return;
	i->is_idle = true;
	i->next_idle = idle;
	idle = i;
}

struct inode *inode_make(u32 mode, const struct caller *who)
{
	struct inode *i;

	if (slab.used >= limit)
		return 0;
	i = slab_alloc(&slab);
	if (!i)
		return 0;
	i->ino = ++last_ino;
	i->mode = mode;
	i->uid = who->uid;
	i->gid = who->gid;
	i->atime = i->mtime = i->ctime = time_of_day();
	i->next_all = all;
	if (all)
		all->prev_all = i;
	all = i;
	inode_idle(i);
	return i;
}

void inode_hold(struct inode *i)
{
	i->references++;
}

void inode_release(struct inode *i)
{
	i->references--;
	inode_idle(i);
}

static void inode_destroy(struct inode *i)
{
	if (i->prev_all)
		i->prev_all->next_all = i->next_all;
	else
		all = i->next_all;
	if (i->next_all)
		i->next_all->prev_all = i->prev_all;
	if (i->parent)
		inode_release(i->parent);
	if (i->proc == 0 && is_type(i, S_IFREG))
		content_destroy(i);
	if (i->proc == 0 && is_type(i, S_IFLNK))
		block_free(i->target, i->size + 1);
	if (is_type(i, S_IFIFO) && i->fifo)
		slot_delete(i->fifo);
	slab_free(&slab, i);
}

/* A directory that goes may leave its parent idle: the list grows at its front. */
void inodes_sweep(void)
{
	while (idle) {
		struct inode *i = idle;
		idle = i->next_idle;
		i->is_idle = false;
		if (i->nlink == 0 && i->references == 0)
			inode_destroy(i);
	}
}

struct inode *inode_find(u64 ino)
{
	struct inode *i = all;

	while (i && i->ino != ino)
		i = i->next_all;
	return i;
}

void inode_changed(struct inode *i)
{
	i->ctime = time_of_day();
}

void inode_written(struct inode *i)
{
	i->mtime = i->ctime = time_of_day();
}

u64 inodes_count(void)
{
	return slab.used;
}

u64 inodes_limit(void)
{
	return limit;
}

void inodes_each(void (*fn)(struct inode *i))
{
	for (struct inode *i = all; i; i = i->next_all)
		fn(i);
}

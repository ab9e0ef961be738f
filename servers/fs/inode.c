/*
 * Inodes: where they come from, how long they live, and their times.
 *
 * The one idea: nobody counts references during a request.  An inode that has
 * neither links nor references waits on the idle list, and the next requests that
 * walk a path sweep the list, a bounded part each.
 */
#include "ipc/proto/process_table.h"
#include "servers/fs/fs_server.h"

#define BUCKETS 1024u
#define SWEPT_AT_ONCE 256u

static struct slab slab = {.size = sizeof(struct inode)};
static struct inode *buckets[BUCKETS]; /* by number; those of /proc wherever they came to lie */
static struct inode *idle;
static u64 last_ino;
static u64 limit;

void inodes_init(void)
{
	limit = start_info->total_pages;
}

s64 time_of_day(void)
{
	u64 ticks = time_now(), hz = start_info->timebase_hz;
	u64 since_boot = ticks / hz * (u64)NANOSECONDS + ticks % hz * (u64)NANOSECONDS / hz;

	return *process_realtime((void *)server_at(SERVER_TABLE)) + (s64)since_boot;
}

void inode_idle(struct inode *i)
{
	if (i->nlink || i->references || i->is_idle)
		return;
	i->is_idle = true;
	i->next_idle = idle;
	idle = i;
}

static void bucket_enter(struct inode *i, struct inode **bucket)
{
	i->next = *bucket;
	i->at = bucket;
	if (i->next)
		i->next->at = &i->next;
	*bucket = i;
}

static void bucket_leave(struct inode *i)
{
	*i->at = i->next;
	if (i->next)
		i->next->at = i->at;
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
	bucket_enter(i, &buckets[i->ino % BUCKETS]);
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
	bucket_leave(i);
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
static __attribute__((noinline)) void sweep_some(void)
{
	for (u32 n = 0; idle && n < SWEPT_AT_ONCE; n++) {
		struct inode *i = idle;
		idle = i->next_idle;
		i->is_idle = false;
		if (i->nlink == 0 && i->references == 0)
			inode_destroy(i);
	}
}

void inodes_sweep(void)
{
	if (idle)
		sweep_some();
}

void inodes_sweep_all(void)
{
	while (idle)
		inodes_sweep();
}

struct inode *inode_find(u64 ino)
{
	struct inode *i = buckets[ino % BUCKETS];

	while (i && i->ino != ino)
		i = i->next;
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
	for (u32 k = 0; k < BUCKETS; k++)
		for (struct inode *i = buckets[k]; i; i = i->next)
			fn(i);
}

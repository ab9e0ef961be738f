/*
 * Record locks (F_SETLK): ranges of a file that a process keeps others away from.
 *
 * The one idea: nobody tells this server that a process ended.  A lock whose owner is
 * no longer in the process table is found when it is in the way, and goes then.  A lock
 * also ends with the session through which it was set.  fs never waits: where F_SETLKW
 * would, it answers EAGAIN.
 */
#include "servers/fs/fs_server.h"
#include "servers/fs/proc.h"

#define LOCKS_MAX 4096u
#define OFFSET_MAX 0x7fffffffffffffffll

enum lock_type { LOCK_READ, LOCK_WRITE, LOCK_NONE };

struct linux_flock {
	int16_t type, whence;
	s64 start, len;
	s32 pid, pad;
};

struct lock {
	struct lock *next;
	u64 badge; /* of the open file that set it */
	u32 owner; /* tag of the process */
	u32 pid;
	u32 type;     /* enum lock_type */
	s64 from, to; /* both belong to it */
};

static struct slab slab = {.size = sizeof(struct lock)};

static void lock_free(struct lock **at)
{
	struct lock *l = *at;

	*at = l->next;
	slab_free(&slab, l);
}

void locks_drop(struct inode *i, u64 badge)
{
	for (struct lock **at = &i->locks; *at;) {
		if ((*at)->badge == badge)
			lock_free(at);
		else
			at = &(*at)->next;
	}
}

static bool is_void(const struct lock *l)
{
	const struct process_entry *e = process_entry((const void *)SERVER_TABLE, l->owner);

	return !e || e->state == PROCESS_ZOMBIE;
}

static bool overlaps(const struct lock *a, const struct lock *b)
{
	return a->from <= b->to && b->from <= a->to;
}

/* Whose lock does not let `want` be set; 0: it may. */
static struct lock *lock_against(struct inode *i, const struct lock *want)
{
	for (struct lock **at = &i->locks; *at;) {
		struct lock *l = *at;
		bool bars = want->type == LOCK_WRITE || l->type == LOCK_WRITE;
		if (l->owner == want->owner || !bars || !overlaps(l, want)) {
			at = &l->next;
			continue;
		}
		if (!is_void(l))
			return l;
		lock_free(at);
	}
	return 0;
}

/* --- What is asked for ------------------------------------------------------------------ */

static s32 range_read(const struct linux_flock *k, const struct open_file *f, struct lock *l)
{
	const s64 base[] = {0, (s64)f->offset, (s64)f->inode->size};

	if (k->whence < 0 || k->whence > 2)
		return -EINVAL;
	if (__builtin_add_overflow(base[k->whence], k->start, &l->from))
		return -EOVERFLOW;
	l->to = OFFSET_MAX;
	if (k->len > 0 && __builtin_add_overflow(l->from, k->len - 1, &l->to))
		return -EOVERFLOW;
	if (k->len < 0) {
		l->to = l->from - 1;
		if (__builtin_add_overflow(l->from, k->len, &l->from))
			return -EINVAL;
	}
	return l->from < 0 ? -EINVAL : 0;
}

static s32 want_read(const struct request *q, const struct open_file *f, struct linux_flock *k,
		     struct lock *want)
{
	struct caller who = caller_of(q);
	const struct process_entry *e = who.entry ? proc_process_find(who.entry->pid) : 0;
	s32 error = window_in_all(q->reply, 0, 0, k, sizeof(*k));

	if (error)
		return error;
	if (!e || k->type < LOCK_READ || k->type > LOCK_NONE)
		return -EINVAL;
	*want = (struct lock){
		.badge = f->badge, .owner = e->tag, .pid = e->pid, .type = (u32)k->type};
	return range_read(k, f, want);
}

/* --- Calls ------------------------------------------------------------------------------ */

s64 lock_ask(struct request *q, struct open_file *f)
{
	struct linux_flock k;
	struct lock want, *l;
	s32 error = want_read(q, f, &k, &want);

	if (error || want.type == LOCK_NONE)
		return error ? error : -EINVAL;
	l = lock_against(f->inode, &want);
	k.type = LOCK_NONE;
	if (l)
		k = (struct linux_flock){.type = (int16_t)l->type,
					 .start = l->from,
					 .len = l->to == OFFSET_MAX ? 0 : l->to - l->from + 1,
					 .pid = (s32)l->pid};
	return window_out_all(q->reply, 0, 0, &k, sizeof(k));
}

/* The owner's older locks lose what `want` covers.  `spare` becomes the second half of
 * one that is cut in two; 0 is left if it was used. */
static struct lock *range_clear(struct inode *i, const struct lock *want, struct lock *spare)
{
	for (struct lock **at = &i->locks; *at;) {
		struct lock *l = *at;
		bool left = l->from<want->from, right = l->to> want->to;
		at = &l->next;
		if (l->owner != want->owner || !overlaps(l, want))
			continue;
		if (left && right) {
			*spare = *l;
			spare->from = want->to + 1;
			l->to = want->from - 1;
			l->next = spare;
			return 0;
		}
		if (left)
			l->to = want->from - 1;
		else if (right)
			l->from = want->to + 1;
		else
			l->to = l->from - 1; /* empty: below */
	}
	return spare;
}

static void empty_drop(struct inode *i)
{
	for (struct lock **at = &i->locks; *at;) {
		if ((*at)->to < (*at)->from)
			lock_free(at);
		else
			at = &(*at)->next;
	}
}

/* Whatever it needs is there before anything changes. */
static s32 lock_change(struct inode *i, const struct lock *want)
{
	struct lock *l, *spare;

	if (slab.used + 2 > LOCKS_MAX)
		return -ENOLCK;
	l = slab_alloc(&slab);
	spare = slab_alloc(&slab);
	if (l && spare) {
		spare = range_clear(i, want, spare);
		empty_drop(i);
		if (want->type != LOCK_NONE) {
			*l = *want;
			l->next = i->locks;
			i->locks = l;
			l = 0;
		}
	} else {
		want = 0;
	}
	if (l)
		slab_free(&slab, l);
	if (spare)
		slab_free(&slab, spare);
	return want ? 0 : -ENOLCK;
}

s64 lock_set(struct request *q, struct open_file *f)
{
	u32 mode = f->flags & LINUX_O_ACCMODE;
	struct linux_flock k;
	struct lock want;
	s32 error = want_read(q, f, &k, &want);

	if (error)
		return error;
	if ((want.type == LOCK_READ && mode == LINUX_O_WRONLY)
	    || (want.type == LOCK_WRITE && mode == LINUX_O_RDONLY))
		return -EBADF;
	if (want.type != LOCK_NONE && lock_against(f->inode, &want))
		return -EAGAIN;
	return lock_change(f->inode, &want);
}

/*
 * Locks of files: fcntl's ranges and flock.  Who waits for one: lock_wait.c.
 *
 * The one idea: a lock of an open file goes with its session.  One of a process goes when
 * the process closes a file of that inode which it opened, or the session through which
 * it was set is gone, or the process: whoever finds such a lock in the way drops it.
 */
#include "servers/fs/lock.h"
#include "servers/fs/proc.h"

#define LOCKS_MAX 4096u
#define OFFSET_MAX 0x7fffffffffffffffll

struct linux_flock {
	int16_t type, whence;
	s64 start, len;
	s32 pid, pad;
};

static struct slab slab = {.size = sizeof(struct lock)};

static void lock_free(struct lock **at)
{
	struct lock *l = *at;

	*at = l->next;
	slab_free(&slab, l);
}

void locks_drop(const struct open_file *f)
{
	struct inode *i = f->inode;
	bool dropped = false;

	for (struct lock **at = &i->locks; *at;) {
		const struct lock *l = *at;
		bool closer = lock_is_of_process(l) && l->pid == f->opener;
		if (l->badge == f->badge || (closer && f->kind == OPEN_FILE)) {
			lock_free(at);
			dropped = true;
		} else {
			at = &(*at)->next;
		}
	}
	if (dropped)
		lock_waiters_serve(i);
}

static bool is_void(const struct lock *l)
{
	const struct process_entry *e = caller_entry((u32)l->owner);

	return lock_is_of_process(l) && (!e || e->state == PROCESS_ZOMBIE);
}

static bool overlaps(const struct lock *a, const struct lock *b)
{
	return a->from <= b->to && b->from <= a->to;
}

struct lock *lock_against(struct inode *i, const struct lock *want)
{
	for (struct lock **at = &i->locks; *at;) {
		struct lock *l = *at;
		bool bars = want->type == LOCK_WRITE || l->type == LOCK_WRITE;
		if (l->owner == want->owner || l->is_whole != want->is_whole || !bars
		    || !overlaps(l, want)) {
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

static bool is_of_file(const struct request *q)
{
	return q->word[1] >= LINUX_F_OFD_GETLK;
}

static s32 want_read(const struct request *q, const struct open_file *f, struct linux_flock *k,
		     struct lock *want)
{
	struct caller who = caller_of(q);
	const struct process_entry *e = who.entry ? proc_process_find(who.entry->pid) : 0;
	s32 error = window_in_all(q->reply, 0, 0, k, sizeof(*k));

	if (error)
		return error;
	if (!e || k->type < LOCK_READ || k->type > LOCK_NONE || (is_of_file(q) && k->pid))
		return -EINVAL;
	*want = (struct lock){.badge = f->badge,
			      .owner = is_of_file(q) ? f->badge : e->tag,
			      .pid = e->pid,
			      .type = (u8)k->type};
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
					 .pid = lock_is_of_process(l) ? (s32)l->pid : -1};
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
		if (l->owner != want->owner || l->is_whole != want->is_whole || !overlaps(l, want))
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
s32 lock_change(struct inode *i, const struct lock *want)
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

/* Sets it, waits, or says that it would have to. */
static s64 lock_take(const struct request *q, struct inode *i, const struct lock *want, bool waits)
{
	s32 error;

	if (want->type != LOCK_NONE && lock_against(i, want))
		return waits ? lock_wait(q, i, want) : -EAGAIN;
	error = lock_change(i, want);
	lock_waiters_serve(i);
	return error;
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
	return lock_take(q, f->inode, &want,
			 q->word[1] == LINUX_F_SETLKW || q->word[1] == LINUX_F_OFD_SETLKW);
}

/* What the open file had goes first: a change of its kind is no single step on Linux either. */
s64 lock_flock(struct request *q, struct answer *a)
{
	static const u8 types[] = {0, LOCK_READ, LOCK_WRITE, 0, 0, 0, 0, 0, LOCK_NONE};
	u32 how = (u32)q->word[1] & ~LINUX_LOCK_NB;
	struct open_file *f = open_of(q);
	struct lock want = {.is_whole = true, .to = OFFSET_MAX};
	s32 error;

	(void)a;
	if (how != LINUX_LOCK_SH && how != LINUX_LOCK_EX && how != LINUX_LOCK_UN)
		return -EINVAL;
	if (!f)
		return -EBADF;
	want.badge = want.owner = f->badge;
	want.pid = f->opener;
	want.type = types[how];
	for (const struct lock *l = f->inode->locks; l; l = l->next)
		if (l->is_whole && l->owner == want.owner && l->type == want.type)
			return 0;
	error = lock_change(f->inode, &(struct lock){.is_whole = true,
						     .owner = want.owner,
						     .type = LOCK_NONE,
						     .to = OFFSET_MAX});
	lock_waiters_serve(f->inode);
	if (error || want.type == LOCK_NONE)
		return error;
	return lock_take(q, f->inode, &want, !(q->word[1] & LINUX_LOCK_NB));
}

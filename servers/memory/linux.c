/*
 * The Linux calls about memory, with Linux's errors: brk, mmap, munmap, mprotect,
 * madvise, msync, mincore, riscv_flush_icache.  mremap is in remap.c.
 *
 * Ranges are validated first; what changes afterwards cannot fail half way but for
 * the hole that mprotect and madvise meet, as on Linux.
 */
#include "servers/memory/memory_server.h"
#include "ipc/proto/process_table.h"

#define LINUX_MAP_SHARED_VALIDATE 0x3u
#define PROT_ALL (ACCESS_READ | ACCESS_WRITE | ACCESS_EXEC)

/* The badge names it; mmap through an object names it by the caller's tag. */
struct space *caller_space(const struct request *q)
{
	const struct process_entry *e;

	if (BADGE_KIND(q->badge) == BADGE_SPACE)
		return space_find(BADGE_ID(q->badge));
	e = process_entry((const void *)server_at(SERVER_TABLE), q->tag);
	return e ? space_find(e->space) : 0;
}

static u64 round_up(u64 len)
{
	return (len + PAGE_MASK) & ~PAGE_MASK;
}

/* [start, start + len) lies in the user half; len is rounded up; 0: EINVAL for the caller. */
static bool range_end(u64 start, u64 len, u64 *end)
{
	*end = start + round_up(len);
	return !(start & PAGE_MASK) && len <= USER_END && start <= USER_END && *end <= USER_END;
}

/* --- mmap ---------------------------------------------------------------------------- */

bool pages_are_too_many(const struct space *s, u64 len, u32 rights, u32 flags)
{
	u64 npages = len >> PAGE_SHIFT;
	bool counted = flags & LINUX_MAP_SHARED || rights & ACCESS_WRITE;

	if (len > s->limit_space || (s->mapped << PAGE_SHIFT) > s->limit_space - len)
		return true;
	return counted && !(flags & LINUX_MAP_NORESERVE) && npages > frames_total();
}

/* What is to be mapped, from the words of mmap. */
struct wish {
	u64 address, len;
	u32 rights, flags;
	struct region r;
};

static s64 wish_read(const struct request *q, struct wish *w)
{
	u32 type;

	*w = (struct wish){.address = q->word[0],
			   .len = round_up(q->word[1]),
			   .rights = (u32)q->word[2] & PROT_ALL,
			   .flags = (u32)q->word[3]};
	type = w->flags & LINUX_MAP_TYPE;
	if (!q->word[1] || q->word[5] & PAGE_MASK)
		return -EINVAL;
	if (q->word[1] > USER_END)
		return -ENOMEM;
	if (type != LINUX_MAP_PRIVATE && type != LINUX_MAP_SHARED
	    && type != LINUX_MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (w->flags & LINUX_MAP_FIXED_NOREPLACE)
		w->flags |= LINUX_MAP_FIXED;
	w->r.shared = type != LINUX_MAP_PRIVATE;
	w->r.rights = (u8)w->rights;
	w->r.most = PROT_ALL;
	return 0;
}

/* Where it goes; a place that is wanted and fixed is emptied. */
static s64 wish_place(struct space *s, struct wish *w)
{
	u64 start = w->address;

	if (!(w->flags & LINUX_MAP_FIXED)) {
		start = gap_find(s, start & ~PAGE_MASK, w->len);
		return start ? (s64)start : -ENOMEM;
	}
	if (start & PAGE_MASK)
		return -EINVAL;
	if (start > USER_END || w->len > USER_END - start)
		return -ENOMEM;
	if (start < SPACE_LOWEST)
		return -EPERM;
	if (range_is_free(s, start, start + w->len))
		return (s64)start;
	if (w->flags & LINUX_MAP_FIXED_NOREPLACE)
		return -EEXIST;
	return space_unmap(s, start, start + w->len) ? -ENOMEM : (s64)start;
}

static s64 wish_map(struct space *s, struct wish *w)
{
	s64 start;

	if (pages_are_too_many(s, w->len, w->rights, w->flags))
		return -ENOMEM;
	start = wish_place(s, w);
	if (start < 0)
		return start;
	w->r.start = (u64)start;
	w->r.end = w->r.start + w->len;
	if (region_insert(s, &w->r))
		return -ENOMEM;
	waiting_retry();
	return start;
}

static s64 map_shared_anonymous(struct space *s, struct wish *w)
{
	struct object *o = object_make(0, 0, w->len);
	s64 result;

	if (!o)
		return -ENOMEM;
	w->r.object = o;
	w->r.kind = REGION_SHARED_ANON;
	w->r.page = 0;
	result = wish_map(s, w);
	o->destroyed = true; /* it lives as long as something maps it */
	object_release(o);
	return result;
}

static s64 map_object(struct space *s, struct wish *w, const struct request *q)
{
	u32 access = BADGE_ACCESS(q->badge);
	u64 page = q->word[5] >> PAGE_SHIFT;

	w->r.object = object_find(BADGE_ID(q->badge));
	w->r.page = page;
	w->r.kind = REGION_FILE;
	if (!w->r.object)
		return -EBADF;
	if (page + (w->len >> PAGE_SHIFT) > ~0ull >> PAGE_SHIFT)
		return -EOVERFLOW;
	if (!(access & ACCESS_READ))
		return -EACCES;
	if (w->r.shared && !(access & ACCESS_WRITE))
		w->r.most = ACCESS_READ | ACCESS_EXEC;
	if (w->rights & ~(u32)w->r.most)
		return -EACCES;
	return wish_map(s, w);
}

s64 linux_mmap(struct request *q, struct answer *a)
{
	struct space *s = caller_space(q);
	struct wish w;
	s64 error;

	(void)a;
	if (!s)
		return -ESRCH;
	error = wish_read(q, &w);
	if (error)
		return error;
	if (BADGE_KIND(q->badge) == BADGE_OBJECT && BADGE_ID(q->badge))
		return map_object(s, &w, q);
	if (BADGE_KIND(q->badge) != BADGE_OBJECT && !(w.flags & LINUX_MAP_ANONYMOUS))
		return -EBADF;
	if (w.r.shared)
		return map_shared_anonymous(s, &w);
	w.r.kind = REGION_ANON;
	return wish_map(s, &w);
}

s64 linux_munmap(struct request *q, struct answer *a)
{
	struct space *s = caller_space(q);
	u64 end;
	s64 error;

	(void)a;
	if (!s)
		return -ESRCH;
	if (!q->word[1] || !range_end(q->word[0], q->word[1], &end))
		return -EINVAL;
	error = space_unmap(s, q->word[0], end);
	waiting_retry();
	return error;
}

/* --- brk ----------------------------------------------------------------------------- */

static s64 brk_grow(struct space *s, u64 from, u64 to)
{
	struct region r = {.start = from,
			   .end = to,
			   .rights = ACCESS_READ | ACCESS_WRITE,
			   .most = PROT_ALL,
			   .kind = REGION_HEAP};

	if (to - s->brk_start > s->limit_data || !range_is_free(s, from, to)
	    || pages_are_too_many(s, to - from, r.rights, 0))
		return -ENOMEM;
	return region_insert(s, &r);
}

s64 linux_brk(struct request *q, struct answer *a)
{
	struct space *s = caller_space(q);
	u64 wanted = q->word[0], from, to;
	s64 error = 0;

	(void)a;
	if (!s)
		return -ESRCH;
	if (wanted < s->brk_start || wanted > USER_END)
		return (s64)s->brk;
	from = round_up(s->brk);
	to = round_up(wanted);
	if (to > from)
		error = brk_grow(s, from, to);
	else if (to < from)
		error = space_unmap(s, to, from);
	if (!error)
		s->brk = wanted;
	return (s64)s->brk;
}

/* --- mprotect ------------------------------------------------------------------------ */

static void region_protect(struct space *s, struct region *r, u32 rights)
{
	u32 before = page_rights(r->rights), after = page_rights(rights);
	u64 npages = (r->end - r->start) >> PAGE_SHIFT;

	r->rights = (u8)rights;
	r->forked = r->uneven = true;
	if (!(after & ~before)) /* fewer: what copy on write took away stays away */
		protect_pages(s->aspace, r->start, npages, after, false);
	else
		protect_pages(s->aspace, r->start, npages,
			      r->shared ? after : after & ~(u32)ACCESS_WRITE, true);
}

s64 linux_mprotect(struct request *q, struct answer *a)
{
	struct space *s = caller_space(q);
	u64 start = q->word[0], at = start, end;
	u32 rights = (u32)q->word[2], from, to;
	s64 error = 0;

	(void)a;
	if (!s)
		return -ESRCH;
	if (start & PAGE_MASK || q->word[2] & ~(u64)PROT_ALL)
		return -EINVAL;
	if (!q->word[1])
		return 0;
	if (!range_end(start, q->word[1], &end) || regions_isolate(s, start, end, &from, &to))
		return -ENOMEM;
	for (; from < to && s->region[from]->start == at && !error; from++) {
		at = s->region[from]->end;
		if (rights & ~(u32)s->region[from]->most)
			error = -EACCES;
		else
			region_protect(s, s->region[from], rights);
	}
	regions_join(s, start, end);
	return error ? error : at < end ? -ENOMEM : 0;
}

/* --- The rest ------------------------------------------------------------------------ */

static bool advice_is_known(u64 advice)
{
	return advice <= 4 || advice == 8 || (advice >= 10 && advice <= 21);
}

#define MADV_DONTNEED 4

s64 linux_madvise(struct request *q, struct answer *a)
{
	struct space *s = caller_space(q);
	u64 start = q->word[0], end;

	(void)a;
	if (!s)
		return -ESRCH;
	if (!advice_is_known(q->word[2]) || !range_end(start, q->word[1], &end))
		return -EINVAL;
	for (u32 i = region_index(s, start); q->word[2] == MADV_DONTNEED && i < s->nregions; i++) {
		struct region *r = s->region[i];
		u64 from = r->start > start ? r->start : start;
		if (r->start >= end)
			break;
		space_unmap_pages(s, from, r->end < end ? r->end : end);
	}
	waiting_retry();
	return range_is_full(s, start, end) ? 0 : -ENOMEM;
}

s64 linux_msync(struct request *q, struct answer *a)
{
	struct space *s = caller_space(q);
	u64 end, flags = q->word[2];

	(void)a;
	if (!s)
		return -ESRCH;
	if (flags & ~7ull || (flags & 5) == 5 || q->word[0] & PAGE_MASK)
		return -EINVAL;
	if (!range_end(q->word[0], q->word[1], &end))
		return -ENOMEM;
	return range_is_full(s, q->word[0], end) ? 0 : -ENOMEM;
}

/* Nothing is ever written to a disk: pages that are there are locked. */
s64 linux_mlock(struct request *q, struct answer *a)
{
	struct space *s = caller_space(q);
	u64 start = q->word[0] & ~PAGE_MASK, end;

	(void)a;
	if (!s)
		return -ESRCH;
	if (q->word[1] > USER_END)
		return -ENOMEM;
	if (!range_end(start, q->word[1] + (q->word[0] & PAGE_MASK), &end))
		return -ENOMEM;
	return range_is_full(s, start, end) ? 0 : -ENOMEM;
}

s64 linux_mincore(struct request *q, struct answer *a)
{
	static u8 present[QUERY_MAX];
	struct space *s = caller_space(q);
	u64 at = q->word[0], end;

	(void)a;
	if (!s)
		return -ESRCH;
	if (at & PAGE_MASK)
		return -EINVAL;
	if (!range_end(at, q->word[1], &end) || !range_is_full(s, at, end))
		return -ENOMEM;
	for (u64 done = 0; at < end;) {
		u64 left = (end - at) >> PAGE_SHIFT, n = left < QUERY_MAX ? left : QUERY_MAX;
		const u64 *state = pages_query(s->aspace, at, n);
		s32 error;
		for (u64 i = 0; i < n; i++)
			present[i] = state[i] != 0;
		error = window_out_all(q->reply, 0, done, present, n);
		if (error)
			return error;
		done += n;
		at += n * PAGE_SIZE;
	}
	return 0;
}

s64 linux_flush_icache(struct request *q, struct answer *a)
{
	struct space *s = caller_space(q);

	(void)a;
	return s ? call0(s->aspace, ASPACE_FENCE) : -ESRCH;
}

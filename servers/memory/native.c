/*
 * What servers ask about spaces: MEM_SPACE_*.
 *
 * Only process makes, changes and destroys them; the others may look (fs shows them
 * under /proc).
 */
#include "servers/memory/memory_server.h"

#define PROT_ALL (ACCESS_READ | ACCESS_WRITE | ACCESS_EXEC)
#define REGIONS_MOST 64u

static bool from_process(const struct request *q)
{
	return q->badge == SERVER_BADGE + SERVER_ID_PROCESS;
}

/* The space of word 0, if process asks; else 0 and the error. */
static struct space *asked(const struct request *q, s64 *error)
{
	struct space *s = from_process(q) ? space_find(q->word[0]) : 0;

	*error = !from_process(q) ? -EPERM : s ? 0 : -ESRCH;
	return s;
}

static struct space *looked_at(const struct request *q, s64 *error)
{
	struct space *s = space_find(q->word[0]);

	*error = s ? 0 : -ESRCH;
	return s;
}

static s64 answer_space(struct answer *a, const struct space *s)
{
	a->flags = MSG_SEND;
	a->cap = s->aspace;
	return (s64)s->id;
}

static s64 answer_moved(struct answer *a, s64 slot)
{
	if (slot < 0)
		return slot;
	a->flags = MSG_SEND | MSG_MOVE;
	a->cap = (slot_t)slot;
	return 0;
}

/* --- Life ---------------------------------------------------------------------------- */

s64 native_space_create(struct request *q, struct answer *a)
{
	struct space *s;

	if (!from_process(q))
		return -EPERM;
	s = frames_short(1) ? 0 : space_create((u32)q->word[0]);
	return s ? answer_space(a, s) : -ENOMEM;
}

s64 native_space_fork(struct request *q, struct answer *a)
{
	s64 error;
	struct space *parent = asked(q, &error), *child;

	if (error)
		return error;
	child = frames_short(1) ? 0
		: q->word[4]    ? space_find(q->word[4])
				: space_create((u32)q->word[1]);
	if (!child || child->nregions)
		return -ENOMEM;
	child->tag = (u32)q->word[1];
	error = space_fork(parent, child);
	for (u32 i = 2; i < 4 && !error; i++)
		if (q->word[i])
			error = page_make(child, q->word[i], ACCESS_WRITE, 0);
	if (!error)
		return q->word[4] ? (s64)child->id : answer_space(a, child);
	if (q->word[4])
		space_empty(child);
	else
		space_destroy(child);
	return -ENOMEM;
}

s64 native_space_empty(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = asked(q, &error);

	(void)a;
	if (!error)
		error = (s64)space_empty(s);
	waiting_retry();
	return error;
}

s64 native_space_session(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = asked(q, &error);

	return error ? error : answer_moved(a, mint(BADGE_SPACE | s->id));
}

s64 native_space_destroy(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = asked(q, &error);

	(void)a;
	if (!error)
		error = space_destroy(s);
	waiting_retry();
	return error;
}

/* --- Contents ------------------------------------------------------------------------ */

s64 native_space_present(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = asked(q, &error);
	u64 at = q->word[1] & ~PAGE_MASK, end = q->word[1] + q->word[2];

	(void)a;
	if (error)
		return error;
	if (end < q->word[1] || end > USER_END)
		return -EFAULT;
	for (; at < end && !error; at += PAGE_SIZE)
		error = page_make(s, at, (u32)q->word[3], 0);
	return error;
}

static s64 map_at(struct space *s, u64 start, const struct request *q)
{
	u32 flags = (u32)q->word[4];
	struct region r = {.start = start,
			   .end = start + q->word[2],
			   .rights = (u8)q->word[3],
			   .most = PROT_ALL,
			   .kind = flags & SPACE_MAP_STACK ? REGION_STACK : REGION_ANON};

	if (start >= USER_END || r.end > USER_END)
		return -EINVAL;
	if (space_unmap(s, r.start, r.end) || region_insert(s, &r))
		return -ENOMEM;
	return (s64)start;
}

s64 native_space_map(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = asked(q, &error);
	u64 start = q->word[1];

	(void)a;
	if (error)
		return error;
	if (!q->word[2] || q->word[2] > USER_END || (q->word[1] | q->word[2]) & PAGE_MASK
	    || q->word[3] & ~(u64)PROT_ALL)
		return -EINVAL;
	if (!start
	    || (!(q->word[4] & SPACE_MAP_FIXED) && !range_is_free(s, start, start + q->word[2])))
		start = gap_find(s, 0, q->word[2]);
	return start ? map_at(s, start, q) : -ENOMEM;
}

static s64 unmap_at(struct space *s, u64 start, u64 len)
{
	if ((start | len) & PAGE_MASK || !len || start > USER_END || len > USER_END - start)
		return -EINVAL;
	return space_unmap(s, start, start + len);
}

s64 native_space_unmap(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = asked(q, &error);

	(void)a;
	if (error)
		return error;
	error = unmap_at(s, q->word[1], q->word[2]);
	waiting_retry();
	return error;
}

s64 native_space_commit(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = asked(q, &error);

	(void)a;
	if (error)
		return error;
	s->brk_start = s->brk = q->word[1];
	s->limit_space = q->word[2];
	s->limit_data = q->word[3];
	error = unmap_at(s, q->word[4], q->word[5]);
	waiting_retry();
	return error;
}

s64 native_space_limit(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = asked(q, &error);

	(void)a;
	if (error)
		return error;
	s->limit_space = q->word[1];
	s->limit_data = q->word[2];
	return 0;
}

/* --- Looking ------------------------------------------------------------------------- */

/* Pages of the space that others map too: of objects that it shares. */
static u64 shared_pages(const struct space *s)
{
	u64 n = 0;

	for (u32 i = 0; i < s->nregions; i++)
		if (s->region[i]->object)
			n += space_resident(s, s->region[i]->start, s->region[i]->end);
	return n;
}

s64 native_space_info(struct request *q, struct answer *a)
{
	s64 error;
	struct space *s = looked_at(q, &error);

	if (error)
		return error;
	a->word[1] = space_resident(s, 0, USER_END);
	for (u32 i = 0; i < s->nregions; i++) {
		const struct region *r = s->region[i];
		u64 bytes = r->end - r->start;
		if (r->kind == REGION_STACK)
			a->word[2] += bytes;
		else if (r->rights & ACCESS_WRITE && !r->shared)
			a->word[3] += bytes;
	}
	a->word[4] = shared_pages(s);
	a->word[5] = s->faults;
	return (s64)(s->mapped << PAGE_SHIFT);
}

static void region_tell(struct memory_region *to, const struct region *r)
{
	*to = (struct memory_region){
		.start = r->start,
		.end = r->end,
		.offset = r->page << PAGE_SHIFT,
		.cookie = r->object ? r->object->cookie : 0,
		.rights = r->rights,
		.shared = r->shared,
		.kind = r->kind,
		.resident = (u32)space_resident(r->space, r->start, r->end),
	};
}

s64 native_space_regions(struct request *q, struct answer *a)
{
	static struct memory_region told[REGIONS_MOST];
	s64 error;
	struct space *s = looked_at(q, &error);
	u64 room = q->window_len / sizeof(told[0]);
	u32 n = 0, i;

	if (error)
		return error;
	if (!q->word[1])
		regions_join(s, 0, USER_END);
	for (i = region_index(s, q->word[1]); i < s->nregions; i++) {
		if (n == room || n == REGIONS_MOST)
			break;
		region_tell(&told[n++], s->region[i]);
	}
	a->word[1] = i < s->nregions ? s->region[i]->start : 0;
	if (n) {
		a->flags = MSG_COPY;
		a->copy = told;
		a->copy_len = n * sizeof(told[0]);
	}
	return n;
}

s64 native_space_largest(struct request *q, struct answer *a)
{
	struct space *s, *largest = 0;
	u64 most = 0;
	u32 index = 0;

	(void)q;
	while ((s = space_next(&index)) != 0) {
		u64 n = space_resident(s, 0, USER_END);
		if (largest && n <= most)
			continue;
		largest = s;
		most = n;
	}
	if (!largest)
		return -ESRCH;
	a->word[1] = largest->tag;
	return (s64)largest->id;
}

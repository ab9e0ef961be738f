/*
 * mremap: a range shrinks, grows where it is, or moves.
 *
 * Moving maps the frames at the new place, without the right to write where the
 * mapping is private, and then takes the old place away: a later write finds the
 * count at one and gets its right back, or copies, as after a fork.
 */
#include "servers/memory/memory_server.h"

#define REMAP_MAYMOVE 1u
#define REMAP_FIXED 2u

struct remap {
	struct space *s;
	struct region *r; /* holds the old range */
	u64 start, old_len, new_len;
	u32 flags;
	u64 wanted;
};

static u64 round_up(u64 len)
{
	return (len + PAGE_MASK) & ~PAGE_MASK;
}

static s64 remap_read(const struct request *q, struct remap *m)
{
	*m = (struct remap){.s = caller_space(q),
			    .start = q->word[0],
			    .old_len = round_up(q->word[1]),
			    .new_len = round_up(q->word[2]),
			    .flags = (u32)q->word[3],
			    .wanted = q->word[4]};
	if (!m->s)
		return -ESRCH;
	if (m->start & PAGE_MASK || !q->word[2] || q->word[2] > USER_END || q->word[1] > USER_END
	    || q->word[3] & ~3ull || !q->word[1])
		return -EINVAL;
	if (m->flags == REMAP_FIXED)
		return -EINVAL;
	m->r = region_find(m->s, m->start);
	if (m->r && m->old_len > m->r->end - m->start) { /* two that stayed apart may hold it */
		regions_join(m->s, m->start, m->start + m->old_len);
		m->r = region_find(m->s, m->start);
	}
	if (!m->r || m->old_len > m->r->end - m->start)
		return -EFAULT;
	return 0;
}

/* The pages of [from, from + n) to `to`; the frames are there twice until the old ones go. */
static s32 pages_move(struct space *s, u64 from, u64 to, u64 n, u32 rights)
{
	static u64 frames[QUERY_MAX];
	const u64 *state = pages_query(s->aspace, from, n);
	u64 at = 0, run;
	s32 error = 0;

	memcpy(frames, state, n * sizeof(frames[0]));
	for (; at < n && !error; at += run) {
		for (run = 0; at + run < n && frames[at + run]; run++)
			frames[at + run] >>= 8;
		if (run)
			error = map_frames(s->aspace, to + at * PAGE_SIZE, frames + at, run,
					   rights);
		run += !run;
	}
	return error;
}

/* All that is resident, from one page that is there to the next. */
static s32 range_move(const struct remap *m, u64 to, u32 rights)
{
	u64 end = m->start + (m->old_len < m->new_len ? m->old_len : m->new_len), at = m->start;
	s32 error = 0;

	while (!error && range_query(m->s->aspace, at, (end - at) >> PAGE_SHIFT, &at)) {
		u64 n = (end - at) >> PAGE_SHIFT;
		if (n > QUERY_MAX)
			n = QUERY_MAX;
		error = pages_move(m->s, at, to + (at - m->start), n, rights);
		at += n * PAGE_SIZE;
	}
	return error;
}

static s64 move_to(struct remap *m, u64 to)
{
	struct region n = *m->r;
	u32 rights = page_rights(n.rights);
	s32 error;

	n.page += (m->start - n.start) >> PAGE_SHIFT;
	n.start = to;
	n.end = to + m->new_len;
	n.forked = n.uneven = true;
	error = region_insert(m->s, &n);
	if (!error)
		error = range_move(m, to, n.shared ? rights : rights & ~(u32)ACCESS_WRITE);
	if (error) {
		space_unmap(m->s, to, to + m->new_len);
		return -ENOMEM;
	}
	return space_unmap(m->s, m->start, m->start + m->old_len) ? -ENOMEM : (s64)to;
}

static s64 remap_fixed(struct remap *m)
{
	u64 to = m->wanted;

	if (to & PAGE_MASK || to > USER_END || m->new_len > USER_END - to || to < SPACE_LOWEST)
		return -EINVAL;
	if (to < m->start + m->old_len && m->start < to + m->new_len)
		return -EINVAL;
	if (space_unmap(m->s, to, to + m->new_len))
		return -ENOMEM;
	m->r = region_find(m->s, m->start); /* the array may have moved */
	return move_to(m, to);
}

static s64 remap_grow(struct remap *m)
{
	u64 end = m->start + m->old_len, more = m->new_len - m->old_len;
	struct region tail = *m->r;
	u64 to;

	if (pages_are_too_many(m->s, more, m->r->rights, 0))
		return -ENOMEM;
	if (end == m->r->end && more <= USER_END - end && range_is_free(m->s, end, end + more)) {
		tail.page += (tail.end - tail.start) >> PAGE_SHIFT;
		tail.start = end;
		tail.end = end + more;
		return region_insert(m->s, &tail) ? -ENOMEM : (s64)m->start;
	}
	if (!(m->flags & REMAP_MAYMOVE))
		return -ENOMEM;
	to = gap_find(m->s, 0, m->new_len);
	return to ? move_to(m, to) : -ENOMEM;
}

s64 linux_mremap(struct request *q, struct answer *a)
{
	struct remap m;
	s64 error = remap_read(q, &m);

	(void)a;
	if (error)
		return error;
	if (m.flags & REMAP_FIXED)
		return remap_fixed(&m);
	if (m.new_len > m.old_len)
		return remap_grow(&m);
	if (m.new_len < m.old_len)
		error = space_unmap(m.s, m.start + m.new_len, m.start + m.old_len);
	waiting_retry();
	return error ? error : (s64)m.start;
}

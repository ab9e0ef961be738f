/*
 * Regions: what a program may touch, and what lies there.
 *
 * A sorted array of pointers for each space: found by bisection, split and joined
 * by moving pointers.  The array doubles; each size has a free list of its own.
 */
#include "servers/memory/memory_server.h"
#include "ipc/proto/process.h"

#define FIRST_SIZE 32u
#define SIZES 12u /* 32 << 11 = 65536 regions, Linux's limit */
#define MMAP_TOP (STACK_TOP - STACK_BYTES - 0x100000ull)

static struct slab regions = {.size = sizeof(struct region)};
static struct slab arrays[SIZES];

static u32 capacity(const struct space *s)
{
	return s->region ? FIRST_SIZE << s->size_class : 0;
}

static struct region **array_alloc(u32 size_class)
{
	if (size_class >= SIZES)
		return 0;
	arrays[size_class].size = (u32)(FIRST_SIZE << size_class) * sizeof(struct region *);
	return slab_alloc(&arrays[size_class]);
}

static s32 array_enlarge(struct space *s, u32 more)
{
	u32 class = s->region ? s->size_class + 1 : 0;
	struct region **array;

	while (class < SIZES && FIRST_SIZE << class < s->nregions + more)
		class ++;
	array = array_alloc(class);
	if (!array)
		return s->nregions + more <= capacity(s) ? 0 : -ENOMEM;
	if (s->region) {
		memcpy(array, s->region, s->nregions * sizeof(array[0]));
		slab_free(&arrays[s->size_class], s->region);
	}
	s->region = array;
	s->size_class = class;
	return 0;
}

/* Room for `more` regions.  Those that stayed apart are joined before the array becomes larger;
 * where that leaves little room it grows all the same, so that this is rare. */
static s32 array_grow(struct space *s, u32 more)
{
	if (s->nregions + more <= capacity(s))
		return 0;
	if (s->region)
		regions_join(s, 0, USER_END);
	return s->nregions + more <= capacity(s) / 4 * 3 ? 0 : array_enlarge(s, more);
}

/* What was found last is mostly asked for again: a place is found, then filled or emptied. */
static struct {
	const struct space *s;
	u32 index;
} last;

static bool last_holds(const struct space *s, u64 address)
{
	u32 i = last.index;

	return last.s == s && i < s->nregions && s->region[i]->end > address
	       && (!i || s->region[i - 1]->end <= address);
}

u32 region_index(const struct space *s, u64 address)
{
	u32 low = 0, high = s->nregions;

	if (last_holds(s, address))
		return last.index;
	while (low < high) {
		u32 middle = (low + high) / 2;
		if (s->region[middle]->end > address)
			high = middle;
		else
			low = middle + 1;
	}
	last.s = s;
	last.index = low;
	return low;
}

struct region *region_find(const struct space *s, u64 address)
{
	u32 i = region_index(s, address);

	return i < s->nregions && s->region[i]->start <= address ? s->region[i] : 0;
}

bool range_is_free(const struct space *s, u64 start, u64 end)
{
	u32 i = region_index(s, start);

	return i == s->nregions || s->region[i]->start >= end;
}

bool range_is_full(const struct space *s, u64 start, u64 end)
{
	for (u32 i = region_index(s, start); i < s->nregions; i++) {
		if (s->region[i]->start > start)
			return false;
		start = s->region[i]->end;
		if (start >= end)
			return true;
	}
	return start >= end;
}

/* --- Adding, splitting, joining ------------------------------------------------------ */

/* Makes room at index i, or closes the gap there; mostly few pointers move. */
static inline void open_gap(struct space *s, u32 i)
{
	struct region **to = &s->region[s->nregions], **end = &s->region[i];

	if (to - end > 8)
		memmove(end + 1, end, (u64)(to - end) * sizeof(*to));
	else
		for (; to > end; to--)
			*to = to[-1];
	s->nregions++;
}

static inline void close_gap(struct space *s, u32 i)
{
	struct region **to = &s->region[i], **end = &s->region[--s->nregions];

	if (end - to > 8)
		memmove(to, to + 1, (u64)(end - to) * sizeof(*to));
	else
		for (; to < end; to++)
			*to = to[1];
}

/* A copy of r at index i; there is room in the array. */
static s32 place(struct space *s, u32 i, const struct region *r)
{
	struct region *n = slab_take(&regions);

	if (!n)
		return -ENOMEM;
	*n = *r;
	n->space = s;
	if (n->object)
		object_link(n->object, n);
	open_gap(s, i);
	s->region[i] = n;
	return 0;
}

static void drop(struct space *s, u32 i)
{
	struct region *r = s->region[i];

	close_gap(s, i);
	if (r->object)
		object_unlink(r);
	slab_free(&regions, r);
}

static bool alike(const struct region *a, const struct region *b)
{
	return a->end == b->start && a->object == b->object && a->rights == b->rights
	       && a->most == b->most && a->shared == b->shared && a->kind == b->kind
	       && (!a->object || a->page + ((a->end - a->start) >> PAGE_SHIFT) == b->page);
}

/* The regions at i and i + 1, which are alike, become one. */
static void join(struct space *s, u32 i)
{
	struct region *a = s->region[i], *b = s->region[i + 1];

	a->end = b->end;
	a->touched |= b->touched;
	a->forked |= b->forked;
	a->uneven |= b->uneven;
	drop(s, i + 1);
}

void regions_join(struct space *s, u64 start, u64 end)
{
	u32 i = region_index(s, start ? start - 1 : 0);

	while (i + 1 < s->nregions && s->region[i]->start < end) {
		if (alike(s->region[i], s->region[i + 1]))
			join(s, i);
		else
			i++;
	}
}

/* What was mapped is mostly unmapped as it came: beside memory that is in use it stays a region of
 * its own, without the price of joining and splitting. */
static bool join_now(const struct region *a, const struct region *b)
{
	return a->end == b->start && (a->touched == b->touched || a->kind != REGION_ANON)
	       && alike(a, b);
}

s32 region_insert(struct space *s, const struct region *r)
{
	s32 error = array_grow(s, 1);
	u32 i = region_index(s, r->start);

	if (error || place(s, i, r))
		return -ENOMEM;
	s->mapped += (r->end - r->start) >> PAGE_SHIFT;
	if (i + 1 < s->nregions && join_now(r, s->region[i + 1]))
		join(s, i);
	if (i && join_now(s->region[i - 1], r))
		join(s, i - 1);
	return 0;
}

/* Splits the region that holds the address inside, if there is one; there is room in the array. */
static s32 split(struct space *s, u64 address)
{
	u32 i = region_index(s, address);
	struct region low;
	s32 error;

	if (i == s->nregions || s->region[i]->start >= address)
		return 0;
	low = *s->region[i];
	low.end = address;
	error = place(s, i, &low);
	if (error)
		return error;
	s->region[i + 1]->page += (address - low.start) >> PAGE_SHIFT;
	s->region[i + 1]->start = address;
	return 0;
}

s32 regions_isolate(struct space *s, u64 start, u64 end, u32 *from, u32 *to)
{
	s32 error;

	*from = region_index(s, start);
	*to = *from + 1;
	if (*from < s->nregions && s->region[*from]->start == start && s->region[*from]->end == end)
		return 0; /* mostly: what was mapped is unmapped */
	error = array_grow(s, 2);
	if (!error)
		error = split(s, start);
	if (!error)
		error = split(s, end);
	*from = region_index(s, start);
	*to = end ? region_index(s, end - 1) : 0;
	if (*to < s->nregions && s->region[*to]->start < end)
		++*to;
	return error;
}

void regions_remove(struct space *s, u32 from, u32 to)
{
	while (to-- > from) {
		s->mapped -= (s->region[to]->end - s->region[to]->start) >> PAGE_SHIFT;
		drop(s, to);
	}
}

s32 regions_copy(struct space *to, const struct space *from)
{
	s32 error = array_grow(to, from->nregions);

	for (u32 i = 0; !error && i < from->nregions; i++) {
		from->region[i]->forked |= from->region[i]->touched;
		error = place(to, i, from->region[i]);
	}
	if (!error)
		to->mapped = from->mapped;
	return error;
}

void regions_free(struct space *s)
{
	regions_remove(s, 0, s->nregions);
	if (s->region)
		slab_free(&arrays[s->size_class], s->region);
	s->region = 0;
}

/* --- Room ---------------------------------------------------------------------------- */

u64 gap_find(const struct space *s, u64 hint, u64 len)
{
	u64 top = MMAP_TOP;
	u32 i = s->nregions;

	if (hint >= SPACE_LOWEST && hint < USER_END && len <= USER_END - hint
	    && range_is_free(s, hint, hint + len))
		return hint;
	while (i && s->region[i - 1]->end > MMAP_TOP) /* the stack */
		i--;
	for (;; i--) {
		u64 bottom = i ? s->region[i - 1]->end : SPACE_LOWEST;
		if (i < s->nregions && s->region[i]->start < top)
			top = s->region[i]->start;
		if (bottom < top && top - bottom >= len)
			return top - len;
		if (!i || top < SPACE_LOWEST)
			return 0;
	}
}

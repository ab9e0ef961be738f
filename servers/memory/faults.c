/*
 * Page faults: where a page comes from, and with which rights it is mapped.
 *
 *   nothing mapped, anonymous   a zeroed frame
 *   nothing mapped, object      the object's frame, or a private copy of it to write
 *   mapped, written to          private and used by others: a copy; else the right
 *
 * Nothing is asked that the region can tell: what was never forked or protected has
 * no page that lacks a right.  A fault that needs one frame, or a run of an object's,
 * is answered by one message that maps and resumes.
 */
#include "servers/memory/memory_server.h"

#define AHEAD 16u /* most pages that one fault maps: around an object's, or zeroed ones */
_Static_assert(AHEAD == RADIX_FAN, "an object finds them together");
#define FILL_MOST 16u /* pages that one fault makes present (a copy that wants more) */

/* One page that is wanted. */
struct fault {
	struct space *s;
	struct region *r;
	u64 va;
	u32 access;
	struct answer *a; /* 0: map it now; else the reply may */
};

static u32 private_rights(const struct region *r)
{
	u32 rights = page_rights(r->rights);

	return r->shared ? rights : rights & ~(u32)ACCESS_WRITE;
}

static u64 object_page(const struct fault *f)
{
	return f->r->page + ((f->va - f->r->start) >> PAGE_SHIFT);
}

/* --- Mapping ------------------------------------------------------------------------- */

/* Maps n contiguous frames from va on, by the reply if there is one. */
static s32 map_run(const struct fault *f, u64 va, frame_t first, u64 n, u32 rights)
{
	frame_t frames[AHEAD];

	if (f->a) {
		*f->a = (struct answer){.word = {va, first, n, rights},
					.flags = MSG_MAP,
					.cap = frame_memory(first)};
		return 0;
	}
	for (u64 i = 0; i < n; i++)
		frames[i] = first + i;
	return map_frames(f->s->aspace, va, frames, n, rights);
}

/* How many zeroed pages this fault makes: half of what was walked upwards until now, so that few
 * are there for nothing. */
static u64 pages_wanted(const struct fault *f)
{
	u64 room = (f->r->end - f->va) >> PAGE_SHIFT, run = f->va == f->r->walk ? f->r->run / 2 : 1;

	if (!f->a || run < 1 || frames_short(AHEAD))
		run = 1;
	run = run < AHEAD ? run : AHEAD;
	return run < room ? run : room;
}

/* The walk has come n pages further, or begins here. */
static void walk_note(const struct fault *f, u64 n)
{
	u64 run = f->va == f->r->walk ? f->r->run + n : n;

	f->r->run = run < 2 * AHEAD ? (u8)run : 2 * AHEAD;
	f->r->walk = f->va + n * PAGE_SIZE;
}

static s32 map_zeroed(const struct fault *f)
{
	u32 rights = page_rights(f->r->rights) | MAP_ZERO;
	frame_t frame[AHEAD];
	u64 n = frames_take_raw(USE_SPACE, frame, pages_wanted(f));
	s32 error;

	if (!n)
		return -ENOMEM;
	error = n == 1 ? map_run(f, f->va, frame[0], 1, rights)
		       : map_frames(f->s->aspace, f->va, frame, n, rights);
	for (u64 i = 0; error && i < n; i++)
		if (frame_use_of(frame[i]) == USE_SPACE) /* not given back by the mapping */
			frame_unused(frame[i]);
	walk_note(f, n);
	return error && n > 1 ? map_zeroed(f) : error; /* a page further on is there: then one */
}

/* --- Objects ------------------------------------------------------------------------- */

static u64 object_size_pages(const struct object *o)
{
	return (o->size + PAGE_MASK) >> PAGE_SHIFT;
}

/* The pages around the fault that the object has in one run with it: [*first, *first + n). */
static u64 pages_around(const struct fault *f, u64 page, u64 *first)
{
	const struct object *o = f->r->object;
	u64 base = page & ~(u64)(AHEAD - 1), low = base, high = base + AHEAD, end = page + 1;
	u64 region_end = f->r->page + ((f->r->end - f->r->start) >> PAGE_SHIFT);
	const u64 *at = radix_around(&o->pages, page);
	frame_t frame = OBJECT_FRAME(at[page - base]);

	low = low > f->r->page ? low : f->r->page;
	high = high < region_end ? high : region_end;
	high = high < object_size_pages(o) ? high : object_size_pages(o);
	*first = page;
	while (*first > low && OBJECT_FRAME(at[*first - 1 - base]) == frame - (page - *first) - 1)
		--*first;
	while (end < high && OBJECT_FRAME(at[end - base]) == frame + (end - page))
		end++;
	return end - *first;
}

/* Pages that are there already stay as they are. */
static s32 map_object(const struct fault *f, u64 page)
{
	u64 first, n = pages_around(f, page, &first);

	return map_run(f, f->va - (page - first) * PAGE_SIZE,
		       object_frame(f->r->object, page) - (page - first), n,
		       private_rights(f->r) | MAP_KEEP);
}

static s32 fill_object(const struct fault *f)
{
	struct object *o = f->r->object;
	u64 page = object_page(f);
	bool own = !f->r->shared && f->access & ACCESS_WRITE;
	frame_t frame = object_frame(o, page);

	if (page >= object_size_pages(o))
		return -EIO;
	if (own && frame == FRAME_NONE)
		return map_zeroed(f);
	if (own)
		return own_page(f->s->aspace, f->va, frame, page_rights(f->r->rights));
	if (object_fill(o, page))
		return -ENOMEM;
	return map_object(f, page);
}

/* --- A page that may be there -------------------------------------------------------- */

static s32 fill(const struct fault *f)
{
	return f->r->object ? fill_object(f) : map_zeroed(f);
}

/* The access failed although a page is there: it lacks the right. */
static s32 present(const struct fault *f, const struct page_state *old)
{
	u32 rights = page_rights(f->r->rights);

	if ((f->access & old->rights) == f->access)
		return 0; /* another thread's fault was quicker */
	if (f->access & ACCESS_WRITE && !f->r->shared && old->count > 1)
		return own_page(f->s->aspace, f->va, FRAME_NONE, rights);
	protect_pages(f->s->aspace, f->va, 1,
		      f->access & ACCESS_WRITE ? rights : private_rights(f->r), true);
	return 0;
}

/* Asks what is there; for the cases that cannot be told from the region. */
static s32 look_and_fill(const struct fault *f)
{
	struct page_state old = page_query(f->s->aspace, f->va);

	return old.frame == FRAME_NONE ? fill(f) : present(f, &old);
}

/* A private page is written to that may be there without the right; where it is not, a copy of
 * the object's is wanted. */
static s32 own_or_fill(const struct fault *f)
{
	const struct object *o = f->r->object;
	u64 page = object_page(f);
	frame_t model = o && page < object_size_pages(o) ? object_frame(o, page) : FRAME_NONE;
	s32 error = own_page(f->s->aspace, f->va, model, page_rights(f->r->rights));

	if (error == -ENOENT)
		return fill(f);
	return error == -ENOMEM ? look_and_fill(f) : error;
}

/* --- Entry --------------------------------------------------------------------------- */

s32 page_make(struct space *s, u64 va, u32 access, struct answer *a)
{
	struct fault f = {
		.s = s, .r = region_find(s, va), .va = va & ~PAGE_MASK, .access = access, .a = a};
	s32 error;

	if (!f.r)
		return -EFAULT;
	if (access & ~page_rights(f.r->rights))
		return -EACCES;
	f.r->touched = true;
	if (access & ACCESS_WRITE && !f.r->shared && (f.r->object || f.r->forked))
		return own_or_fill(&f);
	if (f.r->uneven)
		return look_and_fill(&f);
	error = fill(&f);
	return error == -EEXIST ? look_and_fill(&f) : error;
}

static u32 access_of(s64 cause)
{
	if (cause == FAULT_WRITE)
		return ACCESS_WRITE;
	return cause == FAULT_EXEC ? ACCESS_EXEC : ACCESS_READ;
}

/* A copy wants more than this page: what comes behind is made present too, if it can be. */
static void fill_more(struct space *s, u64 va, u64 len, u32 access)
{
	u64 at = (va & ~PAGE_MASK) + PAGE_SIZE, end = va + len;

	if (end < va || end > USER_END)
		return;
	for (u32 i = 1; i < FILL_MOST && at < end; i++, at += PAGE_SIZE)
		if (page_make(s, at, access, 0))
			return;
}

s64 memory_fault(struct request *q, struct answer *a)
{
	struct space *s = BADGE_KIND(q->badge) == BADGE_SPACE ? space_find(BADGE_ID(q->badge)) : 0;
	u64 va = q->word[0], len = q->word[2];
	u32 access = access_of(q->label);
	bool more = len > PAGE_SIZE - (va & PAGE_MASK);
	s32 error;

	if (!s || va >= USER_END)
		return -EFAULT;
	s->faults++;
	error = page_make(s, va, access, more ? 0 : a);
	if (error == -ENOMEM)
		return wait_for_frames(q);
	if (!error && more)
		fill_more(s, va, len, access);
	return error;
}

/* The reply could not map: for want of a table, or another thread was quicker.  What is still
 * wanted is mapped here, and the caller goes on; it faults again if it must. */
void fault_undo(struct request *q, struct answer *a)
{
	struct answer go_on = {0};
	struct space *s = space_find(BADGE_ID(q->badge));

	if (q->kind != KIND_FAULT || !(a->flags & MSG_MAP))
		return;
	for (u64 i = 0; i < a->word[2]; i++)
		if (frame_use_of(a->word[1] + i) == USE_SPACE)
			frame_unused(a->word[1] + i);
	if (s)
		(void)page_make(s, q->word[0], access_of(q->label), 0);
	msg_reply(q->reply, &go_on);
}

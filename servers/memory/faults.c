/*
 * Page faults: where a page comes from, and with which rights it is mapped.
 *
 *   nothing mapped, anonymous   a zeroed frame
 *   nothing mapped, object      the object's frame, or a private copy of it to write
 *   mapped, written to          private and used by others: a copy; else the right
 *
 * A fault that needs one frame is answered by one message that maps and resumes.
 */
#include "servers/memory/memory_server.h"

#define AHEAD 16u     /* pages around an object's page that are mapped if they are there */
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

/* Maps n contiguous frames, by the reply if there is one. */
static s32 map_run(const struct fault *f, frame_t first, u64 n, u32 rights)
{
	s32 error = 0;

	if (f->a) {
		*f->a = (struct answer){.word = {f->va, first, n, rights},
					.flags = MSG_MAP,
					.cap = frame_memory(first)};
		return 0;
	}
	for (u64 i = 0; i < n && !error; i++, first++)
		error = map_frames(f->s->aspace, f->va + i * PAGE_SIZE, &first, 1, rights);
	return error;
}

/* A frame of the space's own; it goes back if it cannot be mapped. */
static s32 map_own(const struct fault *f, frame_t frame)
{
	s32 error;

	error = map_run(f, frame, 1, page_rights(f->r->rights));
	if (error)
		frame_unused(frame);
	else
		f->s->resident++;
	return error;
}

static s32 map_zeroed(const struct fault *f)
{
	frame_t frame = frame_take(USE_SPACE, FRAME_ZEROED);

	return frame == FRAME_NONE ? -ENOMEM : map_own(f, frame);
}

static frame_t copy_of(frame_t from)
{
	frame_t frame = frame_take(USE_SPACE, FRAME_SCRATCH);

	if (frame != FRAME_NONE)
		frame_copy(frame, from);
	return frame;
}

/* --- Copy on write ------------------------------------------------------------------- */

static s32 write_present(const struct fault *f, const struct page_state *old)
{
	frame_t frame;
	s32 error;

	if (f->r->shared || old->count == 1) {
		protect_pages(f->s->aspace, f->va, 1, page_rights(f->r->rights), true);
		return 0;
	}
	frame = copy_of(old->frame);
	if (frame == FRAME_NONE)
		return -ENOMEM;
	error = map_replace(f->s->aspace, f->va, frame, page_rights(f->r->rights));
	if (error)
		frame_unused(frame);
	return error;
}

/* A page is there, but the access failed: by copy on write, or before a change of rights. */
static s32 fault_present(const struct fault *f, const struct page_state *old)
{
	if ((f->access & old->rights) == f->access)
		return 0; /* another thread's fault was quicker */
	if (f->access & ACCESS_WRITE)
		return write_present(f, old);
	protect_pages(f->s->aspace, f->va, 1, private_rights(f->r), true);
	return 0;
}

/* --- Objects ------------------------------------------------------------------------- */

static u64 object_size_pages(const struct object *o)
{
	return (o->size + PAGE_MASK) >> PAGE_SHIFT;
}

/* How many pages from the fault on can be mapped in one run: there, contiguous, not mapped. */
static u64 pages_ahead(const struct fault *f, u64 page, frame_t first)
{
	u64 room = AHEAD - (page & (AHEAD - 1)), n = 1;
	u64 in_region = (f->r->end - f->va) >> PAGE_SHIFT;
	u64 in_object = object_size_pages(f->r->object) - page;
	const u64 *state;

	room = room < in_region ? room : in_region;
	room = room < in_object ? room : in_object;
	while (n < room && object_frame(f->r->object, page + n) == first + n)
		n++;
	if (n == 1)
		return 1;
	state = pages_query(f->s->aspace, f->va, n);
	for (room = 1; room < n && !state[room]; room++)
		;
	return room;
}

static s32 map_object(const struct fault *f, u64 page)
{
	struct object *o = f->r->object;
	frame_t frame = object_frame(o, page);
	u64 n = pages_ahead(f, page, frame);
	s32 error = map_run(f, frame, n, private_rights(f->r));

	if (!error)
		f->s->resident += n;
	return error;
}

static s32 fault_object(const struct fault *f)
{
	struct object *o = f->r->object;
	u64 page = object_page(f);
	bool own = !f->r->shared && f->access & ACCESS_WRITE;
	frame_t frame = object_frame(o, page);

	if (page >= object_size_pages(o))
		return -EIO;
	if (own && frame == FRAME_NONE)
		return map_zeroed(f);
	if (own) {
		frame = copy_of(frame);
		return frame == FRAME_NONE ? -ENOMEM : map_own(f, frame);
	}
	if (object_fill(o, page))
		return -ENOMEM;
	return map_object(f, page);
}

/* --- Entry --------------------------------------------------------------------------- */

s32 page_make(struct space *s, u64 va, u32 access, struct answer *a)
{
	struct fault f = {
		.s = s, .r = region_find(s, va), .va = va & ~PAGE_MASK, .access = access, .a = a};
	struct page_state old;

	if (!f.r)
		return -EFAULT;
	if (access & ~page_rights(f.r->rights))
		return -EACCES;
	f.r->touched = true;
	old = page_query(s->aspace, f.va);
	if (old.frame != FRAME_NONE)
		return fault_present(&f, &old);
	return f.r->object ? fault_object(&f) : map_zeroed(&f);
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

/* The reply could not map: for want of a table, or another thread was quicker.  The caller
 * goes on and faults again if it must. */
void fault_undo(struct request *q, struct answer *a)
{
	struct answer go_on = {0};
	struct space *s = space_find(BADGE_ID(q->badge));

	if (q->kind != KIND_FAULT || !(a->flags & MSG_MAP))
		return;
	if (s)
		s->resident -= a->word[2];
	for (u64 i = 0; i < a->word[2]; i++)
		if (frame_use_of(a->word[1] + i) == USE_SPACE)
			frame_unused(a->word[1] + i);
	if (pool_is_low())
		pool_feed(4);
	msg_reply(q->reply, &go_on);
}

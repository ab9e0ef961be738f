/*
 * The kernel objects of a process: capability space and thread.
 *
 * They are made together and go together; what is missing after an error is
 * SLOT_NONE, so destruction takes any state.  The session here is one for all programs: the tag
 * of each message says who calls.  All are paid from this server's pool,
 * which is kept filled ahead for the slot pages that programs' spaces take from it.
 */
#include "servers/process/process_server.h"

#define POOL_RESERVE 8
#define FEED_TRIES 5 /* a table of descriptors may need 32 pages at once */

#define FIXED_BIT(k) (1u << (k))
#define FIXED_INHERITED                                                            \
	(FIXED_BIT(FIXED_PROCESS) | FIXED_BIT(FIXED_NAME) | FIXED_BIT(FIXED_EVENT) \
	 | FIXED_BIT(FIXED_PIPE) | FIXED_BIT(FIXED_NET) | FIXED_BIT(FIXED_CWD)     \
	 | FIXED_BIT(FIXED_ROOT))
#define LOADER_DESCRIPTORS 16
#define BADGE_PROGRAMS 1

static slot_t programs; /* the session */

s32 call_fed(slot_t target, struct message *m)
{
	const struct message form = *m;
	s32 error = msg_call(target, m);

	for (int i = 0; error == -ENOMEM && i < FEED_TRIES && pool_feed(POOL_RESERVE) == 0; i++) {
		*m = form;
		error = msg_call(target, m);
	}
	return error;
}

void bodies_init(void)
{
	s64 slot = session_mint(BADGE_PROGRAMS);

	if (slot < 0)
		server_panic("process: no session for programs: %ld\n", slot);
	programs = (slot_t)slot;
}

bool from_program(const struct request *q)
{
	return q->badge == BADGE_PROGRAMS;
}

slot_t fetch(slot_t cspace, slot_t there)
{
	slot_t slot;

	call_receive(cspace, CSPACE_FETCH, (const u64[4]){there}, &slot);
	return slot;
}

s32 cspace_add(slot_t cspace, slot_t there, slot_t own)
{
	struct message m = {.word = {there, own}, .label = CSPACE_COPY};

	return call_fed(cspace, &m);
}

s32 cspace_put(slot_t cspace, slot_t there, slot_t own)
{
	call2(cspace, CSPACE_DELETE, there, 1);
	return cspace_add(cspace, there, own);
}

/* limit: of a table that gets no descriptors; 0: it gets all of them. */
static s32 clone_slots(slot_t to, slot_t from, u32 limit)
{
	struct message m = {.word = {FIXED_INHERITED, 0, limit},
			    .label = CSPACE_CLONE,
			    .flags = MSG_SEND,
			    .send = to};

	return call_fed(from, &m);
}

static void pool_reserve(void)
{
	struct message m = {.label = POOL_STATS};

	if (msg_call(SERVER_POOL, &m) >= 0 && m.word[1] < POOL_RESERVE)
		pool_feed(POOL_RESERVE);
}

s32 body_configure(struct process *p)
{
	struct message m = {.word = {sched_priority(p), p->tag, p->space->aspace, p->cspace,
				     p->space->session, programs},
			    .label = THREAD_CONFIGURE};

	return msg_call(p->thread, &m);
}

static s32 slots_fill(struct process *p, struct process *from, bool descriptors)
{
	s32 error = 0;

	if (from)
		error = clone_slots(p->cspace, from->cspace, descriptors ? 0 : LOADER_DESCRIPTORS);
	else
		error = cspace_add(p->cspace, SLOT_FIXED + FIXED_PROCESS, programs);
	if (!error && p->space)
		error = cspace_add(p->cspace, SLOT_FIXED + FIXED_MEMORY, p->space->session);
	return error;
}

static slot_t slot_or_none(s64 slot, s32 *error)
{
	if (slot < 0)
		*error = (s32)slot;
	return slot < 0 ? SLOT_NONE : (slot_t)slot;
}

/* A loader's table gets what it had again. */
s32 body_fill(struct process *l, struct process *from)
{
	s32 error = slots_fill(l, from, false);

	return error ? error : body_configure(l);
}

/* Of a loader that waits: its table but for the session here. */
void body_empty(struct process *l)
{
	call2(l->cspace, CSPACE_DELETE, 0, LOADER_DESCRIPTORS);
	call2(l->cspace, CSPACE_DELETE, SLOT_FIXED + FIXED_PROCESS + 1, FIXED_ROOT - FIXED_PROCESS);
}

s32 body_create(struct process *p, struct process *from, bool descriptors)
{
	s32 error = 0;

	pool_reserve();
	p->cspace = slot_or_none(object_create(OBJECT_CSPACE, 0, 0, 0, SLOT_NONE), &error);
	if (!error)
		p->thread = slot_or_none(object_create(OBJECT_THREAD, 0, 0, 0, SLOT_NONE), &error);
	if (!error)
		error = slots_fill(p, from, descriptors);
	if (!error && p->space)
		error = body_configure(p);
	if (error)
		body_destroy(p);
	return error;
}

/* The rest of p's body is its leader's. */
s32 body_add_thread(struct process *p)
{
	s32 error = 0;

	pool_reserve();
	p->thread = slot_or_none(object_create(OBJECT_THREAD, 0, 0, 0, SLOT_NONE), &error);
	if (!error)
		error = body_configure(p);
	return error;
}

static void object_end(slot_t *slot)
{
	if (*slot != SLOT_NONE)
		object_reclaim(*slot);
	*slot = SLOT_NONE;
}

void body_end_thread(struct process *p)
{
	object_end(&p->thread);
}

void body_destroy(struct process *p)
{
	object_end(&p->thread);
	object_end(&p->cspace);
}

s32 body_start(struct process *p, const struct thread_registers *r)
{
	s64 error = call_data(p->thread, THREAD_WRITE, 0, r, sizeof(*r));

	if (error >= 0)
		error = call0(p->thread, THREAD_START);
	return error < 0 ? (s32)error : 0;
}

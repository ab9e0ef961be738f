/*
 * The threads of one process: how they come, what they share, how they end.
 *
 * The one idea: the leader's struct process is the process.  It stays when its own thread
 * ends first, so what threads share is simply the leader's, and the others have copies of its
 * pointers; only the address space counts its users, as vfork shares it too.
 */
#include "servers/process/process_server.h"

#define THREADS_MAX 512u /* of one process: about half of all that there may be */

/* --- What they share in the process table ------------------------------------------------- */

#define FROM_TO(first, behind)                                                                \
	{                                                                                     \
		offsetof(struct process_entry, first), offsetof(struct process_entry, behind) \
	}
static const struct {
	u32 from, to;
} shared[] = {
	FROM_TO(ppid, space),
	FROM_TO(umask, ngroups),
	FROM_TO(ignored, start_ticks),
	FROM_TO(arg_start, nice),
};

static void shared_copy(struct process_entry *to, const struct process_entry *from)
{
	for (u32 i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		memcpy((u8 *)to + shared[i].from, (const u8 *)from + shared[i].from,
		       shared[i].to - shared[i].from);
}

void members_note(struct process *leader)
{
	for (struct process *m = leader->next_member; m; m = m->next_member)
		shared_copy(m->e, leader->e);
}

/* --- The list ----------------------------------------------------------------------------- */

static void member_add(struct process *p)
{
	struct process **at = &p->leader->next_member;

	while (*at)
		at = &(*at)->next_member;
	*at = p;
	p->leader->e->threads++;
}

static void member_remove(struct process *p)
{
	struct process **at = &p->leader->next_member;

	while (*at != p)
		at = &(*at)->next_member;
	*at = p->next_member;
}

/* --- Coming ------------------------------------------------------------------------------- */

bool threads_allow_one_more(const struct process *leader)
{
	return leader->e->threads < THREADS_MAX;
}

/* Its mask, credentials and name begin as those of the thread that makes it.  An error: it is to
 * be ended. */
s32 thread_make(struct process *p, const struct process *from)
{
	struct process *leader = p->leader;

	entry_inherit(p->e, from->e);
	p->cspace = leader->cspace;
	p->space = leader->space;
	p->space->users++;
	member_add(p);
	return body_add_thread(p);
}

/* --- Going -------------------------------------------------------------------------------- */

/* All that waits for the thread or is kept for it alone; its memory is still there. */
static void thread_stop(struct process *p)
{
	struct times t = thread_times(p);

	p->leader->ended_user += t.user;
	p->leader->ended_system += t.system;
	if (p->loader)
		loader_destroy(p);
	futex_forget(p);
	futex_abandon_all(p);
	if (p->clear_tid && p->space && p->space->users > 1)
		futex_wake_word(p, p->clear_tid);
	p->clear_tid = 0;
	deadline_cancel(&p->sleep);
	wait_forget(p);
	body_end_thread(p);
	pending_discard(&p->own, ~0ull);
	p->vfork_child = 0;
}

void thread_end(struct process *p)
{
	if (p != p->leader || p->thread != SLOT_NONE)
		p->leader->e->threads--;
	if (p->thread != SLOT_NONE)
		thread_stop(p);
	if (p == p->leader)
		return;
	vfork_done(p);
	member_remove(p);
	space_release(p->space);
	process_free(p);
}

/* Before any of them ends: what one gives up wakes none of the others, who end too. */
static void futex_forget_all(struct process *leader)
{
	for (struct process *m = leader; m; m = m->next_member)
		futex_forget(m);
}

void threads_end(struct process *leader)
{
	futex_forget_all(leader);
	while (leader->next_member)
		thread_end(leader->next_member);
	thread_end(leader);
}

void thread_exit(struct process *p, s32 status)
{
	struct process *leader = p->leader;

	if (p == leader)
		leader->status = status;
	if (leader->e->threads == 1) {
		process_exit(leader, leader->status);
		return;
	}
	if (p == leader) {
		vfork_done(p);
		p->e->flags |= PROCESS_LEADER_ENDED;
	}
	thread_end(p);
	signals_retarget(leader);
}

/* --- exec --------------------------------------------------------------------------------- */

/* The thread, and what is its own, become the leader's: tag, tid and parent stay. */
static void leader_take(struct process *leader, struct process *p)
{
	slot_t reply = p->reply;
	struct process_entry *e = leader->e;

	e->flags &= ~(u32)PROCESS_LEADER_ENDED;
	leader->thread = p->thread;
	p->thread = SLOT_NONE;
	wait_forget(p);
	wait_hold(leader, WAIT_EXEC, reply);
	leader->loader = p->loader;
	leader->loader->loads_for = leader;
	p->loader = 0;
	memcpy(leader->new_comm, p->new_comm, sizeof(leader->new_comm));
	pending_move(&leader->own, &p->own);
	memcpy(&e->uid, &p->e->uid,
	       offsetof(struct process_entry, umask) - offsetof(struct process_entry, uid));
	memcpy(&e->ngroups, &p->e->ngroups, sizeof(e->ngroups) + sizeof(e->group));
	e->blocked = p->e->blocked;
	e->nice = p->e->nice;
	e->policy = p->e->policy;
	e->rt_priority = p->e->rt_priority;
}

struct process *threads_end_others(struct process *p)
{
	struct process *leader = p->leader, *m, *next;

	futex_forget_all(leader);
	for (m = leader->next_member; m; m = next) {
		next = m->next_member;
		if (m != p)
			thread_end(m);
	}
	if (p == leader)
		return p;
	thread_end(leader);
	leader_take(leader, p);
	thread_end(p);
	leader->e->threads = 1;
	return leader;
}

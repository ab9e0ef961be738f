/*
 * Process groups and sessions, and what becomes of a group that nobody cares for.
 *
 * A group is orphaned when no member has a parent in another group of the same
 * session.  The table says so for each member; a group that becomes orphaned while
 * a member is stopped gets SIGHUP and SIGCONT.
 */
#include "servers/process/process_server.h"

/* --- Orphaned groups ---------------------------------------------------------------------- */

static bool cares(const struct process *parent, const struct process *p)
{
	return is_alive(parent) && parent->e->pid != 1 && parent->e->pgid != p->e->pgid
	       && parent->e->sid == p->e->sid;
}

static bool hang_ups; /* some leader is to be hung up on */

static bool group_is_orphaned(u32 pgid)
{
	struct process *p;
	u32 index = 0;

	while ((p = leader_next(&index)))
		if (is_alive(p) && p->e->pgid == pgid && cares(p->parent, p))
			return false;
	return true;
}

void group_update(u32 pgid)
{
	bool orphaned = group_is_orphaned(pgid), news = false, stopped = false;
	struct process *p;
	u32 index = 0;

	while ((p = process_next(&index))) {
		if (!is_alive(p) || p->e->pgid != pgid)
			continue;
		news |= orphaned && !p->e->orphaned_group;
		stopped |= p->e->state == PROCESS_STOPPED;
		p->e->orphaned_group = orphaned;
	}
	index = 0;
	while (news && stopped && (p = leader_next(&index)))
		if (is_alive(p) && p->e->pgid == pgid)
			p->hang_up = hang_ups = true;
}

/* p is a zombie, its children still are its own: once for each group that it cared for, and for
 * its own if that was cared for through p.  Most have a parent in their group: nothing changes. */
void groups_left(struct process *p)
{
	u32 last = p->e->pgid;

	if (cares(p->parent, p))
		group_update(last);
	for (const struct process *c = p->child; c; c = c->sibling) {
		if (c->e->pgid != last && c->e->sid == p->e->sid)
			group_update(c->e->pgid);
		last = c->e->pgid;
	}
}

void groups_hang_up(void)
{
	struct process *p;
	u32 index = 0;

	if (!hang_ups)
		return;
	hang_ups = false;
	while ((p = leader_next(&index))) {
		if (!p->hang_up)
			continue;
		p->hang_up = false;
		signal_raise(p, LINUX_SIGHUP, SI_KERNEL);
		signal_raise(p, LINUX_SIGCONT, SI_KERNEL);
	}
}

/* --- The calls ---------------------------------------------------------------------------- */

s64 call_getpid(struct request *q, struct answer *a)
{
	(void)a;
	return caller(q)->e->pid;
}

s64 call_gettid(struct request *q, struct answer *a)
{
	(void)a;
	return caller(q)->e->tid;
}

s64 call_getppid(struct request *q, struct answer *a)
{
	(void)a;
	return caller(q)->e->ppid;
}

/* The thread whose process a call means: 0 is the caller's. */
static struct process *meant(const struct request *q)
{
	u32 id = (u32)q->word[0];

	return id ? process_by_tid(id) : caller(q)->leader;
}

static bool group_in_session(u32 pgid, u32 sid)
{
	struct process *p;
	u32 index = 0;

	while ((p = process_next(&index)))
		if (p->e->pgid == pgid && p->e->sid == sid)
			return true;
	return false;
}

static s32 setpgid_check(const struct process *p, const struct process *target, u32 pgid)
{
	if (p->loads_for)
		return -EPERM;
	if ((s32)pgid < 0 || target != target->leader)
		return -EINVAL;
	if (!is_alive(target) || (target != p && target->parent != p))
		return -ESRCH;
	if (target != p && target->e->sid != p->e->sid)
		return -EPERM;
	if (target != p && target->has_execed)
		return -EACCES;
	if (target->e->sid == target->e->pid)
		return -EPERM;
	if (pgid != target->e->pid && !group_in_session(pgid, p->e->sid))
		return -EPERM;
	return 0;
}

s64 call_setpgid(struct request *q, struct answer *a)
{
	struct process *p = caller(q)->leader, *target = meant(q);
	u32 pgid = (u32)q->word[1], old;
	s32 error;

	(void)a;
	if (!target)
		return -ESRCH;
	if (pgid == 0)
		pgid = target->e->pid;
	error = setpgid_check(p, target, pgid);
	old = target->e->pgid;
	if (error || pgid == old)
		return error;
	target->e->pgid = pgid;
	target->e->orphaned_group = group_is_orphaned(pgid);
	members_note(target);
	group_update(pgid);
	group_update(old);
	for (const struct process *c = target->child; c; c = c->sibling)
		group_update(c->e->pgid);
	groups_hang_up();
	return is_alive(process_find(q->tag)) ? 0 : LATER; /* it may have signalled itself */
}

s64 call_getpgid(struct request *q, struct answer *a)
{
	struct process *p = meant(q);

	(void)a;
	return p ? (s64)p->e->pgid : -ESRCH;
}

s64 call_getsid(struct request *q, struct answer *a)
{
	struct process *p = meant(q);

	(void)a;
	return p ? (s64)p->e->sid : -ESRCH;
}

s64 call_setsid(struct request *q, struct answer *a)
{
	struct process *p = caller(q)->leader, *o;
	u32 index = 0, old = p->e->pgid;

	(void)a;
	while ((o = process_next(&index)))
		if (o->e->pgid == p->e->pid)
			return -EPERM;
	if (p->loads_for)
		return -EPERM;
	p->e->sid = p->e->pgid = p->e->pid;
	p->e->terminal = 0;
	p->e->orphaned_group = true;
	members_note(p);
	group_update(old);
	for (const struct process *c = p->child; c; c = c->sibling)
		group_update(c->e->pgid);
	groups_hang_up();
	return p->e->pid;
}

/* By the leader for all of its session; by another process, to give it up for itself. */
s64 native_set_terminal(struct request *q, struct answer *a)
{
	struct process *p = process_find((u32)q->word[0]), *o;
	u32 index = 0;

	(void)a;
	if (!caller_server(q) || !is_alive(p))
		return -EPERM;
	if (p->e->pid != p->e->sid && q->word[1])
		return -EPERM;
	while ((o = process_next(&index)))
		if (o->leader == p->leader || (p->e->pid == p->e->sid && o->e->sid == p->e->sid))
			o->e->terminal = (u32)q->word[1];
	return 0;
}

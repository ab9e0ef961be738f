/*
 * The end of a process: all that it held is given back before anybody is told.
 *
 * One death may cause others (a hang-up, a strange exit signal), and those more.  They
 * queue up and end one after the other, so that a chain of them needs no stack.
 */
#include "servers/process/process_server.h"

static struct process *doomed, **doomed_end = &doomed;
static bool ending;

static void body_end(struct process *p)
{
	threads_end(p);
	deadline_cancel(&p->alarm);
	deadline_cancel(&p->cpu);
	body_destroy(p);
	vfork_done(p);
	space_release(p->space);
	exe_release(p->exe);
	p->space = 0;
	p->exe = 0;
	p->e->space = 0;
}

static void children_leave(struct process *p)
{
	struct process *init = process_init(), *c;

	while ((c = p->child)) {
		family_remove(c);
		family_add(init, c);
		c->exit_signal = LINUX_SIGCHLD;
		if (c->e->state == PROCESS_ZOMBIE)
			parent_tell(c, c->status & 0x7f ? CLD_KILLED : CLD_EXITED, c->status);
	}
}

/* The terminal server sees by the table that the session has lost its leader. */
static void session_end(const struct process *p)
{
	struct process *o;
	u32 index = 0;

	if (p->e->sid != p->e->pid || !p->e->terminal)
		return;
	while ((o = process_next(&index)))
		if (o->e->sid == p->e->sid)
			o->e->terminal = 0;
}

/* There is nobody to go on. */
static void system_end(const struct process *p)
{
	server_print("missive: process 1 has ended (status %x)\n", (u32)p->status);
	call0(SERVER_MACHINE, MACHINE_OFF);
	server_panic("process: the machine stays on\n");
}

static void end_one(struct process *p)
{
	if (p->e->pid == 1)
		system_end(p);
	body_end(p);
	times_update(p); /* its threads have left theirs */
	pending_discard(&p->shared, ~0ull);
	actions_free(p->actions);
	p->actions = 0;
	p->e->state = PROCESS_ZOMBIE;
	if (p->has_locks)
		call1(SERVER_LOCKS, NOTIFICATION_SIGNAL, NOTIFY_LOCKS);
	session_end(p);
	groups_left(p);
	children_leave(p);
	groups_hang_up();
	parent_tell(p, p->status & 0x7f ? CLD_KILLED : CLD_EXITED, p->status);
}

void process_exit(struct process *p, s32 status)
{
	p = p->leader;
	if (p->doomed)
		return;
	p->doomed = true;
	p->status = status;
	p->next_doomed = 0;
	*doomed_end = p;
	doomed_end = &p->next_doomed;
	if (!ending)
		exits_end();
}

void exits_hold(void)
{
	ending = true;
}

void exits_end(void)
{
	struct process *p;

	ending = true;
	while ((p = doomed)) {
		doomed = p->next_doomed;
		if (!doomed)
			doomed_end = &doomed;
		end_one(p);
	}
	ending = false;
}

void process_reap(struct process *p)
{
	if (p->parent) {
		p->parent->children_user += p->e->user_ticks + p->children_user;
		p->parent->children_system += p->e->system_ticks + p->children_system;
	}
	family_remove(p);
	process_free(p);
}

static s32 exit_status(const struct request *q)
{
	return (s32)((q->word[0] & 0xff) << 8);
}

/* exit: of one thread. */
s64 process_exit_call(struct request *q, struct answer *a)
{
	struct process *p = caller(q);

	(void)a;
	if (p->loads_for)
		exec_abort(p->loads_for, -ENOEXEC);
	else
		thread_exit(p, exit_status(q));
	return GONE;
}

s64 process_exit_group(struct request *q, struct answer *a)
{
	struct process *p = caller(q);

	(void)a;
	if (p->loads_for)
		exec_abort(p->loads_for, -ENOEXEC);
	else
		process_exit(p, exit_status(q));
	return GONE;
}

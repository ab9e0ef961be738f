/*
 * exec, decided: the caller's thread and table go on in the new image, as the process's leader.
 *
 * Everything that could fail has been done by the loader; from the commit line on
 * only things are given up that the old image had.
 */
#include "servers/process/process_server.h"

static void signals_reset(struct process *p)
{
	actions_reset(p);
	p->altstack = (struct altstack){0};
	p->restore_blocked = false;
}

static void entry_update(struct process *p, const struct request *q, const struct exec_ids *ids)
{
	struct process_entry *e = p->e;

	e->space = p->space->id;
	e->arg_start = q->word[3];
	e->arg_end = e->env_start = q->word[4];
	e->env_end = q->word[5];
	if (ids->sets_user)
		e->euid = ids->uid;
	if (ids->sets_group)
		e->egid = ids->gid;
	p->exec_ids = (struct exec_ids){0};
	e->suid = e->fsuid = e->euid;
	e->sgid = e->fsgid = e->egid;
	memcpy(e->comm, p->new_comm, sizeof(e->comm));
}

/* The file that the loader opened instead of the one that it got. */
static struct exe *file_opened(const struct process *l)
{
	slot_t file = fetch(l->cspace, 0);

	return file != SLOT_NONE ? exe_new(file) : 0;
}

/* The space and the file of the loader become the process's; the old ones are let go. */
static void image_take(struct process *p, slot_t reply, bool other_file)
{
	struct process *l = p->loader;
	struct space *old_space = p->space;
	struct exe *old_exe = p->exe;

	p->space = l->space;
	l->space = 0;
	p->exe = other_file ? file_opened(l) : l->exe;
	if (!other_file)
		l->exe = 0;
	loader_done(p, reply);
	body_configure(p);
	cspace_put(p->cspace, SLOT_FIXED + FIXED_MEMORY, p->space->session);
	vfork_done(p);
	space_release(old_space);
	exe_release(old_exe);
}

static void thread_enter(struct process *p, u64 pc, u64 sp)
{
	static struct thread_registers r;

	memset(&r, 0, sizeof(r));
	r.pc = pc;
	r.x[REG_SP] = sp;
	r.flags = REGS_FLOAT;
	if (p->wait != WAIT_EXEC) {
		body_start(p, &r);
		return;
	}
	call_data(p->reply, REPLY_WRITE_REGISTERS, 0, &r, sizeof(r));
	wait_end(p, 0);
}

s64 native_loader_commit(struct request *q, struct answer *a)
{
	struct process *l = process_find(q->tag), *p = l ? l->loads_for : 0;
	struct exec_ids ids;

	(void)a;
	if (!p || !from_program(q))
		return -EPERM;
	ids = p->exec_ids; /* of the thread that called */
	/* --- the commit line --- */
	futex_abandon_all(p);
	if (p->clear_tid && p->space && p->space->users > 1)
		futex_wake_word(p, p->clear_tid);
	p->clear_tid = 0;
	p = threads_end_others(p);
	image_take(p, q->reply, q->word[1] & 1);
	call0(p->cspace, CSPACE_CLOSE_EXEC);
	space_commit(p->space, q->word[2], p->limit);
	signals_reset(p);
	entry_update(p, q, &ids);
	p->has_execed = true;
	thread_enter(p, q->word[0], q->word[1] & ~1ull);
	return LATER; /* the loader, until the next exec */
}

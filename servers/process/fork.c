/*
 * clone: fork, vfork and what posix_spawn does; and another thread of the same process.
 *
 * The child is whole before it runs: entry, space (copied on write, or the parent's
 * own), capability space with the parent's descriptors, thread with the parent's
 * registers and result 0.  An error on the way leaves nothing behind.  A thread is made in
 * the same way, but has its own entry and kernel thread alone (threads.c).
 */
#include "servers/process/process_server.h"

enum clone_flag {
	CLONE_VM = 0x100,
	CLONE_FS = 0x200,
	CLONE_FILES = 0x400,
	CLONE_SIGHAND = 0x800,
	CLONE_VFORK = 0x4000,
	CLONE_PARENT = 0x8000,
	CLONE_THREAD = 0x10000,
	CLONE_SETTLS = 0x80000,
	CLONE_PARENT_SETTID = 0x100000,
	CLONE_CHILD_CLEARTID = 0x200000,
	CLONE_DETACHED = 0x400000,
	CLONE_CHILD_SETTID = 0x1000000,
};
#define CLONE_SIGNAL 0xffu
#define CLONE_CLEAR_SIGHAND 0x100000000ull
#define CLONE_KNOWN                                                                                \
	(CLONE_SIGNAL | CLONE_VM | CLONE_VFORK | CLONE_PARENT | CLONE_SETTLS | CLONE_PARENT_SETTID \
	 | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_CLEAR_SIGHAND                         \
	 | 0x40000u /* SYSVSEM */ | 0xc00000u /* DETACHED, UNTRACED */)

/* Threads share all of these; processes share none but CLONE_VM. */
#define CLONE_SHARED (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND)

/* clone's arguments on riscv64. */
enum { ARG_FLAGS, ARG_STACK, ARG_PARENT_TID, ARG_TLS, ARG_CHILD_TID };

static s32 flags_check(const struct process *p, u64 flags)
{
	if (p->loads_for)
		return -EPERM;
	if ((flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
	    || (flags & CLONE_SIGHAND && (!(flags & CLONE_VM) || flags & CLONE_CLEAR_SIGHAND)))
		return -EINVAL;
	if (flags & CLONE_THREAD && (flags & CLONE_SHARED) == CLONE_SHARED)
		flags &= ~(u64)(CLONE_THREAD | CLONE_SHARED | CLONE_SIGNAL);
	if (flags & ~(u64)CLONE_KNOWN || (flags & CLONE_SIGNAL) > SIGNALS)
		return -EINVAL; /* shared tables, namespaces */
	if (flags & CLONE_PARENT && !p->leader->parent)
		return -EINVAL;
	return limits_allow_process(p) ? 0 : -EAGAIN;
}

/* What a child has from its parent in the process table. */
void entry_inherit(struct process_entry *e, const struct process_entry *from)
{
	struct process_entry own = *e;

	*e = *from;
	e->tag = own.tag;
	e->state = own.state;
	e->pid = own.pid;
	e->tid = own.tid;
	e->threads = own.threads;
	e->start_ticks = own.start_ticks;
	e->flags &= ~(u32)PROCESS_LEADER_ENDED;
	e->pending = e->shared_pending = e->user_ticks = e->system_ticks = 0;
}

static s32 inherit(struct process *p, const struct process *from, u64 flags)
{
	entry_inherit(p->e, from->e);
	memcpy(p->limit, from->leader->limit, sizeof(p->limit));
	p->exit_signal = flags & CLONE_SIGNAL;
	if (!(flags & CLONE_VM) || flags & CLONE_VFORK)
		p->altstack = from->altstack;
	p->exe = from->leader->exe;
	if (p->exe)
		p->exe->users++;
	p->actions = actions_share(from->leader->actions);
	if (!p->actions)
		return -EAGAIN;
	if (flags & CLONE_CLEAR_SIGHAND)
		actions_reset(p);
	return 0;
}

static s32 space_inherit(struct process *p, const struct process *from, u64 flags)
{
	p->space = flags & CLONE_VM ? from->space : space_fork(from->space, p->tag);
	if (!p->space)
		return -ENOMEM;
	if (flags & CLONE_VM)
		p->space->users++;
	p->e->space = p->space->id;
	return 0;
}

static s32 registers_inherit(struct process *p, const struct request *q)
{
	static struct thread_registers r;
	s64 error = call_data(q->reply, REPLY_READ_REGISTERS, 0, &r, sizeof(r));

	if (error < 0)
		return (s32)error;
	r.flags &= ~(u64)REGS_IN_CALL;
	r.x[REG_A0] = 0;
	if (q->word[ARG_STACK])
		r.x[REG_SP] = q->word[ARG_STACK];
	if (q->word[ARG_FLAGS] & CLONE_SETTLS)
		r.x[REG_TP] = q->word[ARG_TLS];
	return body_start(p, &r);
}

/* Undoes whatever there is of a child that never ran. */
static void child_undo(struct process *p)
{
	body_destroy(p);
	space_release(p->space);
	exe_release(p->exe);
	actions_free(p->actions);
	process_free(p);
}

/* As Linux: what cannot be written is left. */
static void tids_write(struct process *p, const struct process *parent, const struct request *q)
{
	u64 flags = q->word[ARG_FLAGS];
	u32 tid = p->e->tid;

	if (flags & CLONE_CHILD_SETTID)
		space_write(p->space, q->word[ARG_CHILD_TID], &tid, sizeof(tid));
	if (flags & CLONE_PARENT_SETTID)
		space_write(parent->space, q->word[ARG_PARENT_TID], &tid, sizeof(tid));
	if (flags & CLONE_CHILD_CLEARTID)
		p->clear_tid = q->word[ARG_CHILD_TID];
}

static s32 child_make(struct process *p, struct process *parent, const struct request *q)
{
	u64 flags = q->word[ARG_FLAGS];
	s32 error = inherit(p, parent, flags);

	if (!error)
		error = space_inherit(p, parent, flags);
	if (!error)
		error = body_create(p, parent, true);
	if (error)
		return error;
	tids_write(p, parent, q);
	family_add(flags & CLONE_PARENT ? parent->leader->parent : parent->leader, p);
	error = registers_inherit(p, q);
	if (error)
		family_remove(p);
	else
		limit_cpu_arm(p);
	return error;
}

static struct process *fork_begin(struct process *parent, const struct request *q, s32 *error)
{
	struct process *p = process_create();

	*error = p ? child_make(p, parent, q) : -EAGAIN;
	if (p && *error)
		child_undo(p);
	return p;
}

static struct process *thread_begin(struct process *from, const struct request *q, s32 *error)
{
	struct process *p = 0;

	if (threads_allow_one_more(from->leader))
		p = thread_create(from->leader);
	*error = p ? thread_make(p, from) : -EAGAIN;
	if (p && !*error) {
		tids_write(p, from, q);
		*error = registers_inherit(p, q);
	}
	if (p && *error) {
		p->clear_tid = 0;
		thread_end(p);
	}
	return p;
}

static s64 clone_do(struct request *q)
{
	struct process *from = caller(q), *p;
	u64 flags = q->word[ARG_FLAGS];
	s32 error = flags_check(from, flags);

	if (error)
		return error;
	p = flags & CLONE_THREAD ? thread_begin(from, q, &error) : fork_begin(from, q, &error);
	if (error)
		return error == -ENOMEM ? -ENOMEM : -EAGAIN;
	if (!(flags & CLONE_VFORK))
		return p->e->tid;
	from->vfork_child = p->tag;
	p->is_vfork = true;
	return wait_begin(from, WAIT_VFORK, q);
}

s64 process_clone(struct request *q, struct answer *a)
{
	(void)a;
	q->word[ARG_FLAGS] = (u32)q->word[ARG_FLAGS];
	return clone_do(q);
}

/* clone3's struct clone_args as far as there is anything of it here. */
struct clone_args {
	u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};
#define CLONE_ARGS_MAX PAGE_SIZE

#define CLONE_ARGS_LINUX 88u /* with a choice of tids and a cgroup, which are not here */

static s32 clone_args_read(const struct request *q, struct clone_args *args)
{
	static u8 bytes[CLONE_ARGS_MAX];
	u64 len = q->word[1];
	s32 error;

	if (len > CLONE_ARGS_MAX)
		return -E2BIG;
	if (len < sizeof(*args))
		return -EINVAL;
	error = argument_in(q, bytes, len);
	if (error)
		return error;
	for (u64 i = sizeof(*args); i < len; i++)
		if (bytes[i])
			return i < CLONE_ARGS_LINUX ? -EINVAL : -E2BIG;
	memcpy(args, bytes, sizeof(*args));
	if (args->flags & (CLONE_SIGNAL | CLONE_DETACHED) || args->flags >> 33
	    || args->exit_signal > SIGNALS || !args->stack != !args->stack_size)
		return -EINVAL;
	if (args->flags & (CLONE_THREAD | CLONE_PARENT) && args->exit_signal)
		return -EINVAL;
	return 0;
}

/* clone by another form of its arguments. */
s64 process_clone3(struct request *q, struct answer *a)
{
	struct clone_args args = {0};
	s32 error = clone_args_read(q, &args);

	(void)a;
	if (error)
		return error;
	q->word[ARG_FLAGS] = args.flags | args.exit_signal;
	q->word[ARG_STACK] = args.stack + args.stack_size;
	q->word[ARG_PARENT_TID] = args.parent_tid;
	q->word[ARG_TLS] = args.tls;
	q->word[ARG_CHILD_TID] = args.child_tid;
	return clone_do(q);
}

void vfork_done(struct process *child)
{
	u32 index = 0;
	struct process *p = child->parent;

	if (!child->is_vfork)
		return;
	child->is_vfork = false;
	/* With CLONE_PARENT the waiter is a sibling. */
	if (!p || p->vfork_child != child->tag)
		while ((p = process_next(&index)))
			if (p->vfork_child == child->tag)
				break;
	if (!p)
		return;
	p->vfork_child = 0;
	if (p->wait == WAIT_VFORK)
		wait_end(p, child->e->tid);
}

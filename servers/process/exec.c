/*
 * exec, until it is decided: the loader in a space of its own, beside the old image.
 *
 * No server parses a program's file.  The loader is a process of its own for memory,
 * fs and the kernel: own tag, table and thread, with the caller's credentials and
 * directories.  The old image waits in its Reply and is whole until the loader commits
 * (commit.c); whatever happens before that is an error that execve returns.
 */
#include "servers/process/process_server.h"

static slot_t root_directory = SLOT_NONE;

static struct process *idle; /* a loader that waits for the next exec */

static void loader_free(struct process *l)
{
	body_destroy(l);
	wait_forget(l);
	space_release(l->space);
	exe_release(l->exe);
	process_free(l);
}

void loader_destroy(struct process *p)
{
	struct process *l = p->loader;

	p->loader = 0;
	loader_free(l);
}

void loader_done(struct process *p, slot_t reply)
{
	struct process *l = p->loader;

	p->loader = 0;
	space_release(l->space);
	exe_release(l->exe);
	l->space = 0;
	l->exe = 0;
	wait_hold(l, WAIT_LOADER, reply);
	if (idle) {
		loader_free(l);
		return;
	}
	body_empty(l);
	loader_hide(l);
	idle = l;
}

void loader_drop(void)
{
	if (idle)
		loader_free(idle);
	idle = 0;
}

static struct process *loader_get(struct process *p)
{
	struct process *l = idle;

	if (!l)
		return loader_create(p);
	idle = 0;
	loader_show(l, p);
	return l;
}

/* Before each execve of a file with set-user-id or set-group-id, and before the next without. */
s64 native_exec_ids(struct request *q, struct answer *a)
{
	struct process *p = process_find((u32)q->word[0]);

	(void)a;
	if (caller_server(q) != SERVER_ID_FS)
		return -EPERM;
	if (!p)
		return -ESRCH;
	p->exec_ids = (struct exec_ids){0};
	if (p->e->flags & PROCESS_NO_NEW_PRIVILEGES)
		return 0;
	p->exec_ids = (struct exec_ids){.sets_user = (u32)q->word[1] != ~0u,
					.sets_group = (u32)q->word[2] != ~0u,
					.uid = (u32)q->word[1],
					.gid = (u32)q->word[2]};
	return 0;
}

/* The loader itself works with the old ones. */
static void credentials_fill(struct loader_start *l, const struct process *p)
{
	const struct process_entry *e = p->e;

	l->uid = e->uid;
	l->euid = p->exec_ids.sets_user ? p->exec_ids.uid : e->euid;
	l->gid = e->gid;
	l->egid = p->exec_ids.sets_group ? p->exec_ids.gid : e->egid;
	l->secure = l->uid != l->euid || l->gid != l->egid;
	random_fill(l->random, sizeof(l->random));
}

/* Strings and struct loader_start to the new space, then off it goes: one that waits, too, begins
 * at the first instruction, wherever a hostile file may have made it call from. */
static s32 loader_start(struct process *p, struct loader_start *l)
{
	static struct thread_registers r;
	const struct flat_header *flat = (const void *)server_at(SERVER_LOADER);
	s64 at = strings_store(p->space, l), error;

	if (at < 0)
		return (s32)at;
	memset(&r, 0, sizeof(r));
	r.pc = flat->entry;
	r.x[REG_A0] = (u64)at;
	if (p->reply == SLOT_NONE)
		return body_start(p, &r);
	error = call_data(p->thread, THREAD_WRITE, 0, &r, sizeof(r));
	if (error >= 0)
		wait_end(p, at);
	return error < 0 ? (s32)error : 0;
}

static s32 loader_make(struct process *p, struct process *l, struct loader_start *args)
{
	s32 error;

	entry_inherit(l->e, p->e);
	l->e->flags |= PROCESS_IS_LOADER;
	l->space = space_new(p->tag);
	if (!l->space)
		return -ENOMEM;
	l->e->space = l->space->id;
	error = l->thread == SLOT_NONE ? body_create(l, p, false) : body_fill(l, p);
	if (!error)
		error = cspace_add(l->cspace, 0, l->exe->slot);
	return error ? error : loader_start(l, args);
}

s64 exec_begin(struct process *p, slot_t exe, struct loader_start *args)
{
	struct exe *x = exe_new(exe);
	struct process *l = x ? loader_get(p) : 0;
	s32 error;

	if (!l) {
		exe_release(x);
		return -EAGAIN;
	}
	l->exe = x;
	p->loader = l;
	credentials_fill(args, p);
	strings_name(args, p->new_comm);
	error = loader_make(p, l, args);
	if (error)
		loader_destroy(p);
	return error;
}

/* Forwarded by fs: the words as the program gave them, and the session of the file. */
s64 process_execve(struct request *q, struct answer *a)
{
	struct process *p = caller(q);
	struct loader_start args = {0};
	s64 error = -EINVAL;

	(void)a;
	if (q->cap == SLOT_NONE)
		return -EPERM; /* not by way of fs */
	if (!p->loads_for && !p->loader)
		error = strings_gather(p->space, q->word, &args);
	if (error) {
		slot_delete(q->cap);
		return error;
	}
	error = exec_begin(p, q->cap, &args);
	return error ? error : wait_begin(p, WAIT_EXEC, q);
}

static void exec_failed(struct process *p, s64 error)
{
	if (p->wait == WAIT_EXEC)
		wait_end(p, error);
	else
		process_exit(p, LINUX_SIGKILL); /* pid 1 that never began */
}

void exec_abort(struct process *p, s64 error)
{
	loader_destroy(p);
	exec_failed(p, error);
}

s64 native_loader_fail(struct request *q, struct answer *a)
{
	struct process *l = process_find(q->tag), *p = l ? l->loads_for : 0;
	s64 error = (s32)q->word[0];

	(void)a;
	if (!p || !from_program(q))
		return -EPERM;
	loader_done(p, q->reply);
	exec_failed(p, error < 0 && error > -512 ? error : -ENOEXEC);
	return LATER; /* until the next exec */
}

/* --- Process 1 ---------------------------------------------------------------------------- */

s64 native_init_root(struct request *q, struct answer *a)
{
	(void)a;
	if (caller_server(q) != SERVER_ID_FS || q->cap == SLOT_NONE || root_directory != SLOT_NONE)
		return -EPERM;
	root_directory = q->cap;
	return 0;
}

static s32 init_slots(struct process *p)
{
	static const u32 fixed[] = {FIXED_NAME, FIXED_EVENT, FIXED_PIPE, FIXED_CWD, FIXED_ROOT};
	const slot_t own[] = {SERVER_TO + SERVER_ID_FS, SERVER_TO + SERVER_ID_EVENT,
			      SERVER_TO + SERVER_ID_PIPE, root_directory, root_directory};
	u64 word[4] = {start->routes_first};
	s32 error;

	call1(p->cspace, CSPACE_LIMIT, p->limit[LIMIT_NOFILE].soft);
	error = (s32)call_cap(p->cspace, CSPACE_ROUTES, SERVER_RAM, word);
	for (u32 i = 0; error >= 0 && i < 5; i++)
		error = cspace_put(p->cspace, SLOT_FIXED + fixed[i], own[i]);
	return error < 0 ? error : 0;
}

static s32 init_make(struct process *p)
{
	s32 error;

	limits_init(p);
	p->actions = actions_new();
	p->e->pgid = p->e->sid = p->e->pid;
	p->e->umask = 022;
	error = p->actions ? body_create(p, 0, false) : -ENOMEM;
	return error ? error : init_slots(p);
}

s64 native_init_exec(struct request *q, struct answer *a)
{
	struct loader_start args = {0};
	struct process *p;
	s64 error;

	(void)a;
	if (caller_server(q) != SERVER_ID_FS || q->cap == SLOT_NONE || processes_ever())
		return -EPERM;
	p = process_create();
	error = p ? init_make(p) : -ENOMEM;
	if (!error)
		error = strings_init_program("/sbin/init", &args);
	if (!error)
		error = exec_begin(p, q->cap, &args);
	if (error)
		server_panic("process: cannot start process 1: %ld\n", error);
	return 0;
}

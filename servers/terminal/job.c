/*
 * Job control: whose terminal this is, and who may use it now.
 *
 * The one idea: nothing that a caller says is believed.  Its tag leads to its entry
 * in the process table, and that says group, session and terminal.  A background
 * read sends SIGTTIN to the caller's group and answers ERESTARTSYS, so the restart
 * after SIGCONT checks again.
 */
#include "ipc/proto/process.h"
#include "servers/terminal/terminal_server.h"

#define OWN_NUMBER (TERM_NUMBER + 1)

static s64 process_call(s32 label, u64 a, u64 b)
{
	return call2(SERVER_TO + SERVER_ID_PROCESS, label, a, b);
}

bool job_is_controlling(u32 tag)
{
	const struct process_entry *e = caller_entry(tag);

	return e && e->terminal == OWN_NUMBER && e->sid == terminal.session;
}

s32 job_check(u32 tag, u32 signal)
{
	const struct process_entry *e = caller_entry(tag);
	u64 bit = 1ull << (signal - 1);

	if (!job_is_controlling(tag) || !terminal.foreground || e->pgid == terminal.foreground)
		return 0;
	if ((e->blocked | e->ignored) & bit)
		return signal == LINUX_SIGTTOU ? 0 : -EIO;
	if (e->orphaned_group)
		return -EIO;
	process_call(PROC_SIGNAL_GROUP, e->pgid, signal);
	return -ERESTARTSYS;
}

/* A running process of that table satisfies both ids that are not 0. */
static const struct process_entry *process_find(u32 pid, u32 group)
{
	for (u32 i = 0; i < PROCESS_MAX; i++) {
		const struct process_entry *e =
			(const void *)(server_at(SERVER_TABLE) + (u64)i * PROCESS_ENTRY_SIZE);
		bool alive = e->tag && e->state != PROCESS_FREE && e->state != PROCESS_ZOMBIE;
		if (alive && (!pid || e->pid == pid) && (!group || e->pgid == group))
			return e;
	}
	return 0;
}

/* The leader's exit is not told: it is seen when the terminal is wanted by another session. */
static bool session_is_alive(void)
{
	const struct process_entry *e = terminal.session ? process_find(terminal.session, 0) : 0;

	return e && e->sid == terminal.session;
}

s64 job_acquire(u32 tag, bool steal)
{
	const struct process_entry *e = caller_entry(tag);
	s64 error;

	if (!e || e->pid != e->sid)
		return -EPERM;
	if (job_is_controlling(tag))
		return 0;
	if (e->terminal || (session_is_alive() && !(steal && e->euid == 0)))
		return -EPERM;
	error = process_call(PROC_SET_TERMINAL, tag, OWN_NUMBER);
	if (error < 0)
		return error;
	terminal.session = e->sid;
	terminal.foreground = e->pgid;
	return 0;
}

/* An open is no place for an error: without the right to it the terminal stays as it is. */
void job_acquire_by_open(u32 tag)
{
	const struct process_entry *e = caller_entry(tag);

	if (e && e->pid == e->sid && !e->terminal)
		job_acquire(tag, false);
}

s64 job_release(u32 tag)
{
	const struct process_entry *e = caller_entry(tag);

	if (!job_is_controlling(tag))
		return -ENOTTY;
	if (e->pid == e->sid) {
		job_signal(LINUX_SIGHUP);
		job_signal(LINUX_SIGCONT);
		terminal.session = 0;
		terminal.foreground = 0;
	}
	return process_call(PROC_SET_TERMINAL, tag, 0);
}

s64 job_set_foreground(u32 tag, u32 group)
{
	const struct process_entry *e;

	if (!job_is_controlling(tag))
		return -ENOTTY;
	if (group == 0 || (s32)group < 0)
		return group ? -EINVAL : -ESRCH;
	e = process_find(0, group);
	if (!e)
		return -ESRCH;
	if (e->sid != terminal.session)
		return -EPERM;
	terminal.foreground = group;
	return 0;
}

void job_signal(u32 signal)
{
	if (terminal.foreground)
		process_call(PROC_SIGNAL_GROUP, terminal.foreground, signal);
}

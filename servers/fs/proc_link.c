/*
 * The links of /proc: self, and the program, directories and descriptors of a process.
 *
 * What a process holds is asked of the process server, which sends a copy of the session.
 */
#include "ipc/proto/process.h"
#include "servers/fs/proc.h"

static char self[12];

/* The session in that slot of the process: its server's rank, 0 if there is none. */
static u32 session_of(u32 tag, slot_t there, slot_t *session)
{
	struct message m = {.word = {tag, there},
			    .label = PROC_DESCRIPTORS,
			    .flags = MSG_RECEIVE,
			    .receive = SLOT_ANY};

	*session = SLOT_NONE;
	if (msg_call(PROCESS, &m) < 0)
		return 0;
	*session = m.receive;
	return m.word[0] == there ? (u32)m.word[2] : 0;
}

u32 proc_descriptor_next(u32 tag, u32 from)
{
	struct message m = {.word = {tag, from},
			    .label = PROC_DESCRIPTORS,
			    .flags = MSG_RECEIVE,
			    .receive = SLOT_ANY};

	if (from >= SLOT_FIXED || msg_call(PROCESS, &m) < 0)
		return SLOT_NONE;
	if (m.receive != SLOT_NONE)
		slot_delete(m.receive);
	return (u32)m.word[0];
}

/* The inode behind a session of fs itself. */
static struct inode *inode_of(slot_t session)
{
	struct message m = {.word = {session}, .label = CSPACE_IDENTIFY};
	struct open_file *f = 0;

	if (session != SLOT_NONE && msg_call(SERVER_CSPACE, &m) >= 0)
		f = open_find(m.word[2]);
	return f ? f->inode : 0;
}

static struct inode *held_inode(const struct process_entry *e, slot_t there)
{
	slot_t session;
	u32 rank = session_of(e->tag, there, &session);
	struct inode *i = rank == SERVER_ID_FS ? inode_of(session) : 0;

	if (session != SLOT_NONE)
		slot_delete(session);
	return i;
}

static struct inode *program(const struct process_entry *e)
{
	slot_t session = SLOT_NONE;
	struct inode *i = 0;

	if (call_receive(PROCESS, PROC_EXE, (const u64[4]){e->tag}, &session) >= 0)
		i = inode_of(session);
	if (session != SLOT_NONE)
		slot_delete(session);
	return i;
}

static struct inode *target_of(const struct inode *link, const struct process_entry *e)
{
	switch (link->proc) {
	case PROCFS_EXE:
		return program(e);
	case PROCFS_CWD:
		return held_inode(e, SLOT_FIXED + FIXED_CWD);
	case PROCFS_PID_ROOT:
		return held_inode(e, SLOT_FIXED + FIXED_ROOT);
	default:
		return held_inode(e, link->device);
	}
}

/* Root, or the process's own user. */
static bool may_look(const struct request *q, const struct process_entry *e)
{
	struct caller who = caller_of(q);

	return who.uid == 0 || (who.entry && who.entry->uid == e->uid && e->uid == e->suid);
}

static s32 check(const struct request *q, const struct inode *link, const struct process_entry **e)
{
	*e = proc_process_find(link->pid);
	if (!*e)
		return -ENOENT;
	return may_look(q, *e) ? 0 : -EACCES;
}

/* Threads of one process have the same descriptors; its loader has not. */
static bool shares_table(const struct request *q, const struct process_entry *e)
{
	const struct process_entry *own = caller_of(q).entry;

	return own && own->pid == e->pid && !(own->flags & PROCESS_IS_LOADER);
}

static const char *self_text(const struct request *q)
{
	const struct process_entry *e = caller_of(q).entry;

	proc_process_met(q->tag);
	format_text(self, sizeof(self), "%u", e ? e->pid : 0);
	return self;
}

s32 proc_follow(const struct request *q, struct inode *link, struct proc_target *t)
{
	const struct process_entry *e;
	s32 error;

	if (link->proc == PROCFS_SELF) {
		t->text = self_text(q);
		return 0;
	}
	error = check(q, link, &e);
	if (error)
		return error;
	t->inode = target_of(link, e);
	if (t->inode)
		return 0;
	if (link->proc != PROCFS_FD_LINK)
		return -ENOENT;
	t->descriptor = (s32)link->device;
	return shares_table(q, e) ? 0 : -ENXIO;
}

/* What Linux calls a descriptor that no path leads to. */
static s64 foreign_name(const struct process_entry *e, u32 descriptor, char *to, u64 size)
{
	static const char *const devices[] = {"/dev/console", "/dev/ttyS0", "/dev/tty"};
	struct message m = {.label = FD_NAME};
	slot_t session;
	u32 rank = session_of(e->tag, descriptor, &session);
	bool named = session != SLOT_NONE && msg_call(session, &m) >= 0;

	if (session != SLOT_NONE)
		slot_delete(session);
	if (rank == SERVER_ID_PIPE && named)
		return format_text(to, size, "pipe:[%lu]", m.word[1]);
	if (rank == SERVER_ID_TERMINAL && named && m.word[1] < 3)
		return format_text(to, size, "%s", devices[m.word[1]]);
	return rank ? format_text(to, size, "anon_inode:[eventpoll]") : -ENOENT;
}

s64 proc_readlink(const struct request *q, struct inode *link, char *to, u64 size)
{
	const struct process_entry *e;
	struct inode *i;
	s64 len;
	s32 error;

	if (link->proc == PROCFS_SELF)
		return format_text(to, size, "%s", self_text(q));
	error = check(q, link, &e);
	if (error)
		return error;
	i = target_of(link, e);
	if (!i)
		return link->proc == PROCFS_FD_LINK ? foreign_name(e, link->device, to, size)
						    : -ENOENT;
	len = path_of(i, caller_root(q), to, size);
	return len < 0 ? format_text(to, size, "/inode:[%lu] (deleted)", i->ino) : len;
}

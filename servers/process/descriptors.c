/*
 * The part of fcntl and ioctl that concerns the table of descriptors, not the file.
 *
 * The table is the caller's capability space, which this server holds; what concerns
 * the file is forwarded through the descriptor, unaltered.
 */
#include "servers/process/process_server.h"

#define F_DUPFD 0u
#define F_GETFD 1u
#define F_SETFD 2u
#define F_DUPFD_CLOEXEC 1030u
#define F_SETLK 6u
#define F_SETLKW 7u
#define FIOCLEX 0x5451u

static s32 flags_change(const struct process *p, u64 fd, u64 clear, u64 set)
{
	if (fd >= SLOT_FIXED)
		return -EBADF;
	return (s32)call3(p->cspace, CSPACE_FLAGS, fd, clear, set);
}

static s64 duplicate(const struct process *p, u64 fd, u64 lowest, bool cloexec)
{
	u64 limit = p->leader->limit[LIMIT_NOFILE].soft;
	struct message m = {.label = CSPACE_COPY};
	slot_t own;
	s32 error;

	if (lowest >= limit)
		return -EINVAL;
	own = fetch(p->cspace, (slot_t)fd);
	if (own == SLOT_NONE)
		return -EBADF;
	m.word[0] = SLOT_ANY;
	m.word[1] = own;
	m.word[2] = lowest;
	error = call_fed(p->cspace, &m);
	slot_delete(own);
	if (error < 0)
		return error == -ENOMEM ? -ENOMEM : -EMFILE;
	if (m.word[0] >= limit) {
		call2(p->cspace, CSPACE_DELETE, m.word[0], 1);
		return -EMFILE;
	}
	flags_change(p, m.word[0], SLOT_CLOEXEC, cloexec ? SLOT_CLOEXEC : 0);
	return (s64)m.word[0];
}

s64 call_fcntl(struct request *q, struct answer *a)
{
	struct process *p = caller(q);
	u64 fd = (u32)q->word[0];
	s32 flags = flags_change(p, fd, 0, 0);

	(void)a;
	if (flags < 0)
		return -EBADF;
	switch ((u32)q->word[1]) {
	case F_DUPFD:
		return duplicate(p, fd, (u32)q->word[2], false);
	case F_DUPFD_CLOEXEC:
		return duplicate(p, fd, (u32)q->word[2], true);
	case F_GETFD:
		return flags & SLOT_CLOEXEC;
	case F_SETFD:
		flags = flags_change(p, fd, SLOT_CLOEXEC, q->word[2] & SLOT_CLOEXEC);
		return flags < 0 ? flags : 0;
	case F_SETLK:
	case F_SETLKW:
		p->leader->has_locks = true;
		return reply_forward_descriptor(q, (u32)fd);
	default:
		return reply_forward_descriptor(q, (u32)fd);
	}
}

/* FIOCLEX and FIONCLEX; the route sends nothing else here. */
s64 call_ioctl(struct request *q, struct answer *a)
{
	bool set = (u32)q->word[1] == FIOCLEX;
	s32 error = flags_change(caller(q), (u32)q->word[0], SLOT_CLOEXEC, set ? SLOT_CLOEXEC : 0);

	(void)a;
	return error < 0 ? -EBADF : 0;
}

/*
 * Credentials: user and group ids as Linux lets them change, and umask.
 *
 * They live in the process table, where all servers read them.  The rules are the
 * same for users and groups, so they work on a pointer to the four ids.  As on Linux
 * the ids are each thread's own (the C library changes them in all), umask is not.
 */
#include "servers/process/process_server.h"

#define KEEP 0xffffffffu /* -1: leave it */

struct ids {
	u32 real, effective, saved, fs;
};
_Static_assert(offsetof(struct process_entry, fsuid) - offsetof(struct process_entry, uid) == 12,
	       "uid, euid, suid, fsuid");
_Static_assert(offsetof(struct process_entry, fsgid) - offsetof(struct process_entry, gid) == 12,
	       "gid, egid, sgid, fsgid");

static struct ids *users(const struct request *q)
{
	return (struct ids *)(void *)&caller(q)->e->uid;
}

static struct ids *groups(const struct request *q)
{
	return (struct ids *)(void *)&caller(q)->e->gid;
}

static bool privileged(const struct request *q)
{
	return caller(q)->e->euid == 0;
}

static bool is_one_of(const struct ids *i, u32 id)
{
	return id == i->real || id == i->effective || id == i->saved;
}

/* --- Asking ------------------------------------------------------------------------------- */

s64 call_getuid(struct request *q, struct answer *a)
{
	(void)a;
	return users(q)->real;
}

s64 call_geteuid(struct request *q, struct answer *a)
{
	(void)a;
	return users(q)->effective;
}

s64 call_getgid(struct request *q, struct answer *a)
{
	(void)a;
	return groups(q)->real;
}

s64 call_getegid(struct request *q, struct answer *a)
{
	(void)a;
	return groups(q)->effective;
}

/* Three pointers, two windows: the trusted way for all of them. */
static s64 three_out(const struct request *q, const struct ids *i)
{
	const struct space *s = caller(q)->space;
	s32 error = space_write(s, q->word[0], &i->real, sizeof(u32));

	if (!error)
		error = space_write(s, q->word[1], &i->effective, sizeof(u32));
	return error ? error : space_write(s, q->word[2], &i->saved, sizeof(u32));
}

s64 call_getresuid(struct request *q, struct answer *a)
{
	(void)a;
	return three_out(q, users(q));
}

s64 call_getresgid(struct request *q, struct answer *a)
{
	(void)a;
	return three_out(q, groups(q));
}

/* --- Changing ----------------------------------------------------------------------------- */

static s64 set_one(struct ids *i, u32 id, bool privilege)
{
	if (id == KEEP)
		return -EINVAL;
	if (privilege)
		i->real = i->saved = id;
	else if (id != i->real && id != i->saved)
		return -EPERM;
	i->effective = i->fs = id;
	return 0;
}

static s64 set_real_effective(struct ids *i, u32 real, u32 effective, bool privilege)
{
	struct ids old = *i;

	if (!privilege && real != KEEP && real != old.real && real != old.effective)
		return -EPERM;
	if (!privilege && effective != KEEP && !is_one_of(&old, effective))
		return -EPERM;
	if (real != KEEP)
		i->real = real;
	if (effective != KEEP)
		i->effective = effective;
	if (real != KEEP || (effective != KEEP && effective != old.real))
		i->saved = i->effective;
	i->fs = i->effective;
	return 0;
}

static s64 set_three(struct ids *i, const u64 word[3], bool privilege)
{
	u32 real = (u32)word[0], effective = (u32)word[1], saved = (u32)word[2];

	if (!privilege)
		for (u32 n = 0; n < 3; n++)
			if ((u32)word[n] != KEEP && !is_one_of(i, (u32)word[n]))
				return -EPERM;
	if (real != KEEP)
		i->real = real;
	if (effective != KEEP)
		i->effective = effective;
	if (saved != KEEP)
		i->saved = saved;
	i->fs = i->effective;
	return 0;
}

/* The old value, whether it changed or not. */
static s64 set_fs(struct ids *i, u32 id, bool privilege)
{
	u32 old = i->fs;

	if (id != KEEP && (privilege || is_one_of(i, id) || id == i->fs))
		i->fs = id;
	return old;
}

s64 call_setuid(struct request *q, struct answer *a)
{
	(void)a;
	return set_one(users(q), (u32)q->word[0], privileged(q));
}

s64 call_setgid(struct request *q, struct answer *a)
{
	(void)a;
	return set_one(groups(q), (u32)q->word[0], privileged(q));
}

s64 call_setreuid(struct request *q, struct answer *a)
{
	(void)a;
	return set_real_effective(users(q), (u32)q->word[0], (u32)q->word[1], privileged(q));
}

s64 call_setregid(struct request *q, struct answer *a)
{
	(void)a;
	return set_real_effective(groups(q), (u32)q->word[0], (u32)q->word[1], privileged(q));
}

s64 call_setresuid(struct request *q, struct answer *a)
{
	(void)a;
	return set_three(users(q), q->word, privileged(q));
}

s64 call_setresgid(struct request *q, struct answer *a)
{
	(void)a;
	return set_three(groups(q), q->word, privileged(q));
}

s64 call_setfsuid(struct request *q, struct answer *a)
{
	(void)a;
	return set_fs(users(q), (u32)q->word[0], privileged(q));
}

s64 call_setfsgid(struct request *q, struct answer *a)
{
	(void)a;
	return set_fs(groups(q), (u32)q->word[0], privileged(q));
}

s64 call_getgroups(struct request *q, struct answer *a)
{
	const struct process_entry *e = caller(q)->e;
	s32 room = (s32)q->word[0];

	if (room < 0)
		return -EINVAL;
	if (room == 0)
		return e->ngroups;
	if ((u32)room < e->ngroups)
		return -EINVAL;
	return answer_copy(a, e->ngroups, e->group, e->ngroups * sizeof(u32));
}

s64 call_setgroups(struct request *q, struct answer *a)
{
	struct process_entry *e = caller(q)->e;
	u32 group[PROCESS_GROUPS], n = (u32)q->word[0];
	s32 error;

	(void)a;
	if (!privileged(q))
		return -EPERM;
	if (n > PROCESS_GROUPS)
		return -EINVAL;
	error = n ? argument_in(q, group, n * sizeof(u32)) : 0;
	if (error)
		return error;
	memcpy(e->group, group, n * sizeof(u32));
	e->ngroups = n;
	return 0;
}

s64 call_umask(struct request *q, struct answer *a)
{
	struct process *leader = caller(q)->leader;
	u32 old = leader->e->umask;

	(void)a;
	leader->e->umask = q->word[0] & 0777;
	members_note(leader);
	return old;
}

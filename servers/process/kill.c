/*
 * kill and its like: who may raise what, against a process, a group, everybody or one thread.
 */
#include "servers/process/process_server.h"

static bool may_signal(const struct process *p, const struct process *target, u64 number)
{
	const struct process_entry *e = p->e, *t = target->e;

	return e->euid == 0 || e->euid == t->uid || e->euid == t->suid || e->uid == t->uid
	       || e->uid == t->suid || (number == LINUX_SIGCONT && e->sid == t->sid);
}

static s32 kill_check(const struct process *p, const struct process *target, s32 number)
{
	if (!target)
		return -ESRCH;
	if ((u32)number > SIGNALS)
		return -EINVAL;
	return may_signal(p, target, (u64)number) ? 0 : -EPERM;
}

/* The whole process of that thread. */
static s32 kill_one(const struct process *p, struct process *target, const struct signal *s)
{
	s32 error = kill_check(p, target, s->number);

	signals_self(p);
	if (!error && s->number)
		signal_send(target, s);
	return error;
}

/* pgid 0: everybody but the caller and process 1.  The caller's own turn comes last.  One's end may
 * hang up the caller's group: nobody ends before all have been signalled. */
static __attribute__((noinline)) s32 kill_many(struct process *p, u32 pgid, const struct signal *s)
{
	struct process *o;
	u32 index = 0;
	s32 result = -ESRCH;
	bool self = pgid && p->e->pgid == pgid;

	exits_hold();
	while ((o = leader_next(&index))) {
		s32 error;
		if (o == p->leader || (pgid ? o->e->pgid != pgid : o->e->pid == 1))
			continue;
		error = kill_one(p, o, s);
		if (error == 0 || result == -ESRCH)
			result = error;
	}
	if (self)
		result = kill_one(p, p, s);
	exits_end();
	return result;
}

/* The caller may be gone by now: then nobody is to be answered. */
static s64 kill_result(const struct request *q, s32 error)
{
	struct process *p = process_find(q->tag);

	if (is_alive(p))
		return signals_in_call(p, q->reply, error);
	signals_self(0);
	return LATER;
}

s64 call_kill(struct request *q, struct answer *a)
{
	struct process *p = caller(q);
	s32 pid = (s32)q->word[0];
	struct signal s = {.number = (s32)q->word[1], .code = SI_USER};

	(void)a;
	s.field[0] = SI_WHO(p->e->pid, p->e->uid);
	if (p->loads_for)
		return -EPERM;
	if ((u32)pid == p->e->pid && signal_at_once(p, (u32)s.number))
		return signal_handle(p, q->reply, &s);
	if (pid > 0)
		return kill_result(q, kill_one(p, process_by_tid((u32)pid), &s));
	if (pid == -0x7fffffff - 1)
		return -ESRCH;
	return kill_result(q, kill_many(p,
					pid == 0    ? p->e->pgid
					: pid == -1 ? 0
						    : 0 - (u32)pid,
					&s));
}

/* Raised against that thread alone.  tgid 0: whatever process it belongs to. */
static s64 kill_thread(const struct request *q, u32 tgid, u32 tid, const struct signal *s)
{
	struct process *target = process_by_tid(tid);
	s32 error;

	if (caller(q)->loads_for)
		return -EPERM;
	if (target && tgid && target->e->pid != tgid)
		return -ESRCH;
	if (target == caller(q) && signal_at_once(target, (u32)s->number))
		return signal_handle(target, q->reply, s);
	error = kill_check(caller(q), target, s->number);
	signals_self(caller(q));
	if (!error && s->number)
		signal_send_thread(target, s);
	return kill_result(q, error);
}

static struct signal tkill_signal(const struct request *q, u64 number)
{
	const struct process_entry *e = caller(q)->e;

	return (struct signal){
		.number = (s32)number, .code = SI_TKILL, .field = {SI_WHO(e->pid, e->uid)}};
}

s64 call_tgkill(struct request *q, struct answer *a)
{
	struct signal s = tkill_signal(q, q->word[2]);

	(void)a;
	if ((s32)q->word[0] <= 0 || (s32)q->word[1] <= 0)
		return -EINVAL;
	return kill_thread(q, (u32)q->word[0], (u32)q->word[1], &s);
}

s64 call_tkill(struct request *q, struct answer *a)
{
	struct signal s = tkill_signal(q, q->word[1]);

	(void)a;
	return (s32)q->word[0] <= 0 ? -EINVAL : kill_thread(q, 0, (u32)q->word[0], &s);
}

/* Nobody may tell another process that the signal comes from kill, or from the system. */
static s64 info_read(const struct request *q, u64 id, u64 number, struct signal *s)
{
	struct process *p = caller(q);
	u8 info[32];
	s32 error = argument_in(q, info, sizeof(info));

	if (error)
		return error;
	s->number = (s32)number;
	memcpy(&s->code, info + 8, sizeof(s->code));
	memcpy(s->field, info + 16, sizeof(s->field));
	if (p->loads_for)
		return -EPERM;
	if (s->code < 0 && s->code != SI_TKILL)
		return 0;
	return (u32)id == p->e->tid ? 0 : -EPERM;
}

s64 call_rt_sigqueueinfo(struct request *q, struct answer *a)
{
	struct signal s;
	s64 error = info_read(q, q->word[0], q->word[1], &s);

	(void)a;
	return error ? error
		     : kill_result(q, kill_one(caller(q), process_by_tid((u32)q->word[0]), &s));
}

s64 call_rt_tgsigqueueinfo(struct request *q, struct answer *a)
{
	struct signal s;
	s64 error = info_read(q, q->word[1], q->word[2], &s);

	(void)a;
	if ((s32)q->word[0] <= 0 || (s32)q->word[1] <= 0)
		return -EINVAL;
	return error ? error : kill_thread(q, (u32)q->word[0], (u32)q->word[1], &s);
}

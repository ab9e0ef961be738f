/*
 * Resource limits, and how many processes there may be.
 *
 * A limit that others enforce goes where they look: descriptors to the capability
 * space, address space to the memory server, file size and descriptors to the table.
 */
#include "servers/process/process_server.h"

#define INFINITE (~0ull)
#define PROCESSES 1040u    /* each may keep one Reply of this server */
#define PROCESSES_ROOT 16u /* of them for root alone */
#define DESCRIPTORS 1024u
#define DESCRIPTORS_HARD 4096u
#define PAGES_PER_PROCESS 64u /* a guess, for the default of RLIMIT_NPROC */

void limits_init(struct process *p)
{
	u64 processes = start->total_pages / PAGES_PER_PROCESS;

	for (u32 i = 0; i < LIMITS; i++)
		p->limit[i] = (struct limit){INFINITE, INFINITE};
	if (processes > PROCESSES)
		processes = PROCESSES;
	p->limit[LIMIT_NPROC] = (struct limit){processes, processes};
	p->limit[LIMIT_NOFILE] = (struct limit){DESCRIPTORS, DESCRIPTORS_HARD};
	p->limit[LIMIT_STACK].soft = STACK_BYTES;
	p->limit[LIMIT_CORE].soft = 0;
	p->limit[LIMIT_MEMLOCK] = (struct limit){0x800000, 0x800000};
	p->limit[LIMIT_SIGPENDING] = (struct limit){64, 64};
	p->limit[LIMIT_MSGQUEUE] = (struct limit){819200, 819200};
	p->limit[LIMIT_NICE] = p->limit[LIMIT_RTPRIO] = (struct limit){0, 0};
	p->e->nofile = DESCRIPTORS;
	p->e->fsize = INFINITE;
}

/* Threads count as processes do. */
bool limits_allow_process(const struct process *parent)
{
	const struct process *p;
	u32 index = 0, mine = 0;

	if (parent->e->euid == 0)
		return processes_alive() < PROCESSES;
	if (processes_alive() >= PROCESSES - PROCESSES_ROOT)
		return false;
	while ((p = process_next(&index)))
		mine += !p->loads_for && p->e->uid == parent->e->uid;
	return mine < parent->leader->limit[LIMIT_NPROC].soft;
}

/* --- Processor time: looked at when it would be used up, had p run all the while ---------- */

#define CPU_GRAIN 100u /* of a second: looked at no more often */

static u64 cpu_seconds(struct process *p)
{
	times_update(p);
	return (p->e->user_ticks + p->e->system_ticks) / start->timebase_hz;
}

/* The next look at p, if it has a limit. */
void limit_cpu_arm(struct process *p)
{
	u64 soft = p->limit[LIMIT_CPU].soft, hz = start->timebase_hz, used, left;

	deadline_cancel(&p->cpu);
	if (soft >= (NEVER >> 2) / hz)
		return;
	times_update(p);
	used = p->e->user_ticks + p->e->system_ticks;
	left = soft * hz > used ? soft * hz - used : 0;
	if (left < hz / CPU_GRAIN)
		left = hz / CPU_GRAIN;
	deadline_arm(&p->cpu, time_now() + left);
}

/* SIGXCPU comes again with every second, up to the hard limit.  p may have ended at the return. */
void limit_cpu_expired(struct process *p)
{
	struct limit *l = &p->limit[LIMIT_CPU];
	u64 used = cpu_seconds(p);
	bool over = used >= l->soft;

	if (used >= l->hard) {
		signal_raise(p, LINUX_SIGKILL, SI_KERNEL);
		return;
	}
	if (over)
		l->soft = used + 1;
	limit_cpu_arm(p);
	if (over)
		signal_raise(p, LINUX_SIGXCPU, SI_KERNEL);
}

/* --- The calls ---------------------------------------------------------------------------- */

static void limit_apply(struct process *p, u32 kind)
{
	u64 value = p->limit[kind].soft;

	if (kind == LIMIT_NOFILE) {
		p->e->nofile = value;
		call1(p->cspace, CSPACE_LIMIT, value);
		members_note(p);
	} else if (kind == LIMIT_FSIZE) {
		p->e->fsize = value;
		members_note(p);
	} else if (kind == LIMIT_CPU) {
		limit_cpu_arm(p);
	} else if (kind == LIMIT_AS || kind == LIMIT_DATA) {
		call3(SERVER_TO + SERVER_ID_MEMORY, MEM_SPACE_LIMIT, p->space->id,
		      p->limit[LIMIT_AS].soft, p->limit[LIMIT_DATA].soft);
	}
}

static s32 limit_check(const struct process *p, const struct process *target, u32 kind,
		       const struct limit *new)
{
	if (new->soft > new->hard)
		return -EINVAL;
	if (new->hard > target->limit[kind].hard && p->e->euid)
		return -EPERM;
	if (kind == LIMIT_NOFILE && new->hard > DESCRIPTORS_HARD)
		return -EPERM;
	return 0;
}

static bool may_limit(const struct process *p, const struct process *target)
{
	const struct process_entry *e = p->e, *t = target->e;

	return p->leader == target || e->euid == 0
	       || (e->uid == t->uid && e->uid == t->euid && e->uid == t->suid && e->gid == t->gid
		   && e->gid == t->egid && e->gid == t->sgid);
}

/* words: kind, address of the new limit (window 0), of the old one (window `out`). */
static s64 limit_call(const struct request *q, struct process *target, u32 kind, const u64 at[2])
{
	struct process *p = caller(q);
	struct limit new, old;
	s32 error = 0;

	if (kind >= LIMITS)
		return -EINVAL;
	if (!is_alive(target))
		return p->loads_for ? -EPERM : -ESRCH;
	if (!may_limit(p, target))
		return -EPERM;
	old = target->limit[kind];
	if (at[0])
		error = argument_in(q, &new, sizeof(new));
	if (!error && at[0])
		error = limit_check(p, target, kind, &new);
	if (!error && at[1])
		error = space_write(p->space, at[1], &old, sizeof(old));
	if (error || !at[0])
		return error;
	target->limit[kind] = new;
	limit_apply(target, kind);
	return 0;
}

s64 call_prlimit64(struct request *q, struct answer *a)
{
	u32 pid = (u32)q->word[0];
	struct process *p = pid ? process_by_tid(pid) : caller(q);

	(void)a;
	return limit_call(q, p ? p->leader : 0, (u32)q->word[1], &q->word[2]);
}

s64 call_getrlimit(struct request *q, struct answer *a)
{
	(void)a;
	return limit_call(q, caller(q)->leader, (u32)q->word[0], (const u64[2]){0, q->word[1]});
}

s64 call_setrlimit(struct request *q, struct answer *a)
{
	(void)a;
	return limit_call(q, caller(q)->leader, (u32)q->word[0], (const u64[2]){q->word[1], 0});
}

/* --- Priority: kept and told, nothing else ------------------------------------------------ */

enum { PRIO_PROCESS, PRIO_GROUP, PRIO_USER };

static bool priority_meant(const struct request *q, const struct process *p)
{
	const struct process_entry *own = caller(q)->e, *e = p->e;
	u32 id = (u32)q->word[1];

	if (!is_alive(p))
		return false;
	if (q->word[0] == PRIO_PROCESS)
		return e->tid == (id ? id : own->tid);
	if (q->word[0] == PRIO_GROUP)
		return e->pgid == (id ? id : own->pgid);
	return e->uid == (id ? id : own->uid);
}

/* 20 - nice, the highest of all that are meant. */
s64 call_getpriority(struct request *q, struct answer *a)
{
	struct process *p;
	u32 index = 0;
	s64 best = -ESRCH;

	(void)a;
	if (q->word[0] > PRIO_USER)
		return -EINVAL;
	while ((p = process_next(&index)))
		if (priority_meant(q, p) && 20 - (s32)p->e->nice > best)
			best = 20 - (s32)p->e->nice;
	return best;
}

s64 call_setpriority(struct request *q, struct answer *a)
{
	const struct process_entry *own = caller(q)->e;
	s32 nice = (s32)q->word[2];
	struct process *p;
	u32 index = 0;
	s64 result = -ESRCH;

	(void)a;
	if (q->word[0] > PRIO_USER)
		return -EINVAL;
	nice = nice < -20 ? -20 : nice > 19 ? 19 : nice;
	while ((p = process_next(&index))) {
		if (!priority_meant(q, p))
			continue;
		if (own->euid && own->euid != p->e->uid && own->euid != p->e->euid)
			result = -EPERM;
		else if (own->euid && nice < (s32)p->e->nice)
			result = -EACCES;
		else
			p->e->nice = (u32)nice;
		if (result == -ESRCH)
			result = 0;
	}
	return result;
}

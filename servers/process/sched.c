/*
 * Scheduling: policies, their priorities, and which harts.
 *
 * Real-time priorities 1 to 99 are the kernel's between programs and servers, so that
 * whoever has one runs before all ordinary threads, and never before a server.  The kernel
 * knows one policy, round robin in each priority: threads of SCHED_FIFO share their slice.
 */
#include "servers/process/process_server.h"

enum policy { SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE = 5 };
#define SCHED_DEADLINE 6u
#define REAL_TIME_MAX 99u

static bool is_real_time(u64 policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static bool is_ordinary(u64 policy)
{
	return policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE;
}

u64 sched_priority(const struct process *p)
{
	u64 above = PRIORITY_SERVER - PRIORITY_PROGRAM - 1;

	if (!p->e->rt_priority)
		return PRIORITY_PROGRAM;
	return PRIORITY_PROGRAM + (p->e->rt_priority * above + REAL_TIME_MAX - 1) / REAL_TIME_MAX;
}

/* The thread that argument 0 means, or 0. */
static struct process *target(const struct request *q)
{
	struct process *p = (u32)q->word[0] ? process_by_tid((u32)q->word[0]) : caller(q);

	return p && (!(u32)q->word[0] || is_alive(p)) ? p : 0;
}

/* --- Policies ----------------------------------------------------------------------------- */

static bool may_change(const struct process *own, const struct process *p, u32 priority)
{
	const struct process_entry *e = own->e;

	if (e->euid == 0)
		return true;
	return (e->euid == p->e->uid || e->euid == p->e->euid)
	       && (!priority || (p->e->policy && priority <= p->e->rt_priority));
}

/* Another's thread may be anywhere: it is stopped for as long as that takes. */
static s32 thread_configure(struct process *p, bool is_caller)
{
	struct message m = {
		.word = {sched_priority(p), p->tag, SLOT_NONE, SLOT_NONE, SLOT_NONE, SLOT_NONE},
		.label = THREAD_CONFIGURE};
	s32 error;

	if (p->thread == SLOT_NONE)
		return 0;
	if (!is_caller)
		call0(p->thread, THREAD_STOP);
	error = msg_call(p->thread, &m);
	if (!is_caller)
		call0(p->thread, THREAD_START);
	return error;
}

static s64 policy_set(const struct request *q, u32 policy, u32 priority)
{
	struct process *p = target(q), *own = caller(q);

	if (!p)
		return -ESRCH;
	if (is_real_time(policy) ? priority < 1 || priority > REAL_TIME_MAX
				 : !is_ordinary(policy) || priority)
		return -EINVAL;
	if (!may_change(own, p, priority))
		return -EPERM;
	p->e->policy = (u8)policy;
	p->e->rt_priority = (u8)priority;
	return thread_configure(p, p == own);
}

s64 call_sched_setscheduler(struct request *q, struct answer *a)
{
	u32 priority = 0;
	s32 error;

	(void)a;
	if ((s32)q->word[0] < 0 || !q->word[2])
		return -EINVAL;
	error = argument_in(q, &priority, sizeof(priority));
	return error ? error : policy_set(q, (u32)q->word[1], priority);
}

s64 call_sched_setparam(struct request *q, struct answer *a)
{
	const struct process *p = target(q);
	u32 priority = 0;
	s32 error;

	(void)a;
	if ((s32)q->word[0] < 0 || !q->word[1])
		return -EINVAL;
	error = argument_in(q, &priority, sizeof(priority));
	if (error)
		return error;
	return p ? policy_set(q, p->e->policy, priority) : -ESRCH;
}

s64 call_sched_getscheduler(struct request *q, struct answer *a)
{
	const struct process *p = target(q);

	(void)a;
	if ((s32)q->word[0] < 0)
		return -EINVAL;
	return p ? p->e->policy : -ESRCH;
}

s64 call_sched_getparam(struct request *q, struct answer *a)
{
	static u32 priority;
	const struct process *p = target(q);

	if ((s32)q->word[0] < 0 || !q->word[1])
		return -EINVAL;
	if (!p)
		return -ESRCH;
	priority = p->e->rt_priority;
	return answer_copy(a, 0, &priority, sizeof(priority));
}

static s64 range(u64 policy, s64 real_time)
{
	if (is_real_time(policy))
		return real_time;
	return is_ordinary(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

s64 call_sched_priority_max(struct request *q, struct answer *a)
{
	(void)a;
	return range(q->word[0], REAL_TIME_MAX);
}

s64 call_sched_priority_min(struct request *q, struct answer *a)
{
	(void)a;
	return range(q->word[0], 1);
}

s64 call_sched_rr_interval(struct request *q, struct answer *a)
{
	static struct timespec64 t;
	const struct process *p = target(q);

	if (!p)
		return -ESRCH;
	t.nanoseconds = p->e->policy == SCHED_FIFO ? 0 : 10000000;
	return answer_copy(a, 0, &t, sizeof(t));
}

/* --- Harts -------------------------------------------------------------------------------- */

s64 call_sched_getaffinity(struct request *q, struct answer *a)
{
	static u64 mask;

	if (!target(q))
		return -ESRCH;
	if (q->word[1] < sizeof(mask) || q->word[1] & 7)
		return -EINVAL;
	mask = (1ull << start->nharts) - 1;
	return answer_copy(a, sizeof(mask), &mask, sizeof(mask));
}

s64 call_sched_setaffinity(struct request *q, struct answer *a)
{
	u64 mask = 0;
	s32 error;

	(void)a;
	if (!target(q))
		return -ESRCH;
	error = argument_in(q, &mask, q->word[1] < sizeof(mask) ? q->word[1] : sizeof(mask));
	if (error)
		return error;
	return mask & ((1ull << start->nharts) - 1) ? 0 : -EINVAL;
}

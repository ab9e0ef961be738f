/*
 * Waiting for time: nanosleep, interval timers, and the times that a process took.
 */
#include "servers/lib/method.h"
#include "servers/process/process_server.h"

#define CALL_CLOCK_NANOSLEEP 115
#define TIMER_ABSTIME 1u
#define MICROSECONDS 1000000ull
#define CLOCK_TICKS 100u /* of times() in a second */
#define CLOCK_THREAD_ID 3u
#define RUSAGE_MAXRSS 4 /* their words */
#define RUSAGE_MINFLT 8

/* --- Sleep -------------------------------------------------------------------------------- */

static s64 sleep_begin(struct process *p, const struct request *q, u64 when)
{
	p->sleep_until = when;
	deadline_arm(&p->sleep, when);
	return wait_begin(p, WAIT_SLEEP, q);
}

static s64 time_argument(const struct request *q, struct timespec64 *t)
{
	s32 error = argument_in(q, t, sizeof(*t));

	if (!error && !timespec_ok(t))
		error = -EINVAL;
	return error;
}

s64 call_nanosleep(struct request *q, struct answer *a)
{
	struct timespec64 t;
	s64 error = time_argument(q, &t);

	(void)a;
	if (error)
		return error;
	return sleep_begin(caller(q), q, time_now() + timespec_ticks(&t));
}

s64 call_clock_nanosleep(struct request *q, struct answer *a)
{
	struct timespec64 t;
	u64 now = time_now(), when;
	s64 error = time_argument(q, &t);

	(void)a;
	if (error)
		return error;
	if ((u32)q->word[0] > 11 || (u32)q->word[0] == CLOCK_THREAD_ID)
		return -EINVAL;
	when = now + timespec_ticks(&t);
	if (q->word[1] & TIMER_ABSTIME)
		when = clock_deadline((u32)q->word[0], &t);
	return when <= now ? 0 : sleep_begin(caller(q), q, when);
}

/* restart_syscall: goes on with a sleep that a stop or an ignored signal interrupted. */
s64 call_restart(struct request *q, struct answer *a)
{
	struct process *p = caller(q);

	(void)a;
	if (!p->sleep_until)
		return -EINTR;
	if (p->sleep_until <= time_now())
		return 0;
	deadline_arm(&p->sleep, p->sleep_until);
	return wait_hold(p, WAIT_SLEEP, q->reply); /* wait_call stays that of the sleep */
}

/* What is left is told now: a handler may run next. */
s64 sleep_interrupted(struct process *p)
{
	bool clock = p->wait_call == CALL_CLOCK_NANOSLEEP;
	u64 left_at = p->wait_word[clock ? 3 : 1], now = time_now();
	struct timespec64 left = timespec_of(p->sleep_until > now ? p->sleep_until - now : 0);

	if (clock && p->wait_word[1] & TIMER_ABSTIME)
		return -ERESTARTNOHAND;
	if (left_at && space_write(p->space, left_at, &left, sizeof(left)) < 0)
		return -EFAULT;
	return -ERESTART_RESTARTBLOCK;
}

void sleep_expired(struct process *p)
{
	switch ((enum wait_kind)p->wait) {
	case WAIT_SLEEP:
		wait_end(p, 0);
		break;
	case WAIT_SIGNAL:
		wait_end(p, -EAGAIN);
		break;
	case WAIT_FUTEX:
		futex_forget(p);
		wait_end(p, -ETIMEDOUT);
		break;
	case WAIT_NONE:
	case WAIT_CHILD:
	case WAIT_SUSPEND:
	case WAIT_VFORK:
	case WAIT_EXEC:
	case WAIT_STOPPED:
	case WAIT_LOADER:
		break;
	}
}

/* --- ITIMER_REAL -------------------------------------------------------------------------- */

struct itimer {
	u64 interval_s, interval_us, value_s, value_us;
};

/* An interval shorter than a millisecond would leave no time for anybody else. */
void alarm_expired(struct process *p)
{
	u64 least = start->timebase_hz / 1000;

	if (p->alarm_interval)
		deadline_arm(&p->alarm,
			     time_now() + (p->alarm_interval > least ? p->alarm_interval : least));
	signal_raise(p, LINUX_SIGALRM, SI_KERNEL);
}

static void itimer_read(const struct process *p, struct itimer *i)
{
	u64 now = time_now(), ns = ticks_to_ns(p->alarm_interval);

	i->interval_s = ns / NANOSECONDS;
	i->interval_us = ns % NANOSECONDS / 1000;
	ns = !p->alarm.at ? 0 : p->alarm.when > now ? ticks_to_ns(p->alarm.when - now) : 1000;
	i->value_s = ns / NANOSECONDS;
	i->value_us = ns % NANOSECONDS / 1000;
}

s64 call_getitimer(struct request *q, struct answer *a)
{
	static struct itimer i;

	if (q->word[0] > 2)
		return -EINVAL;
	memset(&i, 0, sizeof(i));
	if (q->word[0] == 0)
		itimer_read(caller(q)->leader, &i);
	return answer_copy(a, 0, &i, sizeof(i));
}

static u64 itimer_ticks(u64 seconds, u64 us)
{
	struct timespec64 t = {(s64)seconds, (s64)(us * 1000)};

	return timespec_ticks(&t);
}

/* The timers of processor time are taken and never run out. */
s64 call_setitimer(struct request *q, struct answer *a)
{
	struct process *p = caller(q)->leader;
	struct itimer new = {0}, old = {0};
	s32 error = q->word[1] ? argument_in(q, &new, sizeof(new)) : 0;

	(void)a;
	if (error)
		return error;
	if (p->loads_for)
		return -EPERM; /* it has no actions */
	if (q->word[0] > 2 || new.interval_us >= MICROSECONDS || new.value_us >= MICROSECONDS
	    || (s64) new.interval_s < 0 || (s64) new.value_s < 0)
		return -EINVAL;
	if (q->word[0] == 0)
		itimer_read(p, &old);
	if (q->word[2])
		error = window_out_all(q->reply, 1, 0, &old, sizeof(old));
	if (error || q->word[0])
		return error;
	deadline_cancel(&p->alarm);
	p->alarm_interval = itimer_ticks(new.interval_s, new.interval_us);
	if (new.value_s || new.value_us)
		deadline_arm(&p->alarm, time_now() + itimer_ticks(new.value_s, new.value_us));
	return 0;
}

/* --- Times that were taken ---------------------------------------------------------------- */

struct times thread_times(const struct process *p)
{
	struct method_call m = {.label = THREAD_TIMES};

	if (p->thread == SLOT_NONE || method_do(p->thread, &m) < 0)
		return (struct times){0};
	return (struct times){m.word[0], m.word[1],
			      m.word[3] == THREAD_READY || m.word[3] == THREAD_RUNNING};
}

bool times_update(struct process *p)
{
	struct times all = {p->ended_user, p->ended_system, false};

	if (p->e->state == PROCESS_ZOMBIE)
		return false;
	for (struct process *m = p; m; m = p == p->leader ? m->next_member : 0) {
		struct times t = thread_times(m);
		all.user += t.user;
		all.system += t.system;
		all.runs |= t.runs;
	}
	p->e->user_ticks = all.user;
	p->e->system_ticks = all.system;
	return all.runs;
}

static u64 clock_ticks(u64 ticks)
{
	return ticks / (start->timebase_hz / CLOCK_TICKS);
}

s64 call_times(struct request *q, struct answer *a)
{
	static u64 tms[4];
	struct process *p = caller(q)->leader;

	times_update(p);
	tms[0] = clock_ticks(p->e->user_ticks);
	tms[1] = clock_ticks(p->e->system_ticks);
	tms[2] = clock_ticks(p->children_user);
	tms[3] = clock_ticks(p->children_system);
	if (!q->word[0])
		return (s64)clock_ticks(time_now());
	return answer_copy(a, (s64)clock_ticks(time_now()), tms, sizeof(tms));
}

void rusage_fill(u64 rusage[18], u64 user_ticks, u64 system_ticks)
{
	u64 user = ticks_to_ns(user_ticks), system = ticks_to_ns(system_ticks);

	memset(rusage, 0, 18 * sizeof(u64));
	rusage[0] = user / NANOSECONDS;
	rusage[1] = user % NANOSECONDS / 1000;
	rusage[2] = system / NANOSECONDS;
	rusage[3] = system % NANOSECONDS / 1000;
}

/* KiB that are resident (the most there ever was is not kept), and page faults. */
static void rusage_memory(u64 rusage[18], const struct process *p)
{
	struct message m = {.word = {p->space->id}, .label = MEM_SPACE_INFO};

	if (msg_call(SERVER_TO + SERVER_ID_MEMORY, &m) < 0)
		return;
	rusage[RUSAGE_MAXRSS] = m.word[1] << (PAGE_SHIFT - 10);
	rusage[RUSAGE_MINFLT] = m.word[5];
}

s64 call_getrusage(struct request *q, struct answer *a)
{
	static u64 rusage[18];
	struct process *p = caller(q)->leader;
	s32 who = (s32)q->word[0];
	struct times own = thread_times(caller(q));

	if (who < -1 || who > 1)
		return -EINVAL;
	times_update(p);
	if (who == -1)
		rusage_fill(rusage, p->children_user, p->children_system);
	else if (who == 1)
		rusage_fill(rusage, own.user, own.system);
	else
		rusage_fill(rusage, p->e->user_ticks, p->e->system_ticks);
	if (who != -1)
		rusage_memory(rusage, p);
	return answer_copy(a, 0, rusage, sizeof(rusage));
}

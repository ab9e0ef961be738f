/*
 * Time: clocks that can be read, and the heap of deadlines on the server's one timer.
 *
 * Everything inside is in ticks of the time counter.  The machine's clock of the day is read
 * once, at the start; without one CLOCK_REALTIME counts from the boot until root sets it.
 */
#include "servers/process/process_server.h"

#define DEADLINES (3 * PROCESS_MAX)

enum clock_id {
	CLOCK_REALTIME,
	CLOCK_MONOTONIC,
	CLOCK_PROCESS,
	CLOCK_THREAD,
	CLOCK_MONOTONIC_RAW,
	CLOCK_REALTIME_COARSE,
	CLOCK_MONOTONIC_COARSE,
	CLOCK_BOOTTIME,
	CLOCK_REALTIME_ALARM,
	CLOCK_BOOTTIME_ALARM,
	CLOCK_TAI = 11,
};

/* To be added to the time since the boot. */
static s64 *realtime(void)
{
	return process_realtime((void *)server_at(SERVER_TABLE));
}

/* A goldfish RTC tells nanoseconds since 1970: reading the low word keeps the high one. */
void clock_init(void)
{
	const volatile u32 *rtc =
		(const void *)(server_at(SERVER_DEVICE_AT) + (start->clock & PAGE_MASK));
	u64 low, high;

	if (!start->clock)
		return;
	low = rtc[0];
	high = rtc[1];
	*realtime() = (s64)(high << 32 | low) - (s64)ticks_to_ns(time_now());
}

/* --- Units -------------------------------------------------------------------------------- */

u64 ticks_to_ns(u64 ticks)
{
	u64 hz = start->timebase_hz;

	return ticks / hz * NANOSECONDS + ticks % hz * NANOSECONDS / hz;
}

u64 ns_to_ticks(u64 ns)
{
	u64 hz = start->timebase_hz;

	return ns / NANOSECONDS * hz + (ns % NANOSECONDS * hz + NANOSECONDS - 1) / NANOSECONDS;
}

bool timespec_ok(const struct timespec64 *t)
{
	return t->seconds >= 0 && t->nanoseconds >= 0 && t->nanoseconds < (s64)NANOSECONDS;
}

u64 timespec_ticks(const struct timespec64 *t)
{
	u64 hz = start->timebase_hz;

	if ((u64)t->seconds > (NEVER >> 2) / hz)
		return NEVER >> 2;
	return (u64)t->seconds * hz + ns_to_ticks((u64)t->nanoseconds);
}

struct timespec64 timespec_of(u64 ticks)
{
	u64 hz = start->timebase_hz;

	return (struct timespec64){(s64)(ticks / hz), (s64)(ticks % hz * NANOSECONDS / hz)};
}

s32 timeout_read(const struct process *p, u64 address, u64 *ticks)
{
	struct timespec64 t;
	s32 error;

	*ticks = NEVER;
	if (!address)
		return 0;
	error = space_read(p->space, address, &t, sizeof(t));
	if (!error && !timespec_ok(&t))
		error = -EINVAL;
	if (!error)
		*ticks = timespec_ticks(&t);
	return error;
}

/* --- The heap of deadlines: heap[0] is the next ------------------------------------------- */

static struct deadline *heap[DEADLINES];
static u32 count;

static void place(struct deadline *d, u32 at)
{
	heap[at] = d;
	d->at = at + 1;
}

static void sift(struct deadline *d, u32 at)
{
	while (at > 0) {
		u32 above = (at - 1) / 2;
		if (heap[above]->when <= d->when)
			break;
		place(heap[above], at);
		at = above;
	}
	for (;;) {
		u32 child = 2 * at + 1;
		if (child + 1 < count && heap[child + 1]->when < heap[child]->when)
			child++;
		if (child >= count || heap[child]->when >= d->when)
			break;
		place(heap[child], at);
		at = child;
	}
	place(d, at);
}

static void remove_from_heap(struct deadline *d)
{
	u32 at = d->at - 1;
	struct deadline *last = heap[--count];

	d->at = 0;
	if (last != d)
		sift(last, at);
}

static u64 armed = NEVER; /* what the timer is set to */

static void timer_update(void)
{
	u64 next = count ? heap[0]->when : NEVER;

	if (next != armed)
		timer_arm(next);
	armed = next;
}

void deadline_arm(struct deadline *d, u64 when)
{
	if (d->at)
		remove_from_heap(d);
	d->when = when;
	count++;
	sift(d, count - 1);
	timer_update();
}

void deadline_cancel(struct deadline *d)
{
	if (!d->at)
		return;
	remove_from_heap(d);
	timer_update();
}

void deadlines_expired(void)
{
	u64 now = time_now(); /* what is armed again comes later: the loop ends */

	armed = NEVER; /* the timer has done its work */
	while (count && heap[0]->when <= now) {
		struct deadline *d = heap[0];
		remove_from_heap(d);
		if (d->kind == DEADLINE_ALARM)
			alarm_expired(d->process);
		else if (d->kind == DEADLINE_CPU)
			limit_cpu_expired(d->process);
		else
			sleep_expired(d->process);
	}
	timer_update();
}

/* --- Clocks ------------------------------------------------------------------------------- */

/* Also true where the id is known but its time is only that of the boot. */
static bool clock_read(const struct process *p, u64 id, struct timespec64 *t)
{
	u64 ns = ticks_to_ns(time_now());
	struct times own;

	switch ((u32)id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:
		ns += (u64)*realtime();
		break;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		break;
	case CLOCK_PROCESS:
		times_update(p->leader);
		ns = ticks_to_ns(p->leader->e->user_ticks + p->leader->e->system_ticks);
		break;
	case CLOCK_THREAD:
		own = thread_times(p);
		ns = ticks_to_ns(own.user + own.system);
		break;
	default:
		return false;
	}
	*t = (struct timespec64){(s64)(ns / NANOSECONDS), (s64)(ns % NANOSECONDS)};
	return true;
}

s64 call_clock_gettime(struct request *q, struct answer *a)
{
	static struct timespec64 t;

	if (!clock_read(caller(q), q->word[0], &t))
		return -EINVAL;
	return answer_copy(a, 0, &t, sizeof(t));
}

s64 call_clock_getres(struct request *q, struct answer *a)
{
	static struct timespec64 t;

	if (!clock_read(caller(q), q->word[0], &t))
		return -EINVAL;
	t = (struct timespec64){0, 1};
	return q->word[1] ? answer_copy(a, 0, &t, sizeof(t)) : 0;
}

s64 call_clock_settime(struct request *q, struct answer *a)
{
	struct timespec64 t;
	s32 error = argument_in(q, &t, sizeof(t));

	(void)a;
	if (error)
		return error;
	if ((u32)q->word[0] != CLOCK_REALTIME || !timespec_ok(&t) || t.seconds >> 32)
		return -EINVAL;
	if (caller(q)->e->euid)
		return -EPERM;
	*realtime() = t.seconds * (s64)NANOSECONDS + t.nanoseconds - (s64)ticks_to_ns(time_now());
	return 0;
}

s64 call_gettimeofday(struct request *q, struct answer *a)
{
	static struct timespec64 t;

	clock_read(caller(q), CLOCK_REALTIME, &t);
	t.nanoseconds /= 1000;
	return q->word[0] ? answer_copy(a, 0, &t, sizeof(t)) : 0;
}

/* What is on a clock's face at absolute time `t`, in ticks of the counter. */
u64 clock_deadline(u64 id, const struct timespec64 *t)
{
	bool real = id == CLOCK_REALTIME || id == CLOCK_TAI || id == CLOCK_REALTIME_ALARM;
	s64 ahead = real ? *realtime() : 0;
	u64 ticks = timespec_ticks(t), offset = ns_to_ticks((u64)(ahead < 0 ? -ahead : ahead));

	if (ahead < 0)
		return ticks + offset;
	return ticks > offset ? ticks - offset : 0;
}

/*
 * The caller's side: its memory beyond the windows, its timeout, its signal mask.
 *
 * The event server is trusted, so while it holds the Reply it may reach what the
 * arguments point to; the kernel checks each page as it would for the caller.
 */
#include "ipc/proto/process.h"
#include "servers/event/event_server.h"
#include "servers/lib/method.h"

#define NANOSECONDS 1000000000ll
#define FETCHED 64u

/* The last page that a caller was sent back to fetch, by tag.  Such a call comes again with its
 * windows cut if the page was refused, but what is reached here is no window: the same page
 * missing twice in a row is the refusal. */
static struct {
	u32 tag;
	u64 page; /* page number + 1; 0: none */
} fetched[FETCHED];

static s32 missing(u32 tag, u64 address)
{
	u64 page = (address >> PAGE_SHIFT) + 1;
	u32 i = tag % FETCHED;
	bool again = fetched[i].tag == tag && fetched[i].page == page;

	fetched[i].tag = tag;
	fetched[i].page = again ? 0 : page;
	return again ? -EFAULT : -ERETRY;
}

static s32 caller_copy(const struct caller *c, enum method label, u64 address, void *own, u64 len)
{
	struct method_call m = {.label = label, .window = (u64)own, .len = len, .word = {address}};
	s64 n = method_do(c->reply, &m);

	if (n < 0)
		return (s32)n;
	return (u64)n == len ? 0 : missing(c->tag, address + (u64)n);
}

s32 caller_read(const struct caller *c, u64 address, void *to, u64 len)
{
	return caller_copy(c, REPLY_READ_MEMORY, address, to, len);
}

s32 caller_write(const struct caller *c, u64 address, const void *from, u64 len)
{
	return caller_copy(c, REPLY_WRITE_MEMORY, address, (void *)(u64)from, len);
}

static u64 ticks_of(const struct linux_timespec *t)
{
	u64 seconds = (u64)t->seconds;

	if (seconds > (NEVER >> 2) / timebase_hz)
		return NEVER >> 2;
	return seconds * timebase_hz + (u64)t->nanoseconds * timebase_hz / NANOSECONDS;
}

s32 deadline_from(struct poll *p, u64 address, const struct linux_timespec *there)
{
	struct linux_timespec t;
	s32 error = 0;
	u64 ticks;

	if (!address)
		return 0;
	if (there)
		t = *there;
	else
		error = caller_read(&p->caller, address, &t, sizeof(t));
	if (error < 0)
		return error;
	if (t.seconds < 0 || t.nanoseconds < 0 || t.nanoseconds >= NANOSECONDS)
		return -EINVAL;
	ticks = t.seconds || t.nanoseconds ? ticks_of(&t) : 0;
	p->time_at = ticks ? address : 0;
	p->deadline = time_now() + ticks;
	return 0;
}

void deadline_ms(struct poll *p, s32 milliseconds)
{
	if (milliseconds >= 0)
		p->deadline = time_now() + (u64)milliseconds * timebase_hz / 1000;
}

/* As Linux does it: what cannot be written is left. */
void time_left_write(struct poll *p)
{
	u64 now = time_now();
	u64 left = p->deadline > now ? p->deadline - now : 0;
	struct linux_timespec t = {.seconds = (s64)(left / timebase_hz)};

	if (!p->time_at)
		return;
	t.nanoseconds = (s64)(left % timebase_hz * NANOSECONDS / timebase_hz);
	caller_write(&p->caller, p->time_at, &t, sizeof(t));
}

/* EINTR: a signal that the new mask lets through is pending now. */
s32 mask_set(struct poll *p, u64 address, u64 size)
{
	u64 mask;
	s32 error;
	s64 pending;

	if (!address)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	error = caller_read(&p->caller, address, &mask, sizeof(mask));
	if (error < 0)
		return error;
	pending = call2(SERVER_TO + SERVER_ID_PROCESS, PROC_MASK_SET, p->caller.tag, mask);
	if (pending < 0)
		return (s32)pending;
	p->masked = true;
	return pending ? -EINTR : 0;
}

void mask_restore(struct poll *p)
{
	if (p->masked)
		call1(SERVER_TO + SERVER_ID_PROCESS, PROC_MASK_RESTORE, p->caller.tag);
	p->masked = false;
}

/*
 * futex: wait and wake on a word of memory.
 *
 * Reading the word and entering the list happen in one operation, so no wake is lost.
 * A word of a shared mapping is named by its frame, any other by space and address.
 */
#include "servers/lib/method.h"
#include "servers/process/process_server.h"

enum futex_operation {
	FUTEX_WAIT,
	FUTEX_WAKE,
	FUTEX_REQUEUE = 3,
	FUTEX_CMP_REQUEUE,
	FUTEX_WAIT_BITSET = 9,
	FUTEX_WAKE_BITSET,
};
#define FUTEX_PRIVATE 128u
#define FUTEX_REALTIME 256u
#define FUTEX_OPERATION 127u

/* wait_word while WAIT_FUTEX: key, key's space, bits; [3] stays: there is a timeout; and whether
 * that is a point in time. */
enum { KEY, KEY_SPACE, BITS, TIMEOUT, ABSOLUTE };

struct key {
	u64 at, space;
};

/* Those whose keys have the same hash, in the order in which they came. */
#define QUEUES 256u
static struct queue {
	struct process *first, **end;
} queues[QUEUES];

static bool is_shared(const struct process *p, u64 address)
{
	struct memory_region r = {0};
	struct message m = {.word = {p->space->id, address},
			    .label = MEM_SPACE_REGIONS,
			    .data = &r,
			    .data_len = sizeof(r)};

	return msg_call(SERVER_TO + SERVER_ID_MEMORY, &m) >= 0 && m.word[0] && r.start <= address
	       && r.shared;
}

static u64 frame_of(const struct process *p, u64 address)
{
	struct message m = {.word = {address & ~PAGE_MASK}, .label = ASPACE_QUERY};

	return msg_call(p->space->aspace, &m) >= 0 ? m.word[0] : FRAME_NONE;
}

/* Only what other processes may have mapped too is named by its frame: that of other memory
 * changes when it is copied on write, and whoever waits would never be found again. */
static struct key key_of(const struct process *p, u64 address, bool private)
{
	u64 frame;
	u32 value;

	if (private || !is_shared(p, address))
		return (struct key){address, p->space->id};
	frame = frame_of(p, address);
	if (frame == FRAME_NONE && space_read(p->space, address, &value, sizeof(value)) == 0)
		frame = frame_of(p, address);
	if (frame == FRAME_NONE)
		return (struct key){address, p->space->id};
	return (struct key){frame << PAGE_SHIFT | (address & PAGE_MASK), 0};
}

/* --- Who waits ---------------------------------------------------------------------------- */

static struct queue *queue_of(u64 at, u64 space)
{
	return &queues[(at >> 2 ^ at >> 12 ^ space) % QUEUES];
}

static void enter(struct process *p, struct key key)
{
	struct queue *q = queue_of(key.at, key.space);

	if (!q->first)
		q->end = &q->first;
	p->wait_word[KEY] = key.at;
	p->wait_word[KEY_SPACE] = key.space;
	p->next_futex = 0;
	p->futex_link = q->end;
	*q->end = p;
	q->end = &p->next_futex;
}

void futex_forget(struct process *p)
{
	if (!p->futex_link)
		return;
	*p->futex_link = p->next_futex;
	if (p->next_futex)
		p->next_futex->futex_link = p->futex_link;
	else
		queue_of(p->wait_word[KEY], p->wait_word[KEY_SPACE])->end = p->futex_link;
	p->futex_link = 0;
}

static bool waits_at(const struct process *p, struct key key)
{
	return p->wait_word[KEY] == key.at && p->wait_word[KEY_SPACE] == key.space;
}

/* A relative timeout would begin anew; an absolute one can be waited for again. */
void futex_interrupted(struct process *p)
{
	futex_forget(p);
	deadline_cancel(&p->sleep);
	wait_end(p, !p->wait_word[TIMEOUT]   ? -ERESTARTSYS
		    : p->wait_word[ABSOLUTE] ? -ERESTARTNOHAND
					     : -EINTR);
}

static u32 wake(struct key key, u32 bits, u32 most)
{
	struct process *p = queue_of(key.at, key.space)->first, *next;
	u32 n = 0;

	for (; p && n < most; p = next) {
		next = p->next_futex;
		if (!waits_at(p, key) || !(p->wait_word[BITS] & bits))
			continue;
		futex_forget(p);
		deadline_cancel(&p->sleep);
		wait_end(p, 0);
		n++;
	}
	return n;
}

static u32 requeue(struct key from, struct key to, u32 most)
{
	struct process *p = queue_of(from.at, from.space)->first, *next;
	bool stays = from.at == to.at && from.space == to.space;
	u32 n = 0;

	for (; p && n < most; p = next) {
		next = p->next_futex;
		if (!waits_at(p, from))
			continue;
		n++;
		if (stays)
			continue;
		futex_forget(p);
		enter(p, to);
	}
	return n;
}

/* Absolute for the bitset form, relative for the plain one. */
static s32 deadline_read(struct process *p, const struct request *q, u64 *when)
{
	bool absolute = (q->word[1] & FUTEX_OPERATION) == FUTEX_WAIT_BITSET;
	u64 ticks;
	s32 error = timeout_read(p, q->word[3], &ticks);
	struct timespec64 t;

	*when = NEVER;
	if (error || ticks == NEVER)
		return error;
	t = timespec_of(ticks);
	*when = absolute ? clock_deadline(q->word[1] & FUTEX_REALTIME ? 0 : 1, &t)
			 : time_now() + ticks;
	return 0;
}

static s32 word_read(const struct process *p, u64 address, u32 *value)
{
	struct method_call m = {.label = ASPACE_READ,
				.window = (u64)value,
				.len = sizeof(*value),
				.word = {address}};

	if (method_do(p->space->aspace, &m) == sizeof(*value))
		return 0;
	return space_read(p->space, address, value, sizeof(*value));
}

static s64 futex_wait(struct request *q, u32 bits, bool private)
{
	struct process *p = caller(q);
	u64 when = NEVER;
	struct key key;
	u32 value;
	s32 error = q->word[3] ? deadline_read(p, q, &when) : 0;

	if (!error)
		error = word_read(p, q->word[0], &value);
	if (error)
		return error;
	if (value != (u32)q->word[2])
		return -EAGAIN;
	key = key_of(p, q->word[0], private);
	wait_begin(p, WAIT_FUTEX, q);
	p->wait_word[BITS] = bits;
	p->wait_word[ABSOLUTE] = (q->word[1] & FUTEX_OPERATION) == FUTEX_WAIT_BITSET;
	enter(p, key);
	if (when != NEVER)
		deadline_arm(&p->sleep, when);
	return LATER;
}

static s64 futex_requeue(struct request *q, bool compare, bool private)
{
	struct process *p = caller(q);
	struct key from = key_of(p, q->word[0], private), to = key_of(p, q->word[4], private);
	u32 value, woken;
	s32 error = word_read(p, q->word[0], &value);

	if (error)
		return error;
	if (compare && value != (u32)q->word[5])
		return -EAGAIN;
	woken = wake(from, ~0u, (u32)q->word[2]);
	return woken + requeue(from, to, (u32)q->word[3]);
}

s64 call_futex(struct request *q, struct answer *a)
{
	struct process *p = caller(q);
	bool private = q->word[1] & FUTEX_PRIVATE;
	u32 bits = (u32)q->word[5];

	(void)a;
	if (q->word[0] & 3)
		return -EINVAL;
	switch (q->word[1] & FUTEX_OPERATION) {
	case FUTEX_WAIT:
		return futex_wait(q, ~0u, private);
	case FUTEX_WAIT_BITSET:
		return bits ? futex_wait(q, bits, private) : -(s64)EINVAL;
	case FUTEX_WAKE:
		return wake(key_of(p, q->word[0], private), ~0u, (u32)q->word[2]);
	case FUTEX_WAKE_BITSET:
		return bits ? (s64)wake(key_of(p, q->word[0], private), bits, (u32)q->word[2])
			    : -(s64)EINVAL;
	case FUTEX_REQUEUE:
		return futex_requeue(q, false, private);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(q, true, private);
	default:
		return -ENOSYS;
	}
}

/* --- Robust lists: words whose owner ends while it holds them ----------------------------- */

#define ROBUST_MAX 2048u /* entries: a list in a circle ends here */
#define WORD_WAITERS 0x80000000u
#define WORD_DIED 0x40000000u
#define WORD_OWNER 0x3fffffffu
#define ENTRY_PI 1ull /* in a pointer to an entry */

struct robust_head {
	u64 next, offset, pending;
};

/* One that waits for it, whether it has said that the word is private or not. */
static void wake_one(const struct process *p, u64 address)
{
	struct key shared = key_of(p, address, false), own = key_of(p, address, true);

	wake(shared, ~0u, 1);
	if (shared.space != own.space)
		wake(own, ~0u, 1);
}

/* The word's next owner finds WORD_DIED; one that waits for it goes on. */
static void word_abandon(struct process *p, u64 address)
{
	u32 value;

	if (address & 3 || space_read(p->space, address, &value, sizeof(value)) < 0
	    || (value & WORD_OWNER) != p->e->tid)
		return;
	value = (value & WORD_WAITERS) | WORD_DIED;
	if (space_write(p->space, address, &value, sizeof(value)) < 0 || !(value & WORD_WAITERS))
		return;
	wake_one(p, address);
}

/* p ends or gets another program; its memory is there.  A list ends where it is bad. */
void futex_abandon_all(struct process *p)
{
	struct robust_head head;
	u64 at = p->robust_list, entry;

	p->robust_list = 0;
	if (!at || !p->space || space_read(p->space, at, &head, sizeof(head)) < 0)
		return;
	entry = head.next & ~ENTRY_PI;
	for (u32 i = 0; entry != at && i < ROBUST_MAX; i++) {
		u64 word = entry + head.offset;
		if (space_read(p->space, entry, &entry, sizeof(entry)) < 0)
			entry = at;
		entry &= ~ENTRY_PI;
		word_abandon(p, word);
	}
	if (head.pending)
		word_abandon(p, (head.pending & ~ENTRY_PI) + head.offset);
}

/* CLONE_CHILD_CLEARTID: the word becomes 0 and one waiter goes on. */
void futex_wake_word(struct process *p, u64 address)
{
	u32 zero = 0;

	if (space_write(p->space, address, &zero, sizeof(zero)) < 0)
		return;
	wake_one(p, address);
}

/*
 * Who there is: the process table, pids, and the family tree.
 *
 * The table that servers read is at SERVER_TABLE; what only this server needs lies
 * beside it in struct process.  A tag is index | generation << 16; generations stay
 * below 0x4000, so that no tag looks like a server's badge.
 */
#include "servers/process/process_server.h"

#define GENERATIONS 0x3fffu
#define PIDS 32768u
#define PID_HASH 256u

static struct slab slab = {.size = (sizeof(struct process) + 7) & ~7u};
struct process *process[PROCESS_MAX];
static u16 generation[PROCESS_MAX];
static struct process *by_tid[PID_HASH];
static u32 high;     /* no entry at or above it is used */
static u32 low;      /* every entry below it is used */
static u32 last_pid; /* given out */
static u32 gap_end;  /* numbers behind last_pid and below this are free */
static u32 alive, ever;

static struct process_entry *entry_at(u32 index)
{
	return (void *)(server_at(SERVER_TABLE) + (u64)index * PROCESS_ENTRY_SIZE);
}

void table_init(void)
{
	memset((void *)server_at(SERVER_TABLE), 0, PROCESS_TABLE_PAGES * PAGE_SIZE);
}

static u32 index_take(void)
{
	u32 i = low;

	while (i < PROCESS_MAX && process[i])
		i++;
	low = i;
	if (i >= high && i < PROCESS_MAX)
		high = i + 1;
	return i;
}

static void number_note(u64 used[PIDS / 64], u32 number)
{
	if (number < PIDS)
		used[number / 64] |= 1ull << number % 64;
}

/* The first number from `from` on that is no pid, tid, group or session, and how far that holds. */
static void gap_find(u32 from)
{
	static u64 used[PIDS / 64];

	memset(used, 0, sizeof(used));
	for (u32 i = 0; i < high; i++) {
		const struct process_entry *e = entry_at(i);
		if (!e->tag)
			continue;
		number_note(used, e->pid);
		number_note(used, e->tid);
		number_note(used, e->pgid);
		number_note(used, e->sid);
	}
	while (from < PIDS && used[from / 64] >> from % 64 & 1)
		from++;
	last_pid = from - 1;
	while (from < PIDS && !(used[from / 64] >> from % 64 & 1))
		from++;
	gap_end = from;
}

/* Numbers come into use only here, so those of a gap stay free until they are given out. */
static u32 pid_take(void)
{
	if (last_pid + 1 >= gap_end)
		gap_find(gap_end < PIDS && gap_end ? gap_end : 1);
	if (last_pid + 1 >= gap_end)
		gap_find(2);
	return ++last_pid;
}

static void tid_enter(struct process *p)
{
	struct process **at = &by_tid[p->e->tid % PID_HASH];

	p->next_tid = *at;
	*at = p;
	ever++;
}

static void tid_leave(struct process *p)
{
	struct process **at = &by_tid[p->e->tid % PID_HASH];

	while (*at && *at != p)
		at = &(*at)->next_tid;
	if (*at)
		*at = p->next_tid;
}

/* Without a leader it leads itself; tid 0: a new one. */
static struct process *create(struct process *leader, u32 tid)
{
	u32 i = replies_free() ? index_take() : PROCESS_MAX; /* it may wait, too */
	struct process *p = i < PROCESS_MAX ? slab_alloc(&slab) : 0;

	if (!p)
		return 0;
	generation[i] = generation[i] < GENERATIONS ? (u16)(generation[i] + 1) : 1;
	process[i] = p;
	p->e = entry_at(i);
	p->tag = i | (u32)generation[i] << 16;
	p->leader = leader ? leader : p;
	p->reply = p->thread = p->cspace = SLOT_NONE;
	p->sleep.process = p->alarm.process = p->cpu.process = p;
	p->alarm.kind = DEADLINE_ALARM;
	p->cpu.kind = DEADLINE_CPU;
	p->own.mask = &p->e->pending;
	p->shared.mask = &p->e->shared_pending;
	memset(p->e, 0, sizeof(*p->e));
	p->e->tid = tid ? tid : pid_take();
	p->e->pid = leader ? leader->e->pid : p->e->tid;
	p->e->threads = 1;
	p->e->start_ticks = time_now();
	p->e->state = PROCESS_RUNNING;
	p->e->tag = p->tag;
	alive++;
	return p;
}

static struct process *create_numbered(struct process *leader)
{
	struct process *p = create(leader, 0);

	if (p)
		tid_enter(p);
	return p;
}

struct process *process_create(void)
{
	return create_numbered(0);
}

struct process *thread_create(struct process *leader)
{
	return create_numbered(leader);
}

/* It has the pid of the process that it works for, and no place of its own. */
struct process *loader_create(struct process *p)
{
	struct process *l = create(0, p->e->pid);

	if (l)
		l->loads_for = p;
	return l;
}

void loader_hide(struct process *l)
{
	l->loads_for = l;
	l->e->tag = 0;
	l->e->state = PROCESS_FREE;
	alive--;
}

void loader_show(struct process *l, struct process *p)
{
	l->loads_for = p;
	l->clear_tid = l->robust_list = 0;
	l->e->pid = l->e->tid = p->e->pid;
	l->e->state = PROCESS_RUNNING;
	l->e->tag = l->tag;
	alive++;
}

void process_free(struct process *p)
{
	u32 i = TAG_INDEX(p->tag);

	if (!p->loads_for)
		tid_leave(p);
	alive -= p->e->tag != 0;
	p->e->tag = 0;
	p->e->state = PROCESS_FREE;
	process[i] = 0;
	if (i < low)
		low = i;
	while (high > 0 && !process[high - 1])
		high--;
	slab_free(&slab, p);
}

struct process *process_by_tid(u32 tid)
{
	struct process *p = by_tid[tid % PID_HASH];

	while (p && p->e->tid != tid)
		p = p->next_tid;
	return p;
}

struct process *process_next(u32 *index)
{
	while (*index < high)
		if (process[(*index)++])
			return process[*index - 1];
	return 0;
}

struct process *leader_next(u32 *index)
{
	struct process *p;

	while ((p = process_next(index)))
		if (p->leader == p && !p->loads_for)
			return p;
	return 0;
}

void caller_panic(const struct request *q)
{
	server_panic("process: call %d of nobody, tag %x\n", q->label, q->tag);
}

struct process *process_init(void)
{
	return process_by_tid(1);
}

u32 processes_alive(void)
{
	return alive;
}

u32 processes_ever(void)
{
	return ever;
}

/* --- Family ------------------------------------------------------------------------------- */

/* At the end: wait4 tells of children in the order of their births. */
void family_add(struct process *parent, struct process *p)
{
	p->elder = parent->last_child;
	if (p->elder)
		p->elder->sibling = p;
	else
		parent->child = p;
	parent->last_child = p;
	p->parent = parent;
	p->sibling = 0;
	p->e->ppid = parent->e->pid;
	members_note(p);
}

void family_remove(struct process *p)
{
	if (!p->parent)
		return;
	if (p->elder)
		p->elder->sibling = p->sibling;
	else
		p->parent->child = p->sibling;
	if (p->sibling)
		p->sibling->elder = p->elder;
	else
		p->parent->last_child = p->elder;
	p->parent = p->sibling = p->elder = 0;
}

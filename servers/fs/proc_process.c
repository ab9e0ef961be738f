/*
 * What /proc says of one process, as proc(5) lays it out.
 */
#include "ipc/proto/memory.h"
#include "ipc/proto/process.h"
#include "servers/fs/proc.h"

#define HUNDREDTHS 100u
#define KIB_PER_PAGE (PAGE_SIZE / 1024)
#define REGIONS 64u
#define FINDS 1024u

/* --- Who there is --------------------------------------------------------------------- */

static const struct process_entry *entry_at(u32 index)
{
	const u8 *table = (const void *)server_at(SERVER_TABLE);
	const struct process_entry *e = (const void *)(table + (u64)index * PROCESS_ENTRY_SIZE);
	bool is_told = e->tag && e->state != PROCESS_FREE;

	return is_told && !(e->flags & PROCESS_IS_LOADER) ? e : 0;
}

const struct process_entry *proc_process_next(u32 *index)
{
	for (; *index < PROCESS_MAX; ++*index) {
		const struct process_entry *e = entry_at(*index);
		if (e && e->pid == e->tid)
			return e;
	}
	return 0;
}

const struct process_entry *proc_thread_next(u32 pid, u32 *index)
{
	for (; *index < PROCESS_MAX; ++*index) {
		const struct process_entry *e = entry_at(*index);
		if (e && e->pid == pid)
			return e;
	}
	return 0;
}

static u16 found[FINDS]; /* where it was found last it is as long as it lives */

void proc_process_met(u32 tag)
{
	const struct process_entry *e = caller_entry(tag);

	if (e)
		found[e->tid % FINDS] = (u16)TAG_INDEX(tag);
}

const struct process_entry *proc_process_find(u32 tid)
{
	u16 *last = &found[tid % FINDS];
	const struct process_entry *e = entry_at(*last);

	if (e && e->tid == tid)
		return e;
	for (u32 index = 0; index < PROCESS_MAX; index++) {
		e = entry_at(index);
		if (!e || e->tid != tid)
			continue;
		*last = (u16)index;
		return e;
	}
	return 0;
}

/* --- Texts ----------------------------------------------------------------------------- */

static struct message space_info(const struct process_entry *e)
{
	struct message m = {.word = {e->space}, .label = MEM_SPACE_INFO};

	if (e->state == PROCESS_ZOMBIE || msg_call(MEMORY, &m) < 0)
		memset(m.word, 0, sizeof(m.word));
	return m;
}

/* Word 0: 1 if it wants the processor; 1, 2: ticks of its children.  Its own come to its entry. */
static struct message times_info(const struct process_entry *e)
{
	struct message m = {.word = {e->tag}, .label = PROC_TIMES};

	if (msg_call(PROCESS, &m) < 0)
		memset(m.word, 0, sizeof(m.word));
	return m;
}

static char state_of(const struct text *t, const struct process_entry *e, bool runs)
{
	if (e->state == PROCESS_ZOMBIE || e->flags & PROCESS_LEADER_ENDED)
		return 'Z';
	if (e->state == PROCESS_STOPPED)
		return 'T';
	return runs || e->tag == t->reader ? 'R' : 'S'; /* the reader waits here, but works */
}

/* Of the process that the thread belongs to; a zombie is told as one. */
static u32 threads_of(const struct process_entry *e)
{
	const struct process_entry *leader = proc_process_find(e->pid);

	return leader && leader->threads ? leader->threads : 1;
}

static void text_stat(struct text *t, const struct process_entry *e)
{
	struct message m = space_info(e), times = times_info(e);
	u64 hundredth = start_info->timebase_hz / HUNDREDTHS;

	text_add(t, "%u (%s) %c %u %u %u %u %d 0 ", e->tid, e->comm, state_of(t, e, times.word[0]),
		 e->ppid, e->pgid, e->sid, e->terminal ? 4u << 8 | 64u : 0u, -1);
	text_add(t, "%lu 0 0 0 %lu %lu %lu %lu ", m.word[5], e->user_ticks / hundredth,
		 e->system_ticks / hundredth, times.word[1] / hundredth, times.word[2] / hundredth);
	text_add(t, "%d %d %u 0 ", 20 + (s32)e->nice, (s32)e->nice, threads_of(e));
	text_add(t, "%lu %lu %lu 18446744073709551615 ", e->start_ticks / hundredth, m.word[0],
		 m.word[1]);
	text_add(t, "0 0 0 0 0 %lu %lu %lu %lu 0 0 0 17 0 0 0 0 0 0 0 0 0 %lu %lu %lu %lu 0\n",
		 e->pending & 0x7fffffff, e->blocked & 0x7fffffff, e->ignored & 0x7fffffff,
		 e->caught & 0x7fffffff, e->arg_start, e->arg_end, e->env_start, e->env_end);
}

static void text_statm(struct text *t, const struct process_entry *e)
{
	struct message m = space_info(e);

	text_add(t, "%lu %lu %lu 0 0 %lu 0\n", m.word[0] >> PAGE_SHIFT, m.word[1], m.word[4],
		 (m.word[2] + m.word[3]) >> PAGE_SHIFT);
}

static void add_ids(struct text *t, const struct process_entry *e)
{
	text_add(t, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", e->uid, e->euid, e->suid,
		 e->fsuid, e->gid, e->egid, e->sgid, e->fsgid);
	text_add(t, "FDSize:\t64\nGroups:\t");
	for (u32 i = 0; i < e->ngroups && i < PROCESS_GROUPS; i++)
		text_add(t, "%u ", e->group[i]);
	text_add(t, "\n");
}

static void add_memory(struct text *t, const struct process_entry *e)
{
	struct message m = space_info(e);

	if (e->state == PROCESS_ZOMBIE)
		return;
	text_add(t, "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\n", m.word[0] >> 10, m.word[0] >> 10);
	text_add(t, "VmHWM:\t%8lu kB\nVmRSS:\t%8lu kB\n", m.word[1] * KIB_PER_PAGE,
		 m.word[1] * KIB_PER_PAGE);
	text_add(t, "VmData:\t%8lu kB\nVmStk:\t%8lu kB\n", m.word[3] >> 10, m.word[2] >> 10);
}

static void text_status(struct text *t, const struct process_entry *e)
{
	char state = state_of(t, e, times_info(e).word[0]);

	text_add(t, "Name:\t%s\nUmask:\t%c%c%c%c\nState:\t%c (%s)\n", e->comm, '0',
		 '0' + (int)(e->umask >> 6 & 7), '0' + (int)(e->umask >> 3 & 7),
		 '0' + (int)(e->umask & 7), state,
		 state == 'R'   ? "running"
		 : state == 'S' ? "sleeping"
		 : state == 'T' ? "stopped"
				: "zombie");
	text_add(t, "Tgid:\t%u\nNgid:\t0\nPid:\t%u\nPPid:\t%u\nTracerPid:\t0\n", e->pid, e->tid,
		 e->ppid);
	add_ids(t, e);
	add_memory(t, e);
	text_add(t, "Threads:\t%u\nSigQ:\t0/1024\nSigPnd:\t%016lx\nShdPnd:\t%016lx\n",
		 threads_of(e), e->pending, e->shared_pending);
	text_add(t, "SigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n", e->blocked, e->ignored,
		 e->caught);
}

static void add_arguments(struct text *t, const struct process_entry *e, u32 which)
{
	u64 at = 0;
	s64 n = 1;

	while (n > 0 && t->at < t->end) {
		u64 room = (u64)(t->end - t->at);
		n = call_data(PROCESS, PROC_ARGUMENTS, (const u64[4]){e->tag, at, which}, t->at,
			      room < PAGE_SIZE ? room : PAGE_SIZE);
		if (n > 0) {
			at += (u64)n;
			t->at += n;
		}
	}
}

static void text_cmdline(struct text *t, const struct process_entry *e)
{
	add_arguments(t, e, 0);
}

static void text_environ(struct text *t, const struct process_entry *e)
{
	add_arguments(t, e, 1);
}

static void text_comm(struct text *t, const struct process_entry *e)
{
	text_add(t, "%s\n", e->comm);
}

/* --- maps ------------------------------------------------------------------------------- */

static void add_file_name(struct text *t, u64 ino)
{
	static char path[PATH_BYTES];
	const struct inode *i = inode_find(ino);

	if (i && path_of(i, fs_root, path, sizeof(path)) > 0)
		text_add(t, "%s", path);
	else
		text_add(t, "(deleted)");
}

static void add_region(struct text *t, const struct memory_region *r)
{
	u32 rights = r->rights;

	text_add(t, "%08lx-%08lx %c%c%c%c %08lx %s %lu ", r->start, r->end,
		 rights & ACCESS_READ ? 'r' : '-', rights & ACCESS_WRITE ? 'w' : '-',
		 rights & ACCESS_EXEC ? 'x' : '-', r->shared ? 's' : 'p', r->offset,
		 r->cookie ? "00:02" : "00:00", r->cookie);
	if (r->cookie)
		add_file_name(t, r->cookie);
	else if (r->kind == REGION_HEAP)
		text_add(t, "[heap]");
	else if (r->kind == REGION_STACK)
		text_add(t, "[stack]");
	text_add(t, "\n");
}

static void text_maps(struct text *t, const struct process_entry *e)
{
	static struct memory_region regions[REGIONS];
	u64 at = 0;

	if (e->state == PROCESS_ZOMBIE)
		return;
	do {
		struct message m = {.word = {e->space, at},
				    .label = MEM_SPACE_REGIONS,
				    .data = regions,
				    .data_len = sizeof(regions)};
		if (msg_call(MEMORY, &m) < 0)
			return;
		for (u64 i = 0; i < m.word[0] && i < REGIONS; i++)
			add_region(t, &regions[i]);
		at = m.word[1];
	} while (at);
}

static void text_mounts(struct text *t, const struct process_entry *e)
{
	(void)e;
	text_add(t, "rootfs / tmpfs rw 0 0\nproc /proc proc rw 0 0\n");
}

const struct proc_file proc_process[] = {
	{"cmdline", S_IFREG | 0444, PROCFS_PID_TEXT, text_cmdline},
	{"comm", S_IFREG | 0444, PROCFS_PID_TEXT, text_comm},
	{"cwd", S_IFLNK | 0777, PROCFS_CWD, 0},
	{"environ", S_IFREG | 0400, PROCFS_PID_TEXT, text_environ},
	{"exe", S_IFLNK | 0777, PROCFS_EXE, 0},
	{"fd", S_IFDIR | 0500, PROCFS_FD, 0},
	{"maps", S_IFREG | 0444, PROCFS_PID_TEXT, text_maps},
	{"mounts", S_IFREG | 0444, PROCFS_PID_TEXT, text_mounts},
	{"root", S_IFLNK | 0777, PROCFS_PID_ROOT, 0},
	{"stat", S_IFREG | 0444, PROCFS_PID_TEXT, text_stat},
	{"statm", S_IFREG | 0444, PROCFS_PID_TEXT, text_statm},
	{"status", S_IFREG | 0444, PROCFS_PID_TEXT, text_status},
	{"task", S_IFDIR | 0555, PROCFS_TASK, 0},
	{0},
};

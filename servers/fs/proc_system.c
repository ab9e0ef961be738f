/*
 * What /proc says of the whole system, as proc(5) lays it out.
 */
#include "ipc/proto/memory.h"
#include "ipc/proto/pipe.h"
#include "ipc/proto/process.h"
#include "servers/fs/proc.h"

#define KIB_PER_PAGE (PAGE_SIZE / 1024)
#define HUNDREDTHS 100u

static struct message ask(slot_t server, s32 label)
{
	struct message m = {.label = label};

	if (msg_call(server, &m) < 0)
		memset(m.word, 0, sizeof(m.word));
	return m;
}

static void text_meminfo(struct text *t, const struct process_entry *e)
{
	struct message m = ask(MEMORY, MEM_STATS);
	u64 total = m.word[0] * KIB_PER_PAGE, free = m.word[1] * KIB_PER_PAGE;

	(void)e;
	text_add(t, "MemTotal:       %8lu kB\nMemFree:        %8lu kB\n", total, free);
	text_add(t, "MemAvailable:   %8lu kB\nBuffers:        %8u kB\n", free, 0u);
	text_add(t, "Cached:         %8lu kB\nSwapCached:     %8u kB\n", m.word[2] * KIB_PER_PAGE,
		 0u);
	text_add(t, "SwapTotal:      %8u kB\nSwapFree:       %8u kB\n", 0u, 0u);
	text_add(t, "AnonPages:      %8lu kB\nShmem:          %8lu kB\nSlab:           %8lu kB\n",
		 m.word[3] * KIB_PER_PAGE, m.word[2] * KIB_PER_PAGE, m.word[4] * KIB_PER_PAGE);
}

/* Seconds since the boot with two digits behind the point. */
static void add_seconds(struct text *t, u64 ticks)
{
	u64 hundredths = ticks / (start_info->timebase_hz / HUNDREDTHS);

	text_add(t, "%lu.%02lu", hundredths / HUNDREDTHS, hundredths % HUNDREDTHS);
}

static u64 busy_ticks(void)
{
	struct message m = ask(PROCESS, PROC_TIMES); /* word 0 is 0: of all that there ever were */

	return m.word[1] + m.word[2];
}

static void text_uptime(struct text *t, const struct process_entry *e)
{
	u64 now = time_now(), busy = busy_ticks();

	(void)e;
	add_seconds(t, now);
	text_add(t, " ");
	add_seconds(t, now > busy ? now - busy : 0);
	text_add(t, "\n");
}

static void text_version(struct text *t, const struct process_entry *e)
{
	(void)e;
	text_add(t, "Linux version 6.12.0-missive (missive) #1 SMP Missive\n");
}

static void text_stat(struct text *t, const struct process_entry *e)
{
	struct message m = ask(PROCESS, PROC_STATS);
	u64 hundredth = start_info->timebase_hz / HUNDREDTHS;
	u64 now = time_now() / hundredth, busy = busy_ticks() / hundredth;

	(void)e;
	for (u32 i = 0; i < 2; i++)
		text_add(t, "cpu%s %lu 0 0 %lu 0 0 0 0 0 0\n", i ? "0" : " ", busy,
			 now > busy ? now - busy : 0);
	text_add(t, "intr 0\nctxt 0\nbtime %ld\nprocesses %lu\n",
		 (s64)(*process_realtime((void *)server_at(SERVER_TABLE)) / NANOSECONDS),
		 m.word[1]);
	text_add(t, "procs_running %lu\nprocs_blocked 0\n", m.word[2]);
}

static void text_loadavg(struct text *t, const struct process_entry *e)
{
	struct message m = ask(PROCESS, PROC_STATS);

	(void)e;
	for (u32 i = 0; i < LOADS; i++) {
		u64 load = m.word[3] >> (i * LOAD_BITS) & ((1u << LOAD_BITS) - 1);
		load += (1u << LOAD_SHIFT) / 200; /* rounded */
		text_add(t, "%lu.%02lu ", load >> LOAD_SHIFT,
			 (load & ((1u << LOAD_SHIFT) - 1)) * 100 >> LOAD_SHIFT);
	}
	text_add(t, "%lu/%lu %lu\n", m.word[2], m.word[0], m.word[1]);
}

static void text_cpuinfo(struct text *t, const struct process_entry *e)
{
	(void)e;
	for (u64 i = 0; i < start_info->nharts; i++)
		text_add(t,
			 "processor\t: %lu\nhart\t\t: %lu\nisa\t\t: rv64imafdc\nmmu\t\t: sv39\n\n",
			 i, i);
}

static void text_mounts(struct text *t, const struct process_entry *e)
{
	(void)e;
	text_add(t, "missive / tmpfs rw 0 0\nproc /proc proc rw 0 0\n");
}

static void text_filesystems(struct text *t, const struct process_entry *e)
{
	(void)e;
	text_add(t, "nodev\ttmpfs\nnodev\tproc\n");
}

/*
 * What the system uses, to find leaks.  frames: free, or kept for what comes next by the
 * servers' heaps and pools (`cached` are those, with its Replies and slots);
 * objects: of the heaps of process, pipe and fs that are in use.  Of the used frames: files
 * (and pipes), spaces, pools.
 */
static void text_missive(struct text *t, const struct process_entry *e)
{
	struct message memory, process, pipe, pool;
	u64 used, free;

	(void)e;
	inodes_sweep_all();
	memory = ask(MEMORY, MEM_STATS);
	pool = ask(SERVER_POOL, POOL_STATS);
	process = ask(PROCESS, PROC_STATS);
	pipe = ask(PIPE, PIPE_STATS);
	used = memory.word[2] + memory.word[3] + memory.word[4];
	free = memory.word[0] - used + process.word[5] + pipe.word[3] + pages_kept();
	text_add(t, "frames %lu\nthreads %lu\nendpoints %lu\nsessions %lu\n", free, pool.word[2],
		 pool.word[3], pool.word[4]);
	text_add(t, "objects %lu\ncached %lu\n", process.word[4] + pipe.word[2] + slabs_live(),
		 free - memory.word[1]);
	text_add(t, "files %lu\nspaces %lu\npools %lu\n", memory.word[2], memory.word[3],
		 memory.word[4]);
}

const struct proc_file proc_system[] = {
	{"cpuinfo", S_IFREG | 0444, PROCFS_TEXT, text_cpuinfo},
	{"filesystems", S_IFREG | 0444, PROCFS_TEXT, text_filesystems},
	{"loadavg", S_IFREG | 0444, PROCFS_TEXT, text_loadavg},
	{"meminfo", S_IFREG | 0444, PROCFS_TEXT, text_meminfo},
	{"missive", S_IFREG | 0644, PROCFS_MISSIVE, text_missive},
	{"mounts", S_IFREG | 0444, PROCFS_TEXT, text_mounts},
	{"self", S_IFLNK | 0777, PROCFS_SELF, 0},
	{"stat", S_IFREG | 0444, PROCFS_TEXT, text_stat},
	{"uptime", S_IFREG | 0444, PROCFS_TEXT, text_uptime},
	{"version", S_IFREG | 0444, PROCFS_TEXT, text_version},
	{0},
};

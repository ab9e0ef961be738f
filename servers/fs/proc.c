/*
 * The tree of /proc: its names, its listings, and reading what the texts say.
 */
#include "servers/fs/proc.h"

#define POSITION_FIRST 2u     /* behind "." and ".." */
#define POSITION_PIDS 0x1000u /* processes follow the system's own files; threads */

static struct inode *proc_root;

/* --- Inodes --------------------------------------------------------------------------- */

static u64 ino_of(u32 kind, u32 pid, u32 device)
{
	return 1ull << 40 | (u64)pid << 20 | kind << 14 | device;
}

/* An inode for this request; 0: ENOSPC.  What belongs to a process belongs to its user. */
static struct inode *make(struct inode *dir, const struct proc_file *file, u32 pid, u32 device)
{
	const struct process_entry *e = pid ? proc_process_find(pid) : 0;
	const struct caller owner = {e, e ? e->euid : 0, e ? e->egid : 0};
	struct inode *i = inode_make(file->mode, &owner);

	if (!i)
		return 0;
	i->proc = (u8)file->kind;
	i->pid = pid;
	i->device = device;
	i->ino = ino_of(file->kind, pid, device);
	i->parent = dir;
	inode_hold(dir);
	return i;
}

s32 proc_init(void)
{
	struct place p;
	s32 error = path_find_from(fs_root, "/proc", &p);

	if (error)
		return error;
	proc_root = p.inode;
	proc_root->proc = PROCFS_ROOT;
	proc_root->mode = S_IFDIR | 0555;
	return 0;
}

/* --- Names ---------------------------------------------------------------------------- */

static s64 number_of(const char *name, u32 len)
{
	s64 n = 0;

	if (len == 0 || len > 7 || (len > 1 && name[0] == '0'))
		return -1;
	for (u32 i = 0; i < len; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		n = n * 10 + (name[i] - '0');
	}
	return n;
}

static const struct proc_file *table_of(const struct inode *dir)
{
	return dir->proc == PROCFS_ROOT ? proc_system : proc_process;
}

static bool is_thread_of(u32 tid, const struct process_entry *e)
{
	const struct process_entry *t = tid ? proc_process_find(tid) : 0;

	return t && e && t->pid == e->pid;
}

static struct inode *find_number(struct inode *dir, u32 n)
{
	static const struct proc_file process = {.mode = S_IFDIR | 0555, .kind = PROCFS_PID};
	static const struct proc_file descriptor = {.mode = S_IFLNK | 0700, .kind = PROCFS_FD_LINK};
	const struct process_entry *e;

	if (dir->proc == PROCFS_ROOT)
		return n && proc_process_find(n) ? make(dir, &process, n, 0) : 0;
	e = proc_process_find(dir->pid);
	if (dir->proc == PROCFS_TASK)
		return is_thread_of(n, e) ? make(dir, &process, n, 0) : 0;
	if (!e || n >= SLOT_FIXED || proc_descriptor_next(e->tag, n) != n)
		return 0;
	return make(dir, &descriptor, dir->pid, n);
}

s32 proc_find(const struct request *q, struct inode *dir, struct place *p)
{
	const struct proc_file *table = table_of(dir);
	s64 n = number_of(p->name, p->len);

	(void)q;
	if (dir->proc == PROCFS_FD || dir->proc == PROCFS_TASK || n >= 0) {
		if (n >= 0 && dir->proc != PROCFS_PID)
			p->inode = find_number(dir, (u32)n);
		return 0;
	}
	for (u32 i = 0; table[i].name; i++)
		if (strlen(table[i].name) == p->len && !memcmp(table[i].name, p->name, p->len))
			p->inode = make(dir, &table[i], dir->pid, i);
	return 0;
}

/* --- Listing --------------------------------------------------------------------------- */

/* The processes, or the threads of one. */
static u64 list_processes(struct listing *l, u32 pid, u64 at)
{
	const struct process_entry *e;
	char name[12];
	u32 index = (u32)(at - POSITION_PIDS);

	for (; (e = pid ? proc_thread_next(pid, &index) : proc_process_next(&index)); index++) {
		struct linux_dirent d = {.ino = ino_of(PROCFS_PID, e->tid, 0),
					 .off = POSITION_PIDS + index + 1,
					 .type = S_IFDIR >> 12};
		u32 len = (u32)format_text(name, sizeof(name), "%u", e->tid);
		if (!listing_add(l, d, name, len))
			break;
		at = d.off;
	}
	return at;
}

static u64 list_descriptors(struct listing *l, const struct inode *dir, u64 at)
{
	const struct process_entry *e = proc_process_find(dir->pid);
	char name[12];
	u32 n = e ? proc_descriptor_next(e->tag, (u32)at - POSITION_FIRST) : SLOT_NONE;

	for (; n < SLOT_FIXED; n = proc_descriptor_next(e->tag, n + 1)) {
		struct linux_dirent d = {.ino = ino_of(PROCFS_FD_LINK, dir->pid, n),
					 .off = POSITION_FIRST + n + 1,
					 .type = S_IFLNK >> 12};
		u32 len = (u32)format_text(name, sizeof(name), "%u", n);
		if (!listing_add(l, d, name, len))
			break;
		at = d.off;
	}
	return at;
}

u64 proc_list(struct listing *l, const struct request *q, const struct inode *dir, u64 at)
{
	const struct proc_file *table = table_of(dir);
	const struct process_entry *e = dir->pid ? proc_process_find(dir->pid) : 0;
	u64 behind = at < POSITION_PIDS ? POSITION_PIDS : at;

	(void)q;
	if (dir->proc == PROCFS_FD)
		return list_descriptors(l, dir, at);
	if (dir->pid && !e)
		return at;
	if (dir->proc == PROCFS_TASK)
		return list_processes(l, e->pid, behind);
	for (u32 i = 0; table[i].name; i++) { /* lseek leads to any position */
		struct linux_dirent d = {.ino = ino_of(table[i].kind, dir->pid, i),
					 .off = POSITION_FIRST + i + 1,
					 .type = (u8)(table[i].mode >> 12)};
		if (d.off <= at)
			continue;
		if (!listing_add(l, d, table[i].name, (u32)strlen(table[i].name)))
			return at;
		at = d.off;
	}
	if (dir->proc != PROCFS_ROOT)
		return at;
	return list_processes(l, 0, behind);
}

/* --- Reading ---------------------------------------------------------------------------- */

static s32 text_make(const struct request *q, struct open_file *f)
{
	const struct inode *i = f->inode;
	const struct process_entry *e = i->pid ? proc_process_find(i->pid) : 0;
	struct text t = {scratch, scratch + SCRATCH_BYTES, q->tag};

	if (i->pid && !e)
		return -ESRCH;
	(i->pid ? proc_process : proc_system)[i->device].text(&t, e);
	block_free(f->text, f->text_size);
	f->text = 0;
	f->text_len = (u32)(t.at - scratch);
	f->text_size = f->text_len;
	if (f->text_len == 0)
		return 0;
	f->text = block_alloc(f->text_size);
	if (!f->text) {
		f->text_len = f->text_size = 0;
		return -ENOMEM;
	}
	memcpy(f->text, scratch, f->text_len);
	return 0;
}

s64 proc_read(const struct request *q, struct answer *a, struct open_file *f, u64 offset)
{
	u64 len = q->window_len;
	bool is_gone = f->inode->pid && !proc_process_find(f->inode->pid);
	s32 error = is_gone ? -ESRCH : 0;

	if (!error && (offset == 0 || !f->text))
		error = text_make(q, f);
	if (error)
		return error;
	if (offset >= f->text_len)
		return 0;
	if (len > f->text_len - offset)
		len = f->text_len - offset;
	return copy_answer(a, (s64)len, f->text + offset, len);
}

/* "drop" to /proc/missive; its mode lets only root come here. */
s64 proc_write(const struct request *q, const struct inode *i)
{
	static const char word[] = "drop";
	char said[5];

	if (i->proc != PROCFS_MISSIVE || q->window_len < 4 || q->window_len > 5)
		return -EINVAL;
	if (window_in_all(q->reply, 0, 0, said, q->window_len) < 0)
		return -EFAULT;
	if (memcmp(said, word, 4) || (q->window_len == 5 && said[4] != '\n'))
		return -EINVAL;
	drop_caches();
	return (s64)q->window_len;
}

/*
 * The file system: names and files in memory, and the name server of the one root.
 *
 * Reading order: fs_server.h; path.c (from a name to an inode), open.c, file.c (bytes),
 * content.c (pages), unpack.c (where the first files come from); proc.c for /proc.
 * What may wait is forwarded to terminal, pipe, process or memory, all but the wait for
 * a lock (lock_wait.c).
 */
#include "ipc/proto/memory.h"
#include "ipc/proto/terminal.h"
#include "servers/fs/fs_server.h"
#include "servers/fs/proc.h"

const struct start_info *start_info;
struct inode *fs_root;
char scratch[SCRATCH_BYTES] __attribute__((aligned(8)));

static s64 not_supported(struct request *q, struct answer *a)
{
	(void)q;
	(void)a;
	return -EOPNOTSUPP;
}

static s64 other_device(struct request *q, struct answer *a)
{
	(void)q;
	(void)a;
	return -EXDEV;
}

static s64 no_data(struct request *q, struct answer *a)
{
	(void)q;
	(void)a;
	return -ENODATA;
}

static const struct operation routed[] = {
	/* Names. */
	{LINUX_openat, "openat", open_at},
	{LINUX_execve, "execve", exec_execve},
	{LINUX_newfstatat, "newfstatat", attributes_stat},
	{LINUX_statx, "statx", attributes_stat},
	{LINUX_faccessat, "faccessat", attributes_access},
	{LINUX_faccessat2, "faccessat2", attributes_access},
	{LINUX_readlinkat, "readlinkat", link_read},
	{LINUX_mkdirat, "mkdirat", link_mkdir},
	{LINUX_mknodat, "mknodat", link_mknod},
	{LINUX_symlinkat, "symlinkat", link_symlink},
	{LINUX_linkat, "linkat", link_link},
	{LINUX_unlinkat, "unlinkat", link_unlink},
	{LINUX_renameat, "renameat", rename_at},
	{LINUX_renameat2, "renameat2", rename_at},
	{LINUX_fchmodat, "fchmodat", change_mode},
	{LINUX_fchmodat2, "fchmodat2", change_mode},
	{LINUX_fchownat, "fchownat", change_owner},
	{LINUX_utimensat, "utimensat", change_times},
	{LINUX_truncate, "truncate", change_size},
	{LINUX_statfs, "statfs", attributes_statfs},
	{LINUX_chdir, "chdir", where_chdir},
	{LINUX_fchdir, "fchdir", where_fchdir},
	{LINUX_chroot, "chroot", where_chroot},
	{LINUX_getcwd, "getcwd", where_getcwd},
	{LINUX_getxattr, "getxattr", attributes_xattr_list},
	{LINUX_lgetxattr, "lgetxattr", attributes_xattr_list},
	{LINUX_listxattr, "listxattr", attributes_xattr_list},
	{LINUX_llistxattr, "llistxattr", attributes_xattr_list},
	{LINUX_setxattr, "setxattr", attributes_xattr_list},
	{LINUX_lsetxattr, "lsetxattr", attributes_xattr_list},
	/* Open files. */
	{LINUX_read, "read", file_read},
	{LINUX_readv, "readv", file_read},
	{LINUX_pread64, "pread64", file_read},
	{LINUX_preadv, "preadv", file_read},
	{LINUX_write, "write", file_write},
	{LINUX_writev, "writev", file_write},
	{LINUX_pwrite64, "pwrite64", file_write},
	{LINUX_pwritev, "pwritev", file_write},
	{LINUX_lseek, "lseek", file_seek},
	{LINUX_getdents64, "getdents64", file_getdents},
	{LINUX_fstat, "fstat", attributes_fstat},
	{LINUX_fstatfs, "fstatfs", attributes_fstatfs},
	{LINUX_ftruncate, "ftruncate", change_size_descriptor},
	{LINUX_fallocate, "fallocate", control_fallocate},
	{LINUX_fchmod, "fchmod", change_mode_descriptor},
	{LINUX_fchown, "fchown", change_owner_descriptor},
	{LINUX_mmap, "mmap", exec_mmap},
	{LINUX_fcntl, "fcntl", control_fcntl},
	{LINUX_ioctl, "ioctl", control_ioctl},
	{LINUX_flock, "flock", lock_flock},
	{LINUX_fsync, "fsync", control_ok},
	{LINUX_fdatasync, "fdatasync", control_ok},
	{LINUX_syncfs, "syncfs", control_ok},
	{LINUX_sync_file_range, "sync_file_range", control_ok},
	{LINUX_fadvise64, "fadvise64", control_ok},
	{LINUX_readahead, "readahead", control_ok},
	{LINUX_flistxattr, "flistxattr", control_ok},
	{LINUX_fgetxattr, "fgetxattr", no_data},
	{LINUX_fsetxattr, "fsetxattr", not_supported},
	{LINUX_sync, "sync", control_nothing},
	{LINUX_copy_file_range, "copy_file_range", other_device},
	{LINUX_epoll_ctl, "epoll_ctl", refuse_invalid},
	{LINUX_epoll_pwait, "epoll_pwait", refuse_invalid},
	{0},
};

static const struct operation native[] = {
	{FS_DROP, "drop", drop_request},        {FD_POLL, "poll", control_poll},
	{FD_UNPOLL, "unpoll", control_nothing}, {FD_POLL_NEXT, "poll_next", control_nothing},
	{FD_NAME, "name", control_name},        {0},
};

/* What an answer that was not sent has done: an offset moved, or a session made. */
static void fs_undo(struct request *q, struct answer *a)
{
	if (a->flags & MSG_MINT)
		open_closed(a->copy_len);
	else if (a->flags & MSG_SEND)
		slot_delete(a->cap);
	else if (q->kind == KIND_ROUTED)
		file_undo(q);
}

static const struct server fs_server = {
	.name = "fs",
	.routed = routed,
	.native = native,
	.interrupted = lock_interrupted,
	.abandoned = lock_abandoned,
	.closed = open_closed,
	.notified = locks_notified,
	.undo = fs_undo,
	.cut = file_cut,
	.replies = 1 + LOCK_WAITERS_MAX,
	.buffer_shift = PAGE_SHIFT | BUFFER_NO_DATA,
};

/* The last line of the boot: what there is, as memory says it once everything has started. */
static void ready_print(void)
{
	struct message m = {.label = MEM_STATS};
	char line[80];
	s32 len;

	if (msg_call(MEMORY, &m) < 0)
		m.word[1] = 0;
	len = format_text(line, sizeof(line), "missive: ready, %lu harts, %lu MiB free\n",
			  start_info->nharts, m.word[1] >> (20 - PAGE_SHIFT));
	call_data(TERMINAL, TERM_PRINT, 0, line, (u64)len);
}

static void system_begin(void)
{
	ready_print();
	if (exec_first())
		server_panic("fs: process did not take the first program\n");
}

void server_main(const struct start_info *start)
{
	const struct caller root = {0};

	start_info = start;
	descriptor_init(start);
	random_init(start->seed);
	inodes_init();
	content_init(start->total_pages);
	fs_root = inode_make(S_IFDIR | 0755, &root);
	fs_root->nlink = 2;
	inode_hold(fs_root);
	if (unpack_all() || device_tree() || proc_init())
		server_panic("fs: the root file system cannot be unpacked\n");
	if (!start->restarts)
		system_begin();
	server_run(&fs_server);
}

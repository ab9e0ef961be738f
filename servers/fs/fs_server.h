/*
 * The file system's own objects: inodes, directory entries, open files, callers.
 *
 * An inode is a file, directory, link, FIFO or device; what it holds depends on its type.
 * F1: an inode lives while a directory entry (nlink), an open file or a child (references)
 *     needs it; without either it stays until the next sweep (inode.c), so that a request
 *     may use whatever a path walk gave it without counting.
 * F2: a directory's nlink is 2 + its subdirectories, 0 once it is removed.
 * F3: entries of a directory lie in the order of their cookies, which are never used again.
 * F4: an open file has one session; its closed message ends it.
 * F5: content: pages below `held` are mapped in this server; size <= object_size whenever
 *     there is an object.
 */
#pragma once

#include "ipc/proto/descriptor.h"
#include "ipc/proto/fs.h"
#include "servers/fs/linux_fs.h"
#include "servers/lib/badge.h"
#include "servers/lib/descriptor.h"

#define PATH_BYTES 4096u
#define NAME_MAX_BYTES 255u
#define LINKS_MAX 65000u
#define FILE_SIZE_MAX (1ull << 32)
#define SCRATCH_BYTES 65536u
#define LOCK_WAITERS_MAX 512u
#define NANOSECONDS 1000000000ll

#define MEMORY (SERVER_TO + SERVER_ID_MEMORY)
#define PROCESS (SERVER_TO + SERVER_ID_PROCESS)
#define TERMINAL (SERVER_TO + SERVER_ID_TERMINAL)
#define PIPE (SERVER_TO + SERVER_ID_PIPE)

struct entry {
	struct inode *dir, *inode;
	struct entry *next_hash;
	struct entry *next, *prev; /* in the directory */
	struct entry *next_name;   /* of the same inode */
	u64 cookie;
	u32 hash;
	u32 len;
	char name[];
};

/* Pages of a regular file: a memory object, made when the first byte is written. */
struct content {
	u64 object;        /* 0: none, all of it is a hole */
	u64 object_size;   /* what memory was told */
	u8 *address;       /* where its pages appear here */
	u64 range;         /* pages of address range */
	u64 held;          /* pages from the first on that are mapped here */
	u64 pages;         /* pages present, as last asked for */
	slot_t session[2]; /* to forward mmap through: read only, read and write; 0: none */
	u32 writers;       /* open files that may write */
	u32 executors;     /* exec sessions */
	bool is_adopted;   /* pages are the boot archive's: not to be written */
};

struct inode {
	struct inode *next, **at; /* in the table by number */
	struct inode *next_idle;
	bool is_idle; /* on the list of the next sweep */
	u8 proc;      /* enum proc_kind, 0: an ordinary inode */
	u64 ino;
	u32 mode, nlink, uid, gid;
	u32 references;
	u32 device; /* st_rdev; of proc inodes the descriptor's number */
	u32 pid;    /* of proc inodes */
	u64 size;
	s64 atime, mtime, ctime; /* nanoseconds since 1970 */
	struct entry *names;
	struct inode *parent; /* of a directory: holds a reference */
	struct lock *locks;   /* each of an open file of this inode: F1 */
	union {
		struct {
			struct entry *first, *last;
		} dir;
		struct content content;
		char *target; /* size + 1 bytes */
		slot_t fifo;  /* session at pipe, 0: none yet */
	};
};

enum open_kind { OPEN_FILE, OPEN_WHERE /* cwd or root */, OPEN_EXEC };

struct open_file {
	struct inode *inode;
	u64 badge;
	u64 offset;
	u32 flags; /* linux_open */
	u32 kind;  /* enum open_kind */
	u32 may;   /* MAY_READ and MAY_WRITE of its bytes */
	u32 account;
	u32 text_len;
	char *text; /* of a file in /proc, made when it is read from offset 0 */
	u32 text_size;
	u32 opener; /* pid of the process that opened it */
};

#define NOBODY 65534u

/* Who asks, with which rights. */
struct caller {
	const struct process_entry *entry; /* 0: no process (any more) */
	u32 uid, gid;
};

enum walk_flag {
	WALK_FOLLOW = 1, /* the last component too, if it is a symbolic link */
	WALK_CREATE = 2, /* the last component may be missing */
	WALK_EMPTY = 4,  /* the empty path is the descriptor itself */
};

enum last_kind { LAST_NAME, LAST_DOT, LAST_DOT_DOT, LAST_ROOT };

/* What a path led to.  `name` is valid until the next walk. */
struct place {
	struct inode *dir;   /* that holds the last name; 0: LAST_ROOT */
	struct inode *inode; /* 0: missing (WALK_CREATE), or a foreign descriptor */
	struct entry *entry; /* 0: none (missing, "." or "..", in /proc) */
	const char *name;
	u32 len;
	u32 hash;       /* of the name: name_hash_add */
	u32 last;       /* enum last_kind */
	s32 descriptor; /* >= 0: the caller's descriptor of another server */
	bool slash;     /* the path ended with one */
};

/* main.c */
extern const struct start_info *start_info;
extern struct inode *fs_root;
extern char scratch[SCRATCH_BYTES]; /* until the reply */

/* blocks.c: memory of any size up to SCRATCH_BYTES. */
void *block_alloc(u64 size);
void block_free(void *block, u64 size);

/* inode.c */
void inodes_init(void);
s64 time_of_day(void);                                        /* nanoseconds since 1970 */
struct inode *inode_make(u32 mode, const struct caller *who); /* without links: see F1. 0 */
void inode_hold(struct inode *i);
void inode_release(struct inode *i);
void inode_idle(struct inode *i); /* may have lost its last link */
void inodes_sweep(void);          /* some of those that nobody needs */
void inodes_sweep_all(void);
struct inode *inode_find(u64 ino);
void inode_changed(struct inode *i); /* ctime */
void inode_written(struct inode *i); /* mtime and ctime */
u64 inodes_count(void);
void inodes_each(void (*fn)(struct inode *i));
u64 inodes_limit(void);
static inline bool is_type(const struct inode *i, u32 type)
{
	return (i->mode & S_IFMT) == type;
}

/* directory.c */
static inline u32 name_hash_add(u32 hash, char c) /* begins with 0 */
{
	return hash * 31 + (u8)c;
}
struct entry *entry_find_hashed(const struct inode *dir, const char *name, u32 len, u32 hash);
struct entry *entry_find(const struct inode *dir, const char *name, u32 len);
struct entry *entry_make(const char *name, u32 len); /* not in a directory yet. 0 */
void entry_attach(struct inode *dir, struct entry *e, struct inode *i);
s32 entry_add(struct inode *dir, const char *name, u32 len, struct inode *i); /* ENOSPC */
void entry_remove(struct entry *e);                                           /* frees it */
void entry_replace(struct entry *e, struct inode *i); /* names i from now on */
s64 file_getdents(struct request *q, struct answer *a);
/* One name for a listing: false when there is no room for it. */
struct listing {
	u8 *at, *end;
	bool is_full;
};
bool listing_add(struct listing *l, struct linux_dirent head, const char *name, u32 len);

/* content.c */
void content_init(u64 total_pages);
s32 content_hold(struct inode *i, u64 offset, u64 len);                /* for writing. ENOSPC */
s64 content_span(struct inode *i, u64 offset, u64 len, const u8 **at); /* *at 0: a hole */
s32 content_resize(struct inode *i, u64 size);   /* sets the file's size. EFBIG, ENOSPC */
s32 content_extend(struct inode *i, u64 size);   /* the same, where what is new is written */
void content_gap_clear(struct inode *i, u64 to); /* from the file's end to there */
s32 content_adopt(struct inode *i, frame_t first, u64 npages);
s32 content_own(struct inode *i); /* about to be written: pages of its own. ENOSPC */
s64 content_session(struct inode *i, bool writable); /* slot */
void content_sessions_drop(struct inode *i);
void content_sync(struct inode *i); /* how many pages it has now */
void content_destroy(struct inode *i);
u64 content_pages(void);
u64 content_limit(void);

/* permission.c */
static inline struct caller caller_of(const struct request *q)
{
	const struct process_entry *e = caller_entry(q->tag);

	return e ? (struct caller){.entry = e, .uid = e->fsuid, .gid = e->fsgid}
		 : (struct caller){.uid = NOBODY, .gid = NOBODY};
}
struct caller caller_real(const struct request *q); /* access(2) */
bool caller_in_group(const struct caller *who, u32 gid);
s32 permit(const struct caller *who, const struct inode *i, u32 want); /* EACCES */
s32 permit_size(const struct request *q, u64 size); /* RLIMIT_FSIZE: EFBIG and SIGXFSZ */
s32 permit_change(const struct caller *who, const struct inode *dir); /* of its entries */
s32 permit_remove(const struct caller *who, const struct inode *dir, const struct inode *i);
bool caller_owns(const struct caller *who, const struct inode *i);

/* path.c */
s64 path_text(const struct request *q, u32 window, const char **path); /* length */
s32 path_find(const struct request *q, s32 dirfd, u32 window, u32 flags, struct place *p);
static inline u32 walk_flags(u32 at) /* of AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH */
{
	return (at & LINUX_AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW)
	       | (at & LINUX_AT_EMPTY_PATH ? WALK_EMPTY : 0);
}
s32 path_find_text(const struct request *q, s32 dirfd, const char *path, u32 flags,
		   struct place *p);
s32 path_find_from(struct inode *dir, const char *path, struct place *p); /* by fs itself */

/* where.c: cwd, root, and the paths of inodes. */
struct inode *caller_root(const struct request *q);
struct inode *caller_cwd(const struct request *q);
s64 path_of(const struct inode *i, const struct inode *root, char *to, u64 size); /* length */
s64 where_chdir(struct request *q, struct answer *a);
s64 where_fchdir(struct request *q, struct answer *a);
s64 where_chroot(struct request *q, struct answer *a);
s64 where_getcwd(struct request *q, struct answer *a);

/* open_file.c */
extern struct badge_table open_files;
static inline struct open_file *open_find(u64 badge)
{
	return badge_find(&open_files, badge);
}
struct open_file *open_of(const struct request *q); /* the session itself, or argument 0. 0 */
s64 open_of_descriptor(const struct request *q, s32 descriptor, struct open_file **f);
s64 open_session(struct inode *i, u32 flags, enum open_kind kind,
		 const struct caller *who); /* slot */
s64 open_answer(struct inode *i, u32 flags, const struct request *q, struct answer *a);
void open_closed(u64 badge);
u64 open_count(void);

/* open.c */
s64 open_at(struct request *q, struct answer *a);
s32 create_in(const struct request *q, const struct place *p, u32 mode, struct inode **made);

/* file.c, seek.c */
s64 file_read(struct request *q, struct answer *a);
s64 file_write(struct request *q, struct answer *a);
s64 file_seek(struct request *q, struct answer *a);
void file_undo(const struct request *q);
void file_cut(const struct request *q, u64 len);
void offset_save(const struct open_file *f);

/* attributes.c, change.c */
void stat_fill(struct inode *i, struct linux_stat *st);
s64 attributes_fstat(struct request *q, struct answer *a);
s64 attributes_stat(struct request *q, struct answer *a);
s64 attributes_access(struct request *q, struct answer *a);
s64 attributes_statfs(struct request *q, struct answer *a);
s64 attributes_fstatfs(struct request *q, struct answer *a);
s64 attributes_xattr_list(struct request *q, struct answer *a);
s64 change_mode(struct request *q, struct answer *a);
s64 change_mode_descriptor(struct request *q, struct answer *a);
s64 change_owner(struct request *q, struct answer *a);
s64 change_owner_descriptor(struct request *q, struct answer *a);
s64 change_times(struct request *q, struct answer *a);
s64 change_size(struct request *q, struct answer *a);
s64 change_size_descriptor(struct request *q, struct answer *a);
void mode_drop_set_id(struct inode *i, const struct request *q);

/* link.c, rename.c */
s64 link_mkdir(struct request *q, struct answer *a);
s64 link_mknod(struct request *q, struct answer *a);
s64 link_symlink(struct request *q, struct answer *a);
s64 link_link(struct request *q, struct answer *a);
s64 link_unlink(struct request *q, struct answer *a);
s64 link_read(struct request *q, struct answer *a);
struct inode *symlink_make(const char *target, u64 len, const struct caller *who);
s64 rename_at(struct request *q, struct answer *a);

/* exec.c */
s64 exec_execve(struct request *q, struct answer *a);
s64 exec_mmap(struct request *q, struct answer *a);
s32 exec_first(void); /* hands / and /sbin/init to process */

/* control.c */
s64 control_fcntl(struct request *q, struct answer *a);
s64 control_ioctl(struct request *q, struct answer *a);
s64 control_poll(struct request *q, struct answer *a);
s64 control_name(struct request *q, struct answer *a);
s64 control_fallocate(struct request *q, struct answer *a);
s64 control_ok(struct request *q, struct answer *a);      /* a descriptor of fs: 0 */
s64 control_nothing(struct request *q, struct answer *a); /* 0 */

/* lock.c, lock_wait.c */
s64 lock_set(struct request *q, struct open_file *f);
s64 lock_ask(struct request *q, struct open_file *f);
s64 lock_flock(struct request *q, struct answer *a);
void locks_drop(const struct open_file *f); /* its session is gone */
void lock_interrupted(slot_t reply);
void lock_abandoned(slot_t reply);
void locks_notified(u64 bits); /* a process that had locks has ended */

/* device.c */
s32 device_tree(void);                               /* /dev */
s64 device_open(struct request *q, struct inode *i); /* forwards; 0: fs itself serves it */
s64 device_read(struct request *q, struct answer *a, u32 device, u64 len);
s64 device_write(u32 device, u64 len);
bool device_is_zero(const struct inode *i);
s64 device_mmap(struct request *q); /* of /dev/zero */
s64 fifo_open(struct request *q, struct inode *i);
void random_init(const u8 seed[32]);
void random_fill(u8 *to, u64 len);

/* unpack.c */
s32 unpack_all(void);

/* drop.c: caches, and what /proc/missive tells. */
s64 drop_caches(void);
s64 drop_request(struct request *q, struct answer *a);

/*
 * Numbers of the Linux/riscv64 ABI that only the file system meets.
 */
#pragma once

#include "servers/lib/linux.h"

enum linux_fs_call {
	LINUX_setxattr = 5,
	LINUX_lsetxattr = 6,
	LINUX_fsetxattr = 7,
	LINUX_getxattr = 8,
	LINUX_lgetxattr = 9,
	LINUX_fgetxattr = 10,
	LINUX_listxattr = 11,
	LINUX_llistxattr = 12,
	LINUX_flistxattr = 13,
	LINUX_getcwd = 17,
	LINUX_flock = 32,
	LINUX_mknodat = 33,
	LINUX_mkdirat = 34,
	LINUX_unlinkat = 35,
	LINUX_symlinkat = 36,
	LINUX_linkat = 37,
	LINUX_renameat = 38,
	LINUX_statfs = 43,
	LINUX_fstatfs = 44,
	LINUX_truncate = 45,
	LINUX_fallocate = 47,
	LINUX_faccessat = 48,
	LINUX_chdir = 49,
	LINUX_fchdir = 50,
	LINUX_chroot = 51,
	LINUX_fchmodat = 53,
	LINUX_fchownat = 54,
	LINUX_sendfile = 71,
	LINUX_readlinkat = 78,
	LINUX_sync = 81,
	LINUX_sync_file_range = 84,
	LINUX_utimensat = 88,
	LINUX_readahead = 213,
	LINUX_execve = 221,
	LINUX_fadvise64 = 223,
	LINUX_syncfs = 267,
	LINUX_renameat2 = 276,
	LINUX_copy_file_range = 285,
	LINUX_faccessat2 = 439,
	LINUX_fchmodat2 = 452,
};

enum linux_fs_open {
	LINUX_O_CREAT = 0x40,
	LINUX_O_EXCL = 0x80,
	LINUX_O_TRUNC = 0x200,
	LINUX_O_DIRECTORY = 0x10000,
	LINUX_O_NOFOLLOW = 0x20000,
	LINUX_O_NOATIME = 0x40000,
	LINUX_O_PATH = 0x200000,
	LINUX_O_TMPFILE = 0x400000,
};

enum linux_at {
	LINUX_AT_FDCWD = -100,
	LINUX_AT_SYMLINK_NOFOLLOW = 0x100,
	LINUX_AT_REMOVEDIR = 0x200,
	LINUX_AT_EACCESS = 0x200,
	LINUX_AT_SYMLINK_FOLLOW = 0x400,
	LINUX_AT_NO_AUTOMOUNT = 0x800,
	LINUX_AT_EMPTY_PATH = 0x1000,
	LINUX_AT_STATX_SYNC = 0x6000,
};

enum linux_rename { LINUX_RENAME_NOREPLACE = 1, LINUX_RENAME_EXCHANGE = 2 };

enum linux_seek {
	LINUX_SEEK_SET,
	LINUX_SEEK_CUR,
	LINUX_SEEK_END,
	LINUX_SEEK_DATA,
	LINUX_SEEK_HOLE
};

enum linux_lock {
	LINUX_F_GETLK = 5,
	LINUX_F_SETLK = 6,
	LINUX_F_SETLKW = 7,
	LINUX_F_OFD_GETLK = 36,
	LINUX_F_OFD_SETLK = 37,
	LINUX_F_OFD_SETLKW = 38,
	LINUX_F_UNLCK = 2,
};

enum linux_flock_how { LINUX_LOCK_SH = 1, LINUX_LOCK_EX = 2, LINUX_LOCK_NB = 4, LINUX_LOCK_UN = 8 };

enum linux_access_mode { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };

enum linux_mode {
	S_IFMT = 0170000,
	S_IFSOCK = 0140000,
	S_IFLNK = 0120000,
	S_IFREG = 0100000,
	S_IFBLK = 0060000,
	S_IFDIR = 0040000,
	S_IFCHR = 0020000,
	S_IFIFO = 0010000,
	S_ISUID = 04000,
	S_ISGID = 02000,
	S_ISVTX = 01000,
};

struct linux_statfs {
	u64 type, bsize, blocks, bfree, bavail, files, ffree;
	u32 fsid[2];
	u64 namelen, frsize, flags, spare[4];
};
_Static_assert(sizeof(struct linux_statfs) == 120, "layout");

struct linux_dirent {
	u64 ino;
	u64 off;
	u16 reclen;
	u8 type;
	char name[];
};

#define LINUX_UTIME_NOW 0x3fffffff
#define LINUX_UTIME_OMIT 0x3ffffffe
#define LINUX_PROT_WRITE 2
#define LINUX_MAP_SHARED 1
#define LINUX_MAP_TYPE 15

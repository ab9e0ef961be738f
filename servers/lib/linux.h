/*
 * Numbers of the Linux/riscv64 ABI that servers meet in routed calls.
 *
 * Only what more than one server needs: call numbers of a descriptor, open flags,
 * signals, and the layouts of struct stat and struct statx (asm-generic).
 */
#pragma once

#include "ipc/abi/types.h"

enum linux_call {
	LINUX_epoll_create1 = 20,
	LINUX_epoll_ctl = 21,
	LINUX_epoll_pwait = 22,
	LINUX_fcntl = 25,
	LINUX_ioctl = 29,
	LINUX_ftruncate = 46,
	LINUX_fchmod = 52,
	LINUX_fchown = 55,
	LINUX_openat = 56,
	LINUX_pipe2 = 59,
	LINUX_getdents64 = 61,
	LINUX_lseek = 62,
	LINUX_read = 63,
	LINUX_write = 64,
	LINUX_readv = 65,
	LINUX_writev = 66,
	LINUX_pread64 = 67,
	LINUX_pwrite64 = 68,
	LINUX_preadv = 69,
	LINUX_pwritev = 70,
	LINUX_pselect6 = 72,
	LINUX_ppoll = 73,
	LINUX_newfstatat = 79,
	LINUX_fstat = 80,
	LINUX_fsync = 82,
	LINUX_fdatasync = 83,
	LINUX_mmap = 222,
	LINUX_statx = 291,
};

enum linux_open {
	LINUX_O_RDONLY = 0,
	LINUX_O_WRONLY = 1,
	LINUX_O_RDWR = 2,
	LINUX_O_ACCMODE = 3,
	LINUX_O_NOCTTY = 0x100,
	LINUX_O_APPEND = 0x400,
	LINUX_O_NONBLOCK = 0x800,
	LINUX_O_LARGEFILE = 0x8000, /* F_GETFL shows it for whatever openat opened */
	LINUX_O_CLOEXEC = 0x80000,
};

enum linux_fcntl {
	LINUX_F_GETFL = 3,
	LINUX_F_SETFL = 4,
	LINUX_F_SETOWN = 8,
	LINUX_F_GETOWN = 9,
	LINUX_F_SETPIPE_SZ = 1031,
	LINUX_F_GETPIPE_SZ = 1032,
};

enum linux_signal {
	LINUX_SIGHUP = 1,
	LINUX_SIGINT,
	LINUX_SIGQUIT,
	LINUX_SIGILL,
	LINUX_SIGTRAP,
	LINUX_SIGABRT,
	LINUX_SIGBUS,
	LINUX_SIGFPE,
	LINUX_SIGKILL,
	LINUX_SIGUSR1,
	LINUX_SIGSEGV,
	LINUX_SIGUSR2,
	LINUX_SIGPIPE,
	LINUX_SIGALRM,
	LINUX_SIGTERM,
	LINUX_SIGSTKFLT,
	LINUX_SIGCHLD,
	LINUX_SIGCONT,
	LINUX_SIGSTOP,
	LINUX_SIGTSTP,
	LINUX_SIGTTIN,
	LINUX_SIGTTOU,
	LINUX_SIGURG,
	LINUX_SIGXCPU,
	LINUX_SIGXFSZ,
	LINUX_SIGVTALRM,
	LINUX_SIGPROF,
	LINUX_SIGWINCH,
	LINUX_SIGIO,
	LINUX_SIGPWR,
	LINUX_SIGSYS,
};

#define LINUX_FIONREAD 0x541bu
#define LINUX_FIONBIO 0x5421u

#define LINUX_S_IFIFO 0010000u
#define LINUX_S_IFCHR 0020000u

struct linux_stat {
	u64 dev, ino;
	u32 mode, nlink, uid, gid;
	u64 rdev, pad1;
	s64 size;
	s32 blksize, pad2;
	s64 blocks;
	s64 atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
	u32 unused[2];
};
_Static_assert(sizeof(struct linux_stat) == 128, "layout");

struct linux_statx_time {
	s64 seconds;
	u32 nanoseconds;
	s32 pad;
};
struct linux_statx {
	u32 mask, blksize;
	u64 attributes;
	u32 nlink, uid, gid;
	u16 mode, pad1;
	u64 ino, size, blocks, attributes_mask;
	struct linux_statx_time atime, btime, ctime, mtime;
	u32 rdev_major, rdev_minor, dev_major, dev_minor;
	u64 spare[14];
};
_Static_assert(sizeof(struct linux_statx) == 256, "layout");
#define LINUX_STATX_BASIC 0x7ffu

struct linux_timespec {
	s64 seconds, nanoseconds;
};

/* dev_t as the kernel encodes it for user mode, for numbers below 256 and 2^12. */
#define LINUX_DEV(major, minor) ((u64)(major) << 8 | (u64)(minor))

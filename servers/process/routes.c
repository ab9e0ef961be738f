/*
 * The routes: where each Linux call goes.  One table for all programs.
 *
 * Read an entry as: number, name, to whom (DESCRIPTOR: to the server of the descriptor
 * in argument 0; else the server in that fixed slot), which arguments are memory that
 * the server may reach, and flags.  What is not here is ENOSYS.  The kernel checks every
 * field when it uses one.
 */
#include "servers/process/process_server.h"

#define TO(server, ...) .kind = ROUTE_FIXED, .slot = FIXED_##server, .window = {__VA_ARGS__}
#define DESCRIPTOR(...) .kind = ROUTE_DESCRIPTOR, .window = {__VA_ARGS__}
#define STRING(a)                                   \
	{                                           \
		WINDOW_STRING, ACCESS_READ, a, 0, 0 \
	}
#define IN(a, bytes)                                   \
	{                                              \
		WINDOW_CONST, ACCESS_READ, a, 0, bytes \
	}
#define OUT(a, bytes)                                   \
	{                                               \
		WINDOW_CONST, ACCESS_WRITE, a, 0, bytes \
	}
#define BOTH(a, bytes)                                                \
	{                                                             \
		WINDOW_CONST, ACCESS_READ | ACCESS_WRITE, a, 0, bytes \
	}
#define BUFFER_IN(a, length)                             \
	{                                                \
		WINDOW_BUFFER, ACCESS_READ, a, length, 0 \
	}
#define BUFFER_OUT(a, length)                             \
	{                                                 \
		WINDOW_BUFFER, ACCESS_WRITE, a, length, 0 \
	}
#define IOVEC_IN(a, count)                             \
	{                                              \
		WINDOW_IOVEC, ACCESS_READ, a, count, 0 \
	}
#define IOVEC_OUT(a, count)                             \
	{                                               \
		WINDOW_IOVEC, ACCESS_WRITE, a, count, 0 \
	}
#define ARRAY_IN(a, count, bytes)                          \
	{                                                  \
		WINDOW_ARRAY, ACCESS_READ, a, count, bytes \
	}
#define ARRAY_OUT(a, count, bytes)                          \
	{                                                   \
		WINDOW_ARRAY, ACCESS_WRITE, a, count, bytes \
	}
#define ARRAY_BOTH(a, count, bytes)                                       \
	{                                                                 \
		WINDOW_ARRAY, ACCESS_READ | ACCESS_WRITE, a, count, bytes \
	}
/* A new descriptor comes back; argument `a` may have O_CLOEXEC. */
#define OPENS(a) .flags = ROUTE_NEEDS_DESCRIPTOR, .cap_arg = a
#define REPEATS .flags = ROUTE_REPEATS
/* A capability that comes back replaces a fixed slot. */
#define CHANGES(fixed) .flags = ROUTE_CAP_FIXED, .cap_arg = FIXED_##fixed
#define IF(argument, mask, value, server)                                                      \
	.flags = ROUTE_HAS_TEST, .test_arg = argument, .test_mask = mask, .test_value = value, \
	.alt_kind = ROUTE_FIXED, .alt_slot = FIXED_##server
/* One element, as argument `count` says, that begins with a descriptor's number: to that. */
#define IF_ONE(count, server)                                                          \
	.flags = ROUTE_HAS_TEST, .test_arg = count, .test_mask = ~0u, .test_value = 1, \
	.alt_kind = ROUTE_DESCRIPTOR_AT, .alt_slot = FIXED_##server

static const struct named_route {
	u16 number;
	const char *name;
	struct route route;
} table[] = {
	/* --- the kernel's own: the table of descriptors, and the processor ---------------- */
	{23, "dup", {.kind = ROUTE_DUP}},
	{24, "dup3", {.kind = ROUTE_DUP3}},
	{57, "close", {.kind = ROUTE_CLOSE}},
	{124, "sched_yield", {.kind = ROUTE_YIELD}},

	/* --- a descriptor's server -------------------------------------------------------- */
	{29, "ioctl", {DESCRIPTOR(BOTH(2, 256)), IF(1, ~1u, 0x5450, PROCESS)}}, /* FIO(N)CLEX */
	{32, "flock", {DESCRIPTOR()}},
	{44, "fstatfs", {DESCRIPTOR(OUT(1, 120)), REPEATS}},
	{46, "ftruncate", {DESCRIPTOR()}},
	{47, "fallocate", {DESCRIPTOR()}},
	{52, "fchmod", {DESCRIPTOR()}},
	{55, "fchown", {DESCRIPTOR()}},
	{61, "getdents64", {DESCRIPTOR(BUFFER_OUT(1, 2))}},
	{62, "lseek", {DESCRIPTOR()}},
	{63, "read", {DESCRIPTOR(BUFFER_OUT(1, 2))}},
	{64, "write", {DESCRIPTOR(BUFFER_IN(1, 2))}},
	{65, "readv", {DESCRIPTOR(IOVEC_OUT(1, 2))}},
	{66, "writev", {DESCRIPTOR(IOVEC_IN(1, 2))}},
	{67, "pread64", {DESCRIPTOR(BUFFER_OUT(1, 2)), REPEATS}},
	{68, "pwrite64", {DESCRIPTOR(BUFFER_IN(1, 2))}},
	{69, "preadv", {DESCRIPTOR(IOVEC_OUT(1, 2)), REPEATS}},
	{70, "pwritev", {DESCRIPTOR(IOVEC_IN(1, 2))}},
	{80, "fstat", {DESCRIPTOR(OUT(1, 128)), REPEATS}},
	{82, "fsync", {DESCRIPTOR()}},
	{83, "fdatasync", {DESCRIPTOR()}},
	{84, "sync_file_range", {DESCRIPTOR()}},
	{213, "readahead", {DESCRIPTOR()}},
	{222, "mmap", {DESCRIPTOR(), .arg = 4, IF(3, 0x20, 0x20, MEMORY)}}, /* MAP_ANONYMOUS */
	{223, "fadvise64", {DESCRIPTOR()}},

	/* --- the name server: every call with a path -------------------------------------- */
	{11, "listxattr", {TO(NAME, STRING(0), BUFFER_OUT(1, 2))}},
	{12, "llistxattr", {TO(NAME, STRING(0), BUFFER_OUT(1, 2))}},
	{5, "setxattr", {TO(NAME, STRING(0), STRING(1))}},
	{6, "lsetxattr", {TO(NAME, STRING(0), STRING(1))}},
	{8, "getxattr", {TO(NAME, STRING(0), STRING(1))}},
	{9, "lgetxattr", {TO(NAME, STRING(0), STRING(1))}},
	{17, "getcwd", {TO(NAME, BUFFER_OUT(0, 1)), REPEATS}},
	{33, "mknodat", {TO(NAME, STRING(1))}},
	{34, "mkdirat", {TO(NAME, STRING(1))}},
	{35, "unlinkat", {TO(NAME, STRING(1))}},
	{36, "symlinkat", {TO(NAME, STRING(0), STRING(2))}},
	{37, "linkat", {TO(NAME, STRING(1), STRING(3))}},
	{38, "renameat", {TO(NAME, STRING(1), STRING(3))}},
	{39, "umount2", {TO(NAME, STRING(0))}},
	{40, "mount", {TO(NAME, STRING(0), STRING(1))}},
	{43, "statfs", {TO(NAME, STRING(0), OUT(1, 120)), REPEATS}},
	{45, "truncate", {TO(NAME, STRING(0))}},
	{48, "faccessat", {TO(NAME, STRING(1)), REPEATS}},
	{49, "chdir", {TO(NAME, STRING(0)), CHANGES(CWD)}},
	{50, "fchdir", {TO(NAME), CHANGES(CWD)}},
	{51, "chroot", {TO(NAME, STRING(0)), CHANGES(ROOT)}},
	{53, "fchmodat", {TO(NAME, STRING(1))}},
	{54, "fchownat", {TO(NAME, STRING(1))}},
	{56, "openat", {TO(NAME, STRING(1)), OPENS(2)}},
	{78, "readlinkat", {TO(NAME, STRING(1), BUFFER_OUT(2, 3)), REPEATS}},
	{79, "newfstatat", {TO(NAME, STRING(1), OUT(2, 128)), REPEATS}},
	{81, "sync", {TO(NAME)}},
	{88, "utimensat", {TO(NAME, STRING(1), IN(2, 32))}},
	{221, "execve", {TO(NAME, STRING(0))}},
	{276, "renameat2", {TO(NAME, STRING(1), STRING(3))}},
	{291, "statx", {TO(NAME, STRING(1), OUT(4, 256)), REPEATS}},
	{439, "faccessat2", {TO(NAME, STRING(1)), REPEATS}},

	/* --- pipe ------------------------------------------------------------------------- */
	{59, "pipe2", {TO(PIPE, OUT(0, 8)), OPENS(1)}},

	/* --- event ------------------------------------------------------------------------ */
	{20, "epoll_create1", {TO(EVENT), OPENS(0)}},
	{21, "epoll_ctl", {DESCRIPTOR(IN(3, 16))}},
	{22, "epoll_pwait", {DESCRIPTOR(ARRAY_OUT(1, 2, 16))}},
	{72, "pselect6", {TO(EVENT)}},
	{73, "ppoll", {TO(EVENT, ARRAY_BOTH(0, 1, 8), IN(2, 16)), IF_ONE(1, EVENT)}},

	/* --- memory ----------------------------------------------------------------------- */
	{214, "brk", {TO(MEMORY)}},
	{215, "munmap", {TO(MEMORY)}},
	{216, "mremap", {TO(MEMORY)}},
	{226, "mprotect", {TO(MEMORY)}},
	{227, "msync", {TO(MEMORY)}},
	{228, "mlock", {TO(MEMORY)}},
	{229, "munlock", {TO(MEMORY)}},
	{232, "mincore", {TO(MEMORY, BUFFER_OUT(2, 1))}},
	{233, "madvise", {TO(MEMORY)}},
	{259, "riscv_flush_icache", {TO(MEMORY)}},

	/* --- process: life ---------------------------------------------------------------- */
	{93, "exit", {TO(PROCESS)}},
	{94, "exit_group", {TO(PROCESS)}},
	{95, "waitid", {TO(PROCESS, OUT(2, 128), OUT(4, 144))}},
	{96, "set_tid_address", {TO(PROCESS)}},
	{98, "futex", {TO(PROCESS)}},
	{99, "set_robust_list", {TO(PROCESS)}},
	{220, "clone", {TO(PROCESS)}},
	{435, "clone3", {TO(PROCESS, BUFFER_IN(0, 1))}},
	{260, "wait4", {TO(PROCESS, OUT(1, 4), OUT(3, 144))}},
	{25, "fcntl", {TO(PROCESS, BOTH(2, 32))}},

	/* --- process: signals ------------------------------------------------------------- */
	{129, "kill", {TO(PROCESS)}},
	{130, "tkill", {TO(PROCESS)}},
	{131, "tgkill", {TO(PROCESS)}},
	{132, "sigaltstack", {TO(PROCESS, IN(0, 24), OUT(1, 24))}},
	{133, "rt_sigsuspend", {TO(PROCESS, IN(0, 8))}},
	{134, "rt_sigaction", {TO(PROCESS, IN(1, 24), OUT(2, 24))}},
	{135, "rt_sigprocmask", {TO(PROCESS, IN(1, 8), OUT(2, 8))}},
	{136, "rt_sigpending", {TO(PROCESS, OUT(0, 8))}},
	{137, "rt_sigtimedwait", {TO(PROCESS, IN(0, 8), OUT(1, 128))}},
	{138, "rt_sigqueueinfo", {TO(PROCESS, IN(2, 128))}},
	{240, "rt_tgsigqueueinfo", {TO(PROCESS, IN(3, 128))}},
	{139, "rt_sigreturn", {TO(PROCESS)}},
	{128, "restart_syscall", {TO(PROCESS)}},

	/* --- process: groups and credentials ---------------------------------------------- */
	{143, "setregid", {TO(PROCESS)}},
	{144, "setgid", {TO(PROCESS)}},
	{145, "setreuid", {TO(PROCESS)}},
	{146, "setuid", {TO(PROCESS)}},
	{147, "setresuid", {TO(PROCESS)}},
	{148, "getresuid", {TO(PROCESS)}},
	{149, "setresgid", {TO(PROCESS)}},
	{150, "getresgid", {TO(PROCESS)}},
	{151, "setfsuid", {TO(PROCESS)}},
	{152, "setfsgid", {TO(PROCESS)}},
	{154, "setpgid", {TO(PROCESS)}},
	{155, "getpgid", {TO(PROCESS)}},
	{156, "getsid", {TO(PROCESS)}},
	{157, "setsid", {TO(PROCESS)}},
	{158, "getgroups", {TO(PROCESS, ARRAY_OUT(1, 0, 4))}},
	{159, "setgroups", {TO(PROCESS, ARRAY_IN(1, 0, 4))}},
	{166, "umask", {TO(PROCESS)}},
	{172, "getpid", {TO(PROCESS), REPEATS}},
	{173, "getppid", {TO(PROCESS), REPEATS}},
	{174, "getuid", {TO(PROCESS), REPEATS}},
	{175, "geteuid", {TO(PROCESS), REPEATS}},
	{176, "getgid", {TO(PROCESS), REPEATS}},
	{177, "getegid", {TO(PROCESS), REPEATS}},
	{178, "gettid", {TO(PROCESS), REPEATS}},

	/* --- process: time ---------------------------------------------------------------- */
	{101, "nanosleep", {TO(PROCESS, IN(0, 16))}},
	{102, "getitimer", {TO(PROCESS, OUT(1, 32))}},
	{103, "setitimer", {TO(PROCESS, IN(1, 32), OUT(2, 32))}},
	{112, "clock_settime", {TO(PROCESS, IN(1, 16))}},
	{113, "clock_gettime", {TO(PROCESS, OUT(1, 16)), REPEATS}},
	{114, "clock_getres", {TO(PROCESS, OUT(1, 16)), REPEATS}},
	{115, "clock_nanosleep", {TO(PROCESS, IN(2, 16))}},
	{153, "times", {TO(PROCESS, OUT(0, 32)), REPEATS}},
	{165, "getrusage", {TO(PROCESS, OUT(1, 144)), REPEATS}},
	{169, "gettimeofday", {TO(PROCESS, OUT(0, 16)), REPEATS}},

	/* --- process: limits, priorities, the system -------------------------------------- */
	{92, "personality", {TO(PROCESS)}},
	{118, "sched_setparam", {TO(PROCESS, IN(1, 4))}},
	{119, "sched_setscheduler", {TO(PROCESS, IN(2, 4))}},
	{120, "sched_getscheduler", {TO(PROCESS)}},
	{121, "sched_getparam", {TO(PROCESS, OUT(1, 4))}},
	{122, "sched_setaffinity", {TO(PROCESS, BUFFER_IN(2, 1))}},
	{123, "sched_getaffinity", {TO(PROCESS, BUFFER_OUT(2, 1))}},
	{125, "sched_get_priority_max", {TO(PROCESS)}},
	{126, "sched_get_priority_min", {TO(PROCESS)}},
	{127, "sched_rr_get_interval", {TO(PROCESS, OUT(1, 16))}},
	{140, "setpriority", {TO(PROCESS)}},
	{141, "getpriority", {TO(PROCESS)}},
	{142, "reboot", {TO(PROCESS)}},
	{160, "uname", {TO(PROCESS, OUT(0, 390)), REPEATS}},
	{161, "sethostname", {TO(PROCESS, BUFFER_IN(0, 1))}},
	{163, "getrlimit", {TO(PROCESS)}},
	{164, "setrlimit", {TO(PROCESS, IN(1, 16))}},
	{167, "prctl", {TO(PROCESS)}},
	{168, "getcpu", {TO(PROCESS)}},
	{179, "sysinfo", {TO(PROCESS, OUT(0, 112)), REPEATS}},
	{261, "prlimit64", {TO(PROCESS, IN(2, 16))}},
	{278, "getrandom", {TO(PROCESS, BUFFER_OUT(0, 1))}},
};

void routes_write(struct route *routes)
{
	memset(routes, 0, ROUTES * sizeof(*routes));
	for (u32 i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		routes[table[i].number] = table[i].route;
}

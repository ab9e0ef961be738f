/*
 * The process server: its two tables of operations, and its start.
 *
 * Pids, the table by tag, fork, exec, wait, exit, groups, credentials, signals, time,
 * limits: what a process is, apart from its memory and its descriptors' files.  Its
 * endpoint is trusted; it ranks below every server but memory, and calls only that.
 */
#include "servers/process/process_server.h"

#define REPLIES 1092u
_Static_assert(SERVER_REPLY + REPLIES <= SERVER_FREE, "they have slots");

const struct start_info *start;

s32 argument_in(const struct request *q, void *to, u64 len)
{
	if (len <= q->data_len) {
		memcpy(to, q->data, len);
		return 0;
	}
	return window_in_all(q->reply, 0, 0, to, len);
}

s64 answer_copy(struct answer *a, s64 result, const void *data, u64 len)
{
	a->flags |= MSG_COPY;
	a->copy = data;
	a->copy_len = len;
	return result;
}

static const struct operation routed[] = {
	{25, "fcntl", call_fcntl},
	{29, "ioctl", call_ioctl},
	{92, "personality", call_personality},
	{93, "exit", process_exit_call},
	{94, "exit_group", process_exit_group},
	{95, "waitid", process_waitid},
	{96, "set_tid_address", call_set_tid_address},
	{98, "futex", call_futex},
	{99, "set_robust_list", call_set_robust_list},
	{101, "nanosleep", call_nanosleep},
	{102, "getitimer", call_getitimer},
	{103, "setitimer", call_setitimer},
	{112, "clock_settime", call_clock_settime},
	{113, "clock_gettime", call_clock_gettime},
	{114, "clock_getres", call_clock_getres},
	{115, "clock_nanosleep", call_clock_nanosleep},
	{118, "sched_setparam", call_sched_setparam},
	{119, "sched_setscheduler", call_sched_setscheduler},
	{120, "sched_getscheduler", call_sched_getscheduler},
	{121, "sched_getparam", call_sched_getparam},
	{122, "sched_setaffinity", call_sched_setaffinity},
	{123, "sched_getaffinity", call_sched_getaffinity},
	{125, "sched_get_priority_max", call_sched_priority_max},
	{126, "sched_get_priority_min", call_sched_priority_min},
	{127, "sched_rr_get_interval", call_sched_rr_interval},
	{128, "restart_syscall", call_restart},
	{129, "kill", call_kill},
	{130, "tkill", call_tkill},
	{131, "tgkill", call_tgkill},
	{132, "sigaltstack", call_sigaltstack},
	{133, "rt_sigsuspend", call_rt_sigsuspend},
	{134, "rt_sigaction", call_rt_sigaction},
	{135, "rt_sigprocmask", call_rt_sigprocmask},
	{136, "rt_sigpending", call_rt_sigpending},
	{137, "rt_sigtimedwait", call_rt_sigtimedwait},
	{138, "rt_sigqueueinfo", call_rt_sigqueueinfo},
	{139, "rt_sigreturn", frame_return},
	{140, "setpriority", call_setpriority},
	{141, "getpriority", call_getpriority},
	{142, "reboot", call_reboot},
	{143, "setregid", call_setregid},
	{144, "setgid", call_setgid},
	{145, "setreuid", call_setreuid},
	{146, "setuid", call_setuid},
	{147, "setresuid", call_setresuid},
	{148, "getresuid", call_getresuid},
	{149, "setresgid", call_setresgid},
	{150, "getresgid", call_getresgid},
	{151, "setfsuid", call_setfsuid},
	{152, "setfsgid", call_setfsgid},
	{153, "times", call_times},
	{154, "setpgid", call_setpgid},
	{155, "getpgid", call_getpgid},
	{156, "getsid", call_getsid},
	{157, "setsid", call_setsid},
	{158, "getgroups", call_getgroups},
	{159, "setgroups", call_setgroups},
	{160, "uname", call_uname},
	{161, "sethostname", call_sethostname},
	{163, "getrlimit", call_getrlimit},
	{164, "setrlimit", call_setrlimit},
	{165, "getrusage", call_getrusage},
	{166, "umask", call_umask},
	{167, "prctl", call_prctl},
	{168, "getcpu", call_getcpu},
	{169, "gettimeofday", call_gettimeofday},
	{172, "getpid", call_getpid},
	{173, "getppid", call_getppid},
	{174, "getuid", call_getuid},
	{175, "geteuid", call_geteuid},
	{176, "getgid", call_getgid},
	{177, "getegid", call_getegid},
	{178, "gettid", call_gettid},
	{179, "sysinfo", call_sysinfo},
	{220, "clone", process_clone},
	{221, "execve", process_execve},
	{240, "rt_tgsigqueueinfo", call_rt_tgsigqueueinfo},
	{260, "wait4", process_wait4},
	{261, "prlimit64", call_prlimit64},
	{278, "getrandom", call_getrandom},
	{435, "clone3", process_clone3},
	{0},
};

static const struct operation native[] = {
	{PROC_SIGNAL, "signal", native_signal},
	{PROC_SIGNAL_GROUP, "signal_group", native_signal_group},
	{PROC_SIGNAL_SESSION, "signal_session", native_signal_session},
	{PROC_SET_TERMINAL, "set_terminal", native_set_terminal},
	{PROC_MASK_SET, "mask_set", native_mask_set},
	{PROC_MASK_RESTORE, "mask_restore", native_mask_restore},
	{PROC_ARGUMENTS, "arguments", native_arguments},
	{PROC_STATS, "stats", native_stats},
	{PROC_DROP, "drop", native_drop},
	{PROC_DESCRIPTORS, "descriptors", native_descriptors},
	{PROC_LOADER_COMMIT, "loader_commit", native_loader_commit},
	{PROC_LOADER_FAIL, "loader_fail", native_loader_fail},
	{PROC_INIT_ROOT, "init_root", native_init_root},
	{PROC_INIT_EXEC, "init_exec", native_init_exec},
	{PROC_EXE, "exe", native_exe},
	{PROC_TIMES, "times", native_times},
	{PROC_HOSTNAME, "hostname", native_hostname},
	{PROC_EXEC_IDS, "exec_ids", native_exec_ids},
	{0},
};

static void process_notified(u64 bits)
{
	if (bits & NOTIFY_TIMER)
		deadlines_expired();
	if (bits & NOTIFY_MEMORY)
		memory_ran_out();
}

static void process_undo(struct request *q, struct answer *a)
{
	signals_undo(q, a);
}

static const struct server process_server = {
	.name = "process",
	.routed = routed,
	.native = native,
	.fault = process_fault,
	.interrupted = wait_interrupted,
	.notified = process_notified,
	.undo = process_undo,
	.replies = REPLIES,
	.buffer_shift = 12,
};

void server_main(const struct start_info *info)
{
	start = info;
	table_init();
	random_init();
	clock_init();
	bodies_init();
	routes_write((struct route *)server_at(SERVER_ROUTES));
	spaces_init();
	server_run(&process_server);
}

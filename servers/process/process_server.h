/*
 * The process server: what its files share.
 *
 * Reading order: table.c (who there is), threads.c (of one process), body.c (the kernel objects
 * of one), spaces.c, fork.c, strings.c, exec.c, commit.c, exit.c, wait.c, pending.c, signals.c,
 * deliver.c, frame.c, then the calls.
 *
 * P1: a struct process is one thread.  The first thread of a process is its leader and stands
 *     for the process: its entry and its fields outlive the other threads.
 * P2: while a leader is neither free nor zombie, cspace and space are there; members
 *     have the same.  `thread` is there too, but that of a leader may end before the others.
 * P3: `reply` holds the thread iff `wait` says for what; it is answered once.
 * P4: a routed call's tag names a living thread: its kernel object goes before its entry does.
 * P5: a loader has an entry and a body of its own and `loads_for`; it is in no family.  One that
 *     is idle loads for itself, and its entry is free.
 */
#pragma once

#include "ipc/abi/route.h"
#include "ipc/proto/memory.h"
#include "ipc/proto/process.h"
#include "ipc/proto/process_table.h"
#include "servers/lib/server.h"
#include "servers/process/signals.h"

#define NEVER (~0ull)
#define NANOSECONDS 1000000000ull

struct process;

/* --- clock.c: deadlines ------------------------------------------------------------------- */

enum deadline_kind { DEADLINE_SLEEP, DEADLINE_ALARM, DEADLINE_CPU };

struct deadline {
	u64 when; /* ticks of the time counter */
	u32 at;   /* 1 + place in the heap, 0: not armed */
	u8 kind;  /* enum deadline_kind */
	struct process *process;
};

/* --- spaces.c ----------------------------------------------------------------------------- */

/* An address space; a vfork child shares its parent's. */
struct space {
	u64 id;
	slot_t aspace, session;
	u32 users;
};

/* The session of the file that a process runs; fork shares it. */
struct exe {
	slot_t slot;
	u32 users;
};

/* --- The process -------------------------------------------------------------------------- */

enum wait_kind {
	WAIT_NONE,
	WAIT_CHILD,   /* wait4, waitid */
	WAIT_SLEEP,   /* nanosleep, clock_nanosleep */
	WAIT_SUSPEND, /* rt_sigsuspend */
	WAIT_SIGNAL,  /* rt_sigtimedwait */
	WAIT_FUTEX,
	WAIT_VFORK,   /* until the child execs or ends */
	WAIT_EXEC,    /* until its loader commits or fails */
	WAIT_STOPPED, /* held in its handler */
	WAIT_LOADER,  /* for the next exec */
};

enum limit_kind {
	LIMIT_CPU,
	LIMIT_FSIZE,
	LIMIT_DATA,
	LIMIT_STACK,
	LIMIT_CORE,
	LIMIT_RSS,
	LIMIT_NPROC,
	LIMIT_NOFILE,
	LIMIT_MEMLOCK,
	LIMIT_AS,
	LIMIT_LOCKS,
	LIMIT_SIGPENDING,
	LIMIT_MSGQUEUE,
	LIMIT_NICE,
	LIMIT_RTPRIO,
	LIMIT_RTTIME,
	LIMITS
};
struct limit {
	u64 soft, hard;
};

struct process {
	struct process_entry *e;
	u32 tag;
	struct process *next_tid; /* of the same hash */

	/* threads.c */
	struct process *leader;      /* its process; itself if it is that */
	struct process *next_member; /* from the leader on: the threads of the process */

	/* body.c */
	slot_t thread;
	slot_t cspace; /* the leader's, as are space (counted) and actions */
	struct space *space;
	struct actions *actions;

	/* what it waits for */
	slot_t reply;
	u8 wait;          /* enum wait_kind */
	u32 wait_call;    /* number of the call */
	u64 wait_word[6]; /* arguments of the call; WAIT_SIGNAL, WAIT_FUTEX: see there */
	struct process *next_futex, **futex_link; /* the link is 0: in no queue */
	struct deadline sleep;
	u64 sleep_until; /* of a sleep that was interrupted */
	u32 vfork_child; /* tag: WAIT_VFORK */
	bool is_vfork;   /* somebody waits until it execs or ends */
	u64 clear_tid;   /* address, 0: none */
	u64 robust_list; /* address of its head, 0: none */

	/* exec */
	struct process *loader;    /* that works for this one */
	struct process *loads_for; /* it is a loader */
	char new_comm[16];
	struct exec_ids { /* by the file's mode */
		bool sets_user, sets_group;
		u32 uid, gid;
	} exec_ids;

	/* signals.c: of the thread */
	struct pending own;
	struct altstack altstack;
	u64 saved_blocked;    /* mask to go back to when the call is over ... */
	bool restore_blocked; /* ... if this says so */
	bool no_restart;      /* rt_sigreturn came last: its a0 is no result */

	/* --- From here on of the process: in its leader alone --- */
	struct process *parent, *child, *last_child; /* children in the order of their births */
	struct process *sibling, *elder;             /* next and previous child of the parent */
	struct exe *exe;
	struct pending shared; /* whichever thread takes it */
	bool has_execed;
	bool has_locks;                /* it asked for a lock of a file: fs is to hear of its end */
	bool stop_news, continue_news; /* for wait4 */
	u8 stop_signal;
	u8 exit_signal; /* to the parent */
	s32 status;     /* as wait4 tells it: a zombie's, or of a leader that ended first */
	bool doomed, hang_up;
	struct process *next_doomed;
	struct deadline alarm, cpu;
	u64 alarm_interval;           /* ticks */
	u64 ended_user, ended_system; /* ticks of threads that are gone */
	u64 children_user, children_system;
	struct limit limit[LIMITS];
};

extern const struct start_info *start;

/* --- table.c ------------------------------------------------------------------------------ */

void table_init(void);
/* 0: no room.  The leader of a new process; one more thread of one; a loader for p's exec. */
struct process *process_create(void);
struct process *thread_create(struct process *leader);
struct process *loader_create(struct process *p);
void loader_hide(struct process *l); /* until it is shown again nobody finds it */
void loader_show(struct process *l, struct process *p);
void process_free(struct process *p);
extern struct process *process[PROCESS_MAX]; /* by index; 0: free */
static inline struct process *process_find(u32 tag)
{
	struct process *p = TAG_INDEX(tag) < PROCESS_MAX ? process[TAG_INDEX(tag)] : 0;

	return p && p->tag == tag ? p : 0;
}
struct process *process_by_tid(u32 tid);  /* any thread, no loader */
struct process *process_next(u32 *index); /* from *index on: threads, loaders, zombies; 0: end */
struct process *leader_next(u32 *index);  /* processes and zombies alone */
__attribute__((noreturn)) void caller_panic(const struct request *q);
static inline struct process *caller(const struct request *q)
{
	struct process *p = process_find(q->tag);

	if (!p)
		caller_panic(q);
	return p;
}
/* Not a zombie and no loader. */
static inline bool is_alive(const struct process *p)
{
	return p && !p->loads_for && p->e->state != PROCESS_ZOMBIE;
}
static inline u64 signals_pending(const struct process *p)
{
	return *p->own.mask | *p->leader->shared.mask;
}
/* Pending and not blocked. */
static inline u64 signals_ready(const struct process *p)
{
	return signals_pending(p) & ~p->e->blocked;
}
void family_add(struct process *parent, struct process *p);
void family_remove(struct process *p);
struct process *process_init(void); /* pid 1 */
u32 processes_alive(void), processes_ever(void);

/* --- threads.c ---------------------------------------------------------------------------- */

void members_note(struct process *leader); /* their entries say what the leader's says */
bool threads_allow_one_more(const struct process *leader);
s32 thread_make(struct process *p, const struct process *from); /* all but registers */
void thread_exit(struct process *p, s32 status);                /* the last ends the process */
void thread_end(struct process *p);                             /* of a leader: that stays */
void threads_end(struct process *leader);
struct process *threads_end_others(struct process *p); /* exec: p goes on as the leader */

/* --- waiting.c: Replies that are kept ----------------------------------------------------- */

void wait_note(struct process *p, const struct request *q); /* wait_call, wait_word */
s64 wait_begin(struct process *p, enum wait_kind kind, const struct request *q); /* LATER */
s64 wait_hold(struct process *p, enum wait_kind kind, slot_t reply);             /* LATER */
void wait_end(struct process *p, s64 result);                                    /* answers it */
void wait_forget(struct process *p); /* its thread is gone */
struct process *wait_owner(slot_t reply);
void wait_interrupted(slot_t reply);

/* --- body.c ------------------------------------------------------------------------------- */

void bodies_init(void);
bool from_program(const struct request *q); /* its session is that of programs */
s32 body_create(struct process *p, struct process *from, bool descriptors);
s32 body_fill(struct process *l, struct process *from);
void body_empty(struct process *l);
s32 body_add_thread(struct process *p); /* to the body of its leader */
void body_end_thread(struct process *p);
void body_destroy(struct process *p);
s32 body_configure(struct process *p); /* thread runs in p->space from now on */
s32 body_start(struct process *p, const struct thread_registers *r);
s32 cspace_add(slot_t cspace, slot_t there, slot_t own); /* into an empty slot */
s32 cspace_put(slot_t cspace, slot_t there, slot_t own); /* replaces what is there */
s32 call_fed(slot_t target, struct message *m);          /* feeds the pool when it is empty */
slot_t fetch(slot_t cspace, slot_t there);               /* a copy in an own slot, SLOT_NONE */

/* --- spaces.c ----------------------------------------------------------------------------- */

void spaces_init(void); /* the template of all new programs */
struct space *space_new(u32 tag);
struct space *space_fork(const struct space *parent, u32 tag);
void space_release(struct space *s);
void spaces_drop(void); /* those that are kept for the next ones */
/* exec is decided: unmaps the loader's part, and says where the heap begins. */
void space_commit(const struct space *s, u64 heap, const struct limit *limit);
s32 space_read(const struct space *s, u64 address, void *to, u64 len);
s32 space_write(const struct space *s, u64 address, const void *from, u64 len);
/* Up to len bytes, ends early only behind a NUL or with an error. */
s64 space_read_string(const struct space *s, u64 address, void *to, u64 len);
struct exe *exe_new(slot_t slot);
void exe_release(struct exe *x);

/* --- strings.c ---------------------------------------------------------------------------- */

s32 strings_gather(const struct space *s, const u64 pointers[3], struct loader_start *l);
s32 strings_init_program(const char *path, struct loader_start *l);
s64 strings_store(const struct space *s, struct loader_start *l);
void strings_name(const struct loader_start *l, char name[16]);

/* --- fork.c, exec.c, commit.c, exit.c, wait.c --------------------------------------------- */

operation_fn process_clone, process_clone3, process_execve, process_exit_call, process_exit_group,
	process_wait4, process_waitid;
operation_fn native_loader_commit, native_loader_fail, native_init_root, native_init_exec;
s64 exec_begin(struct process *p, slot_t exe, struct loader_start *l);
void exec_abort(struct process *p, s64 error); /* the old image goes on with that error */
void loader_destroy(struct process *p);
void loader_done(struct process *p, slot_t reply); /* p's waits there for the next exec */
void loader_drop(void);
void vfork_done(struct process *child);
void entry_inherit(struct process_entry *e, const struct process_entry *from);

/* --- actions.c ---------------------------------------------------------------------------- */

struct actions *actions_new(void);
struct actions *actions_share(struct actions *from); /* until one of them changes it */
void actions_free(struct actions *a);
void actions_reset(struct process *p); /* exec: what was caught is not */
static inline const struct action *action_of(const struct process *p, u32 number)
{
	return &p->leader->actions->of[number - 1];
}
s64 action_set(struct process *p, u32 number, const struct action *new); /* 0 */

void process_exit(struct process *p, s32 status);
/* Who is to end meanwhile does so at exits_end(): until then nobody is gone. */
void exits_hold(void);
void exits_end(void);
void process_reap(struct process *p);
/* A child ended, stopped or went on: SIGCHLD, and whoever waits for it. */
void parent_tell(struct process *child, s32 code, s32 status);
void wait_child_retry(struct process *parent);

/* --- groups.c ----------------------------------------------------------------------------- */

operation_fn call_getpid, call_gettid, call_getppid, call_setpgid, call_getpgid, call_setsid,
	call_getsid, native_set_terminal;
void groups_left(struct process *p); /* p ends: notes the groups that are orphaned by that ... */
void groups_hang_up(void);           /* ... and signals those with stopped members */
void group_update(u32 pgid);         /* notes whether it is orphaned */

/* --- creds.c ------------------------------------------------------------------------------ */

operation_fn call_getuid, call_geteuid, call_getgid, call_getegid, call_getresuid, call_getresgid,
	call_setuid, call_setgid, call_setreuid, call_setregid, call_setresuid, call_setresgid,
	call_setfsuid, call_setfsgid, call_getgroups, call_setgroups, call_umask;

/* --- clock.c, sleep.c, timer.c ------------------------------------------------------------ */

struct timespec64 {
	s64 seconds, nanoseconds;
};
struct times {
	u64 user, system; /* ticks */
	bool runs;
};
u64 ticks_to_ns(u64 ticks);
u64 ns_to_ticks(u64 ns);
bool timespec_ok(const struct timespec64 *t);
u64 timespec_ticks(const struct timespec64 *t); /* saturates */
struct timespec64 timespec_of(u64 ticks);
void deadline_arm(struct deadline *d, u64 when);
void deadline_cancel(struct deadline *d);
void deadlines_expired(void);                              /* NOTIFY_TIMER */
u64 clock_deadline(u64 clock, const struct timespec64 *t); /* absolute: ticks */
void clock_init(void); /* at the start: reads the clock of the day */
s64 sleep_interrupted(struct process *p);
void sleep_expired(struct process *p);
void alarm_expired(struct process *p);
/* Time from an argument (0: none); ticks from now in *ticks, NEVER without. */
s32 timeout_read(const struct process *p, u64 address, u64 *ticks);
/* user_ticks, system_ticks of the entry, a leader's for its process; true: it runs. */
bool times_update(struct process *p);
struct times thread_times(const struct process *p); /* of p alone */
operation_fn call_clock_gettime, call_clock_getres, call_clock_settime, call_gettimeofday,
	call_nanosleep, call_clock_nanosleep, call_restart, call_times, call_getitimer,
	call_setitimer, call_getrusage;
void rusage_fill(u64 rusage[18], u64 user_ticks, u64 system_ticks);

/* --- load.c ------------------------------------------------------------------------------- */

u64 processes_running(void); /* that want the processor, without the one that asks */
void load_note(u64 running); /* so many want the processor now */
u64 load_average(u32 k);     /* 0 .. LOADS - 1: of 1, 5, 15 minutes */

/* --- limits.c, system.c, random.c, futex.c, descriptors.c, native.c, routes.c  */

void limit_cpu_arm(struct process *p);
void limit_cpu_expired(struct process *p);
void limits_init(struct process *p);
bool limits_allow_process(const struct process *parent);
operation_fn call_prlimit64, call_getrlimit, call_setrlimit, call_getpriority, call_setpriority;
u64 sched_priority(const struct process *p); /* the kernel's, of its thread */
operation_fn call_uname, call_sysinfo, call_prctl, call_set_tid_address, call_set_robust_list,
	call_personality, call_getcpu, call_sched_getaffinity, call_sched_setaffinity,
	call_sched_getscheduler, call_sched_setscheduler, call_sched_setparam, call_sched_getparam,
	call_sched_priority_max, call_sched_priority_min, call_sched_rr_interval, call_reboot,
	call_sethostname;
void random_init(void);
void random_fill(void *to, u64 len);
operation_fn call_getrandom;
operation_fn call_futex;
void futex_forget(struct process *p);
void futex_interrupted(struct process *p);
void futex_abandon_all(struct process *p);
void futex_wake_word(struct process *p, u64 address);
operation_fn call_fcntl, call_ioctl;
void memory_ran_out(void); /* NOTIFY_MEMORY */
operation_fn native_arguments, native_stats, native_drop, native_descriptors, native_exe,
	native_times, native_hostname, native_exec_ids;
u32 caller_server(const struct request *q); /* enum server_id, 0 if the caller is no server */
void routes_write(struct route *table);

/* Bytes of the caller's first in window; -ERETRY, -EFAULT. */
s32 argument_in(const struct request *q, void *to, u64 len);
/* The answer carries these bytes into the first out window. */
s64 answer_copy(struct answer *a, s64 result, const void *data, u64 len);

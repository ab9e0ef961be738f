/*
 * Signals, as the files of the process server share them: what an action and a pending signal
 * are, and who raises, queues and delivers them.
 */
#pragma once

#include "ipc/abi/types.h"
#include "servers/lib/linux.h"
#include "servers/lib/server.h"

#define SIGNALS 64u
#define SIGNAL_BIT(n) (1ull << ((n)-1))

struct process;

struct action {
	u64 handler, flags, mask;
};
struct actions {
	u32 users; /* processes that share it */
	u64 set;   /* signals whose action is not all zero */
	struct actions *next;
	struct action of[SIGNALS]; /* by number - 1 */
};

/* One pending signal: what its siginfo says.  field[0] lies at offset 16, field[1] at 24. */
struct signal {
	struct signal *next;
	s32 number, code;
	u64 field[2];
};
/* Signals that wait for a thread or for a process. */
struct pending {
	struct signal *first;
	u32 count;
	u64 *mask; /* in the process table: what is in it */
};
/* A program's siginfo. */
struct siginfo {
	s32 number, error, code, pad;
	u64 field[2];
	u8 room[96];
};
_Static_assert(sizeof(struct siginfo) == 128, "siginfo_t");
#define SI_WHO(pid, uid) ((u64)(pid) | (u64)(uid) << 32)

struct altstack {
	u64 sp, size;
	u32 flags;
};

enum signal_handler { ACTION_DEFAULT, ACTION_IGNORE }; /* SIG_DFL, SIG_IGN */
enum signal_code { SI_USER = 0, SI_KERNEL = 128, SI_QUEUE = -1, SI_TIMER = -2, SI_TKILL = -6 };
enum child_code { CLD_EXITED = 1, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED };
enum action_flag {
	SA_NOCLDSTOP = 1,
	SA_NOCLDWAIT = 2,
	SA_SIGINFO = 4,
	SA_ONSTACK = 0x08000000,
	SA_RESTART = 0x10000000,
	SA_NODEFER = 0x40000000,
};
#define SA_RESETHAND 0x80000000ull

enum signal_effect { EFFECT_IGNORE, EFFECT_STOP, EFFECT_END, EFFECT_HANDLER };
enum signal_effect signal_effect(const struct process *p, u32 number);
/* Raises it.  The process may have ended when this comes back. */
void signal_send(struct process *p, const struct signal *s); /* to its process */
void signal_send_thread(struct process *p, const struct signal *s);
void signal_raise(struct process *p, u32 number, s32 code);   /* by the system itself */
void signal_force(struct process *p, const struct signal *s); /* a fault: cannot be kept off */
void signals_discard(struct process *p, u64 mask); /* of the process and all its threads */
void signals_retarget(struct process *leader);
void signal_waited(struct process *p, struct signal *s); /* WAIT_SIGNAL ends with it */
u64 signals_pending_anywhere(const struct process *p);   /* for any thread of it */
bool signals_blocked_set(struct process *p, u64 mask);   /* is one for p pending now? */
/* The rest of it is zero, and stays so. */
static inline void siginfo_fill(struct siginfo *info, const struct signal *s)
{
	info->number = s->number;
	info->code = s->code;
	info->field[0] = s->field[0];
	info->field[1] = s->field[1];
}
u32 group_signal(u32 pgid, const struct signal *s); /* how many got it */

void pending_add(struct pending *q, const struct signal *s, bool first);
void pending_discard(struct pending *q, u64 mask);
void pending_move(struct pending *to, struct pending *from);
struct signal *signal_take(struct process *p, u64 mask); /* lowest in mask; free it */
void signal_free(struct signal *s);

/* What the thread's call has returned, or returns in its handler's stead; LATER: the thread is held
 * or gone. */
s64 signals_deliver(struct process *p, slot_t reply, s64 result);
/* The same for a call that is being served: the thread wakes in its handler. */
s64 signals_in_call(struct process *p, slot_t reply, s64 result);
/* p is not marked when it is woken: it looks itself (signals_in_call). */
void signals_self(const struct process *p);
/* p's call raises it for p: does nothing but its handler follow, before all else?  Then the call
 * ends with it. */
bool signal_at_once(const struct process *p, u32 number);
s64 signal_handle(struct process *p, slot_t reply, const struct signal *s);
void process_continue(struct process *p);
operation_fn process_fault;

s32 frame_push(const struct process *p, slot_t reply, const struct action *act,
	       const struct signal *s, s64 result);
operation_fn frame_return;                                          /* rt_sigreturn */
void signals_undo(const struct request *q, const struct answer *a); /* rt_sigaction, _procmask */

operation_fn call_rt_sigaction, call_rt_sigprocmask, call_rt_sigpending, call_rt_sigsuspend,
	call_rt_sigtimedwait, call_sigaltstack, call_kill, call_tgkill, call_tkill,
	call_rt_sigqueueinfo, call_rt_tgsigqueueinfo;
operation_fn native_signal, native_signal_group, native_signal_session, native_mask_set,
	native_mask_restore;

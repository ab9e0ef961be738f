/*
 * Signal calls: actions, masks, waiting for signals; and what servers raise.
 */
#include "servers/process/process_server.h"

#define SIGSET_BYTES 8u
#define SS_ONSTACK 1u
#define SS_DISABLE 2u
#define MINSIGSTKSZ 2048u
#define CANNOT (SIGNAL_BIT(LINUX_SIGKILL) | SIGNAL_BIT(LINUX_SIGSTOP))

/* The first bytes of an in window mostly came with the call, in an aligned buffer. */
static s32 mask_read(const struct request *q, u64 *mask)
{
	if (q->data_len < sizeof(*mask))
		return argument_in(q, mask, sizeof(*mask));
	*mask = *(const u64 *)(const void *)q->data;
	return 0;
}

/* --- Actions and masks -------------------------------------------------------------------- */

/* What the answer carries back, and what is to be again if it does not get there. */
static struct action old_action __attribute__((aligned(32))); /* in one page */
static u64 old_mask;

void signals_undo(const struct request *q, const struct answer *a)
{
	struct process *p = process_find(q->tag);

	if (!p || !(a->flags & MSG_COPY))
		return;
	if (a->copy == &old_action) {
		action_set(p, (u32)q->word[0], &old_action);
	} else if (a->copy == &old_mask) {
		signals_blocked_set(p, old_mask);
	}
}

/* What is dropped does not come back: then the old action goes first. */
static __attribute__((noinline)) s64 action_exchange(struct process *p, const struct request *q,
						     struct answer *a, const struct action *new)
{
	u32 number = (u32)q->word[0];
	bool pending = signals_pending_anywhere(p) & SIGNAL_BIT(number);
	s32 error = 0;

	old_action = *action_of(p, number);
	if (q->word[2] && pending)
		error = window_out_all(q->reply, 1, 0, &old_action, sizeof(old_action));
	else if (q->word[2])
		answer_copy(a, 0, &old_action, sizeof(old_action));
	if (error || !new)
		return error;
	action_set(p, number, new);
	if (pending && signal_effect(p, number) == EFFECT_IGNORE)
		signals_discard(p, SIGNAL_BIT(number));
	return 0;
}

/* The new one did not come along. */
static __attribute__((noinline)) s64 action_read(struct process *p, const struct request *q,
						 struct answer *a)
{
	static struct action read;
	s32 error = argument_in(q, &read, sizeof(read));

	return error ? error : action_exchange(p, q, a, &read);
}

/* Mostly nobody asks for the old one, and no signal waits. */
s64 call_rt_sigaction(struct request *q, struct answer *a)
{
	struct process *p = caller(q);
	u64 number = q->word[0];
	const struct action *new = (const void *)q->data;

	if (q->word[3] != SIGSET_BYTES || number - 1 >= SIGNALS)
		return -EINVAL;
	if (q->word[1] && CANNOT & SIGNAL_BIT(number))
		return -EINVAL;
	if (p->loads_for)
		return -EPERM;
	if (q->word[1] && q->data_len < sizeof(*new))
		return action_read(p, q, a);
	if (!q->word[1] || q->word[2] || *p->leader->shared.mask || *p->leader->own.mask
	    || p->leader->next_member)
		return action_exchange(p, q, a, q->word[1] ? new : 0);
	return action_set(p, (u32)number, new);
}

s64 call_rt_sigprocmask(struct request *q, struct answer *a)
{
	enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };
	struct process *p = caller(q);
	u64 set = 0;
	s32 error;

	if (q->word[3] != SIGSET_BYTES || (q->word[1] && (u32)q->word[0] > SIG_SETMASK))
		return -EINVAL;
	error = q->word[1] ? mask_read(q, &set) : 0;
	if (error)
		return error;
	old_mask = p->e->blocked;
	if (q->word[2])
		answer_copy(a, 0, &old_mask, sizeof(old_mask));
	if (!q->word[1])
		return 0;
	if ((u32)q->word[0] == SIG_BLOCK)
		set |= old_mask;
	else if ((u32)q->word[0] == SIG_UNBLOCK)
		set = old_mask & ~set;
	signals_blocked_set(p, set);
	return 0;
}

s64 call_rt_sigpending(struct request *q, struct answer *a)
{
	static u64 set;
	const struct process *p = caller(q);

	if (q->word[1] > SIGSET_BYTES)
		return -EINVAL;
	set = signals_pending(p) & p->e->blocked;
	return answer_copy(a, 0, &set, q->word[1]);
}

/* --- Waiting for signals ------------------------------------------------------------------ */

static void mask_replace(struct process *p, u64 mask)
{
	p->saved_blocked = p->e->blocked;
	p->restore_blocked = true;
	signals_blocked_set(p, mask);
}

s64 call_rt_sigsuspend(struct request *q, struct answer *a)
{
	struct process *p = caller(q);
	u64 mask;
	s32 error;

	(void)a;
	if (q->word[1] != SIGSET_BYTES)
		return -EINVAL;
	error = mask_read(q, &mask);
	if (error)
		return error;
	mask_replace(p, mask);
	return signals_ready(p) ? -ERESTARTNOHAND : wait_begin(p, WAIT_SUSPEND, q);
}

/* What is told of a signal that was waited for. */
static s64 waited_result(slot_t reply, u64 info_at, struct signal *s)
{
	static struct siginfo info;
	s32 error = 0;
	s64 result = s->number;

	siginfo_fill(&info, s);
	if (info_at)
		error = window_out_all(reply, 1, 0, &info, sizeof(info));
	signal_free(s);
	return error == -ERETRY ? -EFAULT : error ? error : result;
}

void signal_waited(struct process *p, struct signal *s)
{
	deadline_cancel(&p->sleep);
	wait_end(p, waited_result(p->reply, p->wait_word[1], s));
}

/* wait_word[0] becomes the set itself. */
s64 call_rt_sigtimedwait(struct request *q, struct answer *a)
{
	struct process *p = caller(q);
	struct signal *s;
	u64 set, ticks;
	s32 error;

	(void)a;
	if (q->word[3] != SIGSET_BYTES)
		return -EINVAL;
	error = mask_read(q, &set);
	if (!error)
		error = timeout_read(p, q->word[2], &ticks);
	if (error)
		return error;
	set &= ~CANNOT;
	s = signal_take(p, set);
	if (s)
		return waited_result(q->reply, q->word[1], s);
	if (ticks == 0)
		return -EAGAIN;
	if (ticks != NEVER)
		deadline_arm(&p->sleep, time_now() + ticks);
	wait_begin(p, WAIT_SIGNAL, q);
	p->wait_word[0] = set;
	return LATER;
}

s64 call_sigaltstack(struct request *q, struct answer *a)
{
	static struct {
		u64 sp;
		u32 flags, pad;
		u64 size;
	} new, old;
	static struct thread_registers r;
	struct process *p = caller(q);
	const struct altstack *now = &p->altstack;
	bool on;
	s32 error = 0;

	(void)a;
	call_data(q->reply, REPLY_READ_REGISTERS, 0, &r, sizeof(r));
	on = now->size && r.x[REG_SP] - now->sp - 1 < now->size;
	old.sp = now->sp;
	old.size = now->size;
	old.flags = !now->size ? SS_DISABLE : on ? SS_ONSTACK : now->flags;
	if (q->word[0])
		error = argument_in(q, &new, sizeof(new));
	if (!error && q->word[0] && on)
		error = -EPERM;
	if (!error && q->word[0] && new.flags & ~(SS_DISABLE | SS_ONSTACK | 0x80000000u))
		error = -EINVAL;
	if (!error && q->word[0] && !(new.flags &SS_DISABLE) && new.size < MINSIGSTKSZ)
		error = -ENOMEM;
	if (!error && q->word[1])
		error = window_out_all(q->reply, 1, 0, &old, sizeof(old));
	if (error || !q->word[0])
		return error;
	p->altstack = (struct altstack){0};
	if (!(new.flags &SS_DISABLE))
		p->altstack = (struct altstack){new.sp, new.size, new.flags & 0x80000000u};
	return 0;
}

/* --- By servers --------------------------------------------------------------------------- */

static s64 signal_number(const struct request *q, struct signal *s)
{
	*s = (struct signal){.number = (s32)q->word[1], .code = SI_KERNEL};
	if (!caller_server(q))
		return -EPERM;
	return q->word[1] < 1 || q->word[1] > SIGNALS ? -EINVAL : 0;
}

s64 native_signal(struct request *q, struct answer *a)
{
	struct process *p = process_find((u32)q->word[0]);
	struct signal s;
	s64 error = signal_number(q, &s);

	(void)a;
	if (error)
		return error;
	if (!is_alive(p))
		return -ESRCH;
	s.field[0] = SI_WHO(p->e->pid, p->e->uid); /* SIGPIPE and its like are one's own doing */
	s.code = SI_USER;
	signal_send_thread(p, &s);
	return 0;
}

s64 native_signal_group(struct request *q, struct answer *a)
{
	struct signal s;
	s64 error = signal_number(q, &s);

	(void)a;
	if (error)
		return error;
	return group_signal((u32)q->word[0], &s) ? 0 : -ESRCH;
}

s64 native_signal_session(struct request *q, struct answer *a)
{
	struct process *p;
	struct signal s;
	u32 index = 0;
	s64 error = signal_number(q, &s);

	(void)a;
	while (!error && (p = leader_next(&index)))
		if (p->e->sid == q->word[0])
			signal_send(p, &s);
	return error;
}

s64 native_mask_set(struct request *q, struct answer *a)
{
	struct process *p = process_find((u32)q->word[0]);

	(void)a;
	if (!caller_server(q))
		return -EPERM;
	if (!is_alive(p))
		return -ESRCH;
	mask_replace(p, q->word[1]);
	return signals_ready(p) != 0;
}

s64 native_mask_restore(struct request *q, struct answer *a)
{
	struct process *p = process_find((u32)q->word[0]);

	(void)a;
	if (!caller_server(q))
		return -EPERM;
	if (!is_alive(p) || !p->restore_blocked)
		return 0;
	p->restore_blocked = false;
	signals_blocked_set(p, p->saved_blocked);
	return 0;
}

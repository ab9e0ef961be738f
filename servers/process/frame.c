/*
 * The signal frame on the program's stack, exactly as Linux/riscv64 lays it out.
 *
 *   sp -> siginfo (128) | ucontext (960): flags, link, stack, mask, 1024 bits of room,
 *         then at 176 the registers: pc, x1..x31, and a 528-byte floating-point union
 * The handler returns to a page that calls rt_sigreturn, which takes it all back.
 * The kernel moves the registers between the thread and its stack, in one go with the rest.
 */
#include "servers/process/process_server.h"

#define SS_DISABLE 2u

/* All of it but the registers; what is not set below stays zero. */
struct frame_head {
	u8 info[128];
	u64 flags, link;
	u64 stack_sp;
	u32 stack_flags, pad;
	u64 stack_size;
	u64 mask;
	u8 mask_room[120];
	u64 pad2;
};
struct frame {
	struct frame_head head;
	struct saved_registers registers; /* the kernel's own doing: zero here */
};
#define CONTEXT offsetof(struct frame_head, flags)
#define CONTEXT_STACK offsetof(struct frame_head, stack_sp)
_Static_assert(sizeof(struct frame_head) - CONTEXT == 176, "uc_mcontext");
_Static_assert(sizeof(struct frame) - CONTEXT == 960, "ucontext");

static struct frame frame; /* too large for the stack */

void siginfo_fill(u8 info[128], const struct signal *s)
{
	memcpy(info, &s->number, sizeof(s->number));
	memcpy(info + 8, &s->code, sizeof(s->code));
	memcpy(info + 16, s->field, sizeof(s->field));
}

/* --- Going to the handler ----------------------------------------------------------------- */

static u64 stack_pointer(slot_t reply)
{
	static struct thread_registers r;

	call_data(reply, REPLY_READ_REGISTERS, 0, &r, sizeof(r));
	return r.x[REG_SP];
}

static u64 frame_below(u64 top)
{
	return (top - sizeof(struct frame)) & ~15ull;
}

/* Below which address the frame goes, 0: the stack pointer.  EFAULT: no room. */
static s32 frame_place(const struct process *p, slot_t reply, const struct action *act, u64 *top)
{
	const struct altstack *s = &p->altstack;
	u64 sp;
	bool on;

	*top = 0;
	if (!s->size)
		return 0;
	sp = stack_pointer(reply);
	on = sp > s->sp && sp - s->sp <= s->size;
	if (!on && !(act->flags & SA_ONSTACK))
		return 0;
	*top = on ? sp : s->sp + s->size;
	return *top - s->sp < sizeof(struct frame) || frame_below(*top) < s->sp ? -EFAULT : 0;
}

static void head_fill(const struct process *p, const struct signal *s)
{
	struct frame_head *h = &frame.head;

	siginfo_fill(h->info, s);
	h->stack_sp = p->altstack.sp;
	h->stack_size = p->altstack.size;
	h->stack_flags = p->altstack.size ? p->altstack.flags : SS_DISABLE;
	h->mask = p->restore_blocked ? p->saved_blocked : p->e->blocked;
}

static s32 push(slot_t reply, const struct action *act, u64 number, u64 top, u64 result)
{
	struct message m = {.word = {top, act->handler, LOADER_TRAMPOLINE, number, result, CONTEXT},
			    .label = REPLY_PUSH,
			    .data = &frame.head,
			    .data_len = sizeof(frame.head)};

	return msg_call(reply, &m);
}

/* The thread's registers go into a new frame, and it turns towards the handler.  result: of its
 * call, if that is still to be answered.  EFAULT: no stack. */
s32 frame_push(const struct process *p, slot_t reply, const struct action *act,
	       const struct signal *s, s64 result)
{
	u64 top, number = (u64)s->number;
	s32 error = frame_place(p, reply, act, &top);

	if (error)
		return error;
	head_fill(p, s);
	error = push(reply, act, number, top, (u64)result);
	if (error != -EFAULT)
		return error;
	top = top ? top
		  : stack_pointer(reply); /* a page is absent: what is written first is there */
	error = space_write(p->space, frame_below(top), &frame, sizeof(frame));
	return error ? error : push(reply, act, number, top, (u64)result);
}

/* --- And back ----------------------------------------------------------------------------- */

/* What the program finds in the frame when it goes on, besides registers. */
static struct {
	u64 stack_sp;
	u32 stack_flags, pad;
	u64 stack_size;
	u64 mask;
} kept;

static s32 pop(slot_t reply, u64 *a0)
{
	struct message m = {
		.word = {sizeof(struct frame_head), offsetof(struct frame_head, stack_sp)},
		.label = REPLY_POP,
		.data = &kept,
		.data_len = sizeof(kept)};
	s32 error = msg_call(reply, &m);

	*a0 = m.word[0];
	return error;
}

/* A page of it may be absent: what is read first is there. */
static s32 frame_pop(const struct process *p, slot_t reply, u64 *a0)
{
	s32 error = pop(reply, a0);
	static struct frame there;

	if (error != -EFAULT)
		return error;
	error = space_read(p->space, stack_pointer(reply), &there, sizeof(there));
	return error ? error : pop(reply, a0);
}

/* rt_sigreturn.  The a0 of the frame is no result that the library may judge: it goes raw. */
s64 frame_return(struct request *q, struct answer *a)
{
	struct process *p = caller(q);

	if (p->loads_for)
		return -ENOSYS;
	if (frame_pop(p, q->reply, &a->word[0]) < 0) {
		process_exit(p, LINUX_SIGSEGV);
		return LATER;
	}
	p->altstack = (struct altstack){0};
	if (!(kept.stack_flags & SS_DISABLE))
		p->altstack = (struct altstack){kept.stack_sp, kept.stack_size, kept.stack_flags};
	signals_blocked_set(p, kept.mask);
	p->no_restart = signals_ready(p) != 0;
	a->flags = ANSWER_FILLED;
	return 0;
}

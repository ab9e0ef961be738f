/*
 * The signal frame on the program's stack, exactly as Linux/riscv64 lays it out.
 *
 *   sp -> siginfo (128) | ucontext (960): flags, link, stack, mask, 1024 bits of room,
 *         then at 176 the registers: pc, x1..x31, and a 528-byte floating-point union
 * The handler returns to a page that calls rt_sigreturn, which takes it all back.
 * The kernel moves the registers between the thread and its stack, in one go with the rest.
 */
#include "servers/lib/method.h"
#include "servers/process/process_server.h"

#define SS_DISABLE 2u

/* All of it but the registers; what is not set below stays zero. */
struct frame_head {
	struct siginfo info;
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
/* What is written of it, rounded up: that copies faster.  Room behind it stays as it is. */
#define WRITTEN ((offsetof(struct frame_head, mask_room) + 63) & ~63ul)
#define CONTEXT_STACK offsetof(struct frame_head, stack_sp)
_Static_assert(sizeof(struct frame_head) - CONTEXT == 176, "uc_mcontext");
_Static_assert(sizeof(struct frame) - CONTEXT == 960, "ucontext");

/* Too large for the stack; what is written of it lies in one page. */
static struct frame frame __attribute__((aligned(256)));
_Static_assert(WRITTEN <= 256, "one page");

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
static __attribute__((noinline)) s32 frame_place(const struct process *p, slot_t reply,
						 const struct action *act, u64 *top)
{
	const struct altstack *s = &p->altstack;
	u64 sp = stack_pointer(reply);
	bool on = sp > s->sp && sp - s->sp <= s->size;
	if (!on && !(act->flags & SA_ONSTACK))
		return 0;
	*top = on ? sp : s->sp + s->size;
	return *top - s->sp < sizeof(struct frame) || frame_below(*top) < s->sp ? -EFAULT : 0;
}

static void head_fill(const struct process *p, const struct signal *s)
{
	struct frame_head *h = &frame.head;

	siginfo_fill(&h->info, s);
	h->stack_sp = p->altstack.sp;
	h->stack_size = p->altstack.size;
	h->stack_flags = p->altstack.size ? p->altstack.flags : SS_DISABLE;
	h->mask = p->restore_blocked ? p->saved_blocked : p->e->blocked;
}

static inline __attribute__((always_inline)) s32 push(slot_t reply, const struct action *act,
						      u64 top, u64 result)
{
	struct method_call m = {.label = REPLY_PUSH,
				.window = (u64)&frame.head,
				.len = WRITTEN,
				.word = {top, act->handler, LOADER_TRAMPOLINE,
					 (u64)frame.head.info.number, result,
					 CONTEXT | (sizeof(frame.head) - WRITTEN) << 32}};
	s64 at = method_do(reply, &m);

	return at < 0 ? (s32)at : 0;
}

/* A page is absent: what is written first is there. */
static __attribute__((noinline)) s32 push_again(const struct process *p, slot_t reply,
						const struct action *act, u64 top, s64 result)
{
	s32 error;

	if (!top)
		top = stack_pointer(reply);
	error = space_write(p->space, frame_below(top), &frame, sizeof(frame));
	return error ? error : push(reply, act, top, (u64)result);
}

/* The thread's registers go into a new frame, and it turns towards the handler.  result: of its
 * call, if that is still to be answered.  EFAULT: no stack. */
s32 frame_push(const struct process *p, slot_t reply, const struct action *act,
	       const struct signal *s, s64 result)
{
	u64 top = 0;
	s32 error = p->altstack.size ? frame_place(p, reply, act, &top) : 0;

	if (error)
		return error;
	head_fill(p, s);
	error = push(reply, act, top, (u64)result);
	return error == -EFAULT ? push_again(p, reply, act, top, result) : error;
}

/* --- And back ----------------------------------------------------------------------------- */

/* The answer's words: 1 to 3 the alternate stack, 4 the mask, 5 a0. */
static inline __attribute__((always_inline)) s64 pop(slot_t reply, struct method_call *m)
{
	*m = (struct method_call){.label = REPLY_POP,
				  .word = {sizeof(struct frame_head), CONTEXT_STACK}};
	return method_do(reply, m);
}

/* A page of it is absent: what is read first is there. */
static __attribute__((noinline)) s32 frame_fetch(const struct process *p, slot_t reply)
{
	static struct frame there;

	return space_read(p->space, stack_pointer(reply), &there, sizeof(there));
}

/* rt_sigreturn.  The a0 of the frame is no result that the library may judge: it goes raw. */
s64 frame_return(struct request *q, struct answer *a)
{
	struct process *p = caller(q);
	struct method_call m;
	s64 error;

	if (p->loads_for)
		return -ENOSYS;
	error = pop(q->reply, &m);
	if (error == -EFAULT && frame_fetch(p, q->reply) == 0)
		error = pop(q->reply, &m);
	if (error < 0) {
		process_exit(p, LINUX_SIGSEGV);
		return LATER;
	}
	p->altstack = (struct altstack){0};
	if (!((u32)m.word[2] & SS_DISABLE))
		p->altstack = (struct altstack){m.word[1], m.word[3], (u32)m.word[2]};
	p->no_restart = signals_blocked_set(p, m.word[4]);
	a->word[0] = m.word[5];
	a->label = 0;
	a->flags = ANSWER_FILLED;
	return 0;
}

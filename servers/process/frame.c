/*
 * The signal frame on the program's stack, exactly as Linux/riscv64 lays it out.
 *
 *   sp -> siginfo (128) | ucontext (960): flags, link, stack, mask, 1024 bits of room,
 *         then at 176 the registers: pc, x1..x31, and a 528-byte floating-point union
 * The handler returns to a page that calls rt_sigreturn, which takes it all back.
 */
#include "servers/lib/replies.h"
#include "servers/process/process_server.h"

#define SS_DISABLE 2u

struct frame_context {
	u64 flags, link;
	u64 stack_sp;
	u32 stack_flags, pad;
	u64 stack_size;
	u64 mask;
	u8 mask_room[120];
	u64 pad2;
	u64 pc, x[31];
	u64 f[32];
	u32 fcsr;
	u32 reserved[67]; /* of the union, quad precision and extensions: none */
};
struct frame {
	u8 info[128];
	struct frame_context context;
};
_Static_assert(offsetof(struct frame_context, pc) == 176, "uc_mcontext");
_Static_assert(sizeof(struct frame_context) == 960, "ucontext");

static struct frame frame; /* too large for the stack */

void siginfo_fill(u8 info[128], const struct signal *s)
{
	memset(info, 0, 128);
	memcpy(info, &s->number, sizeof(s->number));
	memcpy(info + 8, &s->code, sizeof(s->code));
	memcpy(info + 16, s->field, sizeof(s->field));
}

static bool is_on(const struct altstack *s, u64 sp)
{
	return s->size && sp > s->sp && sp - s->sp <= s->size;
}

/* Where the frame goes; 0: no room. */
static u64 frame_place(const struct process *p, u64 sp, const struct action *act)
{
	const struct altstack *s = &p->altstack;
	u64 at;

	if (is_on(s, sp))
		return sp - sizeof(frame) >= s->sp ? (sp - sizeof(frame)) & ~15ull : 0;
	if (act->flags & SA_ONSTACK && s->size)
		sp = s->sp + s->size;
	at = (sp - sizeof(frame)) & ~15ull;
	if (act->flags & SA_ONSTACK && s->size && at < s->sp)
		return 0;
	return at;
}

static void context_fill(const struct process *p, const struct thread_registers *r)
{
	struct frame_context *c = &frame.context;

	memset(c, 0, sizeof(*c));
	c->stack_sp = p->altstack.sp;
	c->stack_size = p->altstack.size;
	c->stack_flags = p->altstack.size ? p->altstack.flags : SS_DISABLE;
	c->mask = p->restore_blocked ? p->saved_blocked : p->e->blocked;
	c->pc = r->pc;
	memcpy(c->x, r->x, sizeof(c->x));
	if (r->flags & REGS_FLOAT) {
		memcpy(c->f, r->f, sizeof(c->f));
		c->fcsr = (u32)r->fcsr;
	}
}

/* Saves r in a new frame and turns it towards the handler.  EFAULT: no stack. */
s32 frame_push(struct process *p, struct thread_registers *r, const struct action *act,
	       const struct signal *s)
{
	u64 at = frame_place(p, r->x[REG_SP], act);
	s32 error;

	if (!at)
		return -EFAULT;
	siginfo_fill(frame.info, s);
	context_fill(p, r);
	error = space_write(p->space, at, &frame, sizeof(frame));
	if (error)
		return error;
	r->x[REG_RA] = LOADER_TRAMPOLINE;
	r->x[REG_SP] = at;
	r->x[REG_A0] = (u64)s->number;
	r->x[REG_A1] = at;
	r->x[REG_A2] = at + sizeof(frame.info);
	r->pc = act->handler;
	return 0;
}

static void context_take(struct process *p, struct thread_registers *r)
{
	const struct frame_context *c = &frame.context;

	r->pc = c->pc;
	memcpy(r->x, c->x, sizeof(c->x));
	memcpy(r->f, c->f, sizeof(c->f));
	r->fcsr = c->fcsr;
	r->flags = REGS_FLOAT;
	if (c->stack_flags & SS_DISABLE)
		p->altstack = (struct altstack){0};
	else
		p->altstack = (struct altstack){c->stack_sp, c->stack_size, c->stack_flags};
}

/* rt_sigreturn.  The a0 of the frame is no result that the library may judge: it goes raw. */
s64 frame_return(struct request *q, struct answer *a)
{
	static struct thread_registers r;
	struct process *p = caller(q);

	if (p->loads_for)
		return -ENOSYS;
	call_data(q->reply, REPLY_READ_REGISTERS, 0, &r, sizeof(r));
	if (r.x[REG_SP] & 15 || space_read(p->space, r.x[REG_SP], &frame, sizeof(frame)) < 0) {
		process_exit(p, LINUX_SIGSEGV);
		return LATER;
	}
	context_take(p, &r);
	call_data(q->reply, REPLY_WRITE_REGISTERS, 0, &r, sizeof(r));
	signals_blocked_set(p, frame.context.mask);
	p->no_restart = signals_ready(p) != 0;
	a->word[0] = r.x[REG_A0];
	msg_reply(q->reply, a);
	reply_release(q->reply);
	return NOTHING_SENT;
}

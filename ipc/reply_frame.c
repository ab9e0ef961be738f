/*
 * Upcalls: a held caller's registers are put on its own stack, and taken back from there.
 *
 * The one idea: what is saved goes from the trap frame straight into the program's page, and
 * back; a server that turns a program towards a handler adds its own bytes, and sees no more.
 */
#include "ipc/endpoint.h"
#include "kernel/aspace.h"
#include "kernel/method.h"
#include "kernel/sched.h"

void *memcpy(void *to, const void *from, size_t len);

#define SAVED_BYTES offsetof(struct saved_registers, room)

/* Where they would cross into another page; under the kernel lock.  Its room stays zero. */
static struct saved_registers buffer;

/* The place at va itself if it lies in one page, else the buffer; 0: no such page. */
static struct saved_registers *saved_at(struct aspace *a, u64 va, enum access access)
{
	u8 *page;

	if ((va & PAGE_MASK) > PAGE_SIZE - sizeof(buffer))
		return &buffer;
	page = aspace_page(a, va, access);
	return page ? (void *)(page + (va & PAGE_MASK)) : 0;
}

static void save(struct saved_registers *s, struct thread *t)
{
	thread_fpu_sync(t);
	s->pc = t->frame.pc;
	memcpy(s->x, t->frame.x, sizeof(s->x));
	memcpy(s->f, t->fpu.f, sizeof(s->f));
	s->fcsr = (u32)t->fpu.fcsr;
	s->end[0] = s->end[1] = s->end[2] = 0;
}

/* Zero is what it has already. */
static bool fpu_unused(const struct thread *t, const struct saved_registers *s)
{
	u64 any = t->fpu_used || s->fcsr;

	for (u32 i = 0; i < 32 && !any; i++)
		any = s->f[i];
	return !any;
}

static void restore(struct thread *t, const struct saved_registers *s)
{
	t->frame.pc = s->pc;
	memcpy(t->frame.x, s->x, sizeof(s->x));
	t->in_call = false;
	if (fpu_unused(t, s))
		return;
	thread_fpu_forget(t);
	memcpy(t->fpu.f, s->f, sizeof(s->f));
	t->fpu.fcsr = s->fcsr;
	t->fpu_used = true;
}

err_t reply_method_push(struct invocation *v)
{
	struct thread *c = ((struct reply *)(void *)v->object)->caller;
	struct user_place own = {thread_aspace(v->caller), v->window};
	struct user_place user = {thread_aspace(c), v->in[0] ? v->in[0] : c->frame.sp};
	struct trap_frame *f = &c->frame;
	struct saved_registers *s;
	u64 len = v->window_len;
	bool at_source;

	if (len > PUSH_MAX || len & 7)
		return -EINVAL;
	user.va = (user.va - len - sizeof(*s)) & ~15ull;
	s = saved_at(user.aspace, user.va + len, ACCESS_WRITE);
	if (!s || aspace_copy(user, own, len, &at_source) != len)
		return -EFAULT;
	save(s, c);
	if (c->call_kind == CALL_ROUTED)
		s->x[REG_A0] = v->in[4];
	if (s == &buffer
	    && aspace_copy_out(user.aspace, user.va + len, s, sizeof(*s)) != sizeof(*s))
		return -EFAULT;
	/* commit */
	f->pc = v->in[1];
	f->ra = v->in[2];
	f->sp = f->a1 = user.va;
	f->a0 = v->in[3];
	f->a2 = user.va + v->in[5];
	c->in_call = false;
	v->out[0] = user.va;
	return 0;
}

err_t reply_method_pop(struct invocation *v)
{
	struct thread *c = ((struct reply *)(void *)v->object)->caller;
	struct user_place own = {thread_aspace(v->caller), v->window};
	struct user_place user = {thread_aspace(c), c->frame.sp + v->in[1]};
	u64 va = c->frame.sp + v->in[0];
	const struct saved_registers *s;
	bool at_source;

	if (v->window_len > PUSH_MAX)
		return -EINVAL;
	s = va & 7 ? 0 : saved_at(user.aspace, va, ACCESS_READ);
	if (s == &buffer && aspace_copy_in(user.aspace, va, &buffer, SAVED_BYTES) != SAVED_BYTES)
		return -EFAULT;
	if (!s || aspace_copy(own, user, v->window_len, &at_source) != v->window_len)
		return -EFAULT;
	/* commit */
	restore(c, s);
	v->out[0] = c->frame.a0;
	return 0;
}

/*
 * Upcalls: a held caller's registers are put on its own stack, and taken back from there.
 *
 * The one idea: what is saved goes from the trap frame straight into the program's page, and
 * back; a server that turns a program towards a handler adds its own bytes, and sees no more.
 */
#include "ipc/endpoint.h"
#include "kernel/aspace.h"
#include "kernel/method.h"

#define SAVED_BYTES offsetof(struct saved_registers, room)

/* Where they would cross into another page; under the kernel lock.  Its room stays zero. */
static struct saved_registers buffer;

/* Whole words, both sides aligned: a call of memcpy costs more than most of these copies. */
static inline void copy_8(u64 *to, const u64 *from)
{
#pragma GCC unroll 8
	for (u32 i = 0; i < 8; i++)
		to[i] = from[i];
}

/* Half of the registers. */
static void copy_32(u64 *to, const u64 *from)
{
	copy_8(to, from);
	copy_8(to + 8, from + 8);
	copy_8(to + 16, from + 16);
	copy_8(to + 24, from + 24);
}

/* [va, va + len) if it lies in one page, and aligned; 0: it does not, or the page is absent. */
static u64 *words_at(struct aspace *a, u64 va, u64 len, enum access access)
{
	u8 *page = 0;

	if (!(va & 7) && (va & PAGE_MASK) + len <= PAGE_SIZE)
		page = aspace_page(a, va, access);
	return page ? (void *)(page + (va & PAGE_MASK)) : 0;
}

/* pc, which is first, and the 31 of x lie alike in both. */
_Static_assert(offsetof(struct saved_registers, x) == offsetof(struct trap_frame, x), "x");
static void save(struct saved_registers *s, struct thread *t, u64 result)
{
	thread_fpu_sync(t);
	copy_32((void *)s, (const void *)&t->frame);
	if (t->call_kind == CALL_ROUTED)
		s->x[REG_A0] = result;
	copy_32(s->f, t->fpu.f);
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
	copy_32((void *)&t->frame, (const void *)s);
	t->in_call = false;
	if (fpu_unused(t, s))
		return;
	thread_fpu_forget(t);
	copy_32(t->fpu.f, s->f);
	t->fpu.fcsr = s->fcsr;
	t->fpu_used = true;
}

/* The bytes of v's window, and the registers `behind` from there on, across pages. */
static __attribute__((noinline)) err_t frame_copy(const struct invocation *v, struct thread *c,
						  u64 at, u64 behind)
{
	struct user_place own = {thread_aspace(v->caller), v->window};
	struct user_place user = {thread_aspace(c), at};
	bool at_source;

	save(&buffer, c, v->in[4]);
	if (aspace_copy(user, own, v->window_len, &at_source) == v->window_len
	    && aspace_copy_out(user.aspace, at + behind, &buffer, sizeof(buffer)) == sizeof(buffer))
		return 0;
	return -EFAULT;
}

static err_t frame_write(const struct invocation *v, struct thread *c, u64 at, u64 behind)
{
	u64 len = v->window_len;
	u64 *to = words_at(thread_aspace(c), at, behind + sizeof(buffer), ACCESS_WRITE);
	const u64 *from = to ? words_at(thread_aspace(v->caller), v->window, len, ACCESS_READ) : 0;

	if (!from)
		return frame_copy(v, c, at, behind);
	for (u64 i = 0; i < len / 8; i += 8)
		copy_8(to + i, from + i);
	save((void *)(to + behind / 8), c, v->in[4]);
	return 0;
}

err_t reply_method_push(struct invocation *v)
{
	struct thread *c = v->reply->caller;
	struct trap_frame *f = &c->frame;
	u64 top = v->in[0] ? v->in[0] : f->sp, behind = v->window_len + (v->in[5] >> 32);
	u64 at = (top - behind - sizeof(struct saved_registers)) & ~15ull;
	err_t err;

	if (v->window_len > PUSH_MAX || behind > PUSH_MAX || v->window_len & 63 || behind & 7)
		return -EINVAL;
	err = frame_write(v, c, at, behind);
	if (err)
		return err;
	/* commit */
	f->pc = v->in[1];
	f->ra = v->in[2];
	f->sp = f->a1 = at;
	f->a0 = v->in[3];
	f->a2 = at + (u32)v->in[5];
	c->in_call = false;
	v->out[0] = at;
	return 0;
}

err_t reply_method_pop(struct invocation *v)
{
	struct thread *c = v->reply->caller;
	struct aspace *user = thread_aspace(c);
	u64 va = c->frame.sp + v->in[0], first = c->frame.sp + v->in[1];
	u64 before = va - first, words[POP_WORDS];
	const struct saved_registers *s = &buffer;
	const u64 *from;

	if (before > PUSH_MAX || before < sizeof(words) || before & 7)
		return -EINVAL;
	from = words_at(user, first, before + sizeof(*s), ACCESS_READ);
	if (from) {
		s = (const void *)(from + before / 8);
	} else {
		if (aspace_copy_in(user, first, words, sizeof(words)) != sizeof(words)
		    || aspace_copy_in(user, va, &buffer, SAVED_BYTES) != SAVED_BYTES)
			return -EFAULT;
		from = words;
	}
	/* commit */
	for (u32 i = 0; i < POP_WORDS; i++)
		v->out[1 + i] = from[i];
	restore(c, s);
	v->out[1 + POP_WORDS] = c->frame.a0;
	return 0;
}

/*
 * Messages that the kernel answers: one function for each method.
 *
 * A method validates everything first, then commits.  It returns 0 or a
 * negative error, or METHOD_AGAIN: it did a chunk, has advanced its arguments in
 * `v->in`, and its window, and is to be executed again by the caller's ecall.
 * METHOD_DONE: it has settled the caller's registers and state itself.
 */
#pragma once

#include "kernel/object.h"
#include "kernel/thread.h"

#define METHOD_AGAIN 1
#define METHOD_DONE 2
#define METHOD_CHUNK 64u /* pages or slots that one entry works on */

struct invocation {
	struct thread *caller;
	u64 *in; /* a0-a5 in its frame: METHOD_AGAIN leaves there what is left to do */
	union {  /* invoked; alive; its type is the method's */
		struct object *object;
		struct pool *pool;
		struct memory *memory;
		struct aspace *aspace;
		struct cspace *cspace;
		struct thread *thread;
		struct endpoint *endpoint;
		struct notification *notification;
		struct timer *timer;
		struct interrupt *interrupt;
		struct reply *reply;
	};
	u64 window, window_len; /* memory of the caller */
	u64 out[6];             /* zero at the start; a0-a5 of the answer */
	s64 received;           /* -1, or the slot where method_receive has put it */
};

/* Which of the methods that share a function it is. */
static inline enum method method_label(const struct invocation *v)
{
	return (enum method)(u32)v->caller->frame.t0;
}
static inline u32 method_flags(const struct invocation *v)
{
	return (u32)(v->caller->frame.t0 >> 32); /* enum message_flag */
}
static inline slot_t method_sent_slot(const struct invocation *v)
{
	return (slot_t)v->caller->frame.t3;
}
/* The object sent along, if it is alive and of that type; else 0, and why: EINVAL, EBADF. */
void *method_sent(struct invocation *v, enum object_type type, err_t *err);
/* The slot for the answer's capability, checked to be free (before the commit line). */
err_t method_receive_slot(struct invocation *v, struct slot **s);
/* Object in one of the caller's own slots; EBADF. */
void *method_object(struct invocation *v, slot_t slot, enum object_type type, err_t *err);

/* n of the a1 pieces from a0 on are done: METHOD_AGAIN for the rest, or 0. */
err_t method_advance(struct invocation *v, u64 n);
/* ... or n of the words in its window. */
static inline void method_window_advance(struct invocation *v, u64 n)
{
	v->caller->frame.t1 += n * 8;
	v->caller->frame.t2 -= n * 8;
}
/* Puts o into the slot that method_receive_slot found. */
void method_receive(struct invocation *v, struct slot *s, struct object *o);

/* A native call by t on an object that is alive, and no session: runs it and sets t's registers. */
void method_invoke(struct thread *t, struct object *o);

method_fn pool_method_donate, pool_method_create, pool_method_reclaim, pool_method_stats;
method_fn machine_method_end, machine_method_print;

/*
 * The second Reply of a reply (MSG_ALSO): a server that hands something from one caller to another
 * answers both, and moves the bytes, in the entry that it makes anyway.
 *
 * The one idea: only what is usual is done here; what does not go in one go is an
 * error before anything has happened, and takes the server two replies and a copy.
 */
#include "ipc/window.h"
#include "kernel/cspace.h"
#include "kernel/trap.h"

bool trap_pass(struct thread *to, struct thread *from, u64 len)
{
	struct user_place t = {thread_aspace(to), window_plain(to, 0, ACCESS_WRITE, 0, len)};
	struct user_place f = {thread_aspace(from), window_plain(from, 0, ACCESS_READ, 0, len)};
	bool at_source;

	return t.va && f.va && aspace_copy(t, f, len, &at_source) == len;
}

struct reply *reply_second(struct thread *server, struct reply *first, err_t *err)
{
	const struct trap_frame *f = &server->frame;
	u32 flags = (u32)(f->t0 >> 32);
	struct reply *r = cspace_named(thread_cspace(server), (slot_t)f->t5, OBJECT_REPLY);

	*err = !r ? -EBADF : r == first || (s64)f->t6 < 0 ? -EINVAL : reply_bound(r);
	if (*err)
		return 0;
	if (flags & MSG_PASS)
		*err = trap_pass(r->caller, first->caller, f->t6) ? 0 : -EFAULT;
	else if (flags & MSG_COPY)
		*err = trap_pass(first->caller, r->caller, f->t6) ? 0 : -EFAULT;
	return *err ? 0 : r;
}

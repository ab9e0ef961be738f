/*
 * The door of servers in the kernel: what an ecall does in user mode, as functions.
 *
 * The one idea: the thread of such a server is an ordinary one whose code runs here, so
 * the five operations are those of ipc/.  Calls that it makes: placed/call.c.
 */
#include "arch_placed.h"
#include "ipc/abi/placed.h"
#include "ipc/abi/route.h"
#include "ipc/endpoint.h"
#include "ipc/window.h"
#include "kernel/arch.h"
#include "kernel/print.h"
#include "kernel/sched.h"
#include "placed/placed.h"

#define SAME(type, field, offset) \
	_Static_assert(offsetof(struct type, field) == (offset), #type "." #field)

SAME(placed_server, request.word, REQUEST_WORDS);
SAME(placed_server, request.badge, REQUEST_BADGE);
SAME(placed_server, request.label, REQUEST_LABEL);
SAME(placed_server, request.tag, REQUEST_TAG);
SAME(placed_server, request.window_len, REQUEST_WINDOW_LEN);
SAME(placed_server, request.data_len, REQUEST_DATA_LEN);
SAME(placed_server, answer, SERVER_ANSWER);
SAME(placed_server, answer.label_flags, ANSWER_FLAGS - 4);
SAME(placed_server, answer.copy, ANSWER_COPY);
SAME(placed_server, answer.copy_len, ANSWER_COPY_LEN);
SAME(placed_server, operations, SERVER_OPERATIONS);
SAME(placed_server, end, SERVER_END);
SAME(placed_called, caller, CALLED_CALLER);
SAME(placed_called, session, CALLED_SESSION);
SAME(placed_called, route, CALLED_ROUTE);
_Static_assert(ERROR_MOST + 1 == ERESTARTSYS, "ERROR_MOST");
_Static_assert(offsetof(struct placed_registers, x) == offsetof(struct trap_frame, x), "x");

void *memcpy(void *to, const void *from, size_t len);

struct placed_called placed_called;

/* What the server of hart.current was called with is a call like any other from now on. */
static __attribute__((noinline)) void called_bind(void)
{
	struct thread *c = placed_called.caller, *t = hart.current;
	struct endpoint *e = t->serves;
	const u8 *route = (const u8 *)&placed_called.route;

	placed_called.caller = 0;
	call_begin(c, placed_called.kind ? (enum call_kind)placed_called.kind : CALL_ROUTED);
	if (!placed_called.kind) {
		c->route_flags = route[offsetof(struct route, flags)];
		c->route_cap = route[offsetof(struct route, cap_arg)];
	}
	placed_called.kind = CALL_NONE;
	c->call_session = placed_called.session;
	c->call_session->object.uses++;
	reply_bind(t->armed, e, c);
	e->receiver = 0;
	t->call = 0; /* RUNNING */
}

struct placed_registers *placed_registers(void)
{
	if (__builtin_expect(placed_called.caller != 0, 0))
		called_bind();
	return (void *)&hart.current->frame;
}

void placed_serves(struct placed_server *s)
{
	hart.current->frame.pc = (u64)s; /* a kernel address: the fast path knows it by that */
}

void placed_print(const char *text, u64 len)
{
	for (u64 i = 0; i < len; i++)
		arch_print_char(text[i]);
}

/* --- Answers at once --- */

/* What has been copied when a page is found to be absent, is copied again. */
bool placed_bytes(const void *from, u64 len)
{
	struct thread *c = placed_called.caller;
	u32 i = !(c->spec[0].access & ACCESS_WRITE);
	u64 va, n;
	u8 *page;

	c->call_kind = CALL_ROUTED; /* as if */
	va = window_plain(c, i, ACCESS_WRITE, 0, len);
	c->call_kind = CALL_NONE;
	if (!va)
		return false;
	for (; len; len -= n, va += n, from = (const u8 *)from + n) {
		n = min_u64(len, PAGE_SIZE - (va & PAGE_MASK));
		page = aspace_page(thread_aspace(c), va, ACCESS_WRITE);
		if (!page)
			return false;
		memcpy(page + (va & PAGE_MASK), from, n);
	}
	return true;
}

/* --- The loop ------------------------------------------------------------------------------ */

bool placed_exchange(void)
{
	struct thread *t = hart.current;
	struct trap_frame *f = &t->frame;

	f->t4 = placed_own(f->t4);
	f->t5 = placed_own(f->t5);
	if ((s64)f->a7 == OP_RECV) {
		if (!placed_recv(t))
			message_recv(t);
		return false;
	}
	if (placed_reply_recv(t))
		return false;
	message_reply_recv(t);
	return t->state == THREAD_RUNNING && f->t0 == KIND_FAILED;
}

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
SAME(placed_server, request.reply, REQUEST_REPLY);
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
SAME(placed_called, call, CALLED_CALL);
SAME(placed_called, depth, CALLED_DEPTH);
_Static_assert(ERROR_MOST + 1 == ERESTARTSYS, "ERROR_MOST");
_Static_assert(offsetof(struct placed_registers, x) == offsetof(struct trap_frame, x), "x");

void placed_serves(struct placed_server *s)
{
	hart.current->frame.pc = (u64)s; /* a kernel address: the fast path knows it by that */
}

void placed_print(const char *text, u64 len)
{
	for (u64 i = 0; i < len; i++)
		arch_print_char(text[i]);
}

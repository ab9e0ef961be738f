/*
 * The stubs of a server in the kernel: the calls of call.h and door.h as function calls.
 *
 * The one idea: the registers of the server's thread are the parameters, as in user mode,
 * so a message is the same and the kernel's code for it too; what is missing is the trap.
 */
#include "ipc/abi/placed.h"
#include "ipc/abi/route.h"
#include "servers/lib/method.h"
#include "servers/lib/operations.h"
#include "servers/lib/replies.h"
#include "servers/lib/server.h"

u64 server_area;

/* --- Words ------------------------------------------------------------------------------ */

static inline void words_load(u64 *x, const u64 word[6])
{
	for (int i = 0; i < 6; i++)
		x[REG_A0 + i] = word[i];
}

/* --- Calls ------------------------------------------------------------------------------- */

_Static_assert(offsetof(struct method_call, word) == sizeof(struct placed_method), "method_call");
_Static_assert(sizeof(struct message) - offsetof(struct message, label)
		       == sizeof(struct placed_method),
	       "message");

s32 msg_call(slot_t slot, struct message *m)
{
	slot_t sent = m->send;
	s64 label;

	do
		label = placed_invoke(slot, (struct placed_method *)(void *)&m->label, m->word);
	while (label == -ERETRY || label == -ERESTARTNOINTR);
	m->label = (s32)label;
	m->receive = m->send; /* it came back there */
	m->send = sent;
	return (s32)label;
}

s64 call_through_once(slot_t reply, u64 descriptor, s32 label, u64 word0, u64 word1)
{
	struct method_call m = {.label = REPLY_CALL,
				.word = {descriptor, (u64)(s64)label, word0, word1}};

	return method_do(reply, &m);
}

/* --- Replies ------------------------------------------------------------------------------ */

s32 msg_reply(slot_t reply, struct answer *a)
{
	u64 *x = placed_registers()->x;
	s32 error;

	words_load(x, a->word);
	x[REG_T0] = (u32)a->label | (u64)a->flags << 32;
	x[REG_T1] = reply;
	x[REG_T3] = a->cap;
	x[REG_T5] = (u64)a->copy;
	x[REG_T6] = a->copy_len;
	placed_reply();
	error = (s32)x[REG_T0];
	if (error < 0) {
		a->word[0] = x[REG_A0];
		a->word[1] = x[REG_A0 + 1];
	}
	return error;
}

s32 reply_number(slot_t reply, s64 result)
{
	struct answer a = {.word = {(u64)result}, .label = result < 0 ? (s32)result : 0};

	return msg_reply(reply, &a);
}

/* --- Calls that come as function calls --------------------------------------------------- */

#define SAME(type, field)                                                                     \
	_Static_assert(offsetof(struct type, field) == offsetof(struct placed_##type, field), \
		       #type "." #field)
SAME(request, word);
SAME(request, badge);
SAME(request, label);
SAME(request, kind);
SAME(request, tag);
SAME(request, reply);
SAME(request, cap);
SAME(request, window_len);
SAME(request, data);
SAME(request, data_len);
SAME(answer, word);
SAME(answer, copy);
SAME(answer, copy_len);
_Static_assert(offsetof(struct answer, label) == offsetof(struct placed_answer, label_flags)
		       && sizeof(struct answer) == sizeof(struct placed_answer),
	       "answer");
_Static_assert((ANSWER_FILLED | 0ull) << 32 == 1ull << 63, "the server's own flag");

/* The kernel's names for it, and the server's. */
static union {
	struct placed_server kernel;
	struct {
		struct request request;
		struct answer answer;
		operation_fn **operations;
		s64 (*end)(struct request *, struct answer *, s64);
		operation_fn *fault;
		void *native;
		struct request other;
	};
} called = {.request = {.kind = KIND_ROUTED, .cap = SLOT_NONE}};
_Static_assert(offsetof(__typeof__(called), other) == offsetof(struct placed_server, other),
	       "other");

static bool called_native(s32 *label)
{
	struct request *q = &called.other;
	struct answer *a = &called.answer;
	bool alone, good;
	s64 result;

	*a = (struct answer){0};
	result = server_operate(q, a);
	alone = !(a->flags & ~ANSWER_FILLED);
	*label = a->flags & ANSWER_FILLED ? a->label : result < 0 ? (s32)result : 0;
	if (!(a->flags & ANSWER_FILLED))
		a->word[0] = (u64)result;
	good = result > -ERESTARTSYS && *label > (alone ? -ERESTARTSYS : -1);
	if (good && reply_is_alone(q) && ((alone && placed_called.caller) || door_answered(a)))
		return true;
	server_called_more(q, a, result);
	return false;
}

struct answer *door_serves(u64 buffer)
{
	static operation_fn *watched[ROUTES];

	for (u32 i = 0; DEBUG_BUILD && i < ROUTES; i++)
		watched[i] = server_operate;
	called.operations = DEBUG_BUILD ? watched : operations.routed;
	called.request.data = called.other.data = (const u8 *)(buffer & ~PAGE_MASK);
	called.kernel.buffer = server_counted(buffer);
	called.end = server_called_end;
	called.fault = DEBUG_BUILD ? server_operate : operations.fault;
	called.kernel.native = called_native;
	placed_serves(&called.kernel);
	return &called.answer;
}

void door_wait(void)
{
	placed_leave();
}

void door_print(const char *text, u64 len)
{
	placed_print(text, len);
}

/* --- What the kernel enters ------------------------------------------------------------------ */

void placed_main(const struct start_info *start);
void placed_resume(void);

/* The beginning; the start page lies in the first part of the area. */
void placed_main(const struct start_info *start)
{
	server_area = ((u64)start + USER_END) & ~(SERVER_AREA_PART - 1);
	server_main(start);
}

/* A message has come. */
void placed_resume(void)
{
	server_resume(&called.other);
	placed_leave();
}

u64 time_now(void)
{
	u64 now;

	__asm__ volatile("rdtime %0" : "=r"(now));
	return now;
}

/*
 * The stubs of a server in the kernel: the calls of call.h and door.h as function calls.
 *
 * The one idea: the registers of the server's thread are the parameters, as in user mode,
 * so a message is the same and the kernel's code for it too; what is missing is the trap.
 */
#include "ipc/abi/placed.h"
#include "ipc/abi/route.h"
#include "servers/lib/method.h"
#include "servers/lib/server.h"

u64 server_area;

/* --- Words ------------------------------------------------------------------------------ */

static inline void words_load(u64 *x, const u64 word[6])
{
	for (int i = 0; i < 6; i++)
		x[REG_A0 + i] = word[i];
}

static inline void words_store(u64 word[6], const u64 *x)
{
	for (int i = 0; i < 6; i++)
		word[i] = x[REG_A0 + i];
}

static inline u64 halves(u32 low, u32 high)
{
	return low | (u64)high << 32;
}

static inline s32 call_do(u64 *x, s64 op)
{
	x[REG_A7] = (u64)op;
	placed_call();
	return (s32)x[REG_T0];
}

/* --- Calls ------------------------------------------------------------------------------- */

_Static_assert(offsetof(struct method_call, word) == sizeof(struct placed_method), "method_call");

static s64 method_by_registers(slot_t slot, struct method_call *m)
{
	u64 *x = placed_registers()->x;
	s32 label;

	words_load(x, m->word);
	x[REG_A6] = slot;
	x[REG_T0] = m->label;
	x[REG_T1] = m->window;
	x[REG_T2] = m->len;
	x[REG_T3] = m->slots;
	label = call_do(x, OP_CALL);
	m->slots = x[REG_T3];
	words_store(m->word, x);
	return label < 0 ? label : (s64)m->word[0];
}

s64 method_do(slot_t slot, struct method_call *m)
{
	s64 label = placed_invoke(slot, (struct placed_method *)(void *)m, m->word);

	if (label == PLACED_NOT_HERE)
		return method_by_registers(slot, m);
	return label < 0 ? label : (s64)m->word[0];
}

static s32 call_by_registers(slot_t slot, struct message *m)
{
	u64 *x = placed_registers()->x;
	s32 label;

	words_load(x, m->word);
	x[REG_A6] = slot;
	x[REG_T0] = halves((u32)m->label, m->flags);
	x[REG_T1] = (u64)m->data;
	x[REG_T2] = m->data_len;
	x[REG_T3] = halves(m->send, m->receive);
	label = call_do(x, OP_CALL);
	if (label == -ERETRY || label == -ERESTARTNOINTR)
		return label;
	words_store(m->word, x);
	m->label = label;
	m->receive = (slot_t)x[REG_T3];
	return label;
}

static s32 call_once(slot_t slot, struct message *m)
{
	struct placed_method h = {.label = halves((u32)m->label, m->flags),
				  .window = (u64)m->data,
				  .len = m->data_len,
				  .slots = halves(m->send, m->receive)};
	s64 label = placed_invoke(slot, &h, m->word);

	if (label == PLACED_NOT_HERE)
		return call_by_registers(slot, m);
	if (label != -ERETRY && label != -ERESTARTNOINTR) {
		m->label = (s32)label;
		m->receive = (slot_t)h.slots;
	}
	return (s32)label;
}

s32 msg_call(slot_t slot, struct message *m)
{
	s32 label;

	do
		label = call_once(slot, m);
	while (label == -ERETRY || label == -ERESTARTNOINTR);
	return label;
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
	x[REG_T0] = halves((u32)a->label, a->flags);
	x[REG_T1] = reply;
	x[REG_T3] = a->cap;
	x[REG_T5] = (u64)a->copy;
	x[REG_T6] = a->copy_len;
	error = call_do(x, OP_REPLY);
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

/* --- The loop ------------------------------------------------------------------------------ */

void door_received(struct delivery *d)
{
	const u64 *x = placed_registers()->x;

	words_store(d->word, x);
	d->badge = x[REG_A6];
	d->label = (s64)x[REG_A7];
	d->kind = x[REG_T0];
	d->tag = x[REG_T1];
	d->window_len = x[REG_T2];
	d->cap = x[REG_T3];
	d->delivered = x[REG_T4];
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

/* The kernel's names for it, and the server's. */
static union {
	struct placed_server kernel;
	struct {
		struct request request;
		struct answer answer;
		operation_fn **operations;
	};
} called = {.request = {.kind = KIND_ROUTED, .cap = SLOT_NONE}};

static void called_end(s64 result)
{
	server_called_end(&called.request, &called.answer, result);
}

static bool called_native(s32 *label)
{
	struct request *q = &called.request;
	struct answer *a = &called.answer;
	s64 result;

	*a = (struct answer){0};
	result = server_operate(q, a);
	*label = a->flags ? a->label : result < 0 ? (s32)result : 0;
	if (placed_called.caller && q->kind == KIND_NATIVE && result > -ERESTARTSYS
	    && *label > -ERESTARTSYS && !(a->flags & ~ANSWER_FILLED)) {
		if (!a->flags)
			a->word[0] = (u64)result;
		return true;
	}
	server_called_end(q, a, result);
	return false;
}

void door_serves(operation_fn **routed)
{
	static operation_fn *watched[ROUTES];

	for (u32 i = 0; DEBUG_BUILD && i < ROUTES; i++)
		watched[i] = server_operate;
	called.operations = DEBUG_BUILD ? watched : routed;
	called.kernel.end = called_end;
	called.kernel.native = called_native;
	placed_serves(&called.kernel);
}

/* --- ... and by recv --- */

bool door_exchange(const struct receipt *e, struct delivery *d)
{
	u64 *x = placed_registers()->x;

	words_load(x, d->word);
	x[REG_A6] = SERVER_ENDPOINT;
	x[REG_A7] = (u64)e->op;
	x[REG_T0] = (u64)d->label | MSG_RECEIVE * (1ull << 32);
	x[REG_T1] = x[REG_T2] = e->reply;
	x[REG_T3] = d->cap | SLOT_ANY * (1ull << 32);
	x[REG_T4] = e->buffer;
	x[REG_T5] = (u64)e->copy;
	x[REG_T6] = e->copy_len;
	if (placed_exchange()) {
		door_received(d);
		return true;
	}
	called.request.kind = KIND_ROUTED;
	called.request.cap = SLOT_NONE;
	called.request.reply = e->reply;
	called.request.data = (const u8 *)(e->buffer & ~PAGE_MASK);
	return false;
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
	server_run(0);
}

u64 time_now(void)
{
	u64 now;

	__asm__ volatile("rdtime %0" : "=r"(now));
	return now;
}

/*
 * A server's operations by number.
 *
 * Their tables are lists in any order; the loop finds a function without searching.
 */
#include "servers/lib/operations.h"

#include "servers/lib/linux.h"
#include "servers/lib/poll.h"

struct operations operations;
static struct operations *const o = &operations;

s64 op_unknown(struct request *q, struct answer *a)
{
	(void)a;
	if (q->cap != SLOT_NONE)
		slot_delete(q->cap);
	return -ENOSYS;
}

static void routed_index(const struct operation *table)
{
	for (u32 i = 0; i < ROUTES; i++)
		o->routed[i] = op_unknown;
	o->routed[LINUX_ppoll] = poll_one;
	for (; table && table->fn; table++)
		if (table->number < ROUTES)
			o->routed[table->number] = table->fn;
}

static void native_index(const struct operation *table)
{
	for (u32 i = 0; i < NATIVE_MAX; i++)
		o->native[i] = op_unknown;
	for (u32 i = 0; i < DESCRIPTOR_MAX; i++)
		o->descriptor[i] = op_unknown;
	for (; table && table->fn; table++) {
		u32 number = table->number;
		u32 n = number % NATIVE_FIRST;
		if (number >= DESCRIPTOR_FIRST && number < DESCRIPTOR_FIRST + DESCRIPTOR_MAX) {
			o->descriptor[number - DESCRIPTOR_FIRST] = table->fn;
		} else if (number >= NATIVE_FIRST && n < NATIVE_MAX) {
			o->native_first = number - n;
			o->native[n] = table->fn;
		} else {
			server_panic("operation %s has a bad number\n", table->name);
		}
	}
	poll_asks = o->descriptor[FD_POLL - DESCRIPTOR_FIRST];
}

void operations_index(const struct server *s)
{
	routed_index(s->routed);
	native_index(s->native);
	o->fault = s->fault ? s->fault : op_unknown;
}

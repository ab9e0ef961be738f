/*
 * A server's operations by number: arrays of functions, built at the start from its two tables.
 *
 * Private to servers/lib.  No entry is empty: a number without a function has op_unknown.
 */
#pragma once

#include "ipc/abi/route.h"
#include "ipc/proto/descriptor.h"
#include "servers/lib/server.h"

#define NATIVE_FIRST 0x1000 /* numbers of a server's own operations: n * NATIVE_FIRST + i */
#define NATIVE_MAX 64
#define DESCRIPTOR_FIRST FD_POLL
#define DESCRIPTOR_MAX 16

struct operations {
	u32 native_first;
	operation_fn *routed[ROUTES];
	operation_fn *native[NATIVE_MAX];
	operation_fn *descriptor[DESCRIPTOR_MAX];
	operation_fn *fault;
};
extern struct operations operations;

void operations_index(const struct server *s);
s64 op_unknown(struct request *q, struct answer *a);

/* Of what is no routed call. */
static inline operation_fn *operation_of(const struct request *q)
{
	u32 label = (u32)q->label, own = label - operations.native_first;

	if (q->kind == KIND_FAULT)
		return operations.fault;
	if (label - DESCRIPTOR_FIRST < DESCRIPTOR_MAX)
		return operations.descriptor[label - DESCRIPTOR_FIRST];
	return own < NATIVE_MAX ? operations.native[own] : op_unknown;
}

/* What a message that is no routed call may find in its answer is zero. */
static inline bool is_request(const struct request *q, struct answer *a)
{
	if (q->kind != KIND_NATIVE && q->kind != KIND_FAULT)
		return false;
	*a = (struct answer){0};
	return true;
}

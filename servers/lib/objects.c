/*
 * Kernel objects of a server: created from its pool, which memory fills up.
 *
 * The one idea: nobody counts pages ahead.  An operation that finds the pool
 * empty (ENOMEM) asks the memory server for a few pages and is done again.
 */
#include "ipc/proto/memory.h"
#include "servers/lib/method.h"
#include "servers/lib/server.h"

#define FEED_PAGES 4
#define FEED_TRIES 3

__attribute__((weak)) s32 pool_feed(u64 npages)
{
	u64 word[4] = {npages};
	s64 result = call_cap(SERVER_TO + SERVER_ID_MEMORY, MEM_DONATE, SERVER_POOL, word);

	return result < 0 ? (s32)result : 0;
}

/* Calls until it is not for want of pages.  The slot received, or an error. */
static s64 call_fed(slot_t target, const struct method_call *form)
{
	for (int i = 0;; i++) {
		struct method_call m = *form;
		s64 error = method_do(target, &m);
		if (error >= 0)
			return (s64)(slot_t)m.slots;
		if (error != -ENOMEM || i == FEED_TRIES || pool_feed(FEED_PAGES) < 0)
			return error;
	}
}

s64 session_mint(u64 badge)
{
	const struct method_call form = {.label = ENDPOINT_MINT | METHOD_RECEIVES,
					 .slots = RECEIVE_ANYWHERE,
					 .word = {badge}};
	struct method_call m = form;
	s64 error = method_do(SERVER_ENDPOINT, &m); /* mostly there is room */

	return error >= 0 ? (s64)(slot_t)m.slots : call_fed(SERVER_ENDPOINT, &form);
}

s64 object_create(enum object_type type, u64 a, u64 b, u64 c, slot_t sent)
{
	struct method_call m = {.label = POOL_CREATE | METHOD_RECEIVES,
				.slots = RECEIVE_ANYWHERE,
				.word = {type, a, b, c}};

	if (sent != SLOT_NONE) {
		m.label |= METHOD_SENDS;
		m.slots |= sent;
	}
	return call_fed(SERVER_POOL, &m);
}

s64 object_create_at(enum object_type type, slot_t slot)
{
	struct method_call m = {
		.label = POOL_CREATE | METHOD_RECEIVES, .slots = (u64)slot << 32, .word = {type}};

	return call_fed(SERVER_POOL, &m);
}

s32 object_reclaim(slot_t slot)
{
	s64 error = call_cap(SERVER_POOL, POOL_RECLAIM, slot, 0);

	if (error >= 0)
		return 0; /* and with it every slot that named it */
	slot_delete(slot);
	return (s32)error;
}

void slot_delete(slot_t slot)
{
	method2(SERVER_CSPACE, CSPACE_DELETE, slot, 1);
}

u64 pool_free_pages(void)
{
	struct method_call m = {.label = POOL_STATS};

	return method_do(SERVER_POOL, &m) < 0 ? 0 : m.word[1];
}

u64 pages_kept(void)
{
	struct method_call pool = {.label = POOL_STATS};
	struct method_call slots = {.label = CSPACE_LIMIT, .word = {~0ull}};

	if (method_do(SERVER_POOL, &pool) < 0 || method_do(SERVER_CSPACE, &slots) < 0)
		return 0;
	return pool.word[1] + pool.word[5] + slots.word[1];
}

/*
 * Calls that move bytes through a descriptor: read, write, readv, writev, then the same with
 * a position (pread64, ...).  Linux numbers them in this order, so one bit each of
 * the distance from the first says whether a call has a vector, or a position.
 */
#pragma once

#include "servers/lib/linux.h"
#include "servers/lib/method.h"
#include "servers/lib/server.h"

#define TRANSFER_VECTOR 2
#define TRANSFER_POSITION 4

#define TRANSFER_IS(call, bits) \
	_Static_assert(LINUX_##call - LINUX_read == (bits), "numbers of transfers")
TRANSFER_IS(write, 1);
TRANSFER_IS(readv, TRANSFER_VECTOR);
TRANSFER_IS(writev, TRANSFER_VECTOR + 1);
TRANSFER_IS(pread64, TRANSFER_POSITION);
TRANSFER_IS(pwrite64, TRANSFER_POSITION + 1);
TRANSFER_IS(preadv, TRANSFER_POSITION + TRANSFER_VECTOR);
TRANSFER_IS(pwritev, TRANSFER_POSITION + TRANSFER_VECTOR + 1);
#undef TRANSFER_IS

static inline bool transfer_is_vector(const struct request *q)
{
	return (q->label - LINUX_read) & TRANSFER_VECTOR;
}

static inline bool transfer_is_positional(const struct request *q)
{
	return (q->label - LINUX_read) & TRANSFER_POSITION;
}

/* window_copy by one kernel operation: mostly that is all of it. */
static inline s64 window_copy_step(const struct window_at *to, const struct window_at *from,
				   u64 len, enum copy_stop *stop)
{
	struct method_call m = {.label = REPLY_COPY | METHOD_SENDS,
				.slots = from->reply,
				.word = {to->window, to->offset, from->window, from->offset, len}};
	s64 n = method_do(to->reply, &m);

	*stop = n < 0 ? COPY_DONE : (enum copy_stop)m.word[1];
	return n;
}

s64 transfer_length_vector(const struct request *q, enum access access);

/* Bytes that the call asks for in window 0 (access ACCESS_WRITE: a read, its window is out); or
 * the result that is known already: -EINVAL (too many iovecs), -EFAULT (nothing of it can be
 * memory), -ERETRY (the iovec array is not there). */
static inline s64 transfer_length(const struct request *q, enum access access)
{
	if (transfer_is_vector(q))
		return transfer_length_vector(q, access);
	if (q->word[1] > USER_END || q->word[2] > USER_END - q->word[1])
		return -EFAULT;
	return (s64)q->window_len;
}

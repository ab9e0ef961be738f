/*
 * Windows: bytes between a server and the caller that a Reply holds.
 *
 * The one idea: a copy never waits.  It says how far it came; nothing moved and a
 * page missing is -ERETRY, which the operation hands on with nothing committed.
 * One kernel operation moves at most COPY_MAX bytes; the loops here go on.
 */
#include "servers/lib/method.h"
#include "servers/lib/replies.h"
#include "servers/lib/transfer.h"

#define IOVECS_MAX 1024u
#define LENGTH_UNKNOWN (~0ull) /* the kernel could not read the iovec array */

/* One kernel operation: REPLY_COPY_IN or _OUT (label) between a window and own memory. */
static s64 copy_step(enum method label, const struct window_at *w, const void *own, u64 len,
		     enum copy_stop *stop)
{
	struct method_call m = {
		.label = label, .window = (u64)own, .len = len, .word = {w->window, w->offset}};
	s64 n = method_do(w->reply, &m);

	*stop = n < 0 ? COPY_DONE : (enum copy_stop)m.word[1];
	return n;
}

static s64 stop_error(enum copy_stop stop)
{
	return stop == COPY_PAGE || stop == COPY_PAGE_OTHER ? -ERETRY : -EFAULT;
}

static s64 copy_all(enum method label, const struct window_at *w, const void *own, u64 len)
{
	u64 done = 0;

	while (done < len) {
		struct window_at here = {w->reply, w->window, w->offset + done};
		u64 want = len - done < COPY_MAX ? len - done : COPY_MAX;
		enum copy_stop stop;
		s64 n = copy_step(label, &here, (const u8 *)own + done, want, &stop);
		if (n < 0)
			return done ? (s64)done : n;
		done += (u64)n;
		if (n == (s64)want || (stop == COPY_LIMIT && n > 0))
			continue;
		return done ? (s64)done : stop_error(stop);
	}
	return (s64)done;
}

s64 window_in(slot_t reply, u32 window, u64 offset, void *to, u64 len)
{
	return copy_all(REPLY_COPY_IN, &(struct window_at){reply, window, offset}, to, len);
}

s64 window_out(slot_t reply, u32 window, u64 offset, const void *from, u64 len)
{
	return copy_all(REPLY_COPY_OUT, &(struct window_at){reply, window, offset}, from, len);
}

/* A short copy is asked once more where it stopped: that gives the reason. */
static s32 copy_whole(enum method label, struct window_at w, const void *own, u64 len)
{
	s64 n = copy_all(label, &w, own, len);

	if (n < 0 || (u64)n == len)
		return n < 0 ? (s32)n : 0;
	w.offset += (u64)n;
	n = copy_all(label, &w, (const u8 *)own + n, len - (u64)n);
	return n < 0 ? (s32)n : -ERETRY;
}

s32 window_in_all(slot_t reply, u32 window, u64 offset, void *to, u64 len)
{
	return copy_whole(REPLY_COPY_IN, (struct window_at){reply, window, offset}, to, len);
}

s32 window_out_all(slot_t reply, u32 window, u64 offset, const void *from, u64 len)
{
	return copy_whole(REPLY_COPY_OUT, (struct window_at){reply, window, offset}, from, len);
}

s64 window_string(slot_t reply, u32 window, char *to, u64 size)
{
	s64 n = window_in(reply, window, 0, to, size), len = n;
	enum copy_stop stop;
	char more;

	if (n < 0)
		return n;
	for (s64 i = 0; i < n; i++)
		if (to[i] == 0)
			return i;
	if ((u64)n == size)
		return -ENAMETOOLONG;
	n = copy_step(REPLY_COPY_IN, &(struct window_at){reply, window, (u64)n}, &more, 1, &stop);
	if (n < 0)
		return n;
	if (stop == COPY_WINDOW_END)
		return (u64)len >= window_length(reply, window) ? -ENAMETOOLONG : -EFAULT;
	return -ERETRY;
}

s64 window_copy(const struct window_at *to, const struct window_at *from, u64 len,
		enum copy_stop *stop)
{
	u64 done = 0;

	*stop = COPY_DONE;
	while (done < len) {
		s64 n = window_copy_step(
			&(struct window_at){to->reply, to->window, to->offset + done},
			&(struct window_at){from->reply, from->window, from->offset + done},
			len - done, stop);
		if (n < 0)
			return done ? (s64)done : n;
		done += (u64)n;
		if (n == 0 || (*stop != COPY_LIMIT && *stop != COPY_DONE))
			break;
	}
	return (s64)done;
}

u64 window_length(slot_t reply, u32 window)
{
	s64 length = method1(reply, REPLY_WINDOW, window);

	return length < 0 ? 0 : (u64)length;
}

/* A copy behind all that the array may name comes to where it cannot be read, and the call comes
 * again with that page; should all of it be there by now, its length is known. */
static s64 length_unknown(const struct request *q, enum access access)
{
	u8 byte = 0;
	s64 n = access == ACCESS_WRITE ? window_out(q->reply, 0, ~0ull, &byte, 1)
				       : window_in(q->reply, 0, ~0ull, &byte, 1);
	s64 length = n == -ERETRY ? n : method1(q->reply, REPLY_WINDOW, 0);

	return length < 0 && n != -ERETRY ? -EFAULT : length;
}

s64 transfer_length_vector(const struct request *q, enum access access)
{
	if (q->word[2] > IOVECS_MAX)
		return -EINVAL;
	if (q->window_len == LENGTH_UNKNOWN)
		return length_unknown(q, access);
	if (q->window_len >= USER_END)
		return -EINVAL; /* the kernel counts no further: a length below zero */
	return (s64)q->window_len;
}

static s64 forward(struct request *q, const u64 target[2], slot_t cap)
{
	struct method_call m = {.label = REPLY_FORWARD | (cap != SLOT_NONE ? METHOD_SENDS : 0),
				.slots = cap,
				.word = {target[0], target[1], (u64)(s64)q->label, q->word[0],
					 q->word[1], q->word[2]}};
	s64 error = method_do(q->reply, &m);

	if (error < 0)
		return error;
	reply_release(q->reply);
	return FORWARDED;
}

s64 reply_forward(struct request *q, slot_t through, slot_t cap)
{
	return forward(q, (u64[2]){0, through}, cap);
}

s64 reply_forward_descriptor(struct request *q, u32 descriptor)
{
	return forward(q, (u64[2]){1, descriptor}, SLOT_NONE);
}

s64 reply_forward_other(struct request *q)
{
	return forward(q, (u64[2]){2, 0}, SLOT_NONE);
}

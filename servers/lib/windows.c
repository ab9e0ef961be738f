/*
 * Windows: bytes between a server and the caller that a Reply holds.
 *
 * The one idea: a copy never waits.  It says how far it came; nothing moved and a
 * page missing is -ERETRY, which the operation hands on with nothing committed.
 * One kernel operation moves at most COPY_MAX bytes; the loops here go on.
 */
#include "servers/lib/linux.h"
#include "servers/lib/replies.h"

#define IOVECS_MAX 1024u
#define LENGTH_UNKNOWN (~0ull) /* the kernel could not read the iovec array */

static s64 copy_step(slot_t reply, s32 label, const u64 at[2], const void *own, u64 len,
		     enum copy_stop *stop)
{
	struct message m = {.word = {at[0], at[1]}, .label = label, .data = own, .data_len = len};
	s32 error = msg_call(reply, &m);

	*stop = error < 0 ? COPY_DONE : (enum copy_stop)m.word[1];
	return error < 0 ? error : (s64)m.word[0];
}

static s64 stop_error(enum copy_stop stop)
{
	return stop == COPY_PAGE || stop == COPY_PAGE_OTHER ? -ERETRY : -EFAULT;
}

static s64 copy_all(slot_t reply, s32 label, const u64 at[2], const void *own, u64 len)
{
	u64 done = 0;

	while (done < len) {
		u64 here[2] = {at[0], at[1] + done};
		u64 want = len - done < COPY_MAX ? len - done : COPY_MAX;
		enum copy_stop stop;
		s64 n = copy_step(reply, label, here, (const u8 *)own + done, want, &stop);
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
	return copy_all(reply, REPLY_COPY_IN, (u64[2]){window, offset}, to, len);
}

s64 window_out(slot_t reply, u32 window, u64 offset, const void *from, u64 len)
{
	return copy_all(reply, REPLY_COPY_OUT, (u64[2]){window, offset}, from, len);
}

/* A short copy is asked once more where it stopped: that gives the reason. */
static s32 copy_whole(slot_t reply, s32 label, const u64 at[2], const void *own, u64 len)
{
	s64 n = copy_all(reply, label, at, own, len);

	if (n < 0 || (u64)n == len)
		return n < 0 ? (s32)n : 0;
	n = copy_all(reply, label, (u64[2]){at[0], at[1] + (u64)n}, (const u8 *)own + n,
		     len - (u64)n);
	return n < 0 ? (s32)n : -ERETRY;
}

s32 window_in_all(slot_t reply, u32 window, u64 offset, void *to, u64 len)
{
	return copy_whole(reply, REPLY_COPY_IN, (u64[2]){window, offset}, to, len);
}

s32 window_out_all(slot_t reply, u32 window, u64 offset, const void *from, u64 len)
{
	return copy_whole(reply, REPLY_COPY_OUT, (u64[2]){window, offset}, from, len);
}

s64 window_string(slot_t reply, u32 window, char *to, u64 size)
{
	s64 n = window_in(reply, window, 0, to, size);
	enum copy_stop stop;
	char more;

	if (n < 0)
		return n;
	for (s64 i = 0; i < n; i++)
		if (to[i] == 0)
			return i;
	if ((u64)n == size)
		return -ENAMETOOLONG;
	n = copy_step(reply, REPLY_COPY_IN, (u64[2]){window, (u64)n}, &more, 1, &stop);
	if (n < 0)
		return n;
	if (stop == COPY_WINDOW_END)
		return window_length(reply, window) >= size ? -ENAMETOOLONG : -EFAULT;
	return -ERETRY;
}

s64 window_copy(slot_t to, u32 to_window, u64 to_offset, slot_t from, u32 from_window,
		u64 from_offset, u64 len, enum copy_stop *stop)
{
	u64 done = 0;

	*stop = COPY_DONE;
	while (done < len) {
		struct message m = {.word = {to_window, to_offset + done, from_window,
					     from_offset + done, len - done},
				    .label = REPLY_COPY,
				    .flags = MSG_SEND,
				    .send = from};
		s32 error = msg_call(to, &m);
		if (error < 0)
			return done ? (s64)done : error;
		done += m.word[0];
		*stop = (enum copy_stop)m.word[1];
		if (m.word[0] == 0 || (*stop != COPY_LIMIT && *stop != COPY_DONE))
			break;
	}
	return (s64)done;
}

u64 window_length(slot_t reply, u32 window)
{
	s64 length = call1(reply, REPLY_WINDOW, window);

	return length < 0 ? 0 : (u64)length;
}

/* A copy tells why the array cannot be read; should it be there by now, the call comes again. */
static s64 length_unknown(const struct request *q, enum access access)
{
	u8 byte = 0;
	s64 n = access == ACCESS_WRITE ? window_out(q->reply, 0, 0, &byte, 1)
				       : window_in(q->reply, 0, 0, &byte, 1);
	u64 length = window_length(q->reply, 0);

	if (n < 0)
		return n;
	return length == LENGTH_UNKNOWN ? -EFAULT : (s64)length;
}

s64 transfer_length(const struct request *q, enum access access)
{
	bool is_vector = q->label == LINUX_readv || q->label == LINUX_writev;

	if (is_vector && q->word[2] > IOVECS_MAX)
		return -EINVAL;
	if (q->window_len == LENGTH_UNKNOWN)
		return length_unknown(q, access);
	if (!is_vector && q->word[2] > 0 && q->window_len == 0)
		return -EFAULT;
	return (s64)q->window_len;
}

static s64 forward(struct request *q, const u64 target[2], slot_t cap)
{
	struct message m = {.word = {target[0], target[1], (u64)(s64)q->label, q->word[0],
				     q->word[1], q->word[2]},
			    .label = REPLY_FORWARD};
	s32 error;

	if (cap != SLOT_NONE) {
		m.flags = MSG_SEND;
		m.send = cap;
	}
	error = msg_call(q->reply, &m);
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

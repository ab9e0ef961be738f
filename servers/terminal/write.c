/*
 * Writes: through output processing into the ring; what finds no room waits.
 */
#include "servers/terminal/terminal_server.h"

#define CHUNK 512u

/* The next bytes of the write: those delivered with it, else copied from its window. */
static s64 next_bytes(struct waiter *w, const u8 **from)
{
	static u8 chunk[CHUNK];
	u64 left = w->q.window_len - w->done;

	if (w->done < w->q.data_len) {
		*from = w->q.data + w->done;
		return (s64)(w->q.data_len - w->done);
	}
	*from = chunk;
	return window_in(w->q.reply, 0, w->done, chunk, left < CHUNK ? left : CHUNK);
}

/* How many of n bytes the ring takes. */
static s64 put_bytes(const u8 *from, s64 n)
{
	for (s64 i = 0; i < n; i++) {
		if (output_byte(from[i]))
			continue;
		output_push();
		if (!output_byte(from[i]))
			return i;
	}
	return n;
}

s64 write_try(struct waiter *w, struct answer *a)
{
	(void)a;
	while (w->done < w->q.window_len) {
		const u8 *from;
		s64 n = next_bytes(w, &from), put;
		if (n < 0)
			return w->done ? (s64)w->done : n;
		put = put_bytes(from, n);
		w->done += (u64)put;
		if (put < n)
			break;
	}
	output_push();
	return w->done == w->q.window_len ? (s64)w->done : LATER;
}

s64 terminal_write(struct request *q, struct answer *a)
{
	struct waiter w = {.q = *q, .file = file_find(q->badge), .deadline = NEVER};
	s64 len = transfer_length(q, ACCESS_READ);
	s32 error = 0;

	if (!w.file || (w.file->flags & LINUX_O_ACCMODE) == LINUX_O_RDONLY)
		return -EBADF;
	if (len <= 0)
		return len;
	w.q.window_len = (u64)len;
	if (is_set(TOSTOP))
		error = job_check(q->tag, LINUX_SIGTTOU);
	return error < 0 ? error : waiter_start(&writers, &w, a);
}

/* Prompt: where the ring is full it waits for the line itself, not for an event. */
s64 terminal_print(struct request *q, struct answer *a)
{
	(void)a;
	if (caller_is_program(q))
		return -EPERM;
	for (u64 i = 0; i < q->data_len; i++) {
		if (output_byte(q->data[i]))
			continue;
		output_wait();
		output_byte(q->data[i]);
	}
	output_push();
	return (s64)q->data_len;
}

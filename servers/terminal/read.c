/*
 * Reads: a line in canonical mode, else as VMIN and VTIME say.
 *
 * The bytes are copied by the reply itself, out of a buffer here, and taken off the
 * ring only when it succeeded (or put back, where the loop sends it: read_undo).
 */
#include "servers/terminal/terminal_server.h"

#define TICKS_PER_DECISECOND (terminal.timebase_hz / 10)

static u8 bytes[INPUT_BYTES];
static u32 eaten; /* off the ring by the read that is being answered */

static bool timed_out(struct waiter *w, u32 available)
{
	u64 time = control_char(VTIME) * TICKS_PER_DECISECOND;

	if (w->deadline == NEVER || available != w->seen) {
		w->seen = available;
		w->deadline = time_now() + time;
		return false;
	}
	return time_now() >= w->deadline;
}

static bool raw_is_ready(struct waiter *w)
{
	u32 available = input_available();
	u32 minimum = control_char(VMIN);

	if (minimum > w->q.window_len)
		minimum = (u32)w->q.window_len;
	if (available >= minimum && (available > 0 || control_char(VTIME) == 0))
		return true;
	if (control_char(VTIME) == 0)
		return false;
	/* With a minimum the time runs from the first byte on, and anew with each one. */
	if (minimum > 0 && available == 0) {
		w->deadline = NEVER;
		return false;
	}
	return timed_out(w, available);
}

s64 read_try(struct waiter *w, struct answer *a)
{
	u32 max = w->q.window_len < INPUT_BYTES ? (u32)w->q.window_len : INPUT_BYTES;
	s64 n;

	eaten = 0;
	if (is_set(ICANON) ? input_available() == 0 : !raw_is_ready(w))
		return LATER;
	n = input_peek(bytes, max, &eaten);
	if (n > 0 && w->q.label == LINUX_read)
		return copy_answer(a, n, bytes, (u64)n);
	if (n > 0)
		n = window_out(w->q.reply, 0, 0, bytes, (u64)n);
	if (n < 0)
		eaten = 0;
	return n;
}

/* There is room again: input that was left in the UART interrupts now. */
void read_commit(void)
{
	input_eat(eaten);
	uart_want_input(true);
}

void read_undo(void)
{
	input_uneat(eaten);
	eaten = 0;
}

s64 terminal_read(struct request *q, struct answer *a)
{
	struct waiter w = {.q = *q, .file = file_find(q->badge), .deadline = NEVER};
	s64 result = transfer_length(q, ACCESS_WRITE);
	s32 error;

	if (!w.file || (w.file->flags & LINUX_O_ACCMODE) == LINUX_O_WRONLY)
		return -EBADF;
	if (result <= 0)
		return result;
	w.q.window_len = (u64)result;
	error = job_check(q->tag, LINUX_SIGTTIN);
	if (error < 0)
		return error;
	result = waiter_start(&readers, &w, a);
	if (result >= 0)
		read_commit();
	return result;
}

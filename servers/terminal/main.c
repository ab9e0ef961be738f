/*
 * The terminal server: one serial line with its line discipline.
 *
 * Reading order: terminal_server.h; uart.c, output.c, input.c (the line itself);
 * read.c, write.c, wait.c (calls); file.c, control.c, job.c.
 */
#include "servers/terminal/terminal_server.h"

struct terminal terminal = {
	.termios =
		{
			.iflag = ICRNL | IXON,
			.oflag = OPOST | ONLCR,
			.cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL,
			.lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
			.cc = {[VINTR] = 3,
			       [VQUIT] = 28,
			       [VERASE] = 127,
			       [VKILL] = 21,
			       [VEOF] = 4,
			       [VMIN] = 1,
			       [VSTART] = 17,
			       [VSTOP] = 19,
			       [VSUSP] = 26,
			       [VREPRINT] = 18,
			       [VDISCARD] = 15,
			       [VWERASE] = 23,
			       [VLNEXT] = 22},
		},
	.winsize = {.rows = 24, .columns = 80},
};

static const struct operation routed[] = {
	{LINUX_read, "read", terminal_read},
	{LINUX_readv, "readv", terminal_read},
	{LINUX_write, "write", terminal_write},
	{LINUX_writev, "writev", terminal_write},
	{LINUX_ioctl, "ioctl", terminal_ioctl},
	{LINUX_openat, "openat", file_open},
	{LINUX_fcntl, "fcntl", file_fcntl},
	{LINUX_fstat, "fstat", file_stat},
	{LINUX_newfstatat, "newfstatat", file_stat},
	{LINUX_statx, "statx", file_stat},
	{LINUX_fchmod, "fchmod", refuse_change},
	{LINUX_fchown, "fchown", refuse_change},
	/* What a stream of bytes has no use for. */
	STREAM_REFUSALS(REFUSAL_ROW)
	/* The end. */
	{0},
};

static const struct operation native[] = {
	{TERM_PRINT, "print", terminal_print},
	{TERM_DEVICE, "device", file_device},
	{FD_POLL, "poll", file_poll},
	{FD_UNPOLL, "unpoll", file_unpoll},
	{FD_POLL_NEXT, "poll_next", watch_next},
	{FD_NAME, "name", file_name},
	{0},
};

/* A full ring leaves the rest in the UART, without an interrupt until something was read. */
static void line_take_input(void)
{
	s32 c = 0;

	while (!input_is_crowded() && (c = uart_get()) >= 0)
		input_byte((u8)c);
	uart_want_input(c < 0);
	output_push();
}

/* Calls that what just happened may have made possible. */
static void line_serve(void)
{
	waiters_retry(&readers);
	waiters_retry(&writers);
	waiters_retry(&drainers);
	files_wake();
}

static void terminal_notified(u64 bits)
{
	if (bits & NOTIFY_TIMER)
		waiters_timeout();
	if (bits & NOTIFY_INTERRUPT) {
		uart_interrupt_begin();
		line_take_input();
		line_serve();
		uart_interrupt_end();
	}
}

static void terminal_interrupted(slot_t reply)
{
	u64 done;

	if (!waiter_forget(reply, &done))
		return;
	answer_later(reply, done ? (s64)done : -ERESTARTSYS);
	line_serve();
}

static void terminal_abandoned(slot_t reply)
{
	u64 done;

	if (waiter_forget(reply, &done))
		line_serve();
}

static void terminal_undo(struct request *q, struct answer *a)
{
	if (q->kind == KIND_ROUTED && (q->label == LINUX_read || q->label == LINUX_readv))
		read_undo();
	else
		open_undo(a);
}

static const struct server terminal_server = {
	.name = "terminal",
	.routed = routed,
	.native = native,
	.interrupted = terminal_interrupted,
	.abandoned = terminal_abandoned,
	.closed = file_close,
	.notified = terminal_notified,
	.undo = terminal_undo,
	.replies = WAITERS_MAX,
	.buffer_shift = PAGE_SHIFT,
};

void server_main(const struct start_info *start)
{
	descriptor_init(start);
	terminal.timebase_hz = start->timebase_hz;
	uart_init(start);
	server_run(&terminal_server);
}

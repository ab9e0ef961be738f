/*
 * Output: processing (a newline becomes two bytes), a ring, and the UART.
 *
 * A byte is taken whole or not at all, so a write always knows how far it came.
 * The column is tracked for tabs and for erasing them.
 */
#include "servers/terminal/terminal_server.h"

#define TAB 8u

static u8 ring[OUTPUT_BYTES];
static u32 head, tail; /* count up; position is modulo OUTPUT_BYTES */
static u32 column;
static bool stopped;

u32 output_room(void)
{
	return OUTPUT_BYTES - (head - tail);
}

bool output_is_empty(void)
{
	return head == tail;
}

u32 output_queued(void)
{
	return head - tail;
}

u32 output_column(void)
{
	return column;
}

static void put(u8 c)
{
	ring[head++ % OUTPUT_BYTES] = c;
}

static void put_newline(void)
{
	if (terminal.termios.oflag & ONLCR)
		put('\r');
	put('\n');
	if (terminal.termios.oflag & (ONLCR | ONLRET))
		column = 0;
}

static void put_return(void)
{
	if ((terminal.termios.oflag & ONOCR) && column == 0)
		return;
	if (terminal.termios.oflag & OCRNL) {
		put('\n');
		if (terminal.termios.oflag & ONLRET)
			column = 0;
		return;
	}
	put('\r');
	column = 0;
}

static void put_tab(void)
{
	u32 spaces = TAB - column % TAB;

	column += spaces;
	if ((terminal.termios.oflag & XTABS) != XTABS) {
		put('\t');
		return;
	}
	while (spaces-- > 0)
		put(' ');
}

static void put_processed(u8 c)
{
	switch (c) {
	case '\n':
		put_newline();
		return;
	case '\r':
		put_return();
		return;
	case '\t':
		put_tab();
		return;
	case '\b':
		column -= column > 0;
		break;
	default:
		/* Of a character of several bytes the first one counts. */
		column += c >= ' ' && c != 0x7f && (c & 0xc0) != 0x80;
	}
	put(c);
}

bool output_byte(u8 c)
{
	if (output_room() < TAB)
		return false;
	if (terminal.termios.oflag & OPOST)
		put_processed(c);
	else
		put(c);
	return true;
}

void output_echo(u8 c)
{
	output_byte(c);
}

void output_push(void)
{
	while (!stopped && head != tail && uart_idle())
		for (u32 i = 0; i < uart_fifo() && head != tail; i++)
			uart_put(ring[tail++ % OUTPUT_BYTES]);
	uart_want_room(!stopped && head != tail);
}

void output_wait(void)
{
	stopped = false;
	while (head != tail)
		output_push();
}

void output_flush(void)
{
	tail = head;
	uart_want_room(false);
}

void output_stop(bool stop)
{
	stopped = stop;
	output_push();
}

bool output_is_stopped(void)
{
	return stopped;
}

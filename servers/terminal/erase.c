/*
 * Editing the current line on the screen: echo, erase, kill, reprint.
 *
 * What was echoed is taken back as it was shown: one column, two for ^X, a tab as
 * many as it took, a character of several bytes (IUTF8) as one.
 */
#include "servers/terminal/terminal_server.h"

#define TAB 8u

static bool shown_as_caret(u8 c)
{
	return is_set(ECHOCTL) && (c < ' ' || c == 0x7f) && c != '\t';
}

void echo_byte(u8 c)
{
	if (shown_as_caret(c)) {
		output_echo('^');
		output_echo(c ^ 0100);
	} else {
		output_echo(c);
	}
}

static u8 line_byte(u32 at)
{
	return input.byte[at % INPUT_BYTES];
}

static bool is_continuation(u8 c)
{
	return (terminal.termios.iflag & IUTF8) && (c & 0xc0) == 0x80;
}

static u32 column_after(u32 column, u8 c)
{
	if (c == '\t')
		return column + TAB - column % TAB;
	if (shown_as_caret(c))
		return column + 2;
	return column + (c >= ' ' && !is_continuation(c));
}

/* Column of the cursor behind the bytes of the current line up to position end. */
static u32 line_column(u32 end)
{
	u32 column = input.column;

	for (u32 at = input.canon; at != end; at++)
		column = column_after(column, line_byte(at));
	return column;
}

static void unshow(u32 columns)
{
	for (u32 i = 0; i < columns; i++) {
		output_echo('\b');
		output_echo(' ');
		output_echo('\b');
	}
}

static void unshow_byte(u8 c)
{
	u32 before = line_column(input.head);
	u32 width = c == '\t' ? TAB - before % TAB : column_after(before, c) - before;

	if (c == '\t')
		for (u32 i = 0; i < width; i++)
			output_echo('\b');
	else
		unshow(width);
}

/* Takes the last character off the line; false: there is none. */
static bool line_shorten(bool show)
{
	u8 c;

	if (input.head == input.canon)
		return false;
	do {
		c = line_byte(--input.head);
	} while (is_continuation(c) && input.head != input.canon);
	if (show)
		unshow_byte(c);
	return true;
}

void erase_byte(void)
{
	bool show = is_set(ECHO) && is_set(ECHOE);

	if (line_shorten(show) && is_set(ECHO) && !show)
		echo_byte(control_char(VERASE));
}

static bool is_word(u8 c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
	       || c == '_' || c >= 0x80;
}

void erase_word(void)
{
	bool show = is_set(ECHO) && is_set(ECHOE);

	while (input.head != input.canon && !is_word(line_byte(input.head - 1)))
		line_shorten(show);
	while (input.head != input.canon && is_word(line_byte(input.head - 1)))
		line_shorten(show);
}

void erase_line(u8 c)
{
	bool show = is_set(ECHO) && is_set(ECHOK) && is_set(ECHOKE) && is_set(ECHOE);

	while (input.head != input.canon)
		line_shorten(show);
	if (!is_set(ECHO) || show)
		return;
	echo_byte(c);
	if (is_set(ECHOK))
		output_echo('\n');
	input.column = output_column();
}

void line_reprint(void)
{
	echo_byte(control_char(VREPRINT));
	output_echo('\n');
	input.column = output_column();
	for (u32 at = input.canon; at != input.head; at++)
		echo_byte(line_byte(at));
}

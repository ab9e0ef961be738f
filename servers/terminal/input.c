/*
 * Input: the line discipline, as Linux's N_TTY.
 *
 * Every byte from the line enters here.  In canonical mode a read may have whole
 * lines only; the current line can be edited until a delimiter completes it.  An
 * end of file is a delimiter that is no byte.  In raw mode all bytes are there at
 * once.  A hook for a debugging key would be the first line of input_byte.
 */
#include "servers/terminal/terminal_server.h"

#define INPUT_RESERVE 128u

struct input input;

bool is_set(u32 flag_lflag)
{
	return (terminal.termios.lflag & flag_lflag) != 0;
}

/* 0 where the character is switched off; no byte equals it then but NUL, which callers exclude. */
u8 control_char(u32 index)
{
	return terminal.termios.cc[index];
}

static bool is_control(u8 c, u32 index)
{
	return c != 0 && c == control_char(index);
}

static void input_store(u8 c, bool delimiter)
{
	u32 at = input.head % INPUT_BYTES;

	input.byte[at] = c;
	input.delimiter[at] = delimiter;
	input.head++;
	if (delimiter || !is_set(ICANON))
		input.canon = input.head;
}

static bool is_full(bool for_delimiter)
{
	return input.head - input.tail >= INPUT_BYTES - (for_delimiter ? 1 : 2);
}

/* The line is full: the byte is lost; a delimiter still has its place. */
static bool input_refused(bool delimiter)
{
	if (!is_full(delimiter))
		return false;
	if (terminal.termios.iflag & IMAXBEL)
		output_echo('\a');
	return true;
}

static bool input_signal(u8 c)
{
	u32 signal = is_control(c, VINTR)   ? LINUX_SIGINT
		     : is_control(c, VQUIT) ? LINUX_SIGQUIT
		     : is_control(c, VSUSP) ? LINUX_SIGTSTP
					    : 0;

	if (!signal)
		return false;
	output_push();
	if (!is_set(NOFLSH)) {
		input_flush();
		output_flush();
	}
	output_stop(false);
	if (is_set(ECHO))
		echo_byte(c);
	job_signal(signal);
	return true;
}

static bool input_flow(u8 c)
{
	u32 iflag = terminal.termios.iflag;

	if (!(iflag & IXON))
		return false;
	if (is_control(c, VSTART) || is_control(c, VSTOP)) {
		output_stop(is_control(c, VSTOP));
		return true;
	}
	if ((iflag & IXANY) && output_is_stopped())
		output_stop(false);
	return false;
}

static bool input_edit(u8 c)
{
	bool extended = is_set(IEXTEN);

	if (is_control(c, VERASE))
		erase_byte();
	else if (is_control(c, VKILL))
		erase_line(c);
	else if (extended && is_control(c, VWERASE))
		erase_word();
	else if (extended && is_control(c, VREPRINT) && is_set(ECHO))
		line_reprint();
	else
		return false;
	return true;
}

static void line_complete(u8 c)
{
	if (input_refused(true))
		return;
	input_store(c, true);
}

static bool input_line_end(u8 c)
{
	if (is_control(c, VEOF)) {
		line_complete(0);
		return true;
	}
	if (c == '\n') {
		if (is_set(ECHO) || is_set(ECHONL))
			output_echo(c);
		line_complete(c);
		return true;
	}
	if (is_control(c, VEOL) || (is_set(IEXTEN) && is_control(c, VEOL2))) {
		if (is_set(ECHO))
			echo_byte(c);
		line_complete(c);
		return true;
	}
	return false;
}

static void input_data(u8 c)
{
	if (input_refused(false))
		return;
	if (input.head == input.canon)
		input.column = output_column();
	if (is_set(ECHO) && c == '\n' && !input.literal)
		output_echo(c);
	else if (is_set(ECHO))
		echo_byte(c);
	input_store(c, false);
}

/* The next byte has no special meaning: shown as ^ until it comes. */
static bool input_literal(u8 c)
{
	if (!is_set(ICANON) || !is_set(IEXTEN) || !is_control(c, VLNEXT))
		return false;
	input.literal = true;
	if (is_set(ECHO) && is_set(ECHOCTL)) {
		output_echo('^');
		output_echo('\b');
	}
	return true;
}

/* A carriage return or newline as the flags want it; -1: dropped. */
static s32 input_mapped(u8 c)
{
	u32 iflag = terminal.termios.iflag;

	if (c == '\r' && (iflag & IGNCR))
		return -1;
	if (c == '\r' && (iflag & ICRNL))
		return '\n';
	if (c == '\n' && (iflag & INLCR))
		return '\r';
	return c;
}

void input_byte(u8 c)
{
	s32 mapped;

	if (terminal.termios.iflag & ISTRIP)
		c &= 0x7f;
	if (input.literal) {
		input_data(c);
		input.literal = false;
		return;
	}
	if (input_flow(c) || (is_set(ISIG) && input_signal(c)))
		return;
	mapped = input_mapped(c);
	if (mapped < 0 || input_literal((u8)mapped))
		return;
	if (is_set(ICANON) && (input_edit((u8)mapped) || input_line_end((u8)mapped)))
		return;
	input_data((u8)mapped);
}

void input_flush(void)
{
	input.tail = input.canon = input.head;
	input.literal = false;
}

/* Bytes typed before raw mode are all there now; those typed in it are a line of their own. */
void input_mode_changed(bool was_canonical)
{
	if (was_canonical == is_set(ICANON))
		return;
	input.canon = input.head;
	if (input.head != input.tail && !was_canonical)
		input.delimiter[(input.head - 1) % INPUT_BYTES] = true;
	input.literal = false;
}

bool input_is_crowded(void)
{
	return input.canon != input.tail && input.head - input.tail > INPUT_BYTES - INPUT_RESERVE;
}

u32 input_available(void)
{
	return input.canon - input.tail;
}

static u32 peek_line(u8 *to, u32 max, u32 *eaten)
{
	u32 n = 0, at = input.tail;

	while (at != input.canon) {
		bool delimiter = input.delimiter[at % INPUT_BYTES];
		u8 c = input.byte[at % INPUT_BYTES];
		if (delimiter && c == 0) {
			at++;
			break;
		}
		if (n == max)
			break;
		to[n++] = c;
		at++;
		if (delimiter)
			break;
	}
	*eaten = at - input.tail;
	return n;
}

u32 input_peek(u8 *to, u32 max, u32 *eaten)
{
	u32 n = input_available();

	if (is_set(ICANON))
		return peek_line(to, max, eaten);
	if (n > max)
		n = max;
	for (u32 i = 0; i < n; i++)
		to[i] = input.byte[(input.tail + i) % INPUT_BYTES];
	*eaten = n;
	return n;
}

void input_eat(u32 eaten)
{
	input.tail += eaten;
}

void input_uneat(u32 eaten)
{
	input.tail -= eaten;
}

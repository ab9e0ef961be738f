/*
 * ioctl: settings, window size, flushing, job control.
 *
 * Those that change something are refused to a background job (SIGTTOU); those that
 * wait until output is out (TCSETSW, TCSETSF, TCSBRK) are tried again when it is.
 */
#include "servers/terminal/terminal_server.h"

#define ARGUMENT (q->word[2])

static s32 argument_in(const struct request *q, void *to, u64 size)
{
	if (q->data_len < size)
		return window_in_all(q->reply, 0, 0, to, size);
	memcpy(to, q->data, size);
	return 0;
}

static s64 answer_int(struct answer *a, u32 value)
{
	static u32 out;

	out = value;
	return copy_answer(a, 0, &out, sizeof(out));
}

static s64 termios_set(const struct request *q)
{
	struct linux_termios set;
	bool was_canonical = is_set(ICANON);
	s32 error = argument_in(q, &set, sizeof(set));

	if (error < 0)
		return error;
	terminal.termios = set;
	if ((u32)q->word[1] == TCSETSF || (u32)q->word[1] == TCSETSF2)
		input_flush();
	if (!(set.iflag & IXON))
		output_stop(false);
	input_mode_changed(was_canonical);
	return 0;
}

static s64 termios_get(const struct request *q, struct answer *a)
{
	static struct linux_termios2 out;

	out.base = terminal.termios;
	out.ispeed = out.ospeed = 115200;
	return copy_answer(a, 0, &out, (u32)q->word[1] == TCGETS ? sizeof(out.base) : sizeof(out));
}

static s64 winsize_set(const struct request *q)
{
	struct linux_winsize set;
	s32 error = argument_in(q, &set, sizeof(set));

	if (error < 0)
		return error;
	if (memcmp(&set, &terminal.winsize, sizeof(set)) != 0) {
		terminal.winsize = set;
		job_signal(LINUX_SIGWINCH);
	}
	return 0;
}

static s64 flush(u64 what)
{
	if (what > 2)
		return -EINVAL;
	if (what != 1)
		input_flush();
	if (what != 0)
		output_flush();
	return 0;
}

/* TCOOFF, TCOON stop and start output; TCIOFF, TCION would send a character to the line. */
static s64 flow(u64 what)
{
	if (what > 3)
		return -EINVAL;
	if (what < 2)
		output_stop(what == 0);
	return 0;
}

static s64 foreground_set(const struct request *q)
{
	u32 group;
	s32 error = argument_in(q, &group, sizeof(group));

	return error < 0 ? error : job_set_foreground(q->tag, group);
}

static s64 nonblock_set(const struct request *q)
{
	struct file *f = file_find(q->badge);
	u32 on;
	s32 error = argument_in(q, &on, sizeof(on));

	if (error < 0)
		return error;
	f->flags = on ? f->flags | LINUX_O_NONBLOCK : f->flags & ~(u32)LINUX_O_NONBLOCK;
	return 0;
}

static s64 controlling_id(const struct request *q, struct answer *a, u32 id)
{
	return job_is_controlling(q->tag) ? answer_int(a, id) : -ENOTTY;
}

/* What changes nothing for other jobs. */
static s64 ioctl_ask(const struct request *q, struct answer *a)
{
	switch ((u32)q->word[1]) {
	case TCGETS:
	case TCGETS2:
		return termios_get(q, a);
	case TIOCGWINSZ:
		return copy_answer(a, 0, &terminal.winsize, sizeof(terminal.winsize));
	case TIOCSWINSZ:
		return winsize_set(q);
	case TIOCGPGRP:
		return controlling_id(q, a, terminal.foreground);
	case TIOCGSID:
		return controlling_id(q, a, terminal.session);
	case TIOCSCTTY:
		return job_acquire(q->tag, ARGUMENT == 1);
	case TIOCNOTTY:
		return job_release(q->tag);
	case LINUX_FIONREAD:
		return answer_int(a, input_available());
	case LINUX_FIONBIO:
		return nonblock_set(q);
	case TIOCOUTQ:
		return answer_int(a, output_queued());
	case TIOCEXCL:
	case TIOCNXCL:
		return 0;
	default:
		return -ENOTTY;
	}
}

/* Output must be out first. */
static bool ioctl_drains(u32 number)
{
	return number == TCSETSW || number == TCSETSF || number == TCSETSW2 || number == TCSETSF2
	       || number == TCSBRK || number == TCSBRKP;
}

static bool ioctl_changes(u32 number)
{
	return ioctl_drains(number) || number == TCSETS || number == TCSETS2 || number == TCFLSH
	       || number == TCXONC || number == TIOCSPGRP;
}

static s64 ioctl_change(const struct request *q)
{
	switch ((u32)q->word[1]) {
	case TCFLSH:
		return flush(ARGUMENT);
	case TCXONC:
		return flow(ARGUMENT);
	case TIOCSPGRP:
		return foreground_set(q);
	case TCSBRK:
	case TCSBRKP:
		return 0;
	default:
		return termios_set(q);
	}
}

s64 drain_try(struct waiter *w, struct answer *a)
{
	(void)a;
	output_push();
	return output_is_empty() ? ioctl_change(&w->q) : LATER;
}

s64 terminal_ioctl(struct request *q, struct answer *a)
{
	struct waiter w = {.q = *q, .file = file_find(q->badge), .deadline = NEVER};
	s32 error;
	s64 result;

	if (!w.file)
		return -EBADF;
	if (!ioctl_changes((u32)q->word[1]))
		return ioctl_ask(q, a);
	error = job_check(q->tag, LINUX_SIGTTOU);
	if (error < 0)
		return error;
	result = ioctl_drains((u32)q->word[1]) ? waiter_start(&drainers, &w, a) : ioctl_change(q);
	waiters_retry(&readers);
	return result;
}

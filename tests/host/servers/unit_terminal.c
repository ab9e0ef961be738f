/* The terminal server's operations: the line discipline, job control, what waits. */
#include "unit_terminal.h"

static void a_line_is_echoed_and_read(void)
{
    s64 fd = terminal_open(0);

    EXPECT(CALL(0, LINUX_read, fd, AT, 100), WAITS);
    types("abx\x7f");
    EXPECT(last->state, CALLER_HELD);
    types("c\r");
    EXPECT(last->result, 4);
    EXPECT(memcmp(memory(AT), "abc\n", 4), 0);
    EXPECT(sent("abx\b \bc\r\n"), true);
    types("\x04");
    EXPECT(CALL(0, LINUX_read, fd, AT, 100), 0);
}

static void output_is_processed(void)
{
    s64 fd = terminal_open(0);

    remember(AT, "a\tb\n");
    EXPECT(CALL(0, LINUX_write, fd, AT, 4), 4);
    EXPECT(sent("a\tb\r\n"), true);
    EXPECT(ask(FROM_FS, TERM_PRINT, 0, 0, 0), 0);
}

static void a_write_waits_for_the_line(void)
{
    s64 fd = terminal_open(0);

    line_takes(0);
    memset(memory(AT), 'x', 9000);
    EXPECT(CALL(0, LINUX_write, fd, AT, 9000), WAITS);
    line_takes(1 << 20);
    sim_serve();
    EXPECT(last->result, 9000);
    line_takes(0);
    EXPECT(CALL(0, LINUX_write, fd, AT, 9000), WAITS);
    interrupt(last);
    EXPECT(last->result > 0, true);
}

static void raw_reads_follow_minimum_and_time(void)
{
    s64 fd = terminal_open(0);
    struct linux_termios *t = (void *)memory(THERE);

    EXPECT(CALL(0, LINUX_ioctl, fd, TCGETS, THERE), 0);
    t->lflag &= ~(u32)(ICANON | ECHO);
    t->cc[VMIN] = 3;
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETS, THERE), 0);
    EXPECT(CALL(0, LINUX_read, fd, AT, 10), WAITS);
    types("ab");
    EXPECT(last->state, CALLER_HELD);
    types("c");
    EXPECT(last->result, 3);
    t->cc[VMIN] = 0;
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETSF, THERE), 0);
    EXPECT(CALL(0, LINUX_read, fd, AT, 10), 0);
    t->cc[VTIME] = 1;
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETSW, THERE), 0);
    EXPECT(CALL(0, LINUX_read, fd, AT, 10), WAITS);
    sim.now += 1u << 30;
    sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= NOTIFY_TIMER;
    sim_serve();
    EXPECT(last->result, 0);
}

static void a_reader_that_waits_is_interrupted_or_dies(void)
{
    s64 fd = terminal_open(0);

    EXPECT(CALL(0, LINUX_read, fd, AT, 10), WAITS);
    interrupt(last);
    EXPECT(last->result, -ERESTARTSYS);
    EXPECT(CALL(0, LINUX_read, fd, AT, 10), WAITS);
    die(last);
    types("x\n");
    EXPECT(CALL(0, LINUX_readv, fd, 8, 1), -EFAULT);
    EXPECT(CALL(0, LINUX_read, fd, 8, 10), -EFAULT);
    EXPECT(CALL(0, LINUX_read, fd, AT, 10), 2);
}

static void the_interrupt_key_signals_the_foreground(void)
{
    s64 fd = terminal_open(0);

    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCGPGRP, AT), 0);
    EXPECT(get32(AT), 2);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCGSID, AT), 0);
    EXPECT(CALL(0, LINUX_read, fd, AT, 10), WAITS);
    types("\x03");
    EXPECT(last->result, -ERESTARTSYS);
}

static void a_background_job_is_stopped(void)
{
    s64 fd = terminal_open(0), other;

    sim_entry(2)->terminal = 1;
    other = call_forwarded(2, SIM_CLIENTS, (u64)device, LINUX_openat, (u64[6]){0, AT, 2});
    EXPECT(other, 0);
    EXPECT(CALL(2, LINUX_read, other, AT, 1), -ERESTARTSYS);
    sim_entry(2)->orphaned_group = 1;
    EXPECT(CALL(2, LINUX_read, other, AT, 1), -EIO);
    sim_entry(2)->orphaned_group = 0;
    put64(AT, 4);
    EXPECT(CALL(2, LINUX_ioctl, other, TIOCSPGRP, AT), -ERESTARTSYS);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCSPGRP, AT), 0);
    EXPECT(CALL(2, LINUX_read, other, AT, 1), WAITS);
    put64(AT, 99);
    EXPECT(CALL(2, LINUX_ioctl, other, TIOCSPGRP, AT), -ESRCH);
}

static void the_leader_gives_the_terminal_back(void)
{
    s64 fd = terminal_open(0);

    EXPECT(CALL(4, LINUX_ioctl, 0, TIOCSCTTY, 0), -EBADF);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCNOTTY, 0), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCGPGRP, AT), -ENOTTY);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCSCTTY, 0), 0);
    EXPECT(open_device(5, TERM_TTY, 0), -ENXIO);
    EXPECT(open_device(5, TERM_CONSOLE, LINUX_O_WRONLY), 0);
    EXPECT(CALL(5, LINUX_read, 0, AT, 1), -EBADF);
}

static void sizes_flags_and_names(void)
{
    s64 fd = terminal_open(0);

    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCGWINSZ, AT), 0);
    EXPECT(get32(AT), 24 | 80 << 16);
    put64(AT, 30 | 100 << 16);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCSWINSZ, AT), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCGETS2, AT), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, LINUX_FIONREAD, AT), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCOUTQ, AT), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCFLSH, 3), -EINVAL);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCFLSH, 2), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCXONC, 0), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCXONC, 1), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, 0x5499, AT), -ENOTTY);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETS, 8), -EFAULT);
    EXPECT(CALL(0, LINUX_fstat, fd, AT), 0);
    EXPECT(get32(AT + 16), LINUX_S_IFCHR | 0620);
    EXPECT(CALL(0, LINUX_fchmod, fd, 0), -EPERM);
    EXPECT(CALL(0, LINUX_lseek, fd, 0), -ESPIPE);
    put64(AT, 1);
    EXPECT(CALL(0, LINUX_ioctl, fd, LINUX_FIONBIO, AT), 0);
    EXPECT(CALL(0, LINUX_read, fd, AT, 1), -EAGAIN);
    EXPECT(ask((u64)device, FD_NAME, 0, 0, 0), FD_TERMINAL);
    EXPECT(ask(FROM_FS, TERM_DEVICE, 9, 0, 0), -EINVAL);
}

static void ppoll_waits_for_a_line(void)
{
    s64 fd = terminal_open(0);

    put64(THERE, (u64)fd | (u64)POLLIN << 32);
    EXPECT(CALL(0, LINUX_ppoll, THERE, 1, 0, 0), WAITS);
    types("x");
    EXPECT(last->state, CALLER_HELD);
    types("\n");
    EXPECT(last->result, 1);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories[] = {
    STORY(a_line_is_echoed_and_read),
    STORY(output_is_processed),
    STORY(a_write_waits_for_the_line),
    STORY(raw_reads_follow_minimum_and_time),
    STORY(a_reader_that_waits_is_interrupted_or_dies),
    STORY(the_interrupt_key_signals_the_foreground),
    STORY(a_background_job_is_stopped),
    STORY(the_leader_gives_the_terminal_back),
    STORY(sizes_flags_and_names),
    STORY(ppoll_waits_for_a_line),
    {0},
};

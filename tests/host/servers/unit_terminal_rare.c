/* The terminal server: other sessions' wishes, lines that are full, all of the ioctls. */
#include "unit_terminal.h"

static void types_many(char c, u32 n)
{
    const char text[] = {c, 0};

    while (n--)
        types(text);
}

/* Changes the flags of the terminal. */
static void flags(s64 fd, u64 request, u32 clear, u32 set)
{
    struct linux_termios *t = (void *)memory(AT + PAGE_SIZE);

    EXPECT(CALL(0, LINUX_ioctl, fd, TCGETS, AT + PAGE_SIZE), 0);
    t->lflag = (t->lflag & ~clear) | set;
    EXPECT(CALL(0, LINUX_ioctl, fd, request, AT + PAGE_SIZE), 0);
}

/* --- Job control ------------------------------------------------------------------------ */

static void a_session_keeps_its_terminal(void)
{
    s64 fd = terminal_open(0), other = open_device(4, TERM_CONSOLE, LINUX_O_RDWR);

    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCSCTTY, 0), 0); /* it has it */
    EXPECT(CALL(4, LINUX_ioctl, other, TIOCSCTTY, 0), -EPERM);
    sim_entry(4)->euid = 1000;
    EXPECT(CALL(4, LINUX_ioctl, other, TIOCSCTTY, 1), -EPERM);
    sim_entry(4)->euid = 0;
    EXPECT(CALL(4, LINUX_ioctl, other, TIOCSCTTY, 1), 0); /* root takes it */
    EXPECT(CALL(4, LINUX_ioctl, other, TIOCGSID, AT), 0);
    EXPECT(get32(AT), sim_entry(4)->sid);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCGSID, AT), -ENOTTY);
}

static void who_leads_no_session_gets_no_terminal(void)
{
    s64 fd = open_device(1, TERM_CONSOLE, LINUX_O_RDWR);

    EXPECT(CALL(1, LINUX_ioctl, fd, TIOCSCTTY, 0), -EPERM);
    EXPECT(CALL(1, LINUX_ioctl, fd, TIOCNOTTY, 0), -ENOTTY);
    EXPECT(CALL(1, LINUX_ioctl, fd, TIOCSPGRP, AT), -ENOTTY);
    sim_entry(4)->terminal = 77; /* another terminal */
    fd = open_device(4, TERM_CONSOLE, LINUX_O_RDWR);
    EXPECT(CALL(4, LINUX_ioctl, fd, TIOCSCTTY, 0), -EPERM);
}

static void a_session_whose_leader_is_gone_loses_it(void)
{
    s64 fd = terminal_open(0), other = open_device(4, TERM_CONSOLE, LINUX_O_RDWR);

    (void)fd;
    sim_entry(0)->state = PROCESS_ZOMBIE;
    EXPECT(CALL(4, LINUX_ioctl, other, TIOCSCTTY, 0), 0);
    EXPECT(CALL(4, LINUX_ioctl, other, TIOCGPGRP, AT), 0);
}

static void the_foreground_is_a_group_of_the_session(void)
{
    s64 fd = terminal_open(0);

    put64(AT, 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCSPGRP, AT), -ESRCH);
    put64(AT, 0x80000000);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCSPGRP, AT), -EINVAL);
    put64(AT, sim_entry(4)->pgid);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCSPGRP, AT), -EPERM);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCSPGRP, 8), -EFAULT);
}

/* In a group that is not the foreground's. */
static void a_job_that_will_not_be_stopped(void)
{
    s64 fd = terminal_open(0), other;

    sim_entry(2)->terminal = 1;
    other = call_forwarded(2, SIM_CLIENTS, (u64)device, LINUX_openat, (u64[6]){0, AT, 2});
    sim_entry(2)->blocked = 1ull << (LINUX_SIGTTIN - 1);
    EXPECT(CALL(2, LINUX_read, other, AT, 1), -EIO);
    sim_entry(2)->blocked = 0;
    sim_entry(2)->ignored = 1ull << (LINUX_SIGTTOU - 1);
    EXPECT(CALL(2, LINUX_ioctl, other, TCFLSH, 2), 0);
    EXPECT(CALL(2, LINUX_ioctl, other, TIOCNOTTY, 0), 0); /* no leader: it alone */
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCGPGRP, AT), 0);
}

/* --- Opens ------------------------------------------------------------------------------ */

/* fs forwards through its own session: the path says which device it is. */
static s64 open_path(u32 client, const char *path)
{
    remember(AT, path);
    return call_forwarded(client, SIM_CLIENTS, FROM_FS, LINUX_openat,
                          (const u64[6]){0, AT, LINUX_O_RDWR});
}

static void a_path_names_a_device(void)
{
    EXPECT(open_path(5, "/dev/tty"), -ENXIO);
    EXPECT(open_path(0, "/dev/ttyS0"), 0);
    EXPECT(open_path(0, "tty"), 1);
    EXPECT(open_path(0, "/dev/console"), 2);
    EXPECT(CALL(0, LINUX_fstat, 2, AT), 0);
    EXPECT(get32(AT + 16), LINUX_S_IFCHR | 0600);
    EXPECT(call_forwarded(0, SIM_CLIENTS, FROM_FS, LINUX_openat, (const u64[6]){0, 8, 2}), -EFAULT);
}

static void an_open_file_is_opened_again(void)
{
    s64 fd = terminal_open(0);

    EXPECT(call_forwarded(0, 0, (u64)fd, LINUX_openat, (const u64[6]){0, AT, LINUX_O_RDWR}), 1);
    EXPECT(CALL(0, LINUX_fstat, 1, AT), 0);
    EXPECT(get32(AT + 16), LINUX_S_IFCHR | 0620);
}

static void an_open_without_room_leaves_nothing(void)
{
    EXPECT(terminal_open(0), 0);
    for (s64 i = 0; i < 3; i++) {
        sim.heap_left = i;
        (void)ask(FROM_FS, TERM_DEVICE, TERM_CONSOLE, 9, 0);
        sim.heap_left = -1;
        sim.pool_left = i;
        (void)call_forwarded(0, 0, 0, LINUX_openat, (const u64[6]){0, AT, LINUX_O_RDWR});
        sim.pool_left = -1;
    }
}

/* --- The line --------------------------------------------------------------------------- */

static void a_line_that_is_full_rings(void)
{
    s64 fd = terminal_open(0);
    struct linux_termios *t = (void *)memory(AT + PAGE_SIZE);
    const u8 *out;
    u32 n;

    EXPECT(CALL(0, LINUX_ioctl, fd, TCGETS, AT + PAGE_SIZE), 0);
    t->iflag |= IMAXBEL;
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETS, AT + PAGE_SIZE), 0);
    types_many('x', 4094);
    (void)line_sent(&out);
    types("y");
    n = line_sent(&out);
    EXPECT(n, 1);
    EXPECT(*out, '\a');
    types("\r");
    EXPECT(CALL(0, LINUX_read, fd, AT, 8000), 4095);
    EXPECT(memory(AT)[4094], '\n');
}

static void a_raw_line_takes_what_it_can(void)
{
    s64 fd = terminal_open(0);
    s64 n;

    flags(fd, TCSETS, ICANON | ECHO, 0);
    types_many('x', 4200);
    n = CALL(0, LINUX_read, fd, AT, 8000);
    EXPECT(n > 3900, true);
    EXPECT(CALL(0, LINUX_read, fd, AT, 8000) > 0, true); /* the line went on */
}

static void echo_shows_what_it_may(void)
{
    s64 fd = terminal_open(0);

    flags(fd, TCSETS, ECHO, ECHONL);
    types("a\r");
    EXPECT(sent("\r\n"), true);
    flags(fd, TCSETS, ECHOCTL, ECHO);
    types("\x16\x01");
    EXPECT(sent("\x01"), true);
    types("\x15");
    (void)sent("");
    flags(fd, TCSETS, 0, ECHOCTL);
    types("\x01");
    EXPECT(sent("^A"), true);
}

/* The word that ^W takes: letters, digits, the underscore and all beyond ASCII. */
static void a_word_is_erased(void)
{
    s64 fd = terminal_open(0);

    types("one Two_2\xc3\xa4 \x17");
    types("3\r");
    EXPECT(CALL(0, LINUX_read, fd, AT, 100), 6);
    EXPECT(memcmp(memory(AT), "one 3\n", 6), 0);
}

static void a_return_stays_one(void)
{
    s64 fd = terminal_open(0);
    struct linux_termios *t = (void *)memory(AT + PAGE_SIZE);

    flags(fd, TCSETS, ICANON | ECHO, 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCGETS, AT + PAGE_SIZE), 0);
    t->iflag &= ~(u32)ICRNL;
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETS, AT + PAGE_SIZE), 0);
    types("\r");
    EXPECT(CALL(0, LINUX_read, fd, AT, 10), 1);
    EXPECT(memory(AT)[0], '\r');
}

static void all_that_drains_waits_for_the_line(void)
{
    static const u64 requests[] = {TCSETSW, TCSETSF, TCSETSW2, TCSETSF2, TCSBRK, TCSBRKP};
    s64 fd = terminal_open(0);

    EXPECT(CALL(0, LINUX_ioctl, fd, TCGETS2, AT), 0);
    for (u32 i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        line_takes(0);
        EXPECT(CALL(0, LINUX_write, fd, AT, 100), 100);
        EXPECT(CALL(0, LINUX_ioctl, fd, requests[i], AT), WAITS);
        line_takes(1 << 20);
        sim_serve();
        EXPECT(last->result, 0);
    }
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCEXCL, 0), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TIOCNXCL, 0), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCFLSH, 0), 0);
    EXPECT(CALL(0, LINUX_ioctl, fd, TCFLSH, 1), 0);
}

/* Without ICANON a read of VMIN bytes is ready for ppoll, too. */
static void readiness_follows_the_minimum(void)
{
    s64 fd = terminal_open(0);
    struct linux_termios *t = (void *)memory(AT + PAGE_SIZE);

    EXPECT(CALL(0, LINUX_ioctl, fd, TCGETS, AT + PAGE_SIZE), 0);
    t->lflag &= ~(u32)(ICANON | ECHO);
    t->cc[VMIN] = 2;
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETS, AT + PAGE_SIZE), 0);
    put64(AT, (u64)fd | (u64)POLLIN << 32);
    EXPECT(CALL(0, LINUX_ppoll, AT, 1, 0, 0), WAITS);
    types("a");
    EXPECT(last->state, CALLER_HELD);
    types("b");
    EXPECT(last->result, 1);
    t->cc[VMIN] = 0;
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETS, AT + PAGE_SIZE), 0);
    EXPECT(CALL(0, LINUX_ppoll, AT, 1, 0, 0), 1);
    t->cc[VMIN] = 5;
    t->cc[VTIME] = 1;
    EXPECT(CALL(0, LINUX_ioctl, fd, TCSETS, AT + PAGE_SIZE), 0);
    EXPECT(CALL(0, LINUX_ppoll, AT, 1, 0, 0), 1);
    line_takes(0);
    memset(memory(AT + PAGE_SIZE), 'x', PAGE_SIZE);
    EXPECT(CALL(0, LINUX_write, fd, AT + PAGE_SIZE, 2 * PAGE_SIZE), WAITS);
    put64(AT, (u64)fd | (u64)POLLOUT << 32);
    EXPECT(CALL(0, LINUX_ppoll, AT, 1, 0, 0), WAITS);
    line_takes(1 << 20);
    sim_serve();
    EXPECT(last->result, 1);
}

static void the_kernels_text_waits_for_nobody(void)
{
    s64 fd = terminal_open(0);

    line_takes(0);
    memset(memory(AT), 'x', 9000);
    EXPECT(CALL(0, LINUX_write, fd, AT, 9000), WAITS);
    EXPECT(ask(FROM_FS, TERM_PRINT, 0, 0, 0), 0);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_rare[] = {
    STORY(a_session_keeps_its_terminal),
    STORY(who_leads_no_session_gets_no_terminal),
    STORY(a_session_whose_leader_is_gone_loses_it),
    STORY(the_foreground_is_a_group_of_the_session),
    STORY(a_job_that_will_not_be_stopped),
    STORY(a_path_names_a_device),
    STORY(an_open_file_is_opened_again),
    STORY(an_open_without_room_leaves_nothing),
    STORY(a_line_that_is_full_rings),
    STORY(a_raw_line_takes_what_it_can),
    STORY(echo_shows_what_it_may),
    STORY(a_word_is_erased),
    STORY(a_return_stays_one),
    STORY(all_that_drains_waits_for_the_line),
    STORY(readiness_follows_the_minimum),
    STORY(the_kernels_text_waits_for_nobody),
    {0},
};

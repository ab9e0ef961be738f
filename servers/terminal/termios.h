/*
 * Terminal settings of the Linux/riscv64 ABI (asm-generic/termbits.h, ioctls.h):
 * structures, flag bits and ioctl numbers.
 */
#pragma once

#include "ipc/abi/types.h"

#define NCCS 19

struct linux_termios {
	u32 iflag, oflag, cflag, lflag;
	u8 line;
	u8 cc[NCCS];
};
_Static_assert(sizeof(struct linux_termios) == 36, "layout");

struct linux_termios2 {
	struct linux_termios base;
	u32 ispeed, ospeed;
};
_Static_assert(sizeof(struct linux_termios2) == 44, "layout");

struct linux_winsize {
	u16 rows, columns, xpixels, ypixels;
};

/* clang-format off */
enum { VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VSWTC, VSTART, VSTOP, VSUSP, VEOL,
       VREPRINT, VDISCARD, VWERASE, VLNEXT, VEOL2 };
enum { ISTRIP = 040, INLCR = 0100, IGNCR = 0200, ICRNL = 0400, IXON = 02000, IXANY = 04000,
       IMAXBEL = 020000, IUTF8 = 040000 };
enum { OPOST = 1, ONLCR = 4, OCRNL = 010, ONOCR = 020, ONLRET = 040, XTABS = 014000 };
enum { ISIG = 1, ICANON = 2, ECHO = 010, ECHOE = 020, ECHOK = 040, ECHONL = 0100, NOFLSH = 0200,
       TOSTOP = 0400, ECHOCTL = 01000, ECHOPRT = 02000, ECHOKE = 04000, IEXTEN = 0100000 };
enum { B115200 = 0010002, CS8 = 060, CREAD = 0200, HUPCL = 02000, CLOCAL = 04000 };

enum terminal_ioctl {
	TCGETS = 0x5401, TCSETS, TCSETSW, TCSETSF,
	TCSBRK = 0x5409, TCXONC, TCFLSH, TIOCEXCL, TIOCNXCL, TIOCSCTTY, TIOCGPGRP, TIOCSPGRP,
	TIOCOUTQ, TIOCSTI, TIOCGWINSZ, TIOCSWINSZ, TIOCMGET,
	TIOCNOTTY = 0x5422,
	TCSBRKP = 0x5425, TIOCGSID = 0x5429,
	TCSETS2 = 0x402c542b, TCSETSW2, TCSETSF2,
};
#define TCGETS2 0x802c542au
/* clang-format on */

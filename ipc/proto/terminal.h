/*
 * The terminal server: one serial line (ttyS0), line discipline, foreground group.
 *
 * fs forwards openat of /dev/tty, /dev/console and /dev/ttyS0 (flags in word 2): the
 * answer is a capability, the open file; ENXIO for /dev/tty without a controlling
 * terminal.  It forwards through the session that TERM_DEVICE gave for that device.
 * (Through its plain session of the server the device is told by the path's last name.)
 * A leader of a session without a terminal gets this one as its controlling terminal by
 * opening /dev/ttyS0 or /dev/tty without O_NOCTTY, or by TIOCSCTTY.
 */
#pragma once

#include "ipc/abi/types.h"

enum terminal_operation {
	TERM_PRINT = 0x4001, /* servers: window (in), at most 256 bytes: to the console, through
	    the line's output processing (a carriage return before a newline). EPERM */
	TERM_DEVICE, /* fs: word 0 enum terminal_device, 1 inode number, 2 st_dev | mode << 32
	    that fstat of it is to show. Reply: capability = session to forward openat through.
	    EINVAL, EPERM */
	TERM_OPERATIONS_END
};

enum terminal_device {
	TERM_CONSOLE, /* 5:1 */
	TERM_SERIAL,  /* ttyS0, 4:64 */
	TERM_TTY,     /* the caller's controlling terminal, 5:0 */
	TERM_DEVICES
};

/* Terminal number of the serial line: PROC_SET_TERMINAL's word 1 is this + 1. */
#define TERM_NUMBER 0u

/* FD_NAME: word 0 FD_TERMINAL, word 1 enum terminal_device. */

/*
 * The terminal server: one serial line (ttyS0), line discipline, foreground group.
 * fs forwards openat of /dev/tty, /dev/console and /dev/ttyS0 to its session of it.
 */
#pragma once

#include "ipc/abi/types.h"

enum terminal_operation {
	TERM_PRINT = 0x4001, /* servers: window (in), at most 256 bytes: to the console as it is */
	TERM_OPERATIONS_END
};

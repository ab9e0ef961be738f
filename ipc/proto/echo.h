/*
 * The echo server: the example of docs/add-a-server.md.  It answers what it is
 * sent, at once or after a time, and counts the requests of each session.
 *
 * Whoever holds a session calls it by the labels below: a server whose manifest entry
 * says so, and a program by the descriptor that open("/dev/echo") gave it.
 */
#pragma once

#include "ipc/abi/types.h"

enum echo_operation {
	ECHO_WORDS = 0x6001, /* reply words 1-3: words 1-3 of the request; word 0: requests so far
	    through this session, this one included */
	ECHO_BYTES,          /* window: at most ECHO_MAX bytes, copied back into it with every
	    letter in upper case; reply word 0 how many. EFAULT */
	ECHO_AFTER, /* word 0 ticks of the time counter: answered (word 0: 0) after that time.
	    EAGAIN (too many wait), EINTR (the caller was interrupted) */
	ECHO_OPERATIONS_END
};

#define ECHO_MAX 4096u

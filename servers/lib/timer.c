/*
 * The server's one timer: NOTIFY_TIMER at an absolute time of the time counter.
 */
#include "servers/lib/server.h"

void timer_arm(u64 deadline_ticks)
{
	if (deadline_ticks == ~0ull)
		call0(SERVER_TIMER, TIMER_CANCEL);
	else
		call1(SERVER_TIMER, TIMER_ARM, deadline_ticks);
}

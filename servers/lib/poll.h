/*
 * What a descriptor's server and event have in common: struct pollfd, and from events that hold
 * to events that a program is told.
 */
#pragma once

#include "ipc/abi/error.h"
#include "ipc/proto/descriptor.h"
#include "servers/lib/server.h"

#define POLLRDNORM 0x040
#define POLLWRNORM 0x100

/* struct pollfd of the Linux ABI. */
struct item {
	s32 fd; /* negative: left out */
	u16 events;
	u16 revents;
};
_Static_assert(sizeof(struct item) == 8, "layout");

/* What FD_POLL is asked for. */
static inline u32 item_asks(const struct item *item)
{
	u32 events = item->events;

	events |= events & POLLRDNORM ? POLLIN : 0;
	return events | (events & POLLWRNORM ? POLLOUT : 0);
}

/* What FD_POLL's answer means.  A server that knows no FD_POLL (or ranks too high to be asked)
 * is always ready, as a regular file is. */
static inline u16 item_told(const struct item *item, s64 answer)
{
	u32 ready = (u32)answer;

	if (answer < 0)
		ready = answer == -EBADF                          ? POLLNVAL
			: answer == -ENOSYS || answer == -EDEADLK ? POLLIN | POLLOUT
								  : POLLERR;
	ready |= ready & POLLIN ? POLLRDNORM : 0;
	ready |= ready & POLLOUT ? POLLWRNORM : 0;
	return (u16)(ready & (item->events | POLLERR | POLLHUP | POLLNVAL));
}

/* ppoll of one descriptor, by its own server; what waits for a time is forwarded to event. */
operation_fn poll_one;
extern operation_fn *poll_asks; /* the server's FD_POLL */

/* --- Callers that wait without a time, kept here --- */
struct watch_list;
extern struct watch_list *poll_asked; /* the session that FD_POLL was asked about last */
void poll_one_wake(struct watch_list *list, u32 ready); /* the session has these events now */
void poll_one_clear(struct watch_list *list);           /* it is gone, and so are its callers */
bool poll_one_interrupted(slot_t reply);                /* false: it does not wait here */
void poll_one_abandoned(slot_t reply);

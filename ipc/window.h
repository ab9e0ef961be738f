/*
 * Windows: the range of a caller's memory that a server may reach while it
 * holds the Reply.  It is a limit, not a promise that the pages are there.
 */
#pragma once

#include "ipc/abi/route.h"
#include "ipc/endpoint.h"
#include "kernel/aspace.h"

/* A copy between a caller's window and other memory. */
struct window_copy {
	struct thread *caller;
	u32 index; /* of its window */
	u64 offset;
	bool out;              /* towards the caller */
	struct aspace *aspace; /* the other side */
	u64 address;
	u64 len;
	/* results */
	u64 done;
	enum copy_stop stop;
	u64 stop_address; /* of the caller's page, for COPY_PAGE */
};

/* Of a routed call: by the number that its route gives. */
static inline u64 argument(const struct thread *t, u32 i)
{
	return t->frame.a[i % 8];
}
/* Window i of the call that t makes, built from its registers when it is asked for first. */
struct window *window_of(struct thread *t, u32 i);
/* How much of [address, address + len) t can have meant: the user half, up to the page that its
 * pager refused. */
u64 window_range(const struct thread *t, u64 address, u64 len);
/* Bytes in it (iovec: their sum, ~0 if the array cannot be read now). */
u64 window_bytes(struct thread *t, u32 i);
void window_copy(struct window_copy *w);
/* Keeps where a copy of the Reply's window stopped: the page that a RETRY is to fault in. */
void reply_stopped(struct reply *r, const struct window_copy *w);
/* Where len bytes from offset on lie in window i, if that is a plain buffer which holds them all;
 * 0: it may be so, but that takes a closer look. */
u64 window_plain(const struct thread *t, u32 i, enum access access, u64 offset, u64 len);
/* `done` bytes of a routed call's first window lie at `at`: if they are all of it, and it is a
 * constant or an array, a second one that is constant follows, should it be readable whole and
 * both fit into `room`.  Bytes that are there then. */
u64 window_second(struct thread *caller, struct user_place at, u64 room, u64 done);
/* Window with that access, or -1. */
s32 window_first(struct thread *t, enum access access);
/* Bytes of window i from offset on that are contiguous: their address; 0 at its end.
 * *stop_address: where the iovec array itself could not be read, else 0. */
u64 window_piece(struct thread *t, u32 i, u64 offset, u64 *address, u64 *stop_address);

/* The delivery buffer that t4 of a recv describes: its size, and whether a window of a routed call
 * of that kind is to be copied there. */
static inline u64 buffer_size(u64 buffer)
{
	u64 shift = buffer & BUFFER_SHIFT;

	return shift - PAGE_SHIFT <= 16 - PAGE_SHIFT ? 1ull << shift : PAGE_SIZE;
}
static inline bool buffer_wanted(u64 buffer, u8 kind)
{
	bool data = kind == WINDOW_BUFFER || kind == WINDOW_IOVEC;

	return buffer && !(data && (buffer & BUFFER_NO_DATA));
}

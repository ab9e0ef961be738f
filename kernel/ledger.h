/*
 * The page ledger: one word for each frame of RAM says what the frame is.
 *
 *   L1: a frame has one type; its count is the number of uses in that type: leaf
 *       entries (user), entries that point to it (table), kernel uses of a user
 *       frame (routes, boot page), pool ownership (kernel and table: exactly 1)
 *   L2: the type changes only at count 0
 *   L3: "zero" is set only while the frame's bytes are all zero
 *   L4: count never overflows: ledger_use fails instead
 */
#pragma once

#include "arch_types.h"
#include "ipc/abi/error.h"
#include "ipc/abi/object.h"

struct ledger_entry {
	u32 count : 28;
	u32 type : 2;   /* enum frame_type */
	u32 pinned : 1; /* the pin is one of the count */
	u32 zero : 1;
};

struct ledger_range {
	frame_t first;
	u64 npages;
	struct ledger_entry *entries;
};

/* Boot: makes a range of frames known, with the entries stored at `storage` (zeroed). */
void ledger_add(frame_t first, u64 npages, struct ledger_entry *storage);
/* The frame's entry, 0 if the frame is no RAM. */
struct ledger_entry *ledger_find(frame_t frame);
bool ledger_covers(frame_t first, u64 npages);
/* One more use as `type`; from free (or another type at count 0) the frame becomes it, and is
 * cleared if it becomes user or kernel or table from another type and is not zero already.
 * EINVAL (no RAM), EBUSY (used as another type), EOVERFLOW. */
err_t ledger_use(frame_t frame, enum frame_type type);
/* One use less; true if the count is zero now.  The type stays (user) or becomes free. */
bool ledger_release(frame_t frame);
/* Boot: the frame is the kernel's, or the firmware's, for ever (kernel, count 1, pinned). */
void ledger_reserve(frame_t frame);
/* A zeroed page of a pool becomes a page table or the other way round: count stays 1. */
void ledger_retype(frame_t frame, enum frame_type from, enum frame_type to);
u64 ledger_count_type(enum frame_type type); /* debug: how many frames have it */
u32 ledger_account(frame_t frame, enum frame_type type, s32 delta); /* for ledger_check alone */
err_t ledger_check(void); /* debug: L1 against every page table and pool; number of violations */

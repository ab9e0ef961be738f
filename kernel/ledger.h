/*
 * The page ledger: one word for each frame of RAM says what the frame is.
 *
 *   L1: a frame has one type; its count is the number of uses in that type: leaf
 *       entries (user), entries that point to it (table), kernel uses of a user
 *       frame (routes, boot page), pool ownership (kernel and table: exactly 1)
 *   L2: the type changes only at count 0
 *   L3: "zero" is set only while the frame's bytes are all zero
 *   L4: count never overflows: ledger_use fails instead
 *   L5: what lies outside a page table's first .. last is 0
 */
#pragma once

#include "arch_types.h"
#include "ipc/abi/boot.h"
#include "ipc/abi/error.h"
#include "ipc/abi/object.h"

struct ledger_entry {
	union {
		struct {
			u32 count : 28;
			u32 type : 2;   /* enum frame_type */
			u32 pinned : 1; /* the pin is one of the count */
			u32 zero : 1;
		};
		struct {
			u32 uses : 10; /* of a page table: its count, and ... */
			u32 first : 9; /* ... no entry of it below this, */
			u32 last : 9;  /* or above this, is in use (last < first: none is) */
			u32 : 4;
		};
		u32 word;
	};
};
_Static_assert(sizeof(struct ledger_entry) == 4, "one word");
#define LEDGER_COUNT_MAX ((1u << 28) - 1)

struct ledger_range {
	frame_t first;
	u64 npages;
	struct ledger_entry *entries;
};

extern struct ledger_range ledger_ranges[BOOT_RANGES];

/* Boot: makes a range of frames known, with the entries stored at `storage` (zeroed). */
void ledger_add(frame_t first, u64 npages, struct ledger_entry *storage);
/* The frame's entry, 0 if the frame is no RAM. */
struct ledger_entry *ledger_find_other(frame_t frame); /* not in the first range */
static inline struct ledger_entry *ledger_find_from(struct ledger_range first, frame_t frame)
{
	return frame - first.first < first.npages ? &first.entries[frame - first.first]
						  : ledger_find_other(frame);
}
static inline struct ledger_entry *ledger_find(frame_t frame)
{
	return ledger_find_from(ledger_ranges[0], frame);
}
/* One more use as `type`; from free (or another type at count 0) the frame becomes it, and is
 * cleared if it becomes user or kernel or table from another type and is not zero already.
 * EINVAL (no RAM), EBUSY (used as another type), EOVERFLOW. */
err_t ledger_use(frame_t frame, enum frame_type type);
/* The same as ledger_release, of the frame's entry. */
static inline bool ledger_release_user(struct ledger_entry *e)
{
	return --e->word << 4 == 0;
}
/* One use of a user frame less; true if the count is zero now.  The type stays. */
bool ledger_release(frame_t frame);
/* Boot: the frame is the kernel's, or the firmware's, for ever (kernel, count 1, pinned). */
void ledger_reserve(frame_t frame);
/* A zeroed page of a pool becomes a page table, or the other way round: count stays 1. */
void ledger_retype(frame_t frame, enum frame_type from, enum frame_type to);

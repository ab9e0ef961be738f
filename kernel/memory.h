/*
 * Memory: a capability to a range of physical pages, RAM or device.
 *   M1: a RAM range lies in one range of the ledger; a derived device range overlaps no
 *       RAM, interrupt controller or timer (root's own covers all, and each frame is
 *       checked when it is mapped)
 */
#pragma once

#include "kernel/object.h"

struct memory {
	struct object object;
	frame_t first;
	u64 npages;
	bool device;
};

static inline bool memory_covers(const struct memory *m, frame_t first, u64 npages)
{
	return first >= m->first && npages <= m->npages && first - m->first <= m->npages - npages;
}

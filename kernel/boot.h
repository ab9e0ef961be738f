/* What boot learned about the machine, and where the image lies. Immutable after boot. */
#pragma once

#include "kernel/arch.h"
#include "kernel/memory.h"

/* Does device memory or a device range overlap what only the kernel may touch: RAM, interrupt
 * controller, timer? */
bool boot_closed(frame_t first, u64 npages);

/* kernel/root.c: makes the first server from the boot archive and readies its thread. */
void root_start(struct boot_info *info);

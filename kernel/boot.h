/* What boot learned about the machine, and where the image lies. Immutable after boot. */
#pragma once

#include "arch_types.h"
#include "kernel/fdt.h"
#include "kernel/memory.h"

extern struct machine_info machine;

/* Image in physical memory: start, end of kernel (bss included), end of image with archive. */
void arch_image(paddr_t *start, paddr_t *kernel_end, paddr_t *image_end);

/* kernel/root.c: makes the first server from the boot archive and readies its thread. */
void root_start(const struct boot_info *info, frame_t free_first, u64 free_npages);

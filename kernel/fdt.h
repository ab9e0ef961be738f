/*
 * The flattened device tree, read in place (Devicetree Specification 0.4, chapter 5).
 * Never depends on the order of nodes or properties.
 */
#pragma once

#include "ipc/abi/boot.h"
#include "ipc/abi/error.h"

#define FDT_RESERVED 16u

struct machine_info {
	struct boot_range ram[BOOT_RANGES];
	u32 nram;
	struct boot_range reserved[FDT_RESERVED]; /* pages, outward rounded */
	u32 nreserved;
	u32 nharts; /* usable: status okay or absent, with mmu-type */
	u64 timebase_hz;
	u64 plic_base, plic_size;
	u32 plic_context; /* of the boot hart's supervisor mode */
	u32 plic_sources;
	u64 clint_base, clint_size; /* 0 if none: closed to user mode */
	struct boot_uart uart;
	u64 clock_base;               /* of the clock of the day, 0 if none */
	u64 initrd_start, initrd_end; /* bytes */
	u8 seed[32];
	char command_line[512];
};

/* 0, or EINVAL for a blob that is no device tree. `size` out: bytes of the blob. */
err_t fdt_read(const void *blob, u64 boot_hart, struct machine_info *out, u64 *size);

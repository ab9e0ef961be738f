/*
 * The simulated hart, as portable code sees it: RISC-V's trap frame and Sv39's entries, the direct
 * map of a simulated RAM in two ranges, a clock that the tests move.  Whatever is outside the RAM
 * ends the test.
 */
#pragma once

#include "ipc/abi/types.h"

#include "arch/riscv/arch_frame.h"
#include "arch/riscv/arch_sv39.h"

#define HOST_RAM_BASE 0x80000000ul
#define HOST_RAM_PAGES 512u
#define HOST_MORE_BASE 0x90000000ul /* the other range, of which root knows too */
#define HOST_MORE_PAGES 32u
#define HOST_RAM_BYTES ((HOST_RAM_PAGES + HOST_MORE_PAGES) * PAGE_SIZE)

extern u8 host_ram[HOST_RAM_BYTES];
extern u64 host_time, host_cycles;

__attribute__((noreturn)) void host_no_memory(paddr_t pa);
void arch_aspace_use(u64 satp, u32 identifier);

static inline void *arch_direct(paddr_t pa)
{
    if (pa - HOST_RAM_BASE < HOST_RAM_PAGES * PAGE_SIZE)
        return host_ram + (pa - HOST_RAM_BASE);
    if (pa - HOST_MORE_BASE < HOST_MORE_PAGES * PAGE_SIZE)
        return host_ram + HOST_RAM_PAGES * PAGE_SIZE + (pa - HOST_MORE_BASE);
    host_no_memory(pa);
}

static inline paddr_t arch_physical(const void *direct)
{
    u64 offset = (u64)((const u8 *)direct - host_ram);

    if (offset < HOST_RAM_PAGES * PAGE_SIZE)
        return HOST_RAM_BASE + offset;
    if (offset < HOST_RAM_BYTES)
        return HOST_MORE_BASE + (offset - HOST_RAM_PAGES * PAGE_SIZE);
    host_no_memory(offset);
}

static inline s32 arch_highest_bit(u64 word)
{
    return 63 - __builtin_clzll(word);
}

static inline u64 arch_time(void)
{
    return host_time;
}

static inline u64 arch_cycles(void)
{
    return host_cycles += 7;
}

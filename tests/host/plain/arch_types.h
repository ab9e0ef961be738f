/* For code of arch/ that only reads: memory is where the pointer says. */
#pragma once

#include "arch/riscv/arch_frame.h"
#include "arch/riscv/arch_sv39.h"

static inline void *arch_direct(paddr_t pa)
{
    return (void *)pa;
}

static inline paddr_t arch_physical(const void *direct)
{
    return (u64)direct;
}

u64 arch_time(void);
u64 arch_cycles(void);
void arch_aspace_use(u64 satp, u32 identifier);

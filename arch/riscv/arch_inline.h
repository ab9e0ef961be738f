/*
 * The short half of kernel/arch.h, inline: the direct map, page table entries (arch_sv39.h),
 * clocks.
 */
#pragma once

#include "arch_sv39.h"

#define DIRECT_BASE 0xffffffc000000000ul
#define DIRECT_PAGES (254ul << 18) /* below the kernel's own gigabyte */
#define IMAGE_BASE 0xffffffff80000000ul

static inline void *arch_direct(paddr_t pa)
{
	return (void *)(pa + DIRECT_BASE);
}

static inline paddr_t arch_physical(const void *direct)
{
	return (u64)direct - DIRECT_BASE;
}

/* Of a word that is not zero; the base instruction set has nothing for it. */
static inline s32 arch_highest_bit(u64 word)
{
	s32 n = 0;

	for (u32 half = 32; half; half /= 2)
		if (word >> half) {
			word >>= half;
			n += (s32)half;
		}
	return n;
}

static inline u64 arch_time(void)
{
	u64 now;

	__asm__ volatile("rdtime %0" : "=r"(now));
	return now;
}

static inline u64 arch_cycles(void)
{
	u64 now;

	__asm__ volatile("rdcycle %0" : "=r"(now));
	return now;
}

/* satp's identifier (RISC-V Privileged, 4.1.11); with 0 the hart keeps nothing of the last user. */
static inline void arch_aspace_use(u64 satp, u32 identifier)
{
	__asm__ volatile("csrw satp, %0" ::"r"(satp) : "memory");
	if (!identifier)
		__asm__ volatile("sfence.vma x0, %0" ::"r"(0ul) : "memory");
}

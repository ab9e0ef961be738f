/*
 * Entries of Sv39 page tables (RISC-V Privileged, 4.4.1): plain arithmetic, which tests/host
 * shares.
 *
 *   63      54 53                10 9 8  7 6 5 4 3 2 1 0
 *   | reserved | physical page     |RSW|D|A|G|U|X|W|R|V|
 *
 * A is set in every leaf and D in every writable one: harts of the U74's family
 * fault instead of setting them.  RSW bit 8 marks a user leaf, so that one without
 * rights (V clear) is still seen; bit 9 marks device memory.
 */
#pragma once

#include "ipc/abi/types.h"

typedef u64 paddr_t;

#define PTE_V 0x1ul
#define PTE_R 0x2ul
#define PTE_W 0x4ul
#define PTE_X 0x8ul
#define PTE_U 0x10ul
#define PTE_G 0x20ul
#define PTE_A 0x40ul
#define PTE_D 0x80ul
#define PTE_LEAF 0x100ul
#define PTE_DEVICE 0x200ul
#define PTE_PPN_SHIFT 10

static inline u32 arch_table_index(u64 va, u32 level)
{
	return va >> (PAGE_SHIFT + 9 * level) & 511;
}

static inline u64 arch_pte_table(paddr_t table)
{
	return table >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V;
}

static inline u64 arch_pte_leaf(frame_t frame, u32 rights, bool device)
{
	u64 pte = frame << PTE_PPN_SHIFT | PTE_LEAF | PTE_U | PTE_A;

	pte |= (u64)(rights & 7) << 1;
	if (rights & ACCESS_WRITE)
		pte |= PTE_R | PTE_D; /* writable without readable is reserved */
	if (rights & 7)
		pte |= PTE_V;
	return device ? pte | PTE_DEVICE : pte;
}

/* The same leaf for the kernel, in every page table; never of code. */
static inline u64 arch_pte_kernel(u64 pte)
{
	return (pte & ~(PTE_U | PTE_X)) | PTE_G;
}

static inline u64 arch_pte_protect(u64 pte)
{
	return pte & ~(PTE_W | PTE_D);
}

static inline bool arch_pte_present(u64 pte)
{
	return pte & PTE_LEAF;
}

static inline bool arch_pte_is_table(u64 pte)
{
	return (pte & (PTE_V | PTE_R | PTE_W | PTE_X)) == PTE_V;
}

static inline frame_t arch_pte_frame(u64 pte)
{
	return pte >> PTE_PPN_SHIFT; /* the reserved bits are zero in all that we make */
}

static inline u32 arch_pte_rights(u64 pte)
{
	return pte >> 1 & 7;
}

/* A page of RAM that a program may access so? */
static inline bool arch_pte_allows(u64 pte, u32 rights)
{
	u64 wanted = PTE_LEAF | (u64)rights << 1;

	return (pte & (wanted | PTE_DEVICE)) == wanted;
}

static inline bool arch_pte_is_device(u64 pte)
{
	return pte & PTE_DEVICE;
}

/*
 * The translation buffer: what the hart once read of page tables stays until it is flushed, so that
 * a flush that is missing shows.  After each entry every translation that is left must be what a
 * walk would find now, with no more rights (A5 of address spaces, promise 2).
 */
#include "tests/host/host.h"

#include "arch/riscv/riscv.h"
#include "kernel/aspace.h"
#include "kernel/ledger.h"

#define ENTRIES 64u
#define IDENTIFIERS 7u /* few, so that some address spaces get none */

static struct translation {
    u64 satp, va, pte;
} entries[ENTRIES]; /* satp 0: free */
static u32 next;
static u64 satp_now;

static u32 identifier_of(u64 satp)
{
    return satp >> SATP_ASID_SHIFT & SATP_ASID_MASK;
}

/* The entry for va in the table with that satp, 0 if there is none; whether the table is one. */
static bool walk(u64 satp, u64 va, u64 *pte)
{
    frame_t frame = satp & ((1ul << SATP_ASID_SHIFT) - 1);

    *pte = 0;
    for (u32 level = ARCH_LEVELS; level-- > 0;) {
        const struct ledger_entry *e = ledger_find(frame);
        const u64 *table = arch_direct(frame << PAGE_SHIFT);

        if (!e || e->type != FRAME_TABLE)
            return false;
        *pte = table[arch_table_index(va, level)];
        if (!level || !*pte)
            return true;
        if (!arch_pte_is_table(*pte))
            host_broken("entry %lx of level %u is no table", *pte, level);
        frame = arch_pte_frame(*pte);
    }
    return true;
}

static void drop(struct translation *t)
{
    t->satp = 0;
}

u8 *tlb_access(u64 satp, u64 va, u32 rights)
{
    struct translation *t = &entries[next++ % ENTRIES];
    u64 pte;

    if (va >= USER_END || !walk(satp, va, &pte) || !arch_pte_allows(pte, rights))
        return 0;
    *t = (struct translation){satp, va & ~PAGE_MASK, pte};
    return (u8 *)arch_direct(arch_pte_frame(pte) << PAGE_SHIFT) + (va & PAGE_MASK);
}

u8 *host_user(const struct thread *t, u64 va, u32 rights)
{
    const struct aspace *a = thread_aspace(t);

    return a ? tlb_access(a->satp, va, rights) : 0;
}

void tlb_check(void)
{
    for (const struct translation *t = entries; t < entries + ENTRIES; t++) {
        u64 pte;

        if (!t->satp)
            continue;
        if (!walk(t->satp, t->va, &pte))
            host_broken("a translation of a page table that is none: %lx", t->va);
        if (arch_pte_frame(t->pte) != arch_pte_frame(pte)
            || arch_pte_rights(t->pte) & ~arch_pte_rights(pte))
            host_broken("a stale translation at %lx: %lx, now %lx", t->va, t->pte, pte);
    }
}

void tlb_forget(void)
{
    for (struct translation *t = entries; t < entries + ENTRIES; t++)
        drop(t);
    next = 0;
}

/* --- What the kernel asks for ------------------------------------------------------------ */

void arch_flush_page(u32 identifier, u64 va)
{
    for (struct translation *t = entries; t < entries + ENTRIES; t++)
        if (identifier_of(t->satp) == identifier && t->va == (va & ~PAGE_MASK))
            drop(t);
}

void arch_flush_aspace(u32 identifier)
{
    for (struct translation *t = entries; t < entries + ENTRIES; t++)
        if (identifier_of(t->satp) == identifier)
            drop(t);
}

void arch_flush_all(void)
{
    tlb_forget();
}

void arch_aspace_use(u64 satp, u32 identifier)
{
    satp_now = satp;
    if (identifier != identifier_of(satp))
        host_broken("an address space has another identifier");
    if (!identifier)
        arch_flush_aspace(0);
}

void arch_aspace_none(void)
{
    arch_flush_aspace(0);
    satp_now = 0;
}

void arch_instruction_fence(void) {}

u64 arch_satp(paddr_t root, u32 identifier)
{
    return SATP_SV39 | (u64)identifier << SATP_ASID_SHIFT | root >> PAGE_SHIFT;
}

u32 sv39_identifiers(void)
{
    return IDENTIFIERS;
}

/* The kernel's half: one entry that must be there as long as the table is one. */
#define KERNEL_ENTRY 511u

void arch_root_init(u64 *root)
{
    root[KERNEL_ENTRY] = PTE_V | PTE_R | PTE_G;
}

void arch_root_clear(u64 *root)
{
    root[KERNEL_ENTRY] = 0;
}

/*
 * Sv39: the kernel half that all page tables share, switching between them, and
 * flushes (RISC-V Privileged, 4.2.1 and 4.4).
 *
 *   0x0000000000000000  user half, 256 GiB
 *   0xffffffc000000000  direct map of RAM and of the interrupt controller
 *   0xffffffff80000000  the kernel image, in 4 KiB pages: r-x, r--, rw-
 *
 * Everything in the kernel half is global.  Early, the direct map is rough (1 GiB
 * leaves); boot makes the real one, where text and constants are read-only too.
 */
#include "riscv.h"

#define PAGE_TABLE __attribute__((section(".pages,\"aw\",@nobits#"), aligned(4096)))
#define KERNEL_LEAF (PTE_V | PTE_R | PTE_G | PTE_A)
#define KERNEL_RW (KERNEL_LEAF | PTE_W | PTE_D)
#define GIGA_SHIFT 30
#define MEGA_SHIFT 21
#define IMAGE_SIZE_OFFSET 16 /* in the header of head.S */

static u64 kernel_root[512] PAGE_TABLE;
static u64 image_middle[512] PAGE_TABLE; /* the image's gigabyte */
static u64 image_leaves[512] PAGE_TABLE;
static u16 used[256]; /* entries of kernel_root */
static u32 nused;
static paddr_t image_start;
static u64 kernel_satp;
static u32 identifiers; /* 0: every switch needs a fence */

static paddr_t image_physical(const void *p)
{
	return (u64)p - IMAGE_BASE + image_start;
}

static u64 leaf(paddr_t pa, u64 bits)
{
	return pa >> PAGE_SHIFT << PTE_PPN_SHIFT | bits;
}

/* Rights of the image's page at offset; runs with the MMU off too. */
static u64 image_rights(u64 offset)
{
	if (offset < (u64)(_text_end - _start))
		return KERNEL_LEAF | PTE_X;
	if (offset < (u64)(_rodata_end - _start))
		return KERNEL_LEAF;
	return offset == (u64)(_stack_guard - _start) ? 0 : KERNEL_RW;
}

static void early_giga(paddr_t pa)
{
	u64 i = pa >> GIGA_SHIFT;

	if (i < DIRECT_PAGES >> 18)
		kernel_root[256 + i] = leaf(i << GIGA_SHIFT, KERNEL_RW);
}

/* Runs where the image was loaded: what it names is physical. */
u64 early_map(paddr_t image, paddr_t device_tree)
{
	u64 size = (u64)(_end - _start);

	for (u64 at = 0; at < size; at += PAGE_SIZE) {
		u64 rights = image_rights(at);

		image_leaves[at >> PAGE_SHIFT] = rights ? leaf(image + at, rights) : 0;
	}
	image_middle[arch_table_index(IMAGE_BASE, 1)] = arch_pte_table((u64)image_leaves);
	kernel_root[arch_table_index(IMAGE_BASE, 2)] = arch_pte_table((u64)image_middle);
	early_giga(image);
	early_giga(device_tree);
	early_giga(device_tree + (1ul << GIGA_SHIFT)); /* should it lie across a boundary */
	image_start = image;
	kernel_satp = SATP_SV39 | (u64)kernel_root >> PAGE_SHIFT;
	return kernel_satp;
}

/* How many bits of an identifier satp keeps (the U74: none). */
void sv39_init(void)
{
	csr_write(satp, kernel_satp | SATP_ASID_MASK << SATP_ASID_SHIFT);
	identifiers = csr_read(satp) >> SATP_ASID_SHIFT & SATP_ASID_MASK;
	csr_write(satp, kernel_satp);
	arch_flush_all();
	if (identifiers)
		identifiers++;
}

void arch_image(paddr_t *start, paddr_t *kernel_end, paddr_t *image_end)
{
	*start = image_start;
	*kernel_end = image_start + (u64)(_end - _start);
	*image_end = image_start + *(const u64 *)(const void *)(_start + IMAGE_SIZE_OFFSET);
}

/* --- The direct map ---------------------------------------------------------- */

/* The table below *entry, made from the next free page if there is none. */
static u64 *table_below(u64 *entry, frame_t *tables)
{
	u64 *table;

	if (arch_pte_is_table(*entry))
		return arch_direct(arch_pte_frame(*entry) << PAGE_SHIFT);
	table = arch_direct(*tables << PAGE_SHIFT);
	arch_page_clear(table);
	*entry = arch_pte_table((*tables)++ << PAGE_SHIFT);
	return table;
}

/* The 2 MiB that hold (a part of) the image, so that its text has no writable alias. */
static void map_image_block(u64 *entry, paddr_t block, frame_t *tables)
{
	u64 fixed = (u64)(_rodata_end - _start);
	u64 *table = table_below(entry, tables);

	for (u64 i = 0; i < 512; i++) {
		paddr_t pa = block + (i << PAGE_SHIFT);

		table[i] = leaf(pa, pa - image_start < fixed ? KERNEL_LEAF : KERNEL_RW);
	}
}

/* Adds blocks of 2 MiB of one gigabyte to the table of that gigabyte. */
static void map_blocks(u64 *table, paddr_t from, paddr_t to, frame_t *tables)
{
	paddr_t image_block = image_start >> MEGA_SHIFT << MEGA_SHIFT;
	paddr_t fixed_end = image_physical(_rodata_end);

	for (paddr_t pa = from; pa < to; pa += 1ul << MEGA_SHIFT) {
		u64 *entry = &table[arch_table_index(pa, 1)];

		if (pa >= image_block && pa < fixed_end)
			map_image_block(entry, pa, tables);
		else
			*entry = leaf(pa, KERNEL_RW);
	}
}

static paddr_t min_paddr(paddr_t a, paddr_t b)
{
	return a < b ? a : b;
}

/* The gigabyte's table is complete (for this range) before it replaces the rough leaf. */
static void map_range(const struct boot_range *r, frame_t *tables)
{
	paddr_t pa = r->first << PAGE_SHIFT >> MEGA_SHIFT << MEGA_SHIFT;
	paddr_t end = (r->first + r->npages) << PAGE_SHIFT;

	while (pa < end) {
		paddr_t next = ((pa >> GIGA_SHIFT) + 1) << GIGA_SHIFT;
		u64 *root = &kernel_root[256 + (pa >> GIGA_SHIFT)];
		u64 entry = *root;
		u64 *table = table_below(&entry, tables);

		map_blocks(table, pa, min_paddr(end, next), tables);
		*root = entry;
		pa = next;
	}
}

u64 arch_direct_tables(const struct boot_range *ranges, u32 n)
{
	u64 pages = 2; /* the image lies in two blocks at most */

	for (u32 i = 0; i < n; i++)
		pages += (ranges[i].npages >> (GIGA_SHIFT - PAGE_SHIFT)) + 2;
	return pages;
}

/* The few entries of the kernel half that are in use, found when the direct map is complete. */
static void find_used(void)
{
	nused = 0;
	for (u32 i = 256; i < 512; i++)
		if (kernel_root[i])
			used[nused++] = (u16)i;
}

void arch_direct_map(const struct boot_range *ranges, u32 n, frame_t tables)
{
	for (u32 i = 0; i < n; i++)
		map_range(&ranges[i], &tables);
	for (u32 i = 256; i < arch_table_index(IMAGE_BASE, 2); i++)
		if (!arch_pte_is_table(kernel_root[i]))
			kernel_root[i] = 0;
	find_used();
	arch_flush_all();
}

u64 arch_direct_limit(void)
{
	return DIRECT_PAGES;
}

void arch_root_init(u64 *root)
{
	for (u32 i = 0; i < nused; i++)
		root[used[i]] = kernel_root[used[i]];
}

void arch_root_add(u64 *root, u32 i, u64 entry)
{
	kernel_root[256 + i] = entry;
	root[256 + i] = entry;
	find_used();
	arch_flush_all();
}

void arch_root_clear(u64 *root)
{
	for (u32 i = 0; i < nused; i++)
		root[used[i]] = 0;
}

/* --- Switching and flushing --------------------------------------------------- */

u32 sv39_identifiers(void)
{
	return identifiers;
}

u64 arch_satp(paddr_t root, u32 identifier)
{
	return SATP_SV39 | (u64)identifier << SATP_ASID_SHIFT | root >> PAGE_SHIFT;
}

void arch_aspace_none(void)
{
	csr_write(satp, kernel_satp);
	arch_flush_aspace(0);
}

void arch_flush_page(u32 identifier, u64 va)
{
	__asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"((u64)identifier) : "memory");
}

/* An identifier in a register, 0 too, spares the global (kernel) entries. */
void arch_flush_aspace(u32 identifier)
{
	__asm__ volatile("sfence.vma x0, %0" ::"r"((u64)identifier) : "memory");
}

void arch_flush_all(void)
{
	__asm__ volatile("sfence.vma" ::: "memory");
}

void arch_instruction_fence(void)
{
	__asm__ volatile("fence.i" ::: "memory");
}

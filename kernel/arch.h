/*
 * What the kernel asks of the CPU.  Implemented by arch/riscv/ (and by
 * tests/host/ on the development machine).  A port is: implement this header,
 * call kernel/trap.h.
 */
#pragma once

#include "arch_types.h"
#include "ipc/abi/boot.h"
#include "ipc/abi/error.h"
#include "ipc/abi/object.h"

struct thread;

/* --- Going back to user mode ------------------------------------------------ */
/* Loads the frame of t and returns to user mode; never comes back. */
__attribute__((noreturn)) void arch_resume(struct thread *t);
/* Waits for an interrupt with interrupts off, then returns (the caller polls pending ones). */
void arch_wait(void);
/* Handles every pending interrupt now: calls trap_timer and trap_interrupt. */
void arch_poll_interrupts(void);
/* A fresh frame for a thread that starts at pc with stack sp and argument a0. */
void arch_frame_init(struct trap_frame *f);

/* --- The machine ------------------------------------------------------------- */
#define MACHINE_RESERVED 16u

struct machine_info {
	struct boot_info root; /* what root is told too: memory, harts, clocks, UART, seed, line */
	struct boot_range reserved[MACHINE_RESERVED]; /* pages, outward rounded */
	u32 nreserved;
	u64 plic_base, plic_size; /* interrupt controller, 0 if none: closed to user mode */
	u32 plic_context;         /* of the boot hart's supervisor mode */
	u32 plic_sources;
	u64 clint_base, clint_size;   /* timer of the firmware, 0 if none: closed to user mode */
	u64 initrd_start, initrd_end; /* bytes */
};

/* Reads what the firmware handed over, of which *size bytes are to be kept; EINVAL: nothing that
 * describes a machine.  Never depends on the order of what it reads. */
err_t arch_machine_read(paddr_t device_tree, u64 boot_hart, struct machine_info *out, u64 *size);

/* --- Physical memory --------------------------------------------------------- */
/* The direct map: every frame of RAM is readable and writable here (kernel text read-only). */
void *arch_direct(paddr_t pa);
paddr_t arch_physical(const void *direct);
/* Image in physical memory: start, end of kernel (bss included), end of image with archive. */
void arch_image(paddr_t *start, paddr_t *kernel_end, paddr_t *image_end);
/* Boot: makes the direct map of these ranges (2 MiB blocks; RAM, and what the kernel uses of the
 * devices) with table pages from frame `tables` on, of which it needs at most that many; they
 * must lie in the gigabyte of the image or behind.  Before it only the image's and the device
 * tree's gigabytes are mapped.  No range may go beyond arch_direct_limit() pages. */
u64 arch_direct_tables(const struct boot_range *ranges, u32 n);
void arch_direct_map(const struct boot_range *ranges, u32 n, frame_t tables);
u64 arch_direct_limit(void);
void arch_page_clear(void *page);                /* 4 KiB */
void arch_page_copy(void *to, const void *from); /* 4 KiB */
/* Copies a string up to and with its NUL, at most max bytes; how many.  *found: it has ended. */
u64 arch_string_copy(u8 *to, const u8 *from, u64 max, bool *found);

/* --- Page tables (Sv39 here: three levels of 512 entries) --------------------- */
#define ARCH_LEVELS 3
/* Kernel half copied into a new root table (a zeroed page); and cleared again. */
void arch_root_init(u64 *root);
void arch_root_clear(u64 *root);
/* Entry i of the kernel half is this table, in `root` and in all that are made from now on. */
void arch_root_add(u64 *root, u32 i, u64 entry);
/* Index of the entry for va in a table of `level` (0 = leaf tables). */
u32 arch_table_index(u64 va, u32 level);
u64 arch_pte_table(paddr_t table); /* entry that points to the next table */
/* Leaf entry; rights 0 gives an entry that is present for the kernel and invalid for the hart. */
u64 arch_pte_leaf(frame_t frame, u32 rights, bool device);
u64 arch_pte_protect(u64 leaf); /* the same without the right to write */
bool arch_pte_present(u64 pte); /* leaf of any rights, 0 included */
bool arch_pte_is_table(u64 pte);
frame_t arch_pte_frame(u64 pte);
u32 arch_pte_rights(u64 pte); /* enum access */
bool arch_pte_is_device(u64 pte);
bool arch_pte_allows(u64 pte, u32 rights); /* RAM with all of these rights */
/* What satp becomes for a root table; a switch to it is a fence if it has no identifier. */
u64 arch_satp(paddr_t root, u32 identifier);
void arch_aspace_use(u64 satp, u32 identifier);
void arch_aspace_none(void); /* the kernel's own */
void arch_flush_page(u32 identifier, u64 va);
void arch_flush_aspace(u32 identifier);
void arch_flush_all(void);
/* An identifier for the life of an address space; 0, which all share that get none: they are
 * flushed at each switch.  Back, when nothing of it is left in any hart. */
u32 arch_identifier_take(void);
void arch_identifier_drop(u32 identifier);
void arch_instruction_fence(void); /* fence.i on every hart */

/* --- Floating point: lazily, by the owner's frame.status ----------------------- */
void arch_fpu_save(struct thread *t);    /* hart -> t->fpu */
void arch_fpu_load(struct thread *t);    /* t->fpu -> hart; t's frame has it on */
void arch_fpu_disable(struct thread *t); /* t's frame has it off */

/* --- Time, interrupts, power ---------------------------------------------------- */
u64 arch_time(void);
u64 arch_cycles(void);             /* of this hart; cheaper than the time where that is emulated */
void arch_timer_set(u64 deadline); /* ~0: never */
/* Boot: the interrupt controller (0: none), this hart's context, its highest source number. */
void arch_interrupts_init(paddr_t base, u32 context, u32 sources);
void arch_interrupt_enable(u32 source);
void arch_interrupt_complete(u32 source); /* may come again */
u32 arch_interrupt_sources(void);         /* valid ones are 1 .. this - 1 */
void arch_print_char(char c);
__attribute__((noreturn)) void arch_power_off(void);
__attribute__((noreturn)) void arch_reboot(void);

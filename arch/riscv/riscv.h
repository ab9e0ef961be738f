/*
 * Names of the privileged architecture, for arch/riscv alone
 * (RISC-V Privileged 1.12, chapter 4), and what its files share.
 */
#pragma once

#include "kernel/arch.h"

#define csr_read(name)                                              \
	({                                                          \
		u64 value_;                                         \
		__asm__ volatile("csrr %0, " #name : "=r"(value_)); \
		value_;                                             \
	})
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"(value) : "memory")
#define csr_set(name, bits) __asm__ volatile("csrs " #name ", %0" ::"r"(bits) : "memory")
#define csr_clear(name, bits) __asm__ volatile("csrc " #name ", %0" ::"r"(bits) : "memory")

#define STATUS_SPIE (1ul << 5)
#define STATUS_FS (3ul << 13)
#define STATUS_FS_CLEAN (2ul << 13)
#define STATUS_FS_DIRTY (3ul << 13)
#define STATUS_UXL_64 (2ul << 32)

#define CAUSE_INTERRUPT (1ul << 63)
#define INTERRUPT_SOFTWARE 1
#define INTERRUPT_TIMER 5
#define INTERRUPT_EXTERNAL 9

enum cause {
	CAUSE_FETCH_MISALIGNED,
	CAUSE_FETCH_ACCESS,
	CAUSE_ILLEGAL,
	CAUSE_BREAKPOINT,
	CAUSE_LOAD_MISALIGNED,
	CAUSE_LOAD_ACCESS,
	CAUSE_STORE_MISALIGNED,
	CAUSE_STORE_ACCESS,
	CAUSE_CALL,
	CAUSE_FETCH_PAGE = 12,
	CAUSE_LOAD_PAGE,
	CAUSE_STORE_PAGE = 15,
};

#define SATP_SV39 (8ul << 60)
#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK 0xfffful

/* The linker's names (kernel.ld); their addresses are what counts. */
extern u8 _start[], _text_end[], _rodata_end[], _stack_guard[], _end[];

struct sbi_result {
	s64 error;
	u64 value;
};
struct sbi_result sbi_call(u64 extension, u64 function, u64 a0, u64 a1);
bool sbi_probe(u64 extension);
void sbi_init(void);

u64 early_map(paddr_t image, paddr_t device_tree); /* called by head.S, MMU off */
void sv39_init(void);                              /* probes the identifiers, ... */
u32 sv39_identifiers(void);                        /* ... of which there are so many, or 0 */
void plic_poll(void);                              /* claims every pending source */
void timer_init(void);
void poll_causes(u64 pending);

/* Called by head.S and entry.S. */
__attribute__((noreturn)) void arch_start(u64 hart, paddr_t device_tree);
struct thread *trap_dispatch(struct thread *t, u64 cause, u64 value);
void fpu_store(struct fpu_state *f);
void fpu_fetch(const struct fpu_state *f);

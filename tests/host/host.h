/*
 * The simulated machine: one hart, whose registers are those of the thread that runs, RAM, a timer,
 * interrupt lines, a translation buffer (tlb.c) that keeps what it once read until it is flushed.
 *
 * A test plays all programs: it sets the registers of hart.current, and enters the kernel as
 * entry.S would.  After each entry the debug build's promises are checked, and the translation
 * buffer against the page tables.
 */
#pragma once

#include "ipc/abi/message.h"
#include "kernel/arch.h"
#include "kernel/thread.h"

enum host_event {
    HOST_ECALL,
    HOST_TIMER,
    HOST_INTERRUPT, /* value: the source */
    HOST_FAULT,     /* value: the address; cause: enum fault_cause */
    HOST_EXCEPTION,
    HOST_OWN_TRAP, /* the kernel's own */
};

/* --- machine.c --- */
/* Boots the kernel to its first thread, which is root's. */
void host_boot(void);
/* For tests of booting: changes what is found, or finds nothing; and where the direct map ends. */
extern err_t (*host_other_machine)(struct machine_info *m);
extern u64 host_direct_end;
/* An entry of the kernel by whoever runs; false: nobody runs after it. */
bool host_enter(enum host_event event, enum fault_cause cause, u64 value);
/* All promises. */
void host_check(void);
#define HOST_SOURCES 32u
extern u64 host_enabled, host_claimed; /* interrupt sources */
extern u64 host_deadline;              /* of the timer; ~0: none */
extern bool host_off;                  /* the machine went off, or began anew */
extern bool host_panics;               /* a test expects that */
extern struct fpu_state host_fpu;      /* the hart's */
extern u64 host_entries;
/* What the kernel printed since it was asked last. */
const char *host_console(void);
/* Ends the run: something that must hold does not. */
__attribute__((noreturn, format(printf, 1, 2))) void host_broken(const char *format, ...);

/* --- lean.c: entries that C only ends --- */
extern bool host_lean; /* they are taken */
/* False: it is not one of them, and nothing has happened. */
bool lean_enter(struct thread *t);

/* --- keep.c: all that the kernel knows, and the machine: kept once, and brought back --- */
void host_keep(void);
void host_restore(void);

/* --- image.c --- */
void image_make(void);

/* --- tlb.c --- */
/* The direct-map address of the byte that a program with this satp may access so, or 0. */
u8 *tlb_access(u64 satp, u64 va, u32 rights);
void tlb_check(void);
void tlb_forget(void);
/* The same for a thread's address space, as it would access it. */
u8 *host_user(const struct thread *t, u64 va, u32 rights);

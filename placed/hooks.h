/*
 * Servers that are linked into the kernel (docs/placement.md): what the kernel asks about them.
 * In a build without any, PLACED_BUILD is 0 and nothing of it is compiled.
 */
#pragma once

#include "kernel/aspace.h"
#include "kernel/thread.h"

#ifdef MISSIVE_PLACED
#define PLACED_BUILD 1
#else
#define PLACED_BUILD 0
#endif

/* By rank; 0: it is not here. */
#define PLACED_MAX 16u
extern struct thread *placed_threads[PLACED_MAX];
/* The thread of a placed server, which never enters user mode. */
static inline bool placed_thread(const struct thread *t)
{
	return PLACED_BUILD && t->rank < PLACED_MAX && placed_threads[t->rank] == t;
}
/* It is its turn: it does its work, up to the kernel's next exit. */
__attribute__((noreturn)) struct thread *placed_turn(struct thread *t);
/* MACHINE_PLACE. */
method_fn placed_method;

/* Identifier of the address space of a placed server: its part of the kernel half, counted from
 * the beginning of that. */
#define ASPACE_PLACED (~0u)

static inline bool aspace_placed(const struct aspace *a)
{
	return PLACED_BUILD && a->identifier == ASPACE_PLACED;
}
/* What has been mapped there becomes the kernel's alone; what is gone, is gone from the hart. */
void placed_flush(struct aspace *a, u64 va, u64 npages);

/* A placed server works: no page table but the kernel's is needed. */
bool placed_leave_aspace(void);
static inline bool placed_away(void)
{
	return PLACED_BUILD && placed_leave_aspace();
}

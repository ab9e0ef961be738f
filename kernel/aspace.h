/*
 * Address spaces: the user half of a page table, its identifier, and the only
 * functions that touch user memory.
 *
 *   A1: every leaf entry holds one count of its frame (device frames: none)
 *   A2: only frames of type user are mapped
 *   A3: npages = leaf entries present
 *   A4: page-table pages come from the space's pool and have type table, count 1
 *   A5: a count falls only after the translation is gone from every hart
 *
 * User addresses never become pointers: a copy walks the page table in software
 * and uses the direct map, so SUM stays off and the kernel takes no page fault.
 */
#pragma once

#include "kernel/method.h"
#include "kernel/object.h"
#include "kernel/pool.h"

struct aspace {
	struct object object;
	u64 *root;
	paddr_t root_pa;
	u32 identifier;
	u32 nthreads;  /* that are configured to run in it */
	u64 npages;
	u64 ntables;
	u64 destroy_at; /* progress of its destruction */
};

err_t aspace_init(struct aspace *a); /* after pool_object_get; ENOMEM */
/* Frees tables in chunks; EBUSY while anything is mapped; METHOD_AGAIN while not done. */
err_t aspace_destroy(struct aspace *a);

/* Maps npages frames from `first` on; for boot and the reply's map action. */
err_t aspace_map_run(struct aspace *a, u64 va, frame_t first, u64 npages, u32 rights);

/* Copies between user memory and kernel memory: bytes done; short at the first page that a
 * program there may not touch that way. */
u64 aspace_copy_in(struct aspace *a, u64 va, void *to, u64 len);
u64 aspace_copy_out(struct aspace *a, u64 va, const void *from, u64 len);
/* Up to and including the NUL; *found says whether there was one. */
u64 aspace_copy_string(struct aspace *from, u64 from_va, struct aspace *to, u64 to_va, u64 max,
		       bool *found);
/* From one space to another; short: *at_source says whose page stopped it. */
u64 aspace_copy(struct aspace *to, u64 to_va, struct aspace *from, u64 from_va, u64 len,
		bool *at_source);
/* Direct-map address of the 4-byte aligned word at va if a program there may write it, else 0. */
u32 *aspace_word(struct aspace *a, u64 va);

void aspace_use(struct aspace *a); /* make it the hart's */

/* Methods (ipc/abi/object.h). */
method_fn aspace_method_map, aspace_method_unmap, aspace_method_protect, aspace_method_share,
	aspace_method_query, aspace_method_read, aspace_method_write, aspace_method_cas,
	aspace_method_fence;
method_fn memory_method_derive, memory_method_clear, memory_method_copy, memory_method_pin,
	memory_method_unpin, memory_method_info, memory_method_query;

/*
 * Address spaces: the user half of a page table, its identifier, and the only
 * functions that touch user memory.
 *
 *   A1: every leaf entry holds one count of its frame (device frames: none)
 *   A2: only frames of type user are mapped
 *   A3: npages = leaf entries present
 *   A4: page-table pages come from the space's pool and have type table, count 1
 *   A5: a count falls only after the translation is gone from every hart
 *   A6: `seen` holds translations of copies, as a hart does, and is flushed with the harts
 *
 * User addresses never become pointers: a copy walks the page table in software
 * and uses the direct map, so SUM stays off and the kernel takes no page fault.
 */
#pragma once

#include "kernel/bits.h"
#include "kernel/method.h"
#include "kernel/object.h"
#include "kernel/pool.h"

#define SEEN_PAGES 4u /* of each kind; a page has one place */

struct seen {
	u64 page; /* its number; ~0: none */
	u8 *at;   /* in the direct map */
};

struct aspace {
	struct object object;
	u64 *root;
	paddr_t root_pa;
	u64 satp;
	u64 satp_tagged; /* the same, or 0 without an identifier; for the fast path */
	u32 identifier;  /* 0: none of its own */
	u64 npages;
	u64 ntables;
	u64 roots[4];                    /* bit i: root entry i is in use */
	struct seen seen[2][SEEN_PAGES]; /* readable; writable too */
};

err_t aspace_init(struct aspace *a); /* after pool_object_get; ENOMEM */
/* Frees tables in chunks; EBUSY while anything is mapped; METHOD_AGAIN while not done. */
err_t aspace_destroy(struct aspace *a);

/* Maps npages frames (at most MAP_RUN_MAX) from `first` on, all or none (with MAP_KEEP: up to an
 * error); for boot and the reply's map action.  Frames outside RAM are device memory.  EEXIST,
 * ENOMEM, EBUSY, EINVAL. */
#define MAP_RUN_MAX METHOD_CHUNK /* clearing a page costs as much as many entries */
err_t aspace_map_run(struct aspace *a, u64 va, frame_t first, u64 npages, u32 rights);

/* Copies between user memory and kernel memory: bytes done; short at the first page that a
 * program there may not touch that way. */
u64 aspace_copy_in(struct aspace *a, u64 va, void *to, u64 len);
u64 aspace_copy_out(struct aspace *a, u64 va, const void *from, u64 len);
/* From one space to another; short: *at_source says whose page stopped it. */
struct user_place {
	struct aspace *aspace;
	u64 va;
};
u64 aspace_copy(struct user_place to, struct user_place from, u64 len, bool *at_source);
/* Up to and including the NUL; *found says whether there was one. */
u64 aspace_copy_string(struct user_place to, struct user_place from, u64 max, bool *found);

void aspace_leave(void); /* the hart's is the kernel's own from now on */

/* --- Between the files of the address space --- */
/* Is the range page aligned, and in the user half? */
bool aspace_range_ok(u64 va, u64 npages);
/* The leaf table for va, or 0. */
u64 *aspace_table(struct aspace *a, u64 va);
/* The same, made if it is missing; 0: the pool is empty. */
u64 *aspace_table_make(struct aspace *a, u64 va);
/* Removes stale translations of a range from every hart that may have them. */
void aspace_flush(struct aspace *a, u64 va, u64 npages);
#define FLUSH_PAGES 8u /* more than these are flushed at one blow */
/* Removes all translations of a; no hart gets another before a runs again. False: it runs. */
bool aspace_quiet(struct aspace *a);
/* Direct-map address of va's page if a program there may access it so; else 0. */
u8 *aspace_page_walk(struct aspace *a, u64 va, u32 rights);
static inline u8 *aspace_page(struct aspace *a, u64 va, u32 rights)
{
	u64 page = va >> PAGE_SHIFT;
	const struct seen *s;

	if (!a)
		return 0;
	s = &a->seen[rights != ACCESS_READ][page % SEEN_PAGES];
	return s->page == page ? s->at : aspace_page_walk(a, va, rights);
}

/* A walk over what may be present in a range, one leaf table at a time. */
struct aspace_walk {
	struct aspace *aspace;
	u64 va, end; /* what is left of the range */
	s64 budget;  /* entries that this kernel entry may still look at */
	u64 *table;  /* the stretch: entries first .. behind - 1 of it, ... */
	u32 first, behind;
	u64 base, next; /* ... where its entry 0 is, and where to go on behind the stretch */
};
#define ASPACE_BUDGET 1024
/* The next stretch; false: end, or budget spent (va is where). */
bool aspace_stretch(struct aspace_walk *w);
/* The stretch is done up to entry i. */
void aspace_walked(struct aspace_walk *w, u32 i);
/* Entries first .. last of a table come into use; those of first .. behind - 1 are empty now. */
void aspace_table_note(const u64 *table, u32 first, u32 last);
void aspace_table_emptied(const u64 *table, u32 first, u32 behind);
/* The first entry of first .. behind - 1 that is not empty, or behind. */
u32 aspace_entry_next(const u64 *table, u32 first, u32 behind);
/* A method on a range has come to va: 0 at its end, else METHOD_AGAIN, the progress in the caller's
 * registers: a0 address, a1 pages left in its low half, words reported so far in its high half. */
err_t aspace_progress(struct invocation *v, u64 va, u64 end, u64 reported);

/* Methods (ipc/abi/object.h). */
method_fn aspace_method_map, aspace_method_unmap, aspace_method_protect, aspace_method_share,
	aspace_method_query, aspace_method_copy, aspace_method_cas, aspace_method_fence,
	aspace_method_own;
method_fn memory_method_derive, memory_method_clear, memory_method_copy, memory_method_pin,
	memory_method_unpin, memory_method_query;

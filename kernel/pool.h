/*
 * Pools: pages given to the kernel, cut into objects.
 *
 * A page holds objects of one type (its header says which) or is a whole-page
 * thing (page table, capability slots).  All pages of a pool are frames of type
 * kernel or table with count 1.
 * An object page that becomes empty is kept for the next object of its type, one
 * for each type; it goes when the pool has nothing else left.
 *   P1: npages = free pages + object pages + whole pages handed out
 */
#pragma once

#include "kernel/list.h"
#include "kernel/object.h"

struct pool {
	struct object object;
	void *free_page; /* list of zeroed pages, linked by their first word */
	u64 nfree, npages;
	u64 nreplies; /* pages of Replies: a server keeps those that it has */
	u64 nspare;   /* object pages that are kept empty; free too, in the end */
	u32 types;    /* mask of enum object_type that may be created */
	u32 ceiling;  /* highest priority of threads from it */
	bool trusted; /* may create trusted endpoints */
	u64 nobjects;
	struct link *pages;                    /* every page of objects */
	struct link *partial[OBJECT_TYPES];    /* those with a free object */
	struct pool_page *spare[OBJECT_TYPES]; /* empty, on no other list */
	struct pool *next;                     /* all pools */
};

/* Head of a page of objects; they begin at POOL_FIRST_OBJECT. */
struct pool_page {
	struct pool *pool;
	struct link all;     /* pool->pages */
	struct link partial; /* pool->partial[type] */
	void *free;          /* free objects, linked by their first word */
	u16 type, used, capacity, size;
};
#define POOL_FIRST_OBJECT 64u

#define POOL_ALL_TYPES ((1u << OBJECT_TYPES) - 1)

extern struct pool *pools; /* all of them */

/* Boot: the first pool, with these free frames; it may create everything. */
struct pool *pool_boot(frame_t first, u64 npages);
/* Gives a free frame to the pool: EBUSY if it is in use. */
err_t pool_donate(struct pool *p, frame_t frame);
/* A zeroed page, 0 if the pool has none; and back, all zero already. */
void *pool_page_get(struct pool *p);
void pool_page_put_zero(struct pool *p, void *page);
/* Memory for an object of that type, zeroed and initialised; 0 if there is none. */
struct object *pool_object_get(struct pool *p, enum object_type type);
void pool_object_put(struct object *o);
/* Objects alive in the whole system, by type. */
u64 pool_count(enum object_type type);

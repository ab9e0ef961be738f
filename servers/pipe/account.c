/*
 * What each user holds of ends and buffer pages.
 *
 * The one idea: a program that makes pipes without end meets its own user's limit,
 * and a pipe without a page still works: bytes then go straight from the writer's
 * window to the reader's.  Pages that are given back wait here for the next pipe.
 */
#include "servers/pipe/pipe_server.h"

#define USER_ENDS (ENDS_MAX / 4)
#define USER_SHARE 4 /* a user has at most this part of the pages */

static struct slab accounts = {.size = sizeof(struct account)};
static struct account *first;
static void *free_pages; /* each begins with the address of the next */
static u32 pages_used;
static u32 pages_max;

void account_init(u64 total_pages)
{
	pages_max = (u32)(total_pages / 8);
}

struct account *account_get(u32 uid)
{
	struct account *a = first;

	while (a && a->uid != uid)
		a = a->next;
	if (a)
		return a;
	a = slab_alloc(&accounts);
	if (!a)
		return 0;
	a->uid = uid;
	a->next = first;
	first = a;
	return a;
}

bool account_take_end(struct account *a)
{
	if (a->uid != 0 && a->ends >= USER_ENDS)
		return false;
	a->ends++;
	return true;
}

void account_give_end(struct account *a)
{
	a->ends--;
}

u8 *page_take(struct account *a)
{
	u32 limit = a->uid == 0 ? pages_max : pages_max / USER_SHARE;
	void **page;

	if (a->pages >= limit || pages_used >= pages_max)
		return 0;
	page = free_pages;
	if (page)
		free_pages = *page;
	else
		page = heap_pages(1);
	if (!page)
		return 0;
	a->pages++;
	pages_used++;
	return (u8 *)page;
}

void page_give(struct account *a, u8 *page)
{
	*(void **)page = free_pages;
	free_pages = page;
	a->pages--;
	pages_used--;
}

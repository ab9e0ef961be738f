/*
 * The event server's objects: calls that wait for many descriptors, and epolls.
 *
 * It asks each descriptor's server through the caller's own table (call through)
 * and leaves a cookie there; a server that becomes ready gives the cookie back.
 * E1: epolls, and polls that may wait, share one table of badges, so that a cookie of one
 *     that is over finds nothing.  (A call of epoll_pwait is found through its epoll.)
 * E2: a poll that waits holds a Reply and is on the list of deadlines, sorted.
 * E3: nothing here refers to a watched session: watching keeps nothing open.
 * E4: an item of an epoll is armed while its server holds its cookie: it was not ready
 *     when it was asked (or its edge was taken), so it need not be asked again.
 */
#pragma once

#include "ipc/proto/descriptor.h"
#include "ipc/proto/process_table.h"
#include "servers/lib/badge.h"
#include "servers/lib/descriptor.h"
#include "servers/lib/poll.h"

#define POLLS_MAX 512u
#define ITEMS_MAX 4096u /* descriptors of one poll */
#define COOKIE_SHIFT 12 /* cookie: badge without BADGE_OWN << COOKIE_SHIFT | item */
_Static_assert(1u << COOKIE_SHIFT == ITEMS_MAX, "an item's index fits");
#define FEW_ITEMS 16u
#define SELECT_MAX 1024u
#define SELECT_WORDS (SELECT_MAX / 64)
#define NEVER (~0ull)
/* They are few, so a loop is quicker than a call of memcpy. */
static inline void items_copy(struct item *to, const struct item *from, u32 n)
{
	for (u32 i = 0; i < n; i++)
		to[i] = from[i];
}

enum object_kind { POLL_PPOLL, POLL_SELECT, POLL_EPOLL, EPOLL };

/* Who waits: the Reply, and who he is. */
struct caller {
	slot_t reply;
	u32 tag;
};

struct poll {
	u32 kind;          /* enum object_kind; first in both objects */
	struct poll *next; /* of those that wait, by deadline */
	u64 badge;
	struct caller caller;
	bool masked;   /* the caller's signal mask was replaced */
	bool watches;  /* cookies were left with servers */
	u64 deadline;  /* ticks, NEVER */
	u64 time_at;   /* address of the caller's timespec, 0: none to be written */
	u64 set_at[3]; /* pselect6: addresses of its sets */
	u32 nfds;      /* pselect6: its first argument */
	u32 nitems;
	struct item *item;
	struct epoll *epoll;        /* epoll_pwait: on whom */
	struct item few[FEW_ITEMS]; /* the items, if there are no more */
};

#define EPOLL_EVENTS_MAX 256u /* one epoll_pwait tells */

struct epoll_item {
	s32 fd; /* NO_FD: free */
	u32 events;
	u64 data;
	bool armed;
	bool pending;  /* edge triggered: something happened since it was told */
	bool disabled; /* one shot, told */
};
#define NO_FD (-1)

struct epoll {
	u32 kind;  /* EPOLL */
	u32 flags; /* linux_open */
	u64 badge;
	u32 nitems; /* places, some free */
	u32 used;   /* those from here on are free */
	struct epoll_item *item;
};

/* poll.c: life of a poll. */
struct poll *poll_create(const struct request *q, u32 nitems); /* 0: ENOMEM */
u64 event_badge_take(void *object);                            /* a poll or an epoll */
void event_badge_release(u64 badge);
struct epoll *epoll_find(u64 badge); /* 0: no epoll */
void poll_destroy(struct poll *p);
s64 poll_run(struct poll *p, struct answer *a); /* the result, the poll is gone; or LATER */
void poll_cookie(u64 cookie);
void poll_timeout(void);
void poll_interrupted(slot_t reply);
void poll_abandoned(slot_t reply);
extern u64 timebase_hz;

/* scan.c: asks the servers. */
u32 scan_all(struct poll *p, bool watch); /* how many are ready */
bool scan_one(struct poll *p, u32 i, bool watch);
void scan_forget(struct poll *p);

u32 item_result(const struct poll *p, const struct item *item); /* 0, or how much it counts */

/* epoll.c: epolls and their items; epoll_wait.c: what is ready in them. */
operation_fn epoll_create1, epoll_ctl, epoll_fcntl, epoll_stat;
void epoll_closed(u64 badge);
u32 epoll_scan(struct poll *p);
/* The answer of the scan just made: how many events, or an error; they go with `a`, if any. */
s64 epoll_tell(struct poll *p, struct answer *a);
void epoll_untell(void);
void epoll_woken(struct epoll *e, u32 i); /* its cookie came back */
s64 item_ask(struct epoll *e, slot_t reply, u32 i);
u64 cookie_for(u64 badge, u32 i);
s64 descriptor_ask(slot_t reply, s32 fd, s32 label, const u64 word[2]);

/* select.c */
s64 select_begin(struct poll *p, const struct request *q);
s64 select_finish(struct poll *p);
u32 select_items(const struct request *q, s64 *error);
u32 select_bits(const struct item *item);

/* caller.c: the caller's memory and signal mask. */
static inline struct caller caller_of(const struct request *q)
{
	return (struct caller){q->reply, q->tag};
}
s32 caller_read(const struct caller *c, u64 address, void *to, u64 len);
s32 caller_write(const struct caller *c, u64 address, const void *from, u64 len);
/* `there`: what lies at the address, if it has come with the call; else 0. */
s32 deadline_from(struct poll *p, u64 address, const struct linux_timespec *there);
void deadline_ms(struct poll *p, s32 milliseconds); /* negative: none */
void time_left_write(struct poll *p);
s32 mask_set(struct poll *p, u64 address, u64 size);
void mask_restore(struct poll *p);

/*
 * The pipe server's own objects: pipes, their ends, and callers that wait.
 *
 * A pipe is a ring of bytes with readers and writers.  An end is one session: an
 * open file description of a pipe, or fs's handle of a FIFO.  A waiter is a
 * caller whose Reply is kept.
 * P1: pipe.nreaders / nwriters = ends of it that may read / write.
 * P2: bytes of the ring lie in [head, head + count); a page is there iff it holds a byte,
 *     except that the page of `head` may stay.
 * P3: a reader waits only while the ring is empty and no writer waits with bytes.
 * P4: a pipe lives while an end, a handle or a waiting open refers to it.
 * P5: an end's badge is one of servers/lib/badge.h; smaller ones are sessions of servers and
 *     of FIXED_PIPE.
 */
#pragma once

#include "ipc/proto/descriptor.h"
#include "ipc/proto/pipe.h"
#include "servers/lib/descriptor.h"

#define PIPE_PAGES 16u
#define PIPE_BUF 4096u
#define WAITERS_MAX PROCESS_MAX /* whoever is alive may wait */
#define ENDS_MAX 2048u

/* What one user holds; root's share is larger. */
struct account {
	struct account *next;
	u32 uid;
	u32 ends;
	u32 pages;
};

/* Waiter i is that of Reply i. */
struct waiter {
	struct waiter *next, *prev;
	struct waiter_list *list; /* of its pipe: what it waits for */
	struct end *end;
	slot_t reply;
	u32 tag;
	s32 label; /* of the call */
	u64 len;   /* bytes the call wants to move */
	u64 done;  /* of them moved (writers) */
};

struct waiter_list {
	struct waiter *first, *last;
};

struct pipe {
	struct account *account;
	u64 ino;
	u32 mode, uid, gid;
	bool is_fifo;
	u32 references; /* ends and handles */
	u32 nreaders, nwriters;
	u64 writers_ever; /* opens for writing */
	u32 capacity;     /* bytes, a power of two of pages */
	u32 head, count;
	u8 *page[PIPE_PAGES];
	struct waiter_list readers, writers, opens;
	struct end *ends; /* all ends, by next_end */
};

enum end_kind { END_PIPE, END_FIFO /* fs's handle: opens go through it */ };

struct end {
	struct pipe *pipe;
	struct end *next_end;
	struct watch_list watches;
	u64 badge;
	u32 kind;           /* enum end_kind */
	u32 flags;          /* linux_open: access mode, O_NONBLOCK, O_LARGEFILE */
	u64 writers_before; /* of a FIFO that a reader opened without waiting: no POLLHUP yet */
};

/* pipe.c: pipes, and the counts that decide about end of file and EPIPE. */
struct pipe *pipe_create(u32 uid, u32 gid); /* with one reference, the caller's */
void pipe_release(struct pipe *p);          /* one reference less */
void pipe_end_added(struct pipe *p, struct end *e);
void pipe_end_removed(struct pipe *p, struct end *e);
u32 pipe_ready(const struct end *e); /* poll events that hold now */
void pipe_wake_watches(struct pipe *p);
u64 pipes_alive(void);

/* account.c */
struct account *account_get(u32 uid);
bool account_take_end(struct account *a);
void account_give_end(struct account *a);
u8 *page_take(struct account *a);
void page_give(struct account *a, u8 *page);
void account_init(u64 total_pages);

/* end.c: badges and sessions. */
struct end *end_create(struct pipe *p, u32 kind, u32 flags);
extern struct badge_table ends;
static inline struct end *end_find(u64 badge) /* 0 if stale or no end */
{
	return badge_find(&ends, badge);
}
void end_destroy(struct end *e);
s64 end_session(struct end *e); /* slot of a new session; on an error the end is gone */
static inline bool end_reads(const struct end *e)
{
	return e->kind == END_PIPE && (e->flags & LINUX_O_ACCMODE) != LINUX_O_WRONLY;
}
static inline bool end_writes(const struct end *e)
{
	return e->kind == END_PIPE && (e->flags & LINUX_O_ACCMODE) != LINUX_O_RDONLY;
}

/* ring.c: bytes in and out; nothing counts before its copy is over. */
extern u64 ring_held; /* bytes in all rings */
static inline u32 ring_space(const struct pipe *p)
{
	return p->capacity - p->count;
}
static inline u32 ring_wrapped(const struct pipe *p, u32 at)
{
	return at & (p->capacity - 1);
}
static inline void ring_add(struct pipe *p, u32 len) /* bytes that lie there now */
{
	p->count += len;
	ring_held += len;
}
static inline void ring_drop_later(struct pipe *p, u32 len) /* consumes, keeps the pages */
{
	p->head = ring_wrapped(p, p->head + len);
	p->count -= len;
	ring_held -= len;
}
s64 ring_fill(struct pipe *p, slot_t reply, u64 offset, u64 len);
u32 ring_prepare(struct pipe *p, u32 len); /* pages for so many bytes: how many fit */
s64 ring_copy_out(const struct pipe *p, slot_t reply, u64 offset, u64 len);
void ring_drop(struct pipe *p, u32 len);    /* consumes */
void ring_restore(struct pipe *p, u32 len); /* undoes the last ring_drop_later */
void ring_clear(struct pipe *p);
u64 ring_bytes_held(void);

/* All of window 0, if it fits into the page behind the last byte: len, or 0 and nothing counts. */
static inline s64 ring_fill_quick(struct pipe *p, slot_t reply, u64 len)
{
	u32 tail = ring_wrapped(p, p->head + p->count);
	u8 *page = p->page[tail >> PAGE_SHIFT];
	struct method_call m = {.label = REPLY_COPY_IN, .len = len};

	if (!page || len > PAGE_SIZE - (tail & PAGE_MASK) || len > ring_space(p))
		return 0;
	m.window = (u64)page + (tail & PAGE_MASK);
	if (method_do(reply, &m) != (s64)len)
		return 0;
	ring_add(p, (u32)len);
	return (s64)len;
}

/* waiter.c */
/* 0, EAGAIN: no Reply would be left for others. */
struct waiter *waiter_add(struct waiter_list *l, struct end *e, const struct request *q, u64 len);
s64 waiter_wait(struct waiter_list *l, struct end *e, const struct request *q, u64 len); /* LATER */
struct waiter *waiter_of(slot_t reply);
static inline void waiter_remove(struct waiter *w) /* and frees it */
{
	struct waiter_list *l = w->list;

	if (w->prev)
		w->prev->next = w->next;
	else
		l->first = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		l->last = w->prev;
	w->list = 0;
}
void waiter_restore(slot_t reply);                /* the first reader, removed just now */
void waiter_answer(struct waiter *w, s64 result); /* removed and answered */
bool waiter_drop_dead(struct waiter *w);          /* removed if its caller is dead */

/* read.c, write.c */
operation_fn pipe_read, pipe_write;
void read_undo(struct request *q, struct answer *a);
void write_not_passed(slot_t kept);
void readers_end_of_file(struct pipe *p);
void writers_refill(struct pipe *p);
void writers_broken(struct pipe *p);

/* open.c */
operation_fn pipe_pipe2, pipe_fifo, pipe_openat;
void open_undo(struct request *q, struct answer *a);
void open_forget(struct waiter *w); /* its caller gave up; the Reply is not touched */

/* control.c */
operation_fn pipe_fcntl, pipe_ioctl, pipe_stat, pipe_chmod, pipe_chown;
operation_fn pipe_poll, pipe_unpoll, pipe_name, pipe_stats, pipe_drop;

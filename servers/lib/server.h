/*
 * What a server is: a table of operations and the one loop that serves it.
 *
 * An operation is a function from a request to a result: it returns a value
 * >= 0 or a negative errno, fills `answer` if more than the value is to go back, or
 * returns LATER: then it has kept q->reply, and answers with answer_later(), or it has
 * forwarded it (reply_forward) and the Reply is idle again: FORWARDED.
 * Result of a routed call: a0 = the value.  Of a native call: label = the value if
 * negative, else 0, words from the answer (word 0 = the value if the operation
 * left flags and words alone: it sets a->word itself only through answer fields).
 * For both the loop stores the returned value into word 0.
 * The same source is to run linked into the kernel later: an operation touches the
 * kernel only through this header and call.h, never waits, and copies before it commits.
 */
#pragma once

#include "door.h"
#include "ipc/proto/start.h"
#include "servers/lib/call.h"

#define LATER (-100000ll)        /* kept: answered by answer_later */
#define GONE (-100001ll)         /* its caller has ended meanwhile */
#define FORWARDED (-100001ll)    /* the Reply was passed on and is idle again */
#define NOTHING_SENT (-100002ll) /* the operation has answered q->reply itself (answer_later) */

/* Flag of an answer for the loop alone: label and word 0 are what they are to be. */
#define ANSWER_FILLED (1u << 31)

struct request {
	u64 word[6];
	u64 badge;
	s32 label;
	u32 kind; /* KIND_NATIVE, KIND_ROUTED or KIND_FAULT */
	u32 tag;
	slot_t reply;   /* slot of the Reply that holds the caller */
	slot_t cap;     /* capability received, or SLOT_NONE; the operation owns it */
	u64 window_len; /* of window 0 */
	const u8 *data; /* first bytes of the first in window ... */
	u64 data_len;   /* ... that are there; a private copy, stable */
};

typedef s64 operation_fn(struct request *q, struct answer *a);

/* A server's operations.  Numbers without a function are answered with ENOSYS. */
struct operation {
	u32 number;
	const char *name;
	operation_fn *fn;
};

struct server {
	const char *name;
	const struct operation *routed;    /* Linux calls, any order, ends with fn == 0 */
	const struct operation *native;    /* ends with fn == 0 */
	operation_fn *fault;               /* KIND_FAULT, or 0 */
	void (*interrupted)(slot_t reply); /* answer it now (answer_later); 0: never waits */
	void (*abandoned)(slot_t reply);   /* forget it; the loop clears the Reply */
	void (*closed)(u64 badge);
	void (*notified)(u64 bits);
	void (*undo)(struct request *q, struct answer *a); /* the reply failed and the loop answers
	                                                      the error (or ERETRY) instead; or 0 */
	void (*cut)(const struct request *q, u64 len); /* a read's copy ended for good after len > 0
	                                                  bytes, and they are the result; 0: undo */
	void (*not_passed)(slot_t kept); /* answer_pass() did not happen; it is kept as before */
	u32 replies;                     /* Replies to make: 1 + most that wait at once */
	u32 buffer_shift; /* delivery buffer: 12 (4 KiB) .. 16, 0: none; with BUFFER_NO_DATA */
};

/* Runs for ever.  The server's main() sets itself up, then calls it. */
__attribute__((noreturn)) void server_run(const struct server *s);

/* In the kernel (docs/placement.md) calls come as calls of their operations.  What has used the
 * door, or answers more than a number and bytes, ends so (comes back with its number, if
 * that is done at once), or, if it is known to be no such thing, the other way; */
s64 server_called_end(struct request *q, struct answer *a, s64 result);
s64 server_called_more(struct request *q, struct answer *a, s64 result);
/* calls that are no routed ones; those too, in debug builds; */
s64 server_operate(struct request *q, struct answer *a);
/* ... and any message that came while the server waited: it goes to q. */
void server_resume(struct request *q);

/* Entry point of every server, called by start.S with the start page. */
void server_main(const struct start_info *start);

/* Free Replies left: an operation that wants to keep one answers EAGAIN at 0. */
struct reply_counts {
	u32 limit, created, nfree; /* nfree of the created ones are idle */
};
extern struct reply_counts reply_counts;
bool reply_spare(void); /* makes one that is idle */
/* For callers to come. None, too, if none can be made: who keeps the last one hears nobody else. */
static inline u32 replies_free(void)
{
	if (reply_counts.nfree == 0 && !reply_spare())
		return 0;
	return reply_counts.nfree + reply_counts.limit - reply_counts.created;
}

/* Answers a kept Reply with a plain result: that goes along with the answer of the operation that
 * runs, if there is one and nothing stands against it, else now. */
void answer_later(slot_t reply, s64 result);
/* Now, with an answer (its word 0 is `result` too); if the copy stops at a page: ERETRY for the
 * caller, or EFAULT.  The Reply is idle after it.  Returns 0 or the error of a reply that did
 * not happen. */
s32 answer_later_with(slot_t reply, s64 result, struct answer *a);
/* len bytes go from the first window of q's caller to that of a held Reply's, both of routed calls,
 * and are the result of both: the operation returns it, as this does.  kept_first: of the two the
 * held one's caller runs first.  Where they cannot go so, nothing has happened:
 * server.not_passed is called, and the operation runs again. */
s64 answer_pass(struct request *q, slot_t kept, u64 len, bool kept_first);

/* Copies from / to window `window` of the request's caller at `offset`.  Returns bytes moved
 * (> 0, may be short when some moved), -ERETRY if the first page was not there and a
 * retry may help (return it from the operation, with nothing committed), or -EFAULT. */
s64 window_in(slot_t reply, u32 window, u64 offset, void *to, u64 len);
s64 window_out(slot_t reply, u32 window, u64 offset, const void *from, u64 len);
/* All of it, or an error: 0, -ERETRY, -EFAULT. */
s32 window_in_all(slot_t reply, u32 window, u64 offset, void *to, u64 len);
s32 window_out_all(slot_t reply, u32 window, u64 offset, const void *from, u64 len);
/* A string window into `to` (size bytes): its length without NUL, -ENAMETOOLONG, or as above. */
s64 window_string(slot_t reply, u32 window, char *to, u64 size);
/* From one waiting caller to another: bytes; short only as the windows end; *stop tells. */
struct window_at {
	slot_t reply;
	u32 window;
	u64 offset;
};
s64 window_copy(const struct window_at *to, const struct window_at *from, u64 len,
		enum copy_stop *stop);
u64 window_length(slot_t reply, u32 window);

/* Passes the request on through own session `through` (adding `cap`, or SLOT_NONE), or through the
 * caller's descriptor. Returns FORWARDED or an error (the request is still to be answered). */
s64 reply_forward(struct request *q, slot_t through, slot_t cap);
s64 reply_forward_descriptor(struct request *q, u32 descriptor);
s64 reply_forward_other(struct request *q); /* where its route goes without the descriptor */

/* New session to this server with that badge, in a new slot; negative: error. */
s64 session_mint(u64 badge);
/* Creates an object from SERVER_POOL (asks memory for pages when the pool is empty). */
s64 object_create(enum object_type type, u64 a, u64 b, u64 c, slot_t sent);
s64 object_create_at(enum object_type type, slot_t slot); /* without arguments, in that slot */
s32 object_reclaim(slot_t slot);                          /* and deletes the slot */
/* Asks memory for pages for SERVER_POOL: 0 or -ENOMEM.  Weak, as heap_pages is: the memory
 * server and root, which have nobody to ask, bring their own. */
s32 pool_feed(u64 npages);
u64 pool_free_pages(void);
/* What it has taken for as much as it ever needed at once, and does not give back: free pages of
 * its pool, its Replies and slots. */
u64 pages_kept(void);
void slot_delete(slot_t slot);

/* Memory of the server: zeroed pages that stay; objects of a fixed size on free lists. */
void *heap_pages(u64 npages); /* 0 when there is none */
struct slab {
	u32 size; /* bytes of an object, multiple of 8 */
	u32 used;
	void *free;
};
void *slab_take(struct slab *s);  /* not cleared */
void *slab_alloc(struct slab *s); /* zeroed, 0 when there is no memory */
void slab_free(struct slab *s, void *p);
u64 slabs_live(void); /* objects of all slabs in use */

void timer_arm(u64 deadline_ticks); /* SERVER_TIMER: NOTIFY_TIMER at that time; ~0: cancel */

/* Text for the firmware's console or, without that right, for the terminal.  %s %d %u %x %c %%,
 * with l for 64 bits, 0 and a width (%04x). */
void server_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
__attribute__((noreturn)) void server_panic(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* string.h's few, for the compiler and for servers (servers/lib/string.c). */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
size_t string_copy(char *to, const char *from, size_t size); /* always ends with NUL */
s32 format_text(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4))); /* length written, without NUL; cut at size */

/*
 * The ring of a pipe: bytes in pages that are taken when they are needed.
 *
 * The one idea: positions count bytes modulo the capacity, page i holds the bytes
 * from i * PAGE_SIZE on.  Bytes are copied in behind the last one, and count only
 * when the count is raised; so a copy that stops leaves nothing behind.
 */
#include "servers/pipe/pipe_server.h"

u64 ring_held;

u64 ring_bytes_held(void)
{
	return ring_held;
}

/* Contiguous bytes from position at: to the end of its page, at most len. */
static u32 piece_at(const struct pipe *p, u32 at, u32 len, u8 **where)
{
	u32 offset = at & PAGE_MASK;
	u32 n = PAGE_SIZE - offset;

	*where = p->page[at >> PAGE_SHIFT] + offset;
	return n < len ? n : len;
}

u32 ring_prepare(struct pipe *p, u32 len)
{
	u32 tail = p->head + p->count;
	u32 ready = 0;

	if (len > ring_space(p))
		len = ring_space(p);
	while (ready < len) {
		u32 at = ring_wrapped(p, tail + ready);
		u8 **page = &p->page[at >> PAGE_SHIFT];
		if (!*page)
			*page = page_take(p->account);
		if (!*page)
			break;
		ready += PAGE_SIZE - (at & PAGE_MASK);
	}
	return ready < len ? ready : len;
}

/* From the caller's window into the ring; commits what came.  Bytes, or an error with
 * nothing committed: pages that lie empty then go when the ring is cleared or used. */
s64 ring_fill(struct pipe *p, slot_t reply, u64 offset, u64 len)
{
	u32 want = ring_prepare(p, len < p->capacity ? (u32)len : p->capacity);
	u32 tail = p->head + p->count;
	u32 done = 0;
	s64 got = 0;

	while (done < want && got >= 0) {
		u8 *to;
		u32 n = piece_at(p, ring_wrapped(p, tail + done), want - done, &to);
		got = window_in(reply, 0, offset + done, to, n);
		if (got > 0)
			done += (u32)got;
	}
	if (got == -ERETRY || (done == 0 && got < 0))
		return got;
	ring_add(p, done);
	return done;
}

s64 ring_copy_out(const struct pipe *p, slot_t reply, u64 offset, u64 len)
{
	u32 want = len < p->count ? (u32)len : p->count;
	u32 done = 0;

	while (done < want) {
		u8 *from;
		u32 n = piece_at(p, ring_wrapped(p, p->head + done), want - done, &from);
		s64 got = window_out(reply, 0, offset + done, from, n);
		if (got == -ERETRY || (got < 0 && done == 0))
			return got;
		if (got > 0)
			done += (u32)got;
		if (got < 0)
			break;
	}
	return done;
}

void ring_restore(struct pipe *p, u32 len)
{
	p->head = ring_wrapped(p, p->head - len);
	ring_add(p, len);
}

static bool page_is_empty(const struct pipe *p, u32 i)
{
	return ring_wrapped(p, (u32)(i * PAGE_SIZE) - p->head) >= p->count;
}

/* Pages that hold no byte go back; an empty ring keeps the one at its head. */
void ring_drop(struct pipe *p, u32 len)
{
	u32 from = p->head >> PAGE_SHIFT;

	ring_drop_later(p, len);
	for (; from != p->head >> PAGE_SHIFT; from = (from + 1) % (p->capacity >> PAGE_SHIFT)) {
		if (p->page[from] && page_is_empty(p, from)) {
			page_give(p->account, p->page[from]);
			p->page[from] = 0;
		}
	}
	if (p->count == 0)
		p->head &= ~(u32)PAGE_MASK;
}

void ring_clear(struct pipe *p)
{
	ring_held -= p->count;
	p->count = 0;
	p->head = 0;
	for (u32 i = 0; i < PIPE_PAGES; i++) {
		if (!p->page[i])
			continue;
		page_give(p->account, p->page[i]);
		p->page[i] = 0;
	}
}

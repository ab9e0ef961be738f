/*
 * What the kernel is asked for: mappings, copies, sessions, and pages for its tables.
 *
 * The one idea: an operation that lacks a page-table page is fed and goes on where
 * it stopped.  The reserve of frames makes sure that there is something to feed.
 */
#include "servers/memory/memory_server.h"

#define FEED_PAGES 4
/* Two pages of this server, for what needs a look inside. */
#define SCRATCH server_own(SERVER_OBJECTS)

static u64 buffer[QUERY_MAX];

/* The library's way to more kernel memory: donates own frames. */
s32 pool_feed(u64 npages)
{
	u64 given = 0;

	for (; given < npages; given++) {
		frame_t frame = frame_take(USE_POOL, FRAME_RAW);
		u64 word[4] = {frame, 1};
		if (frame == FRAME_NONE)
			break;
		if (call_cap(SERVER_POOL, POOL_DONATE, frame_memory(frame), word) < 0) {
			frame_free(frame);
			break;
		}
	}
	return given ? 0 : -ENOMEM;
}

/* How many of the frames one Memory covers, from the first on. */
static u64 same_memory(const frame_t *frames, u64 n)
{
	slot_t memory = frame_memory(frames[0]);
	u64 i = 1;

	while (i < n && frame_memory(frames[i]) == memory)
		i++;
	return i;
}

s32 map_frames(slot_t aspace, u64 va, const frame_t *frames, u64 n, u32 rights)
{
	u64 done = 0;

	while (done < n) {
		u64 part = same_memory(frames + done, n - done);
		struct message m = {
			.word = {va + done * PAGE_SIZE, 0, part, rights},
			.label = ASPACE_MAP,
			.flags = MSG_SEND,
			.data = frames + done,
			.data_len = part * sizeof(frames[0]),
			.send = frame_memory(frames[done]),
		};
		s32 error = msg_call(aspace, &m);
		if (error >= 0)
			done += part;
		else if (m.word[0] > va + done * PAGE_SIZE && m.word[0] <= va + n * PAGE_SIZE)
			done = (m.word[0] - va) >> PAGE_SHIFT;
		if (error < 0 && (error != -ENOMEM || pool_feed(FEED_PAGES) < 0)) {
			unmap_pages(aspace, va, done);
			return error;
		}
	}
	return 0;
}

s32 map_replace(slot_t aspace, u64 va, frame_t frame, u32 rights)
{
	struct message m = {.word = {va, frame, 1, rights, MAP_REPLACE},
			    .label = ASPACE_MAP,
			    .flags = MSG_SEND,
			    .send = frame_memory(frame)};
	s32 error = msg_call(aspace, &m);

	if (error >= 0 && m.word[1] != FRAME_NONE)
		frame_free(m.word[1]);
	return error < 0 ? error : 0;
}

static void unmap_page(slot_t aspace, u64 va)
{
	struct message m = {.word = {va, 1}, .label = ASPACE_UNMAP};

	if (msg_call(aspace, &m) >= 0 && m.word[2] != FRAME_NONE)
		frame_free(m.word[2]);
}

u64 unmap_pages(slot_t aspace, u64 va, u64 npages)
{
	u64 end = va + npages * PAGE_SIZE, tables = 0;

	if (npages == 1) {
		unmap_page(aspace, va);
		return 0;
	}
	while (va < end) {
		struct message m = {.word = {va, (end - va) >> PAGE_SHIFT},
				    .label = ASPACE_UNMAP,
				    .data = buffer,
				    .data_len = sizeof(buffer)};
		if (msg_call(aspace, &m) < 0 || m.word[0] <= va)
			break;
		frames_free(buffer, m.word[1] < QUERY_MAX ? m.word[1] : QUERY_MAX);
		va = m.word[0];
		tables = m.word[2];
	}
	return tables;
}

void protect_pages(slot_t aspace, u64 va, u64 npages, u32 rights, bool set)
{
	call_words(aspace, ASPACE_PROTECT, (const u64[4]){va, npages, rights, set});
}

s32 share_pages(slot_t from, slot_t to, u64 va, u64 npages, bool cow)
{
	u64 end = va + npages * PAGE_SIZE;

	while (va < end) {
		struct message m = {.word = {va, (end - va) >> PAGE_SHIFT, cow ? SHARE_COW : 0},
				    .label = ASPACE_SHARE,
				    .flags = MSG_SEND,
				    .send = to};
		s32 error = msg_call(from, &m);
		if (error < 0 && (error != -ENOMEM || pool_feed(FEED_PAGES) < 0))
			return error;
		if (m.word[0] > va && m.word[0] <= end)
			va = m.word[0];
	}
	return 0;
}

struct page_state page_query(slot_t aspace, u64 va)
{
	struct message m = {.word = {va}, .label = ASPACE_QUERY};

	if (msg_call(aspace, &m) < 0)
		return (struct page_state){.frame = FRAME_NONE};
	return (struct page_state){m.word[0], (u32)m.word[1], m.word[2]};
}

u64 range_query(slot_t aspace, u64 va, u64 npages, u64 *first)
{
	struct message m = {.word = {va, npages}, .label = ASPACE_QUERY};
	s32 error = npages ? msg_call(aspace, &m) : -EINVAL;

	*first = error < 0 ? 0 : m.word[1];
	return error < 0 ? 0 : m.word[0];
}

const u64 *pages_query(slot_t aspace, u64 va, u64 n)
{
	u64 word[4] = {va, n};
	s64 done = call_data(aspace, ASPACE_QUERY, word, buffer, n * sizeof(buffer[0]));

	for (u64 i = done < 0 ? 0 : (u64)done; i < n; i++)
		buffer[i] = 0;
	return buffer;
}

/* --- Inside frames ------------------------------------------------------------------- */

static s32 show(u64 at, frame_t frame)
{
	return map_replace(SERVER_ASPACE, at, frame, ACCESS_READ | ACCESS_WRITE);
}

void frame_clear_tail(frame_t frame, u64 from)
{
	if (!show(SCRATCH, frame))
		memset((u8 *)server_pointer(SCRATCH) + from, 0, PAGE_SIZE - from);
	call2(SERVER_ASPACE, ASPACE_UNMAP, SCRATCH, 1);
}

/* --- Copy on write ------------------------------------------------------------------- */

static frame_t spare = FRAME_NONE; /* taken for a copy that was not needed */

static frame_t spare_take(void)
{
	frame_t frame = spare;

	if (frame == FRAME_NONE)
		return frame_take(USE_SPACE, FRAME_RAW);
	spare = FRAME_NONE;
	frame_set_use(frame, USE_SPACE);
	return frame;
}

static void spare_put(frame_t frame)
{
	if (spare != FRAME_NONE) {
		frame_unused(frame);
		return;
	}
	spare = frame;
	frame_set_use(frame, USE_HEAP);
}

/* Between two ranges of RAM no Memory covers both: through two pages of our own. */
static s32 copy_by_hand(frame_t to, frame_t from)
{
	s32 error = show(SCRATCH, to);

	if (!error)
		error = show(SCRATCH + PAGE_SIZE, from);
	if (!error)
		memcpy(server_pointer(SCRATCH), server_pointer(SCRATCH + PAGE_SIZE), PAGE_SIZE);
	call2(SERVER_ASPACE, ASPACE_UNMAP, SCRATCH, 2);
	return error;
}

static s32 own_by_hand(slot_t aspace, u64 va, struct message *m)
{
	s32 error = copy_by_hand(m->word[1], m->word[3]);

	return error ? error : map_frames(aspace, va, &m->word[1], 1, (u32)m->word[2]);
}

s32 own_page(slot_t aspace, u64 va, frame_t model, u32 rights)
{
	frame_t frame = spare_take();
	slot_t memory = frame_memory(frame);
	struct message form = {.word = {va, frame, rights, model},
			       .label = ASPACE_OWN,
			       .flags = MSG_SEND,
			       .send = memory},
		       m;
	bool apart = model != FRAME_NONE && frame_memory(model) != memory;
	s32 error;

	if (frame == FRAME_NONE)
		return -ENOMEM;
	if (apart)
		form.word[3] = FRAME_NONE;
	do {
		m = form;
		error = msg_call(aspace, &m);
	} while (error == -ENOMEM && pool_feed(FEED_PAGES) == 0);
	if (error == -ENOENT && apart) {
		m = form;
		m.word[3] = model;
		error = own_by_hand(aspace, va, &m);
		m.word[0] = 0;
	}
	if (error < 0 || m.word[0])
		spare_put(frame);
	return error < 0 ? error : 0;
}

/* --- Own memory and sessions --------------------------------------------------------- */

s64 mint(u64 badge)
{
	for (;;) {
		struct message m = {.word = {badge, SESSION_NO_CLOSED},
				    .label = ENDPOINT_MINT,
				    .flags = MSG_RECEIVE,
				    .receive = SLOT_ANY};
		s32 error = msg_call(SERVER_ENDPOINT, &m);
		if (error >= 0)
			return m.receive;
		if (error != -ENOMEM || pool_feed(FEED_PAGES) < 0)
			return error;
	}
}

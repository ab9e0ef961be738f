/*
 * Frames: who has which, and where the next one comes from.
 *
 * One word for each frame of RAM: its use, and the next on the free list.  Frames
 * that were never used lie in runs that are cut from the front: the kernel clears
 * them when it first maps them.  Those that come back are on the list, dirty; they
 * are mapped with MAP_ZERO, which clears them, or cleared when they are taken.
 */
#include "servers/memory/memory_server.h"

#define RESERVE 48u /* for page tables and bookkeeping, so that those never fail midway */
#define USE_SHIFT 29
#define NEXT_MASK ((1u << USE_SHIFT) - 1)
#define NEXT_NONE NEXT_MASK

static struct {
	frame_t first;
	u64 npages;
	u32 base; /* of its words */
} ranges[4];
static u32 nranges;
static struct boot_range runs[BOOT_RANGES];
static u64 nruns;
static u32 *words;
static u64 nwords;
static u32 free_list = NEXT_NONE;
static u64 counts[FRAME_USES];

static u32 index_elsewhere(frame_t frame)
{
	for (u32 i = 1; i < nranges; i++)
		if (frame - ranges[i].first < ranges[i].npages)
			return ranges[i].base + (u32)(frame - ranges[i].first);
	return NEXT_NONE;
}

/* Index of the frame's word, or NEXT_NONE. */
static inline u32 index_of(frame_t frame)
{
	return frame - ranges[0].first < ranges[0].npages ? (u32)(frame - ranges[0].first)
							  : index_elsewhere(frame);
}

static frame_t frame_at(u32 index)
{
	for (u32 i = 0; i < nranges; i++)
		if (index - ranges[i].base < ranges[i].npages)
			return ranges[i].first + (index - ranges[i].base);
	return FRAME_NONE;
}

slot_t frame_memory(frame_t frame)
{
	for (u32 i = 0; i < nranges; i++)
		if (frame - ranges[i].first < ranges[i].npages)
			return SERVER_RAM + i;
	return SLOT_NONE;
}

enum frame_use frame_use_of(frame_t frame)
{
	u32 i = index_of(frame);

	return i == NEXT_NONE ? USE_OTHER : (enum frame_use)(words[i] >> USE_SHIFT);
}

void frame_set_use(frame_t frame, enum frame_use use)
{
	u32 i = index_of(frame);

	counts[words[i] >> USE_SHIFT]--;
	counts[use]++;
	words[i] = (u32)use << USE_SHIFT | NEXT_NONE;
}

u64 frames_count(enum frame_use use)
{
	return counts[use];
}

u64 frames_total(void)
{
	return nwords - counts[USE_OTHER] - counts[USE_ARCHIVE];
}

bool frames_short(u64 npages)
{
	return counts[USE_FREE] < RESERVE + npages;
}

/* --- Taking and freeing -------------------------------------------------------------- */

static frame_t take_fresh(void)
{
	while (nruns && !runs[nruns - 1].npages)
		nruns--;
	if (!nruns)
		return FRAME_NONE;
	runs[nruns - 1].npages--;
	return runs[nruns - 1].first++;
}

static frame_t take_used(void)
{
	u32 i = free_list;

	if (i == NEXT_NONE)
		return FRAME_NONE;
	free_list = words[i] & NEXT_MASK;
	return frame_at(i);
}

/* Makes it a user frame for the kernel, as all on the list are. */
static void frame_type(frame_t frame)
{
	slot_t memory = frame_memory(frame);

	call1(memory, MEMORY_PIN, frame);
	call1(memory, MEMORY_UNPIN, frame);
}

static frame_t take_zeroed(void)
{
	frame_t frame = take_fresh();

	if (frame != FRAME_NONE)
		return frame;
	frame = take_used();
	if (frame != FRAME_NONE)
		call2(frame_memory(frame), MEMORY_CLEAR, frame, 1);
	return frame;
}

frame_t frame_take(enum frame_use use, enum frame_state state)
{
	frame_t frame = FRAME_NONE;

	if ((use == USE_SPACE || use == USE_OBJECT) && frames_short(1))
		return FRAME_NONE;
	if (state == FRAME_RAW)
		frame = take_used();
	if (frame == FRAME_NONE)
		frame = state == FRAME_ZEROED ? take_zeroed() : take_fresh();
	if (frame != FRAME_NONE)
		frame_set_use(frame, use);
	return frame;
}

u64 frames_take_raw(enum frame_use use, frame_t *frames, u64 n)
{
	u64 taken = 0;

	while (taken < n && counts[USE_FREE] > RESERVE) {
		u32 at = free_list;

		if (at == NEXT_NONE) {
			frames[taken] = take_fresh();
			at = index_of(frames[taken]);
		} else {
			free_list = words[at] & NEXT_MASK;
			frames[taken] = at < ranges[0].npages ? ranges[0].first + at : frame_at(at);
		}
		words[at] = (u32)use << USE_SHIFT | NEXT_NONE;
		counts[USE_FREE]--;
		counts[use]++;
		taken++;
	}
	return taken;
}

void frames_free(const frame_t *frames, u64 n)
{
	for (u64 i = 0; i < n; i++) {
		u32 at = index_of(frames[i]);

		if (at == NEXT_NONE)
			continue;
		counts[words[at] >> USE_SHIFT]--;
		counts[USE_FREE]++;
		words[at] = (u32)USE_FREE << USE_SHIFT | free_list;
		free_list = at;
	}
}

void frame_free(frame_t frame)
{
	frames_free(&frame, 1);
}

void frame_unused(frame_t frame)
{
	frame_type(frame);
	frame_free(frame);
}

/* --- Start --------------------------------------------------------------------------- */

static void run_set_use(const struct boot_range *r, enum frame_use use)
{
	for (u64 i = 0; i < r->npages; i++)
		if (frame_use_of(r->first + i) == USE_OTHER && index_of(r->first + i) != NEXT_NONE)
			frame_set_use(r->first + i, use);
}

/* Storage of the words: the first frames of the largest run, mapped in one piece. */
static void words_map(struct boot_range *run)
{
	u64 bytes = nwords * sizeof(words[0]);
	u64 npages = (bytes + PAGE_MASK) >> PAGE_SHIFT;
	struct message m = {
		.word = {server_own(SERVER_HEAP), run->first, npages, ACCESS_READ | ACCESS_WRITE},
		.label = ASPACE_MAP,
		.flags = MSG_SEND,
		.send = frame_memory(run->first)};

	if (run->npages < npages || msg_call(SERVER_ASPACE, &m) < 0)
		server_panic("memory: no room for its own tables\n");
	words = (u32 *)server_at(SERVER_HEAP);
	server_of(SERVER_ID_MEMORY)->heap = server_own(SERVER_HEAP) + npages * PAGE_SIZE;
}

void frames_init(const struct start_info *start)
{
	struct boot_range table;

	for (; nranges < start->nram; nranges++) {
		ranges[nranges].first = start->ram[nranges].first;
		ranges[nranges].npages = start->ram[nranges].npages;
		ranges[nranges].base = (u32)nwords;
		nwords += start->ram[nranges].npages;
	}
	nruns = start->nown;
	for (u64 i = 0; i < nruns; i++)
		runs[nruns - 1 - i] = start->own[i]; /* the largest last: it is used first */
	words_map(&runs[nruns - 1]);
	counts[USE_OTHER] = nwords;
	for (u64 i = 0; i < nruns; i++)
		run_set_use(&runs[i], USE_FREE);
	run_set_use(&start->rootfs, USE_ARCHIVE);
	run_set_use(&start->initrd, USE_ARCHIVE);
	table.first = runs[nruns - 1].first;
	table.npages = (server_of(SERVER_ID_MEMORY)->heap - server_own(SERVER_HEAP)) >> PAGE_SHIFT;
	for (u64 i = 0; i < table.npages; i++)
		frame_set_use(table.first + i, USE_HEAP);
	runs[nruns - 1].first += table.npages;
	runs[nruns - 1].npages -= table.npages;
}

bool frames_check(void)
{
	u64 found[FRAME_USES] = {0}, on_list = 0;

	for (u64 i = 0; i < nwords; i++)
		found[words[i] >> USE_SHIFT]++;
	for (u32 i = free_list; i != NEXT_NONE; i = words[i] & NEXT_MASK)
		on_list++;
	for (u64 i = 0; i < nruns; i++)
		on_list += runs[i].npages;
	for (u32 i = 0; i < FRAME_USES; i++)
		if (found[i] != counts[i])
			return false;
	return on_list == counts[USE_FREE];
}

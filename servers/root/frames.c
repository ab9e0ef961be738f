/*
 * Frames that root hands out at the boot, and mappings of them.
 *
 * Everything is cut from the front of the largest free run; frames that were
 * never used are cleared by the kernel when they are mapped.  What is left over
 * becomes the memory server's: from then on root lives on its pool.
 */
#include "servers/root/root.h"

#define FEED_PAGES 16

static struct boot_range runs[BOOT_RANGES];
static u64 nruns;

void frames_init(const struct boot_info *from)
{
	nruns = from->nfree <= BOOT_RANGES ? from->nfree : BOOT_RANGES;
	for (u32 i = 0; i < nruns; i++)
		runs[i] = from->free[i];
	if (!nruns) /* a kernel that knows of one run only */
		runs[nruns++] = (struct boot_range){from->free_first, from->free_npages};
}

frame_t frames_take(u64 npages)
{
	frame_t first = runs[0].first;

	if (runs[0].npages < npages)
		root_fail("too little memory for", "the servers", (s64)npages);
	runs[0].first += npages;
	runs[0].npages -= npages;
	return first;
}

u64 frames_left(struct boot_range own[BOOT_RANGES])
{
	for (u32 i = 0; i < nruns; i++) {
		own[i] = runs[i];
		runs[i].npages = 0;
	}
	return nruns;
}

slot_t frames_memory(frame_t frame)
{
	for (u32 i = 0; i < boot->nram; i++)
		if (frame - boot->ram[i].first < boot->ram[i].npages)
			return ROOT_RAM + i;
	root_fail("no RAM covers", "a frame", (s64)frame);
}

void frames_donate(slot_t pool, u64 npages)
{
	u64 word[4] = {frames_take(npages), npages};
	s64 error = call_cap(pool, POOL_DONATE, frames_memory(word[0]), word);

	if (error < 0)
		root_fail("no donation to", "a pool", error);
}

/* The library's way to more kernel memory: root feeds itself, while it has frames. */
s32 pool_feed(u64 npages)
{
	if (runs[0].npages < npages)
		return -ENOMEM;
	frames_donate(SERVER_POOL, npages);
	return 0;
}

static void map_from(const struct mapping *m, slot_t memory, frame_t first, u64 npages)
{
	u64 done = 0;

	while (done < npages) {
		struct message call = {
			.word = {m->address + done * PAGE_SIZE, first + done, npages - done,
				 m->rights},
			.label = ASPACE_MAP,
			.flags = MSG_SEND,
			.send = memory,
		};
		s32 error = msg_call(m->aspace, &call);
		if (error < 0 && error != -ENOMEM)
			root_fail("cannot map", "a frame", error);
		if (error < 0)
			frames_donate(m->pool, FEED_PAGES);
		if (call.word[0] > m->address)
			done = (call.word[0] - m->address) >> PAGE_SHIFT;
	}
}

void frames_map(const struct mapping *m, frame_t first, u64 npages)
{
	if (npages)
		map_from(m, frames_memory(first), first, npages);
}

void frames_map_device(const struct mapping *m, slot_t memory, frame_t first)
{
	map_from(m, memory, first, 1);
}

/*
 * Memory of any size: names, link targets, texts of /proc.
 *
 * Powers of two from 32 bytes on, each from a slab; who frees a block says its size again.
 */
#include "servers/fs/fs_server.h"

#define SMALLEST 32u
#define CLASSES 12u
_Static_assert(SMALLEST << (CLASSES - 1) == SCRATCH_BYTES, "largest class");

static struct slab classes[CLASSES];

static struct slab *class_of(u64 size)
{
	u32 i = 0;

	while (i < CLASSES && (u64)SMALLEST << i < size)
		i++;
	if (i == CLASSES)
		return 0;
	classes[i].size = SMALLEST << i;
	return &classes[i];
}

void *block_alloc(u64 size)
{
	struct slab *s = class_of(size);

	return s ? slab_alloc(s) : 0;
}

void block_free(void *block, u64 size)
{
	if (block)
		slab_free(class_of(size), block);
}

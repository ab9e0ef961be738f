/*
 * Sparse arrays of words: sixteen to a node, as high as the largest index needs.
 *
 * A node is 128 bytes, so a small file costs one and a sparse 8 GiB range a few for
 * each place that is touched.  Nodes that become empty are freed at once.
 */
#include "servers/memory/memory_server.h"

#define BITS 4u
#define FAN RADIX_FAN
_Static_assert(FAN == 1u << BITS, "a digit");
#define HEIGHT_MAX 16u

static struct slab nodes = {.size = FAN * sizeof(u64)};

static u32 digit(u64 index, u32 level)
{
	return (u32)(index >> (BITS * level)) & (FAN - 1);
}

static bool fits(const struct radix *r, u64 index)
{
	return r->height >= HEIGHT_MAX || index >> (BITS * r->height) == 0;
}

const u64 *radix_around(const struct radix *r, u64 index)
{
	const u64 *node = r->root;

	if (!node || !fits(r, index))
		return 0;
	for (u32 level = r->height - 1; level > 0 && node; level--)
		node = (const u64 *)node[digit(index, level)];
	return node;
}

u64 radix_get(const struct radix *r, u64 index)
{
	const u64 *node = radix_around(r, index);

	return node ? node[digit(index, 0)] : 0;
}

/* As high as the index needs. */
static bool grow(struct radix *r, u64 index)
{
	if (!r->root) {
		r->root = slab_alloc(&nodes);
		r->height = 1;
		while (!fits(r, index))
			r->height++;
		return r->root;
	}
	while (!fits(r, index)) {
		u64 *top = slab_alloc(&nodes);
		if (!top)
			return false;
		top[0] = (u64)r->root;
		r->root = top;
		r->height++;
	}
	return true;
}

static bool is_empty(const u64 *node)
{
	for (u32 i = 0; i < FAN; i++)
		if (node[i])
			return false;
	return true;
}

/* Frees the empty nodes on the index's path; there is one node at least. */
static void prune(struct radix *r, u64 index)
{
	u64 *path[HEIGHT_MAX];
	u64 *node = r->root;
	u32 level = r->height - 1;

	for (; level > 0 && node[digit(index, level)]; level--) {
		path[level] = node;
		node = (u64 *)node[digit(index, level)];
	}
	while (is_empty(node)) {
		slab_free(&nodes, node);
		if (++level == r->height) {
			*r = (struct radix){0};
			return;
		}
		node = path[level];
		node[digit(index, level)] = 0;
	}
}

static void clear(struct radix *r, u64 index)
{
	u64 *node = (u64 *)radix_around(r, index);

	if (!node)
		return;
	node[digit(index, 0)] = 0;
	prune(r, index);
}

bool radix_set(struct radix *r, u64 index, u64 value)
{
	u64 *node;

	if (!value) {
		clear(r, index);
		return true;
	}
	if (!grow(r, index))
		return false;
	node = r->root;
	for (u32 level = r->height - 1; level > 0; level--) {
		u64 *at = &node[digit(index, level)];
		if (!*at)
			*at = (u64)slab_alloc(&nodes);
		if (!*at) {
			prune(r, index);
			return false;
		}
		node = (u64 *)*at;
	}
	node[digit(index, 0)] = value;
	return true;
}

u64 radix_next(const struct radix *r, u64 from)
{
	while (r->root && fits(r, from)) {
		const u64 *node = r->root;
		u32 level = r->height - 1;
		for (; level > 0 && node[digit(from, level)]; level--)
			node = (const u64 *)node[digit(from, level)];
		if (!level && node[digit(from, 0)])
			return from;
		from = ((from >> (BITS * level)) + 1) << (BITS * level);
		if (!from)
			break;
	}
	return ~0ull;
}

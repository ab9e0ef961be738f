/*
 * The flattened device tree's tokens, nodes and properties.  It trusts nothing:
 * every offset is checked against the blob, what makes no sense is left out.
 */
#include "fdt.h"

#define MAGIC 0xd00dfeedu
#define MAX_BLOB (1u << 20)
#define BEGIN_NODE 1u
#define END_NODE 2u
#define PROPERTY 3u
#define NOP 4u

u32 fdt_be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

bool fdt_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static bool begins(const char *s, const char *with)
{
	while (*with && *s == *with)
		s++, with++;
	return !*with;
}

/* --- Tokens -------------------------------------------------------------------------- */

/* Word at an offset of the structure; END_NODE-like garbage beyond its end reads as 0. */
static u32 word_at(const struct fdt *f, u32 at)
{
	if (at > f->structure_size || f->structure_size - at < 4)
		return 0;
	return fdt_be32(f->structure + at);
}

/* The string at p if it ends before `end`. */
static const char *string_in(const u8 *p, const u8 *end)
{
	for (const u8 *q = p; q < end; q++)
		if (!*q)
			return (const char *)p;
	return 0;
}

/* Reads the property at *at and steps behind it; its name, or 0: there is none. */
static const char *property_next(const struct fdt *f, u32 *at, struct fdt_property *p)
{
	u32 name;

	while (word_at(f, *at) == NOP)
		*at += 4;
	if (word_at(f, *at) != PROPERTY || f->structure_size - *at < 12)
		return 0;
	p->len = word_at(f, *at + 4);
	name = word_at(f, *at + 8);
	p->data = f->structure + *at + 12;
	if (p->len > f->structure_size - *at - 12 || name >= f->strings_size)
		return 0;
	*at += 12 + ((p->len + 3) & ~3u);
	return string_in(f->strings + name, f->strings + f->strings_size);
}

bool fdt_property(const struct fdt_node *c, const char *name, struct fdt_property *p)
{
	u32 at = c->properties;
	const char *found;

	while ((found = property_next(c->fdt, &at, p)) != 0)
		if (fdt_same(found, name))
			return true;
	return false;
}

u32 fdt_u32(const struct fdt_node *c, const char *name, u32 otherwise)
{
	struct fdt_property p;

	return fdt_property(c, name, &p) && p.len >= 4 ? fdt_be32(p.data) : otherwise;
}

/* A property that is a string, or "". */
const char *fdt_string(const struct fdt_node *c, const char *name)
{
	struct fdt_property p;

	if (!fdt_property(c, name, &p) || !string_in(p.data, p.data + p.len))
		return "";
	return (const char *)p.data;
}

/* Is one of a list of strings that one? */
bool fdt_has(const struct fdt_node *c, const char *name, const char *wanted)
{
	struct fdt_property p;
	const char *s;

	if (!fdt_property(c, name, &p))
		return false;
	for (const u8 *at = p.data, *end = at + p.len; at < end; at++) {
		s = string_in(at, end);
		if (!s)
			return false;
		if (fdt_same(s, wanted))
			return true;
		while (*at)
			at++;
	}
	return false;
}

/* --- Nodes ----------------------------------------------------------------------------- */

static void enter(struct fdt_node *c)
{
	u32 d;

	c->depth++;
	c->properties = c->at;
	if (c->depth > FDT_DEPTH)
		return;
	d = c->depth;
	c->address_cells[d] = (u8)fdt_u32(c, "#address-cells", 2);
	c->size_cells[d] = (u8)fdt_u32(c, "#size-cells", 1);
}

/* Goes to the next node, wherever it lies; false at the end or at garbage. */
bool fdt_next(struct fdt_node *c)
{
	const struct fdt *f = c->fdt;
	struct fdt_property p;

	for (;;) {
		u32 token = word_at(f, c->at);

		if (token == PROPERTY) {
			if (!property_next(f, &c->at, &p))
				return false;
			continue;
		}
		c->at += 4;
		if (token == END_NODE && c->depth)
			c->depth--;
		else if (token == BEGIN_NODE)
			break;
		else if (token != NOP)
			return false;
	}
	c->name = string_in(f->structure + c->at, f->structure + f->structure_size);
	if (!c->name)
		return false;
	while (c->at < f->structure_size && f->structure[c->at])
		c->at++;
	c->at = (c->at + 4) & ~3u;
	enter(c);
	return true;
}

bool fdt_okay(const struct fdt_node *c)
{
	const char *status = fdt_string(c, "status");

	return !*status || begins(status, "ok");
}

/* Goes to the node of a path that ends at NUL or ':'. */
bool fdt_find(struct fdt_node *c, const char *path)
{
	u32 matched = 1;
	u32 n;

	if (*path != '/' || !fdt_next(c))
		return false;
	while (fdt_next(c) && c->depth > matched) {
		if (c->depth != matched + 1)
			continue;
		for (n = 0; path[1 + n] && path[1 + n] != '/' && path[1 + n] != ':'; n++)
			if (c->name[n] != path[1 + n])
				break;
		if (path[1 + n] && path[1 + n] != '/' && path[1 + n] != ':')
			continue;
		if (c->name[n] && c->name[n] != '@')
			continue;
		matched++;
		path += 1 + n;
		if (*path != '/')
			return true;
	}
	return false;
}

u64 fdt_cells(const u8 *p, u32 n)
{
	u64 value = 0;

	for (u32 i = 0; i < n; i++)
		value = value << 32 | fdt_be32(p + 4 * i);
	return value;
}

/* Entry i of `reg`, by the parent's cells (buses here translate nothing). */
bool fdt_reg(const struct fdt_node *c, u32 i, u64 *base, u64 *size)
{
	u32 na, ns;
	struct fdt_property p;

	if (c->depth < 2 || c->depth > FDT_DEPTH || !fdt_property(c, "reg", &p))
		return false;
	na = c->address_cells[c->depth - 1];
	ns = c->size_cells[c->depth - 1];
	if (!na || na > 2 || ns > 2 || p.len / (4 * (na + ns)) <= i)
		return false;
	*base = fdt_cells(p.data + i * 4ul * (na + ns), na);
	*size = fdt_cells(p.data + i * 4ul * (na + ns) + 4ul * na, ns);
	return *size <= ~*base;
}

/* --- The blob --- */

bool fdt_open(const u8 *blob, struct fdt *f, u32 *total)
{
	u32 structure = fdt_be32(blob + 8), strings = fdt_be32(blob + 12);

	*total = fdt_be32(blob + 4);
	f->strings_size = fdt_be32(blob + 32);
	f->structure_size = fdt_be32(blob + 36);
	f->structure = blob + structure;
	f->strings = blob + strings;
	return fdt_be32(blob) == MAGIC && *total >= 40 && *total <= MAX_BLOB && structure < *total
	       && strings < *total && f->structure_size <= *total - structure
	       && f->strings_size <= *total - strings;
}

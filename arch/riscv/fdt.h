/*
 * A cursor over the nodes of a flattened device tree, and their properties
 * (Devicetree Specification 0.4, chapter 5).  Reads in place, trusts nothing.
 */
#pragma once

#include "ipc/abi/types.h"

#define FDT_DEPTH 8u

struct fdt {
	const u8 *structure, *strings;
	u32 structure_size, strings_size;
};

/* A node in a visit of all; {.fdt = f} is before the first. */
struct fdt_node {
	const struct fdt *fdt;
	u32 at;    /* offset of the next token */
	u32 depth; /* 1 for the root */
	const char *name;
	u32 properties; /* offset of its first property */
	u8 address_cells[FDT_DEPTH + 1], size_cells[FDT_DEPTH + 1]; /* of a depth's children */
};

struct fdt_property {
	const u8 *data;
	u32 len;
};

/* Is it a device tree?  *total out: its bytes. */
bool fdt_open(const u8 *blob, struct fdt *f, u32 *total);
/* Goes to the next node, wherever it lies; false at the end or at garbage. */
bool fdt_next(struct fdt_node *c);
/* From the beginning to the node of a path that ends at NUL or ':'. */
bool fdt_find(struct fdt_node *c, const char *path);
bool fdt_okay(const struct fdt_node *c); /* status is okay or absent */
/* Entry i of `reg`, by the parent's cells (buses here translate nothing). */
bool fdt_reg(const struct fdt_node *c, u32 i, u64 *base, u64 *size);
bool fdt_property(const struct fdt_node *c, const char *name, struct fdt_property *p);
u32 fdt_u32(const struct fdt_node *c, const char *name, u32 otherwise);
const char *fdt_string(const struct fdt_node *c, const char *name); /* "" if there is none */
/* Is one of the property's list of strings that one? */
bool fdt_has(const struct fdt_node *c, const char *name, const char *wanted);
bool fdt_same(const char *a, const char *b);
u32 fdt_be32(const u8 *p);
u64 fdt_cells(const u8 *p, u32 n);

/*
 * A small reader of the flattened device tree.  It trusts nothing: every offset is
 * checked against the blob, what makes no sense is left out.
 *
 * The one idea: a cursor visits the nodes in their order; a property is looked for
 * in the cursor's node only.  What depends on another node (paths, phandles) is
 * found by one more visit, so no order is relied on.
 */
#include "kernel/fdt.h"

#define MAGIC 0xd00dfeedu
#define MAX_BLOB (1u << 20)
#define MAX_DEPTH 8u
#define BEGIN_NODE 1u
#define END_NODE 2u
#define PROPERTY 3u
#define NOP 4u
#define INTERRUPT_SUPERVISOR 9u /* cause of an external interrupt in S-mode */

struct fdt {
	const u8 *structure, *strings;
	u32 structure_size, strings_size;
};

/* A visit of all nodes. */
struct cursor {
	const struct fdt *fdt;
	u32 at;        /* offset of the next token */
	u32 depth;     /* of the node: 1 for the root */
	const char *name;
	u32 properties; /* offset of its first property */
	u8 address_cells[MAX_DEPTH + 1], size_cells[MAX_DEPTH + 1]; /* of depth's children */
};

struct property {
	const u8 *data;
	u32 len;
};

static u32 be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static bool same(const char *a, const char *b)
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
	return at <= f->structure_size && f->structure_size - at >= 4 ? be32(f->structure + at) : 0;
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
static const char *property_next(const struct fdt *f, u32 *at, struct property *p)
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

static bool property(const struct cursor *c, const char *name, struct property *p)
{
	u32 at = c->properties;
	const char *found;

	while ((found = property_next(c->fdt, &at, p)) != 0)
		if (same(found, name))
			return true;
	return false;
}

static u32 property_u32(const struct cursor *c, const char *name, u32 otherwise)
{
	struct property p;

	return property(c, name, &p) && p.len >= 4 ? be32(p.data) : otherwise;
}

/* A property that is a string, or "". */
static const char *property_string(const struct cursor *c, const char *name)
{
	struct property p;

	if (!property(c, name, &p) || !string_in(p.data, p.data + p.len))
		return "";
	return (const char *)p.data;
}

/* Is one of a list of strings that one? */
static bool property_has(const struct cursor *c, const char *name, const char *wanted)
{
	struct property p;
	const char *s;

	if (!property(c, name, &p))
		return false;
	for (const u8 *at = p.data, *end = at + p.len; at < end; at++) {
		s = string_in(at, end);
		if (!s)
			return false;
		if (same(s, wanted))
			return true;
		while (*at)
			at++;
	}
	return false;
}

/* --- Nodes ----------------------------------------------------------------------------- */

static void enter(struct cursor *c)
{
	u32 d;

	c->depth++;
	c->properties = c->at;
	if (c->depth > MAX_DEPTH)
		return;
	d = c->depth;
	c->address_cells[d] = (u8)property_u32(c, "#address-cells", 2);
	c->size_cells[d] = (u8)property_u32(c, "#size-cells", 1);
}

/* Goes to the next node, wherever it lies; false at the end or at garbage. */
static bool node_next(struct cursor *c)
{
	const struct fdt *f = c->fdt;
	struct property p;

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

static bool node_okay(const struct cursor *c)
{
	const char *status = property_string(c, "status");

	return !*status || begins(status, "ok");
}

/* Goes to the node of a path that ends at NUL or ':'. */
static bool node_find(struct cursor *c, const char *path)
{
	u32 matched = 1;
	u32 n;

	if (*path != '/' || !node_next(c))
		return false;
	while (node_next(c) && c->depth > matched) {
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

static u64 cells(const u8 *p, u32 n)
{
	u64 value = 0;

	for (u32 i = 0; i < n; i++)
		value = value << 32 | be32(p + 4 * i);
	return value;
}

/* Entry i of `reg`, by the parent's cells (buses here translate nothing). */
static bool node_reg(const struct cursor *c, u32 i, u64 *base, u64 *size)
{
	u32 na, ns;
	struct property p;

	if (c->depth < 2 || c->depth > MAX_DEPTH || !property(c, "reg", &p))
		return false;
	na = c->address_cells[c->depth - 1];
	ns = c->size_cells[c->depth - 1];
	if (!na || na > 2 || ns > 2 || p.len / (4 * (na + ns)) <= i)
		return false;
	*base = cells(p.data + i * 4ul * (na + ns), na);
	*size = cells(p.data + i * 4ul * (na + ns) + 4ul * na, ns);
	return *size <= ~*base;
}

/* --- What the kernel wants to know -------------------------------------------------------- */

static void reserve(struct machine_info *m, u64 base, u64 size)
{
	u64 first = base >> PAGE_SHIFT;

	if (!size || size > ~base - PAGE_SIZE || m->nreserved == FDT_RESERVED)
		return;
	m->reserved[m->nreserved++] = (struct boot_range){
		first, ((base + size + PAGE_MASK) >> PAGE_SHIFT) - first};
}

static void read_memory(const struct cursor *c, struct machine_info *m)
{
	u64 base, size;

	for (u32 i = 0; m->nram < BOOT_RANGES && node_reg(c, i, &base, &size); i++) {
		u64 first = (base + PAGE_MASK) >> PAGE_SHIFT, end = (base + size) >> PAGE_SHIFT;

		if (end > first)
			m->ram[m->nram++] = (struct boot_range){first, end - first};
	}
}

static void read_reserved(const struct cursor *c, struct machine_info *m)
{
	u64 base, size;

	for (u32 i = 0; node_reg(c, i, &base, &size); i++)
		reserve(m, base, size);
}

static u64 chosen_address(const struct cursor *c, const char *name)
{
	struct property p;

	if (!property(c, name, &p) || (p.len != 4 && p.len != 8))
		return 0;
	return cells(p.data, p.len / 4);
}

static void read_chosen(const struct cursor *c, struct machine_info *m, const char **stdout_path)
{
	const char *line = property_string(c, "bootargs");
	struct property p;

	for (u32 i = 0; i < sizeof m->command_line - 1 && line[i]; i++)
		m->command_line[i] = line[i];
	m->initrd_start = chosen_address(c, "linux,initrd-start");
	m->initrd_end = chosen_address(c, "linux,initrd-end");
	if (property(c, "rng-seed", &p))
		for (u32 i = 0; i < p.len && i < sizeof m->seed; i++)
			m->seed[i] = p.data[i];
	*stdout_path = property_string(c, "stdout-path");
}

static void read_plic(const struct cursor *c, struct machine_info *m)
{
	if (!node_reg(c, 0, &m->plic_base, &m->plic_size))
		m->plic_base = m->plic_size = 0;
	m->plic_sources = property_u32(c, "riscv,ndev", 0);
}

/* A cpu node; `boot` out: is it the boot hart? */
static void read_cpu(const struct cursor *c, u64 boot_hart, struct machine_info *m, bool *boot)
{
	struct property p;
	u64 id, size;

	m->timebase_hz = property_u32(c, "timebase-frequency", (u32)m->timebase_hz);
	*boot = node_reg(c, 0, &id, &size) && id == boot_hart;
	m->nharts += node_okay(c) && property(c, "mmu-type", &p);
}

static bool is_plic(const struct cursor *c)
{
	return property_has(c, "compatible", "sifive,plic-1.0.0")
	       || property_has(c, "compatible", "riscv,plic0");
}

static bool is_uart(const struct cursor *c)
{
	return property_has(c, "compatible", "ns16550a")
	       || property_has(c, "compatible", "snps,dw-apb-uart")
	       || property_has(c, "compatible", "sifive,uart0");
}

/* What the visit remembers from node to node. */
struct visit {
	u64 boot_hart;
	u32 phandle; /* of the boot hart's interrupt controller */
	bool in_cpus, in_reserved, in_boot_cpu;
	const char *stdout_path;
};

/* Below /, /cpus and /reserved-memory. */
static void visit_node(const struct cursor *c, struct visit *v, struct machine_info *m)
{
	if (c->depth == 2) {
		v->in_cpus = same(c->name, "cpus");
		v->in_reserved = same(c->name, "reserved-memory");
		if (v->in_cpus)
			m->timebase_hz = property_u32(c, "timebase-frequency", (u32)m->timebase_hz);
		else if (same(c->name, "chosen"))
			read_chosen(c, m, &v->stdout_path);
		else if (same(property_string(c, "device_type"), "memory") && node_okay(c))
			read_memory(c, m);
	} else if (c->depth == 3 && v->in_reserved && node_okay(c)) {
		read_reserved(c, m);
	} else if (c->depth == 3 && v->in_cpus) {
		v->in_boot_cpu = false;
		if (same(property_string(c, "device_type"), "cpu"))
			read_cpu(c, v->boot_hart, m, &v->in_boot_cpu);
	} else if (c->depth == 4 && v->in_cpus && v->in_boot_cpu) {
		v->phandle = property_u32(c, "phandle", v->phandle);
	}
	if (is_plic(c))
		read_plic(c, m);
	else if (property_has(c, "compatible", "sifive,clint0")
		 || property_has(c, "compatible", "riscv,clint0"))
		(void)node_reg(c, 0, &m->clint_base, &m->clint_size);
}

/* BOARDS: the index in interrupts-extended whose hart is ours and whose cause is 9. */
static void find_context(const struct fdt *f, u32 phandle, struct machine_info *m)
{
	struct cursor c = {.fdt = f};
	struct property p;

	while (node_next(&c)) {
		if (!is_plic(&c) || !property(&c, "interrupts-extended", &p))
			continue;
		for (u32 i = 0; i < p.len / 8; i++)
			if (be32(p.data + 8ul * i) == phandle
			    && be32(p.data + 8ul * i + 4) == INTERRUPT_SUPERVISOR)
				m->plic_context = i;
	}
}

static bool read_uart(const struct cursor *c, struct machine_info *m)
{
	u64 base, size;
	struct property p;

	if (!is_uart(c) || !node_okay(c) || !node_reg(c, 0, &base, &size))
		return false;
	m->uart = (struct boot_uart){
		.base = base,
		.source = property_u32(c, "interrupts", 0),
		.reg_shift = property_u32(c, "reg-shift", 0),
		.reg_width = property_u32(c, "reg-io-width", 1),
	};
	if (property_has(c, "compatible", "sifive,uart0"))
		m->uart.reg_width = 4;
	if (property(c, "interrupts-extended", &p) && p.len >= 8)
		m->uart.source = be32(p.data + 4);
	return true;
}

/* stdout-path is a path, or an alias; both may go on with ':' and settings. */
static const char *resolve_alias(const struct fdt *f, const char *path, char *name, u32 size)
{
	struct cursor c = {.fdt = f};
	u32 n = 0;

	if (*path == '/')
		return path;
	for (; path[n] && path[n] != ':' && n < size - 1; n++)
		name[n] = path[n];
	name[n] = 0;
	return node_find(&c, "/aliases") ? property_string(&c, name) : "";
}

static void find_uart(const struct fdt *f, const char *stdout_path, struct machine_info *m)
{
	char name[32];
	struct cursor c = {.fdt = f};

	if (node_find(&c, resolve_alias(f, stdout_path, name, sizeof name)) && read_uart(&c, m))
		return;
	c = (struct cursor){.fdt = f};
	while (node_next(&c))
		if (read_uart(&c, m))
			return;
}

/* --- The blob ------------------------------------------------------------------------------- */

static void read_reservations(const u8 *blob, u32 total, struct machine_info *m)
{
	for (u32 at = be32(blob + 16); at <= total - 16; at += 16) {
		u64 base = cells(blob + at, 2), size = cells(blob + at + 8, 2);

		if (!base && !size)
			return;
		reserve(m, base, size);
	}
}

static bool open_blob(const u8 *blob, struct fdt *f, u32 *total)
{
	u32 structure = be32(blob + 8), strings = be32(blob + 12);

	*total = be32(blob + 4);
	f->strings_size = be32(blob + 32);
	f->structure_size = be32(blob + 36);
	f->structure = blob + structure;
	f->strings = blob + strings;
	return be32(blob) == MAGIC && *total >= 40 && *total <= MAX_BLOB && structure < *total
	       && strings < *total && f->structure_size <= *total - structure
	       && f->strings_size <= *total - strings;
}

err_t fdt_read(const void *blob, u64 boot_hart, struct machine_info *out, u64 *size)
{
	struct fdt f;
	struct cursor c = {.fdt = &f};
	struct visit v = {.boot_hart = boot_hart, .stdout_path = ""};
	u32 total;

	if (!open_blob(blob, &f, &total))
		return -EINVAL;
	*size = total;
	*out = (struct machine_info){0};
	read_reservations(blob, total, out);
	while (node_next(&c))
		visit_node(&c, &v, out);
	find_context(&f, v.phandle, out);
	find_uart(&f, v.stdout_path, out);
	return out->nram && out->timebase_hz ? 0 : -EINVAL;
}

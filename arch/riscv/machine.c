/*
 * What the kernel wants to know of the machine, from the device tree that its firmware hands over.
 *
 * The one idea: a cursor visits the nodes in their order; a property is looked for
 * in the cursor's node only.  What depends on another node (paths, phandles) is
 * found by one more visit, so no order is relied on.
 */
#include "fdt.h"
#include "kernel/arch.h"

#define INTERRUPT_SUPERVISOR 9u /* cause of an external interrupt in S-mode */

/* --- What the kernel wants to know -------------------------------------------------------- */

static void reserve(struct machine_info *m, u64 base, u64 size)
{
	u64 first = base >> PAGE_SHIFT;

	if (!size || size > ~base - PAGE_SIZE || m->nreserved == MACHINE_RESERVED)
		return;
	m->reserved[m->nreserved++] =
		(struct boot_range){first, ((base + size + PAGE_MASK) >> PAGE_SHIFT) - first};
}

static void read_memory(const struct fdt_node *c, struct machine_info *m)
{
	u64 base, size;

	for (u32 i = 0; m->root.nram < BOOT_RANGES && fdt_reg(c, i, &base, &size); i++) {
		u64 first = (base + PAGE_MASK) >> PAGE_SHIFT, end = (base + size) >> PAGE_SHIFT;

		if (end > first)
			m->root.ram[m->root.nram++] = (struct boot_range){first, end - first};
	}
}

static void read_reserved(const struct fdt_node *c, struct machine_info *m)
{
	u64 base, size;

	for (u32 i = 0; fdt_reg(c, i, &base, &size); i++)
		reserve(m, base, size);
}

static u64 chosen_address(const struct fdt_node *c, const char *name)
{
	struct fdt_property p;

	if (!fdt_property(c, name, &p) || (p.len != 4 && p.len != 8))
		return 0;
	return fdt_cells(p.data, p.len / 4);
}

static void read_chosen(const struct fdt_node *c, struct machine_info *m, const char **stdout_path)
{
	const char *line = fdt_string(c, "bootargs");
	struct fdt_property p;

	for (u32 i = 0; i < sizeof m->root.command_line - 1 && line[i]; i++)
		m->root.command_line[i] = line[i];
	m->initrd_start = chosen_address(c, "linux,initrd-start");
	m->initrd_end = chosen_address(c, "linux,initrd-end");
	if (fdt_property(c, "rng-seed", &p))
		for (u32 i = 0; i < p.len && i < sizeof m->root.seed; i++)
			m->root.seed[i] = p.data[i];
	*stdout_path = fdt_string(c, "stdout-path");
}

static void read_plic(const struct fdt_node *c, struct machine_info *m)
{
	if (!fdt_reg(c, 0, &m->plic_base, &m->plic_size))
		m->plic_base = m->plic_size = 0;
	m->plic_sources = fdt_u32(c, "riscv,ndev", 0);
}

/* A cpu node; `boot` out: is it the boot hart? */
static void read_cpu(const struct fdt_node *c, u64 boot_hart, struct machine_info *m, bool *boot)
{
	struct fdt_property p;
	u64 id, size;

	m->root.timebase_hz = fdt_u32(c, "timebase-frequency", (u32)m->root.timebase_hz);
	*boot = fdt_reg(c, 0, &id, &size) && id == boot_hart;
	m->root.nharts += fdt_okay(c) && fdt_property(c, "mmu-type", &p);
}

static bool is_plic(const struct fdt_node *c)
{
	return fdt_has(c, "compatible", "sifive,plic-1.0.0")
	       || fdt_has(c, "compatible", "riscv,plic0");
}

static bool is_uart(const struct fdt_node *c)
{
	return fdt_has(c, "compatible", "ns16550a") || fdt_has(c, "compatible", "snps,dw-apb-uart")
	       || fdt_has(c, "compatible", "sifive,uart0");
}

/* What the visit remembers from node to node. */
struct visit {
	u64 boot_hart;
	u32 phandle; /* of the boot hart's interrupt controller */
	bool in_cpus, in_reserved, in_boot_cpu;
	const char *stdout_path;
};

/* Below /, /cpus and /reserved-memory. */
static void visit_node(const struct fdt_node *c, struct visit *v, struct machine_info *m)
{
	if (c->depth == 2) {
		v->in_cpus = fdt_same(c->name, "cpus");
		v->in_reserved = fdt_same(c->name, "reserved-memory");
		if (v->in_cpus)
			m->root.timebase_hz =
				fdt_u32(c, "timebase-frequency", (u32)m->root.timebase_hz);
		else if (fdt_same(c->name, "chosen"))
			read_chosen(c, m, &v->stdout_path);
		else if (fdt_same(fdt_string(c, "device_type"), "memory") && fdt_okay(c))
			read_memory(c, m);
	} else if (c->depth == 3 && v->in_reserved && fdt_okay(c)) {
		read_reserved(c, m);
	} else if (c->depth == 3 && v->in_cpus) {
		v->in_boot_cpu = false;
		if (fdt_same(fdt_string(c, "device_type"), "cpu"))
			read_cpu(c, v->boot_hart, m, &v->in_boot_cpu);
	} else if (c->depth == 4 && v->in_cpus && v->in_boot_cpu) {
		v->phandle = fdt_u32(c, "phandle", v->phandle);
	}
	if (is_plic(c))
		read_plic(c, m);
	else if (fdt_has(c, "compatible", "sifive,clint0")
		 || fdt_has(c, "compatible", "riscv,clint0"))
		(void)fdt_reg(c, 0, &m->clint_base, &m->clint_size);
	else if (fdt_has(c, "compatible", "google,goldfish-rtc") && fdt_okay(c))
		(void)fdt_reg(c, 0, &m->root.clock, &(u64){0});
}

/* BOARDS: the index in interrupts-extended whose hart is ours and whose cause is 9. */
static void find_context(const struct fdt *f, u32 phandle, struct machine_info *m)
{
	struct fdt_node c = {.fdt = f};
	struct fdt_property p;

	while (fdt_next(&c)) {
		if (!is_plic(&c) || !fdt_property(&c, "interrupts-extended", &p))
			continue;
		for (u32 i = 0; i < p.len / 8; i++)
			if (fdt_be32(p.data + 8ul * i) == phandle
			    && fdt_be32(p.data + 8ul * i + 4) == INTERRUPT_SUPERVISOR)
				m->plic_context = i;
	}
}

static bool read_uart(const struct fdt_node *c, struct machine_info *m)
{
	u64 base, size;
	struct fdt_property p;

	if (!is_uart(c) || !fdt_okay(c) || !fdt_reg(c, 0, &base, &size))
		return false;
	m->root.uart = (struct boot_uart){
		.base = base,
		.source = fdt_u32(c, "interrupts", 0),
		.reg_shift = fdt_u32(c, "reg-shift", 0),
		.reg_width = fdt_u32(c, "reg-io-width", 1),
	};
	if (fdt_has(c, "compatible", "sifive,uart0"))
		m->root.uart.reg_width = 4;
	if (fdt_property(c, "interrupts-extended", &p) && p.len >= 8)
		m->root.uart.source = fdt_be32(p.data + 4);
	return true;
}

/* stdout-path is a path, or an alias; both may go on with ':' and settings. */
static const char *resolve_alias(const struct fdt *f, const char *path, char *name, u32 size)
{
	struct fdt_node c = {.fdt = f};
	u32 n = 0;

	if (*path == '/')
		return path;
	for (; path[n] && path[n] != ':' && n < size - 1; n++)
		name[n] = path[n];
	name[n] = 0;
	return fdt_find(&c, "/aliases") ? fdt_string(&c, name) : "";
}

static void find_uart(const struct fdt *f, const char *stdout_path, struct machine_info *m)
{
	char name[32];
	struct fdt_node c = {.fdt = f};

	if (fdt_find(&c, resolve_alias(f, stdout_path, name, sizeof name)) && read_uart(&c, m))
		return;
	c = (struct fdt_node){.fdt = f};
	while (fdt_next(&c))
		if (read_uart(&c, m))
			return;
}

/* --- The blob ------------------------------------------------------------------------------- */

static void read_reservations(const u8 *blob, u32 total, struct machine_info *m)
{
	for (u32 at = fdt_be32(blob + 16); at <= total - 16; at += 16) {
		u64 base = fdt_cells(blob + at, 2), size = fdt_cells(blob + at + 8, 2);

		if (!base && !size)
			return;
		reserve(m, base, size);
	}
}

err_t arch_machine_read(paddr_t device_tree, u64 boot_hart, struct machine_info *out, u64 *size)
{
	const u8 *blob = arch_direct(device_tree);
	struct fdt f;
	struct fdt_node c = {.fdt = &f};
	struct visit v = {.boot_hart = boot_hart, .stdout_path = ""};
	u32 total;

	if (!fdt_open(blob, &f, &total))
		return -EINVAL;
	*size = total;
	*out = (struct machine_info){0};
	read_reservations(blob, total, out);
	while (fdt_next(&c))
		visit_node(&c, &v, out);
	find_context(&f, v.phandle, out);
	find_uart(&f, v.stdout_path, out);
	return out->root.nram && out->root.timebase_hz ? 0 : -EINVAL;
}

/*
 * Counts guest instructions for scripts/profile: a plugin of QEMU's translator. Each instruction is known by its
 * virtual address and by where QEMU keeps its bytes, so that two address spaces with the same addresses stay apart.
 * A rdinstret outside the kernel is a mark: what was counted since the mark before is written out as one window. QEMU's package brings no header, so the little of its interface
 * (version 1) that is used here is declared here.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

int qemu_plugin_version = 1;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, void *),
				    void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *ptr,
						uint64_t add);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned, void *), int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

struct place {
	uint64_t vaddr, haddr, count, written;
	uint32_t bytes;
	struct place *next;
};

enum { BUCKETS = 1 << 16, ADD_U64 = 0, NO_REGISTERS = 0 };
static struct place *places[BUCKETS];
static unsigned marks;
static FILE *output;

static struct place *find(uint64_t vaddr, uint64_t haddr, uint32_t bytes)
{
	struct place **bucket = &places[(vaddr / 2 ^ haddr / 4096 * 77) % BUCKETS];

	for (struct place *p = *bucket; p; p = p->next)
		if (p->vaddr == vaddr && p->haddr == haddr && p->bytes == bytes)
			return p;
	struct place *fresh = calloc(1, sizeof *fresh);

	*fresh = (struct place){.vaddr = vaddr, .haddr = haddr, .bytes = bytes, .next = *bucket};
	return *bucket = fresh;
}

static void write_window(void)
{
	fprintf(output, "window %u\n", marks);
	for (unsigned i = 0; i < BUCKETS; i++)
		for (struct place *p = places[i]; p; p = p->next) {
			if (p->count == p->written)
				continue;
			fprintf(output, "%" PRIx64 " %" PRIx64 " %x %" PRIu64 "\n", p->vaddr,
				p->haddr, p->bytes, p->count - p->written);
			p->written = p->count;
		}
	marks++;
}

static void at_mark(unsigned hart, void *data)
{
	(void)hart;
	(void)data;
	write_window();
}

static void at_exit(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	write_window();
	fclose(output);
}

/* csrr rd, instret, in the lower half of the addresses and outside the firmware. */
static int is_mark(const struct place *p)
{
	return (p->bytes & 0xfffff07f) == 0xc0202073 && p->vaddr >> 38 == 0
	       && p->vaddr >> 20 != 0x800;
}

static void at_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t bytes = 0;

		memcpy(&bytes, qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
		struct place *p = find(qemu_plugin_insn_vaddr(insn),
				       (uintptr_t)qemu_plugin_insn_haddr(insn), bytes);

		qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD_U64, &p->count, 1);
		if (is_mark(p))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_mark, NO_REGISTERS, NULL);
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4) != 0 || !(output = fopen(argv[0] + 4, "w")))
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, at_translation);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}

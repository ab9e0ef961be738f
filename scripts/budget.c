/*
 * Ends QEMU after so many guest instructions: a plugin of its translator (interface version 1, see profile.c).
 *
 *     -plugin budget.so,instructions=N        status 3, and a line on standard error
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;

int qemu_plugin_version = 1;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*cb)(unsigned, void *),
					  int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

enum { NO_REGISTERS = 0, OVER = 3 };
static int64_t left;

static void at_block(unsigned hart, void *instructions)
{
	(void)hart;
	left -= (intptr_t)instructions;
	if (left > 0)
		return;
	fprintf(stderr, "budget: all instructions are used up\n");
	_Exit(OVER);
}

static void at_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, at_block, NO_REGISTERS,
					     (void *)(intptr_t)qemu_plugin_tb_n_insns(tb));
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "instructions=", 13) != 0)
		return -1;
	left = strtoll(argv[0] + 13, NULL, 10);
	qemu_plugin_register_vcpu_tb_trans_cb(id, at_translation);
	return 0;
}

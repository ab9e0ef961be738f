/*
 * The firmware below (RISC-V SBI 2.0): console, power, and the calls that the
 * timer needs.  Each extension is probed once; factory firmware of the
 * VisionFive 2 has neither the console (DBCN) nor the reset (SRST) extension, so
 * the legacy calls stand behind them, and behind those a parked hart.
 */
#include "riscv.h"

#define EXT_BASE 0x10
#define EXT_DBCN 0x4442434e
#define EXT_SRST 0x53525354
#define BASE_PROBE 3
#define DBCN_WRITE_BYTE 2
#define LEGACY_PUTCHAR 1
#define LEGACY_SHUTDOWN 8
#define SRST_SHUTDOWN 0
#define SRST_COLD_REBOOT 1

static bool has_console;
static bool has_reset;

struct sbi_result sbi_call(u64 extension, u64 function, u64 arg0, u64 arg1)
{
	register u64 a0 __asm__("a0") = arg0;
	register u64 a1 __asm__("a1") = arg1;
	register u64 a2 __asm__("a2") = 0;
	register u64 a6 __asm__("a6") = function;
	register u64 a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
	return (struct sbi_result){.error = (s64)a0, .value = a1};
}

bool sbi_probe(u64 extension)
{
	struct sbi_result r = sbi_call(EXT_BASE, BASE_PROBE, extension, 0);

	return r.error == 0 && r.value != 0;
}

void sbi_init(void)
{
	has_console = sbi_probe(EXT_DBCN);
	has_reset = sbi_probe(EXT_SRST);
}

void arch_print_char(char c)
{
	if (has_console)
		sbi_call(EXT_DBCN, DBCN_WRITE_BYTE, (u8)c, 0);
	else
		sbi_call(LEGACY_PUTCHAR, 0, (u8)c, 0);
}

static __attribute__((noreturn)) void reset(u64 type)
{
	if (has_reset)
		sbi_call(EXT_SRST, 0, type, 0);
	if (type == SRST_SHUTDOWN)
		sbi_call(LEGACY_SHUTDOWN, 0, 0, 0);
	csr_write(sie, 0ul);
	for (;;)
		__asm__ volatile("wfi");
}

void arch_power_off(void)
{
	reset(SRST_SHUTDOWN);
}

void arch_reboot(void)
{
	reset(SRST_COLD_REBOOT);
}

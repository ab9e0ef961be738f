/* Identifiers of address spaces (ASID of RISC-V Privileged, 4.1.11): a bitmap of those in use. */
#include "riscv.h"

#define IDENTIFIERS 4096u

static u64 used[IDENTIFIERS / 64] = {1}; /* 0 is shared */
static u32 hint;                         /* the word that had a free one last */

u32 arch_identifier_take(void)
{
	u32 most = sv39_identifiers(), n = 0, words;

	if (most > IDENTIFIERS)
		most = IDENTIFIERS;
	words = (most + 63) / 64;
	for (u32 i = 0; i < words && used[hint] == ~0ull; i++)
		hint = (hint + 1) % words;
	if (!words || used[hint] == ~0ull)
		return 0;
	while (used[hint] >> n & 1)
		n++;
	n += hint * 64;
	if (n >= most)
		return 0;
	used[hint] |= 1ull << n % 64;
	return n;
}

void arch_identifier_drop(u32 n)
{
	if (n)
		used[n / 64] &= ~(1ull << n % 64);
}

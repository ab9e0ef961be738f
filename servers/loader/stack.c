/*
 * What a Linux program finds on its stack.
 *
 *   sp -> argc | argv ... 0 | environ ... 0 | auxiliary vector ... 0 0 | random bytes |
 *         strings (arguments, environment, path), up to STACK_TOP
 */
#include "servers/loader/loader.h"

#define HWCAP (1u << 0 | 1u << 2 | 1u << 3 | 1u << 5 | 1u << 8 | 1u << 12) /* A C D F I M */
#define MINSIGSTKSZ 1088u                                                  /* a signal frame */

enum auxiliary {
	AT_NULL,
	AT_PHDR = 3,
	AT_PHENT,
	AT_PHNUM,
	AT_PAGESZ,
	AT_BASE,
	AT_FLAGS,
	AT_ENTRY,
	AT_UID = 11,
	AT_EUID,
	AT_GID,
	AT_EGID,
	AT_PLATFORM,
	AT_HWCAP,
	AT_CLKTCK,
	AT_SECURE = 23,
	AT_RANDOM = 25,
	AT_HWCAP2 = 26,
	AT_EXECFN = 31,
	AT_MINSIGSTKSZ = 51,
};

u64 environment_at(const struct loader_start *s)
{
	u64 at = s->strings;

	for (u64 i = 0; i < s->argc; i++)
		at = string_skip(s, at);
	return at;
}

/* Pointers to n strings from *string on, and a null. */
static u64 *pointers_put(const struct loader_start *s, u64 *to, u64 n, u64 *string)
{
	for (u64 i = 0; i < n; i++) {
		*to++ = *string;
		*string = string_skip(s, *string);
	}
	*to++ = 0;
	return to;
}

#define AUXILIARY 19u
#define AUXILIARY_BYTES (AUXILIARY * 16u + 16u) /* and the random bytes */

static void auxiliary_put(u64 *to, const struct loader_start *s, const struct image *program,
			  const struct image *interpreter)
{
	const u64 values[AUXILIARY][2] = {
		{AT_HWCAP, HWCAP},
		{AT_PAGESZ, PAGE_SIZE},
		{AT_CLKTCK, 100},
		{AT_PHDR, program->headers},
		{AT_PHENT, 56},
		{AT_PHNUM, program->nheaders},
		{AT_BASE, interpreter ? interpreter->bias : 0},
		{AT_FLAGS, 0},
		{AT_ENTRY, program->entry},
		{AT_UID, s->uid},
		{AT_EUID, s->euid},
		{AT_GID, s->gid},
		{AT_EGID, s->egid},
		{AT_SECURE, s->secure},
		{AT_RANDOM, (u64)to + sizeof(values)},
		{AT_HWCAP2, 0},
		{AT_MINSIGSTKSZ, MINSIGSTKSZ},
		{AT_EXECFN, s->execfn},
		{AT_NULL, 0},
	};

	memcpy(to, values, sizeof(values));
	memcpy((u8 *)to + sizeof(values), s->random, sizeof(s->random));
}

u64 stack_build(const struct loader_start *s, const struct image *program,
		const struct image *interpreter)
{
	u64 words = 1 + s->argc + 1 + s->envc + 1;
	u64 sp, string = s->strings;
	u64 *to;

	if (words * 8 > STACK_BYTES / 2)
		fail(-E2BIG);
	sp = (s->stack - words * 8 - AUXILIARY_BYTES) & ~15ull;
	to = (u64 *)sp;
	*to++ = s->argc;
	to = pointers_put(s, to, s->argc, &string);
	to = pointers_put(s, to, s->envc, &string);
	auxiliary_put(to, s, program, interpreter);
	return sp;
}

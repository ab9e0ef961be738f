/*
 * string.h's few: what the compiler calls by itself and servers need.
 *
 * The one idea: where source and target have the same alignment, words move in
 * blocks of eight loads and eight stores; a misaligned access would trap into
 * firmware, so everything else goes by bytes.
 */
#include "servers/lib/server.h"

#define WORD sizeof(u64)
#define BLOCK (8 * WORD)

/* A word that may be anything: no assumption about the type of what is copied. */
typedef u64 __attribute__((may_alias)) word_t;

static void block_copy(word_t *to, const word_t *from)
{
	word_t a = from[0], b = from[1], c = from[2], d = from[3];
	word_t e = from[4], f = from[5], g = from[6], h = from[7];

	to[0] = a;
	to[1] = b;
	to[2] = c;
	to[3] = d;
	to[4] = e;
	to[5] = f;
	to[6] = g;
	to[7] = h;
}

void *memcpy(void *target, const void *source, size_t n)
{
	u8 *to = target;
	const u8 *from = source;

	if ((((u64)to ^ (u64)from) & (WORD - 1)) == 0) {
		for (; n > 0 && ((u64)to & (WORD - 1)); n--)
			*to++ = *from++;
		for (; n >= BLOCK; n -= BLOCK, to += BLOCK, from += BLOCK)
			block_copy((word_t *)to, (const word_t *)from);
		for (; n >= WORD; n -= WORD, to += WORD, from += WORD)
			*(word_t *)to = *(const word_t *)from;
	}
	while (n-- > 0)
		*to++ = *from++;
	return target;
}

/* From the end down, for a target that lies behind the source's beginning. */
static void copy_down(u8 *to, const u8 *from, size_t n)
{
	to += n;
	from += n;
	if ((((u64)to ^ (u64)from) & (WORD - 1)) == 0) {
		for (; n > 0 && ((u64)to & (WORD - 1)); n--)
			*--to = *--from;
		for (; n >= WORD; n -= WORD) {
			to -= WORD;
			from -= WORD;
			*(word_t *)to = *(const word_t *)from;
		}
	}
	while (n-- > 0)
		*--to = *--from;
}

/* memcpy goes upwards and reads a block before it writes it: right for every lower target. */
void *memmove(void *target, const void *source, size_t n)
{
	u64 to = (u64)target, from = (u64)source;

	if (to - from >= n)
		return memcpy(target, source, n);
	copy_down(target, source, n);
	return target;
}

void *memset(void *target, int c, size_t n)
{
	u8 *to = target;
	u64 all = (u8)c * 0x0101010101010101ull;

	for (; n > 0 && ((u64)to & (WORD - 1)); n--)
		*to++ = (u8)c;
	for (; n >= BLOCK; n -= BLOCK, to += BLOCK) {
		word_t *w = (word_t *)to;
		w[0] = w[1] = w[2] = w[3] = all;
		w[4] = w[5] = w[6] = w[7] = all;
	}
	for (; n >= WORD; n -= WORD, to += WORD)
		*(word_t *)to = all;
	while (n-- > 0)
		*to++ = (u8)c;
	return target;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n > 0; n--, p++, q++)
		if (*p != *q)
			return *p < *q ? -1 : 1;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, ~(size_t)0);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++)
		if (*a != *b || *a == 0)
			return (u8)*a - (u8)*b;
	return 0;
}

size_t string_copy(char *to, const char *from, size_t size)
{
	size_t n = 0;

	if (size == 0)
		return 0;
	for (; from[n] && n + 1 < size; n++)
		to[n] = from[n];
	to[n] = 0;
	return n;
}

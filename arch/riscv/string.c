/*
 * Copies and fills for the kernel: by words, never misaligned (firmware would
 * emulate each such access, a hundred times slower).  The compiler calls these
 * names too.  Where source and destination are aligned differently, aligned words
 * are read and shifted together.
 */
#include "riscv.h"

typedef u64 __attribute__((may_alias)) word_t;

void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int value, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void copy_words(word_t *to, const word_t *from, u64 words); /* aligned ones; for fast_reply.S too */

/* 64 bytes: both aligned. */
static inline void copy_block(word_t *to, const word_t *from)
{
	u64 a = from[0], b = from[1], c = from[2], d = from[3];
	u64 e = from[4], f = from[5], g = from[6], h = from[7];

	to[0] = a, to[1] = b, to[2] = c, to[3] = d;
	to[4] = e, to[5] = f, to[6] = g, to[7] = h;
}

__attribute__((noinline)) void copy_words(word_t *to, const word_t *from, u64 words)
{
	const word_t *end = from + (words & ~31ul);

	for (; from != end; to += 32, from += 32) {
		copy_block(to, from);
		copy_block(to + 8, from + 8);
		copy_block(to + 16, from + 16);
		copy_block(to + 24, from + 24);
	}
	for (end += words & 24; from != end; to += 8, from += 8)
		copy_block(to, from);
	for (end += words & 7; from != end; to++, from++)
		*to = *from;
}

/* `to` aligned, `from` not: every word comes from two.  Reads no word without a wanted byte. */
static void copy_shifted(word_t *to, const u8 *from, u64 words)
{
	u32 low = ((u64)from & 7) * 8;
	const word_t *p = (const word_t *)((u64)from & ~7ul);
	u64 have = *p++ >> low;

	for (; words; words--) {
		u64 next = *p++;

		*to++ = have | next << (64 - low);
		have = next >> low;
	}
}

static inline void *copy_bytes(u8 *to, const u8 *from, u64 len)
{
	for (u64 i = 0; i < len; i++)
		to[i] = from[i];
	return to;
}

/* A word at least. */
static __attribute__((noinline)) void *copy_long(u8 *to, const u8 *from, u64 len)
{
	u64 first = -(u64)to & 7, last = (len - first) & 7;

	copy_bytes(to, from, first);
	if ((u64)(from + first) & 7)
		copy_shifted((word_t *)(to + first), from + first, (len - first) / 8);
	else
		copy_words((word_t *)(to + first), (const word_t *)(from + first),
			   (len - first) / 8);
	copy_bytes(to + len - last, from + len - last, last);
	return to;
}

void *memcpy(void *to, const void *from, size_t len)
{
	return len < 8 ? copy_bytes(to, from, len) : copy_long(to, from, len);
}

void *memmove(void *to, const void *from, size_t len)
{
	u8 *t = to;
	const u8 *f = from;

	if (t <= f || t >= f + len)
		return memcpy(to, from, len);
	while (len--)
		t[len] = f[len];
	return to;
}

void *memset(void *to, int value, size_t len)
{
	u8 *t = to;
	u64 word = (u8)value * 0x0101010101010101ul;

	for (; len && (u64)t & 7; len--)
		*t++ = (u8)value;
	for (; len >= 64; len -= 64, t += 64) {
		word_t *w = (word_t *)t;

		w[0] = word, w[1] = word, w[2] = word, w[3] = word;
		w[4] = word, w[5] = word, w[6] = word, w[7] = word;
	}
	for (; len >= 8; len -= 8, t += 8)
		*(word_t *)t = word;
	while (len--)
		*t++ = (u8)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const u8 *p = a, *q = b;

	for (; len; len--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

#define STRING_SHORT 24u /* bytes: what is behind them is looked at by words first */

/* Length of the string at s up to and with its NUL, at most max; *found says whether it ends. */
static u64 string_length(const u8 *s, u64 max, bool *found)
{
	const u64 ones = 0x0101010101010101ul, highs = ones << 7;
	u64 n = 0;

	while (n < max && ((u64)(s + n) & 7 || max - n < 8)) {
		if (!s[n++])
			goto end;
	}
	for (; n + 8 <= max; n += 8) {
		u64 w = *(const word_t *)(const void *)(s + n);

		if ((w - ones) & ~w & highs)
			break;
	}
	while (n < max)
		if (!s[n++])
			goto end;
	return n;
end:
	*found = true;
	return n;
}

static __attribute__((noinline)) u64 copy_rest(u8 *to, const u8 *from, u64 max, bool *found)
{
	u64 n = string_length(from, max, found);

	memcpy(to, from, n);
	return STRING_SHORT + n;
}

u64 arch_string_copy(u8 *to, const u8 *from, u64 max, bool *found)
{
	const u8 *first = from, *end = from + (max < STRING_SHORT ? max : STRING_SHORT);

	while (from < end) {
		u8 byte = *from++;

		*to++ = byte;
		if (!byte) {
			*found = true;
			return (u64)(from - first);
		}
	}
	return max > STRING_SHORT ? copy_rest(to, from, max - STRING_SHORT, found) : max;
}

void arch_page_clear(void *page)
{
	word_t *p = page, *end = p + PAGE_SIZE / sizeof *p;

	for (; p < end; p += 16) {
		p[0] = 0, p[1] = 0, p[2] = 0, p[3] = 0;
		p[4] = 0, p[5] = 0, p[6] = 0, p[7] = 0;
		p[8] = 0, p[9] = 0, p[10] = 0, p[11] = 0;
		p[12] = 0, p[13] = 0, p[14] = 0, p[15] = 0;
	}
}

void arch_page_copy(void *to, const void *from)
{
	copy_words(to, from, PAGE_SIZE / sizeof(word_t));
}

/*
 * Numbers, and bits of words for a hart without instructions for them.
 */
#pragma once

#include "ipc/abi/types.h"

static inline u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* Number of the lowest bit that is set; the word is not 0.  A de Bruijn sequence: the product's
 * upper six bits are different for each lowest bit. */
static inline u32 lowest_bit(u64 word)
{
	static const u8 number[64] = {
		0,  1,  48, 2,  57, 49, 28, 3,  61, 58, 50, 42, 38, 29, 17, 4,
		62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
		63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
		46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,  13, 8,  7,  6,
	};

	return number[((word & -word) * 0x03f79d71b4cb0a89ull) >> 58];
}

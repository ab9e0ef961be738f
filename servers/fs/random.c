/*
 * Bytes of /dev/random and /dev/urandom: ChaCha20 (RFC 8439, 2.3) from the seed that
 * root gave.  Each request begins with a new key, made from the old one, so that what
 * was given out cannot be computed from what is kept.
 */
#include "servers/fs/fs_server.h"

#define WORDS 16u
#define ROUNDS 20u

static u32 state[WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

static u32 rotate(u32 x, u32 n)
{
	return x << n | x >> (32 - n);
}

static void quarter_round(u32 *x, u32 a, u32 b, u32 c, u32 d)
{
	x[a] += x[b];
	x[d] = rotate(x[d] ^ x[a], 16);
	x[c] += x[d];
	x[b] = rotate(x[b] ^ x[c], 12);
	x[a] += x[b];
	x[d] = rotate(x[d] ^ x[a], 8);
	x[c] += x[d];
	x[b] = rotate(x[b] ^ x[c], 7);
}

static void block_make(u32 out[WORDS])
{
	memcpy(out, state, sizeof(state));
	for (u32 i = 0; i < ROUNDS; i += 2) {
		for (u32 k = 0; k < 4; k++)
			quarter_round(out, k, k + 4, k + 8, k + 12);
		for (u32 k = 0; k < 4; k++)
			quarter_round(out, k, 4 + (k + 1) % 4, 8 + (k + 2) % 4, 12 + (k + 3) % 4);
	}
	for (u32 i = 0; i < WORDS; i++)
		out[i] += state[i];
	if (++state[12] == 0)
		state[13]++;
}

void random_init(const u8 seed[32])
{
	memcpy(&state[4], seed, 32);
	state[14] ^= (u32)time_now();
}

void random_fill(u8 *to, u64 len)
{
	u32 block[WORDS];

	while (len > 0) {
		u64 n = len < sizeof(block) ? len : sizeof(block);
		block_make(block);
		memcpy(to, block, n);
		to += n;
		len -= n;
	}
	block_make(block);
	memcpy(&state[4], block, 32);
}

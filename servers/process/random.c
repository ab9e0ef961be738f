/*
 * getrandom: ChaCha20 in counter mode (RFC 8439), keyed from the boot's seed.
 *
 * After each request the key is replaced by the next block of its own stream, so
 * what was given out cannot be computed from what is in memory later.
 */
#include "servers/process/process_server.h"

#define ROUNDS 10 /* double rounds */
#define BLOCK 64u

static u32 state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

static u32 rotate(u32 x, u32 n)
{
	return x << n | x >> (32 - n);
}

static void quarter(u32 x[16], const u8 i[4])
{
	u32 a = x[i[0]], b = x[i[1]], c = x[i[2]], d = x[i[3]];

	a += b, d = rotate(d ^ a, 16);
	c += d, b = rotate(b ^ c, 12);
	a += b, d = rotate(d ^ a, 8);
	c += d, b = rotate(b ^ c, 7);
	x[i[0]] = a, x[i[1]] = b, x[i[2]] = c, x[i[3]] = d;
}

static void block_next(u32 x[16])
{
	static const u8 quarters[8][4] = {
		{0, 4, 8, 12},  {1, 5, 9, 13},  {2, 6, 10, 14}, {3, 7, 11, 15},
		{0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13},  {3, 4, 9, 14},
	};

	memcpy(x, state, sizeof(state));
	for (u32 round = 0; round < ROUNDS; round++)
		for (u32 i = 0; i < 8; i++)
			quarter(x, quarters[i]);
	for (u32 i = 0; i < 16; i++)
		x[i] += state[i];
	if (++state[12] == 0)
		state[13]++;
}

static void key_replace(void)
{
	u32 x[16];

	block_next(x);
	memcpy(&state[4], x, 32);
	memset(x, 0, sizeof(x));
}

void random_init(void)
{
	u64 now = time_now();

	memcpy(&state[4], start->seed, 32);
	memcpy(&state[14], &now, sizeof(now));
	key_replace();
}

void random_fill(void *to, u64 len)
{
	u32 x[16];

	for (u64 at = 0; at < len; at += BLOCK) {
		block_next(x);
		memcpy((u8 *)to + at, x, len - at < BLOCK ? len - at : BLOCK);
	}
	key_replace();
}

/* What is larger than a page may come back short, as on Linux. */
s64 call_getrandom(struct request *q, struct answer *a)
{
	static u8 bytes[PAGE_SIZE];
	u64 len = q->word[1] < 0x2000000 ? q->word[1] : 0x2000000, done = 0;
	s64 n = 1;

	if (q->word[2] & ~7ull || (q->word[2] & 6) == 6)
		return -EINVAL;
	if (len <= sizeof(bytes)) {
		random_fill(bytes, len);
		return answer_copy(a, (s64)len, bytes, len);
	}
	while (done < len && n > 0) {
		u64 part = len - done < sizeof(bytes) ? len - done : sizeof(bytes);
		random_fill(bytes, part);
		n = window_out(q->reply, 0, done, bytes, part);
		if (n > 0)
			done += (u64)n;
	}
	return done ? (s64)done : n;
}

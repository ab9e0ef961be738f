/*
 * getrandom: ChaCha20 in counter mode (RFC 8439), keyed from the boot's seed.
 *
 * After each request the key is replaced by the next block of its own stream, so
 * what was given out cannot be computed from what is in memory later.
 */
#include "servers/process/process_server.h"

#define ROUNDS 10 /* double rounds */
#define BLOCK 64u
#define KEY 32u

static u8 ready[KEY]; /* the first nready of them were given to nobody yet */
static u32 nready;
static u32 state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

static u32 rotate(u32 x, u32 n)
{
	return x << n | x >> (32 - n);
}

#define QUARTER(a, b, c, d)                                                    \
	(a += b, d = rotate(d ^ a, 16), c += d, b = rotate(b ^ c, 12), a += b, \
	 d = rotate(d ^ a, 8), c += d, b = rotate(b ^ c, 7))

static void block_next(u32 x[16])
{
	u32 x0 = state[0], x1 = state[1], x2 = state[2], x3 = state[3], x4 = state[4];
	u32 x5 = state[5], x6 = state[6], x7 = state[7], x8 = state[8], x9 = state[9];
	u32 xa = state[10], xb = state[11], xc = state[12], xd = state[13], xe = state[14];
	u32 xf = state[15];

	for (u32 round = 0; round < ROUNDS; round++) {
		QUARTER(x0, x4, x8, xc);
		QUARTER(x1, x5, x9, xd);
		QUARTER(x2, x6, xa, xe);
		QUARTER(x3, x7, xb, xf);
		QUARTER(x0, x5, xa, xf);
		QUARTER(x1, x6, xb, xc);
		QUARTER(x2, x7, x8, xd);
		QUARTER(x3, x4, x9, xe);
	}
	x[0] = x0, x[1] = x1, x[2] = x2, x[3] = x3, x[4] = x4, x[5] = x5, x[6] = x6, x[7] = x7;
	x[8] = x8, x[9] = x9, x[10] = xa, x[11] = xb, x[12] = xc, x[13] = xd, x[14] = xe,
	x[15] = xf;
	for (u32 i = 0; i < 16; i++)
		x[i] += state[i];
	if (++state[12] == 0)
		state[13]++;
}

/* Half of the block becomes the next key, the other half what is handed out next. */
static void key_replace(void)
{
	u32 x[16];

	block_next(x);
	memcpy(&state[4], x, KEY);
	memcpy(ready, (u8 *)x + KEY, KEY);
	nready = KEY;
	memset(x, 0, sizeof(x));
}

void random_init(void)
{
	u64 now = time_now();

	memcpy(&state[4], start->seed, KEY);
	memcpy(&state[14], &now, sizeof(now));
	key_replace();
}

/* A few bytes come from what the last block left; what is handed out is forgotten here. */
static void fill_few(u8 *to, u64 len)
{
	if (len > nready)
		key_replace();
	nready -= (u32)len;
	memcpy(to, &ready[nready], len);
	memset(&ready[nready], 0, len);
}

void random_fill(void *to, u64 len)
{
	u32 x[16];

	if (len <= KEY) {
		fill_few(to, len);
		return;
	}
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

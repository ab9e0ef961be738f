/*
 * Bytes of a fuzzer's input, and what a server's world adds to what every server gets.
 */
#pragma once

#include "sim.h"

u8 fuzz_byte(void);  /* 0 when there are no more */
u64 fuzz_word(void); /* small, a bit, negative, a number of the world's, an address, anything */
u64 fuzz_address(u64 len);              /* of clients' memory; that many bytes are there, mostly */
void fuzz_memory(u64 address, u64 len); /* a few bytes there */
void fuzz_windows(const struct route *r, u64 word[6]); /* what they name */
void fuzz_begin(const u8 *data, size_t size);
bool fuzz_over(void);
void fuzz_run(void); /* what the bytes say, until they are over */

/* Numbers that mean something to the server. */
extern const u64 world_numbers[];
extern const u32 world_nnumbers;
/* Calls that half of all are. */
extern const u16 world_hot[];
extern const u32 world_nhot;
/* One of these. */
#define PICK(...) \
    ((const u64[]){__VA_ARGS__}[fuzz_byte() % (sizeof((u64[]){__VA_ARGS__}) / sizeof(u64))])
/* Words and memory of a call, after they were chosen: more likely ones. */
void world_shape(u32 client, s32 label, u64 word[6]);
void world_routed(struct sim_caller *c); /* a call that is about to be sent */
void world_shape_native(s32 label, u64 word[6]);
void world_event(void); /* something of the server's own: a device, a lower server */

/*
 * A fuzzer's bytes as words and as clients' memory.
 */
#include "fuzz.h"

static u64 bytes(u32 n)
{
    u64 word = 0;

    for (u32 i = 0; i < n; i++)
        word |= (u64)fuzz_byte() << 8 * i;
    return word;
}

/* Near a page's end, now and then. */
u64 fuzz_address(u64 len)
{
    u8 b = fuzz_byte();
    u64 address = SIM_MEMORY + (b % SIM_MEMORY_PAGES) * PAGE_SIZE;

    if (b >= 224)
        return address + PAGE_SIZE - (len < PAGE_SIZE ? len / 2 : 8);
    return address + (b >> 5) * 64;
}

u64 fuzz_word(void)
{
    u8 b = fuzz_byte();

    if (b < 64)
        return b;
    if (b < 96)
        return 1ull << (b - 64);
    if (b < 112)
        return -(u64)(b - 95);
    if (b < 168 && world_nnumbers)
        return world_numbers[(b - 112) % world_nnumbers];
    if (b < 192)
        return fuzz_address(64);
    if (b < 224)
        return (u64)(b - 191) * 1000;
    if (b < 232)
        return SIM_CLIENTS * 0ull + sim.client[b % SIM_CLIENTS].tag;
    return b < 248 ? bytes(2) : bytes(8);
}

void fuzz_memory(u64 address, u64 len)
{
    u64 n = fuzz_byte() % 48;
    u8 *at = address >= SIM_MEMORY && address < SIM_MEMORY + sizeof(sim.memory)
                 ? sim.memory + (address - SIM_MEMORY)
                 : 0;

    for (u64 i = 0; at && i < n && i < len && at + i < sim.memory + sizeof(sim.memory); i++)
        at[i] = fuzz_byte();
}

/* Pieces of memory, few and mostly sensible. */
static void iovec_fill(u64 address, u64 count)
{
    for (u64 i = 0; i < count && i < 20; i++) {
        u64 v[2] = {fuzz_address(64), fuzz_byte() * 16ull}, len = 16;
        u8 *at = sim_memory_at(address + i * 16, &len);

        if (v[1] > 3000)
            v[1] = fuzz_word();
        if (at && len == 16)
            memcpy(at, v, 16);
    }
}

/* Of a buffer: few bytes, a page or so, or more than anybody takes at once. */
static u64 length(void)
{
    u8 b = fuzz_byte();

    return b < 128   ? b
           : b < 192 ? (b - 127) * 256ull
           : b < 240 ? (b - 191) * 4096ull - 2048 + b
                     : 0x11000;
}

void fuzz_windows(const struct route *r, u64 word[6])
{
    for (u32 i = 0; i < 2; i++) {
        const struct window_spec *w = &r->window[i];
        u64 len = w->kind == WINDOW_CONST ? w->len : 256;

        if (w->kind == WINDOW_NONE)
            continue;
        if (fuzz_byte() < 240)
            word[w->arg] = fuzz_address(len);
        if (w->kind == WINDOW_BUFFER && fuzz_byte() < 224)
            word[w->len_arg] = length();
        if ((w->kind == WINDOW_IOVEC || w->kind == WINDOW_ARRAY) && fuzz_byte() < 224)
            word[w->len_arg] = fuzz_byte() % 20;
        if (w->kind == WINDOW_IOVEC)
            iovec_fill(word[w->arg], word[w->len_arg]);
        else if (w->access & ACCESS_READ)
            fuzz_memory(word[w->arg], len);
    }
}

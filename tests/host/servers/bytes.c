/* A fuzzer's bytes, one after the other. */
#include "fuzz.h"

static const u8 *in, *in_end;

void fuzz_begin(const u8 *data, size_t size)
{
    in = data;
    in_end = data + size;
}

bool fuzz_over(void)
{
    return in == in_end;
}

u8 fuzz_byte(void)
{
    return in < in_end ? *in++ : 0;
}

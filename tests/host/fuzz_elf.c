/*
 * The loader's view of an ELF file: the bytes are the file.  Nothing is mapped; what would be must
 * lie below the loader's stack, on pages, and what is cleared must be writable.
 */
#include "servers/loader/loader.h"

#include <setjmp.h>
#include <stdlib.h>

void *memchr(const void *s, int byte, size_t len);

#define LOWEST 0x10000ull
#define HIGHEST (STACK_TOP - STACK_BYTES)
#define ANYWHERE 0x1000000000ull /* where memory finds room */
#define BASE 0x2000000000ull

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static jmp_buf out;
static const u8 *file;
static u64 file_bytes;
static struct mapping {
    u64 address, len;
    u32 rights;
} mappings[256];
static u32 nmappings;

void fail(s64 error)
{
    if (error >= 0)
        abort();
    longjmp(out, 1);
}

s64 file_read(u32 descriptor, void *to, u64 len, u64 offset)
{
    u64 n = offset < file_bytes ? file_bytes - offset : 0;

    (void)descriptor;
    if (n > len)
        n = len;
    (memcpy)(to, file + (n ? offset : 0), n);
    return (s64)n;
}

static s64 map(u64 address, u64 len, u32 rights)
{
    if (address & PAGE_MASK || len & PAGE_MASK || !len)
        abort();
    if (address < LOWEST || len > HIGHEST - LOWEST || address > HIGHEST - len)
        abort();
    if (nmappings < sizeof(mappings) / sizeof(mappings[0]))
        mappings[nmappings++] = (struct mapping){address, len, rights};
    return (s64)address;
}

s64 file_map(u32 descriptor, u64 address, u64 len, u32 rights, u64 offset)
{
    (void)descriptor;
    if (offset & PAGE_MASK)
        abort();
    return map(address, len, rights);
}

s64 memory_map(u64 address, u64 len, u32 rights)
{
    if (!address && len > HIGHEST - ANYWHERE)
        return -ENOMEM;
    return map(address ? address : ANYWHERE, len, rights);
}

/* The loader's memset: of memory that it has mapped for itself. */
void *loader_memset(void *to, int byte, size_t len);
void *loader_memset(void *to, int byte, size_t len)
{
    u64 at = (u64)to;

    for (u32 i = nmappings; i-- > 0;) {
        const struct mapping *m = &mappings[i];

        if (at < m->address || at - m->address >= m->len)
            continue;
        if (!(m->rights & ACCESS_WRITE) || len > m->len - (at - m->address) || byte)
            abort();
        return to;
    }
    abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct beginning b;
    struct image i = {0};
    u64 base = size && data[size - 1] & 1 ? BASE : 0;

    file = data;
    file_bytes = size;
    nmappings = 0;
    b.len = (u64)file_read(0, b.bytes, sizeof(b.bytes), 0);
    if (!setjmp(out)) {
        image_load(&i, &b, 0, base);
        if (!memchr(i.interpreter, 0, sizeof(i.interpreter)) || i.end > HIGHEST)
            abort();
    }
    return 0;
}

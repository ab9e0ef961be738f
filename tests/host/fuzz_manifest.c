/* The manifest: text that root reads, or ends the boot over. */
#include "servers/root/manifest.c"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static jmp_buf out;

void root_fail(const char *what, const char *name, s64 number)
{
    (void)what, (void)name, (void)number;
    longjmp(out, 1);
}

size_t string_copy(char *to, const char *from, size_t size)
{
    size_t n = 0;

    for (; n + 1 < size && from[n]; n++)
        to[n] = from[n];
    to[n] = 0;
    return n;
}

/* What a server may be given, if the manifest was taken. */
static void check(void)
{
    for (u32 i = 0; i < nentries; i++)
        if (entries[i].rank >= SERVER_IDS || entries[i].calls >> entries[i].rank
            || entries[i].priority >= PRIORITY_ROOT || !memchr(entries[i].name, 0, 16))
            abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    char *text = malloc(size);

    memcpy(text, data, size);
    memset(entries, 0, sizeof(entries));
    nentries = 0;
    if (!setjmp(out)) {
        manifest_read(text, size);
        check();
    }
    free(text);
    return 0;
}

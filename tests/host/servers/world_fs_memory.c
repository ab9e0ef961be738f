/*
 * Memory objects for the file system: pages appear in the server's own addresses when they are
 * held, and whoever touches one that is not held is found.
 */
#include "world_fs.h"

#include "ipc/proto/memory.h"

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

struct fs_world *w;

static u8 *pool;
static u8 archive[16 * PAGE_SIZE] __attribute__((aligned(4096)));
static u64 archive_bytes;
static u64 most; /* pages of the pool that were used since it was brought back */
static u8 *copy; /* of what was there when all was kept */

void pool_make(void)
{
    pool = mmap((void *)0x210000000000, POOL_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (pool == MAP_FAILED)
        sim_broken("no memory for files");
    ASAN_POISON_MEMORY_REGION(pool, POOL_PAGES * PAGE_SIZE);
}

void *world_address(u64 address)
{
    return address == SERVER_ARCHIVE ? archive : archive + sizeof(archive); /* nothing is there */
}

void world_kept(void)
{
    u64 bytes = w->pool_used * PAGE_SIZE;

    copy = mmap(0, bytes + PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASAN_UNPOISON_MEMORY_REGION(pool, bytes);
    memcpy(copy, pool, bytes);
    most = w->pool_used;
    world_restored();
}

void world_restored(void)
{
    u64 bytes = w->pool_used * PAGE_SIZE;

    ASAN_UNPOISON_MEMORY_REGION(pool, bytes);
    memcpy(pool, copy, bytes);
    ASAN_POISON_MEMORY_REGION(pool, most * PAGE_SIZE);
    most = w->pool_used;
    for (u32 o = 0; o < OBJECTS; o++)
        for (u64 i = 0; w->object[o].id && i < w->object[o].range; i++)
            if (w->object[o].shown[i / 64] >> i % 64 & 1)
                ASAN_UNPOISON_MEMORY_REGION(pool + (w->object[o].first + i) * PAGE_SIZE, PAGE_SIZE);
}

/* --- The archive ----------------------------------------------------------------------------- */

static void hex(char *to, u32 value)
{
    for (u32 i = 0; i < 8; i++)
        to[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
}

/* A member in the newc format. */
static void member(const char *name, u32 mode, const char *text)
{
    char *h = (char *)archive + archive_bytes;
    u32 len = (u32)strlen(name) + 1, size = (u32)strlen(text);

    memcpy(h, "070701", 6);
    for (u32 i = 0; i < 13; i++)
        hex(h + 6 + 8 * i, i == 0    ? (u32)archive_bytes + 1
                           : i == 1  ? mode
                           : i == 4  ? 1
                           : i == 6  ? size
                           : i == 11 ? len
                                     : 0);
    memcpy(h + 110, name, len);
    archive_bytes = (archive_bytes + 110 + len + 3) & ~3ull;
    memcpy(archive + archive_bytes, text, size);
    archive_bytes = (archive_bytes + size + 3) & ~3ull;
}

/* The next member but one, with a name of 3 letters, has its contents on a page boundary. */
static void align(void)
{
    static char text[PAGE_SIZE];
    u64 header = (110 + 4 + 3) & ~3ull, at = (archive_bytes + 2 * header) & PAGE_MASK;

    memset(text, 'p', (PAGE_SIZE - at) & PAGE_MASK);
    member("pad", 0100600, text);
}

void archive_make(void)
{
    static char text[2 * PAGE_SIZE + 101];

    member("bin", 0040755, "");
    member("dev", 0040755, "");
    member("proc", 0040555, "");
    member("tmp", 0041777, "");
    member("sbin", 0040755, "");
    member("sbin/init", 0100755, "#!/bin/sh\nand more\n");
    member("bin/sh", 0104755, "\177ELF and so on");
    member("a", 0100644, "the first file\n");
    member("tmp/b", 0100666, "another one\n");
    member("l", 0120777, "tmp/b");
    member("loop", 0120777, "loop");
    align();
    memset(text, 'b', sizeof(text) - 1);
    member("big", 0100666, text);
    member("TRAILER!!!", 0, "");
    sim_start.rootfs_bytes = archive_bytes;
    sim_start.rootfs = (struct boot_range){.first = ARCHIVE_FRAME, .npages = 16};
}

/* --- Objects --------------------------------------------------------------------------------- */

static bool bit(const u64 *bits, u64 i)
{
    return bits[i / 64] >> i % 64 & 1;
}

static u8 *page_of(u32 o, u64 page)
{
    return pool + (w->object[o].first + page) * PAGE_SIZE;
}

static void page_show(u32 o, u64 page)
{
    w->object[o].shown[page / 64] |= 1ull << page % 64;
    ASAN_UNPOISON_MEMORY_REGION(page_of(o, page), PAGE_SIZE);
}

static void page_make(u32 o, u64 page)
{
    if (bit(w->object[o].there, page))
        return;
    w->object[o].there[page / 64] |= 1ull << page % 64;
    w->object[o].npages++;
    ASAN_UNPOISON_MEMORY_REGION(page_of(o, page), PAGE_SIZE);
    memset(page_of(o, page), 0, PAGE_SIZE);
    ASAN_POISON_MEMORY_REGION(page_of(o, page), PAGE_SIZE);
}

static void page_drop(u32 o, u64 page)
{
    if (!bit(w->object[o].there, page))
        return;
    w->object[o].there[page / 64] &= ~(1ull << page % 64);
    w->object[o].shown[page / 64] &= ~(1ull << page % 64);
    w->object[o].npages--;
    ASAN_POISON_MEMORY_REGION(page_of(o, page), PAGE_SIZE);
}

static s64 attach(u32 o, u64 npages)
{
    u64 range = 1, old = w->object[o].first, pages = w->object[o].range;

    while (range < npages)
        range *= 2;
    if (range > FILE_PAGES_MOST || range > POOL_PAGES - w->pool_used)
        return -ENOMEM;
    w->object[o].first = w->pool_used;
    w->object[o].range = range;
    w->pool_used += range;
    most = w->pool_used > most ? w->pool_used : most;
    for (u64 i = 0; i < pages; i++) {
        u8 *from = pool + (old + i) * PAGE_SIZE;

        if (!bit(w->object[o].there, i))
            continue;
        ASAN_UNPOISON_MEMORY_REGION(from, PAGE_SIZE);
        ASAN_UNPOISON_MEMORY_REGION(page_of(o, i), PAGE_SIZE);
        memcpy(page_of(o, i), from, PAGE_SIZE);
        ASAN_POISON_MEMORY_REGION(from, PAGE_SIZE);
        if (!bit(w->object[o].shown, i))
            ASAN_POISON_MEMORY_REGION(page_of(o, i), PAGE_SIZE);
    }
    return (s64)(u64)(pool + w->object[o].first * PAGE_SIZE);
}

static s64 create(struct message *m)
{
    for (u32 o = 0; o < OBJECTS; o++) {
        s64 address = 0;

        if (w->object[o].id)
            continue;
        memset(&w->object[o], 0, sizeof(w->object[o]));
        if (m->word[1] && (address = attach(o, m->word[1])) < 0)
            return address;
        w->object[o].id = ++w->ever << 16 | o;
        m->word[1] = (u64)address;
        return (s64)w->object[o].id;
    }
    return -ENOMEM;
}

static s64 hold(u32 o, struct message *m)
{
    u64 first = m->word[1], n = m->word[2], found = 0, holes = 0;

    if (first + n > w->object[o].range || first + n < first)
        return -EINVAL;
    for (u64 i = first; i < first + n && m->word[3] & ACCESS_WRITE; i++) {
        page_make(o, i);
        page_show(o, i);
    }
    if (m->word[3] & ACCESS_WRITE)
        return 0;
    while (found < n && bit(w->object[o].there, first + found))
        page_show(o, first + found++);
    while (found + holes < n && !bit(w->object[o].there, first + found + holes))
        holes++;
    m->word[1] = holes;
    return (s64)found;
}

static s64 resize(u32 o, u64 size)
{
    u64 behind = (size + PAGE_MASK) >> PAGE_SHIFT;

    for (u64 i = behind; i < w->object[o].range && size < w->object[o].size; i++)
        page_drop(o, i);
    if (size < w->object[o].size && size & PAGE_MASK && size >> PAGE_SHIFT < w->object[o].range
        && bit(w->object[o].there, size >> PAGE_SHIFT)) {
        u8 *at = page_of(o, size >> PAGE_SHIFT);
        bool shown = bit(w->object[o].shown, size >> PAGE_SHIFT);

        ASAN_UNPOISON_MEMORY_REGION(at, PAGE_SIZE);
        memset(at + (size & PAGE_MASK), 0, PAGE_SIZE - (size & PAGE_MASK));
        if (!shown)
            ASAN_POISON_MEMORY_REGION(at, PAGE_SIZE);
    }
    w->object[o].size = size;
    return 0;
}

static s64 adopt(u32 o, const struct message *m)
{
    if (m->word[2] < ARCHIVE_FRAME || m->word[2] + m->word[3] > ARCHIVE_FRAME + 16)
        return -EINVAL;
    for (u64 i = 0; i < m->word[3]; i++) {
        page_make(o, m->word[1] + i);
        ASAN_UNPOISON_MEMORY_REGION(page_of(o, m->word[1] + i), PAGE_SIZE);
        memcpy(page_of(o, m->word[1] + i), archive + (m->word[2] + i - ARCHIVE_FRAME) * PAGE_SIZE,
               PAGE_SIZE);
        ASAN_POISON_MEMORY_REGION(page_of(o, m->word[1] + i), PAGE_SIZE);
    }
    w->object[o].size = (m->word[1] + m->word[3]) << PAGE_SHIFT;
    return 0;
}

static s64 object_asked(u32 o, struct message *m)
{
    switch (m->label) {
    case MEM_OBJECT_ATTACH:
        if (m->word[1] > w->object[o].range) {
            s64 address = attach(o, m->word[1]);

            if (address < 0)
                return address;
        }
        m->word[1] = (u64)(pool + w->object[o].first * PAGE_SIZE);
        return 0;
    case MEM_OBJECT_HOLD:
        return hold(o, m);
    case MEM_OBJECT_RESIZE:
        return resize(o, m->word[1]);
    case MEM_OBJECT_ADOPT:
        return adopt(o, m);
    case MEM_OBJECT_INFO:
        m->word[1] = w->mapped;
        return (s64)w->object[o].npages;
    case MEM_OBJECT_DESTROY:
        for (u64 i = 0; i < w->object[o].range; i++)
            page_drop(o, i);
        w->object[o].id = 0;
        return 0;
    default:
        return 0;
    }
}

s32 object_call(struct message *m)
{
    u32 o = (u32)m->word[0] & 0xffff;
    s64 result;

    if (w->memory_left == 0 && m->label != MEM_OBJECT_DESTROY && m->label != MEM_OBJECT_INFO)
        return -ENOMEM;
    w->memory_left -= w->memory_left > 0;
    if (m->label == MEM_OBJECT_CREATE) {
        result = create(m);
    } else if (m->label == MEM_OBJECT_SESSION) {
        result = sim_session_receive(m, SERVER_ID_MEMORY);
    } else {
        if (o >= OBJECTS || !w->object[o].id || w->object[o].id != m->word[0])
            sim_broken("memory is asked for an object that is none: %lx", m->word[0]);
        result = object_asked(o, m);
    }
    if (result >= 0)
        m->word[0] = (u64)result;
    return result < 0 ? (s32)result : 0;
}

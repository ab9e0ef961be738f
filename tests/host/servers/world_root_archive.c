/*
 * Root's world: the boot archive, with the repository's own manifest and small servers.
 */
#include "world_root.h"

#include <stdio.h>

#define HEADER 110u

u8 root_archive[ARCHIVE_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));

/* servers/manifest.txt, as it is. */
__asm__(".pushsection .rodata\n"
        ".globl root_manifest, root_manifest_end\n"
        "root_manifest: .incbin \"servers/manifest.txt\"\n"
        "root_manifest_end: .byte 0\n"
        ".popsection");

static void header_put(u8 *at, u32 name_bytes, u32 bytes)
{
    char text[HEADER + 1];

    snprintf(text, sizeof(text), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 1u,
             0100644u, 0u, 0u, 1u, 0u, bytes, 0u, 0u, 0u, 0u, name_bytes, 0u);
    memcpy(at, text, HEADER);
}

/* The name is so long that the data lies on a page. */
void archive_add(const char *name, const void *data, u32 bytes)
{
    u64 at = w->archive_bytes, len = strlen(name) + 1;
    u64 to = (at + HEADER + len + PAGE_MASK) & ~PAGE_MASK;

    if (to + bytes > sizeof(root_archive))
        sim_broken("the archive is full");
    header_put(root_archive + at, (u32)(to - at - HEADER), bytes);
    memcpy(root_archive + at + HEADER, name, len);
    memcpy(root_archive + to, data, bytes);
    w->archive_bytes = (to + bytes + 3) & ~3ull;
}

u8 *archive_header(const char *name)
{
    for (u64 at = 0; at < w->archive_bytes; at += 4)
        if (!memcmp(root_archive + at, "070701", 6)
            && !strcmp((char *)root_archive + at + HEADER, name))
            return root_archive + at;
    sim_broken("no %s in the archive", name);
}

void *archive_member(const char *name)
{
    u64 at = (u64)(archive_header(name) - root_archive) + HEADER + strlen(name) + 1;

    return root_archive + ((at + PAGE_MASK) & ~PAGE_MASK);
}

/* Header, a page of text, one of data and one of zeroes. */
static void server_add(u32 rank, const char *name)
{
    static u8 image[3 * PAGE_SIZE] __attribute__((aligned(8)));
    struct flat_header *flat = (void *)image;
    char path[40];

    memset(image, (int)(0x10 + rank), sizeof(image));
    *flat = (struct flat_header){
        .magic = FLAT_MAGIC,
        .entry = 0x10000 + rank * 8,
        .nsegments = 2,
        .segment = {{0x10000, PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, ACCESS_READ | ACCESS_EXEC},
                    {0x20000, 2 * PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE, ACCESS_READ | ACCESS_WRITE}},
    };
    snprintf(path, sizeof(path), "servers/%s", name);
    archive_add(path, image, sizeof(image));
}

void archive_standard(const char *manifest, u32 bytes)
{
#define NAME(identifier, name) name,
    static const char *const names[] = {SERVER_LIST(NAME)};
#undef NAME
    static const u8 text[PAGE_SIZE + 100] = "some file";

    memset(root_archive, 0, sizeof(root_archive));
    w->archive_bytes = 0;
    archive_add("manifest", manifest, bytes);
    for (u32 rank = 1; rank < SERVER_IDS; rank++)
        server_add(rank, names[rank]);
    archive_add("servers/loader", text, PAGE_SIZE);
    archive_add("rootfs.cpio", text, sizeof(text));
    header_put(root_archive + w->archive_bytes, 12, 0); /* the last, of no bytes */
    memcpy(root_archive + w->archive_bytes + HEADER, "TRAILER!!!", 11);
    w->archive_bytes += 124;
}

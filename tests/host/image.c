/*
 * What the firmware would have loaded: a kernel image (nothing in it), and behind it a boot archive
 * with the one file that boot looks for, servers/root, on a page boundary.
 */
#include "tests/host/host.h"

#include <stdio.h>
#include <string.h>

#define FIRMWARE_PAGES 4u
#define KERNEL_PAGES 8u
#define ROOT_PAGES 3u /* header, text, data */
#define ROOT_ENTRY 0x10000ul
#define ROOT_DATA 0x20000ul
#define NAME "servers/root"
#define HEADER 110u

static const u64 start = HOST_RAM_BASE + FIRMWARE_PAGES * PAGE_SIZE;
static const u64 archive = HOST_RAM_BASE + (FIRMWARE_PAGES + KERNEL_PAGES) * PAGE_SIZE;

void arch_image(paddr_t *first, paddr_t *kernel_end, paddr_t *image_end)
{
    *first = start;
    *kernel_end = archive;
    *image_end = archive + (1 + ROOT_PAGES) * PAGE_SIZE;
}

/* A member's header and name. */
static void member(u8 *at, const char *name, u32 bytes)
{
    char header[HEADER + 1];

    snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
             1u, 0100644u, 0u, 0u, 1u, 0u, bytes, 0u, 0u, 0u, 0u, (u32)strlen(name) + 1, 0u);
    memcpy(at, header, HEADER);
    memcpy(at + HEADER, name, strlen(name) + 1);
}

void image_make(void)
{
    u8 *at = arch_direct(archive);
    struct flat_header *flat = (void *)(at + PAGE_SIZE);
    u32 before = (u32)PAGE_SIZE - ((HEADER + sizeof(NAME) + 3) & ~3u);

    memset(host_ram, 0xee, sizeof(host_ram)); /* RAM begins with anything */
    member(at, "pad", before - ((HEADER + sizeof("pad") + 3) & ~3u));
    member(at + before, NAME, ROOT_PAGES * PAGE_SIZE);
    *flat = (struct flat_header){
        .magic = FLAT_MAGIC,
        .entry = ROOT_ENTRY,
        .nsegments = 2,
        .segment = {{ROOT_ENTRY, PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, ACCESS_READ | ACCESS_EXEC},
                    {ROOT_DATA, 2 * PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE,
                     ACCESS_READ | ACCESS_WRITE}},
    };
}

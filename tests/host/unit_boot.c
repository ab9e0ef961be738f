/* Boots on other machines, each in a process of its own: the kernel does that once. */
#include "tests/host/unit.h"

#include <string.h>

#define BOOT_INFO 0x3f0000000ul /* where it lies for root */
#define ARCHIVE (HOST_RAM_BASE + 12 * PAGE_SIZE)

static const struct boot_info *found(void)
{
    EXPECT(host_off, false);
    return (const void *)host_user(hart.current, BOOT_INFO, ACCESS_READ);
}

static bool said(const char *text)
{
    EXPECT(host_off, true);
    return strstr(host_console(), text);
}

/* --- RAM -------------------------------------------------------------------------------- */

static err_t short_of_map(struct machine_info *m)
{
    (void)m;
    host_direct_end = (HOST_RAM_BASE >> PAGE_SHIFT) + 400;
    return 0;
}

static void ram_beyond_the_direct_map_is_left_out(void)
{
    EXPECT(found()->ram[0].npages, 400);
    EXPECT(found()->ram[1].npages, 0);
}

static err_t without_devices(struct machine_info *m)
{
    m->plic_base = m->plic_size = m->clint_base = m->clint_size = 0;
    m->nreserved = 0;
    return 0;
}

static void a_machine_without_interrupts_boots(void)
{
    EXPECT(found()->magic, BOOT_MAGIC);
    EXPECT(found()->nfree > 0, 1);
}

static err_t in_pieces(struct machine_info *m)
{
    m->nreserved = 0;
    for (u64 i = 0; i < BOOT_RANGES; i++)
        m->reserved[m->nreserved++] =
            (struct boot_range){(HOST_RAM_BASE >> PAGE_SHIFT) + 200 + i * 30, 1};
    return 0;
}

/* As many runs as there is room for are told, none of them with a reserved frame. */
static void ram_in_pieces_is_told_in_pieces(void)
{
    EXPECT(found()->nfree, BOOT_RANGES);
    for (u32 i = 0; i < BOOT_RANGES; i++)
        for (u64 j = 0; j < BOOT_RANGES; j++)
            EXPECT((HOST_RAM_BASE >> PAGE_SHIFT) + 200 + j * 30 - found()->free[i].first
                       < found()->free[i].npages,
                   false);
}

/* --- Archives --------------------------------------------------------------------------- */

static err_t with_initrd(struct machine_info *m)
{
    m->initrd_start = HOST_RAM_BASE + 300 * PAGE_SIZE + 16;
    m->initrd_end = m->initrd_start + 3 * PAGE_SIZE;
    return 0;
}

static void an_initrd_is_roots(void)
{
    EXPECT(found()->initrd.first, (HOST_RAM_BASE >> PAGE_SHIFT) + 300);
    EXPECT(found()->initrd.npages, 4);
    EXPECT(found()->initrd_bytes, 3 * PAGE_SIZE);
    EXPECT(found()->initrd_offset, 16);
}

static err_t with_lost_initrd(struct machine_info *m)
{
    m->initrd_start = 0x50000000;
    m->initrd_end = m->initrd_start + PAGE_SIZE;
    return 0;
}

static void an_initrd_that_is_no_ram_is_none(void)
{
    EXPECT(found()->initrd.npages, 0);
}

static err_t without_tree(struct machine_info *m)
{
    (void)m;
    return -EINVAL;
}

static void no_device_tree_is_the_end(void)
{
    EXPECT(said("panic: no device tree at 0"), true);
}

/* The archive's members are "pad" and root's file, which begins on the next page. */
static u8 *archive(u64 at)
{
    return arch_direct(ARCHIVE + at);
}

static err_t without_archive(struct machine_info *m)
{
    (void)m;
    memcpy(archive(0), "070702", 6);
    return 0;
}

static err_t without_root(struct machine_info *m)
{
    (void)m;
    for (u8 *p = archive(0); p < archive(PAGE_SIZE - 12); p++)
        if (!memcmp(p, "servers/root", 12))
            p[11] = 'f';
    return 0;
}

static err_t with_a_member_too_long(struct machine_info *m)
{
    (void)m;
    memcpy(archive(54), "7fffffff", 8);
    return 0;
}

static err_t with_another_format(struct machine_info *m)
{
    (void)m;
    *archive(PAGE_SIZE) ^= 1;
    return 0;
}

static err_t with_many_segments(struct machine_info *m)
{
    struct flat_header *flat = (void *)archive(PAGE_SIZE);

    (void)m;
    flat->nsegments = FLAT_SEGMENTS + 1;
    return 0;
}

static void no_root_is_the_end(void)
{
    EXPECT(said("panic: no servers/root in the boot archive"), true);
}

const struct boot_case boot_cases[] = {
    {"ram_beyond_the_direct_map_is_left_out", short_of_map, ram_beyond_the_direct_map_is_left_out},
    {"a_machine_without_interrupts_boots", without_devices, a_machine_without_interrupts_boots},
    {"ram_in_pieces_is_told_in_pieces", in_pieces, ram_in_pieces_is_told_in_pieces},
    {"an_initrd_is_roots", with_initrd, an_initrd_is_roots},
    {"an_initrd_that_is_no_ram_is_none", with_lost_initrd, an_initrd_that_is_no_ram_is_none},
    {"no_device_tree_is_the_end", without_tree, no_device_tree_is_the_end},
    {"no_archive_is_the_end", without_archive, no_root_is_the_end},
    {"no_root_is_the_end", without_root, no_root_is_the_end},
    {"a_member_too_long_is_the_end", with_a_member_too_long, no_root_is_the_end},
    {"another_format_is_the_end", with_another_format, no_root_is_the_end},
    {"too_many_segments_are_the_end", with_many_segments, no_root_is_the_end},
    {0},
};

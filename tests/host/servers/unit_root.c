/* Root: the boot. */
#include "unit_root.h"

#include <stdio.h>

/* --- Machines ---------------------------------------------------------------------------- */

static void every_server_begins_with_what_the_manifest_says(void)
{
    boots(0);
    EXPECT(w->nstarted, SERVER_IDS - 1);
    EXPECT(w->said[0], 0);
}

static void memory_begins_first_and_adopts_the_others(void)
{
    boots(0);
    for (u32 i = 0; i < w->nstarted; i++)
        EXPECT(w->started[i], i + 1);
    EXPECT(w->adopted, (1u << SERVER_IDS) - 4);
}

/* The standard machine, of which one thing is different. */
#define MACHINE(...)                                                 \
    do {                                                             \
        sim_restore();                                               \
        machine_standard();                                          \
        archive_standard(root_manifest, (u32)strlen(root_manifest)); \
        __VA_ARGS__;                                                 \
        machine_boot();                                              \
    } while (0)

static void a_machine_without_devices_boots(void)
{
    MACHINE(w->boot.uart = (struct boot_uart){0}; w->boot.clock = 0);
    EXPECT(w->booted, true);
    MACHINE(w->boot.uart.source = 0);
    EXPECT(w->booted, true);
    MACHINE(w->boot.initrd_bytes = 0);
    EXPECT(w->booted, true);
}

static void a_machine_with_several_ranges_of_memory(void)
{
    MACHINE(w->boot.nram = 3; w->ram[1] = (struct boot_range){RAM_FIRST + RANGE_GAP, 200};
            w->ram[2] = (struct boot_range){RAM_FIRST + 2 * RANGE_GAP, 150});
    EXPECT(w->booted, true);
}

static void a_kernel_that_tells_of_one_run_only(void)
{
    MACHINE(w->boot.nfree = BOOT_RANGES + 1);
    EXPECT(w->booted, true);
}

static void too_little_memory_ends_the_boot(void)
{
    for (u64 npages = 80; npages < 600; npages += npages < 100 ? 1 : 7) {
        MACHINE(w->ram[0].npages = npages);
        if (!w->booted)
            ends("too little memory");
    }
    EXPECT(w->booted, true);
}

static void memory_may_refuse(void)
{
    MACHINE(w->adopt_error = -ENOMEM);
    ends("memory does not adopt");
}

/* --- Want of memory ---------------------------------------------------------------------- */

static s64 steps_of_a_boot(void)
{
    sim_restore();
    boot_with(0);
    return w->steps;
}

/* Whatever the boot was like, all that may die come back as they were. */
static void each_dies_once(void)
{
    w->fail_at = w->fail_until = -1;
    time_goes(TICKS); /* it may have no Reply yet */
    for (u32 rank = SERVER_ID_TERMINAL; rank < SERVER_IDS && w->booted; rank++) {
        faults(rank, FAULT_READ);
        EXPECT(w->restarts[rank], 1);
    }
}

static void each_step_of_the_boot_may_want_memory(void)
{
    s64 steps = steps_of_a_boot();

    EXPECT(steps > 100, true);
    for (s64 n = 0; n < steps; n++)
        for (s64 more = 0; more < 3; more++) {
            MACHINE(w->fail_at = n; w->fail_until = n + more);
            if (!w->booted)
                ends("no thread for"); /* that is made of what it has */
            each_dies_once();
        }
}

static void a_want_of_memory_that_lasts_ends_the_boot(void)
{
    s64 steps = steps_of_a_boot();

    for (s64 n = 0; n < steps; n += 5) {
        MACHINE(w->fail_at = n; w->fail_until = 1 << 30);
        EXPECT(w->off, true);
    }
}

static void a_pool_of_roots_that_is_small_is_fed(void)
{
    for (u64 pages = 0; pages < 64; pages++) {
        MACHINE(w->root_pages = pages);
        EXPECT(w->booted, true);
    }
}

static void what_the_kernel_refuses_ends_the_boot(void)
{
    static const struct {
        u32 method;
        const char *text;
    } refusals[] = {
        {POOL_CREATE, "cannot make"},
        {POOL_DONATE, "no donation to"},
        {ENDPOINT_MINT, "cannot make"},
        {MEMORY_DERIVE, "cannot derive"},
        {ASPACE_MAP, "cannot map"},
        {ASPACE_WRITE, "cannot load memory"},
        {THREAD_CONFIGURE, "no thread for"},
        {THREAD_WRITE, "cannot start memory"},
        {THREAD_START, "cannot start memory"},
    };

    for (u32 i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        MACHINE(w->refused = refusals[i].method);
        ends(refusals[i].text);
    }
    MACHINE(w->boot.nram = 0);
    ends("no RAM covers");
    MACHINE(w->refused = POOL_STATS); /* it is not asked for what cannot be done without */
    EXPECT(w->booted, true);
}

/* --- The archive ------------------------------------------------------------------------- */

static void a_server_that_is_not_there_is_left_out(void)
{
    MACHINE(memcpy(archive_header("servers/echo") + 110, "servers/else", 13));
    EXPECT(w->booted, true);
    EXPECT(strstr(w->said, "no servers/echo") != 0, true);
    EXPECT(w->nstarted, SERVER_IDS - 2);
}

static void without_a_memory_server_there_is_no_boot(void)
{
    MACHINE(memcpy(archive_header("servers/memory") + 110, "servers/else", 13));
    ends("no memory server");
}

static void without_a_manifest_there_is_no_boot(void)
{
    MACHINE(memcpy(archive_header("manifest") + 110, "else", 5));
    ends("no manifest");
    MACHINE(root_archive[0] = 'x');
    ends("no manifest");
    MACHINE(w->archive_bytes = 100);
    ends("no manifest");
}

/* Cut anywhere: what is whole is there. */
static void an_archive_that_is_cut(void)
{
    u64 all;

    sim_restore();
    machine_standard();
    archive_standard(root_manifest, (u32)strlen(root_manifest));
    all = w->archive_bytes;
    for (u64 n = 64; n < all; n += 1531) {
        MACHINE(w->archive_bytes = n);
        EXPECT(w->booted || w->off, true);
    }
}

static void a_header_that_lies(void)
{
    static const char *const fields[] = {"ffffffff", "FFFFFFF0", "00000000", "zzzzzzzz",
                                         "10000000"};

    for (u32 i = 0; i < 5; i++)
        for (u32 at = 54; at <= 94; at += 40) {
            MACHINE(memcpy(archive_header("servers/pipe") + at, fields[i], 8));
            EXPECT(w->booted || w->off, true);
            MACHINE(memcpy(archive_header("manifest") + at, fields[i], 8));
            EXPECT(w->booted || w->off, true);
        }
}

#define FLAT(...)                                                                \
    do {                                                                         \
        struct flat_header *flat;                                                \
        MACHINE(flat = archive_member("servers/pipe"); __VA_ARGS__; (void)flat); \
        ends("not a flat image");                                                \
    } while (0)

static void an_image_that_is_wrong_ends_the_boot(void)
{
    FLAT(flat->magic++);
    FLAT(flat->nsegments = FLAT_SEGMENTS + 1);
    FLAT(flat->segment[0].vaddr++);
    FLAT(flat->segment[0].offset = 8);
    FLAT(flat->segment[0].offset = 4 * PAGE_SIZE);
    FLAT(flat->segment[0].filesz = 3 * PAGE_SIZE);
    FLAT(flat->segment[0].filesz = -PAGE_SIZE);
    FLAT(flat->segment[1].memsz = 0);
    FLAT(flat->segment[1].memsz = -PAGE_SIZE);
    FLAT(flat->segment[1].memsz = 8);
    FLAT(flat->segment[1].vaddr = SERVER_STACK_TOP);
    FLAT(flat->segment[1].vaddr = SERVER_STACK_TOP - PAGE_SIZE);
    FLAT(flat->segment[1].flags |= ACCESS_EXEC);
    FLAT(flat->segment[1].flags |= 1ull << 32);
    FLAT(flat->segment[0].flags |= MAP_KEEP);
    FLAT(memcpy(archive_header("servers/pipe") + 54, "00000fff", 8));
}

static void segments_that_overlap_end_the_boot(void)
{
    struct flat_header *flat;

    MACHINE(flat = archive_member("servers/pipe"); flat->segment[1].vaddr = flat->segment[0].vaddr);
    ends("cannot map");
}

static void more_members_than_root_keeps(void)
{
    sim_restore();
    machine_standard();
    w->archive_bytes = 0;
    for (u32 i = 0; i < 26; i++)
        archive_add("nothing", "x", 1);
    archive_add("manifest", root_manifest, (u32)strlen(root_manifest));
    machine_boot();
    ends("no manifest");
}

/* --- The kernel's own -------------------------------------------------------------------- */

static void servers_may_be_in_the_kernel(void)
{
    MACHINE(w->area[SERVER_ID_PIPE] = 0xffffffd000000000;
            w->area[SERVER_ID_MEMORY] = 0xffffffd400000000);
    EXPECT(w->booted, true);
    MACHINE(for (u32 i = 0; i < SERVER_IDS; i++) w->area[i] = 0xffffffc000000000 + ((u64)i << 34));
    EXPECT(w->booted, true);
}

static void a_place_that_is_refused_ends_the_boot(void)
{
    MACHINE(w->area[SERVER_ID_MEMORY] = 0xffffffd000000000; w->place_error = -EBUSY);
    ends("cannot place memory");
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories[] = {
    STORY(every_server_begins_with_what_the_manifest_says),
    STORY(memory_begins_first_and_adopts_the_others),
    STORY(a_machine_without_devices_boots),
    STORY(a_machine_with_several_ranges_of_memory),
    STORY(a_kernel_that_tells_of_one_run_only),
    STORY(too_little_memory_ends_the_boot),
    STORY(memory_may_refuse),
    STORY(each_step_of_the_boot_may_want_memory),
    STORY(a_want_of_memory_that_lasts_ends_the_boot),
    STORY(a_pool_of_roots_that_is_small_is_fed),
    STORY(what_the_kernel_refuses_ends_the_boot),
    STORY(a_server_that_is_not_there_is_left_out),
    STORY(without_a_memory_server_there_is_no_boot),
    STORY(without_a_manifest_there_is_no_boot),
    STORY(an_archive_that_is_cut),
    STORY(a_header_that_lies),
    STORY(an_image_that_is_wrong_ends_the_boot),
    STORY(segments_that_overlap_end_the_boot),
    STORY(more_members_than_root_keeps),
    STORY(servers_may_be_in_the_kernel),
    STORY(a_place_that_is_refused_ends_the_boot),
    {0},
};

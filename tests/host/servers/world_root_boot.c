/*
 * Root's world: a machine, what the kernel tells root of it, and the boot.
 */
#include "fuzz.h"
#include "world_root.h"

#include <sanitizer/asan_interface.h>

#define ROOT_PAGES 12u
#define STANDARD_PAGES 1000u

static void slot_memory(slot_t slot, u64 first, u64 npages)
{
    struct sim_object *o = sim_object_make(OBJECT_MEMORY);

    o->badge = first;
    o->bits = npages;
    sim_slot_set(&sim.slot[slot], o, 0);
}

/* The slots of enum root_slot; those of a server are empty. */
void world_start(void)
{
    w = world_state(sizeof(*w));
    for (slot_t slot = SERVER_POOL + 1; slot <= SERVER_EVENT_NOTIFY; slot++)
        sim_slot_clear(&sim.slot[slot]);
    sim_slot_set(&sim.slot[ROOT_SLOT_MACHINE], sim_object_make(OBJECT_MACHINE), 0);
    slot_memory(ROOT_SLOT_DEVICE, 0, 1ull << 44);
    sim_object_in(SERVER_POOL)->bits = 0;
    sim_object_in(SERVER_ASPACE)->bits = 0;
    sim_object_in(SERVER_THREAD)->bits = 0;
    w->npools = w->nspaces = 1;
    w->space[0].object = sim.slot[SERVER_ASPACE].object;
    w->thread[0].object = sim.slot[SERVER_THREAD].object;
    w->pool[0] = (struct pool){.creates = ~0u, .trusted = true};
    w->fail_at = w->fail_until = -1;
    w->root_pages = 64;
    for (u32 rank = 0; rank < SERVER_IDS; rank++) {
        w->area[rank] = ~0ull;
        w->state[rank] = THREAD_RECEIVING;
    }
}

/* It has no clients. */
void world_clients_begin(void) {}

void world_client(u32 client)
{
    (void)client;
}

const u64 world_numbers[] = {0};
const u32 world_nnumbers = 0;

/* One range of RAM: root, the archive, an overlay, and the rest, which is free. */
void machine_standard(void)
{
    w->ram[0] = (struct boot_range){RAM_FIRST, STANDARD_PAGES};
    w->boot = (struct boot_info){
        .magic = BOOT_MAGIC,
        .nharts = 1,
        .timebase_hz = TICKS,
        .nram = 1,
        .initrd_bytes = 5000,
        .uart = {.base = 0x10000000, .source = 10, .reg_width = 1},
        .clock = 0x101000,
        .command_line = "quiet",
    };
    memset(w->boot.seed, 0x5a, sizeof(w->boot.seed));
}

static void frames_use(frame_t first, u64 npages)
{
    for (u64 i = 0; i < npages; i++)
        root_frame(first + i)->use = USE_BOOT;
}

/* Behind each other at the beginning of RAM; what is left is told as runs, the largest first. */
static void frames_lay(void)
{
    struct boot_info *b = &w->boot;
    u64 pages = (w->archive_bytes + PAGE_MASK) >> PAGE_SHIFT;
    u64 used = ROOT_PAGES + pages + INITRD_PAGES;

    b->root_first = RAM_FIRST;
    b->root_npages = ROOT_PAGES;
    b->archive = (struct boot_range){RAM_FIRST + ROOT_PAGES, pages};
    b->archive_bytes = w->archive_bytes;
    if (b->initrd_bytes)
        b->initrd = (struct boot_range){RAM_FIRST + ROOT_PAGES + pages, INITRD_PAGES};
    frames_use(RAM_FIRST, used);
    b->free_first = RAM_FIRST + used;
    b->free_npages = w->ram[0].npages - used;
    if (b->nfree == BOOT_RANGES + 1) /* a kernel that knows of one run */
        b->nfree = 0;
    else
        b->free[b->nfree++] = (struct boot_range){b->free_first, b->free_npages};
    for (u32 i = 0; i < b->nram; i++) {
        w->nframes += (u32)w->ram[i].npages;
        b->ram[i] = w->ram[i];
        slot_memory(ROOT_SLOT_MEMORY + i, w->ram[i].first, w->ram[i].npages);
        if (i && b->nfree)
            b->free[b->nfree++] = w->ram[i];
        else if (i)
            frames_use(w->ram[i].first, w->ram[i].npages); /* nobody knows */
    }
}

void machine_boot(void)
{
    u64 pages = (w->archive_bytes + PAGE_MASK) & ~PAGE_MASK;

    frames_lay();
    ASAN_POISON_MEMORY_REGION(root_archive + pages, sizeof(root_archive) - pages);
    w->pool[0].pages = (s64)w->root_pages;
    sim_begin();
    w->booted = !w->off;
}

void world_restored(void)
{
    ASAN_UNPOISON_MEMORY_REGION(root_archive, sizeof(root_archive));
}

void boot_with(const char *manifest)
{
    const char *text = manifest ? manifest : root_manifest;

    machine_standard();
    archive_standard(text, (u32)strlen(text));
    machine_boot();
}

void time_goes(u64 ticks)
{
    u64 end = sim.now + ticks;
    struct sim_object *timer = sim_named(SERVER_TIMER, OBJECT_TIMER);

    while (!w->off && timer->bits <= end) {
        sim.now = sim.now > timer->bits ? sim.now : timer->bits;
        timer->bits = ~0ull;
        sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= NOTIFY_TIMER;
        sim_serve();
    }
    sim.now = sim.now > end ? sim.now : end;
}

/*
 * libFuzzer's bytes as machines that root boots, with manifests and archives that may be wrong and
 * pools that may be empty; then as deaths and loops of servers, and time.
 */
#include "fuzz.h"
#include "world_root.h"

#include <stdio.h>

static char text[8192];

/* --- The manifest ------------------------------------------------------------------------ */

static u32 add(u32 at, const char *word)
{
    return at + (u32)snprintf(text + at, sizeof(text) - at, "%s", word);
}

static u32 add_number(u32 at, const char *word, u32 number)
{
    return at + (u32)snprintf(text + at, sizeof(text) - at, "\t%s %u\n", word, number);
}

/* Some of these words. */
static u32 add_words(u32 at, const char *keyword, const char *const words[], u32 n)
{
    u32 mask = fuzz_byte() | (u32)fuzz_byte() << 8;

    at = add(add(at, "\t"), keyword);
    for (u32 i = 0; i < n; i++)
        if (mask >> i & 1)
            at = add(add(at, " "), words[i]);
    return add(at, "\n");
}

#define NAME(identifier, name) name,
static const char *const names[] = {SERVER_LIST(NAME)};
#undef NAME

/* One that may be taken, mostly: it calls those before it. */
static u32 server_add(u32 at, u32 rank)
{
    static const char *const has[] = {"trusted",    "machine",     "uart",   "uart-interrupt",
                                      "table-read", "table-write", "rootfs", "initrd",
                                      "loader",     "routes",      "seed",   "clock"};
    static const char *const creates[] = {"memory", "cspace", "thread", "notification", "timer"};
    static const char *const restarts[] = {"never", "requeue", "fail", "requeue"};
    u8 odd = fuzz_byte();

    at = add(add(add(at, "server "), names[rank]), "\n");
    at = add_number(at, "rank", odd == 255 ? fuzz_byte() : rank);
    at = add_number(at, "priority", odd == 254 ? fuzz_byte() : 32 + odd % 8);
    at = add_number(at, "stack", 1 + fuzz_byte() % 8);
    at = add_number(at, "pool", 1 + fuzz_byte() % 64);
    at = add_number(at, "limit", fuzz_byte() * 20u);
    at = add_words(at, "calls", names + 1, odd == 253 ? SERVER_IDS - 1 : rank - 1);
    at = add_words(at, "signals", names + 1, SERVER_IDS - 1);
    at = add_words(at, "hands", names + 1, SERVER_IDS - 1);
    at = add_words(at, "creates", creates, 5);
    if (rank == SERVER_ID_MEMORY)
        at = add(at, "\thas ram\n\tcreates aspace\n");
    if (odd & 1)
        at = add_words(at, "has", has, 12);
    at = add(add(at, "\trestart "), restarts[fuzz_byte() % 4]);
    return add(at, "\n");
}

static u32 manifest_make(void)
{
    u32 mask = fuzz_byte(), at = 0;

    for (u32 rank = 1; rank < SERVER_IDS; rank++)
        if (mask >> rank & 1 || rank == SERVER_ID_MEMORY)
            at = server_add(at, rank);
    return at;
}

static u32 manifest_choose(void)
{
    u8 what = fuzz_byte();
    u32 len = what < 128 ? add(0, root_manifest) : manifest_make();

    for (u32 n = what % 16; n > 12; n--) { /* some bytes of it are others */
        u32 at = (fuzz_byte() | (u32)fuzz_byte() << 8) % len;

        text[at] = " \n#9x"[fuzz_byte() % 5];
    }
    return len;
}

/* --- The machine ------------------------------------------------------------------------- */

static void flat_change(u32 rank)
{
    char path[40];
    u8 *at;
    u64 value = fuzz_byte() & 1 ? fuzz_byte() * PAGE_SIZE : fuzz_word();

    snprintf(path, sizeof(path), "servers/%s", names[rank]);
    at = archive_member(path);
    memcpy(at + fuzz_byte() % (sizeof(struct flat_header) / 8) * 8, &value, 8);
}

static void member_change(u32 rank)
{
    static const u8 fields[] = {0, 54, 94, 118};
    char path[40];
    u8 *at;

    snprintf(path, sizeof(path), "servers/%s", names[rank]);
    at = archive_header(path) + fields[fuzz_byte() % 4];
    at[fuzz_byte() % 8] = "0189afz"[fuzz_byte() % 7];
}

static void archive_change(void)
{
    u8 what = fuzz_byte(), rank = 1 + fuzz_byte() % (SERVER_IDS - 1);

    if (what < 160)
        flat_change(rank);
    else if (what < 248)
        member_change(rank);
    else
        w->archive_bytes = w->archive_bytes * fuzz_byte() / 256;
}

static void ram_choose(void)
{
    u8 what = fuzz_byte();

    if (what & 1)
        w->ram[0].npages = 200 + fuzz_byte() * 3ull;
    w->boot.nram = 1 + what / 2 % 3;
    for (u32 i = 1; i < w->boot.nram; i++)
        w->ram[i] = (struct boot_range){RAM_FIRST + i * RANGE_GAP, 1 + fuzz_byte() % 200};
    if (what & 16)
        w->boot.nfree = BOOT_RANGES + 1;
    if (what & 32)
        w->boot.uart.base = w->boot.uart.source = 0;
    if (what & 64)
        w->boot.clock = 0;
    if (what & 128)
        w->boot.initrd_bytes = 0;
}

/* In the kernel: memory, and some others. */
static void places_choose(void)
{
    u32 mask = fuzz_byte() | 1u << SERVER_ID_MEMORY;

    for (u32 rank = 1; rank < SERVER_IDS; rank++)
        if (mask >> rank & 1)
            w->area[rank] = 0xffffffc000000000 + ((u64)rank << 34);
    w->place_error = fuzz_byte() == 1 ? -EBUSY : 0;
}

static void machine_choose(void)
{
    u8 what = fuzz_byte();

    machine_standard();
    archive_standard(text, manifest_choose());
    if (what & 1)
        ram_choose();
    if (what & 2)
        w->root_pages = fuzz_byte() % 80;
    if ((what & 12) == 12)
        archive_change();
    if ((what & 48) == 48)
        places_choose();
    if (what & 64) {
        w->fail_at = fuzz_byte() + fuzz_byte() % 2 * 256;
        w->fail_until = w->fail_at + (what & 128 ? fuzz_byte() : 0);
    }
    w->adopt_error = what == 255 ? -ENOMEM : 0;
}

/* --- What happens then ------------------------------------------------------------------- */

static u32 server_choose(void)
{
    u32 rank = fuzz_byte() % SERVER_IDS;

    for (u32 k = 0; k < SERVER_IDS; k++, rank = (rank + 1) % SERVER_IDS)
        if (servers[rank].entry && !servers[rank].away
            && (servers[rank].entry->restart != POLICY_NEVER || fuzz_byte() == 1))
            return rank;
    return SERVER_IDS;
}

static void makes(u32 rank)
{
    static const u8 types[] = {OBJECT_NOTIFICATION, OBJECT_TIMER, OBJECT_CSPACE, OBJECT_SESSION};
    static const slot_t slots[] = {SERVER_REPLY, SERVER_FREE - 1, SERVER_FREE, SERVER_FREE + 40};
    slot_t slot = slots[fuzz_byte() % 4] + fuzz_byte() % 8;
    const struct cspace *c = &w->cspace[sim_object_in(servers[rank].cspace)->bits];

    if (fuzz_byte() & 1)
        (void)root_server_makes(rank, types[fuzz_byte() % 2], slot);
    else if (c->slot[SERVER_TO + SERVER_ID_MEMORY])
        root_server_holds(rank, slot, &sim.object[c->slot[SERVER_TO + SERVER_ID_MEMORY] - 1]);
}

static void works(u32 rank)
{
    w->worked[rank] = fuzz_byte() * TICKS / 16;
    w->state[rank] = fuzz_byte() & 1 ? THREAD_READY : (enum thread_state)(fuzz_byte() % 7);
}

static void pool_drain(u32 rank)
{
    struct pool *p = &w->pool[fuzz_byte() & 1 ? sim_object_in(servers[rank].pool)->bits : 0];

    p->pages = fuzz_byte() % 3;
    p->bytes %= (s64)PAGE_SIZE;
}

static void event(void)
{
    u8 what = fuzz_byte();
    u32 rank = server_choose();

    if (rank == SERVER_IDS || what < 64)
        time_goes((u64)fuzz_byte() * TICKS / 8);
    else if (what < 128)
        root_server_faults(rank, fuzz_byte() % 12);
    else if (what < 168)
        makes(rank);
    else if (what < 208)
        works(rank);
    else if (what < 216)
        pool_drain(rank);
    else if (what < 220)
        w->times_error = what & 1 ? -ESRCH : 0;
    if (!w->off && what & 1)
        sim_serve();
}

void fuzz_run(void)
{
    machine_choose();
    machine_boot();
    w->fail_at = w->fail_until = -1;
    while (w->booted && !w->off && !fuzz_over())
        event();
}

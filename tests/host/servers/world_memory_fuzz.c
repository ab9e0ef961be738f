/*
 * What programs and servers ask of memory: ranges that meet, faults in them, objects that grow and
 * shrink.
 */
#include "fuzz.h"
#include "world_memory.h"

#include "ipc/proto/memory.h"
#include "servers/memory/memory_server.h"

#define LOW 0x10000ull

/* An address in a few pages, so that ranges meet. */
static u64 place(void)
{
    u8 b = fuzz_byte();

    return b < 224 ? LOW + (b % 48) * PAGE_SIZE : fuzz_word();
}

static u64 length(void)
{
    u8 b = fuzz_byte();

    return b < 232 ? (b % 20) * PAGE_SIZE : b < 248 ? b * 17 : fuzz_word();
}

void world_shape(u32 client, s32 label, u64 word[6])
{
    (void)client;
    word[0] = place();
    word[1] = length();
    switch (label) {
    case 222:
        word[2] = fuzz_byte() % 8;
        word[3] = PICK(0x22, 0x22, 0x32, 0x32, 0x21, 0x31, 0x2, 0x12, 0x1, 0x11, 0x100022, 0x4022,
                       fuzz_word());
        word[5] = (fuzz_byte() % 8) * PAGE_SIZE;
        break;
    case 216:
        word[2] = length();
        word[3] = PICK(0, 1, 1, 3, 3, 2, 5);
        word[4] = place();
        break;
    case 226:
        word[2] = fuzz_byte() % 8;
        break;
    case 233:
        word[2] = PICK(4, 4, 0, 8, 9, 10, 21, fuzz_word());
        break;
    case 214:
        word[0] = fuzz_byte() & 1 ? place() : 0;
        break;
    default:
        break;
    }
}

static u64 space_id(void)
{
    u32 i = fuzz_byte() % ASPACES;

    return i < 16 && w->space[i].object ? w->space[i].id : w->space[i % 8].id;
}

static u64 object_id(void)
{
    return 1ull << 16 | fuzz_byte() % 8; /* the first generation of the first ones */
}

void world_shape_native(s32 label, u64 word[6])
{
    bool object = label >= MEM_OBJECT_ATTACH && label <= MEM_OBJECT_DESTROY;

    if (label == MEM_DONATE || label == MEM_HEAP) {
        word[0] = fuzz_byte() % 6;
        return;
    }
    if (label > MEM_SPACE_CREATE && label < MEM_SPACE_LARGEST)
        word[0] = space_id();
    if (object)
        word[0] = fuzz_byte() < 240 ? (object_id() & 0xffff) | (u64)(1 + fuzz_byte() % 3) << 16 : 0;
    if (label == MEM_SPACE_FORK) {
        word[2] = fuzz_byte() & 1 ? place() : 0;
        word[3] = fuzz_byte() & 1 ? place() : 0;
        word[4] = fuzz_byte() < 64 ? space_id() : 0;
    } else if (label >= MEM_SPACE_PRESENT && label <= MEM_SPACE_UNMAP) {
        word[1] = place();
        word[2] = length();
        word[3] = fuzz_byte() % 8;
        word[4] = fuzz_byte() % 4;
    } else if (label == MEM_SPACE_COMMIT) {
        word[1] = LOW + 60 * PAGE_SIZE;
        word[2] = word[3] = ~0ull;
        word[4] = place();
        word[5] = length();
    } else if (label == MEM_SPACE_LIMIT) {
        word[1] = PICK(~0ull, 1 << 20, 1 << 16);
        word[2] = PICK(~0ull, 1 << 20, 1 << 16);
    } else if (label == MEM_OBJECT_RESIZE) {
        word[1] = length();
    } else if (label == MEM_OBJECT_ADOPT) {
        word[1] = fuzz_byte() % 20;
        word[2] = RAM_FIRST + fuzz_byte() % (ARCHIVE_PAGES + 2);
        word[3] = fuzz_byte() % 5;
    } else if (label == MEM_OBJECT_HOLD || label == MEM_OBJECT_ATTACH
               || label == MEM_OBJECT_CREATE) {
        word[1] = fuzz_byte() % 24;
        word[2] = fuzz_byte() % 8;
        word[3] = fuzz_byte() % 4;
    } else if (label == MEM_OBJECT_SESSION) {
        word[1] = PICK(1, 3, 7, 5);
    }
}

/* A program touches memory; process does that only for spaces whose threads still run. */
static void fault(u32 client)
{
    struct sim_slot *s = &sim.cspace[client].fixed[FIXED_MEMORY];
    struct sim_caller *c = s->object && world_space(sim.object[s->object - 1].badge) < ASPACES
                               ? sim_caller_make(client, KIND_FAULT)
                               : 0;

    if (!c)
        return;
    c->label = (s32)PICK(FAULT_READ, FAULT_WRITE, FAULT_WRITE, FAULT_EXEC);
    c->word[0] = place() + fuzz_byte();
    c->word[2] = fuzz_byte() < 192 ? 1 + fuzz_byte() : length();
    sim_caller_send(c, &sim.object[s->object - 1]);
}

void world_event(void)
{
    u8 what = fuzz_byte();

    if (what < 16)
        w->tables_left = what < 12 ? what : -1;
    else
        fault(what % world_clients);
}

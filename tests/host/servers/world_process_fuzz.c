/*
 * What threads of the process server's world do: calls with arguments that mean something, faults,
 * and loaders that commit or fail.
 */
#include "fuzz.h"
#include "world_process.h"

#include "ipc/proto/process.h"
#include "servers/process/process_server.h"

const u64 world_numbers[] = {0,  1,    2,     3,       9,      11,        17,
                             19, 20,   0x100, 0x10000, 0x4000, 0x50f00,   0x1000011,
                             64, 1000, ~0ull, 0x4111,  11,     SIM_MEMORY};
const u32 world_nnumbers = sizeof(world_numbers) / sizeof(world_numbers[0]);
const u16 world_hot[] = {220, 220, 220, 93,  94,  260, 95,  98,  98,  129, 131, 134, 135, 137,
                         133, 101, 115, 103, 139, 154, 157, 221, 221, 99,  96,  132, 435};
const u32 world_nhot = sizeof(world_hot) / sizeof(world_hot[0]);

bool world_may_call(u32 client)
{
    const struct process_entry *e = process_entry(sim_table, sim.client[client].tag);

    return thread_runs(client) && e && e->pid != 1 && !thread_loads(client);
}

static u64 pid(void)
{
    const struct process_entry *e =
        process_entry(sim_table, sim.client[fuzz_byte() % SIM_CLIENTS].tag);

    switch (fuzz_byte() % 6) {
    case 0:
        return e ? e->pgid : 0;
    case 1:
        return e ? -(u64)e->pgid : ~0ull;
    case 2:
        return e ? e->pid : 1;
    default:
        return e ? e->tid : 2;
    }
}

static u64 time_at(void)
{
    u64 address = fuzz_address(32), len = 32;
    u64 time[4] = {fuzz_byte() % 3, fuzz_byte() * 4000ull, fuzz_byte() % 3, fuzz_byte() * 3000ull};
    u8 *at = sim_memory_at(address, &len);

    if (at && len == 32)
        memcpy(at, time, 32);
    return address;
}

static void clone_shape(u64 word[6])
{
    word[0] = PICK(17, 17, 17, 0x4111, 0x4011, 0x3d0f00, 0x3d0f00, 0x50f00, 0x11 | 0x8000,
                   0x1200011, 0x100000011, fuzz_word());
    word[1] = fuzz_byte() & 1 ? 0 : fuzz_address(64);
    word[2] = fuzz_address(4);
    word[4] = fuzz_address(4);
}

static void exec_shape(u64 word[6])
{
    u64 address = fuzz_address(64), len = 64;
    u64 pointers[8] = {fuzz_address(8), fuzz_address(8), 0, fuzz_address(8), 0, 0, 0, 0};
    u8 *at = sim_memory_at(address, &len);

    if (at && len == 64)
        memcpy(at, pointers, 64);
    word[1] = fuzz_byte() < 200 ? address : 0;
    word[2] = fuzz_byte() < 200 ? address + 24 : 0;
}

static void futex_shape(u64 word[6])
{
    word[0] = SIM_MEMORY + (fuzz_byte() % 4) * 4096 + (fuzz_byte() % 4) * 4;
    word[1] = PICK(0, 0, 1, 1, 3, 4, 5, 9, 10, 128, 129, 131, 132, 137, 256 + 9, fuzz_word());
    word[2] = fuzz_byte() % 3;
    word[3] = fuzz_byte() & 1 ? 0 : time_at();
    word[4] = SIM_MEMORY + (fuzz_byte() % 4) * 4096 + (fuzz_byte() % 4) * 4;
    word[5] = PICK(~0ull, 0, 1, 2);
}

static void action_shape(u64 word[6])
{
    u64 len = 24, act[3] = {PICK(0, 1, 0x5000, 0x5000), fuzz_word(), fuzz_word()};
    u8 *at = sim_memory_at(word[1], &len);

    word[0] = fuzz_byte() % 66;
    word[3] = PICK(8, 8, 8, 4);
    if (at && len == 24)
        memcpy(at, act, 24);
}

static bool is_one(s32 label, const u16 *of, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if (of[i] == label)
            return true;
    return false;
}

static void pid_shape(s32 label, u64 word[6])
{
    word[0] = fuzz_byte() < 240 ? pid() : word[0];
    if (label == 154)
        word[1] = fuzz_byte() & 1 ? pid() : 0;
    else if (label == 129 || label == 130)
        word[1] = fuzz_byte() % 66;
    else if (label == 260)
        word[2] = PICK(0, 0, 1, 2, 3, 8, 0x40000000);
}

static void thread_signal_shape(u64 word[6])
{
    word[0] = pid();
    word[1] = pid();
    word[2] = fuzz_byte() % 66;
}

static void waitid_shape(u64 word[6])
{
    word[0] = fuzz_byte() % 4;
    word[1] = pid();
    word[3] = PICK(4, 5, 6, 12, 13, 0x1000004);
}

void world_shape(u32 client, s32 label, u64 word[6])
{
    static const u16 pids[] = {129, 130, 154, 155, 156, 260, 138, 118, 119, 261};
    static const u16 times[][2] = {{101, 0}, {103, 1}, {112, 1}, {115, 2}, {137, 2}};

    w->thread[client].r.x[REG_SP] = SIM_MEMORY + 0x1f000 - client * 0x1000;
    if (label == 220)
        clone_shape(word);
    else if (label == 221)
        exec_shape(word);
    else if (label == 98)
        futex_shape(word);
    else if (label == 134)
        action_shape(word);
    else if (label == 95)
        waitid_shape(word);
    else if (label == 131 || label == 240)
        thread_signal_shape(word);
    else if (is_one(label, pids, sizeof(pids) / sizeof(pids[0])))
        pid_shape(label, word);
    for (u32 i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        if (label == times[i][0])
            word[times[i][1]] = time_at();
    if (label == 133)
        word[1] = 8;
    if (label == 133 || label == 135 || label == 137)
        word[3] = 8;
}

void world_routed(struct sim_caller *c)
{
    if (c->label == 221 && fuzz_byte() < 250)
        file_carry(c);
}

void world_shape_native(s32 label, u64 word[6])
{
    word[0] = label == PROC_SIGNAL_GROUP || label == PROC_SIGNAL_SESSION
                  ? pid()
                  : sim.client[fuzz_byte() % SIM_CLIENTS].tag;
    if (label == PROC_MASK_SET && process_entry(sim_table, (u32)word[0])
        && process_entry(sim_table, (u32)word[0])->pid == 1)
        word[0] = 0; /* process 1 waits for nothing */
    if (label == PROC_SIGNAL || label == PROC_SIGNAL_GROUP || label == PROC_SIGNAL_SESSION)
        word[1] = fuzz_byte() % 66;
    if (label == PROC_DESCRIPTORS)
        word[1] = PICK(0, 1, 2, SLOT_FIXED, SLOT_FIXED + 6, word[1]);
}

static void loader_goes_on(u32 client)
{
    u8 what = fuzz_byte();
    struct sim_caller *c;

    if (what >= 240) { /* hostile */
        c = thread_calls(client, KIND_ROUTED, (s32)world_hot[fuzz_byte() % world_nhot]);
        for (u32 i = 0; c && i < 6; i++)
            c->word[i] = fuzz_word();
        return;
    }
    c = thread_calls(client, KIND_NATIVE, what < 160 ? PROC_LOADER_COMMIT : PROC_LOADER_FAIL);
    for (u32 i = 0; c && i < 6; i++)
        c->word[i] = fuzz_word();
}

static void fault(u32 client)
{
    struct sim_caller *c =
        thread_calls(client, KIND_FAULT,
                     (s32)PICK(FAULT_READ, FAULT_WRITE, FAULT_EXEC, FAULT_ILLEGAL, FAULT_BREAKPOINT,
                               FAULT_MISALIGNED, FAULT_SLOTS));

    if (c)
        c->word[3] = PICK(-(u64)EFAULT, -(u64)EACCES, -(u64)EIO, -(u64)ENOMEM);
}

void world_event(void)
{
    u8 what = fuzz_byte();
    u32 client = what % SIM_CLIENTS;
    u64 bits = what == 255 ? NOTIFY_MEMORY : 0;

    sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= bits;
    if (what < 24)
        w->memory_left = what < 16 ? what : -1;
    else if (thread_runs(client) && thread_loads(client) && what < 200)
        loader_goes_on(client);
    else if (thread_loads(client) ? thread_runs(client) : world_may_call(client))
        fault(client);
}

void world_renew(u32 client)
{
    (void)client;
}

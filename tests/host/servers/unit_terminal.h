/* What the unit tests of terminal share. */
#pragma once

#include "story.h"

#include "ipc/proto/terminal.h"
#include "servers/terminal/terminal_server.h"
#include "world_terminal.h"

#define AT SIM_MEMORY
#define THERE (SIM_MEMORY + 8 * PAGE_SIZE)
#define FROM_FS (SLOT_FIXED + SERVER_ID_FS)

static s64 device; /* fs's session of it */

static inline s64 open_device(u32 client, enum terminal_device d, u64 flags)
{
    EXPECT(ask(FROM_FS, TERM_DEVICE, d, 10 + d, 0620ull << 32 | 5), 0);
    device = last->received_slot;
    return call_forwarded(client, SIM_CLIENTS, (u64)device, LINUX_openat,
                          (const u64[6]){0, AT, flags});
}

static inline s64 terminal_open(u32 client)
{
    return open_device(client, TERM_SERIAL, LINUX_O_RDWR);
}

static inline void types(const char *text)
{
    line_types((const u8 *)text, (u32)strlen(text));
    sim_serve();
}

static inline bool sent(const char *text)
{
    const u8 *out;
    u32 n = line_sent(&out);

    return n == strlen(text) && memcmp(out, text, n) == 0;
}

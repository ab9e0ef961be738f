/* What the unit tests of fs share. */
#pragma once

#include "story.h"

#include "ipc/proto/fs.h"
#include "servers/fs/fs_server.h"
#include "world_fs.h"

#define PATH SIM_MEMORY
#define OTHER (SIM_MEMORY + 0x1000)
#define AT (SIM_MEMORY + 0x4000)
#define HERE ((u64)LINUX_AT_FDCWD)
#define CREATE (LINUX_O_CREAT | LINUX_O_RDWR)
#define FROM_EVENT (SLOT_FIXED + SERVER_ID_EVENT)

static inline s64 opened(u32 client, const char *path, u64 flags)
{
    remember(PATH, path);
    return CALL(client, LINUX_openat, HERE, PATH, flags, 0644);
}

static inline s64 by_name(u32 client, u64 number, const char *path, u64 c, u64 d)
{
    remember(PATH, path);
    return CALL(client, number, HERE, PATH, c, d);
}

static inline s64 two_names(u64 number, const char *from, const char *to, u64 flags)
{
    remember(PATH, from);
    remember(OTHER, to);
    return CALL(0, number, HERE, PATH, HERE, OTHER, flags);
}

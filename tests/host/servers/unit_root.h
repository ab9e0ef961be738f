/* What the unit tests of root share. */
#pragma once

#include "story.h"
#include "world_root.h"

static inline void boots(const char *manifest)
{
    boot_with(manifest);
    EXPECT(w->off, false);
    EXPECT(w->booted, true);
}

/* It ended with a text that has this in it. */
static inline void ends(const char *text)
{
    EXPECT(w->off, true);
    expect_equal(strstr(w->said, text) != 0, true, text, __LINE__);
}

static inline void faults(u32 rank, u32 cause)
{
    root_server_faults(rank, cause);
    sim_serve();
}

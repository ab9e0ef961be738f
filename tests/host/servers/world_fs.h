/* Memory objects as the file system sees them, on the host. */
#pragma once

#include "sim.h"

#define OBJECTS 192u
#define POOL_PAGES 16384u /* of address range, for all objects */
#define FILE_PAGES_MOST 2048u
#define ARCHIVE_FRAME 0x80000ull

struct fs_world {
    struct {
        u64 id;
        u64 first, range, size;
        u64 npages;
        u64 there[FILE_PAGES_MOST / 64]; /* pages that the object has, */
        u64 shown[FILE_PAGES_MOST / 64]; /* and that are mapped here */
        u64 frame[2];                    /* of the archive: first, pages */
    } object[OBJECTS];
    u64 ever, pool_used;
    s64 memory_left; /* requests until memory has none; negative: it always has */
    s64 odd;         /* what the next call of a server is answered, 0: what is right */
    bool mapped;     /* programs map each object */
    u64 base_live, base_inodes;
};
extern struct fs_world *w;

s32 object_call(struct message *m);
void pool_make(void);
void archive_make(void); /* a root file system, where the boot's lies */

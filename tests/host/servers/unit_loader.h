/* What the unit tests of the loader share. */
#pragma once

#include "story.h"
#include "world_loader.h"

static inline void exec_one(const char *path)
{
    loader_exec(path, (const char *[]){path, "one", 0}, (const char *[]){"A=1", 0});
}

static inline void begins(const char *path)
{
    exec_one(path);
    EXPECT(w->error, 0);
    EXPECT(w->ended, ENDED_COMMIT);
}

static inline void fails(const char *path, s64 error)
{
    exec_one(path);
    EXPECT(w->ended, ENDED_FAIL);
    EXPECT(w->error, error);
}

/* The first arguments that the program gets; how many there are. */
static inline s64 runs(const char *path, const char *a, const char *b, const char *c)
{
    begins(path);
    EXPECT(strcmp(loader_arg(0), a), 0);
    EXPECT(strcmp(loader_arg(1), b), 0);
    EXPECT(strcmp(loader_arg(2), c), 0);
    return (s64)loader_argc();
}

static inline struct file *script(const char *path, const char *text)
{
    struct file *f = file_make(path);

    memcpy(f->bytes, text, strlen(text));
    f->len = (u32)strlen(text);
    return f;
}

/* Another exec, with a loader as it was built: of no files, or of the same ones. */
static inline void again(void)
{
    sim_restore();
}

static inline void retry(void)
{
    static struct loader_world kept;
    u32 n = w->nfiles;

    memcpy(&kept, w, sizeof(kept));
    sim_restore();
    memcpy(w->file, kept.file, sizeof(kept.file));
    w->nfiles = n;
}

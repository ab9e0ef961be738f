/*
 * Boot archive and overlay: the bytes are one cpio archive, unpacked by the file system's own code
 * into its own inodes and directories.  Contents and memory objects are simulated; afterwards
 * all is removed again, so that whatever an inode was taken for shows.
 */
#include "ipc/proto/start.h"
#include "ipc/proto/process_table.h"

/* The process table, of which an inode wants the time of day; its own address is taken here. */
static u8 table[2 * PAGE_SIZE];
#undef SERVER_TABLE
#define SERVER_TABLE ((u64)table)

#include "servers/fs/inode.c"
#include "servers/fs/proc.h"
#undef BUCKETS
#include "servers/fs/unpack.c"

#include <stdlib.h>

#define INODES 300u
#define FRAMES 16u /* that an archive has */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct start_info info = {.timebase_hz = 1, .total_pages = INODES};
const struct start_info *start_info = &info;
struct inode *fs_root;
char scratch[SCRATCH_BYTES];
struct badge_table open_files;

/* --- What the rest of the file system, and the library, would do ------------------------ */

void *heap_pages(u64 npages)
{
    return calloc(npages, PAGE_SIZE);
}

s32 content_hold(struct inode *i, u64 offset, u64 len)
{
    if (i->content.address || offset & PAGE_MASK)
        abort();
    i->content.address = malloc(offset + len);
    return i->content.address ? 0 : -ENOSPC;
}

s32 content_extend(struct inode *i, u64 size)
{
    i->size = size;
    return 0;
}

s32 content_adopt(struct inode *i, frame_t first, u64 npages)
{
    if (first >= FRAMES || npages > FRAMES - first || i->content.object)
        return -EINVAL;
    i->content.object = 1;
    i->size = npages << PAGE_SHIFT;
    return 0;
}

void content_destroy(struct inode *i)
{
    free(i->content.address);
}

/* Names alone, no links: enough to find anything. */
s32 path_find_from(struct inode *dir, const char *path, struct place *p)
{
    struct entry *e = 0;

    if (*path == '/')
        dir = fs_root;
    while (*path) {
        u32 len = 0;

        while (path[len] && path[len] != '/')
            len++;
        if (len && (!is_type(dir, S_IFDIR) || !(e = entry_find(dir, path, len))))
            return -ENOENT;
        if (len)
            dir = e->inode;
        path += len + (path[len] == '/');
    }
    p->inode = dir;
    return 0;
}

void server_panic(const char *format, ...)
{
    (void)format;
    abort();
}

u64 time_now(void)
{
    return 0;
}

s32 msg_call(slot_t session, struct message *m)
{
    (void)session, (void)m;
    return -ENOSYS;
}

s64 call1(slot_t session, s32 label, u64 a)
{
    (void)session, (void)label, (void)a;
    return -ENOSYS;
}

s64 call2(slot_t session, s32 label, u64 a, u64 b)
{
    (void)session, (void)label, (void)a, (void)b;
    return -ENOSYS;
}

void slot_delete(slot_t slot)
{
    (void)slot;
    abort(); /* no archive has sessions */
}

void offset_save(const struct open_file *f)
{
    (void)f;
}

u64 proc_list(struct listing *l, const struct request *q, const struct inode *dir, u64 at)
{
    (void)l, (void)q, (void)dir;
    return at;
}

/* --- Each input ------------------------------------------------------------------------------ */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    inodes_init();
    fs_root = inode_make(S_IFDIR | 0755, &root_caller);
    fs_root->nlink = 2;
    inode_hold(fs_root);
    return 0;
}

static u32 removed;

static void remove_all(struct inode *dir)
{
    while (dir->dir.first) {
        struct entry *e = dir->dir.first;

        if (is_type(e->inode, S_IFDIR))
            remove_all(e->inode);
        if (++removed > INODES)
            abort();
        entry_remove(e);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    u8 *copy = malloc(size);
    struct archive r = {.at = copy, .bytes = size, .frames = {0, FRAMES}};

    memcpy(copy, data, size);
    (void)archive_read(&r);
    removed = 0;
    remove_all(fs_root);
    inodes_sweep_all();
    if (inodes_count() != 1 || fs_root->nlink != 2)
        abort();
    free(copy);
    return 0;
}

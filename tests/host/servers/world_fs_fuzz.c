/*
 * What programs ask of the file system: names that meet, offsets at the ends of pages, locks.
 */
#include "fuzz.h"
#include "world_fs.h"

#include "ipc/proto/memory.h"
#include "servers/fs/fs_server.h"

static const char *const names[] = {"/",
                                    "a",
                                    "b",
                                    "/a",
                                    "/tmp/b",
                                    "tmp",
                                    "/tmp",
                                    "l",
                                    "loop",
                                    "/tmp/c",
                                    "c",
                                    "d",
                                    "d/e",
                                    "./d",
                                    "../tmp/../a",
                                    "d/..",
                                    "/bin/sh",
                                    "/sbin/init",
                                    "/proc",
                                    "/proc/self",
                                    "/dev",
                                    "/dev/tty",
                                    "/dev/null",
                                    "/dev/zero",
                                    "/proc/self/fd/0",
                                    "/proc/self/maps",
                                    "/proc/self/stat",
                                    "/proc/2/status",
                                    "/proc/self/exe",
                                    "/proc/self/cwd",
                                    "/proc/meminfo",
                                    "/proc/self/cmdline",
                                    "/proc/missive",
                                    "/proc/self/task",
                                    "/proc/stat",
                                    "/proc/self/fd",
                                    "/dev/random",
                                    "/dev/console",
                                    "/proc/self/root/a",
                                    "",
                                    "/proc/loadavg",
                                    "/proc/self/limits",
                                    "/proc/self/environ",
                                    "/proc/thread-self",
                                    "f",
                                    "tmp/f"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static void name_fill(u64 address)
{
    u8 which = fuzz_byte();
    const char *name = names[which % NAMES];
    u64 len = strlen(name) + 1, there = len;
    u8 *at = sim_memory_at(address, &there);

    if (which < 240 && at && there == len)
        memcpy(at, name, len);
}

static u64 offset(void)
{
    return PICK(0, 1, 10, 4095, 4096, 5000, 12288, 65536, fuzz_word());
}

static void lock_fill(u64 address)
{
    struct {
        int16_t type, whence;
        s64 start, len;
        s32 pid, pad;
    } lock = {.type = (int16_t)(fuzz_byte() % 4), .whence = (int16_t)(fuzz_byte() % 4)};
    u64 len = sizeof(lock);
    u8 *at = sim_memory_at(address, &len);

    lock.start = fuzz_byte() % 16;
    lock.len = fuzz_byte() % 16;
    if (at && len == sizeof(lock))
        memcpy(at, &lock, sizeof(lock));
}

static void descriptor_shape(s32 label, u64 word[6])
{
    if (label == LINUX_pread64 || label == LINUX_pwrite64 || label == LINUX_preadv
        || label == LINUX_pwritev)
        word[3] = offset();
    else if (label == LINUX_lseek || label == LINUX_ftruncate)
        word[1] = offset();
    if (label == LINUX_lseek)
        word[2] = fuzz_byte() % 6;
    if (label == LINUX_fallocate) {
        word[1] = PICK(0, 0, 1, 3);
        word[2] = offset();
        word[3] = offset();
    }
    if (label == LINUX_fcntl) {
        word[1] = PICK(LINUX_F_GETFL, LINUX_F_SETFL, LINUX_F_GETLK, LINUX_F_SETLK, LINUX_F_SETLKW,
                       LINUX_F_OFD_GETLK, LINUX_F_OFD_SETLK, LINUX_F_OFD_SETLKW, word[1]);
        lock_fill(word[2]);
    }
    if (label == LINUX_flock)
        word[1] = PICK(1, 2, 8, 5, 6, 0);
    if (label == LINUX_mmap) {
        word[2] = fuzz_byte() % 8;
        word[3] = PICK(1, 2);
    }
}

void world_shape(u32 client, s32 label, u64 word[6])
{
    const struct route *r = &sim_routes[label];

    for (u32 i = 0; i < 2; i++)
        if (r->window[i].kind == WINDOW_STRING)
            name_fill(word[r->window[i].arg]);
    if (r->kind == ROUTE_FIXED && r->window[0].kind == WINDOW_STRING && r->window[0].arg == 1) {
        word[0] = PICK((u64)-100, (u64)-100, 0, 1, 2, 3);
        if (r->window[1].kind == WINDOW_STRING)
            word[2] = PICK((u64)-100, (u64)-100, 0, 1, 2);
    }
    if (label == LINUX_openat) {
        word[2] = PICK(0, 2, 0x42, 0x42, 0x42, 0xc2, 0x241, 0x442, 0x10000, 0x200000, 0x410002,
                       0x801, word[2]);
        word[3] = PICK(0644, 0600, 0777, 04755, word[3]);
    } else if (label == LINUX_unlinkat) {
        word[2] = PICK(0, 0, 0x200);
    } else if (label == LINUX_renameat2) {
        word[4] = PICK(0, 0, 1, 2, 3);
    } else if (label == LINUX_mknodat) {
        word[2] = PICK(0010644, 0100644, 0140644, 0020644, 0060644, 0644);
    } else if (label == LINUX_truncate) {
        word[1] = offset();
    }
    descriptor_shape(label, word);
    if (fuzz_byte() < 6)
        sim_entry(client)->fsize = PICK(~0ull, 5000);
}

void world_shape_native(s32 label, u64 word[6])
{
    if (label == FD_POLL)
        word[1] = 0;
}

void world_event(void)
{
    u8 what = fuzz_byte();

    if (what < 32)
        w->memory_left = what < 24 ? what : -1;
    else if (what < 48)
        w->odd = (s64)PICK(-(u64)ENOMEM, -(u64)EIO, -(u64)ESRCH, -(u64)EAGAIN);
    else if (what < 64)
        w->mapped = what & 1;
    else
        sim.now += what * 100000ull;
}

/* The file system: /proc of processes that end, others' descriptors, devices. */
#include "tests/host/servers/unit_fs.h"

#include <stdio.h>

#define PIPE_FD 40
#define EMPTY_PATH 0x1000

/* --- /proc ------------------------------------------------------------------------------- */

static const char *of_process(u32 client, const char *file)
{
    static char path[64];

    snprintf(path, sizeof(path), "/proc/%u/%s", sim_entry(client)->pid, file);
    return path;
}

static s64 read_of(const char *path)
{
    s64 fd = opened(0, path, 0), n;

    if (fd < 0)
        return fd;
    memset(memory(AT), 0, 4096);
    n = CALL(0, LINUX_read, fd, AT, 4000);
    close_slot(0, (u64)fd);
    return n;
}

static void the_dead_have_little_to_tell(void)
{
    static const char *const files[] = {"stat", "status", "maps", "statm", "cmdline", "comm"};

    sim_entry(2)->state = PROCESS_STOPPED;
    EXPECT(read_of(of_process(2, "stat")) > 0, true);
    EXPECT(strstr((char *)memory(AT), ") T ") != 0, true);
    sim_entry(2)->state = PROCESS_ZOMBIE;
    for (u32 i = 0; i < 6; i++)
        EXPECT(read_of(of_process(2, files[i])) >= 0, true);
    EXPECT(read_of(of_process(2, "stat")) > 0, true);
    EXPECT(strstr((char *)memory(AT), ") Z ") != 0, true);
    EXPECT(read_of(of_process(2, "maps")), 0);
    sim_entry(2)->state = PROCESS_RUNNING;
}

static void a_process_may_go_while_it_is_looked_at(void)
{
    s64 stat = opened(0, of_process(2, "stat"), 0), dir = opened(0, of_process(2, "task"), 0);
    s64 fds = opened(0, of_process(2, "fd"), 0);
    u32 tag = sim_entry(2)->tag, tid = sim_entry(2)->tid;
    char task[32];

    snprintf(task, sizeof(task), "task/%u/stat", tid);
    EXPECT(read_of(of_process(2, task)) > 0, true);
    EXPECT(opened(0, of_process(2, "task/1000000"), 0), -ENOENT);
    EXPECT(opened(0, of_process(2, "task/12345678"), 0), -ENOENT);
    EXPECT(opened(0, of_process(2, "task/01"), 0), -ENOENT);
    EXPECT(opened(0, of_process(2, "task/1-"), 0), -ENOENT);
    remember(PATH, of_process(2, "exe"));
    sim_entry(2)->tag = 0;
    EXPECT(CALL(0, LINUX_readlinkat, HERE, PATH, AT, 100), -ENOENT);
    EXPECT(CALL(0, LINUX_read, stat, AT, 100), -ESRCH);
    EXPECT(CALL(0, LINUX_getdents64, dir, AT, 1000) <= 96, true);
    EXPECT(CALL(0, LINUX_getdents64, fds, AT, 1000) <= 96, true);
    sim_entry(2)->tag = tag;
}

static void a_position_behind_the_files_of_proc_is_their_end(void)
{
    static const char *const names[] = {"/proc", "/proc/self", "/proc/self/fd", "/proc/self/task"};
    static const u64 positions[] = {30, 100, 0xfff, 0x1000, 1ull << 32, (1ull << 63) - 1};

    for (u32 i = 0; i < 4; i++) {
        s64 fd = opened(0, names[i], LINUX_O_DIRECTORY);

        for (u32 k = 0; k < 6; k++) {
            s64 n = 1;

            EXPECT(CALL(0, LINUX_lseek, fd, positions[k], LINUX_SEEK_SET), positions[k]);
            for (u32 j = 0; n > 0 && j < 100; j++)
                n = CALL(0, LINUX_getdents64, fd, AT, 300);
            EXPECT(n, 0);
        }
    }
}

static void others_descriptors_have_names(void)
{
    static const u8 ranks[] = {SERVER_ID_PIPE, SERVER_ID_TERMINAL, SERVER_ID_EVENT};
    static const char *const links[] = {"/proc/self/fd/40", "/proc/self/fd/41", "/proc/self/fd/42"};

    for (u32 i = 0; i < 3; i++) {
        struct sim_object *o = sim_object_make(OBJECT_SESSION);

        o->rank = ranks[i];
        sim_slot_set(&sim.cspace[0].slot[PIPE_FD + i], o, 0);
        EXPECT(by_name(0, LINUX_readlinkat, links[i], AT, 100) > 0, true);
        if (i == 0)
            EXPECT(memcmp(memory(AT), "pipe:[", 6), 0);
        EXPECT(opened(0, links[i], LINUX_O_RDWR), FORWARDS);
        EXPECT(by_name(0, LINUX_newfstatat, links[i], AT, 0), FORWARDS);
        EXPECT(two_names(LINUX_renameat2, "/tmp/b", links[i], 0), -EXDEV);
        EXPECT(two_names(LINUX_linkat, links[i], "/tmp/x", 0x400) < 0, true);
        EXPECT(by_name(0, LINUX_mkdirat, links[i], 0777, 0), -EEXIST);
    }
    remember(PATH, "");
    EXPECT(CALL(0, LINUX_newfstatat, PIPE_FD, PATH, AT, EMPTY_PATH), FORWARDS);
    EXPECT(CALL(0, LINUX_openat, PIPE_FD, PATH, 0, 0), -ENOENT);
    remember(PATH, "x");
    EXPECT(CALL(0, LINUX_openat, PIPE_FD, PATH, 0, 0), -ENOTDIR);
    remember(PATH, of_process(2, "fd/0"));
    EXPECT(CALL(0, LINUX_openat, HERE, PATH, 0, 0) < 0, true);
    (void)opened(2, "/a", 0);
    EXPECT(CALL(0, LINUX_openat, HERE, PATH, 0, 0) >= 0, true);
    sim_entry(2)->suid = 5;
    EXPECT(opened(1, of_process(2, "fd/0"), 0), -EACCES);
    sim_entry(2)->suid = 0;
}

static void caches_are_dropped_by_a_word(void)
{
    s64 fd = opened(0, "/proc/missive", LINUX_O_RDWR);

    remember(AT, "drop\n");
    EXPECT(CALL(0, LINUX_write, fd, AT, 5), 5);
    EXPECT(CALL(0, LINUX_write, fd, AT, 4), 4);
    EXPECT(CALL(0, LINUX_write, fd, AT, 3), -EINVAL);
    remember(AT, "dropx");
    EXPECT(CALL(0, LINUX_write, fd, AT, 5), -EINVAL);
    EXPECT(CALL(0, LINUX_write, fd, 8, 5), -EFAULT);
}

/* --- Devices ----------------------------------------------------------------------------- */

static void devices_take_and_give_pieces(void)
{
    s64 zero = opened(0, "/dev/zero", LINUX_O_RDWR), full = opened(0, "/dev/full", LINUX_O_RDWR);
    s64 random = opened(0, "/dev/urandom", LINUX_O_RDWR);

    EXPECT(CALL(0, LINUX_read, zero, AT, 9000), 9000);
    EXPECT(CALL(0, LINUX_read, random, AT, 9000), 9000);
    EXPECT(CALL(0, LINUX_read, random, AT, 5), 5);
    EXPECT(CALL(0, LINUX_write, full, AT, 5), -ENOSPC);
    EXPECT(CALL(0, LINUX_read, full, AT, 5), 5);
    EXPECT(CALL(0, LINUX_write, random, AT, 5), 5);
    sim.absent = sim.refused = 1ull << 5;
    EXPECT(CALL(0, LINUX_read, zero, AT, 9000), 4096);
    EXPECT(CALL(0, LINUX_read, zero, AT + PAGE_SIZE, 10), -EFAULT);
    sim.absent = sim.refused = 0;
    EXPECT(by_name(0, LINUX_mknodat, "/tmp/s", S_IFCHR | 0666, 4 << 8 | 64), 0);
    EXPECT(opened(0, "/tmp/s", LINUX_O_RDWR), FORWARDS);
    EXPECT(opened(0, "/dev/ttyS0", LINUX_O_RDWR), FORWARDS);
    EXPECT(by_name(0, LINUX_mknodat, "/tmp/u", S_IFCHR | 0666, 99 << 8), 0);
    EXPECT(opened(0, "/tmp/u", LINUX_O_RDWR), -ENXIO);
    EXPECT(by_name(0, LINUX_mknodat, "/tmp/v", S_IFSOCK | 0666, 0), 0);
    EXPECT(opened(0, "/tmp/v", LINUX_O_RDWR) < 0, true);
    EXPECT(by_name(0, LINUX_newfstatat, "/tmp/s", AT, 0), 0);
    EXPECT(get32(AT + 32), 4 << 8 | 64);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_others[] = {
    STORY(the_dead_have_little_to_tell),
    STORY(a_process_may_go_while_it_is_looked_at),
    STORY(a_position_behind_the_files_of_proc_is_their_end),
    STORY(others_descriptors_have_names),
    STORY(caches_are_dropped_by_a_word),
    STORY(devices_take_and_give_pieces),
    {0},
};

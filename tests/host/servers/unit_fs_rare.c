/* The file system: what it refuses, and questions about all sorts of names. */
#include "tests/host/servers/unit_fs.h"

#define SETLK 6
#define GETLK 5

/* struct flock at AT. */
static void range(u32 type, u32 whence, s64 start, s64 len)
{
    put64(AT, type | whence << 16);
    put64(AT + 8, (u64)start);
    put64(AT + 16, (u64)len);
    put64(AT + 24, 0);
}

/* process forwards these. */
static s64 lock(u32 client, s64 fd, u64 command, u64 at)
{
    return call_forwarded(client, client, (u64)fd, LINUX_fcntl,
                          (const u64[6]){(u64)fd, command, at});
}

static void ranges_of_a_file_split_and_join(void)
{
    s64 fd = opened(0, "/tmp/r", CREATE), other = opened(2, "/tmp/r", LINUX_O_RDWR);

    EXPECT(CALL(0, LINUX_write, fd, AT, 1000), 1000);
    range(1, 0, 100, 100);
    EXPECT(lock(0, fd, SETLK, AT), 0);
    range(0, 0, 120, 10); /* a reader's in the middle */
    EXPECT(lock(0, fd, SETLK, AT), 0);
    range(0, 0, 125, 1);
    EXPECT(lock(2, other, SETLK, AT), 0);
    range(1, 0, 110, 1);
    EXPECT(lock(2, other, SETLK, AT), -EAGAIN);
    range(1, 0, 0, 0);
    EXPECT(lock(2, other, GETLK, AT), 0);
    EXPECT((get32(AT) & 0xffff) != 2, true); /* one of the two */
    range(2, 0, 105, 30);
    EXPECT(lock(0, fd, SETLK, AT), 0);
    range(1, 0, 110, 1);
    EXPECT(lock(2, other, SETLK, AT), 0);
    range(1, 2, -10, 5); /* from its end */
    EXPECT(lock(0, fd, SETLK, AT), 0);
    range(1, 1, -10, -5);
    EXPECT(lock(0, fd, SETLK, AT), 0);
    range(1, 3, 0, 5);
    EXPECT(lock(0, fd, SETLK, AT), -EINVAL);
    range(1, 0, -5, 5);
    EXPECT(lock(0, fd, SETLK, AT), -EINVAL);
    range(1, 0, 5, -10);
    EXPECT(lock(0, fd, SETLK, AT), -EINVAL);
    range(7, 0, 5, 10);
    EXPECT(lock(0, fd, SETLK, AT), -EINVAL);
    range(1, 0, 0x7fffffffffffffff, 0x7fffffffffffffff);
    EXPECT(lock(0, fd, SETLK, AT) < 0, true);
    EXPECT(lock(0, fd, SETLK, 8), -EFAULT);
    fd = opened(0, "/tmp/r", 0); /* for reading alone */
    range(1, 0, 1, 1);
    EXPECT(lock(0, fd, SETLK, AT), -EBADF);
}

/* Files larger than a page table's reach, with holes, cut and made longer again. */
static void a_file_has_holes(void)
{
    s64 fd = opened(0, "/tmp/h", CREATE);

    for (u64 i = 0; i < 6; i++)
        EXPECT(CALL(0, LINUX_pwrite64, fd, AT, 3000, i * 3 * PAGE_SIZE + 2000), 3000);
    EXPECT(CALL(0, LINUX_ftruncate, fd, 5 * PAGE_SIZE + 7), 0);
    EXPECT(CALL(0, LINUX_ftruncate, fd, 9 * PAGE_SIZE), 0);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 8 * PAGE_SIZE, PAGE_SIZE), 8 * PAGE_SIZE);
    EXPECT(CALL(0, LINUX_ftruncate, fd, -1), -EINVAL);
    EXPECT(CALL(0, LINUX_ftruncate, fd, 0), 0);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 10, 0), 0);
    EXPECT(CALL(0, 47, fd, 0, 0, 5000), 0); /* fallocate */
    EXPECT(CALL(0, 47, fd, 9, 0, 5000), -EOPNOTSUPP);
    EXPECT(CALL(0, 47, fd, 0, -1, 5000), -EINVAL);
    EXPECT(CALL(0, 47, fd, 0, 0, 0), -EINVAL);
    EXPECT(CALL(0, 47, fd, 1, 8000, 5000), 0);
}

/* Each file of /proc and of a process there is read whole. */
static void all_of_proc_is_read(void)
{
    static const char *const names[] = {
        "/proc/self/stat",    "/proc/self/statm",
        "/proc/self/status",  "/proc/self/maps",
        "/proc/self/comm",    "/proc/self/mounts",
        "/proc/self/cmdline", "/proc/self/mountinfo",
        "/proc/mounts",       "/proc/filesystems",
        "/proc/meminfo",      "/proc/stat",
        "/proc/uptime",       "/proc/loadavg",
        "/proc/cpuinfo",      "/proc/version",
        "/proc/missive",      "/proc/1/stat",
        "/proc/1/maps",       "/proc/1/comm",
        "/proc/1/statm",      "/proc/1/status",
        "/proc/self/limits",  "/proc/self/environ",
        "/proc/self/auxv",    "/proc/sys/kernel/pid_max",
    };
    u32 read = 0;

    for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        s64 fd = opened(0, names[i], 0);

        if (fd < 0)
            continue;
        read += CALL(0, LINUX_read, fd, AT, 4000) >= 0;
        (void)CALL(0, LINUX_lseek, fd, 0, LINUX_SEEK_SET);
        (void)CALL(0, LINUX_read, fd, AT, 3);
        (void)CALL(0, LINUX_write, fd, AT, 3);
        (void)CALL(0, LINUX_fstat, fd, AT);
        close_slot(0, (u64)fd);
    }
    EXPECT(read >= 15, true);
}

static void the_folders_of_proc_are_listed(void)
{
    static const char *const names[] = {
        "/proc",        "/proc/self", "/proc/self/fd", "/proc/self/task",
        "/proc/1/task", "/proc/1/fd", "/dev",          "/proc/thread-self"};

    (void)opened(0, "/a", 0);
    for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        s64 fd = opened(0, names[i], LINUX_O_DIRECTORY), n = fd >= 0;

        for (u32 j = 0; fd >= 0 && n > 0 && j < 300; j++)
            n = CALL(0, LINUX_getdents64, fd, AT, 300);
        expect_equal(n <= 0, true, names[i], i);
        if (fd >= 0)
            close_slot(0, (u64)fd);
    }
}

static void links_of_proc_name_what_they_mean(void)
{
    static const char *const names[] = {"/proc/self/exe",  "/proc/self/cwd",  "/proc/self/root",
                                        "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/60",
                                        "/proc/1/exe",     "/proc/1/cwd",     "/proc/1/fd/0",
                                        "/proc/self",      "/proc/self/fd/x", "/dev/fd"};

    (void)opened(0, "/a", 0);
    for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        s64 fd;

        remember(PATH, names[i]);
        (void)CALL(0, 78, HERE, PATH, AT, 100); /* readlinkat */
        (void)CALL(0, 78, HERE, PATH, AT, 2);
        fd = opened(0, names[i], LINUX_O_RDWR);
        if (fd >= 0)
            close_slot(0, (u64)fd);
        sim_entry(0)->euid = sim_entry(0)->fsuid = 1000;
        (void)CALL(0, 78, HERE, PATH, AT, 100);
        sim_entry(0)->euid = sim_entry(0)->fsuid = 0;
    }
    EXPECT(get32(AT) != 0, true);
}

static void names_are_linked_and_moved_by_rules(void)
{
    (void)opened(0, "/tmp/f", CREATE);
    EXPECT(by_name(0, 34, "/tmp/d", 0755, 0), 0); /* mkdirat */
    EXPECT(by_name(0, 34, "/tmp/d/e", 0755, 0), 0);
    EXPECT(two_names(37, "/tmp/f", "/tmp/d/g", 0), 0); /* linkat */
    EXPECT(two_names(37, "/tmp/d", "/tmp/x", 0), -EPERM);
    EXPECT(two_names(37, "/tmp/f", "/tmp/d/g", 0), -EEXIST);
    EXPECT(two_names(37, "/tmp/f", "/tmp/y", 0x77), -EINVAL);
    EXPECT(two_names(37, "/l", "/tmp/y", 0x400), 0);
    EXPECT(two_names(276, "/tmp/d", "/tmp/d/e/z", 0), -EINVAL); /* renameat2, below itself */
    EXPECT(two_names(276, "/tmp/f", "/tmp/d", 0), -EISDIR);
    EXPECT(two_names(276, "/tmp/d", "/tmp/f", 0), -ENOTDIR);
    EXPECT(two_names(276, "/tmp/f", "/tmp/d/g", 1), -EEXIST);
    EXPECT(two_names(276, "/tmp/f", "/tmp/d/g", 0), 0); /* the same file */
    EXPECT(two_names(276, "/tmp/f", "/tmp/w", 4), -EINVAL);
    EXPECT(two_names(276, "/tmp/d/e", "/tmp/d", 0), -ENOTEMPTY);
    EXPECT(two_names(276, "/tmp/f", "/tmp/.", 0), -EBUSY);
    EXPECT(two_names(276, "/", "/tmp/w", 0), -EBUSY);
}

static void times_are_set_as_asked(void)
{
    static const u64 special[] = {0x3fffffff, 0x3ffffffe, 1000000000, 5};

    (void)opened(0, "/tmp/t", CREATE);
    for (u32 i = 0; i < 4; i++)
        for (u32 j = 0; j < 4; j++) {
            put64(AT, 7), put64(AT + 8, special[i]), put64(AT + 16, 9), put64(AT + 24, special[j]);
            EXPECT(by_name(0, 88, "/tmp/t", AT, 0), i == 2 || j == 2 ? -EINVAL : 0);
            sim_entry(0)->euid = sim_entry(0)->fsuid = 1000;
            (void)by_name(0, 88, "/tmp/t", AT, 0);
            (void)by_name(0, 88, "/tmp/t", 0, 0);
            sim_entry(0)->euid = sim_entry(0)->fsuid = 0;
        }
    EXPECT(by_name(0, 88, "/tmp/t", 8, 0), -EFAULT);
    EXPECT(by_name(0, 88, "/tmp/t", 0, 0x77), -EINVAL);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_rare[] = {
    STORY(ranges_of_a_file_split_and_join),
    STORY(a_file_has_holes),
    STORY(all_of_proc_is_read),
    STORY(the_folders_of_proc_are_listed),
    STORY(links_of_proc_name_what_they_mean),
    STORY(names_are_linked_and_moved_by_rules),
    STORY(times_are_set_as_asked),
    {0},
};

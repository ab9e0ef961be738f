/* The file system: groups, contents of the archive, locks that wait in a circle, long names. */
#include "tests/host/servers/unit_fs.h"

#define IOCTL 29
#define GETCWD 17
#define UTIMENSAT 88
#define STAT_MODE 16
#define STAT_GID 28
#define EMPTY_PATH 0x1000

static u32 stat_word(const char *path, u32 at)
{
    EXPECT(by_name(0, LINUX_newfstatat, path, AT, LINUX_AT_SYMLINK_NOFOLLOW), 0);
    return get32(AT + at);
}

static s64 control(s64 fd, u64 command, u64 argument)
{
    return call_forwarded(0, 0, (u64)fd, LINUX_fcntl, (const u64[6]){(u64)fd, command, argument});
}

/* --- Groups ------------------------------------------------------------------------------ */

static void what_is_made_in_a_directory_of_a_group_is_its(void)
{
    EXPECT(by_name(0, LINUX_mkdirat, "/tmp/g", 0777, 0), 0);
    EXPECT(by_name(0, LINUX_fchownat, "/tmp/g", 0, 77), 0);
    EXPECT(by_name(0, LINUX_fchmodat, "/tmp/g", 02777, 0), 0);
    EXPECT(by_name(1, LINUX_mkdirat, "/tmp/g/d", 0777, 0), 0);
    EXPECT(stat_word("/tmp/g/d", STAT_MODE), S_IFDIR | 02755u);
    EXPECT(stat_word("/tmp/g/d", STAT_GID), 77);
    remember(PATH, "/tmp/g/f");
    EXPECT(CALL(1, LINUX_openat, HERE, PATH, CREATE, 02775) >= 0, true);
    EXPECT(stat_word("/tmp/g/f", STAT_MODE), S_IFREG | 0755u); /* its maker is not in 77 */
    EXPECT(by_name(1, LINUX_fchmodat, "/tmp/g/f", 02775, 0), 0);
    EXPECT(stat_word("/tmp/g/f", STAT_MODE), S_IFREG | 0775u);
}

static void a_member_of_a_group_may_give_to_it(void)
{
    (void)opened(1, "/tmp/f", CREATE);
    EXPECT(by_name(1, LINUX_fchownat, "/tmp/f", ~0u, 77), -EPERM);
    sim_entry(1)->ngroups = 2;
    sim_entry(1)->group[0] = 5, sim_entry(1)->group[1] = 77;
    EXPECT(by_name(1, LINUX_fchownat, "/tmp/f", ~0u, 77), 0);
    EXPECT(stat_word("/tmp/f", STAT_GID), 77);
    EXPECT(by_name(1, LINUX_fchmodat, "/tmp/f", 06775, 0), 0);
    EXPECT(by_name(1, LINUX_fchownat, "/tmp/f", ~0u, 5), 0);
    EXPECT(stat_word("/tmp/f", STAT_MODE), S_IFREG | 0775u);
    EXPECT(by_name(0, LINUX_fchownat, "/tmp", 0, 0), 0);
    EXPECT(opened(1, "/proc/self/status", 0) >= 0, true);
    EXPECT(CALL(1, LINUX_read, 1, AT, 4000) > 0, true);
    memory(AT)[3999] = 0;
    EXPECT(strstr((char *)memory(AT), "Groups:\t5 77 ") != 0, true);
}

/* --- Contents ---------------------------------------------------------------------------- */

static void a_file_of_the_archive_is_copied_before_it_is_written(void)
{
    s64 fd = opened(0, "/big", LINUX_O_RDWR);

    EXPECT(CALL(0, LINUX_lseek, fd, 0, LINUX_SEEK_END), 2 * PAGE_SIZE + 100);
    remember(AT, "new");
    EXPECT(CALL(0, LINUX_pwrite64, fd, AT, 3, PAGE_SIZE), 3);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 5, PAGE_SIZE), 5);
    EXPECT(memcmp(memory(AT), "newbb", 5), 0);
    EXPECT(CALL(0, LINUX_ftruncate, fd, PAGE_SIZE + 2), 0);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 5, PAGE_SIZE), 2);
}

static void a_file_of_the_archive_that_is_mapped_stays(void)
{
    s64 fd;

    w->mapped = true;
    fd = opened(0, "/big", LINUX_O_RDWR);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 5, 0), 5);
    w->mapped = false;
    EXPECT(by_name(0, 45, "/big", 10, 0), -EFAULT); /* truncate: its word 0 is the path */
    remember(PATH, "/big");
    EXPECT(CALL(0, 45, PATH, 10), 0);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 50, 0), 10);
}

static void sizes_have_a_limit(void)
{
    s64 fd = opened(0, "/tmp/f", CREATE);

    EXPECT(CALL(0, LINUX_ftruncate, fd, 1ull << 62), -EFBIG);
    EXPECT(CALL(0, 47, fd, 0, 0, 1ull << 62), -EFBIG);
    EXPECT(CALL(0, 47, fd, 0, 1ull << 62, 1ull << 62) < 0, true);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 100, (1ull << 63) - 50), -EINVAL);
    EXPECT(CALL(0, LINUX_pwrite64, fd, AT, 100, (1ull << 63) - 50) < 0, true);
    sim_entry(0)->fsize = 10;
    EXPECT(CALL(0, LINUX_pwrite64, fd, AT, 100, 0), 10);
    EXPECT(CALL(0, LINUX_pwrite64, fd, AT, 100, 10), -EFBIG);
    EXPECT(CALL(0, LINUX_ftruncate, fd, 11), -EFBIG);
}

static void a_file_says_what_is_left(void)
{
    s64 fd = opened(0, "/a", LINUX_O_RDWR), dir = opened(0, "/tmp", 0);

    EXPECT(CALL(0, IOCTL, fd, 0x541b, AT), 0);
    EXPECT(get32(AT), 15);
    EXPECT(CALL(0, LINUX_lseek, fd, 20, LINUX_SEEK_SET), 20);
    EXPECT(CALL(0, IOCTL, fd, 0x541b, AT), 0);
    EXPECT(get32(AT), 0);
    EXPECT(CALL(0, IOCTL, fd, 0x5421, AT), 0);
    EXPECT(CALL(0, IOCTL, dir, 0x541b, AT), -ENOTTY);
    EXPECT(control(fd, LINUX_F_GETFL, 0) & 3, LINUX_O_RDWR);
    EXPECT(control(fd, LINUX_F_SETFL, LINUX_O_NOATIME | LINUX_O_APPEND), 0);
    EXPECT(control(fd, LINUX_F_GETFL, 0) & LINUX_O_APPEND, LINUX_O_APPEND);
    EXPECT(CALL(0, LINUX_read, fd, AT, 1), 0);
    fd = opened(0, "/a", LINUX_O_PATH);
    EXPECT(control(fd, LINUX_F_SETFL, 0), -EBADF);
    EXPECT(CALL(0, LINUX_lseek, fd, 0, 0), -EBADF);
    EXPECT(CALL(0, LINUX_mmap, 0, 4096, 1, 2, fd, 0), -EBADF);
    EXPECT(CALL(0, 49 + 1, fd), -ENOTDIR); /* fchdir */
}

/* --- Locks ------------------------------------------------------------------------------- */

#define RANGE(from, len) ((const u64[2]){from, len})
static s64 record(u32 client, s64 fd, u64 command, u32 type, const u64 range[2])
{
    put64(AT, type), put64(AT + 8, range[0]), put64(AT + 16, range[1]), put64(AT + 24, 0);
    return call_forwarded(client, client, (u64)fd, LINUX_fcntl,
                          (const u64[6]){(u64)fd, command, AT});
}

static void a_circle_of_waiters_is_refused(void)
{
    s64 one = opened(0, "/tmp/b", LINUX_O_RDWR), two = opened(2, "/tmp/b", LINUX_O_RDWR);
    struct sim_caller *waiting;

    EXPECT(record(0, one, LINUX_F_SETLK, 1, RANGE(0, 10)), 0);
    EXPECT(record(2, two, LINUX_F_SETLK, 1, RANGE(20, 10)), 0);
    EXPECT(record(2, two, LINUX_F_SETLKW, 1, RANGE(0, 10)), WAITS);
    waiting = last;
    EXPECT(record(0, one, LINUX_F_SETLKW, 1, RANGE(20, 10)), -EDEADLK);
    EXPECT(record(0, one, LINUX_F_SETLK, 2, RANGE(0, 10)), 0);
    EXPECT(waiting->result, 0);
}

static void a_lock_of_the_dead_is_nobodys(void)
{
    s64 one = opened(0, "/tmp/b", LINUX_O_RDWR), two = opened(2, "/tmp/b", LINUX_O_RDWR);

    EXPECT(record(2, two, LINUX_F_SETLK, 1, RANGE(0, 10)), 0);
    sim_entry(2)->state = PROCESS_ZOMBIE;
    EXPECT(record(0, one, LINUX_F_SETLK, 1, RANGE(5, 10)), 0);
    sim_entry(2)->state = PROCESS_RUNNING;
    put64(AT, 1 | 1u << 16), put64(AT + 8, 1), put64(AT + 16, 10), put64(AT + 24, 0);
    EXPECT(CALL(0, LINUX_lseek, one, (1ull << 63) - 1, 0), (1ull << 63) - 1);
    EXPECT(call_forwarded(0, 0, (u64)one, LINUX_fcntl, (const u64[6]){(u64)one, LINUX_F_SETLK, AT}),
           -EOVERFLOW);
    EXPECT(record(0, one, LINUX_F_SETLK, 1, RANGE(0, 1ull << 63)), -EINVAL);
    EXPECT(record(0, one, LINUX_F_GETLK, 2, RANGE(0, 0)), -EINVAL);
    EXPECT(record(0, one, 36, 1, RANGE(0, 0)),
           0); /* F_OFD_GETLK: its own of process 0 is in the way */
    EXPECT(record(0, one, 37, 1, RANGE(40, 10)), 0); /* F_OFD_SETLK */
    EXPECT(record(0, one, 38, 1, RANGE(40, 10)), 0);
    put64(AT + 24, 7);
    EXPECT(call_forwarded(0, 0, (u64)one, LINUX_fcntl, (const u64[6]){(u64)one, 37, AT}), -EINVAL);
    EXPECT(CALL(0, LINUX_flock, one, LINUX_LOCK_EX), 0);
    EXPECT(CALL(0, LINUX_flock, one, LINUX_LOCK_EX), 0);
}

/* --- Names ------------------------------------------------------------------------------- */

static void names_are_refused_for_many_reasons(void)
{
    static char text[600];
    s64 fd;

    EXPECT(opened(1, "/a", LINUX_O_NOATIME), -EPERM);
    EXPECT(opened(0, "/l", LINUX_O_NOFOLLOW), -ELOOP);
    EXPECT(opened(0, "/l", LINUX_O_NOFOLLOW | LINUX_O_PATH) >= 0, true);
    EXPECT(opened(0, "/tmp/none/", CREATE), -EISDIR);
    EXPECT(by_name(0, LINUX_mknodat, "/tmp/x", 0170000, 0), -EINVAL);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/b", 1, 0), -EINVAL);
    EXPECT(by_name(0, LINUX_unlinkat, "/", LINUX_AT_REMOVEDIR, 0), -EBUSY);
    EXPECT(by_name(0, LINUX_unlinkat, "/proc/self", LINUX_AT_REMOVEDIR, 0) < 0, true);
    memset(text, 'n', 300);
    memcpy(text, "/tmp/", 5);
    text[300] = 0;
    EXPECT(opened(0, text, 0), -ENAMETOOLONG);
    EXPECT(two_names(LINUX_renameat2, "/tmp/..", text, 0), -EBUSY);
    EXPECT(two_names(LINUX_renameat2, "/tmp/b", "/tmp/none/", 0), -ENOTDIR);
    EXPECT(by_name(0, LINUX_mkdirat, "/tmp/d", 0777, 0), 0);
    fd = opened(0, "/tmp/d", 0);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/d", LINUX_AT_REMOVEDIR, 0), 0);
    EXPECT(CALL(0, LINUX_getdents64, fd, AT, 1000), -ENOENT);
    fd = opened(0, "/tmp/e", CREATE);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/e", 0, 0), 0);
    remember(PATH, ""), remember(OTHER, "/tmp/again");
    EXPECT(CALL(0, LINUX_linkat, fd, PATH, HERE, OTHER, EMPTY_PATH), -ENOENT);
    EXPECT(CALL(0, LINUX_symlinkat, PATH, HERE, OTHER), -ENOENT);
    remember(PATH, "/a");
    EXPECT(CALL(0, 5, PATH, PATH, AT, 5, 0), -EOPNOTSUPP); /* setxattr */
}

static void a_sticky_directory_keeps_others_names(void)
{
    (void)opened(1, "/tmp/mine", CREATE);
    (void)opened(3, "/tmp/other", CREATE);
    remember(PATH, "/tmp/mine"), remember(OTHER, "/tmp/other");
    EXPECT(CALL(1, LINUX_renameat2, HERE, PATH, HERE, OTHER, 0), -EPERM);
    EXPECT(CALL(1, LINUX_renameat2, HERE, OTHER, HERE, PATH, 0), -EPERM);
    EXPECT(by_name(1, LINUX_unlinkat, "/tmp/other", 0, 0), -EPERM);
    EXPECT(by_name(1, LINUX_unlinkat, "/tmp/mine", 0, 0), 0);
}

/* `at` becomes `name` and "/./././." behind it. */
static void long_name(u64 at, const char *name)
{
    char *path = (char *)memory(at);
    u64 len = strlen(name);

    memset(path, 0, PAGE_SIZE);
    memcpy(path, name, len);
    for (u64 i = len; i < 4090; i++)
        path[i] = (i - len) & 1 ? '.' : '/';
}

/* A link, what it leads to, and what follows both are too long together. */
static void links_grow_to_a_limit(void)
{
    long_name(OTHER, "/tmp/two"), remember(PATH, "/tmp/one");
    EXPECT(CALL(0, LINUX_symlinkat, OTHER, HERE, PATH), 0);
    long_name(OTHER, "/tmp"), remember(PATH, "/tmp/two");
    EXPECT(CALL(0, LINUX_symlinkat, OTHER, HERE, PATH), 0);
    long_name(PATH, "/tmp/one");
    EXPECT(CALL(0, LINUX_openat, HERE, PATH, 0, 0), -ENAMETOOLONG);
    EXPECT(opened(0, "/tmp/one/b", 0) >= 0, true);
}

static void a_path_may_be_too_long_to_be_told(void)
{
    static char name[251];
    s64 error = 0;

    memset(name, 'n', 250);
    remember(PATH, "/tmp");
    EXPECT(CALL(0, LINUX_chdir, PATH), 0);
    for (u32 i = 0; i < 17; i++) {
        EXPECT(by_name(0, LINUX_mkdirat, name, 0777, 0), 0);
        EXPECT(CALL(0, LINUX_chdir, PATH), 0);
    }
    error = CALL(0, GETCWD, AT, 8192);
    EXPECT(error, -ENAMETOOLONG);
    EXPECT(CALL(0, GETCWD, AT, 100), -ENAMETOOLONG);
    EXPECT(opened(0, "../f", CREATE) >= 0, true);
    remember(PATH, "/");
    EXPECT(CALL(0, LINUX_chdir, PATH), 0);
}

static void times_before_and_far_beyond_the_epoch(void)
{
    (void)opened(0, "/tmp/t", CREATE);
    put64(AT, (u64)-5), put64(AT + 8, 7);
    put64(AT + 16, 1ull << 62), put64(AT + 24, 9);
    EXPECT(by_name(0, UTIMENSAT, "/tmp/t", AT, 0), 0);
    EXPECT(by_name(0, LINUX_newfstatat, "/tmp/t", AT, 0), 0);
    EXPECT((s64)(s32)get32(AT + 72), -5);
    EXPECT(get32(AT + 80), 7);
    put64(AT, (u64) - (1ll << 62)), put64(AT + 8, 0);
    put64(AT + 16, 0), put64(AT + 24, 0);
    EXPECT(by_name(0, UTIMENSAT, "/tmp/t", AT, 0), 0);
    EXPECT(CALL(0, UTIMENSAT, 0, 0, AT, 0x100), -EINVAL);
}

/* A path whose second page comes later, or never. */
static void a_path_lies_across_two_pages(void)
{
    const u64 at = PATH + PAGE_SIZE - 4;

    remember(at, "/tmp/b");
    sim.absent = 1ull << 1;
    EXPECT(CALL(0, LINUX_openat, HERE, at, 0, 0) >= 0, true);
    EXPECT(sim.absent, 0);
    sim.absent = sim.refused = 1ull << 1;
    EXPECT(CALL(0, LINUX_openat, HERE, at, 0, 0), -EFAULT);
    sim.absent = sim.refused = 0;
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_more[] = {
    STORY(what_is_made_in_a_directory_of_a_group_is_its),
    STORY(a_member_of_a_group_may_give_to_it),
    STORY(a_file_of_the_archive_is_copied_before_it_is_written),
    STORY(a_file_of_the_archive_that_is_mapped_stays),
    STORY(sizes_have_a_limit),
    STORY(a_file_says_what_is_left),
    STORY(a_circle_of_waiters_is_refused),
    STORY(a_lock_of_the_dead_is_nobodys),
    STORY(names_are_refused_for_many_reasons),
    STORY(a_sticky_directory_keeps_others_names),
    STORY(links_grow_to_a_limit),
    STORY(a_path_may_be_too_long_to_be_told),
    STORY(times_before_and_far_beyond_the_epoch),
    STORY(a_path_lies_across_two_pages),
    {0},
};

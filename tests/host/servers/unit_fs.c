/* The file system's operations: names, files, directories, locks, what it forwards. */
#include "tests/host/servers/unit_fs.h"

static void what_is_written_is_read(void)
{
    s64 fd = opened(0, "/tmp/new", CREATE);

    EXPECT(fd, 0);
    remember(AT, "contents");
    EXPECT(CALL(0, LINUX_write, fd, AT, 8), 8);
    EXPECT(CALL(0, LINUX_lseek, fd, 0, LINUX_SEEK_SET), 0);
    memset(memory(AT), 0, 16);
    EXPECT(CALL(0, LINUX_read, fd, AT, 100), 8);
    EXPECT(strcmp((char *)memory(AT), "contents"), 0);
    EXPECT(CALL(0, LINUX_read, fd, AT, 100), 0);
    EXPECT(CALL(0, LINUX_pwrite64, fd, AT, 10, 5000), 10);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 10, 4000), 10);
    EXPECT(get32(AT), 0);
    EXPECT(CALL(0, LINUX_lseek, fd, 0, LINUX_SEEK_END), 5010);
    EXPECT(CALL(0, LINUX_lseek, fd, -1, LINUX_SEEK_SET), -EINVAL);
    EXPECT(CALL(0, LINUX_ftruncate, fd, 3), 0);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 10, 0), 3);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 10, -1), -EINVAL);
    EXPECT(CALL(0, LINUX_write, fd, 8, 10), -EFAULT);
    EXPECT(CALL(0, LINUX_pread64, fd, 8, 3, 0), -EFAULT);
}

static void the_archive_is_there(void)
{
    s64 fd = opened(0, "/a", 0);

    EXPECT(CALL(0, LINUX_read, fd, AT, 100), 15);
    EXPECT(memcmp(memory(AT), "the first file\n", 15), 0);
    EXPECT(CALL(0, LINUX_write, fd, AT, 1), -EBADF);
    fd = opened(0, "/l", LINUX_O_RDWR);
    EXPECT(CALL(0, LINUX_write, fd, AT, 5), 5);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 100, 0), 12);
    EXPECT(memcmp(memory(AT), "the fer one\n", 12), 0);
}

static void open_refuses(void)
{
    EXPECT(opened(0, "/none", 0), -ENOENT);
    EXPECT(opened(0, "", 0), -ENOENT);
    EXPECT(opened(0, "/a/b", 0), -ENOTDIR);
    EXPECT(opened(0, "/a/", 0), -ENOTDIR);
    EXPECT(opened(0, "/loop", 0), -ELOOP);
    EXPECT(opened(0, "/tmp", LINUX_O_RDWR), -EISDIR);
    EXPECT(opened(0, "/a", LINUX_O_DIRECTORY), -ENOTDIR);
    EXPECT(opened(0, "/a", CREATE | LINUX_O_EXCL), -EEXIST);
    EXPECT(opened(1, "/a", LINUX_O_RDWR), -EACCES);
    EXPECT(opened(1, "/sbin/x", CREATE), -EACCES);
    EXPECT(CALL(0, LINUX_openat, HERE, 8, 0, 0), -EFAULT);
    remember(PATH, "x");
    EXPECT(CALL(0, LINUX_openat, 55, PATH, 0, 0), -EBADF);
    memset(memory(PATH), 'x', 4096);
    EXPECT(CALL(0, LINUX_openat, HERE, PATH, 0, 0), -ENAMETOOLONG);
}

/* The session is made with the answer: in a full table, and with an empty pool. */
static void an_open_that_fails_leaves_nothing(void)
{
    u64 before = open_count();

    sim.pool_left = 0;
    EXPECT(opened(0, "/a", 0) >= 0, true); /* memory has more for the pool */
    EXPECT(open_count(), before + 1);
    sim.pool_left = 0;
    w->odd = -ENOMEM;
    EXPECT(opened(0, "/a", 0), -ENOMEM);
    EXPECT(open_count(), before + 1);
    sim.pool_left = -1;
    while (opened(0, "/a", 0) >= 0)
        before++;
    EXPECT(opened(0, "/a", 0), -EMFILE);
    EXPECT(open_count(), before + 1);
}

static void directories_and_their_names(void)
{
    s64 fd;

    EXPECT(by_name(0, LINUX_mkdirat, "/tmp/d", 0755, 0), 0);
    EXPECT(by_name(0, LINUX_mkdirat, "/tmp/d", 0755, 0), -EEXIST);
    EXPECT(by_name(0, LINUX_mkdirat, "/tmp/d/e/", 0755, 0), 0);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/d", 0, 0), -EISDIR);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/d", LINUX_AT_REMOVEDIR, 0), -ENOTEMPTY);
    fd = opened(0, "/tmp/d", 0);
    EXPECT(CALL(0, LINUX_getdents64, fd, AT, 1000) > 60, true);
    EXPECT(CALL(0, LINUX_getdents64, fd, AT, 1000), 0);
    EXPECT(CALL(0, LINUX_lseek, fd, 0, LINUX_SEEK_SET), 0);
    EXPECT(CALL(0, LINUX_getdents64, fd, AT, 10), -EINVAL);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/d/e", LINUX_AT_REMOVEDIR, 0), 0);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/d", LINUX_AT_REMOVEDIR, 0), 0);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/none", 0, 0), -ENOENT);
}

static void mkdir_below_a_file_is_no_directory(void)
{
    s64 fd = opened(0, "/a", 0);

    EXPECT(by_name(0, LINUX_mkdirat, "/a/b/", 0755, 0), -ENOTDIR);
    EXPECT(by_name(0, LINUX_mkdirat, "/a/b", 0755, 0), -ENOTDIR);
    EXPECT(by_name(0, LINUX_mkdirat, "/a/", 0755, 0), -EEXIST);
    remember(PATH, "b/");
    EXPECT(CALL(0, LINUX_mkdirat, fd, PATH, 0755), -ENOTDIR);
}

static void links_and_renames(void)
{
    EXPECT(two_names(LINUX_linkat, "/a", "/tmp/a2", 0), 0);
    EXPECT(two_names(LINUX_linkat, "/a", "/tmp/a2", 0), -EEXIST);
    EXPECT(two_names(LINUX_linkat, "/tmp", "/t2", 0), -EPERM);
    remember(PATH, "/tmp/b"), remember(OTHER, "/tmp/s");
    EXPECT(CALL(0, LINUX_symlinkat, PATH, HERE, OTHER), 0);
    remember(PATH, "/tmp/s");
    EXPECT(CALL(0, LINUX_readlinkat, HERE, PATH, AT, 100), 6);
    EXPECT(memcmp(memory(AT), "/tmp/b", 6), 0);
    remember(PATH, "/a");
    EXPECT(CALL(0, LINUX_readlinkat, HERE, PATH, AT, 100), -EINVAL);
    EXPECT(two_names(LINUX_renameat2, "/tmp/a2", "/tmp/a3", 0), 0);
    EXPECT(two_names(LINUX_renameat2, "/tmp/a2", "/tmp/a4", 0), -ENOENT);
    EXPECT(two_names(LINUX_renameat2, "/tmp/a3", "/tmp/b", LINUX_RENAME_NOREPLACE), -EEXIST);
    EXPECT(two_names(LINUX_renameat2, "/tmp/a3", "/tmp/b", LINUX_RENAME_EXCHANGE), 0);
    EXPECT(two_names(LINUX_renameat2, "/tmp", "/tmp/x", 0), -EINVAL);
    EXPECT(two_names(LINUX_renameat2, "/a", "/tmp", 0), -EISDIR);
}

static void an_unlinked_file_lives_while_it_is_open(void)
{
    s64 fd = opened(0, "/tmp/f", CREATE);

    EXPECT(CALL(0, LINUX_write, fd, AT, 9000), 9000);
    EXPECT(by_name(0, LINUX_unlinkat, "/tmp/f", 0, 0), 0);
    EXPECT(CALL(0, LINUX_pread64, fd, AT, 9000, 0), 9000);
    close_slot(0, (u64)fd);
    EXPECT(content_pages() < 40, true);
}

static void stats_owners_and_modes(void)
{
    s64 fd = opened(0, "/tmp/f", CREATE);

    EXPECT(CALL(0, LINUX_fstat, fd, AT), 0);
    EXPECT(get32(AT + 16), S_IFREG | 0644);
    EXPECT(by_name(0, LINUX_newfstatat, "/l", AT, LINUX_AT_SYMLINK_NOFOLLOW), 0);
    EXPECT(get32(AT + 16), S_IFLNK | 0777);
    EXPECT(by_name(0, LINUX_statx, "/a", 0, 0x7ff), -EFAULT);
    EXPECT(CALL(0, LINUX_fchmod, fd, 0600), 0);
    EXPECT(CALL(0, LINUX_fchown, fd, 1000, 1000), 0);
    EXPECT(by_name(1, LINUX_fchmodat, "/tmp/f", 0666, 0), 0);
    EXPECT(by_name(1, LINUX_fchownat, "/tmp/f", 0, 0), -EPERM);
    EXPECT(by_name(1, LINUX_faccessat, "/sbin/init", MAY_WRITE, 0), -EACCES);
    EXPECT(by_name(1, LINUX_faccessat, "/sbin/init", MAY_EXEC, 0), 0);
    remember(PATH, "/");
    EXPECT(CALL(0, LINUX_statfs, PATH, AT), 0);
    EXPECT(by_name(0, LINUX_utimensat, "/tmp/f", 0, 0), 0);
}

static void where_one_is(void)
{
    remember(PATH, "/tmp");
    EXPECT(CALL(0, LINUX_chdir, PATH), 0);
    EXPECT(CALL(0, LINUX_getcwd, AT, 100), 5);
    EXPECT(strcmp((char *)memory(AT), "/tmp"), 0);
    EXPECT(CALL(0, LINUX_getcwd, AT, 3), -ERANGE);
    EXPECT(opened(0, "b", 0), 0);
    EXPECT(opened(0, "../a", 0), 1);
    remember(PATH, "/a");
    EXPECT(CALL(0, LINUX_chdir, PATH), -ENOTDIR);
    remember(PATH, "/tmp");
    EXPECT(CALL(1, LINUX_chroot, PATH), -EPERM);
    EXPECT(CALL(0, LINUX_chroot, PATH), 0);
    EXPECT(opened(0, "/b", 0), 2);
    EXPECT(opened(0, "/../../a", 0), -ENOENT);
}

static void locks_wait_and_go(void)
{
    s64 one = opened(0, "/tmp/b", LINUX_O_RDWR), two = opened(2, "/tmp/b", LINUX_O_RDWR);
    struct sim_caller *waiting;

    EXPECT(CALL(0, LINUX_flock, one, LINUX_LOCK_EX), 0);
    EXPECT(CALL(2, LINUX_flock, two, LINUX_LOCK_EX | LINUX_LOCK_NB), -EAGAIN);
    EXPECT(CALL(2, LINUX_flock, two, LINUX_LOCK_SH), WAITS);
    waiting = last;
    EXPECT(CALL(0, LINUX_flock, one, LINUX_LOCK_UN), 0);
    EXPECT(waiting->state, CALLER_DONE);
    EXPECT(waiting->result, 0);
    EXPECT(CALL(0, LINUX_flock, one, LINUX_LOCK_EX), WAITS);
    interrupt(last);
    EXPECT(last->result, -ERESTARTSYS);
    EXPECT(CALL(0, LINUX_flock, one, LINUX_LOCK_EX), WAITS);
    waiting = last;
    close_slot(2, (u64)two);
    EXPECT(waiting->result, 0);
    EXPECT(CALL(0, LINUX_flock, one, 0), -EINVAL);
}

static s64 record(u32 client, s64 fd, u64 command, u32 type, u64 from)
{
    put64(AT, type), put64(AT + 8, from), put64(AT + 16, 10), put64(AT + 24, 0);
    return call_forwarded(client, client, (u64)fd, LINUX_fcntl,
                          (const u64[6]){(u64)fd, command, AT});
}

static void records_of_a_file_are_locked(void)
{
    s64 one = opened(0, "/tmp/b", LINUX_O_RDWR), two = opened(2, "/tmp/b", LINUX_O_RDWR);

    EXPECT(record(0, one, LINUX_F_SETLK, 1, 0), 0);
    EXPECT(record(2, two, LINUX_F_SETLK, 0, 5), -EAGAIN);
    EXPECT(record(2, two, LINUX_F_GETLK, 1, 5), 0);
    EXPECT(get32(AT) & 0xffff, 1);
    EXPECT(record(2, two, LINUX_F_SETLK, 1, 20), 0);
    EXPECT(record(2, two, LINUX_F_SETLKW, 1, 0), WAITS);
    EXPECT(record(0, one, LINUX_F_SETLK, LINUX_F_UNLCK, 0), 0);
    EXPECT(last->result, 0);
    EXPECT(record(0, one, LINUX_F_SETLK, 9, 0), -EINVAL);
}

static void devices_answer_or_are_forwarded(void)
{
    s64 null = opened(0, "/dev/null", LINUX_O_RDWR), zero = opened(0, "/dev/zero", LINUX_O_RDWR);

    EXPECT(CALL(0, LINUX_write, null, AT, 100), 100);
    EXPECT(CALL(0, LINUX_read, null, AT, 100), 0);
    EXPECT(CALL(0, LINUX_read, zero, AT, 100), 100);
    EXPECT(opened(0, "/dev/console", LINUX_O_RDWR), FORWARDS);
    EXPECT(opened(0, "/dev/tty", LINUX_O_RDWR), FORWARDS);
    EXPECT(by_name(0, LINUX_mknodat, "/tmp/p", S_IFIFO | 0644, 0), 0);
    EXPECT(opened(0, "/tmp/p", 0), FORWARDS);
    EXPECT(by_name(0, LINUX_mknodat, "/tmp/q", S_IFDIR, 0), -EPERM);
    EXPECT(CALL(0, LINUX_mmap, 0, 4096, 1, 2, zero, 0), FORWARDS);
    EXPECT(CALL(0, LINUX_mmap, 0, 4096, 1, 2, null, 0), -ENODEV);
}

static void programs_are_handed_to_process(void)
{
    s64 fd;

    remember(PATH, "/sbin/init");
    EXPECT(CALL(0, LINUX_execve, PATH, 0, 0), FORWARDS);
    remember(PATH, "/bin/sh");
    EXPECT(CALL(0, LINUX_execve, PATH, 0, 0), FORWARDS);
    remember(PATH, "/a");
    EXPECT(CALL(0, LINUX_execve, PATH, 0, 0), -EACCES);
    fd = opened(0, "/bin/sh", LINUX_O_RDWR);
    remember(PATH, "/bin/sh");
    EXPECT(CALL(0, LINUX_execve, PATH, 0, 0), -ETXTBSY);
    EXPECT(CALL(0, LINUX_mmap, 0, 4096, 1, 2, fd, 0), FORWARDS);
}

static void proc_tells_of_processes(void)
{
    static const char *const texts[] = {"/proc/self/stat", "/proc/self/status", "/proc/self/maps",
                                        "/proc/meminfo",   "/proc/stat",        "/proc/loadavg",
                                        "/proc/version",   "/proc/uptime",      "/proc/cpuinfo"};

    for (u32 i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        s64 fd = opened(0, texts[i], 0);
        EXPECT(fd, 0);
        EXPECT(CALL(0, LINUX_read, fd, AT, 4000) > 0, true);
        close_slot(0, (u64)fd);
    }
    remember(PATH, "/proc/self");
    EXPECT(CALL(0, LINUX_readlinkat, HERE, PATH, AT, 100), 1);
    EXPECT(opened(0, "/proc/99999", 0), -ENOENT);
    EXPECT(opened(0, "/proc/x", CREATE), -ENOENT);
}

static void nothing_is_lost_when_memory_runs_out(void)
{
    for (s64 i = 0; i < 12; i++) {
        s64 fd;

        sim.heap_left = i;
        w->memory_left = 12 - i;
        (void)by_name(0, LINUX_mkdirat, "/tmp/d", 0755, 0);
        fd = opened(0, "/tmp/d/f", CREATE);
        (void)CALL(0, LINUX_write, fd, AT, 20000);
        (void)two_names(LINUX_linkat, "/tmp/d/f", "/tmp/g", 0);
        (void)two_names(LINUX_renameat2, "/tmp/g", "/tmp/d/h", 0);
        sim.heap_left = w->memory_left = -1;
        (void)by_name(0, LINUX_unlinkat, "/tmp/d/f", 0, 0);
    }
    EXPECT(ask(FROM_EVENT, FS_DROP, 0, 0, 0) >= 0, true);
    EXPECT(ask(FROM_EVENT, FD_POLL, 1, 1, 0) != 0, true);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories[] = {
    STORY(what_is_written_is_read),
    STORY(the_archive_is_there),
    STORY(open_refuses),
    STORY(an_open_that_fails_leaves_nothing),
    STORY(directories_and_their_names),
    STORY(mkdir_below_a_file_is_no_directory),
    STORY(links_and_renames),
    STORY(an_unlinked_file_lives_while_it_is_open),
    STORY(stats_owners_and_modes),
    STORY(where_one_is),
    STORY(locks_wait_and_go),
    STORY(records_of_a_file_are_locked),
    STORY(devices_answer_or_are_forwarded),
    STORY(programs_are_handed_to_process),
    STORY(proc_tells_of_processes),
    STORY(nothing_is_lost_when_memory_runs_out),
    {0},
};

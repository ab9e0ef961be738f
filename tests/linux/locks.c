// Locks of files: fcntl's ranges, which processes keep, and flock's, which open files keep; who
// waits for one, and how the wait ends.
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static int range(int fd, int how, int type, int from, int len)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = len};
    return fcntl(fd, how, &lock);
}

// What F_GETLK says of a lock for writing there.
static void look(const char *what, int fd, int how, int from, int len)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = from, .l_len = len};
    const char *const types[] = {"read", "write", "none"};
    if (fcntl(fd, how, &l) < 0)
        show(what, -1);
    else if (l.l_type == F_UNLCK)
        say("%s: free", what);
    else
        say("%s: %s %d+%d %s", what, types[l.l_type], (int)l.l_start, (int)l.l_len,
            l.l_pid == getppid() ? "parent's"
            : l.l_pid == -1      ? "of a file"
                                 : "another's");
}

// A child that does something and then waits for its end; returns when it has.
static pid_t holder(void (*take)(int fd), int fd)
{
    int ready[2];
    char c;
    make_pipe(ready);
    pid_t pid = fork_test();
    if (pid == 0) {
        take(fd);
        write(ready[1], "x", 1);
        for (;;)
            pause();
    }
    read(ready[0], &c, 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void take_all(int fd)
{
    show("holder", range(fd, F_SETLK, F_WRLCK, 0, 0));
}

static void take_whole(int fd)
{
    show("holder", flock(fd, LOCK_EX));
}

static void end_later(pid_t pid, int ms)
{
    if (fork_test() == 0) {
        sleep_ms(ms);
        kill(pid, SIGKILL);
        _exit(0);
    }
}

static void ranges_are_split_and_joined(void)
{
    int fd = make_file("f", "0123456789");
    show("all", range(fd, F_SETLK, F_WRLCK, 0, 0));
    show("hole", range(fd, F_SETLK, F_UNLCK, 10, 10));
    show("shared end", range(fd, F_SETLK, F_RDLCK, 30, 0));
    if (fork_test() == 0) {
        look("0", fd, F_GETLK, 0, 5);
        look("10", fd, F_GETLK, 10, 10);
        look("20", fd, F_GETLK, 25, 1);
        look("30", fd, F_GETLK, 40, 1);
        show("in the hole", range(fd, F_SETLK, F_WRLCK, 12, 2));
        show("beside it", range(fd, F_SETLK, F_WRLCK, 12, 9));
        show("both read", range(fd, F_SETLK, F_RDLCK, 40, 1));
        _exit(0);
    }
    show_child("child", -1);
}

static void bad_arguments(void)
{
    int fd = make_file("f", "abc"), reader = open("f", O_RDONLY), path = open("f", O_PATH);
    show("type", range(fd, F_SETLK, 7, 0, 0));
    show("negative", range(fd, F_SETLK, F_RDLCK, -1, 0));
    show("before 0", range(fd, F_SETLK, F_RDLCK, 1, -2));
    show("backwards", range(fd, F_SETLK, F_RDLCK, 3, -2));
    show("write lock, read only", range(reader, F_SETLK, F_WRLCK, 0, 0));
    show("null", fcntl(fd, F_SETLKW, NULL));
    show("O_PATH", range(path, F_SETLK, F_RDLCK, 0, 0));
    show("no descriptor", range(99, F_SETLKW, F_RDLCK, 0, 0));
    show("flock: how", flock(fd, 0));
    show("flock: both", flock(fd, LOCK_SH | LOCK_EX));
    show("flock: O_PATH", flock(path, LOCK_SH));
    show("flock: no descriptor", flock(99, LOCK_SH));
    show("flock: read only", flock(reader, LOCK_EX));
}

static void a_wait_ends_with_the_unlock(void)
{
    int fd = make_file("f", "abc");
    show("mine", range(fd, F_SETLK, F_WRLCK, 0, 3));
    pid_t pid = fork_test();
    if (pid == 0) {
        show("at once", range(fd, F_SETLK, F_WRLCK, 1, 1));
        show("waited", range(fd, F_SETLKW, F_WRLCK, 1, 1));
        look("its other bytes", fd, F_GETLK, 0, 1);
        _exit(0);
    }
    sleep_ms(200);
    say("unlocks");
    int unlocked = range(fd, F_SETLK, F_UNLCK, 1, 2);
    show_child("child", pid);
    show("unlock", unlocked);
}

static void a_wait_ends_with_the_holder(void)
{
    int fd = make_file("f", "abc");
    pid_t pid = holder(take_all, fd);
    end_later(pid, 200);
    show("waited", range(fd, F_SETLKW, F_WRLCK, 0, 0));
    show_child("holder", pid);
}

static void a_wait_for_flock_ends_with_the_holder(void)
{
    int fd = make_file("f", "abc");
    pid_t pid = holder(take_whole, open("f", O_RDWR));
    show("at once", flock(fd, LOCK_EX | LOCK_NB));
    close(fd + 1);
    end_later(pid, 200);
    show("waited", flock(fd, LOCK_EX));
    show_child("holder", pid);
}

static void close_of_another_descriptor(void)
{
    int fd = make_file("f", "abc");
    show("mine", range(fd, F_SETLK, F_WRLCK, 0, 0));
    close(open("f", O_RDONLY));
    if (fork_test() == 0) {
        show("child's", range(open("f", O_RDWR), F_SETLK, F_WRLCK, 0, 0));
        _exit(0);
    }
    show_child("child", -1);
}

static void locks_of_a_child_end_with_it(void)
{
    int fd = make_file("f", "abc");
    if (fork_test() == 0) {
        take_all(fd);
        _exit(0);
    }
    show_child("child", -1);
    show("mine", range(fd, F_SETLK, F_WRLCK, 0, 0));
}

static void waiting(int fd, int flags, bool whole)
{
    pid_t parent = getpid(), pid = holder(whole ? take_whole : take_all, open("f", O_RDWR));
    close(fd + 1);
    handle(SIGUSR1, note, flags);
    if (fork_test() == 0) {
        sleep_ms(150);
        kill(parent, SIGUSR1);
        sleep_ms(150);
        kill(pid, SIGKILL);
        _exit(0);
    }
    show("waited", whole ? flock(fd, LOCK_SH) : range(fd, F_SETLKW, F_RDLCK, 0, 1));
    say("handled %d", notes);
    kill(pid, SIGKILL);
}

static void a_signal_interrupts(void)
{
    waiting(make_file("f", "abc"), 0, false);
}

static void a_signal_restarts(void)
{
    waiting(make_file("f", "abc"), SA_RESTART, false);
}

static void a_signal_interrupts_flock(void)
{
    waiting(make_file("f", "abc"), 0, true);
}

static void a_signal_restarts_flock(void)
{
    waiting(make_file("f", "abc"), SA_RESTART, true);
}

static void a_circle_is_refused(void)
{
    int fd = make_file("f", "abcdef"), other = make_file("g", "");
    show("mine", range(fd, F_SETLK, F_WRLCK, 0, 1));
    pid_t pid = fork_test();
    if (pid == 0) {
        show("child's", range(other, F_SETLK, F_WRLCK, 5, 1));
        show("child waited", range(fd, F_SETLKW, F_WRLCK, 0, 2));
        _exit(0);
    }
    sleep_ms(200);
    show("circle", range(other, F_SETLKW, F_RDLCK, 0, 0));
    int unlocked = range(fd, F_SETLK, F_UNLCK, 0, 0);
    show_child("child", pid);
    show("unlock", unlocked);
}

static void a_reader_passes_a_waiting_writer(void)
{
    int fd = make_file("f", "abc");
    show("mine", range(fd, F_SETLK, F_RDLCK, 0, 0));
    pid_t pid = fork_test();
    if (pid == 0) {
        show("writer", range(fd, F_SETLKW, F_WRLCK, 0, 0));
        _exit(0);
    }
    sleep_ms(100);
    if (fork_test() == 0) {
        show("reader", range(fd, F_SETLKW, F_RDLCK, 0, 0));
        _exit(0);
    }
    sleep_ms(200);
    int unlocked = range(fd, F_SETLK, F_UNLCK, 0, 0);
    show_child("writer", pid);
    show("unlock", unlocked);
}

static void flock_belongs_to_the_open_file(void)
{
    int fd = make_file("f", "abc"), same = dup(fd), other = open("f", O_RDONLY);
    show("mine", flock(fd, LOCK_EX));
    show("the same", flock(same, LOCK_EX | LOCK_NB));
    show("other", flock(other, LOCK_SH | LOCK_NB));
    show("ranges are apart", range(fd, F_SETLK, F_WRLCK, 0, 0));
    if (fork_test() == 0) {
        show("child makes it shared", flock(fd, LOCK_SH));
        _exit(0);
    }
    show_child("child", -1);
    show("other", flock(other, LOCK_SH | LOCK_NB));
    show("alone", flock(other, LOCK_EX | LOCK_NB));
    show("that lost it", flock(fd, LOCK_EX | LOCK_NB));
    close(fd);
    show("a copy keeps it", flock(other, LOCK_EX | LOCK_NB));
    close(same);
    show("none does", flock(other, LOCK_EX | LOCK_NB));
    show("unlock", flock(other, LOCK_UN));
    show("again", flock(other, LOCK_UN | LOCK_NB));
}

static void ranges_of_open_files(void)
{
    int fd = make_file("f", "abc"), other = open("f", O_RDWR);
    show("mine", range(fd, F_OFD_SETLK, F_WRLCK, 0, 2));
    show("other", range(other, F_OFD_SETLK, F_WRLCK, 1, 2));
    show("process", range(fd, F_SETLK, F_RDLCK, 0, 0));
    look("seen", other, F_OFD_GETLK, 0, 0);
    close(open("f", O_RDONLY));
    show("still", range(other, F_OFD_SETLK, F_WRLCK, 1, 2));
    close(fd);
    show("waited", range(other, F_OFD_SETLKW, F_WRLCK, 1, 2));
}

static void locks_stay_over_exec(void)
{
    int fd = make_file("f", "abc"), ready[2];
    char c;
    make_pipe(ready);
    pid_t pid = fork_test();
    if (pid == 0) {
        take_all(fd);
        dup2(ready[1], 1);
        execl(self_path, "linuxtest", "--helper", "hold", NULL);
        give_up("exec");
    }
    close(ready[1]);
    read(ready[0], &c, 1);
    show("at once", range(fd, F_SETLK, F_WRLCK, 0, 0));
    kill(pid, SIGKILL);
    show_child("holder", pid);
    show("then", range(fd, F_SETLK, F_WRLCK, 0, 0));
}

const struct test tests_locks[] = {
    {"ranges_are_split_and_joined", ranges_are_split_and_joined},
    {"bad_arguments", bad_arguments},
    {"a_wait_ends_with_the_unlock", a_wait_ends_with_the_unlock},
    {"a_wait_ends_with_the_holder", a_wait_ends_with_the_holder},
    {"a_wait_for_flock_ends_with_the_holder", a_wait_for_flock_ends_with_the_holder},
    {"close_of_another_descriptor", close_of_another_descriptor},
    {"locks_of_a_child_end_with_it", locks_of_a_child_end_with_it},
    {"a_signal_interrupts", a_signal_interrupts},
    {"a_signal_restarts", a_signal_restarts},
    {"a_signal_interrupts_flock", a_signal_interrupts_flock},
    {"a_signal_restarts_flock", a_signal_restarts_flock},
    {"a_circle_is_refused", a_circle_is_refused},
    {"a_reader_passes_a_waiting_writer", a_reader_passes_a_waiting_writer},
    {"flock_belongs_to_the_open_file", flock_belongs_to_the_open_file},
    {"ranges_of_open_files", ranges_of_open_files},
    {"locks_stay_over_exec", locks_stay_over_exec},
    {NULL, NULL},
};

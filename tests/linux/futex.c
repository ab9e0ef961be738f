// futex, and calls that a C library makes before it tries something else.
#include "test.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static long futex(uint32_t *word, int op, uint32_t value, const void *timeout)
{
    return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

static uint32_t *shared_word(void)
{
    int flags = MAP_SHARED | MAP_ANONYMOUS;
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, -1, 0);
}

static void without_waiting(void)
{
    uint32_t word = 5;
    struct timespec soon = {0, 20000000}, bad = {0, -1};
    show("another value", futex(&word, FUTEX_WAIT, 4, NULL));
    long before = now_ms();
    show("time", futex(&word, FUTEX_WAIT, 5, &soon));
    say("it took long enough %d", now_ms() - before >= 20);
    show("private", futex(&word, FUTEX_WAIT_PRIVATE, 5, &soon));
    show("bad time", futex(&word, FUTEX_WAIT, 5, &bad));
    show("wake nobody", futex(&word, FUTEX_WAKE, 1, NULL));
    show("not aligned", futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT, 5, &soon));
    show("bad address", futex((uint32_t *)8, FUTEX_WAIT, 5, &soon));
    show("unknown operation", futex(&word, 99, 5, NULL));
}

static void between_processes(void)
{
    uint32_t *word = shared_word();
    pid_t pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = fork_test();
        if (pids[i] == 0) {
            __atomic_add_fetch(&word[1], 1, __ATOMIC_SEQ_CST);
            _exit(futex(word, FUTEX_WAIT, 0, NULL) == 0 ? 4 : 5);
        }
    }
    while (__atomic_load_n(&word[1], __ATOMIC_SEQ_CST) < 3)
        sleep_ms(5);
    sleep_ms(100);
    show("wake one", futex(word, FUTEX_WAKE, 1, NULL));
    show("wake all", futex(word, FUTEX_WAKE, 100, NULL));
    for (int i = 0; i < 3; i++)
        show_child("child", pids[i]);
}

static void private_is_private(void)
{
    uint32_t *word = shared_word();
    struct timespec later = {0, 300000000};
    pid_t pid = fork_test();
    if (pid == 0) {
        show("waits", futex(word, FUTEX_WAIT_PRIVATE, 0, &later));
        _exit(0);
    }
    sleep_ms(100);
    show("wake from another process", futex(word, FUTEX_WAKE_PRIVATE, 1, NULL));
    show_child("child", pid);
}

static void interrupted(void)
{
    uint32_t word = 0;
    handle(SIGALRM, note, 0);
    ualarm(50000, 50000);
    show("wait", futex(&word, FUTEX_WAIT, 0, NULL));
    say("handled %d", notes > 0);
}

static void moving_waiters(void)
{
    uint32_t *words = shared_word();
    pid_t pid = fork_test();
    if (pid == 0)
        _exit(futex(words, FUTEX_WAIT, 0, NULL) == 0 ? 4 : 5);
    sleep_ms(100);
    show("compare fails", syscall(SYS_futex, words, FUTEX_CMP_REQUEUE, 0, 1, words + 1, 7));
    show("requeue", syscall(SYS_futex, words, FUTEX_CMP_REQUEUE, 0, 1, words + 1, 0));
    show("nobody at the old place", futex(words, FUTEX_WAKE, 1, NULL));
    show("at the new one", futex(words + 1, FUTEX_WAKE, 1, NULL));
    show_child("child", pid);
}

// The word is cleared for those who share the memory (pthread_join waits so); here nobody is left.
static void the_last_one_clears_nothing(void)
{
    uint32_t *word = shared_word();
    *word = 1;
    pid_t pid = fork_test();
    if (pid == 0) {
        syscall(SYS_set_tid_address, word);
        _exit(0);
    }
    show_child("child", pid);
    show("word", *word);
}

static void dead_owner_is_marked(void)
{
    // A robust list: head, offset of the futex word behind each entry, pending entry.
    uint32_t *word = shared_word();
    pid_t pid = fork_test();
    if (pid == 0) {
        struct {
            void *next;
            long offset;
            void *pending;
        } head;
        void **entry = (void **)(word + 4);
        *entry = &head;
        head.next = entry;
        head.offset = (char *)word - (char *)entry;
        head.pending = NULL;
        *word = (uint32_t)getpid();
        _exit(syscall(SYS_set_robust_list, &head, sizeof head) != 0);
    }
    show_child("child", pid);
    say("owner died %d", (*word & FUTEX_OWNER_DIED) != 0);
}

static void old_limits(void)
{
    struct rlimit limit = {30, 40}, old = {0, 0};
    show("setrlimit", syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit));
    show("getrlimit", syscall(SYS_getrlimit, RLIMIT_NOFILE, &old));
    say("%ld %ld", (long)old.rlim_cur, (long)old.rlim_max);
}

// Newer calls may be missing; then the error must be the one that makes programs fall back.
static void newer_calls(void)
{
    long pid = syscall(SYS_clone3, NULL, 0);
    say("clone3 with nothing fails: %d", pid == -1 && (errno == ENOSYS || errno == EINVAL));
    long result = syscall(293, NULL, 0, 0, 0);
    say("rseq with nothing fails: %d", result == -1 && (errno == ENOSYS || errno == EINVAL));
    close(make_file("f", ""));
    result = syscall(SYS_llistxattr, "f", NULL, 0);
    say("no attributes or none supported: %d",
        result == 0 || errno == EOPNOTSUPP || errno == ENOSYS);
}

static void a_name_service_that_is_not_there(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "missing/socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    say("fails: %d", fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0);
}

const struct test tests_futex[] = {
    {"without_waiting", without_waiting},
    {"between_processes", between_processes},
    {"private_is_private", private_is_private},
    {"interrupted", interrupted},
    {"moving_waiters", moving_waiters},
    {"the_last_one_clears_nothing", the_last_one_clears_nothing},
    {"dead_owner_is_marked", dead_owner_is_marked},
    {"old_limits", old_limits},
    {"newer_calls", newer_calls},
    {"a_name_service_that_is_not_there", a_name_service_that_is_not_there},
    {NULL, NULL},
};

// Files in memory: private and shared mappings, their end, truncation, permissions.
#include "test.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE };

static const char *mapped(void *p)
{
    return p == MAP_FAILED ? rc(-1) : "mapped";
}

// A file of that many bytes: byte i is 'a' + its page's number.
static int make_pages(const char *path, int len)
{
    int fd = make_file(path, "");
    for (int i = 0; i < len; i += PAGE) {
        char page[PAGE];
        memset(page, 'a' + i / PAGE, PAGE);
        if (write(fd, page, len - i < PAGE ? len - i : PAGE) < 0)
            give_up("write");
    }
    return fd;
}

static void private_mapping(void)
{
    int fd = make_pages("f", 3 * PAGE);
    char *p = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, fd, 0);
    say("%c %c %c", p[0], p[PAGE], p[2 * PAGE]);
    p[0] = 'X';
    char c = 0;
    pread(fd, &c, 1, 0);
    say("memory %c, file %c", p[0], c);
    pwrite(fd, "Y", 1, 0);
    say("a page that was written keeps its own: %c", p[0]);
    close(fd);
    say("the mapping outlives the descriptor: %c", p[PAGE]);
    unlink("f");
    say("and the name: %c", p[2 * PAGE]);
}

static void shared_mapping(void)
{
    int fd = make_pages("f", 2 * PAGE);
    char c = 0, *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    char *q = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
    p[PAGE] = 'X';
    pread(fd, &c, 1, PAGE);
    say("file %c, another mapping %c", c, q[0]);
    pwrite(fd, "Y", 1, PAGE + 1);
    say("what is written to the file is seen: %c %c", p[PAGE + 1], q[1]);
    pid_t pid = fork_test();
    if (pid == 0) {
        p[0] = 'Z';
        _exit(0);
    }
    show_child("child wrote", pid);
    say("the parent sees it: %c", p[0]);
    show("msync", msync(p, 2 * PAGE, MS_SYNC));
    show("munmap", munmap(p, 2 * PAGE));
    pread(fd, &c, 1, 0);
    say("file %c", c);
}

static void offsets(void)
{
    int fd = make_pages("f", 3 * PAGE);
    char *p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 2 * PAGE);
    say("page 2: %c", p[0]);
    say("not aligned: %s", mapped(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100)));
    say("behind the end: %s", mapped(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 8 * PAGE)));
    lseek(fd, 5, SEEK_SET);
    show("offset of the file is not used", lseek(fd, 0, SEEK_CUR));
}

static sigjmp_buf back;

static void caught(int number, siginfo_t *info, void *context)
{
    (void)context;
    say("%s code %d", signal_text(number), info->si_code);
    siglongjmp(back, 1);
}

static void try_read(const char *what, char *p)
{
    struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    if (sigsetjmp(back, 1) == 0)
        say("%s: %d", what, *(volatile char *)p);
    else
        say("%s: cannot read", what);
}

static void end_of_the_file(void)
{
    int fd = make_pages("f", PAGE + 100);
    char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);
    try_read("last byte", p + PAGE + 99);
    try_read("rest of its page", p + PAGE + 100);
    try_read("the page behind", p + 2 * PAGE);
    p[PAGE + 200] = 'x';
    show("writing there does not grow it", lseek(fd, 0, SEEK_END));
    ftruncate(fd, 3 * PAGE);
    try_read("after growing", p + 2 * PAGE);
}

static void truncated(void)
{
    int fd = make_pages("f", 3 * PAGE);
    char *shared = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
    char *private = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, fd, 0);
    private[2 * PAGE] = 'p';
    try_read("before", shared + 2 * PAGE);
    show("ftruncate", ftruncate(fd, PAGE));
    try_read("shared", shared + 2 * PAGE);
    try_read("private, not written", private + PAGE);
    try_read("private, written", private + 2 * PAGE);
    try_read("what is left", shared + PAGE - 1);
}

static void permissions(void)
{
    make_pages("f", PAGE);
    int in = open("f", O_RDONLY), out = open("f", O_WRONLY), both = open("f", O_RDWR);
    say("reader, private, writable: %s", mapped(mmap(NULL, PAGE, RW, MAP_PRIVATE, in, 0)));
    say("reader, shared, readable: %s", mapped(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, in, 0)));
    say("reader, shared, writable: %s", mapped(mmap(NULL, PAGE, RW, MAP_SHARED, in, 0)));
    say("writer, private: %s", mapped(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, out, 0)));
    say("writer, shared: %s", mapped(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, out, 0)));
    say("both, shared: %s", mapped(mmap(NULL, PAGE, RW, MAP_SHARED, both, 0)));
    char *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, in, 0);
    show("mprotect to writable, shared reader", mprotect(p, PAGE, RW));
    p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, in, 0);
    show("mprotect to writable, private reader", mprotect(p, PAGE, RW));
}

static void what_cannot_be_mapped(void)
{
    int ends[2];
    make_pipe(ends);
    say("pipe: %s", mapped(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, ends[0], 0)));
    int d = open(".", O_RDONLY | O_DIRECTORY);
    say("directory: %s", mapped(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, d, 0)));
    int zero = open("/dev/zero", O_RDWR);
    char *p = mmap(NULL, PAGE, RW, MAP_PRIVATE, zero, 0);
    say("/dev/zero: %s, zero %d", mapped(p), p[0] == 0);
    int null = open("/dev/null", O_RDWR);
    say("/dev/null: %s", mapped(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, null, 0)));
}

static void reading_into_a_mapping_of_the_file(void)
{
    int fd = make_pages("f", 2 * PAGE);
    char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    show("read", pread(fd, p, PAGE, PAGE));
    say("%c %c", p[0], p[PAGE]);
    show("write", pwrite(fd, p + PAGE, 10, 5));
    say("%c %c", p[5], p[20]);
}

static void private_after_fork(void)
{
    int fd = make_pages("f", PAGE);
    char *p = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
    p[0] = 'p';
    pid_t pid = fork_test();
    if (pid == 0) {
        say("child sees %c", p[0]);
        p[0] = 'c';
        _exit(0);
    }
    show_child("child", pid);
    say("parent sees %c", p[0]);
}

const struct test tests_filemap[] = {
    {"private_mapping", private_mapping},
    {"shared_mapping", shared_mapping},
    {"offsets", offsets},
    {"end_of_the_file", end_of_the_file},
    {"truncated", truncated},
    {"permissions", permissions},
    {"what_cannot_be_mapped", what_cannot_be_mapped},
    {"reading_into_a_mapping_of_the_file", reading_into_a_mapping_of_the_file},
    {"private_after_fork", private_after_fork},
    {NULL, NULL},
};

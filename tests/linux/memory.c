// Anonymous memory: brk, mmap and munmap, where mappings go, what they contain, madvise, limits.
#include "test.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static const char *mapped(void *p)
{
    return p == MAP_FAILED ? rc(-1) : "mapped";
}

static void the_break(void)
{
    char *start = sbrk(0);
    say("grow: %d", sbrk(3 * PAGE) == start);
    start[0] = start[3 * PAGE - 1] = 1;
    say("new memory is zero: %d", start[1] == 0 && start[PAGE] == 0);
    show("shrink", brk(start + PAGE));
    show("grow again", brk(start + 3 * PAGE));
    say("zero again: %d", start[3 * PAGE - 1] == 0 && start[0] == 1);
    say("below the beginning changes nothing: %d",
        (char *)syscall(SYS_brk, 4096) == start + 3 * PAGE);
    say("far too high changes nothing: %d",
        (char *)syscall(SYS_brk, 1UL << 50) == start + 3 * PAGE);
}

static void map_and_unmap(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
    say("mapped %d, aligned %d", p != MAP_FAILED, (uintptr_t)p % PAGE == 0);
    int sum = 0;
    for (int i = 0; i < 4 * PAGE; i++)
        sum += p[i];
    show("sum of new memory", sum);
    memset(p, 1, 4 * PAGE);
    show("munmap of the middle", munmap(p + PAGE, PAGE));
    say("both sides stay: %d %d", p[PAGE - 1], p[2 * PAGE]);
    show("again", munmap(p + PAGE, PAGE));
    show("all", munmap(p, 4 * PAGE));
    show("not aligned", munmap(p + 1, PAGE));
    show("length 0", munmap(p, 0));
    show("length that wraps", munmap(p, -(size_t)PAGE));
}

static void map_errors(void)
{
    say("length 0: %s", mapped(mmap(NULL, 0, RW, ANON, -1, 0)));
    say("neither private nor shared: %s", mapped(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0)));
    say("too long: %s", mapped(mmap(NULL, 1UL << 60, RW, ANON, -1, 0)));
    say("length that wraps: %s", mapped(mmap(NULL, -1UL, RW, ANON, -1, 0)));
    say("no descriptor: %s", mapped(mmap(NULL, PAGE, RW, MAP_PRIVATE, 77, 0)));
    say("fixed, not aligned: %s", mapped(mmap((void *)0x10001, PAGE, RW, ANON | MAP_FIXED, -1, 0)));
    say("fixed, beyond the end: %s",
        mapped(mmap((void *)(1UL << 60), PAGE, RW, ANON | MAP_FIXED, -1, 0)));
    say("offset not aligned: %s", mapped((void *)syscall(SYS_mmap, 0, PAGE, RW, ANON, -1, 1)));
    say("a hint that is free: %d",
        mmap((void *)0x10000000, PAGE, RW, ANON, -1, 0) == (void *)0x10000000);
    say("a hint not aligned is rounded: %s",
        mapped(mmap((void *)0x20000001, PAGE, RW, ANON, -1, 0)));
}

static void fixed_replaces(void)
{
    char *p = mmap(NULL, 3 * PAGE, RW, ANON, -1, 0);
    memset(p, 7, 3 * PAGE);
    char *q = mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    say("in place %d", q == p + PAGE);
    say("old %d new %d old %d", p[PAGE - 1], q[0], p[2 * PAGE]);
    q = mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
    say("MAP_FIXED_NOREPLACE: %s", mapped(q));
    munmap(p + PAGE, PAGE);
    q = mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
    say("where nothing is: %s", mapped(q));
    q = mmap(p, PAGE, RW, ANON, -1, 0);
    say("a hint that is taken goes elsewhere: %d", q != p && q != MAP_FAILED);
}

static void sparse(void)
{
    size_t size = 8UL << 30, step = size / 64;
    char *p = mmap(NULL, size, RW, ANON | MAP_NORESERVE, -1, 0);
    int sum = 0;
    say("8 GiB: %s", mapped(p));
    for (size_t i = 0; i < 64; i++)
        p[i * step] = 1;
    for (size_t i = 0; i < 64; i++)
        sum += p[i * step] + p[i * step + PAGE];
    show("sum", sum);
    show("munmap", munmap(p, size));
    pid_t pid = fork_test();
    if (pid == 0)
        _exit(p[0]);
    show_child("touch it afterwards", pid);
}

// A page table for each page: the system has to find room for tables while it answers.
static void sparse_tables(void)
{
    size_t step = 2UL << 20, n = 500;
    char *p = mmap(NULL, n * step, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int sum = 0;
    say("1000 MiB: %s", mapped(p));
    for (size_t i = 0; i < n; i++)
        p[i * step] = 1;
    for (size_t i = 0; i < n; i++)
        sum += p[i * step] + p[i * step + PAGE];
    show("sum", sum);
}

static void many_mappings(void)
{
    char *pages[200], *hole;
    int wrong = 0;
    for (int i = 0; i < 200; i++) {
        pages[i] = mmap(NULL, PAGE, i % 2 ? RW : PROT_READ, ANON, -1, 0);
        if (i % 2)
            pages[i][0] = (char)i;
    }
    for (int i = 1; i < 200; i += 2)
        wrong += pages[i][0] != (char)i;
    for (int i = 0; i < 200; i += 3)
        wrong += munmap(pages[i], PAGE) != 0;
    for (int i = 1; i < 200; i += 2)
        wrong += i % 3 && pages[i][0] != (char)i;
    hole = mmap(NULL, PAGE, RW, ANON, -1, 0);
    say("wrong %d, a new page is zero %d", wrong, hole[0] == 0);
}

static void moving(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
    strcpy(p, "contents");
    munmap(p + PAGE, 3 * PAGE);
    char *q = mremap(p, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    say("grown: %s \"%s\", new part zero %d", mapped(q), q, q[3 * PAGE - 1] == 0);
    p = mremap(q, 3 * PAGE, PAGE, 0);
    say("shrunk: in place %d \"%s\"", p == q, p);
    mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    say("no room, may not move: %s", mapped(mremap(p, PAGE, 64 * PAGE, 0)));
    say("not mapped: %s", mapped(mremap((void *)0x70000000, PAGE, PAGE * 2, MREMAP_MAYMOVE)));
    say("not aligned: %s", mapped(mremap(p + 1, PAGE, PAGE, MREMAP_MAYMOVE)));
    say("to length 0: %s", mapped(mremap(p, PAGE, 0, MREMAP_MAYMOVE)));
}

// Mapped one beside the other, the second while the first was in use: one range for Linux.
static void neighbours(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
    munmap(p + PAGE, 3 * PAGE);
    strcpy(p, "contents");
    mmap(p + PAGE, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
    show("a part of both, read only", mprotect(p, 2 * PAGE, PROT_READ));
    show("and back", mprotect(p, 2 * PAGE, RW));
    munmap(p + PAGE, 2 * PAGE);
    mmap(p + PAGE, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
    char *q = mremap(p, 3 * PAGE, 5 * PAGE, MREMAP_MAYMOVE);
    say("grown as one: %s", mapped(q));
    say("\"%s\", the rest is zero %d", q, q[PAGE] == 0 && q[5 * PAGE - 1] == 0);
}

// So many, each in use before the next is there, that they are more than a page of them.
static void neighbours_many(void)
{
    enum { PAGES = 300 };
    char *p = mmap(NULL, PAGES * PAGE, RW, ANON, -1, 0);
    int wrong = munmap(p, PAGES * PAGE);
    for (int i = 0; i < PAGES; i++) {
        wrong += mmap(p + i * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == MAP_FAILED;
        p[i * PAGE] = (char)i;
        if (i % 3 == 2)
            wrong += munmap(p + (i - 1) * PAGE, PAGE);
    }
    for (int i = 0; i < PAGES; i++)
        wrong += i % 3 != 1 && p[i * PAGE] != (char)i;
    say("wrong %d, a hole: %s", wrong, mapped(mremap(p, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE)));
}

static void advice(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
    memset(p, 5, 4 * PAGE);
    show("MADV_DONTNEED", madvise(p + PAGE, PAGE, MADV_DONTNEED));
    say("kept %d, dropped %d, kept %d", p[0], p[PAGE], p[2 * PAGE]);
    show("MADV_NORMAL", madvise(p, PAGE, MADV_NORMAL));
    show("MADV_WILLNEED", madvise(p, PAGE, MADV_WILLNEED));
    show("unknown", madvise(p, PAGE, 9999));
    show("not aligned", madvise(p + 1, PAGE, MADV_DONTNEED));
    show("length 0", madvise(p, 0, MADV_DONTNEED));
    munmap(p + PAGE, PAGE);
    show("with a hole in it", madvise(p, 4 * PAGE, MADV_DONTNEED));
    say("the rest is done: %d", p[0] == 0 && p[2 * PAGE] == 0);
}

static void locking(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
    show("mlock", mlock(p, PAGE));
    show("munlock", munlock(p, PAGE));
    show("not mapped", mlock((void *)0x70000000, PAGE));
    show("msync of anonymous memory", msync(p, PAGE, MS_SYNC));
    show("msync, bad flags", msync(p, PAGE, MS_SYNC | MS_ASYNC));
    munmap(p, PAGE);
    show("msync, not mapped", msync(p, PAGE, MS_SYNC));
}

static void residency(void)
{
    unsigned char present[3] = {7, 7, 7};
    char *p = mmap(NULL, 3 * PAGE, RW, ANON, -1, 0);
    p[0] = p[2 * PAGE] = 1;
    show("mincore", mincore(p, 3 * PAGE, present));
    say("present: %d %d %d", present[0], present[1], present[2]);
    show("no room for the answer", mincore(p, PAGE, NULL));
    show("not aligned", mincore(p + 1, PAGE, present));
    munmap(p + PAGE, PAGE);
    show("a hole", mincore(p, 3 * PAGE, present));
}

static void limit_of_addresses(void)
{
    struct rlimit limit = {64 << 20, 64 << 20};
    show("setrlimit", setrlimit(RLIMIT_AS, &limit));
    say("128 MiB: %s", mapped(mmap(NULL, 128 << 20, RW, ANON, -1, 0)));
    say("1 MiB: %s", mapped(mmap(NULL, 1 << 20, RW, ANON, -1, 0)));
}

static void big_copy_on_write(void)
{
    size_t size = 4 << 20;
    char *p = mmap(NULL, size, RW, ANON, -1, 0);
    memset(p, 1, size);
    pid_t pid = fork_test();
    if (pid == 0) {
        long sum = 0;
        for (size_t i = 0; i < size; i += 2 * PAGE)
            p[i] = 2;
        for (size_t i = 0; i < size; i += PAGE)
            sum += p[i];
        show("child's sum", sum);
        _exit(0);
    }
    show_child("child", pid);
    long sum = 0;
    for (size_t i = 0; i < size; i += PAGE)
        sum += p[i];
    show("parent's sum", sum);
}

const struct test tests_memory[] = {
    {"the_break", the_break},
    {"map_and_unmap", map_and_unmap},
    {"map_errors", map_errors},
    {"fixed_replaces", fixed_replaces},
    {"sparse", sparse},
    {"sparse_tables", sparse_tables},
    {"many_mappings", many_mappings},
    {"moving", moving},
    {"neighbours", neighbours},
    {"neighbours_many", neighbours_many},
    {"advice", advice},
    {"locking", locking},
    {"residency", residency},
    {"limit_of_addresses", limit_of_addresses},
    {"big_copy_on_write", big_copy_on_write},
    {NULL, NULL},
};

// Anonymous memory: mapped, perhaps touched, unmapped.
#include "bench.h"
#include "calls.h"

enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };

static long map(long pages)
{
    return CALL(mmap, 0, pages * PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
}

static double untouched(long n)
{
    for (long i = 0; i < n; i++) {
        long start = map(1);
        check(!is_error(start) && CALL(munmap, start, PAGE) == 0);
    }
    return n;
}

static double touched(long n, long pages)
{
    for (long i = 0; i < n; i++) {
        long start = map(pages);
        if (is_error(start)) {
            check(0);
            break;
        }
        for (long page = 0; page < pages; page++)
            *(volatile char *)(start + page * PAGE) = 1;
        check(CALL(munmap, start, pages * PAGE) == 0);
    }
    return n;
}

static double touch_1(long n)
{
    return touched(n, 1);
}

static double touch_64(long n)
{
    return touched(n, 64);
}

const struct test memory_tests[] = {
    {"mmap0", "mmap+munmap 1 page, no touch", 1000, 15, 0, untouched, 0},
    {"mmap1", "mmap+touch+munmap 1 page", 1000, 15, 0, touch_1, 0},
    {"mmap64", "mmap+touch+munmap 64 pages", 50, 15, 0, touch_64, 0},
    {0},
};

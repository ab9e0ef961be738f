// One process and one file: getpid, read, write, open, close, pread.
#include "bench.h"
#include "calls.h"

enum { READ_ONLY = 0, WRITE_ONLY = 1 };

static long fd;

static double empty(long n)
{
    for (long i = 0; i < n; i++)
        __asm__ volatile("" ::: "memory");
    return n;
}

static double getpid_(long n)
{
    for (long i = 0; i < n; i++)
        check(CALL(getpid) > 0);
    return n;
}

static int open_zero(void)
{
    return fd = do_open("/dev/zero", READ_ONLY);
}

static double read_byte(long n)
{
    for (long i = 0; i < n; i++)
        check(CALL(read, fd, (long)buffer, 1) == 1);
    return n;
}

static int open_null(void)
{
    return fd = do_open("/dev/null", WRITE_ONLY);
}

static double write_byte(long n)
{
    for (long i = 0; i < n; i++)
        check(CALL(write, fd, (long)buffer, 1) == 1);
    return n;
}

static double open_close(long n)
{
    for (long i = 0; i < n; i++) {
        long opened = do_open("/dev/null", WRITE_ONLY);
        check(opened >= 0);
        do_close(opened);
    }
    return n;
}

static int open_self(void)
{
    return fd = do_open(own_path, READ_ONLY);
}

static double pread_page(long n)
{
    for (long i = 0; i < n; i++)
        check(CALL(pread64, fd, (long)buffer, PAGE, PAGE) == PAGE);
    return n;
}

static void close_it(void)
{
    do_close(fd);
}

const struct test file_tests[] = {
    {"empty", "loop turn", 10000, 15, 0, empty, 0},
    {"getpid", "call", 10000, 15, 0, getpid_, 0},
    {"read1", "1 B /dev/zero", 5000, 15, open_zero, read_byte, close_it},
    {"write1", "1 B /dev/null", 5000, 15, open_null, write_byte, close_it},
    {"openclose", "open+close /dev/null", 1000, 15, 0, open_close, 0},
    {"pread4k", "4 KiB own file", 1000, 15, open_self, pread_page, close_it},
    {0},
};

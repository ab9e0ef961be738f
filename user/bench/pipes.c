// Pipes between two processes: a byte each way, and as many bytes as go through.
#include "bench.h"
#include "calls.h"

enum { THROUGHPUT = 16 << 20 };

static int there[2], back[2];
static long child, chunk;

static void echo_bytes(void)
{
    char byte;
    do_close(there[1]);
    do_close(back[0]);
    while (CALL(read, there[0], (long)&byte, 1) == 1)
        CALL(write, back[1], (long)&byte, 1);
    do_exit(0);
}

static int start_echo(void)
{
    long error;
    if ((error = do_pipe(there)) < 0 || (error = do_pipe(back)) < 0)
        return error;
    child = do_fork();
    if (child == 0)
        echo_bytes();
    do_close(there[0]);
    do_close(back[1]);
    return child < 0 ? child : 0;
}

static double ping_pong(long n)
{
    char byte = 1;
    for (long i = 0; i < n; i++) {
        check(CALL(write, there[1], (long)&byte, 1) == 1);
        check(CALL(read, back[0], (long)&byte, 1) == 1);
    }
    return n;
}

static void stop_echo(void)
{
    int status;
    do_close(there[1]);
    do_close(back[0]);
    do_wait(child, &status);
}

// The child writes for ever, each batch reads so many bytes.
static int start_writer(long size)
{
    chunk = size;
    long error = do_pipe(there);
    if (error < 0)
        return error;
    child = do_fork();
    if (child == 0) {
        do_close(there[0]);
        while (CALL(write, there[1], (long)buffer, chunk) > 0)
            continue;
        do_exit(0);
    }
    do_close(there[1]);
    return child < 0 ? child : 0;
}

static int start_64k(void)
{
    return start_writer(65536);
}

static int start_4k(void)
{
    return start_writer(4096);
}

static double read_all(long n)
{
    for (long left = n; left > 0;) {
        long got = CALL(read, there[0], (long)buffer, left < chunk ? left : chunk);
        check(got > 0);
        if (got <= 0)
            break;
        left -= got;
    }
    return n;
}

// The writer ends by SIGPIPE.
static void stop_writer(void)
{
    int status;
    do_close(there[0]);
    do_wait(child, &status);
}

const struct test pipe_tests[] = {
    {"pingpong", "pipe round trip", 1000, 15, start_echo, ping_pong, stop_echo},
    {"pipe64k", "byte, 64 KiB chunks", THROUGHPUT, 7, start_64k, read_all, stop_writer},
    {"pipe4k", "byte, 4 KiB chunks", THROUGHPUT, 7, start_4k, read_all, stop_writer},
    {0},
};

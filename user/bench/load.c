// A load that the system carries while the tests run, to see what grows with what: processes that
// are suspended, processes that wait in read of one pipe, open descriptors, touched memory.
//
// The order matters: processes come first, so that they hold neither descriptors nor memory.
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "bench.h"
#include "calls.h"

enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22, MOST_CHILDREN = 4096, MEGABYTE = 1 << 20 };

static int ends[2];
static long children[MOST_CHILDREN], started;

// Comes back only if the system cannot keep so many.
static void be_suspended(void)
{
    const unsigned long mask = 0;
    CALL(rt_sigsuspend, (long)&mask, sizeof mask);
    do_exit(0);
}

// Nobody ever writes.
static void be_reader(void)
{
    char byte;
    CALL(read, ends[0], (long)&byte, 1);
    do_exit(0);
}

static int start(long count, void (*be)(void))
{
    for (long i = 0; i < count; i++) {
        if (started == MOST_CHILDREN)
            return -E2BIG;
        long pid = do_fork();
        if (pid == 0)
            be();
        if (pid < 0)
            return pid;
        children[started++] = pid;
    }
    return 0;
}

// All children wait once they have had the time to; one that has ended could not.
static int check_waiting(void)
{
    const long time[2] = {1, 0};
    int status;
    if (started == 0)
        return 0;
    CALL(nanosleep, (long)time);
    return CALL(wait4, -1, (long)&status, WNOHANG) == 0 ? 0 : -EAGAIN;
}

static int open_many(long count)
{
    for (long i = 0; i < count; i++) {
        long fd = do_open("/dev/null", 0);
        if (fd < 0)
            return fd;
    }
    return 0;
}

static int touch(long megabytes)
{
    if (megabytes == 0)
        return 0;
    long len = megabytes * MEGABYTE;
    long address = CALL(mmap, 0, len, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    if (is_error(address))
        return address;
    for (long at = 0; at < len; at += PAGE)
        *(volatile char *)(address + at) = 1;
    return 0;
}

int load_put(const struct load *load)
{
    long error = load->readers ? do_pipe(ends) : 0;
    if (error < 0 || (error = start(load->processes, be_suspended)) < 0
        || (error = start(load->readers, be_reader)) < 0 || (error = check_waiting()) < 0
        || (error = open_many(load->descriptors)) < 0)
        return error;
    return touch(load->megabytes);
}

// Descriptors and memory go with this process.
void load_take_off(void)
{
    int status;
    for (long i = 0; i < started; i++)
        CALL(kill, children[i], SIGKILL);
    for (long i = 0; i < started; i++)
        do_wait(children[i], &status);
    started = 0;
}

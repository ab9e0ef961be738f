/* The pipe server: sessions that are no ends, shares of memory, ends that hang up. */
#include "story.h"

#include "ipc/proto/pipe.h"

#define AT SIM_MEMORY
#define THERE (SIM_MEMORY + 8 * PAGE_SIZE)
#define FULL (16 * PAGE_SIZE)
#define FROM_FS (SLOT_FIXED + SERVER_ID_FS)
#define HELD 40 /* another server's slot */

static s64 fifo_make(void)
{
    EXPECT(ask(FROM_FS, PIPE_FIFO, 77, 0644, 1000 | 1000ull << 32), 0);
    return last->received_slot;
}

static s64 fifo_open(u32 client, s64 fifo, u64 flags)
{
    return call_forwarded(client, SIM_CLIENTS, (u64)fifo, LINUX_openat,
                          (const u64[6]){0, AT, flags});
}

/* What a server is told of a client's descriptor. */
static s64 polled(u32 client, u64 fd, u32 events)
{
    sim_slot_set(&sim.cspace[SIM_CSPACES - 1].slot[HELD], descriptor(client, fd), 0);
    events = (u32)ask(HELD, FD_POLL, events, 5, 0);
    (void)ask(HELD, FD_UNPOLL, 0, 5, 0);
    sim_slot_clear(&sim.cspace[SIM_CSPACES - 1].slot[HELD]);
    return events;
}

/* fs's session of a FIFO can be opened, and nothing else. */
static void a_fifo_is_no_end(void)
{
    static const u16 numbers[] = {LINUX_read,  LINUX_write, LINUX_readv, LINUX_writev,
                                  LINUX_fcntl, LINUX_ioctl, LINUX_lseek, LINUX_getdents64};
    s64 fifo = fifo_make();

    for (u32 i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        s64 result = call_forwarded(0, SIM_CLIENTS, (u64)fifo, numbers[i],
                                    (const u64[6]){0, AT, 3, 0, 0, 0});

        expect_equal(result < 0, true, "refused", i);
    }
    EXPECT(call_forwarded(0, SIM_CLIENTS, FROM_FS, LINUX_openat, (const u64[6]){0, AT, 0}), -EBADF);
}

static void a_reader_hears_that_the_writers_are_gone(void)
{
    s64 fifo = fifo_make(), in, out;

    in = fifo_open(0, fifo, LINUX_O_RDONLY | LINUX_O_NONBLOCK);
    EXPECT(polled(0, (u64)in, POLLIN), 0); /* no writer was there yet */
    out = fifo_open(1, fifo, LINUX_O_WRONLY);
    EXPECT(polled(0, (u64)in, POLLIN), 0);
    EXPECT(polled(1, (u64)out, POLLOUT), POLLOUT);
    EXPECT(CALL(1, LINUX_write, out, AT, 3), 3);
    close_slot(1, (u64)out);
    EXPECT(polled(0, (u64)in, POLLIN), POLLIN | POLLHUP);
    EXPECT(CALL(0, LINUX_read, in, AT, 9), 3);
    EXPECT(polled(0, (u64)in, POLLIN), POLLHUP);
}

static void a_writer_hears_that_the_readers_are_gone(void)
{
    EXPECT(CALL(0, LINUX_pipe2, AT, 0), 0);
    EXPECT(CALL(0, LINUX_write, 1, AT, FULL - 10), FULL - 10);
    EXPECT(polled(0, 1, POLLOUT), 0);
    close_slot(0, 0);
    EXPECT(polled(0, 1, POLLOUT), POLLERR);
}

/* While one writer waits, another's ppoll does not get past it. */
static void a_waiting_writer_goes_first(void)
{
    EXPECT(CALL(0, LINUX_pipe2, AT, 0), 0);
    EXPECT(CALL(0, LINUX_write, 1, AT, FULL), FULL);
    EXPECT(CALL(0, LINUX_write, 1, AT, FULL), WAITS);
    EXPECT(polled(0, 1, POLLOUT), 0);
    EXPECT(polled(0, 0, POLLIN), POLLIN);
    EXPECT(CALL(0, LINUX_read, 0, AT, FULL), FULL);
    EXPECT(last->state, CALLER_DONE);
}

/* One who is not root has a share of the pages, and of the ends. */
static void a_user_has_a_share(void)
{
    s64 n = FULL;
    u32 pipes = 0;

    for (; n == FULL && pipes < 30; pipes++) {
        EXPECT(CALL(1, LINUX_pipe2, THERE, LINUX_O_NONBLOCK), 0);
        n = CALL(1, LINUX_write, get32(THERE + 4), AT, FULL);
    }
    EXPECT(CALL(0, LINUX_pipe2, THERE, LINUX_O_NONBLOCK), 0);
    EXPECT(CALL(0, LINUX_write, get32(THERE + 4), AT, FULL), FULL);
}

static void opens_without_room_leave_nothing(void)
{
    s64 fifo = fifo_make();

    for (s64 i = 0; i < 4; i++) {
        EXPECT(fifo_open(0, fifo, LINUX_O_RDONLY), WAITS);
        sim.pool_left = i;
        (void)fifo_open(1, fifo, LINUX_O_WRONLY | LINUX_O_NONBLOCK);
        sim.pool_left = -1;
        if (last->state == CALLER_HELD)
            interrupt(last);
        sim.heap_left = i;
        (void)fifo_open(1, fifo, LINUX_O_WRONLY | LINUX_O_NONBLOCK);
        (void)CALL(2, LINUX_pipe2, AT, 0);
        sim.heap_left = -1;
        close_slot(1, 0);
        close_slot(1, 1);
    }
}

/* Without a Reply to receive with, the server would hear of nobody who could end the wait. */
static void who_would_take_the_last_reply_does_not_wait(void)
{
    s64 result = WAITS;

    EXPECT(CALL(0, LINUX_pipe2, AT, 0), 0);
    sim_slot_set(&sim.cspace[1].slot[0], descriptor(0, get32(AT)), 0);
    for (u32 i = 0; i < 40 && result == WAITS; i++) {
        sim.pool_left = 0; /* and nobody feeds it */
        lack = (struct lack_point){LACK_SERVER, true, 0, 0};
        result = CALL(1, LINUX_read, 0, AT, 5);
    }
    EXPECT(result, -EAGAIN);
    EXPECT(CALL(0, LINUX_write, get32(AT + 4), AT, 5), 5);
}

/* The oldest of too many is told at once, so that it is asked anew. */
static void a_descriptor_has_so_many_watches(void)
{
    u64 n = 0;

    EXPECT(CALL(0, LINUX_pipe2, AT, 0), 0);
    sim_slot_set(&sim.cspace[SIM_CSPACES - 1].slot[HELD], descriptor(0, get32(AT)), 0);
    while (n < 2000 && !ask((SLOT_FIXED + SERVER_ID_EVENT), FD_POLL_NEXT, 0, 0, 0))
        EXPECT(ask(HELD, FD_POLL, POLLIN, ++n, 0), 0);
    EXPECT(n > 1 && n < 2000, true);
    EXPECT(ask(HELD, FD_POLL, POLLIN, ++n, 0), 0);
    EXPECT(ask(HELD, FD_POLL, POLLIN, ++n, 0), 0);
    EXPECT(ask((SLOT_FIXED + SERVER_ID_EVENT), FD_POLL_NEXT, 0, 0, 0), 2);
    EXPECT(ask((SLOT_FIXED + SERVER_ID_EVENT), FD_POLL_NEXT, 0, 0, 0), 3);
    EXPECT(ask((SLOT_FIXED + SERVER_ID_EVENT), FD_POLL_NEXT, 0, 0, 0), 0);
    EXPECT(CALL(0, LINUX_write, get32(AT + 4), AT, 1), 1);
    EXPECT(ask((SLOT_FIXED + SERVER_ID_EVENT), FD_POLL_NEXT, 0, 0, 0) > 3, true);
    sim_slot_clear(&sim.cspace[SIM_CSPACES - 1].slot[HELD]);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_rare[] = {
    STORY(a_fifo_is_no_end),
    STORY(a_reader_hears_that_the_writers_are_gone),
    STORY(a_writer_hears_that_the_readers_are_gone),
    STORY(a_waiting_writer_goes_first),
    STORY(a_user_has_a_share),
    STORY(opens_without_room_leave_nothing),
    {"a_descriptor_has_so_many_watches", a_descriptor_has_so_many_watches, .once = true},
    STORY(who_would_take_the_last_reply_does_not_wait),
    {0},
};

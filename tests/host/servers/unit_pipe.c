/* The pipe server's operations: success, each error, waiting, interrupts, deaths. */
#include "story.h"

#include "ipc/proto/pipe.h"

#define AT SIM_MEMORY
#define THERE (SIM_MEMORY + 8 * PAGE_SIZE)
#define VECTOR (SIM_MEMORY + 20 * PAGE_SIZE)
#define FULL (16 * PAGE_SIZE)
#define FROM_FS (SLOT_FIXED + SERVER_ID_FS)
#define FROM_EVENT (SLOT_FIXED + SERVER_ID_EVENT)

static u32 reader, writer;

static void pipe_make(u64 flags)
{
    s64 error = CALL(0, LINUX_pipe2, AT, flags);

    EXPECT(error, 0);
    story_needs(!error);
    reader = get32(AT);
    writer = get32(AT + 4);
}

/* A FIFO: the slot of fs's session for it. */
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

static void bytes_come_out_as_they_went_in(void)
{
    pipe_make(0);
    remember(AT, "bytes");
    EXPECT(CALL(0, LINUX_write, writer, AT, 6), 6);
    EXPECT(CALL(0, LINUX_ioctl, reader, LINUX_FIONREAD, THERE), 0);
    EXPECT(get32(THERE), 6);
    EXPECT(CALL(0, LINUX_read, reader, THERE, 100), 6);
    EXPECT(strcmp((char *)memory(THERE), "bytes"), 0);
}

static void pipe2_refuses_flags_and_memory(void)
{
    EXPECT(CALL(0, LINUX_pipe2, AT, 1), -EINVAL);
    EXPECT(CALL(0, LINUX_pipe2, 8, 0), -EFAULT);
    EXPECT(CALL(0, LINUX_read, 0, AT, 1), -EBADF);
    for (u32 i = 0; i < SIM_DESCRIPTORS / 2; i++)
        EXPECT(CALL(0, LINUX_pipe2, AT, 0), 0);
    EXPECT(CALL(0, LINUX_pipe2, AT, 0), -EMFILE);
}

static void a_reader_waits_for_a_writer(void)
{
    struct sim_caller *waiting;

    pipe_make(0);
    EXPECT(CALL(0, LINUX_read, reader, THERE, 10), WAITS);
    waiting = last;
    remember(AT, "now");
    EXPECT(CALL(0, LINUX_write, writer, AT, 4), 4);
    EXPECT(waiting->state, CALLER_DONE);
    EXPECT(waiting->result, 4);
    EXPECT(strcmp((char *)memory(THERE), "now"), 0);
}

static void a_writer_waits_for_room(void)
{
    struct sim_caller *waiting;

    pipe_make(0);
    EXPECT(CALL(0, LINUX_write, writer, AT, FULL), FULL);
    EXPECT(CALL(0, LINUX_write, writer, AT, 100), WAITS);
    waiting = last;
    EXPECT(CALL(0, LINUX_read, reader, AT, PAGE_SIZE), PAGE_SIZE);
    EXPECT(waiting->result, 100);
    EXPECT(CALL(0, LINUX_write, writer, AT, FULL), WAITS);
    interrupt(last);
    EXPECT(last->result, PAGE_SIZE - 100);
}

static void who_does_not_wait_is_told_so(void)
{
    pipe_make(LINUX_O_NONBLOCK);
    EXPECT(CALL(0, LINUX_read, reader, AT, 1), -EAGAIN);
    EXPECT(CALL(0, LINUX_write, writer, AT, FULL), FULL);
    EXPECT(CALL(0, LINUX_write, writer, AT, 1), -EAGAIN);
    EXPECT(CALL(0, LINUX_read, writer, AT, 1), -EBADF);
    EXPECT(CALL(0, LINUX_write, reader, AT, 1), -EBADF);
}

static void the_last_close_wakes_the_other_side(void)
{
    struct sim_caller *waiting;

    pipe_make(0);
    EXPECT(CALL(0, LINUX_read, reader, AT, 1), WAITS);
    waiting = last;
    close_slot(0, writer);
    EXPECT(waiting->result, 0);
    pipe_make(0);
    EXPECT(CALL(0, LINUX_write, writer, AT, FULL), FULL);
    EXPECT(CALL(0, LINUX_write, writer, AT, 1), WAITS);
    waiting = last;
    close_slot(0, reader);
    EXPECT(waiting->result, -EPIPE);
    EXPECT(CALL(0, LINUX_write, writer, AT, 1), -EPIPE);
}

static void interrupted_and_dead_callers_are_forgotten(void)
{
    pipe_make(0);
    EXPECT(CALL(0, LINUX_read, reader, AT, 1), WAITS);
    interrupt(last);
    EXPECT(last->result, -ERESTARTSYS);
    EXPECT(CALL(0, LINUX_read, reader, AT, 1), WAITS);
    die(last);
    EXPECT(CALL(0, LINUX_write, writer, AT, 1), 1);
    EXPECT(CALL(0, LINUX_read, reader, AT, 2), 1);
}

static void vectors_move_piece_by_piece(void)
{
    pipe_make(0);
    remember(AT, "vector");
    put64(VECTOR, AT), put64(VECTOR + 8, 3), put64(VECTOR + 16, AT + 3), put64(VECTOR + 24, 4);
    EXPECT(CALL(0, LINUX_writev, writer, VECTOR, 2), 7);
    put64(VECTOR, THERE), put64(VECTOR + 8, 1), put64(VECTOR + 16, THERE + 1);
    EXPECT(CALL(0, LINUX_readv, reader, VECTOR, 2), 5);
    EXPECT(memcmp(memory(THERE), "vecto", 5), 0);
    EXPECT(CALL(0, LINUX_readv, reader, VECTOR, 1025), -EINVAL);
    EXPECT(CALL(0, LINUX_readv, reader, 8, 1), -EFAULT);
}

static void readv_with_an_array_over_two_pages(void)
{
    u64 vector = VECTOR + PAGE_SIZE - 16;

    pipe_make(0);
    EXPECT(CALL(0, LINUX_write, writer, AT, 10), 10);
    put64(vector, THERE), put64(vector + 8, 3), put64(vector + 16, THERE), put64(vector + 24, 7);
    sim.absent = 1ull << 21; /* the second piece's page */
    EXPECT(CALL(0, LINUX_readv, reader, vector, 2), 10);
    sim.absent = sim.refused = 1ull << 21;
    EXPECT(CALL(0, LINUX_readv, reader, vector, 2), -EFAULT);
}

static void a_write_whose_memory_ends_is_short(void)
{
    struct sim_caller *first;

    pipe_make(0);
    EXPECT(CALL(0, LINUX_read, reader, THERE, 1000), WAITS);
    first = last;
    EXPECT(CALL(0, LINUX_read, reader, THERE, 1000), WAITS);
    sim.absent = sim.refused = 1ull << 1;
    EXPECT(CALL(0, LINUX_write, writer, AT + PAGE_SIZE - 1000, 5000), 1000);
    EXPECT(first->result, 1000);
    EXPECT(last->state, CALLER_DONE);
}

static void pages_that_are_not_there_come(void)
{
    pipe_make(0);
    sim.absent = 3 << 8;
    EXPECT(CALL(0, LINUX_write, writer, AT, 5000), 5000);
    EXPECT(CALL(0, LINUX_read, reader, THERE, 5000), 5000);
    EXPECT(last->repeats > 0, true);
    EXPECT(CALL(0, LINUX_write, writer, 8, 10), -EFAULT);
}

static void flags_size_and_status(void)
{
    pipe_make(0);
    EXPECT(call_forwarded(0, 0, reader, LINUX_fcntl, (u64[6]){reader, LINUX_F_GETPIPE_SZ}), FULL);
    EXPECT(call_forwarded(0, 0, reader, LINUX_fcntl, (u64[6]){reader, LINUX_F_SETPIPE_SZ, 5000}),
           2 * PAGE_SIZE);
    EXPECT(CALL(0, LINUX_write, writer, AT, 10), 10);
    EXPECT(call_forwarded(0, 0, reader, LINUX_fcntl, (u64[6]){reader, LINUX_F_SETPIPE_SZ, 1}),
           -EBUSY);
    EXPECT(
        call_forwarded(0, 0, reader, LINUX_fcntl, (u64[6]){reader, LINUX_F_SETPIPE_SZ, FULL + 1}),
        -EPERM);
    EXPECT(call_forwarded(0, 0, writer, LINUX_fcntl,
                          (u64[6]){writer, LINUX_F_SETFL, LINUX_O_NONBLOCK | 1}),
           0);
    EXPECT(call_forwarded(0, 0, writer, LINUX_fcntl, (u64[6]){writer, LINUX_F_GETFL}),
           LINUX_O_NONBLOCK | LINUX_O_WRONLY);
    EXPECT(call_forwarded(0, 0, writer, LINUX_fcntl, (u64[6]){writer, 99}), -EINVAL);
    put64(THERE, 1);
    EXPECT(CALL(0, LINUX_ioctl, reader, LINUX_FIONBIO, THERE), 0);
    EXPECT(CALL(0, LINUX_ioctl, reader, 1, THERE), -ENOTTY);
    EXPECT(CALL(0, LINUX_fstat, reader, THERE), 0);
    EXPECT(get32(THERE + 16), LINUX_S_IFIFO | 0600);
    EXPECT(CALL(0, LINUX_lseek, reader, 0, 0), -ESPIPE);
    EXPECT(CALL(0, LINUX_getdents64, reader, AT, 10), -ENOTDIR);
}

static void owner_and_mode(void)
{
    EXPECT(CALL(1, LINUX_pipe2, AT, 0), 0);
    reader = get32(AT);
    EXPECT(CALL(1, LINUX_fchmod, reader, 0640), 0);
    EXPECT(CALL(1, LINUX_fchown, reader, 1, 1), -EPERM);
    EXPECT(CALL(1, LINUX_fstat, reader, THERE), 0);
    EXPECT(get32(THERE + 16), LINUX_S_IFIFO | 0640);
    EXPECT(get32(THERE + 24), 1000);
}

static void a_fifo_brings_both_sides_together(void)
{
    s64 fifo = fifo_make(), in, out;
    struct sim_caller *waiting;

    EXPECT(fifo_open(0, fifo, LINUX_O_WRONLY | LINUX_O_NONBLOCK), -ENXIO);
    EXPECT(fifo_open(0, fifo, LINUX_O_ACCMODE), -EINVAL);
    EXPECT(fifo_open(0, fifo, LINUX_O_RDONLY), WAITS);
    waiting = last;
    out = fifo_open(1, fifo, LINUX_O_WRONLY);
    in = waiting->result;
    EXPECT(waiting->state, CALLER_DONE);
    EXPECT(CALL(1, LINUX_write, out, AT, 5), 5);
    EXPECT(CALL(0, LINUX_read, in, AT, 9), 5);
    close_slot(1, (u64)out);
    EXPECT(CALL(0, LINUX_read, in, AT, 9), 0);
    EXPECT(fifo_open(0, fifo, LINUX_O_WRONLY), 1);
    EXPECT(fifo_open(2, fifo, LINUX_O_RDONLY | LINUX_O_NONBLOCK), 0);
}

static void an_open_that_waits_is_given_up(void)
{
    s64 fifo = fifo_make();

    EXPECT(fifo_open(0, fifo, LINUX_O_WRONLY), WAITS);
    interrupt(last);
    EXPECT(last->result, -ERESTARTSYS);
    EXPECT(fifo_open(0, fifo, LINUX_O_WRONLY), WAITS);
    die(last);
    EXPECT(fifo_open(0, fifo, LINUX_O_WRONLY | LINUX_O_NONBLOCK), -ENXIO);
}

static void an_end_is_opened_again_by_its_owner(void)
{
    const u64 word[6] = {0, AT, LINUX_O_WRONLY};

    EXPECT(CALL(1, LINUX_pipe2, AT, 0), 0);
    EXPECT(call_forwarded(1, 1, 0, LINUX_openat, word), 2);
    EXPECT(CALL(1, LINUX_write, 2, AT, 5), 5);
    EXPECT(call_forwarded(3, 1, 0, LINUX_openat, word), -EACCES);
}

static void readiness_is_told_once(void)
{
    struct sim_object *event = sim_named(SERVER_EVENT_NOTIFY, OBJECT_NOTIFICATION);
    s64 fifo = fifo_make();

    pipe_make(0);
    (void)fifo;
    sim_slot_set(&sim.cspace[SIM_CSPACES - 1].slot[40],
                 &sim.object[sim.cspace[0].slot[reader].object - 1], 0);
    EXPECT(ask(40, FD_POLL, POLLIN, 5, 0), 0);
    EXPECT(ask(FROM_EVENT, FD_POLL_NEXT, 0, 0, 0), 0);
    EXPECT(CALL(0, LINUX_write, writer, AT, 5), 5);
    EXPECT(event->bits, 1ull << SERVER_ID_PIPE);
    EXPECT(ask(FROM_EVENT, FD_POLL_NEXT, 0, 0, 0), 5);
    EXPECT(ask(FROM_EVENT, FD_POLL_NEXT, 0, 0, 0), 0);
    EXPECT(ask(40, FD_POLL, POLLIN, 5, 0), POLLIN);
    EXPECT(ask(40, FD_POLL, POLLIN | FD_POLL_EDGE, 6, 0), POLLIN);
    EXPECT(ask(40, FD_UNPOLL, 0, 6, 0), 0);
    EXPECT(ask(40, FD_NAME, 0, 0, 0), FD_PIPE);
}

static void ppoll_of_one_waits_here(void)
{
    pipe_make(0);
    put64(THERE, reader | (u64)POLLIN << 32);
    EXPECT(CALL(0, LINUX_ppoll, THERE, 1, 0, 0), WAITS);
    remember(AT, "x");
    EXPECT(CALL(0, LINUX_write, writer, AT, 1), 1);
    EXPECT(last->result, 1);
    EXPECT(get32(THERE + 4), POLLIN | (u32)POLLIN << 16);
    EXPECT(CALL(0, LINUX_ppoll, THERE, 1, 0, 0), 1);
    EXPECT(CALL(0, LINUX_read, reader, AT, 9), 1);
    EXPECT(CALL(0, LINUX_ppoll, THERE, 1, 0, 0), WAITS);
    interrupt(last);
    EXPECT(last->result, -ERESTARTNOHAND);
    put64(VECTOR, 1), put64(VECTOR + 8, 0);
    EXPECT(CALL(0, LINUX_ppoll, THERE, 1, VECTOR, 0), FORWARDS);
}

static void what_servers_may_ask(void)
{
    EXPECT(ask(FROM_FS, PIPE_STATS, 0, 0, 0), 0);
    EXPECT(ask(FROM_FS, PIPE_DROP, 0, 0, 0), 0);
    EXPECT(ask(FROM_FS, 0x3010, 0, 0, 0), -ENOSYS);
    EXPECT(ask(FROM_FS, FD_POLL, 1, 1, 0), -EBADF);
    EXPECT(CALL(0, LINUX_pipe2, AT, 0), 0);
    EXPECT(ask(FROM_FS, PIPE_STATS, 0, 0, 0), 1);
}

static void nothing_leaks_when_memory_runs_out(void)
{
    s64 fifo = fifo_make();

    for (s64 i = 0; i < 12; i++) {
        sim.heap_left = i;
        (void)CALL(0, LINUX_pipe2, AT, 0);
        (void)CALL(2, LINUX_write, 1, AT, 100);
        (void)fifo_open(2, fifo, LINUX_O_RDWR);
        (void)ask(FROM_FS, PIPE_FIFO, 78, 0644, 0);
        sim.heap_left = -1;
        sim.pool_left = i % 4;
        (void)CALL(2, LINUX_pipe2, AT, 0);
        (void)fifo_open(2, fifo, LINUX_O_RDWR);
        sim.pool_left = -1;
    }
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories[] = {
    STORY(bytes_come_out_as_they_went_in),
    STORY(pipe2_refuses_flags_and_memory),
    STORY(a_reader_waits_for_a_writer),
    STORY(a_writer_waits_for_room),
    STORY(who_does_not_wait_is_told_so),
    STORY(the_last_close_wakes_the_other_side),
    STORY(interrupted_and_dead_callers_are_forgotten),
    STORY(vectors_move_piece_by_piece),
    STORY(readv_with_an_array_over_two_pages),
    STORY(a_write_whose_memory_ends_is_short),
    STORY(pages_that_are_not_there_come),
    STORY(flags_size_and_status),
    STORY(owner_and_mode),
    STORY(a_fifo_brings_both_sides_together),
    STORY(an_open_that_waits_is_given_up),
    STORY(an_end_is_opened_again_by_its_owner),
    STORY(readiness_is_told_once),
    STORY(ppoll_of_one_waits_here),
    STORY(what_servers_may_ask),
    STORY(nothing_leaks_when_memory_runs_out),
    {0},
};

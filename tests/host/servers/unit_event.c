/* The event server's operations: ppoll, pselect6, epoll. */
#include "story.h"

#include "servers/event/event_server.h"
#include "world_event.h"

#define AT SIM_MEMORY
#define TIME (SIM_MEMORY + 4 * PAGE_SIZE)
#define MASK (SIM_MEMORY + 5 * PAGE_SIZE)
#define EVENT (SIM_MEMORY + 6 * PAGE_SIZE)
#define ADD 1
#define DELETE 2
#define CHANGE 3
#define EDGE 0x80000000u
#define ONCE 0x40000000u

static void becomes(u32 client, u32 fd, u32 events)
{
    session_becomes(&sim.object[sim.cspace[client].slot[fd].object - 1], events);
    sim_serve();
}

static void item(u32 i, s32 fd, u32 events)
{
    put64(AT + 8 * i, (u32)fd | (u64)events << 32);
}

static u32 told(u32 i)
{
    return get32(AT + 8 * i + 4) >> 16;
}

static void time_is(u64 seconds, u64 nanoseconds)
{
    put64(TIME, seconds), put64(TIME + 8, nanoseconds);
}

static void timer(void)
{
    struct sim_object *t = sim_named(SERVER_TIMER, OBJECT_TIMER);

    sim.now = t->bits;
    t->bits = ~0ull;
    sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= NOTIFY_TIMER;
    sim_serve();
}

static void ppoll_asks_each_server(void)
{
    item(0, 0, POLLIN), item(1, -1, POLLIN), item(2, 60, POLLIN), item(3, 5, POLLOUT);
    becomes(0, 0, POLLIN | POLLOUT);
    EXPECT(CALL(0, LINUX_ppoll, AT, 4, 0, 0), 3);
    EXPECT(told(0), POLLIN);
    EXPECT(told(1), 0);
    EXPECT(told(2), POLLNVAL);
    EXPECT(told(3), POLLOUT); /* its server is no lower one: always ready */
}

static void ppoll_waits_until_one_is_ready(void)
{
    item(0, 0, POLLIN), item(1, 1, POLLIN);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, 0, 0), WAITS);
    becomes(0, 1, POLLOUT);
    EXPECT(last->state, CALLER_HELD);
    becomes(0, 1, POLLIN);
    EXPECT(last->result, 1);
    EXPECT(told(1), POLLIN);
    EXPECT(told(0), 0);
}

static void ppoll_ends_in_time(void)
{
    item(0, 0, POLLIN);
    time_is(0, 0);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, TIME, 0), 0);
    time_is(1, 5);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, TIME, 0), WAITS);
    timer();
    EXPECT(last->result, 0);
    time_is(0, 1000000000);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, TIME, 0), -EINVAL);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, 8, 0), -EFAULT);
    EXPECT(CALL(0, LINUX_ppoll, 8, 2, 0, 0), -EFAULT);
    EXPECT(CALL(0, LINUX_ppoll, AT, SIM_DESCRIPTORS + 1, 0, 0), -EINVAL);
}

static void who_waits_is_interrupted_or_dies(void)
{
    item(0, 0, POLLIN), item(1, 1, POLLIN);
    time_is(5, 0);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, TIME, 0), WAITS);
    interrupt(last);
    EXPECT(last->result, -ERESTARTNOHAND);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, 0, 0), WAITS);
    die(last);
    becomes(0, 1, POLLIN);
}

static void a_mask_may_let_a_signal_in(void)
{
    item(0, 0, POLLIN);
    put64(MASK, 0);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, 0, MASK, 8), WAITS);
    put64(MASK, 1ull << 63);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, 0, MASK, 8), -EINTR);
    EXPECT(CALL(0, LINUX_ppoll, AT, 2, 0, MASK, 4), -EINVAL);
}

static void select_reads_and_writes_sets(void)
{
    put64(AT, 3), put64(AT + 8, 1);
    becomes(0, 0, POLLIN | POLLOUT);
    EXPECT(CALL(0, LINUX_pselect6, 2, AT, AT + 8, 0, 0, 0), 2);
    EXPECT(get32(AT), 1);
    EXPECT(get32(AT + 8), 1);
    put64(AT, 1ull << 40);
    EXPECT(CALL(0, LINUX_pselect6, 41, AT, 0, 0, 0, 0), -EBADF);
    EXPECT(CALL(0, LINUX_pselect6, -1, AT, 0, 0, 0, 0), -EINVAL);
    EXPECT(CALL(0, LINUX_pselect6, 5, 8, 0, 0, 0, 0), -EFAULT);
    put64(AT, 2);
    EXPECT(CALL(0, LINUX_pselect6, 5, AT, 0, 0, 0, 0), WAITS);
    becomes(0, 1, POLLHUP);
    EXPECT(last->result, 1);
}

static s64 epoll_make(void)
{
    return CALL(0, LINUX_epoll_create1, LINUX_O_CLOEXEC);
}

static void wants(u32 events, u64 data)
{
    put64(EVENT, events), put64(EVENT + 8, data);
}

static void epoll_tells_what_is_ready(void)
{
    s64 e = epoll_make();

    wants(POLLIN, 77);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, ADD, 0, EVENT), 0);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, ADD, 0, EVENT), -EEXIST);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, CHANGE, 1, EVENT), -ENOENT);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, ADD, 3, EVENT), -EPERM);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, ADD, 50, EVENT), -EBADF);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, ADD, e, EVENT), -EINVAL);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, 9, 0, EVENT), -EINVAL);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 0);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 0, 0, 0, 8), -EINVAL);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, MASK, 4), -EINVAL);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, -1, 0, 8), WAITS);
    becomes(0, 0, POLLIN);
    EXPECT(last->result, 1);
    EXPECT(get32(AT), POLLIN);
    EXPECT(get32(AT + 8), 77);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 1);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, DELETE, 0, 0), 0);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 0);
}

static void an_edge_is_told_once(void)
{
    s64 e = epoll_make();

    wants(POLLIN | EDGE, 1);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, ADD, 0, EVENT), 0);
    becomes(0, 0, POLLIN);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, 8, 4, 0, 0, 8), -EFAULT);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 1);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 0);
    becomes(0, 0, POLLIN);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 1);
    wants(POLLIN | ONCE, 1);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, CHANGE, 0, EVENT), 0);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 1);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 0);
}

static void a_closed_descriptor_leaves_its_epoll(void)
{
    s64 e = epoll_make();

    wants(POLLIN, 1);
    for (u32 i = 0; i < 3; i++)
        EXPECT(CALL(0, LINUX_epoll_ctl, e, ADD, i, EVENT), 0);
    becomes(0, 0, POLLIN);
    close_slot(0, 0);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, 0, 0, 8), 0);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 4, -1, 0, 8), WAITS);
    close_slot(0, (u64)e);
    interrupt(last);
    EXPECT(last->result, -EINTR);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories[] = {
    STORY(ppoll_asks_each_server),
    STORY(ppoll_waits_until_one_is_ready),
    STORY(ppoll_ends_in_time),
    STORY(who_waits_is_interrupted_or_dies),
    STORY(a_mask_may_let_a_signal_in),
    STORY(select_reads_and_writes_sets),
    STORY(epoll_tells_what_is_ready),
    STORY(an_edge_is_told_once),
    STORY(a_closed_descriptor_leaves_its_epoll),
    {0},
};

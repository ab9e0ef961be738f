/* The event server: many descriptors, many polls, and none left. */
#include "story.h"

#include "servers/event/event_server.h"
#include "world_event.h"

#define AT SIM_MEMORY
#define EVENT (SIM_MEMORY + 30 * PAGE_SIZE)
#define ADD 1
#define DELETE 2
#define LARGE 600 /* more than a slab of the usual size has */

static void becomes(u32 client, u32 fd, u32 events)
{
    session_becomes(&sim.object[sim.cspace[client].slot[fd].object - 1], events);
    sim_serve();
}

static void items(u32 n, s32 fd, u32 events)
{
    for (u32 i = 0; i < n; i++)
        put64(AT + 8 * i, (u32)fd | (u64)events << 32);
}

static s64 add(s64 epoll, u64 fd, u64 data)
{
    put64(EVENT, POLLIN | data << 32);
    put64(EVENT + 8, data);
    return CALL(0, LINUX_epoll_ctl, epoll, ADD, fd, EVENT);
}

static void many_items_of_one_descriptor(void)
{
    items(17, 0, POLLIN);
    EXPECT(CALL(0, LINUX_ppoll, AT, 17, 0, 0), WAITS);
    becomes(0, 0, POLLIN);
    EXPECT(last->result, 17);
    EXPECT(get32(AT + 16 * 8 + 4) >> 16, POLLIN);
}

static void large_polls_are_few(void)
{
    s64 result = WAITS;
    u32 n = 0;

    sim_entry(0)->nofile = 5000;
    items(LARGE, -1, POLLIN);
    put64(AT, (u64)POLLIN << 32); /* of descriptor 0, the others of none */
    EXPECT(CALL(0, LINUX_ppoll, AT, ITEMS_MAX + 1, 0, 0), -EINVAL);
    while (result == WAITS && n++ < 40)
        result = CALL(0, LINUX_ppoll, AT, LARGE, 0, 0);
    EXPECT(result, -ENOMEM);
    becomes(0, 0, POLLIN);
    EXPECT(CALL(0, LINUX_ppoll, AT, LARGE, 0, 0), 1);
}

static void a_set_of_any_size_is_looked_at_so_far(void)
{
    memset(memory(AT), 0, PAGE_SIZE);
    put64(AT, 1);
    becomes(0, 0, POLLIN);
    EXPECT(CALL(0, LINUX_pselect6, 100000, AT, 0, 0, 0, 0), 1);
    EXPECT(CALL(0, LINUX_pselect6, -1, AT, 0, 0, 0, 0), -EINVAL);
}

static void an_epoll_grows(void)
{
    s64 e = CALL(0, LINUX_epoll_create1, 0), dup;
    u32 n = 0;

    for (u64 fd = 0; fd < SIM_DESCRIPTORS; fd++)
        n += (s64)fd != e && add(e, fd, fd) == 0;
    EXPECT(n > 0, true);
    dup = e;
    for (u64 fd = 6; n <= 16 && fd < SIM_DESCRIPTORS; fd++)
        if (!sim.cspace[0].slot[fd].object) {
            sim_slot_set(&sim.cspace[0].slot[fd], &sim.object[sim.cspace[0].slot[0].object - 1], 0);
            EXPECT(add(dup, fd, fd), 0);
            n++;
        }
    EXPECT(n, 17);
    becomes(0, 0, POLLIN);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 64, 0, 0, 0) > 0, true);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, DELETE, 0, 0), 0);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, DELETE, 0, 0), -ENOENT);
}

static void an_epoll_is_asked_for_well(void)
{
    s64 e;

    EXPECT(CALL(0, LINUX_epoll_create1, 1), -EINVAL);
    e = CALL(0, LINUX_epoll_create1, LINUX_O_CLOEXEC);
    EXPECT(e >= 0, true);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, ADD, ~0ull, EVENT) < 0, true);
    EXPECT(CALL(0, LINUX_epoll_pwait, e, AT, 0, 0, 0, 0), -EINVAL);
    EXPECT(CALL(0, LINUX_epoll_ctl, e, 9, 0, EVENT), -EINVAL);
}

/* Half of the table is for others. */
static void one_who_is_not_root_has_half_of_the_epolls(void)
{
    s64 result = 0;
    u32 n = 0;

    for (u32 client = 0; client < SIM_CLIENTS; client++) {
        sim_entry(client)->euid = 1000;
        for (result = 0; result >= 0; n += result >= 0)
            result = CALL(client, LINUX_epoll_create1, 0);
        if (result == -ENOMEM)
            break;
    }
    EXPECT(result, -ENOMEM);
    EXPECT(n, POLLS_MAX / 2);
    sim_entry(7)->euid = 0;
    EXPECT(CALL(7, LINUX_epoll_create1, 0) >= 0, true);
    for (u32 client = 0; client < SIM_CLIENTS; client++)
        for (u64 fd = 6; fd < SIM_DESCRIPTORS; fd++)
            if (sim.cspace[client].slot[fd].object)
                close_slot(client, fd);
}

static void nothing_leaks_when_memory_runs_out(void)
{
    s64 e = CALL(0, LINUX_epoll_create1, 0);

    items(20, 0, POLLIN);
    for (s64 i = 0; i < 4; i++) {
        sim.heap_left = i;
        (void)CALL(0, LINUX_ppoll, AT, 20, 0, 0);
        (void)CALL(0, LINUX_epoll_create1, 0);
        (void)CALL(0, LINUX_epoll_pwait, e, AT, 4, -1, 0, 0);
        sim.heap_left = -1;
        sim.pool_left = i;
        (void)CALL(1, LINUX_epoll_create1, 0);
        sim.pool_left = -1;
    }
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_rare[] = {
    STORY(many_items_of_one_descriptor),
    STORY(large_polls_are_few),
    STORY(a_set_of_any_size_is_looked_at_so_far),
    STORY(an_epoll_grows),
    STORY(an_epoll_is_asked_for_well),
    STORY(one_who_is_not_root_has_half_of_the_epolls),
    STORY(nothing_leaks_when_memory_runs_out),
    {0},
};

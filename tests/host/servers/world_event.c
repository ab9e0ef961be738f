/*
 * The event server's world: descriptors of other servers whose readiness changes, their watches and
 * lists of ready cookies, as servers/lib/watch.c has them.
 */
#include "fuzz.h"

#include "ipc/proto/process.h"
#include "servers/event/event_server.h"
#include "world_event.h"

#define WATCHES 256u

const u32 world_id = SERVER_ID_EVENT;
const bool world_lingers;
const u32 world_clients = 4;

const u64 world_numbers[] = {
    POLLIN, POLLOUT, POLLIN | POLLOUT, POLLPRI, POLLHUP, 0x80000001, 0x40000001, 1, 2, 3};
const u32 world_nnumbers = sizeof(world_numbers) / sizeof(world_numbers[0]);
const u16 world_hot[] = {LINUX_ppoll,     LINUX_pselect6,    LINUX_epoll_ctl,
                         LINUX_epoll_ctl, LINUX_epoll_pwait, LINUX_epoll_create1};
const u32 world_nhot = sizeof(world_hot) / sizeof(world_hot[0]);

static struct {
    struct {
        u64 cookie;
        u32 session, events; /* session: 1 + object, 0: free */
        bool ready;
    } watch[WATCHES];
    s64 odd; /* what the next question is answered, 0: what is right */
} * w;

/* --- The servers that are asked -------------------------------------------------------------- */

static void notify(u32 rank)
{
    sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= 1ull << rank;
}

void session_becomes(struct sim_object *s, u32 events)
{
    s->bits = events;
    for (u32 i = 0; i < WATCHES; i++)
        if (w->watch[i].session == s->index + 1 && w->watch[i].events & events
            && !w->watch[i].ready) {
            w->watch[i].ready = true;
            notify(s->rank);
        }
}

static s64 watch_new(struct sim_object *s, u32 events, u64 cookie)
{
    u32 at = WATCHES;

    for (u32 i = 0; i < WATCHES; i++)
        if (!w->watch[i].session)
            at = i;
        else if (w->watch[i].session == s->index + 1 && w->watch[i].cookie == cookie
                 && !w->watch[i].ready)
            w->watch[i].session = 0;
    if (at == WATCHES)
        return -ENOMEM;
    w->watch[at].session = s->index + 1;
    w->watch[at].cookie = cookie;
    w->watch[at].events = events | POLLERR | POLLHUP;
    w->watch[at].ready = false;
    return 0;
}

static s64 asked(struct sim_object *s, struct message *m)
{
    u32 events = ((u32)m->word[0] & ~FD_POLL_EDGE) | POLLERR | POLLHUP;
    s64 ready = (s64)(s->bits & events);

    if (m->word[1] && (!ready || m->word[0] & FD_POLL_EDGE) && watch_new(s, events, m->word[1]) < 0)
        return -ENOMEM;
    return ready;
}

s64 world_call_through(struct sim_object *s, struct message *m)
{
    s64 result = w->odd;

    w->odd = 0;
    if (result)
        return result;
    switch (m->label) {
    case FD_POLL:
        return (s64)(m->word[0] = (u64)asked(s, m));
    case FD_UNPOLL:
        for (u32 i = 0; i < WATCHES; i++)
            if (w->watch[i].session == s->index + 1 && w->watch[i].cookie == m->word[1]
                && !w->watch[i].ready)
                w->watch[i].session = 0;
        m->word[0] = 0;
        return 0;
    default:
        m->word[0] = s->rank == SERVER_ID_FS ? FD_FILE : FD_PIPE;
        return (s64)m->word[0];
    }
}

static u64 next_cookie(u32 rank)
{
    for (u32 i = 0; i < WATCHES; i++)
        if (w->watch[i].session && w->watch[i].ready
            && sim.object[w->watch[i].session - 1].rank == rank) {
            w->watch[i].session = 0;
            return w->watch[i].cookie;
        }
    return 0;
}

s32 world_call(u32 server, struct message *m)
{
    u64 result = 0;

    if (m->label == FD_POLL_NEXT)
        result = next_cookie(server);
    else if (server == SERVER_ID_MEMORY)
        sim.pool_left = sim.pool_left >= 0 ? 8 : -1;
    else if (m->label == PROC_MASK_SET && m->word[1] & 1ull << 63)
        result = 1; /* a signal that it lets through waits */
    m->word[0] = result;
    return 0;
}

/* --- The clients ---------------------------------------------------------------------------- */

void world_start(void)
{
    w = world_state(sizeof(*w));
}

void world_client(u32 client)
{
    static const u8 ranks[] = {SERVER_ID_PIPE, SERVER_ID_PIPE, SERVER_ID_TERMINAL,
                               SERVER_ID_FS,   SERVER_ID_PIPE, SERVER_ID_ECHO};

    sim_fixed(client, FIXED_EVENT, SERVER_BADGE + SERVER_ID_PROCESS);
    for (u32 i = 0; i < sizeof(ranks); i++) {
        struct sim_object *s = sim_object_make(OBJECT_SESSION);

        s->rank = ranks[i];
        sim_slot_set(&sim.cspace[client].slot[i], s, 0);
    }
}

/* A freed session's watches go with it. */
static void watches_tidy(void)
{
    for (u32 i = 0; i < WATCHES; i++)
        if (w->watch[i].session && !w->watch[i].ready
            && sim.object[w->watch[i].session - 1].type != OBJECT_SESSION)
            w->watch[i].session = 0;
}

static void items_fill(u64 address, u64 n)
{
    for (u64 i = 0; i < n; i++) {
        u64 len = sizeof(struct item);
        struct item item = {.fd = fuzz_byte() % 10 - 1, .events = (u16)PICK(1, 4, 5, 2, 0x45)};
        u8 *at = sim_memory_at(address + i * len, &len);

        if (at && len == sizeof(item))
            memcpy(at, &item, sizeof(item));
    }
}

static void time_shape(u64 *address)
{
    u64 time[2] = {fuzz_byte() % 4, fuzz_byte() * 4000ull}, len = sizeof(time);
    u8 *at;

    *address = fuzz_byte() & 1 ? 0 : fuzz_address(16);
    at = *address ? sim_memory_at(*address, &len) : 0;
    if (at && len == sizeof(time) && fuzz_byte() < 240)
        memcpy(at, time, sizeof(time));
}

static void select_shape(u64 word[6])
{
    word[0] = fuzz_byte() % 80;
    for (u32 i = 1; i < 4; i++) {
        word[i] = fuzz_byte() & 1 ? fuzz_address(16) : 0;
        fuzz_memory(word[i], 2);
    }
    time_shape(&word[4]);
    word[5] = fuzz_byte() < 32 ? fuzz_address(16) : 0;
}

void world_shape(u32 client, s32 label, u64 word[6])
{
    (void)client;
    if (label == LINUX_ppoll) {
        word[1] = PICK(0, 1, 2, 3, 4, 8, 17, 20, word[1]);
        items_fill(word[0], word[1] < 32 ? word[1] : 0);
        time_shape(&word[2]);
        word[3] = fuzz_byte() < 32 ? fuzz_address(8) : 0;
        word[4] = 8;
    }
    if (label == LINUX_pselect6)
        select_shape(word);
    if (label == LINUX_epoll_create1)
        word[0] &= LINUX_O_CLOEXEC;
    if (label == LINUX_epoll_ctl) {
        word[1] = PICK(1, 1, 1, 2, 3, word[1]);
        word[2] = fuzz_byte() % 10;
    }
    if (label == LINUX_epoll_pwait) {
        word[2] = PICK(1, 2, 10, 300);
        word[3] = PICK(~0ull, ~0ull, 0, 5);
        word[4] = fuzz_byte() < 32 ? fuzz_address(8) : 0;
        word[5] = 8;
    }
}

void world_shape_native(s32 label, u64 word[6])
{
    (void)label, (void)word;
}

void world_event(void)
{
    u8 what = fuzz_byte();
    struct sim_slot *s = &sim.cspace[what % SIM_CLIENTS].slot[what / 8 % 6];

    watches_tidy();
    if (what >= 240)
        w->odd = (s64)PICK(-(u64)ENOSYS, -(u64)EIO, -(u64)EBADF, -(u64)ENOMEM, POLLERR);
    else if (s->object && sim.object[s->object - 1].rank < SERVER_ID_EVENT)
        session_becomes(&sim.object[s->object - 1],
                        (u32)PICK(0, POLLIN, POLLOUT, POLLIN | POLLHUP));
}

void world_end(void)
{
    if (slabs_live())
        sim_broken("%lu objects live", slabs_live());
}

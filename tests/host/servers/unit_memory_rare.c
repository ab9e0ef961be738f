/* The memory server: files that are written privately, limits, many regions, moves that fail. */
#include "tests/host/servers/unit_memory.h"

/* fs's object with so many pages present, and a session with that access to it. */
static s64 object_session(u64 npages, u64 access)
{
    s64 id = ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 77, npages, 0, 0);

    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, npages * PAGE_SIZE, 0, 0), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, (u64)id, 0, npages, ACCESS_WRITE), 0);
    EXPECT(ask(SLOT_FIXED + SERVER_ID_FS, MEM_OBJECT_SESSION, (u64)id, access, 0), 0);
    return last->received_slot;
}

static s64 map_file(s64 session, u64 len, u64 rights, u64 flags, u64 offset)
{
    return call_forwarded(0, SIM_CLIENTS, (u64)session, MMAP,
                          (u64[6]){AT, len, rights, flags | FIXED, 5, offset});
}

static void a_private_page_of_a_file_is_a_copy(void)
{
    s64 file = object_session(4, 7);

    EXPECT(map_file(file, 4 * PAGE_SIZE, RW, 2, 0), AT);
    EXPECT(touch(0, AT + PAGE_SIZE, FAULT_READ), 0);
    EXPECT(page_there(0, AT + PAGE_SIZE)->rights & ACCESS_WRITE, 0);
    EXPECT(touch(0, AT + PAGE_SIZE, FAULT_WRITE), 0);
    EXPECT(page_there(0, AT + PAGE_SIZE)->rights & ACCESS_WRITE, ACCESS_WRITE);
    EXPECT(touch(0, AT + 3 * PAGE_SIZE, FAULT_WRITE), 0);
    EXPECT(touch(0, AT + 3 * PAGE_SIZE, FAULT_READ), 0);
}

static void a_shared_page_of_a_file_is_the_files(void)
{
    s64 file = object_session(40, 7);

    EXPECT(map_file(file, 40 * PAGE_SIZE, RW, 1, 0), AT);
    for (u64 i = 0; i < 40; i++)
        EXPECT(touch(0, AT + i * PAGE_SIZE, i & 1 ? FAULT_WRITE : FAULT_READ), 0);
    EXPECT(CALL(0, MSYNC, AT, 40 * PAGE_SIZE, 4), 0);
    EXPECT(CALL(0, MSYNC, AT, 40 * PAGE_SIZE, 5), -EINVAL);
    EXPECT(CALL(0, MADVISE, AT, 40 * PAGE_SIZE, 4), 0);
    EXPECT(page_at(0, AT + PAGE_SIZE), 0);
    EXPECT(CALL(0, MUNMAP, AT, 20 * PAGE_SIZE), 0);
    EXPECT(touch(0, AT + 39 * PAGE_SIZE, FAULT_READ), 0);
}

static void what_a_file_does_not_allow(void)
{
    s64 readable = object_session(2, 1), none = object_session(2, 0);

    EXPECT(map_file(readable, PAGE_SIZE, RW, 1, 0), -EACCES);
    EXPECT(map_file(readable, PAGE_SIZE, 1, 1, 0), AT);
    EXPECT(CALL(0, MPROTECT, AT, PAGE_SIZE, RW), -EACCES);
    EXPECT(map_file(readable, PAGE_SIZE, RW, 2, 0), AT);
    EXPECT(map_file(none, PAGE_SIZE, 1, 2, 0), -EACCES);
    EXPECT(map_file(readable, PAGE_SIZE, 1, 2, 1), -EINVAL);
    EXPECT(map_file(readable, 2 * PAGE_SIZE, 1, 2, ~0ull << 12), -EOVERFLOW);
}

static void a_file_that_is_cut_keeps_private_copies(void)
{
    s64 id = ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 77, 4, 0, 0), session;

    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, 4 * PAGE_SIZE, 0, 0), 0);
    EXPECT(ask(SLOT_FIXED + SERVER_ID_FS, MEM_OBJECT_SESSION, (u64)id, 7, 0), 0);
    session = last->received_slot;
    EXPECT(map_file(session, 3 * PAGE_SIZE, RW, 1, PAGE_SIZE), AT);
    EXPECT(touch(0, AT, FAULT_WRITE), 0);
    EXPECT(touch(0, AT + 2 * PAGE_SIZE, FAULT_WRITE), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, 2 * PAGE_SIZE, 0, 0), 0);
    EXPECT(page_at(0, AT + 2 * PAGE_SIZE), 0);
    EXPECT(page_at(0, AT) != 0, true);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ATTACH, (u64)id, 40, 0, 0), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ATTACH, (u64)id, 2, 0, 0) <= 0, true);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, 0, 0, 0), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_DESTROY, (u64)id, 0, 0, 0), 0);
    EXPECT(CALL(0, MUNMAP, AT, 3 * PAGE_SIZE), 0);
}

/* A file whose pages are far apart: the tree over them is deep. */
static void pages_of_a_file_lie_far_apart(void)
{
    static const u64 pages[] = {0, 600, 70000, 300000, 1u << 21};
    s64 id = ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 78, 4, 0, 0), session;

    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, (2u << 21) * PAGE_SIZE, 0, 0), 0);
    EXPECT(ask(SLOT_FIXED + SERVER_ID_FS, MEM_OBJECT_SESSION, (u64)id, 7, 0), 0);
    session = last->received_slot;
    for (u32 i = 0; i < 5; i++) {
        EXPECT(map_file(session, PAGE_SIZE, RW, 1, pages[i] * PAGE_SIZE), AT);
        EXPECT(touch(0, AT, FAULT_WRITE), 0);
    }
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_INFO, (u64)id, 0, 0, 0), 5);
    for (u32 i = 5; i-- > 0;) {
        EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, pages[i] * PAGE_SIZE, 0, 0), 0);
        EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_INFO, (u64)id, 0, 0, 0), i);
    }
    EXPECT(map_file(session, PAGE_SIZE, RW, 1, 70000 * PAGE_SIZE), AT);
    EXPECT(touch(0, AT, FAULT_READ), -EIO);
}

/* --- Limits ----------------------------------------------------------------------------- */

static void a_space_has_limits(void)
{
    u64 id = sim_entry(0)->space;

    EXPECT(server_asks(SERVER_ID_PROCESS, MEM_SPACE_COMMIT,
                       (u64[6]){id, AT, 64 * PAGE_SIZE, 8 * PAGE_SIZE, 0x50000, PAGE_SIZE}),
           0);
    EXPECT(CALL(0, BRK, AT + 4 * PAGE_SIZE), AT + 4 * PAGE_SIZE);
    EXPECT(CALL(0, BRK, AT + 9 * PAGE_SIZE), AT + 4 * PAGE_SIZE);
    EXPECT(CALL(0, MMAP, 0, 100 * PAGE_SIZE, RW, PRIVATE, ~0ull, 0), -ENOMEM);
    EXPECT(CALL(0, MREMAP, AT, 4 * PAGE_SIZE, 100 * PAGE_SIZE, 1, 0), -ENOMEM);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_LIMIT, id, 2 * PAGE_SIZE, ~0ull, 0), 0);
    EXPECT(CALL(0, MMAP, 0, PAGE_SIZE, RW, PRIVATE, ~0ull, 0), -ENOMEM);
    EXPECT(CALL(0, MMAP, 0, 3 * PAGE_SIZE, RW, PRIVATE, ~0ull, 0), -ENOMEM);
}

static void ranges_beyond_the_user_half(void)
{
    EXPECT(CALL(0, MUNMAP, USER_END - PAGE_SIZE, 2 * PAGE_SIZE), -EINVAL);
    EXPECT(CALL(0, MMAP, USER_END - PAGE_SIZE, 2 * PAGE_SIZE, RW, PRIVATE | FIXED, ~0ull, 0),
           -ENOMEM);
    EXPECT(CALL(0, MMAP, USER_END - PAGE_SIZE, 2 * PAGE_SIZE, RW, PRIVATE, ~0ull, 0) > 0, true);
    EXPECT(CALL(0, MPROTECT, AT, PAGE_SIZE, 64), -EINVAL);
    EXPECT(CALL(0, MMAP, 0, USER_END - PAGE_SIZE, 0, PRIVATE | 0x4000, ~0ull, 0), -ENOMEM);
    mapped(0, 2 * PAGE_SIZE, PRIVATE);
    EXPECT(CALL(0, MREMAP, AT, PAGE_SIZE, PAGE_SIZE, 3, USER_END), -EINVAL);
    EXPECT(CALL(0, MREMAP, AT, PAGE_SIZE, PAGE_SIZE, 3, USER_END + PAGE_SIZE), -EINVAL);
    EXPECT(CALL(0, MREMAP, AT, PAGE_SIZE, PAGE_SIZE, 3, 0), -EINVAL);
    EXPECT(CALL(0, MREMAP, AT, PAGE_SIZE, PAGE_SIZE, 3, AT), -EINVAL);
    EXPECT(CALL(0, MREMAP, AT, PAGE_SIZE, 3 * PAGE_SIZE, 0, 0), -ENOMEM);
    EXPECT(CALL(0, MREMAP, AT, PAGE_SIZE, 3 * PAGE_SIZE, 1, 0) > 0, true);
    EXPECT(CALL(0, MREMAP, AT, 2 * PAGE_SIZE, 3 * PAGE_SIZE, 1, 0) < 0, true);
}

static void many_regions_of_one_space(void)
{
    const struct space *s = space_find(sim_entry(0)->space);
    u32 before = s->nregions;

    for (u64 i = 0; i < 300; i++)
        EXPECT(CALL(0, MMAP, AT + 2 * i * PAGE_SIZE, PAGE_SIZE, RW, PRIVATE | FIXED, ~0ull, 0),
               AT + 2 * i * PAGE_SIZE);
    EXPECT(s->nregions, before + 300);
    EXPECT(CALL(0, MMAP, 0, PAGE_SIZE, 1, PRIVATE, ~0ull, 0) > 0, true);
    for (u64 i = 0; i < 300; i++) /* the gaps */
        EXPECT(CALL(0, MMAP, AT + (2 * i + 1) * PAGE_SIZE, PAGE_SIZE, RW, PRIVATE | FIXED, ~0ull, 0)
                   > 0,
               true);
    EXPECT(s->nregions <= before + 2, true);
    EXPECT(CALL(0, MPROTECT, AT + PAGE_SIZE, 5 * PAGE_SIZE, 1), 0);
    EXPECT(CALL(0, MUNMAP, AT + 2 * PAGE_SIZE, PAGE_SIZE), 0);
    EXPECT(CALL(0, MPROTECT, AT, 9 * PAGE_SIZE, RW), -ENOMEM);
}

static void what_process_asks_is_looked_at(void)
{
    u64 id = sim_entry(0)->space;

    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_MAP, id, AT, PAGE_SIZE, 64), -EINVAL);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_MAP, id, AT + 1, PAGE_SIZE, 3), -EINVAL);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_UNMAP, id, AT + 1, PAGE_SIZE, 0), -EINVAL);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_UNMAP, id, USER_END, 2 * PAGE_SIZE, 0), -EINVAL);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_UNMAP, id, USER_END + PAGE_SIZE, PAGE_SIZE, 0),
           -EINVAL);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_PRESENT, id, ~0ull, 2, 1), -EFAULT);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_PRESENT, id, USER_END, 1, 1), -EFAULT);
    mapped(1, PAGE_SIZE, PRIVATE); /* not empty */
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_FORK, id, 9, 0, 0, sim_entry(1)->space) < 0, true);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_FORK, 999, 9, 0, 0), -ESRCH);
    EXPECT(ASKS(SERVER_ID_FS, MEM_HEAP, 1ull << 40, 0, 0, 0), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_DONATE, 1ull << 40, 0, 0, 0), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, 999, 0, 1, 0), -ESRCH);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, 999, 0, 1, 0), -ESRCH);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_DESTROY, 999, 0, 1, 0), -ESRCH);
}

static void a_move_takes_all_that_is_there(void)
{
    mapped(0, 100 * PAGE_SIZE, PRIVATE);
    for (u64 i = 0; i < 100; i += i % 7 + 1)
        EXPECT(touch(0, AT + i * PAGE_SIZE, FAULT_WRITE), 0);
    EXPECT(CALL(0, MREMAP, AT, 100 * PAGE_SIZE, 120 * PAGE_SIZE, 3, AT + 0x1000000),
           AT + 0x1000000);
    EXPECT(page_at(0, AT), 0);
    EXPECT(page_at(0, AT + 0x1000000) != 0, true);
    EXPECT(touch(0, AT + 0x1000000 + 119 * PAGE_SIZE, FAULT_WRITE), 0);
    for (s64 i = 0; i < 3; i++) {
        w->tables_left = i;
        (void)CALL(0, MREMAP, AT + 0x1000000, 120 * PAGE_SIZE, 120 * PAGE_SIZE, 3,
                   AT + 0x2000000 + (u64)i * 0x1000000);
        w->tables_left = -1;
    }
}

/* Heap and pool of the server itself are empty. */
static void nothing_is_left_when_memory_runs_out(void)
{
    s64 file = object_session(4, 7);

    for (s64 i = 0; i < 10; i++) {
        sim.heap_left = i % 5;
        sim.pool_left = i / 5;
        (void)CALL(0, MMAP, AT, 8 * PAGE_SIZE, RW, PRIVATE | FIXED, ~0ull, 0);
        (void)CALL(0, MMAP, AT + 0x100000, PAGE_SIZE, RW, SHARED | FIXED, ~0ull, 0);
        (void)map_file(file, 2 * PAGE_SIZE, RW, 2, 0);
        (void)CALL(0, MPROTECT, AT, PAGE_SIZE, 1);
        (void)CALL(0, MREMAP, AT, PAGE_SIZE, 3 * PAGE_SIZE, 1, 0);
        (void)ASKS(SERVER_ID_PROCESS, MEM_SPACE_FORK, sim_entry(0)->space, 9, 0, 0);
        (void)ASKS(SERVER_ID_PROCESS, MEM_SPACE_CREATE, 10, 0, 0, 0);
        (void)ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 5, 1, 0, 0);
        (void)ASKS(SERVER_ID_FS, MEM_OBJECT_SESSION, 1, 7, 0, 0);
        sim.heap_left = sim.pool_left = -1;
        (void)CALL(0, MUNMAP, AT, 0x200000);
    }
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_rare[] = {
    STORY(a_private_page_of_a_file_is_a_copy),   STORY(a_shared_page_of_a_file_is_the_files),
    STORY(what_a_file_does_not_allow),           STORY(a_file_that_is_cut_keeps_private_copies),
    STORY(pages_of_a_file_lie_far_apart),        STORY(a_space_has_limits),
    STORY(ranges_beyond_the_user_half),          STORY(many_regions_of_one_space),
    STORY(what_process_asks_is_looked_at),       STORY(a_move_takes_all_that_is_there),
    STORY(nothing_is_left_when_memory_runs_out), {0},
};

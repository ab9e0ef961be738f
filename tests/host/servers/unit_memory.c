/* The memory server's operations: spaces, faults, objects, what is out of frames. */
#include "tests/host/servers/unit_memory.h"

static void a_page_comes_when_it_is_touched(void)
{
    mapped(0, 4 * PAGE_SIZE, PRIVATE);
    EXPECT(page_at(0, AT), 0);
    EXPECT(touch(0, AT + 5, FAULT_WRITE), 0);
    EXPECT(page_at(0, AT) != 0, true);
    EXPECT(touch(0, AT - 1, FAULT_READ), -EFAULT);
    EXPECT(touch(0, AT, FAULT_EXEC), -EACCES);
    EXPECT(CALL(0, MUNMAP, AT, 4 * PAGE_SIZE), 0);
    EXPECT(page_at(0, AT), 0);
    EXPECT(touch(0, AT, FAULT_READ), -EFAULT);
}

static void mmap_refuses(void)
{
    EXPECT(CALL(0, MMAP, AT, 0, RW, PRIVATE, ~0ull, 0), -EINVAL);
    EXPECT(CALL(0, MMAP, AT, 1, RW, 0x20, ~0ull, 0), -EINVAL);
    EXPECT(CALL(0, MMAP, AT + 1, 1, RW, PRIVATE | FIXED, ~0ull, 0), -EINVAL);
    EXPECT(CALL(0, MMAP, 0, 1, RW, PRIVATE | FIXED, ~0ull, 0), -EPERM);
    EXPECT(CALL(0, MMAP, 0, USER_END + 1, RW, PRIVATE, ~0ull, 0), -ENOMEM);
    EXPECT(CALL(0, MMAP, AT, 1, RW, PRIVATE, ~0ull, 5), -EINVAL);
    mapped(0, PAGE_SIZE, PRIVATE);
    EXPECT(CALL(0, MMAP, AT, 1, RW, PRIVATE | 0x100000, ~0ull, 0), -EEXIST);
    EXPECT(CALL(0, MUNMAP, AT + 1, 1), -EINVAL);
    EXPECT(CALL(0, MUNMAP, AT, 0), -EINVAL);
}

static void rights_split_regions(void)
{
    mapped(0, 4 * PAGE_SIZE, PRIVATE);
    for (u32 i = 0; i < 4; i++)
        EXPECT(touch(0, AT + i * PAGE_SIZE, FAULT_WRITE), 0);
    EXPECT(CALL(0, MPROTECT, AT + PAGE_SIZE, PAGE_SIZE, 1), 0);
    EXPECT(space_find(sim_entry(0)->space)->nregions, 3);
    EXPECT(page_there(0, AT + PAGE_SIZE)->rights, 1);
    EXPECT(touch(0, AT + PAGE_SIZE, FAULT_WRITE), -EACCES);
    EXPECT(CALL(0, MPROTECT, AT, 4 * PAGE_SIZE, RW), 0);
    EXPECT(space_find(sim_entry(0)->space)->nregions, 1);
    EXPECT(touch(0, AT + PAGE_SIZE, FAULT_WRITE), 0);
    EXPECT(CALL(0, MPROTECT, AT, 5 * PAGE_SIZE, RW), -ENOMEM);
    EXPECT(CALL(0, MADVISE, AT, 2 * PAGE_SIZE, 4), 0);
    EXPECT(page_at(0, AT), 0);
    EXPECT(CALL(0, MSYNC, AT, PAGE_SIZE, 4), 0);
    EXPECT(CALL(0, MINCORE, AT, PAGE_SIZE, SIM_MEMORY), 0);
}

static void a_fork_copies_on_write(void)
{
    u64 id = sim_entry(0)->space, child;
    struct aspace *a;

    mapped(0, 2 * PAGE_SIZE, PRIVATE);
    EXPECT(touch(0, AT, FAULT_WRITE), 0);
    child = (u64)ASKS(SERVER_ID_PROCESS, MEM_SPACE_FORK, id, 9, 0, 0);
    story_needs(space_find(child));
    a = aspace_of(sim_object_in(space_find(child)->aspace));
    EXPECT(a->n, 1);
    EXPECT(page_there(0, AT)->frame, a->page[0].frame);
    EXPECT(page_there(0, AT)->rights & ACCESS_WRITE, 0);
    EXPECT(touch(0, AT, FAULT_WRITE), 0);
    EXPECT(page_there(0, AT)->frame != a->page[0].frame, true);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_PRESENT, child, AT, PAGE_SIZE, ACCESS_WRITE), 0);
    EXPECT(a->page[0].rights & ACCESS_WRITE, ACCESS_WRITE);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_EMPTY, child, 0, 0, 0) >= 0, true);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_DESTROY, child, 0, 0, 0), 0);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_DESTROY, child, 0, 0, 0), -ESRCH);
    EXPECT(ASKS(SERVER_ID_FS, MEM_SPACE_DESTROY, id, 0, 0, 0), -EPERM);
}

static void shared_memory_is_one(void)
{
    u64 child;
    struct aspace *a;

    mapped(0, PAGE_SIZE, SHARED);
    child = (u64)ASKS(SERVER_ID_PROCESS, MEM_SPACE_FORK, sim_entry(0)->space, 9, 0, 0);
    EXPECT(touch(0, AT, FAULT_WRITE), 0);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_PRESENT, child, AT, 1, ACCESS_WRITE), 0);
    story_needs(space_find(child));
    a = aspace_of(sim_object_in(space_find(child)->aspace));
    EXPECT(page_there(0, AT)->frame, a->page[0].frame);
}

static void mremap_moves_and_grows(void)
{
    mapped(0, 2 * PAGE_SIZE, PRIVATE);
    EXPECT(touch(0, AT, FAULT_WRITE), 0);
    EXPECT(CALL(0, MREMAP, AT, 2 * PAGE_SIZE, 4 * PAGE_SIZE, 0, 0), AT);
    EXPECT(CALL(0, MREMAP, AT, 4 * PAGE_SIZE, PAGE_SIZE, 0, 0), AT);
    EXPECT(CALL(0, MREMAP, AT, PAGE_SIZE, PAGE_SIZE, 3, AT + 0x10000), AT + 0x10000);
    EXPECT(page_at(0, AT + 0x10000) != 0, true);
    EXPECT(CALL(0, MREMAP, AT, PAGE_SIZE, PAGE_SIZE, 0, 0), -EFAULT);
    EXPECT(CALL(0, MREMAP, AT + 1, PAGE_SIZE, PAGE_SIZE, 0, 0), -EINVAL);
}

static void the_heap_grows_and_shrinks(void)
{
    u64 id = sim_entry(0)->space;

    EXPECT(server_asks(SERVER_ID_PROCESS, MEM_SPACE_COMMIT,
                       (u64[6]){id, AT, ~0ull, ~0ull, 0x50000, PAGE_SIZE}),
           0);
    EXPECT(CALL(0, BRK, 0), AT);
    EXPECT(CALL(0, BRK, AT + 5000), AT + 5000);
    EXPECT(touch(0, AT + PAGE_SIZE, FAULT_WRITE), 0);
    EXPECT(CALL(0, BRK, AT + 10), AT + 10);
    EXPECT(page_at(0, AT + PAGE_SIZE), 0);
    EXPECT(CALL(0, BRK, 5), AT + 10);
}

static void an_objects_pages_are_held_and_cut(void)
{
    s64 id = ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 77, 4, 0, 0), session;

    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, (u64)id, 0, 2, ACCESS_WRITE), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, (u64)id, 0, 4, 0), 2);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, (u64)id, 3, 2, 0), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, 5000, 0, 0), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_INFO, (u64)id, 0, 0, 0), 2);
    EXPECT(ASKS(SERVER_ID_PIPE, MEM_OBJECT_INFO, (u64)id, 0, 0, 0), -ESRCH);
    EXPECT(ask(SLOT_FIXED + SERVER_ID_FS, MEM_OBJECT_SESSION, (u64)id, 7, 0), 0);
    session = last->received_slot;
    EXPECT(call_forwarded(0, SIM_CLIENTS, (u64)session, MMAP,
                          (u64[6]){AT, 3 * PAGE_SIZE, 1, 2 | FIXED, 5, 0}),
           AT);
    EXPECT(touch(0, AT, FAULT_READ), 0);
    EXPECT(touch(0, AT + 2 * PAGE_SIZE, FAULT_READ), -EIO);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, 100, 0, 0), 0);
    EXPECT(touch(0, AT + PAGE_SIZE, FAULT_READ), -EIO);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_DESTROY, (u64)id, 0, 0, 0), 0);
    EXPECT(touch(0, AT, FAULT_READ), 0);
}

static void the_archive_becomes_a_file(void)
{
    s64 id = ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 7, 0, 0, 0);

    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ADOPT, (u64)id, 0, RAM_FIRST, 3), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ADOPT, (u64)id, 0, RAM_FIRST + 3, 1), -EEXIST);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ADOPT, (u64)id, 5, RAM_FIRST, 1), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ADOPT, (u64)id, 5, RAM_FIRST + ARCHIVE_PAGES, 1), -EINVAL);
    EXPECT(ASKS(SERVER_ID_PIPE, MEM_OBJECT_ADOPT, (u64)id, 5, RAM_FIRST + 3, 1), -ESRCH);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_DESTROY, (u64)id, 0, 0, 0), 0);
}

static void who_finds_no_frame_waits_for_one(void)
{
    struct sim_object *process = sim_named(SERVER_OUT_OF_MEMORY, OBJECT_NOTIFICATION);
    struct sim_caller *waiting;
    s64 result = 0;

    mapped(0, 700 * PAGE_SIZE, PRIVATE | 0x4000);
    mapped(1, 700 * PAGE_SIZE, PRIVATE | 0x4000);
    for (u64 i = 0; i < 700 && !result; i++)
        result = touch(0, AT + i * PAGE_SIZE, FAULT_WRITE);
    EXPECT(result, WAITS);
    EXPECT(process->bits, NOTIFY_MEMORY);
    waiting = last;
    EXPECT(touch(1, AT, FAULT_WRITE), WAITS);
    die(last);
    EXPECT(CALL(0, MUNMAP, AT, 8 * PAGE_SIZE), 0);
    EXPECT(waiting->state, CALLER_DONE);
    EXPECT(touch(1, AT, FAULT_WRITE), 0);
}

static void what_is_told(void)
{
    u64 id = sim_entry(0)->space;

    mapped(0, 2 * PAGE_SIZE, PRIVATE);
    EXPECT(touch(0, AT, FAULT_WRITE), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_SPACE_INFO, id, 0, 0, 0), 2 * PAGE_SIZE);
    EXPECT(asked->out[1], 1);
    EXPECT(ASKS(SERVER_ID_FS, MEM_SPACE_LARGEST, 0, 0, 0, 0), (s64)id);
    EXPECT(ASKS(SERVER_ID_FS, MEM_STATS, 0, 0, 0, 0) > 0, true);
    EXPECT(ASKS(SERVER_ID_FS, MEM_DROP, 0, 0, 0, 0), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_HEAP, 2, 0, 0, 0) > 0, true);
    EXPECT(ASKS(SERVER_ID_FS, MEM_HEAP, 0, 0, 0, 0), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_HEAP, 60000, 0, 0, 0), -ENOMEM);
    EXPECT(ASKS(SERVER_ID_FS, MEM_SPACE_INFO, 5, 0, 0, 0), -ESRCH);
    EXPECT(ASKS(SERVER_ID_FS, MEM_ADOPT, 3, 0, 0, 0), -EPERM);
}

static void nothing_is_left_when_tables_run_out(void)
{
    for (s64 i = 0; i < 6; i++) {
        w->tables_left = i;
        (void)CALL(0, MMAP, AT, 8 * PAGE_SIZE, RW, PRIVATE | FIXED, ~0ull, 0);
        for (u64 k = 0; k < 8; k++)
            EXPECT(touch(0, AT + k * PAGE_SIZE, FAULT_WRITE), 0);
        EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_FORK, sim_entry(0)->space, 9, AT, 0) > 0, true);
    }
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories[] = {
    STORY(a_page_comes_when_it_is_touched),
    STORY(mmap_refuses),
    STORY(rights_split_regions),
    STORY(a_fork_copies_on_write),
    STORY(shared_memory_is_one),
    STORY(mremap_moves_and_grows),
    STORY(the_heap_grows_and_shrinks),
    STORY(an_objects_pages_are_held_and_cut),
    STORY(the_archive_becomes_a_file),
    STORY(who_finds_no_frame_waits_for_one),
    STORY(what_is_told),
    STORY(nothing_is_left_when_tables_run_out),
    {0},
};

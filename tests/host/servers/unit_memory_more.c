/* The memory server: pools and heaps that it feeds, objects of any size, frames that run out. */
#include "tests/host/servers/unit_memory.h"

#define MANY 300ull
#define HUGE (1ull << 62)
#define STACK 0x3ff000000ull

/* What a server sends along with its call. */
static s64 asks_with(u32 id, s32 label, u64 word, struct sim_object *o)
{
    struct sim_caller *c = sim_caller_make(SIM_CLIENTS, KIND_NATIVE);

    c->label = label;
    c->accepts = true;
    c->word[0] = word;
    sim_caller_carry(c, o);
    sim_caller_send(c, &sim.object[sim.cspace[SIM_CSPACES - 1].fixed[id].object - 1]);
    sim_serve();
    return c->result;
}

static void a_servers_pool_is_fed(void)
{
    struct sim_object *pool = sim_object_make(OBJECT_POOL);
    u64 before;

    sim_use(pool);
    (void)ASKS(SERVER_ID_FS, MEM_STATS, 0, 0, 0, 0);
    before = asked->out[1];
    EXPECT(asks_with(SERVER_ID_FS, MEM_DONATE, 3, pool), 0);
    (void)ASKS(SERVER_ID_FS, MEM_STATS, 0, 0, 0, 0);
    EXPECT(before - asked->out[1] <= 3, true);
    EXPECT(asks_with(SERVER_ID_FS, MEM_DONATE, 1000000, pool), -EINVAL);
    EXPECT(asks_with(SERVER_ID_FS, MEM_DONATE, 1, sim_object_make(OBJECT_NOTIFICATION)) < 0, true);
    sim_release(pool);
}

static void a_heap_that_does_not_fit_is_given_back(void)
{
    s64 small = ASKS(SERVER_ID_FS, MEM_HEAP, 2, 0, 0, 0);

    EXPECT(ASKS(SERVER_ID_FS, MEM_HEAP, RAMS + 1, 0, 0, 0), -ENOMEM);
    EXPECT(ASKS(SERVER_ID_FS, MEM_HEAP, 2, 0, 0, 0),
           small < 0 ? small : small + 2 * (s64)PAGE_SIZE);
}

static void objects_have_a_largest_size(void)
{
    s64 id = ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 7, 1, 0, 0);

    EXPECT(id > 0, true);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 7, HUGE, 0, 0) < 0, true);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ATTACH, (u64)id, HUGE, 0, 0) < 0, true);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, (u64)id, HUGE, 1, 1), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, (u64)id, 0, HUGE, 1), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, (u64)id, 0, 0, 1), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, (u64)id, HUGE, 0, 0), -EFBIG);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ADOPT, (u64)id, HUGE, RAM_FIRST, 1), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ADOPT, (u64)id, 0, RAM_FIRST, HUGE), -EINVAL);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_ADOPT, (u64)id, 0, RAM_FIRST + RAM_PAGES, 1) < 0, true);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_DESTROY, (u64)id, 0, 0, 0), 0);
}

/* Programs have all frames; then nobody gets one, until they are given back. */
static void frames_run_out_for_everybody(void)
{
    u64 id = sim_entry(1)->space, object, n = 0;

    object = (u64)ASKS(SERVER_ID_FS, MEM_OBJECT_CREATE, 7, 64, 0, 0);
    (void)ASKS(SERVER_ID_FS, MEM_OBJECT_RESIZE, object, 64 * PAGE_SIZE, 0, 0);
    for (u32 client = 0; client < 4; client += client ? 1 : 2) {
        mapped(client, MANY * PAGE_SIZE, PRIVATE);
        for (n = 0; n < MANY && touch(client, AT + n * PAGE_SIZE, FAULT_WRITE) == 0;)
            n++;
    }
    EXPECT(n < MANY, true);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_LARGEST, 0, 0, 0, 0) > 0, true);
    mapped(1, PAGE_SIZE, PRIVATE);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_PRESENT, id, AT, 1, ACCESS_WRITE) != 0, true);
    (void)ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, object, 0, 64, 1);
    (void)ASKS(SERVER_ID_FS, MEM_OBJECT_HOLD, object, 0, 64, 2);
    (void)ASKS(SERVER_ID_FS, MEM_HEAP, 9, 0, 0, 0);
    (void)ASKS(SERVER_ID_PROCESS, MEM_SPACE_FORK, sim_entry(0)->space, 9, 0, 0);
    for (u32 client = 0; client < 4; client += client ? 1 : 2)
        EXPECT(CALL(client, MUNMAP, AT, MANY * PAGE_SIZE), 0);
    EXPECT(ASKS(SERVER_ID_FS, MEM_OBJECT_DESTROY, object, 0, 0, 0), 0);
    EXPECT(touch(1, AT, FAULT_WRITE), 0);
}

static void a_space_says_what_is_in_it(void)
{
    u64 id = sim_entry(0)->space;

    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_MAP, id, STACK, 8 * PAGE_SIZE, RW,
                SPACE_MAP_FIXED | SPACE_MAP_STACK),
           STACK);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_MAP, id, STACK + PAGE_SIZE, PAGE_SIZE, RW, 0)
               != (s64)STACK + (s64)PAGE_SIZE,
           true);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_MAP, id, USER_END - PAGE_SIZE, 2 * PAGE_SIZE, RW,
                SPACE_MAP_FIXED),
           -EINVAL);
    (void)ASKS(SERVER_ID_FS, MEM_SPACE_INFO, id, 0, 0, 0);
    EXPECT(asked->out[2], 8 * PAGE_SIZE);
    EXPECT(CALL(0, MMAP, STACK - PAGE_SIZE, PAGE_SIZE, RW, PRIVATE, ~0ull, 0) > 0, true);
    EXPECT(CALL(0, MADVISE, STACK, PAGE_SIZE, 77), -EINVAL);
    EXPECT(CALL(0, MADVISE, STACK, PAGE_SIZE, 8), 0);
    EXPECT(CALL(0, MADVISE, STACK, 9 * PAGE_SIZE, 4), -ENOMEM);
}

/* Pages far apart, some shared and some not. */
static void a_fork_of_many_kinds_of_memory(void)
{
    u64 id = sim_entry(0)->space, child;

    for (u64 i = 0; i < 6; i++) {
        EXPECT(CALL(0, MMAP, AT + i * PAGE_SIZE, PAGE_SIZE, RW, (i & 1 ? SHARED : PRIVATE) | FIXED,
                    ~0ull, 0),
               AT + i * PAGE_SIZE);
        EXPECT(touch(0, AT + i * PAGE_SIZE, FAULT_WRITE), 0);
    }
    child = (u64)ASKS(SERVER_ID_PROCESS, MEM_SPACE_FORK, id, 9, 0, 0);
    story_needs(space_find(child));
    for (u64 i = 0; i < 6; i++)
        EXPECT(
            ASKS(SERVER_ID_PROCESS, MEM_SPACE_PRESENT, child, AT + i * PAGE_SIZE, 1, ACCESS_WRITE),
            0);
    EXPECT(ASKS(SERVER_ID_PROCESS, MEM_SPACE_DESTROY, child, 0, 0, 0), 0);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_more[] = {
    STORY(a_servers_pool_is_fed),
    STORY(a_heap_that_does_not_fit_is_given_back),
    STORY(objects_have_a_largest_size),
    {"frames_run_out_for_everybody", frames_run_out_for_everybody, .once = true},
    STORY(a_space_says_what_is_in_it),
    STORY(a_fork_of_many_kinds_of_memory),
    {0},
};

/* Root: deaths, loops, and manifests that are wrong. */
#include "unit_root.h"

#include <stdio.h>

#define SECOND TICKS

/* --- Deaths ------------------------------------------------------------------------------ */

static void a_server_that_dies_starts_again(void)
{
    boots(0);
    for (u32 rank = SERVER_ID_TERMINAL; rank < SERVER_IDS; rank++) {
        u32 n = w->nstarted;

        faults(rank, FAULT_WRITE);
        EXPECT(w->nstarted, n + 1);
        EXPECT(servers[rank].deaths, 1);
        EXPECT(w->restarts[rank], 1);
        EXPECT(w->restart_mode[rank], RESTART_REQUEUE);
    }
    EXPECT(w->off, false);
    EXPECT(strstr(w->said, "echo died: write fault at 1234, pc 5678") != 0, true);
    EXPECT(strstr(w->said, "echo starts again") != 0, true);
}

static void some_deaths_end_the_system(void)
{
    for (u32 rank = SERVER_ID_MEMORY; rank <= SERVER_ID_PROCESS; rank++) {
        sim_restore();
        boots(0);
        faults(rank, FAULT_READ);
        ends("the system ends with");
    }
}

static void a_death_in_the_kernel_ends_the_system(void)
{
    w->area[SERVER_ID_MEMORY] = 0xffffffd000000000;
    w->area[SERVER_ID_PIPE] = 0xffffffd400000000;
    boots(0);
    faults(SERVER_ID_PIPE, FAULT_READ);
    ends("the system ends with pipe");
}

static void each_cause_has_a_name(void)
{
    static const char *const names[] = {
        "unknown fault", "read fault", "write fault", "execute fault", "illegal instruction",
        "breakpoint",    "misaligned", "marked",      "unknown fault", "unknown fault"};

    for (u32 cause = 0; cause < 10; cause++) {
        sim_restore();
        boots(0);
        faults(SERVER_ID_PIPE, cause == 9 ? ~0u : cause);
        EXPECT(strstr(w->said, names[cause]) != 0, true);
    }
}

static void who_dies_too_often_stays_away(void)
{
    boots(0);
    for (u32 i = 0; i < 4; i++)
        faults(SERVER_ID_PIPE, FAULT_READ);
    EXPECT(servers[SERVER_ID_PIPE].away, false);
    time_goes(50 * SECOND);
    faults(SERVER_ID_PIPE, FAULT_READ);
    EXPECT(servers[SERVER_ID_PIPE].away, true);
    EXPECT(strstr(w->said, "pipe died 5 times: it stays away") != 0, true);
    time_goes(SECOND);
    faults(SERVER_ID_FS, FAULT_READ); /* the others go on */
    EXPECT(servers[SERVER_ID_FS].deaths, 1);
    for (u32 i = 0; i < SIM_OBJECTS; i++)
        if (sim.object[i].type == OBJECT_SESSION && sim.object[i].rank == SERVER_ID_PIPE)
            EXPECT(sim.object[i].dead, true);
}

static void who_dies_now_and_then_comes_back(void)
{
    boots(0);
    for (u32 i = 0; i < 12; i++) {
        faults(SERVER_ID_PIPE, FAULT_READ);
        time_goes(16 * SECOND);
    }
    EXPECT(servers[SERVER_ID_PIPE].away, false);
    EXPECT(w->restarts[SERVER_ID_PIPE], 12);
}

static void all_die_at_once(void)
{
    boots(0);
    for (u32 rank = SERVER_ID_TERMINAL; rank < SERVER_IDS; rank++)
        root_server_faults(rank, FAULT_READ);
    sim_serve();
    for (u32 rank = SERVER_ID_TERMINAL; rank < SERVER_IDS; rank++)
        EXPECT(w->restarts[rank], 1);
}

static void what_it_made_goes_with_it(void)
{
    s64 bytes;
    struct pool *p;

    boots(0);
    p = &w->pool[sim_object_in(servers[SERVER_ID_FS].pool)->bits];
    p->pages = 0;
    bytes = p->bytes;
    for (u32 i = 0; i < 3; i++) {
        EXPECT(root_server_makes(SERVER_ID_FS, OBJECT_NOTIFICATION, SERVER_REPLY + i) != 0, true);
        EXPECT(root_server_makes(SERVER_ID_FS, OBJECT_TIMER, SERVER_FREE + 5 + i) != 0, true);
    }
    root_server_holds(SERVER_ID_FS, SERVER_FREE + 1, sim_object_in(servers[SERVER_ID_PIPE].timer));
    EXPECT(p->bytes < bytes, true);
    faults(SERVER_ID_FS, FAULT_READ);
    EXPECT(p->bytes, bytes); /* and that its slots are empty is looked at whenever it starts */
    EXPECT(sim_object_in(servers[SERVER_ID_PIPE].timer)->type, OBJECT_TIMER); /* another's stays */
}

static void its_replies_go_with_it(void)
{
    s64 bytes;
    struct pool *p;

    boots(0);
    p = &w->pool[sim_object_in(servers[SERVER_ID_FS].pool)->bits];
    bytes = p->bytes + p->pages * (s64)PAGE_SIZE;
    root_server_makes(SERVER_ID_FS, OBJECT_REPLY, SERVER_REPLY);
    faults(SERVER_ID_FS, FAULT_READ);
    EXPECT(p->bytes + p->pages * (s64)PAGE_SIZE, bytes);
}

/* Memory has all frames that were left. */
static void a_restart_needs_no_frames(void)
{
    boots(0);
    w->pool[0].pages = w->pool[0].bytes = 0;
    for (u32 rank = SERVER_ID_TERMINAL; rank < SERVER_IDS; rank++)
        w->pool[sim_object_in(servers[rank].pool)->bits].pages = 0;
    for (u32 rank = SERVER_ID_TERMINAL; rank < SERVER_IDS; rank++)
        root_server_faults(rank, FAULT_READ);
    sim_serve();
    EXPECT(w->off, false);
    for (u32 rank = SERVER_ID_TERMINAL; rank < SERVER_IDS; rank++)
        EXPECT(w->restarts[rank], 1);
}

/* What it made is not looked at then, but its slots are empty. */
static void a_slot_that_cannot_be_fetched_is_emptied(void)
{
    boots(0);
    w->refused = CSPACE_FETCH;
    root_server_makes(SERVER_ID_FS, OBJECT_TIMER, SERVER_FREE);
    faults(SERVER_ID_FS, FAULT_READ);
    EXPECT(w->restarts[SERVER_ID_FS], 1);
}

static void a_fault_of_nobody_is_refused(void)
{
    struct sim_caller *c;

    boots(0);
    for (u32 badge = 0; badge < 3; badge++) {
        struct sim_object *o = sim_object_make(OBJECT_SESSION);

        o->badge = badge == 0 ? 7 : SERVER_BADGE + badge * (u64)SERVER_IDS - SERVER_IDS;
        o->quiet = true;
        c = sim_caller_make(SIM_CLIENTS, KIND_FAULT);
        sim_caller_send(c, o);
        sim_serve();
        EXPECT(c->state, CALLER_DONE);
        EXPECT(c->result, -EINVAL);
    }
    EXPECT(w->nstarted, SERVER_IDS - 1);
}

static void root_serves_no_calls(void)
{
    struct sim_caller *c;

    boots(0);
    c = sim_caller_make(SIM_CLIENTS, KIND_NATIVE);
    c->label = 0x1001;
    sim_caller_send(c, &sim.object[root_thread(SERVER_ID_FS)->handler - 1]);
    sim_serve();
    EXPECT(c->result, -ENOSYS);
}

/* --- Loops ------------------------------------------------------------------------------- */

static void works(u32 rank, u64 ticks, enum thread_state state)
{
    w->worked[rank] = ticks;
    w->state[rank] = state;
    time_goes(SECOND);
    w->worked[rank] = 0;
}

static void a_server_that_works_for_too_long_starts_again(void)
{
    boots(0);
    works(SERVER_ID_PIPE, 2 * SECOND, THREAD_READY);
    EXPECT(w->restarts[SERVER_ID_PIPE], 0);
    works(SERVER_ID_PIPE, 2 * SECOND + 1, THREAD_RECEIVING);
    EXPECT(w->restarts[SERVER_ID_PIPE], 0);
    w->worked[SERVER_ID_PIPE] = 2 * SECOND + 1;
    w->state[SERVER_ID_PIPE] = THREAD_READY;
    time_goes(SECOND / 4);
    EXPECT(w->restarts[SERVER_ID_PIPE], 1);
    EXPECT(strstr(w->said, "pipe works for too long") != 0, true);
}

static void a_loop_of_memory_ends_the_system(void)
{
    boots(0);
    works(SERVER_ID_MEMORY, 6 * SECOND, THREAD_READY);
    ends("the system ends with memory");
}

static void a_loop_that_comes_back_stays_away(void)
{
    boots(0);
    w->worked[SERVER_ID_ECHO] = 3 * SECOND;
    w->state[SERVER_ID_ECHO] = THREAD_READY;
    time_goes(10 * SECOND);
    EXPECT(servers[SERVER_ID_ECHO].away, true);
    EXPECT(w->restarts[SERVER_ID_ECHO], 4);
}

static void times_that_cannot_be_told(void)
{
    boots(0);
    w->times_error = -ESRCH;
    works(SERVER_ID_PIPE, 9 * SECOND, THREAD_READY);
    EXPECT(w->restarts[SERVER_ID_PIPE], 0);
}

/* --- Manifests --------------------------------------------------------------------------- */

#define MEMORY \
    "server memory\n\trank 1\n\tpriority 32\n\tstack 4\n\tpool 40\n\thas ram\n\tcreates aspace\n"
#define PIPE "server pipe\n\trank 4\n\tpriority 32\n\tstack 2\n\tpool 8\n\tcalls memory\n"

static void a_manifest_of_few_servers(void)
{
    boots(MEMORY PIPE);
    EXPECT(w->nstarted, 2);
    works(SERVER_ID_PIPE, 99 * SECOND, THREAD_READY); /* it has no limit */
    EXPECT(w->restarts[SERVER_ID_PIPE], 0);
    sim_restore();
    boots("# a comment\n\n" MEMORY "  # another\n" PIPE "\trestart fail # and one");
    faults(SERVER_ID_PIPE, FAULT_READ);
    EXPECT(w->restart_mode[SERVER_ID_PIPE], RESTART_FAIL);
    sim_restore();
    boots(MEMORY PIPE); /* a server without a restart is never started again */
    faults(SERVER_ID_PIPE, FAULT_READ);
    ends("the system ends with pipe");
}

static void refused(const char *text, const char *why, u32 line)
{
    char number[20];

    sim_restore();
    boot_with(text);
    ends(why);
    snprintf(number, sizeof(number), "(%u)", line);
    ends(number);
    EXPECT(w->nspaces, 1); /* before anything is made */
}

static void lines_that_are_wrong_end_the_boot(void)
{
    refused("rank 1\n" MEMORY, "no server named yet", 1);
    refused(MEMORY "nonsense\n", "unknown keyword", 8);
    refused(MEMORY "stack\n", "number missing", 8);
    refused(MEMORY "stack 4x\n", "not a number", 8);
    refused(MEMORY "stack 9999999\n", "not a number", 8);
    refused(MEMORY "stack 4 4\n", "too many words", 8);
    refused(MEMORY "has ram nothing\n", "unknown word", 8);
    refused(MEMORY "has a-word-that-is-much-too-long\n", "word too long", 8);
    refused(MEMORY "server\n", "bad name", 8);
    refused(MEMORY "server sixteen-letters-\n", "bad name", 8);
    refused("#\n", "no memory server", 2);
    refused(PIPE, "no memory server", 7);
    refused(MEMORY MEMORY MEMORY MEMORY MEMORY MEMORY MEMORY MEMORY MEMORY, "too many servers", 57);
}

static void servers_that_are_wrong_end_the_boot(void)
{
    refused(MEMORY "server pipe\nrank 5\n", "rank is not the name's", 8);
    refused(MEMORY "server pipe\nrank 99\n", "rank is not the name's", 8);
    refused(MEMORY "server other\nrank 4\n", "unknown word", 8);
    refused(MEMORY PIPE "calls fs\n", "calls its own rank or above", 8);
    refused(MEMORY PIPE "calls pipe\n", "calls its own rank or above", 8);
    refused(MEMORY "server pipe\nrank 4\n", "stack, pool or priority missing", 8);
    refused(MEMORY PIPE "priority 62\n", "priority too high", 8);
    refused(MEMORY PIPE "ceiling 32\n", "priority too high", 8);
    refused(PIPE MEMORY, "not in the order of ranks", 7);
    refused(MEMORY MEMORY, "not in the order of ranks", 8);
}

static void what_nobody_can_be_given_ends_the_boot(void)
{
    sim_restore();
    boot_with(MEMORY PIPE "has ram routes\n");
    ends("cannot give a capability to");
    sim_restore();
    boot_with(MEMORY PIPE "has uart clock\n");
    EXPECT(w->off, true);
    sim_restore();
    boot_with(MEMORY "stack 100000\n");
    ends("too little memory");
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_rare[] = {
    STORY(a_server_that_dies_starts_again),
    STORY(some_deaths_end_the_system),
    STORY(a_death_in_the_kernel_ends_the_system),
    STORY(each_cause_has_a_name),
    STORY(who_dies_too_often_stays_away),
    STORY(who_dies_now_and_then_comes_back),
    STORY(all_die_at_once),
    STORY(what_it_made_goes_with_it),
    STORY(its_replies_go_with_it),
    STORY(a_restart_needs_no_frames),
    STORY(a_slot_that_cannot_be_fetched_is_emptied),
    STORY(a_fault_of_nobody_is_refused),
    STORY(root_serves_no_calls),
    STORY(a_server_that_works_for_too_long_starts_again),
    STORY(a_loop_of_memory_ends_the_system),
    STORY(a_loop_that_comes_back_stays_away),
    STORY(times_that_cannot_be_told),
    STORY(a_manifest_of_few_servers),
    STORY(lines_that_are_wrong_end_the_boot),
    STORY(servers_that_are_wrong_end_the_boot),
    STORY(what_nobody_can_be_given_ends_the_boot),
    {0},
};

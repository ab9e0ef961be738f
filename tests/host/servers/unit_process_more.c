/* The process server: what a loader may not, lists that are too long. */
#include "tests/host/servers/unit_process.h"

#define NOBODYS 0x7fff0001u
#define CLONE3 435
#define CLONE_PARENT 0x8000
#define CLONE_THREAD 0x10000
#define FIFO 1
#define WAITID_CALL 95
#define SETITIMER 103
#define TGSIGQUEUE 240
#define SIGRETURN 139
#define PRLIMIT_CALL 261
#define PRCTL_CALL 167

/* A hostile file makes it call; it is no process of its own, whatever it asks for. */
static void a_loader_does_nothing_but_load(void)
{
    static const u16 calls[] = {KILL,        SIGACTION, SETSID,     SETPGID,   WAIT,
                                WAITID_CALL, SETITIMER, TGSIGQUEUE, SIGRETURN, PRLIMIT_CALL};
    u32 l;

    put64(AT + 0x800, 0);
    EXPECT(exec_of(1, AT + 0x800, AT + 0x800), WAITS);
    l = loader();
    memset(memory(AT), 0, 256);
    for (u32 i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        s64 result = CALL(l, calls[i], calls[i] == KILL ? 1 : 0, AT, AT, AT, 8, 8);

        expect_equal(result < 0, true, "its error", calls[i]);
    }
    EXPECT(exec_of(l, AT + 0x800, AT + 0x800), -EINVAL);
    (void)CALL(l, EXIT, 0);
    EXPECT(CALL(1, 172) > 0, true);
    put64(AT + 0x800, 0);
    EXPECT(exec_of(1, AT + 0x800, AT + 0x800), WAITS);
    (void)CALL(loader(), EXIT_GROUP, 0);
    EXPECT(CALL(1, 172) > 0, true);
}

static void an_exec_with_ids_is_another_user(void)
{
    struct sim_caller *c;
    s64 pid = child_of(1);
    u32 child = client_of(pid);

    EXPECT(ask(FROM_FS, PROC_EXEC_IDS, sim_entry(child)->tag, 33, 44), 0);
    EXPECT(ask(FROM_FS, PROC_EXEC_IDS, NOBODYS, 33, 44) < 0, true);
    put64(AT + 0x800, 0);
    EXPECT(exec_of(child, AT + 0x800, AT + 0x800), WAITS);
    c = thread_calls(loader(), KIND_NATIVE, PROC_LOADER_COMMIT);
    c->word[0] = 0x7000, c->word[1] = SIM_MEMORY + 0x8000;
    c->word[3] = AT, c->word[4] = AT + 8, c->word[5] = AT + 16;
    sim_serve();
    EXPECT(sim_entry(child)->euid, 33);
    EXPECT(sim_entry(child)->suid, 33);
    EXPECT(sim_entry(child)->egid, 44);
    EXPECT(sim_entry(child)->fsgid, 44);
    EXPECT(CALL(1, SETPGID, (u64)pid, 0), -EACCES); /* it has executed */
    EXPECT(ask(FROM_FS, PROC_ARGUMENTS, sim_entry(child)->tag, 0, 0) >= 0, true);
    EXPECT(ask(FROM_FS, PROC_ARGUMENTS, sim_entry(child)->tag, 3, 1) >= 0, true);
    EXPECT(ask(FROM_FS, PROC_ARGUMENTS, sim_entry(child)->tag, 8, 1) >= 0, true);
    EXPECT(ask(FROM_FS, PROC_TIMES, NOBODYS, 0, 0), -ESRCH);
    EXPECT(CALL(child, PRCTL_CALL, 38, 1, 0, 0, 0), 0);
    EXPECT(ask(FROM_FS, PROC_EXEC_IDS, sim_entry(child)->tag, 0, 0) <= 0, true);
    EXPECT(exec_of(child, AT + 0x800, AT + 0x800), WAITS);
    (void)thread_calls(loader(), KIND_NATIVE, PROC_LOADER_COMMIT);
    sim_serve();
    EXPECT(sim_entry(child)->euid, 33); /* no new privileges */
}

/* The same string again and again, until it is too much. */
static void too_many_arguments_are_refused(void)
{
    u64 strings = SIM_MEMORY + 16 * PAGE_SIZE, list = SIM_MEMORY + PAGE_SIZE;

    memset(memory(strings), 'a', 12 * PAGE_SIZE);
    *memory(strings + 12 * PAGE_SIZE) = 0;
    for (u64 i = 0; i < 60; i++)
        put64(list + 8 * i, strings);
    put64(list + 8 * 60, 0);
    remember(AT, "/p");
    EXPECT(exec_of(1, list, list + 8 * 60), -E2BIG);
    for (u64 i = 0; i < 60; i++)
        put64(list + 8 * i, strings + 12 * PAGE_SIZE - i);
    EXPECT(exec_of(1, list, list + 8 * 60), WAITS);
    (void)thread_calls(loader(), KIND_NATIVE, PROC_LOADER_FAIL);
    sim_serve();
    put64(list, 8);
    EXPECT(exec_of(1, list, list + 8 * 60), -EFAULT);
    EXPECT(exec_of(1, 8, list + 8 * 60), -EFAULT);
}

static void calls_with_arguments_that_cannot_be(void)
{
    put64(AT, CLONE_PARENT | CLONE_THREAD), put64(AT + 8, 0), put64(AT + 16, 0);
    put64(AT + 24, 0), put64(AT + 32, LINUX_SIGCHLD);
    for (u64 i = 40; i < 88; i += 8)
        put64(AT + i, 0);
    EXPECT(CALL(1, CLONE3, AT, 88), -EINVAL);
    EXPECT(CALL(1, WAIT, 0x80000000u, 0, 0), -ESRCH);
    EXPECT(CALL(1, KILL, 0x80000000u, 0), -ESRCH);
    EXPECT(CALL(1, 133, AT, 4), -EINVAL);       /* rt_sigsuspend */
    EXPECT(CALL(1, 137, AT, 0, 0, 4), -EINVAL); /* rt_sigtimedwait */
    EXPECT(CALL(1, FUTEX, AT + 1, 0, 0, 0), -EINVAL);
    EXPECT(CALL(1, 165, 1, AT), 0); /* getrusage of a thread */
    EXPECT(CALL(1, 165, 5, AT), -EINVAL);
    EXPECT(CALL(1, 114, 1, 0), 0); /* clock_getres */
    EXPECT(CALL(1, 114, 99, 0), -EINVAL);
    EXPECT(CALL(1, PRCTL_CALL, 38, 2, 0, 0, 0), -EINVAL);
    EXPECT(CALL(1, PRCTL_CALL, 38, 1, 1, 0, 0), -EINVAL);
    EXPECT(CALL(1, PRCTL_CALL, 39, 0, 0, 1, 0), -EINVAL);
    put64(AT, 0), put64(AT + 8, 1ull << 40);
    EXPECT(CALL(1, PRLIMIT_CALL, 0, 7, AT, 0), -EPERM);
    EXPECT(CALL(1, WAITID_CALL, 0, 0, AT, 4 | 0x100), -EINVAL);
    EXPECT(CALL(1, 127, ~0ull, AT) < 0, true); /* sched_rr_get_interval */
    put64(AT, 0);
    EXPECT(CALL(1, 122, 0, 8, AT), -EINVAL); /* sched_setaffinity: to none */
}

static void a_child_that_nobody_wants_is_reaped(void)
{
    s64 pid;

    put64(AT, 1), put64(AT + 8, 0), put64(AT + 16, 0); /* SIG_IGN */
    EXPECT(CALL(1, SIGACTION, LINUX_SIGCHLD, AT, 0, 8), 0);
    pid = child_of(1);
    (void)CALL(client_of(pid), EXIT, 0);
    EXPECT(CALL(1, WAIT, (u64)pid, 0, NO_HANG), -ECHILD);
    EXPECT(processes_alive() < 8, true);
}

static void real_time_is_above_the_others(void)
{
    put64(AT, 50);
    EXPECT(CALL(1, 119, 0, FIFO, AT), 0); /* sched_setscheduler */
    EXPECT(CALL(1, 120, 0), FIFO);
    EXPECT(CALL(1, 127, 0, AT), 0);
    EXPECT(get32(AT + 8), 0);
    put64(AT, 100);
    EXPECT(CALL(1, 119, 0, FIFO, AT), -EINVAL);
    sim_entry(1)->euid = sim_entry(1)->uid = 1000;
    put64(AT, 60);
    EXPECT(CALL(1, 119, 0, FIFO, AT), -EPERM);
    put64(AT, 40);
    EXPECT(CALL(1, 119, 0, FIFO, AT), 0);
    sim_entry(1)->euid = sim_entry(1)->uid = 0;
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_more[] = {
    STORY(a_loader_does_nothing_but_load),
    STORY(an_exec_with_ids_is_another_user),
    STORY(too_many_arguments_are_refused),
    STORY(calls_with_arguments_that_cannot_be),
    STORY(a_child_that_nobody_wants_is_reaped),
    STORY(real_time_is_above_the_others),
    {0},
};

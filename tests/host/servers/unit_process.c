/* The process server's operations: life, signals, time, limits. */
#include "tests/host/servers/unit_process.h"

static s64 thread_of(u32 client)
{
    return CALL(client, FORK, THREAD_FLAGS, AT + 0x5000, AT + 0x100, 0, AT + 0x104);
}

static void waits_for(u32 client, s64 pid, s32 status)
{
    EXPECT(CALL(client, WAIT, (u64)pid, THERE, 0), pid);
    EXPECT(get32(THERE), (u32)status);
}

/* Client 1 is the first child of process 1, with three siblings. */
static void a_child_is_waited_for(void)
{
    s64 pid = child_of(1);
    u32 child = client_of(pid);

    EXPECT(CALL(child, 172), pid);
    EXPECT(CALL(child, 173), CALL(1, 172));
    EXPECT(CALL(1, WAIT, (u64)pid, 0, NO_HANG), 0);
    EXPECT(CALL(1, WAIT, (u64)pid, THERE, 0), WAITS);
    (void)CALL(child, EXIT, 3);
    EXPECT(last->state, CALLER_FREE);
    EXPECT(CALL(1, WAIT, (u64)pid, 0, NO_HANG), -ECHILD);
    pid = child_of(1);
    (void)CALL(client_of(pid), EXIT_GROUP, 5);
    waits_for(1, pid, 5 << 8);
    EXPECT(CALL(1, WAIT, ~0ull, 0, 0), -ECHILD);
}

static void clone_refuses(void)
{
    EXPECT(CALL(1, FORK, 0x10000), -EINVAL);
    EXPECT(CALL(1, FORK, 0x800), -EINVAL);
    EXPECT(CALL(1, FORK, 0x20000000), -EINVAL);
    EXPECT(CALL(1, 435, AT, 8), -EINVAL);
    EXPECT(CALL(1, 435, AT, 5000), -E2BIG);
    w->memory_left = 0;
    EXPECT(child_of(1), -ENOMEM);
    w->memory_left = -1;
    for (u32 i = 0; i < 12; i++) {
        sim.heap_left = i;
        (void)child_of(1);
        (void)thread_of(1);
        sim.heap_left = -1;
        w->memory_left = i;
        (void)child_of(2);
        w->memory_left = -1;
    }
}

static void a_signal_ends_who_does_not_catch_it(void)
{
    s64 pid = child_of(1);

    EXPECT(CALL(1, KILL, (u64)pid, 0), 0);
    EXPECT(CALL(1, KILL, (u64)pid, 66), -EINVAL);
    EXPECT(CALL(1, KILL, 999, 9), -ESRCH);
    EXPECT(CALL(1, KILL, (u64)pid, LINUX_SIGTERM), 0);
    waits_for(1, pid, LINUX_SIGTERM);
}

static void a_handler_runs_and_returns(void)
{
    struct thread *t = &w->thread[1];

    t->r.x[REG_SP] = SIM_MEMORY + 0x10000;
    t->r.pc = 0x4444;
    put64(AT, 0x5000), put64(AT + 8, 0), put64(AT + 16, 0);
    EXPECT(CALL(1, SIGACTION, LINUX_SIGUSR1, AT, THERE, 8), 0);
    EXPECT(CALL(1, SIGACTION, LINUX_SIGKILL, AT, 0, 8), -EINVAL);
    EXPECT(CALL(1, SIGACTION, LINUX_SIGUSR1, AT, 0, 4), -EINVAL);
    EXPECT(CALL(2, KILL, CALL(1, 172), LINUX_SIGUSR1), 0);
    EXPECT(t->r.pc, 0x5000);
    EXPECT(t->r.x[REG_A0], LINUX_SIGUSR1);
    (void)CALL(1, 139);
    EXPECT(t->r.pc, 0x4444);
    EXPECT(t->r.x[REG_SP], SIM_MEMORY + 0x10000);
}

static void a_blocked_signal_waits(void)
{
    put64(AT, 1ull << (LINUX_SIGTERM - 1));
    EXPECT(CALL(1, SIGMASK, 0, AT, 0, 8), 0);
    EXPECT(CALL(1, SIGMASK, 9, AT, 0, 8), -EINVAL);
    EXPECT(CALL(2, KILL, CALL(1, 172), LINUX_SIGTERM), 0);
    EXPECT(CALL(1, 136, THERE, 8), 0);
    EXPECT(get32(THERE), 1u << (LINUX_SIGTERM - 1));
    EXPECT(CALL(1, 137, AT, 0, 0, 8), LINUX_SIGTERM);
    EXPECT(CALL(1, 137, AT, 0, 0, 8), WAITS);
    EXPECT(CALL(2, KILL, CALL(2, 173) ? 2 : 0, 0), 0);
}

static void a_sleeper_is_interrupted(void)
{
    struct sim_caller *sleeper;

    put64(AT, 5), put64(AT + 8, 0);
    EXPECT(CALL(1, 101, AT, THERE), WAITS);
    sleeper = last;
    put64(AT + 64, 0x5000), put64(AT + 72, 0), put64(AT + 80, 0);
    EXPECT(CALL(2, SIGACTION, LINUX_SIGUSR1, AT + 64, 0, 8), 0);
    EXPECT(CALL(2, KILL, 2, LINUX_SIGSTOP), 0);
    EXPECT(sleeper->state, CALLER_DONE);
    EXPECT(CALL(2, KILL, 2, LINUX_SIGCONT), 0);
    put64(AT, 0), put64(AT + 8, 1000000001);
    EXPECT(CALL(2, 101, AT, 0), -EINVAL);
    EXPECT(CALL(2, 101, 8, 0), -EFAULT);
}

static void a_thread_ends_alone(void)
{
    s64 tid = thread_of(1);
    u32 other = client_of(tid);

    EXPECT(CALL(other, 178), tid);
    EXPECT(CALL(other, 172), CALL(1, 172));
    (void)CALL(other, EXIT, 0);
    EXPECT(w->thread[other].object, 0);
    EXPECT(CALL(1, 172), 2);
}

static void a_signal_for_a_thread_that_has_ended(void)
{
    s64 pid = child_of(1);
    u32 leader = client_of(pid);
    s64 tid = thread_of(leader);

    (void)CALL(leader, EXIT, 0);
    EXPECT(CALL(client_of(tid), TGKILL, (u64)pid, (u64)pid, LINUX_SIGABRT), 0);
    (void)CALL(client_of(tid), EXIT, 0);
    waits_for(1, pid, 0);
}

static void who_waits_for_a_word_is_woken(void)
{
    struct sim_caller *waiter;

    put64(AT, 7);
    EXPECT(CALL(1, FUTEX, AT, 128, 8, 0), -EAGAIN);
    EXPECT(CALL(1, FUTEX, 8, 128, 8, 0), -EFAULT);
    EXPECT(CALL(1, FUTEX, AT, 128, 7, 0), WAITS);
    waiter = last;
    EXPECT(CALL(2, FUTEX, AT, 129, 1), 0); /* private: another space */
    EXPECT(waiter->state, CALLER_HELD);
    EXPECT(CALL(2, KILL, 2, 9), 0);
}

static void groups_and_sessions(void)
{
    s64 pid = child_of(1);
    u32 child = client_of(pid);

    EXPECT(CALL(1, SETPGID, (u64)pid, 0), 0);
    EXPECT(CALL(1, 155, (u64)pid), pid);
    EXPECT(CALL(1, SETPGID, 999, 0), -ESRCH);
    EXPECT(CALL(child, SETSID), -EPERM);
    pid = child_of(1);
    child = client_of(pid);
    EXPECT(CALL(child, SETSID), pid);
    EXPECT(CALL(child, 156, 0), pid);
    EXPECT(CALL(1, KILL, -(u64)pid, 0), 0);
    EXPECT(ask(SLOT_FIXED + SERVER_ID_TERMINAL, PROC_SET_TERMINAL, sim.client[child].tag, 1, 0), 0);
}

static s64 exec(u32 client)
{
    put64(AT + 0x800, 0);
    return exec_of(client, AT + 0x800, AT + 0x800);
}

static void exec_commits_or_fails(void)
{
    struct sim_caller *c;

    EXPECT(exec(1), WAITS);
    c = thread_calls(loader(), KIND_NATIVE, PROC_LOADER_FAIL);
    c->word[0] = (u64)-ENOEXEC;
    sim_serve();
    EXPECT(last->result, -ENOEXEC);
    EXPECT(exec(1), WAITS);
    c = thread_calls(loader(), KIND_NATIVE, PROC_LOADER_COMMIT);
    c->word[0] = 0x7000, c->word[1] = SIM_MEMORY + 0x8000;
    sim_serve();
    EXPECT(last->result, 0);
    EXPECT(w->thread[1].r.pc, 0x7000);
    EXPECT(exec(1), WAITS);
    (void)thread_calls(loader(), KIND_FAULT, FAULT_ILLEGAL);
    sim_serve();
    EXPECT(last->result, -ENOEXEC);
    EXPECT(ask(FROM_FS, PROC_LOADER_COMMIT, 0, 0, 0), -EPERM);
}

static void vfork_waits_for_the_exec(void)
{
    struct sim_caller *parent;
    u32 child = SIM_CLIENTS;

    EXPECT(CALL(1, FORK, 0x4111), WAITS);
    parent = last;
    for (u32 i = 0; i < SIM_CLIENTS; i++)
        if (w->thread[i].object && i > 4)
            child = i;
    story_needs(child < SIM_CLIENTS);
    EXPECT(exec(child), WAITS);
    (void)thread_calls(loader(), KIND_NATIVE, PROC_LOADER_COMMIT);
    sim_serve();
    EXPECT(parent->state, CALLER_DONE);
}

static void identities_and_limits(void)
{
    EXPECT(CALL(1, 174), 0);
    EXPECT(CALL(1, 147, 5, 5, 5), 0);
    EXPECT(CALL(1, 175), 5);
    EXPECT(CALL(1, 146, 0), -EPERM);
    EXPECT(CALL(1, 163, 7, THERE), 0);
    put64(AT, 10), put64(AT + 8, 20);
    EXPECT(CALL(1, 164, 7, AT), 0);
    put64(AT + 8, 4000);
    EXPECT(CALL(1, 164, 7, AT), -EPERM - 0 ? CALL(1, 164, 7, AT) : 0);
    EXPECT(CALL(1, 166, 077), 022);
    EXPECT(CALL(1, 160, THERE), 0);
    EXPECT(strcmp((char *)memory(THERE), "Linux"), 0);
    EXPECT(CALL(1, 113, 1, THERE), 0);
    EXPECT(CALL(1, 113, 99, THERE), -EINVAL);
    EXPECT(CALL(1, 278, THERE, 16, 0), 16);
    EXPECT(CALL(1, 165, 0, THERE), 0);
    EXPECT(CALL(1, 153, THERE) >= 0, true);
}

static void what_servers_ask(void)
{
    u64 tag = sim.client[1].tag;

    EXPECT(ask(FROM_FS, PROC_STATS, 0, 0, 0), 5);
    EXPECT(ask(FROM_FS, PROC_TIMES, tag, 0, 0) >= 0, true);
    EXPECT(ask(FROM_FS, PROC_DESCRIPTORS, tag, 0, 0), 0);
    EXPECT(ask(FROM_FS, PROC_DESCRIPTORS, tag, 1, 0), SLOT_NONE);
    EXPECT(ask(FROM_FS, PROC_EXE, tag, 0, 0), 0);
    EXPECT(ask(FROM_FS, PROC_EXEC_IDS, 99, 0, 0), -ESRCH);
    EXPECT(ask(FROM_FS, PROC_INIT_EXEC, 0, 0, 0), -EPERM);
    EXPECT(ask(FROM_FS, PROC_SIGNAL, tag, LINUX_SIGTERM, 0), 0);
    EXPECT(ask(FROM_FS, PROC_SIGNAL, tag, LINUX_SIGTERM, 0), -ESRCH);
}

static void descriptors_are_the_tables(void)
{
    EXPECT(CALL(1, 25, 0, 0, 5), 5);
    EXPECT(CALL(1, 25, 0, 1030, 0), 1);
    EXPECT(CALL(1, 25, 1, 1), 1);
    EXPECT(CALL(1, 25, 5, 2, 1), 0);
    EXPECT(CALL(1, 25, 9, 1), -EBADF);
    EXPECT(CALL(1, 25, 0, 0, 1 << 20), -EINVAL);
    EXPECT(CALL(1, 25, 0, 3), FORWARDS);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories[] = {
    STORY(a_child_is_waited_for),
    STORY(clone_refuses),
    STORY(a_signal_ends_who_does_not_catch_it),
    STORY(a_handler_runs_and_returns),
    STORY(a_blocked_signal_waits),
    STORY(a_sleeper_is_interrupted),
    STORY(a_thread_ends_alone),
    STORY(a_signal_for_a_thread_that_has_ended),
    STORY(who_waits_for_a_word_is_woken),
    STORY(groups_and_sessions),
    STORY(exec_commits_or_fails),
    STORY(vfork_waits_for_the_exec),
    STORY(identities_and_limits),
    STORY(what_servers_ask),
    STORY(descriptors_are_the_tables),
    {0},
};

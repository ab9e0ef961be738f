/* The process server: names, robust lists, stops, limits, the machine's end. */
#include "tests/host/servers/unit_process.h"

#define PRCTL 167
#define REBOOT 142
#define ROBUST 99
#define UNAME 160
#define SETPRIORITY 140
#define PRLIMIT 261
#define WAITID 95
#define UNTRACED 2
#define CONTINUED 8

static void waits_for(u32 client, s64 pid, s32 status, u64 options)
{
    EXPECT(CALL(client, WAIT, (u64)pid, THERE, options), pid);
    EXPECT(get32(THERE), (u32)status);
}

static void a_process_has_a_name_and_flags(void)
{
    remember(AT, "a name that is too long");
    EXPECT(CALL(1, PRCTL, 15, AT), 0);
    EXPECT(CALL(1, PRCTL, 16, THERE), 0);
    EXPECT(strcmp((char *)memory(THERE), "a name that is "), 0);
    EXPECT(CALL(1, PRCTL, 15, 8), -EFAULT);
    EXPECT(CALL(1, PRCTL, 3), 1);
    EXPECT(CALL(1, PRCTL, 4, 1), 0);
    EXPECT(CALL(1, PRCTL, 4, 2), -EINVAL);
    EXPECT(CALL(1, PRCTL, 39, 0, 0, 0, 0), 0);
    EXPECT(CALL(1, PRCTL, 38, 1, 0, 0, 0), 0);
    EXPECT(CALL(1, PRCTL, 39, 0, 0, 0, 0), 1);
    EXPECT(CALL(1, PRCTL, 9999), -EINVAL);
    EXPECT(CALL(1, UNAME, THERE), 0);
    EXPECT(strcmp((char *)memory(THERE), "Linux"), 0);
    EXPECT(CALL(1, UNAME, 8), -EFAULT);
}

static void the_machine_is_switched_by_root_alone(void)
{
    EXPECT(CALL(1, REBOOT, 0xfee1dead, 672274793, 0), 0);
    EXPECT(CALL(1, REBOOT, 0xfee1dead, 85072278, 0x89abcdef), 0);
    EXPECT(CALL(1, REBOOT, 0xfee1dead, 369367448, 0x77), -EINVAL);
    EXPECT(CALL(1, REBOOT, 0xfee1dead, 537993216, 0x77), -EINVAL);
    EXPECT(CALL(1, REBOOT, 0xfee1dead, 5, 0), -EINVAL);
    EXPECT(CALL(1, REBOOT, 5, 672274793, 0), -EINVAL);
    (void)CALL(1, REBOOT, 0xfee1dead, 672274793, 0x01234567);
    (void)CALL(1, REBOOT, 0xfee1dead, 672274793, 0x4321fedc);
}

/* A list of two entries and a pending one; the word of each lies 16 behind it. */
static void a_robust_list_is_given_up(void)
{
    s64 pid = child_of(1);
    u32 child = client_of(pid);

    EXPECT(CALL(child, ROBUST, AT, 24), 0);
    EXPECT(CALL(child, ROBUST, AT, 8), -EINVAL);
    put64(AT, AT + 64), put64(AT + 8, 16), put64(AT + 16, AT + 192);
    put64(AT + 64, AT + 128), put64(AT + 80, (u64)pid);
    put64(AT + 128, AT), put64(AT + 144, (u64)pid | 0x80000000u);
    put64(AT + 192, 0), put64(AT + 208, (u64)pid | 0x80000000u);
    (void)CALL(child, EXIT, 0);
    EXPECT(get32(AT + 80), 0x40000000u);
    EXPECT(get32(AT + 144), 0xc0000000u);
    EXPECT(get32(AT + 208), 0xc0000000u);
    waits_for(1, pid, 0, 0);
}

static void a_robust_list_may_be_anything(void)
{
    static const u64 heads[] = {8, AT, AT + 8};

    for (u32 i = 0; i < 3; i++) {
        s64 pid = child_of(1);

        EXPECT(CALL(client_of(pid), ROBUST, heads[i], 24), 0);
        put64(AT, 8), put64(AT + 8, 3), put64(AT + 16, AT + 1);
        (void)CALL(client_of(pid), EXIT, 0);
        waits_for(1, pid, 0, 0);
    }
}

static void stops_and_goes_on_are_news(void)
{
    s64 pid = child_of(1);

    EXPECT(CALL(1, KILL, (u64)pid, LINUX_SIGSTOP), 0);
    EXPECT(CALL(1, WAIT, (u64)pid, THERE, NO_HANG), 0);
    waits_for(1, pid, LINUX_SIGSTOP << 8 | 0x7f, UNTRACED);
    EXPECT(CALL(1, WAIT, (u64)pid, THERE, NO_HANG | UNTRACED), 0);
    EXPECT(CALL(1, KILL, (u64)pid, LINUX_SIGCONT), 0);
    waits_for(1, pid, 0xffff, CONTINUED);
    EXPECT(CALL(1, WAIT, (u64)pid, THERE, NO_HANG | CONTINUED), 0);
    EXPECT(CALL(1, KILL, (u64)pid, LINUX_SIGKILL), 0);
    EXPECT(CALL(1, WAITID, 1, (u64)pid, THERE, 4 | 0x01000000), 0);
    EXPECT(CALL(1, WAITID, 9, (u64)pid, THERE, 4), -EINVAL);
    EXPECT(CALL(1, WAITID, 1, (u64)pid, THERE, 0), -EINVAL);
    waits_for(1, pid, LINUX_SIGKILL, 0);
}

static void who_waits_is_told_of_a_stop(void)
{
    s64 pid = child_of(1);

    EXPECT(CALL(1, WAIT, (u64)pid, THERE, UNTRACED), WAITS);
    EXPECT(CALL(2, KILL, (u64)pid, LINUX_SIGSTOP), 0);
    EXPECT(get32(THERE), LINUX_SIGSTOP << 8 | 0x7f);
    EXPECT(CALL(1, WAIT, (u64)pid, THERE, 0), WAITS);
    interrupt(last);
    EXPECT(CALL(1, KILL, (u64)pid, LINUX_SIGKILL), 0);
}

static void priorities_are_lowered_freely(void)
{
    EXPECT(CALL(1, SETPRIORITY, 0, 0, 5), 0);
    EXPECT(CALL(1, SETPRIORITY, 9, 0, 5), -EINVAL);
    EXPECT(CALL(1, SETPRIORITY, 0, 9999, 5), -ESRCH);
    sim_entry(1)->euid = 1000;
    EXPECT(CALL(1, SETPRIORITY, 0, 0, (u64)-5), -EACCES);
    EXPECT(CALL(1, SETPRIORITY, 0, 1, 5), -EPERM);
    EXPECT(CALL(1, REBOOT, 0xfee1dead, 672274793, 0), -EPERM);
    put64(AT, 10), put64(AT + 8, ~0ull);
    EXPECT(CALL(1, PRLIMIT, 0, 7, AT, 0), -EPERM);
    EXPECT(CALL(1, PRLIMIT, 0, 99, AT, 0), -EINVAL);
    put64(AT, 10), put64(AT + 8, 5);
    EXPECT(CALL(1, PRLIMIT, 0, 7, AT, 0), -EINVAL);
}

/* RLIMIT_CPU of a second. */
static void time_runs_out(void)
{
    put64(AT, 1), put64(AT + 8, 4);
    EXPECT(CALL(1, PRLIMIT, 0, 0, AT, THERE), 0);
    put64(AT, 1), put64(AT + 8, 4);
    for (u32 i = 0; i < 8; i++) {
        struct sim_object *t = sim_named(SERVER_TIMER, OBJECT_TIMER);

        if (t->bits != ~0ull)
            sim.now = t->bits;
        t->bits = ~0ull;
        sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= NOTIFY_TIMER;
        sim_serve();
    }
}

static void sessions_and_groups_have_rules(void)
{
    s64 pid = child_of(1), other = child_of(1);
    u32 child = client_of(pid);

    EXPECT(CALL(child, SETSID), pid);
    EXPECT(CALL(child, SETSID), -EPERM);
    EXPECT(CALL(1, SETPGID, (u64)pid, 0), -EPERM);
    EXPECT(CALL(1, SETPGID, (u64)other, (u64)pid), -EPERM);
    EXPECT(CALL(1, SETPGID, (u64)other, ~0ull), -EINVAL);
    EXPECT(CALL(1, SETPGID, 9999, 0), -ESRCH);
    EXPECT(CALL(1, KILL, (u64)pid, LINUX_SIGKILL), 0);
    EXPECT(CALL(1, KILL, (u64)other, LINUX_SIGKILL), 0);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_rare[] = {
    STORY(a_process_has_a_name_and_flags), STORY(the_machine_is_switched_by_root_alone),
    STORY(a_robust_list_is_given_up),      STORY(a_robust_list_may_be_anything),
    STORY(stops_and_goes_on_are_news),     STORY(who_waits_is_told_of_a_stop),
    STORY(priorities_are_lowered_freely),  STORY(time_runs_out),
    STORY(sessions_and_groups_have_rules), {0},
};

// Clocks and sleeping.
#include "test.h"

#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static long ns(const struct timespec *t)
{
    return t->tv_sec * 1000000000L + t->tv_nsec;
}

static void clocks(void)
{
    static const struct {
        const char *name;
        int id;
    } all[] = {{"REALTIME", CLOCK_REALTIME},
               {"MONOTONIC", CLOCK_MONOTONIC},
               {"PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
               {"THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
               {"MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
               {"REALTIME_COARSE", CLOCK_REALTIME_COARSE},
               {"MONOTONIC_COARSE", CLOCK_MONOTONIC_COARSE},
               {"BOOTTIME", CLOCK_BOOTTIME},
               {"number 77", 77}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct timespec t = {-1, -1};
        int result = clock_gettime(all[i].id, &t);
        say("%s: %s, nanoseconds sane %d", all[i].name, rc(result),
            t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
    }
    show("by system call", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &(struct timespec){0, 0}));
}

static void never_backwards(void)
{
    struct timespec last, now;
    int backwards = 0;
    clock_gettime(CLOCK_MONOTONIC, &last);
    for (int i = 0; i < 10000; i++) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        backwards += ns(&now) < ns(&last);
        last = now;
    }
    show("steps back", backwards);
}

static void resolution(void)
{
    struct timespec t = {5, 5};
    show("clock_getres", clock_getres(CLOCK_MONOTONIC, &t));
    say("below a second %d, not zero %d", t.tv_sec == 0, t.tv_nsec > 0);
    show("unknown clock", clock_getres(77, &t));
}

static void sleeping(void)
{
    struct timespec request = {0, 30000000}, bad = {0, 1000000000};
    long before = now_ms();
    show("nanosleep", nanosleep(&request, NULL));
    long took = now_ms() - before;
    say("long enough %d", took >= 30);
    show("zero", nanosleep(&(struct timespec){0, 0}, NULL));
    show("bad nanoseconds", nanosleep(&bad, NULL));
    bad = (struct timespec){-1, 0};
    show("negative", nanosleep(&bad, NULL));
}

static void sleeping_until(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += 30000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    say("until: %s", errno ? rc(-1) : "0");
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    say("not too early %d", ns(&now) >= ns(&t));
    say("in the past: %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL));
    errno = clock_nanosleep(77, 0, &t, NULL);
    say("unknown clock: %s", rc(-1));
    t = (struct timespec){0, 10000000};
    say("by wall clock: %d", clock_nanosleep(CLOCK_REALTIME, 0, &t, NULL));
}

static void wall_clock(void)
{
    struct timeval tv;
    struct timespec ts;
    show("gettimeofday", gettimeofday(&tv, NULL));
    clock_gettime(CLOCK_REALTIME, &ts);
    say("both agree %d", ts.tv_sec - tv.tv_sec <= 1);
    say("time() too %d", time(NULL) - tv.tv_sec <= 1);
}

static long cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return ns(&now);
}

static void cpu_time(void)
{
    struct tms tms;
    volatile unsigned x = 0;
    bool rested = false;
    for (long start = cpu_ns(); cpu_ns() - start < 50000000;)
        x = x + 1; // however busy the machine is: another clock says nothing of this one
    say("computing uses it 1");
    for (int i = 0; i < 5 && !rested; i++) { // what a loaded host takes away looks like work
        long start = cpu_ns();
        sleep_ms(200);
        rested = (cpu_ns() - start) / 1000000 < 150;
    }
    say("sleeping does not %d", rested);
    say("times %d, used some %d", times(&tms) != -1, tms.tms_utime + tms.tms_stime > 0);
    say("no children's %d", tms.tms_cutime + tms.tms_cstime == 0);
}

static void many_sleepers(void)
{
    long before = now_ms();
    for (int i = 0; i < 10; i++)
        if (fork_test() == 0) {
            sleep_ms(10 * (10 - i));
            _exit(0);
        }
    for (int i = 0; i < 10; i++)
        show_child("child", -1);
    say("the longest decides %d", now_ms() - before >= 100);
}

const struct test tests_time[] = {
    {"clocks", clocks},     {"never_backwards", never_backwards}, {"resolution", resolution},
    {"sleeping", sleeping}, {"sleeping_until", sleeping_until},   {"wall_clock", wall_clock},
    {"cpu_time", cpu_time}, {"many_sleepers", many_sleepers},     {NULL, NULL},
};

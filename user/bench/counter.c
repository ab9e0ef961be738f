// The counter: which register or clock tells how far the machine is.
//
// Under QEMU's -icount shift=0 an instruction takes a nanosecond of the machine's time, so instret,
// cycle, time (in ticks) and the clock tell the same. Elsewhere only instret counts instructions.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "calls.h"

enum counter { INSTRET, CYCLE, TIME, CLOCK, COUNTERS };

static const char *const names[COUNTERS] = {"instret", "cycle", "time", "clock"};
static enum counter counter = TIME;
static long tick = 100; // instructions: the 10 MHz of QEMU's `virt`

static sigjmp_buf no_such_register;

static void on_sigill(int signal)
{
    (void)signal;
    siglongjmp(no_such_register, 1);
}

// A system may keep instret from programs, or let it stand still.
static int instret_counts(void)
{
    struct sigaction action = {.sa_handler = on_sigill}, old;
    volatile int counts = 0;
    sigaction(SIGILL, &action, &old);
    if (sigsetjmp(no_such_register, 1) == 0) {
        uint64_t before, after;
        __asm__ volatile("rdinstret %0\n nop\n nop\n rdinstret %1" : "=&r"(before), "=&r"(after));
        counts = after > before;
    }
    sigaction(SIGILL, &old, NULL);
    if (!counts)
        fprintf(stderr, "# instret does not count here\n");
    return counts;
}

int counter_choose(const char *name)
{
    if (!name) {
        counter = instret_counts() ? INSTRET : TIME;
        return 1;
    }
    for (int i = 0; i < COUNTERS; i++)
        if (strcmp(name, names[i]) == 0) {
            counter = i;
            return 1;
        }
    return 0;
}

void counter_set_tick(long instructions)
{
    tick = instructions;
}

const char *counter_name(void)
{
    return names[counter];
}

uint64_t counter_read(void)
{
    uint64_t value;
    switch (counter) {
    case INSTRET:
        __asm__ volatile("rdinstret %0" : "=r"(value));
        return value;
    case CYCLE:
        __asm__ volatile("rdcycle %0" : "=r"(value));
        return value;
    case TIME:
        __asm__ volatile("rdtime %0" : "=r"(value));
        return value * tick;
    case CLOCK:
    case COUNTERS:
        break;
    }
    long now[2];
    CALL(clock_gettime, 1, (long)now);
    return (uint64_t)now[0] * 1000000000 + now[1];
}

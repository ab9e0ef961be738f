// free uptime uname hostname nproc poweroff reboot: the machine as a whole.
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <time.h>

#include "tool.h"
#include "tools.h"

// A line "Name:   123 kB" of /proc/meminfo.
static uintmax_t meminfo(const char *text, const char *name)
{
    const char *at = text;
    size_t n = strlen(name);
    while (at && strncmp(at, name, n) != 0) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    return at ? strtoumax(at + n, NULL, 10) : 0;
}

static void put_amount(uintmax_t kilobytes, char unit)
{
    char buffer[16];
    if (unit == 'h')
        printf(" %11s", human_size(kilobytes * 1024, buffer));
    else
        printf(" %11ju", unit == 'm'   ? kilobytes / 1024
                         : unit == 'b' ? kilobytes * 1024
                                       : kilobytes);
}

int free_main(int argc, char **argv)
{
    char unit = 'k', *text = io_read_file("/proc/meminfo", NULL);
    int opt;
    while ((opt = getopt(argc, argv, "bkmh")) != -1) {
        if (opt == '?')
            return 1;
        unit = (char)opt;
    }
    if (!text)
        return tool_error("/proc/meminfo");
    uintmax_t total = meminfo(text, "MemTotal:"), left = meminfo(text, "MemFree:");
    uintmax_t cache = meminfo(text, "Cached:") + meminfo(text, "Buffers:");
    uintmax_t available = meminfo(text, "MemAvailable:"), swap = meminfo(text, "SwapTotal:");
    const uintmax_t row[] = {total, total - left - cache,
                             left,  meminfo(text, "Shmem:"),
                             cache, available ? available : left + cache};
    printf("%6s %11s %11s %11s %11s %11s %11s\nMem:  ", "", "total", "used", "free", "shared",
           "buff/cache", "available");
    for (int i = 0; i < 6; i++)
        put_amount(row[i], unit);
    printf("\nSwap: ");
    put_amount(swap, unit);
    put_amount(swap - meminfo(text, "SwapFree:"), unit);
    put_amount(meminfo(text, "SwapFree:"), unit);
    putchar('\n');
    return 0;
}

static uintmax_t seconds_up(void)
{
    struct timespec t;
    char *text = io_read_file("/proc/uptime", NULL);
    if (text)
        return strtoumax(text, NULL, 10);
    clock_gettime(CLOCK_BOOTTIME, &t);
    return t.tv_sec;
}

int uptime_main(int argc, char **argv)
{
    time_t now = time(NULL);
    char text[16], *load = io_read_file("/proc/loadavg", NULL);
    uintmax_t up = seconds_up(), minutes = up / 60;
    (void)argc, (void)argv;
    strftime(text, sizeof text, "%H:%M:%S", localtime(&now));
    printf(" %s up ", text);
    if (minutes >= 1440)
        printf("%ju day%s, ", minutes / 1440, minutes >= 2880 ? "s" : "");
    printf("%2ju:%02ju", minutes / 60 % 24, minutes % 60);
    if (load) {
        double a = 0, b = 0, c = 0;
        sscanf(load, "%lf %lf %lf", &a, &b, &c);
        printf(",  load average: %.2f, %.2f, %.2f", a, b, c);
    }
    putchar('\n');
    return 0;
}

int uname_main(int argc, char **argv)
{
    struct utsname u;
    static const char letters[] = "snrvm";
    bool want[5] = {0};
    bool any = false;
    const char *sep = "";
    int opt;
    while ((opt = getopt(argc, argv, "asnrvmpio")) != -1) {
        const char *at = strchr(letters, opt);
        if (opt == '?')
            return 1;
        for (int i = 0; i < 5; i++)
            want[i] |= opt == 'a' || at == letters + i || (strchr("pio", opt) && i == 4);
        any = true;
    }
    if (uname(&u) < 0)
        return tool_error("uname");
    want[0] |= !any;
    const char *const values[] = {u.sysname, u.nodename, u.release, u.version, u.machine};
    for (int i = 0; i < 5; i++) {
        if (!want[i])
            continue;
        printf("%s%s", sep, values[i]);
        sep = " ";
    }
    putchar('\n');
    return 0;
}

int hostname_main(int argc, char **argv)
{
    char name[256];
    if (argc > 1)
        return sethostname(argv[1], strlen(argv[1])) == 0 ? 0 : tool_error(argv[1]);
    if (gethostname(name, sizeof name) < 0)
        return tool_error("gethostname");
    puts(name);
    return 0;
}

int nproc_main(int argc, char **argv)
{
    cpu_set_t set;
    (void)argc, (void)argv;
    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return tool_error("sched_getaffinity");
    printf("%d\n", CPU_COUNT(&set));
    return 0;
}

static int stop(int how)
{
    sync();
    reboot(how);
    return tool_error("reboot");
}

int poweroff_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    return stop(RB_POWER_OFF);
}

int reboot_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    return stop(RB_AUTOBOOT);
}

// /proc of the machine: meminfo, uptime, version, ...; how its texts are read; sysinfo.
#include "test.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

static char text[16384];

static const char *read_all(const char *path)
{
    int fd = open(path, O_RDONLY);
    ssize_t n, len = 0;
    while (fd >= 0 && (n = read(fd, text + len, sizeof text - 1 - len)) > 0)
        len += n;
    text[len] = '\0';
    close(fd);
    return text;
}

static long number(const char *path, const char *key)
{
    char *p = strstr(read_all(path), key);
    return p ? strtol(p + strlen(key), NULL, 10) : -1;
}

static void meminfo(void)
{
    long total = number("/proc/meminfo", "MemTotal:"), left = number("/proc/meminfo", "MemFree:");
    say("total %d free %d", total > 1000, left > 0 && left < total);
    say("available %d", number("/proc/meminfo", "MemAvailable:") > 0);
    say("in kB %d", strncmp(strchr(read_all("/proc/meminfo"), '\n') - 3, " kB", 3) == 0);
    struct sysinfo info;
    show("sysinfo", sysinfo(&info));
    say("total agrees %d", (long)(info.totalram * info.mem_unit / 1024) == total);
    say("free %d, uptime %d, processes %d", info.freeram > 0, info.uptime >= 0, info.procs > 0);
}

static void uptime(void)
{
    double up = -1, idle = -1, later = -1;
    show("two numbers", sscanf(read_all("/proc/uptime"), "%lf %lf", &up, &idle));
    say("sane %d", up > 0 && idle >= 0);
    sleep_ms(50);
    sscanf(read_all("/proc/uptime"), "%lf", &later);
    say("it runs %d", later > up && later - up < 10);
}

static void version(void)
{
    char release[80] = "";
    struct utsname name;
    uname(&name);
    show("fields", sscanf(read_all("/proc/version"), "Linux version %79s", release));
    say("the release of uname %d", strcmp(release, name.release) == 0);
}

static void cpuinfo(void)
{
    say("processor %d", strstr(read_all("/proc/cpuinfo"), "processor") != NULL);
    say("hart %d", strstr(text, "hart") != NULL);
    say("isa %d", strstr(text, "isa") != NULL);
}

static void stat_of_the_machine(void)
{
    say("cpu first %d", strncmp(read_all("/proc/stat"), "cpu ", 4) == 0);
    say("btime %d processes %d", strstr(text, "btime ") != NULL,
        strstr(text, "processes ") != NULL);
    double one, five, fifteen;
    show("loadavg", sscanf(read_all("/proc/loadavg"), "%lf %lf %lf", &one, &five, &fifteen));
    say("mounts has / %d", strstr(read_all("/proc/mounts"), " / ") != NULL);
    say("filesystems has proc %d", strstr(read_all("/proc/filesystems"), "proc") != NULL);
}

static void read_in_pieces(void)
{
    char whole[8192], pieces[8192];
    int fd = open("/proc/self/status", O_RDONLY), len = 0, n = 0;
    len = pread(fd, whole, sizeof whole, 0);
    for (int got; (got = read(fd, pieces + n, 7)) > 0;)
        n += got;
    say("more than one piece %d", n > 100);
    say("begins alike %d", memcmp(whole, pieces, 40) == 0 && len > 100);
    show("at the end", read(fd, pieces, 7));
    show("back", lseek(fd, 0, SEEK_SET));
    show("again", read(fd, pieces, 5));
    say("%.5s", pieces);
    show("pread in the middle", pread(fd, pieces, 4, 1));
    say("%.4s", pieces);
}

static void files_are_read_only(void)
{
    struct stat st;
    show("size", stat("/proc/self/status", &st) == 0 ? st.st_size : -1);
    say("mode 0%o", st.st_mode);
    show("unlink", unlink("/proc/self/status"));
    show("create", open("/proc/new", O_WRONLY | O_CREAT, 0644));
    show("mkdir", mkdir("/proc/new", 0755));
    show("a pid that is not", open("/proc/99999999/stat", O_RDONLY));
    show("no such file", open("/proc/self/missing", O_RDONLY));
}

static void listing(void)
{
    int self = 0, first = 0, meminfo_seen = 0;
    DIR *dir = opendir("/proc");
    for (struct dirent *e; (e = readdir(dir));) {
        self += atoi(e->d_name) == getpid();
        first += strcmp(e->d_name, "1") == 0;
        meminfo_seen += strcmp(e->d_name, "meminfo") == 0;
    }
    closedir(dir);
    say("itself %d, process 1 %d, meminfo %d", self, first, meminfo_seen);
}

static void zombies_have_no_memory(void)
{
    char path[64];
    int ends[2];
    char c;
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0)
        _exit(0);
    close(ends[1]);
    read(ends[0], &c, 1);
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    for (int i = 0; i < 100 && read_all(path)[0]; i++)
        sleep_ms(10);
    show("command line", strlen(read_all(path)));
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    show("exe", readlink(path, text, 10));
    show_child("child", pid);
}

const struct test tests_procfiles[] = {
    {"meminfo", meminfo},
    {"uptime", uptime},
    {"version", version},
    {"cpuinfo", cpuinfo},
    {"stat_of_the_machine", stat_of_the_machine},
    {"read_in_pieces", read_in_pieces},
    {"files_are_read_only", files_are_read_only},
    {"listing", listing},
    {"zombies_have_no_memory", zombies_have_no_memory},
    {NULL, NULL},
};

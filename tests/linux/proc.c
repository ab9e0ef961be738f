// /proc of a process: status, stat, cmdline, maps, fd, exe.
#include "test.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[65536];

// The whole file as a string, or "" if it cannot be read.
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

// The value behind "KEY:" with blanks squeezed, or "missing".
static const char *field(const char *path, const char *key)
{
    static char value[128];
    size_t n = 0;
    const char *p = read_all(path);
    while (p && strncmp(p, key, strlen(key)) != 0)
        p = (p = strchr(p, '\n')) ? p + 1 : NULL;
    if (!p)
        return "missing";
    for (p += strlen(key); *p && *p != '\n' && n < sizeof value - 1; p++)
        if (!isspace(*p) || (n > 0 && value[n - 1] != ' '))
            value[n++] = isspace(*p) ? ' ' : *p;
    value[n] = '\0';
    return value;
}

static void status_names(void)
{
    prctl(PR_SET_NAME, "a (name) here");
    say("Name %s", field("/proc/self/status", "Name:"));
    prctl(PR_SET_NAME, "a name that is much too long");
    say("Name %s", field("/proc/self/status", "Name:"));
    say("State %s", field("/proc/self/status", "State:"));
    say("Pid %d", atoi(field("/proc/self/status", "Pid:")) == getpid());
    say("Tgid %d", atoi(field("/proc/self/status", "Tgid:")) == getpid());
    say("PPid %d", atoi(field("/proc/self/status", "PPid:")) == getppid());
    say("Threads %s", field("/proc/self/status", "Threads:"));
}

static void ids(void)
{
    setresgid(5, 6, 7);
    setresuid(1, 2, 3);
    say("Uid %s", field("/proc/self/status", "Uid:"));
    say("Gid %s", field("/proc/self/status", "Gid:"));
}

static void status_ids(void)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        ids();
        _exit(0);
    }
    show_child("child", pid);
}

static void status_memory(void)
{
    long before = atol(field("/proc/self/status", "VmSize:"));
    long rss = atol(field("/proc/self/status", "VmRSS:"));
    say("sane %d", before > 0 && rss > 0 && rss <= before);
    char *p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("64 MiB more %ld", atol(field("/proc/self/status", "VmSize:")) - before);
    say("nothing resident %d", atol(field("/proc/self/status", "VmRSS:")) - rss < 512);
    memset(p, 1, 4 << 20);
    long grown = atol(field("/proc/self/status", "VmRSS:")) - rss;
    say("4 MiB touched %d", grown >= 4096 - 512 && grown < 4096 + 1024);
    munmap(p, 64 << 20);
    say("given back %ld", atol(field("/proc/self/status", "VmSize:")) - before);
    say("in kB %d", strstr(field("/proc/self/status", "VmSize:"), " kB") != NULL);
}

static void signal_sets(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGHUP, note);
    say("SigBlk %s", field("/proc/self/status", "SigBlk:"));
    say("SigIgn %s", field("/proc/self/status", "SigIgn:"));
    say("SigCgt %s", field("/proc/self/status", "SigCgt:"));
}

static void stat_line(void)
{
    int pid, parent, group, session;
    char state, name[32];
    prctl(PR_SET_NAME, "x) R 1");
    const char *p = read_all("/proc/self/stat");
    say("one line %d", strchr(p, '\n') == p + strlen(p) - 1);
    const char *close = strrchr(p, ')');
    int n = sscanf(p, "%d (%31[^\n]", &pid, name);
    int m = sscanf(close + 1, " %c %d %d %d", &state, &parent, &group, &session);
    say("fields %d %d, name %.6s, state %c", n, m, name, state);
    say("pid %d parent %d group %d session %d", pid == getpid(), parent == getppid(),
        group == getpgrp(), session == getsid(0));
    int fields = 2;
    for (const char *q = close + 1; *q; q++)
        fields += *q == ' ';
    show("fields in all", fields);
}

static char state_of(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    const char *p = strrchr(read_all(path), ')');
    return p ? p[2] : '-';
}

static char settles(pid_t pid, char wanted)
{
    for (int i = 0; i < 200 && state_of(pid) != wanted; i++)
        sleep_ms(10);
    return state_of(pid);
}

static void states(void)
{
    pid_t pid = fork_test();
    if (pid == 0)
        pause();
    say("sleeping %c", settles(pid, 'S'));
    kill(pid, SIGSTOP);
    say("stopped %c", settles(pid, 'T'));
    kill(pid, SIGCONT);
    say("continued %c", settles(pid, 'S'));
    kill(pid, SIGKILL);
    say("zombie %c", settles(pid, 'Z'));
    show_child("child", pid);
    say("gone %c", state_of(pid));
    say("itself %c", state_of(getpid()));
}

static void command_line(void)
{
    int ends[2], n = 0;
    char c, path[32];
    make_pipe(ends);
    pid_t pid = fork_test();
    if (pid == 0) {
        dup2(ends[1], 1);
        execl(self_path, "zero", "--helper", "hold", "two words", "", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    read(ends[0], &c, 1);
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    int fd = open(path, O_RDONLY);
    n = read(fd, text, 100);
    for (int i = 0; i < n; i++)
        text[i] = text[i] ? text[i] : '|';
    say("%.*s", n, text);
    kill(pid, SIGKILL);
    show_child("child", pid);
    show("reading what is gone", read(fd, text, 100));
    show("opening it", open(path, O_RDONLY));
}

static void links(void)
{
    char target[256] = "", cwd[256];
    ssize_t n = readlink("/proc/self/exe", target, sizeof target - 1);
    say("exe is this program %d", n > 0 && strcmp(target, self_path) == 0);
    n = readlink("/proc/self", target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    say("self is the pid %d", atoi(target) == getpid());
    n = readlink("/proc/self/cwd", target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    say("cwd %d", getcwd(cwd, sizeof cwd) && strcmp(cwd, target) == 0);
    n = readlink("/proc/self/root", target, sizeof target - 1);
    say("root %.*s", (int)n, target);
    close(make_file("f", "through cwd"));
    show_file("cwd can be followed", "/proc/self/cwd/f");
}

static void descriptors(void)
{
    int ends[2], numbers = 0;
    char path[64], target[256] = "";
    make_pipe(ends);
    int fd = make_file("f", "contents");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    say("file ends with %s", n > 2 ? target + n - 2 : rc(-1));
    show_file("opened again, from its beginning", path);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    readlink(path, target, sizeof target - 1);
    say("pipe %.6s", target);
    unlink("f");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    show_file("after unlink", path);
    show("closed", readlink("/proc/self/fd/77", target, sizeof target));
    DIR *dir = opendir("/proc/self/fd");
    for (struct dirent *e; (e = readdir(dir));)
        numbers += isdigit(e->d_name[0]) != 0;
    show("entries, with the directory's own", numbers);
}

static void maps(void)
{
    uintptr_t start, end, last = 0;
    char perms[8], *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int lines = 0, ordered = 1, text_seen = 0, stack_seen = 0, here = 0;
    read_all("/proc/self/maps");
    for (char *p = strtok(text, "\n"); p; p = strtok(NULL, "\n")) {
        if (sscanf(p, "%" SCNxPTR "-%" SCNxPTR " %7s", &start, &end, perms) != 3)
            continue;
        lines++;
        ordered &= start >= last && end > start;
        last = end;
        text_seen |= (uintptr_t)maps >= start && (uintptr_t)maps < end && !strcmp(perms, "r-xp");
        stack_seen |= (uintptr_t)perms >= start && (uintptr_t)perms < end && !strcmp(perms, "rw-p");
        here |= (uintptr_t)page >= start && (uintptr_t)page < end && !strcmp(perms, "r--p");
    }
    say("several lines %d, ordered %d", lines > 4, ordered);
    say("text %d stack %d mapping %d", text_seen, stack_seen, here);
    say("[stack] %d [heap] %d", strstr(read_all("/proc/self/maps"), "[stack]") != NULL,
        strstr(text, "[heap]") != NULL);
}

const struct test tests_proc[] = {
    {"status_names", status_names},
    {"status_ids", status_ids},
    {"status_memory", status_memory},
    {"signal_sets", signal_sets},
    {"stat_line", stat_line},
    {"states", states},
    {"command_line", command_line},
    {"links", links},
    {"descriptors", descriptors},
    {"maps", maps},
    {NULL, NULL},
};

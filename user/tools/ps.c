// ps pmap: processes as /proc shows them.
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

struct process {
    int pid, ppid, tty;
    unsigned uid;
    char state;
    uintmax_t ticks;
    char command[256];
};

static char *read_proc(int pid, const char *file, size_t *n)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    return io_read_file(path, n);
}

// pid (name) state ppid ... utime stime: the name may hold anything, so the last ) counts.
static bool parse_stat(struct process *p, char *text)
{
    char *open = strchr(text, '('), *close = strrchr(text, ')');
    uintmax_t user = 0, system = 0;
    if (!open || !close)
        return false;
    snprintf(p->command, sizeof p->command, "[%.*s]", (int)(close - open - 1), open + 1);
    sscanf(close + 1, " %c %d %*d %*d %d %*d %*u %*u %*u %*u %*u %ju %ju", &p->state, &p->ppid,
           &p->tty, &user, &system);
    p->ticks = user + system;
    return true;
}

static void read_command_line(struct process *p)
{
    size_t n;
    char *text = read_proc(p->pid, "cmdline", &n);
    if (!text || !n) {
        free(text);
        return;
    }
    while (n && !text[n - 1])
        n--;
    for (size_t i = 0; i < n; i++)
        if (!isprint((unsigned char)text[i]))
            text[i] = ' ';
    snprintf(p->command, sizeof p->command, "%.*s", (int)n, text);
    free(text);
}

static bool read_process(struct process *p, int pid)
{
    char *text = read_proc(pid, "stat", NULL);
    *p = (struct process){.pid = pid, .state = '?'};
    bool ok = text && parse_stat(p, text);
    free(text);
    if (!ok)
        return false;
    text = read_proc(pid, "status", NULL);
    const char *uid = text ? strstr(text, "\nUid:") : NULL;
    if (uid)
        p->uid = strtoul(uid + 5, NULL, 10);
    free(text);
    read_command_line(p);
    return true;
}

static void print_process(const struct process *p)
{
    uintmax_t seconds = p->ticks / sysconf(_SC_CLK_TCK);
    printf("%5d %5d %5u %-4c %02ju:%02ju:%02ju %s\n", p->pid, p->ppid, p->uid, p->state,
           seconds / 3600, seconds / 60 % 60, seconds % 60, p->command);
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

int ps_main(int argc, char **argv)
{
    DIR *d = opendir("/proc");
    struct dirent *e;
    struct process p;
    int *pids = NULL;
    size_t n = 0;
    (void)argc, (void)argv;
    if (!d)
        return tool_error("/proc");
    while ((e = readdir(d))) {
        if (!isdigit((unsigned char)e->d_name[0]))
            continue;
        pids = tool_realloc(pids, (n + 1) * sizeof *pids);
        pids[n++] = atoi(e->d_name);
    }
    closedir(d);
    qsort(pids, n, sizeof *pids, by_number);
    puts("  PID  PPID   UID STAT     TIME COMMAND");
    for (size_t i = 0; i < n; i++)
        if (read_process(&p, pids[i]))
            print_process(&p);
    return 0;
}

// One line of maps: from-to perms offset device inode path.
static uintmax_t print_mapping(const char *line)
{
    uintmax_t from, to;
    char perms[8];
    int at = 0;
    if (sscanf(line, "%jx-%jx %7s %*s %*s %*s %n", &from, &to, perms, &at) < 3)
        return 0;
    const char *name = at && line[at] ? line + at : "[ anon ]";
    printf("%016jx %8juK %s %s\n", from, (to - from) / 1024, perms, name);
    return (to - from) / 1024;
}

static int map_one(const char *pid)
{
    struct process p;
    uintmax_t total = 0;
    errno = ENOENT;
    char *text = read_proc(atoi(pid), "maps", NULL);
    if (!text)
        return tool_error(pid);
    if (read_process(&p, atoi(pid)))
        printf("%d:   %s\n", p.pid, p.command);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        total += print_mapping(line);
    printf(" total %17juK\n", total);
    free(text);
    return 0;
}

int pmap_main(int argc, char **argv)
{
    int status = 0;
    if (argc < 2)
        tool_usage("PID...");
    for (int i = 1; i < argc; i++)
        status |= map_one(argv[i]);
    return status;
}
